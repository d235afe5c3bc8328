"""Waiting for conditions instead of sleeping."""

import os
import time

# Under a sanitizer everything is slower and larger.
SANITIZED = bool(os.environ.get("WEIR_TEST_SANITIZED"))

# Seconds after which a test gives up on what is bound to come. It comes in a
# fraction of that: only a fault, and no load of the machine, makes a test fail.
PATIENCE = float(os.environ.get("WEIR_TEST_PATIENCE")
                 or (240 if SANITIZED else 120))


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
