"""Each request has one answer; a refusal has a code of the closed list, and a
reason."""

from violation import Violation

# Whose answer may still be on its way.
ANSWER_TIME = 30.0
# What was changed is known everywhere.
KNOWN = 10.0

CODES = {"unknown_event", "unknown_room", "not_allowed", "not_a_member",
         "invalid_payload", "too_large", "rate_limited", "unavailable",
         "timeout"}
# Kafka, or the way to it, is in trouble.
ALWAYS = {"unavailable", "timeout"}
USUAL_LIMIT = 1_048_588  # bytes of a batch: Kafka's own default
HEADERS = 700  # bytes in which a record is larger than its event


def check(entries, promise):
    yield from answers(entries)
    yield from refusals(entries, promise)


def answers(entries):
    asked = {}  # (client, number): entry
    for x in entries:
        number = x.more.get("number")
        if x.what in ("joining", "leaving", "emit") and number is not None:
            asked[x.who, number] = x
        elif x.what in ("joined", "left", "refused", "ack", "nack"):
            asked.pop((x.who, number), None)
        elif x.what == "disconnected":
            for key in [y for y in asked if y[0] == x.who]:
                del asked[key]
    end = entries[-1].at if entries else 0
    for (who, number), x in asked.items():
        if end - x.at > ANSWER_TIME:
            yield Violation("never answered", x.at, who, f"request {number} "
                            f"({x.what}) has no answer after "
                            f"{end - x.at:.0f} s", x.room, [x.id] if x.id else [])


def refusals(entries, promise):
    emits = {x.id: x for x in entries if x.what == "emit"}
    reasons = Reasons(entries, promise)
    for x in entries:
        if x.what not in ("nack", "refused"):
            continue
        code, asked = x.more["code"], x.more.get("asked", "emit")
        if code not in CODES:
            yield Violation("unknown code", x.at, x.who,
                            f"{asked} was refused as {code}", x.room)
        elif not (code in ALWAYS or (asked, code) == ("leave", "not_a_member")
                  or reasons.has(code, x, emits.get(x.id))):
            yield Violation("refused for nothing", x.at, x.who, f"{asked} was "
                            f"refused as {code}: {x.more.get('message')}",
                            x.room, [x.id] if x.id else [])


class Reasons:
    def __init__(self, entries, promise):
        self.spans = []  # (begin, end, codes)
        self.limits = []  # (begin, end, bytes)
        begun, limit = {}, None
        for x in entries:
            if x.what == "fault" and x.who in promise.may_refuse:
                begun[x.more["number"]] = x
            elif x.what == "healed" and x.more["number"] in begun:
                fault = begun.pop(x.more["number"])
                self.spans.append((fault.at, x.at + KNOWN,
                                   promise.may_refuse[x.who]))
            elif x.what == "limit":
                if limit:
                    self.limits.append((limit.at, x.at + KNOWN,
                                        limit.more["bytes"]))
                limit = x if x.more["bytes"] else None
        never = float("inf")
        self.spans += [(x.at, never, promise.may_refuse[x.who])
                       for x in begun.values()]
        self.limits += [(limit.at, never, limit.more["bytes"])] if limit else []

    def has(self, code, answer, emit):
        if code == "too_large":
            return emit is not None and self.is_too_large(emit, answer.at)
        return any(begin <= answer.at <= end and code in codes
                   for begin, end, codes in self.spans)

    def is_too_large(self, emit, at):
        """What is itself larger than a limit that held then."""
        limits = [x for begin, end, x in self.limits
                  if begin <= at and emit.at <= end]
        return (emit.more.get("size", 0) + HEADERS
                > min([USUAL_LIMIT, *limits]))
