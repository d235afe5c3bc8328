"""Whom the webhook has not let in is not in."""

from violation import Violation


def check(entries):
    """A light client that asks for its session and gets it while the webhook
    says nothing that is an answer. (Official ones do not tell when they ask.)"""
    spoiled, asked = None, {}
    for x in entries:
        if x.what == "webhook":
            spoiled = None if x.more["good"] else x.at
        elif x.what == "connecting":
            asked[x.who] = x.at
        elif x.what == "connected" and spoiled is not None \
                and "attempts" not in x.more and asked[x.who] > spoiled:
            yield Violation("let in", x.at, x.who, "has a session, asked for "
                            f"{x.at - spoiled:.1f} s after the webhook was "
                            "spoiled")
