#!/usr/bin/env python3
"""Checks that words which gave way to the field's own do not come back.

    tools/check_words.py [ROOT]

Prints one line per word, as compilers do, and exits with 1 if there is any.
Names on the wire keep what they were called (`"weir::hurry_poll"`), and the
changelog may say what something was called before.
"""

import pathlib
import re
import sys

from checked_files import our_files, root_of

# In prose and in names alike, and what to say instead.
WORDS = {
    "anew": "again, or a verb with re-",
    "for good": "permanently",
    "mend|mends|mended|mending": "fix; of a network: heal",
    "hurry|hurries|hurried": "complete now",
    "on board": "in the pass",
    "rider|riders": "reader",
    "helping|helpings": "what one step reads",
    "stencil|stencils": "template",
    "doorbell": "notifier",
    "the log has forgotten": "deleted by retention",
}

# Names only.
NAMES = {
    "foreign_polls?": "forwarded_requests",
    "guest_poll": "forwarded_exchange",
    "poll_carrier": "request_forwarder",
    "served_poll": "forwarded_handle",
    "poll_(taken|given_up|hurried|aborted|answered)|guest_answered":
        "forward_*, forwarded_* (actors/contract/polls.hpp)",
    "turn_out|on_unwanted|dismiss|leave_for_good": "disconnect",
    "turn_away": "reject_upgrade",
    "let_go": "release",
    "link_scribe": "link_transport",
    "wake_up": "notifier",
    "up_to_date_at": "live_bytes_when_current",
    "actor_home": "actor_executor",
    "room_home": "partition_added",
    "partition_places": "partition_offsets",
    "topic_places": "topic_positions",
    "log_doubt": "truncation_detector",
    "steady_waits": "monotonic_wait_shim",
    "(weir_)?(connections|partitions)_held": "*_paused",
    "(weir_)?polls_under_way(_bytes)?": "forwarded_requests_in_flight",
    "(weir_)?emit_repeats(_total)?": "emits_deduplicated",
    "(weir_)?members_behind": "members_lagging",
}

# What is not written here, or is about these words.
SKIPPED = re.compile(r"(^|/)(package-lock\.json|Cargo\.lock|LICENSE)$|"
                     r"\.(png|patch)$|^tools/check_words\.py$|"
                     r"^tests/tools/check_words_test\.py$")
CHANGELOG = "CHANGELOG.md"
ON_THE_WIRE = re.compile(r'"weir::\w+"')

# A name's parts are words, too: "begins_anew", but not "recommend".
PATTERNS = [(re.compile(rf"(?<![A-Za-z])({word.replace(' ', '[ _]')})"
                        r"(?![A-Za-z])", re.IGNORECASE), instead, True)
            for word, instead in WORDS.items()]
PATTERNS += [(re.compile(rf"(?<!\w)({name})(?!\w)"), instead, False)
             for name, instead in NAMES.items()]
# Most files have none, which is quicker to find out at once.
ANY = re.compile("|".join(WORDS).replace(" ", "[ _]") + "|" + "|".join(NAMES),
                 re.IGNORECASE)


def violations(path, text):
    """All violations of one file as (line, message), in line order."""
    found = []
    if not ANY.search(text):
        return found
    for number, line in enumerate(text.splitlines(), start=1):
        line = ON_THE_WIRE.sub('""', line)
        for pattern, instead, is_prose in PATTERNS:
            match = pattern.search(line)
            if match and (is_prose or path != CHANGELOG):
                found.append((number, f'"{match[0]}": say {instead}'))
    return found


def files_of(root):
    """Our text files and their texts."""
    for name in our_files(root):
        if not SKIPPED.search(name):
            yield name, pathlib.Path(root, name).read_text(encoding="utf-8")


def main(root):
    count = 0
    for name, text in files_of(root):
        for line, message in violations(name, text):
            print(f"{name}:{line}: {message}")
            count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(root_of(sys.argv)))
