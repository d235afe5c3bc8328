"""Waiting for conditions instead of sleeping."""

import os
import time

# Seconds after which a test gives up; the sanitizers make everything slower.
PATIENCE = float(os.environ.get("WEIR_TEST_PATIENCE", "20"))


def wait_until(condition, what, timeout=PATIENCE, step=0.02):
    """Returns the first true value of `condition()`."""
    until = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > until:
            raise AssertionError(f"waited {timeout} s for {what}")
        time.sleep(step)
