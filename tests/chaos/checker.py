"""Compares what was acked, what is in the log, and what the clients saw.

Knows the journal of the clients and the log of an ordinary consumer; nothing of
how the server does its work: no position, no cursor, and of an offset string
only which log it names.
"""

import delivery_rules
import operator_rules
import request_rules
import session_rules
import storage_rules
import traffic_rules
import webhook_rules


def check(entries, log, promise=session_rules.Promise()):
    """All violations, the first one first. `entries` are in order of time."""
    found = [*storage_rules.check(entries, log),
             *delivery_rules.check(entries, log),
             *operator_rules.check(entries),
             *request_rules.check(entries, promise),
             *session_rules.check(entries, promise),
             *traffic_rules.check(entries),
             *webhook_rules.check(entries)]
    return sorted(found, key=lambda x: x.at)
