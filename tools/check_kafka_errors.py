#!/usr/bin/env python3
"""Checks that what librdkafka reports is passed on.

    tools/check_kafka_errors.py [ROOT]

An error of Kafka's becomes a line of the log and is counted in one place,
`report_kafka_error`; what transport/kafka hears of has to get there. A function
that calls librdkafka, where that can say no, passes on what it says, by one of
REPORTS, or stands in EXCEPTIONS with what becomes of it there. In actors/ who
is told of such an error calls `report_kafka_error`. Prints one line per
function that does neither, and per exception that is none any more, as
compilers do, and exits with 1 if there is any.
"""

import re
import sys

from checked_files import root_of

FOLDER = "transport/kafka"

# librdkafka's functions that report nothing: any other one can, also one that
# nobody here has called before.
SILENT = re.compile(r"""rd_kafka_(
    \w+_(new|destroy|destroy_flags|destroy_array|copy|dup) | new | opaque |
    conf_set_(events|opaque|\w+_cb) | conf_properties_show |
    queue_(get_\w+ | length | forward | cb_event_enable | poll) |
    poll_set_consumer | consume_batch_queue | consumer_closed |
    topic_partition_(list_add | [gs]et_leader_epoch) | topic_name |
    message_(timestamp|leader_epoch|status|headers) | header_get_all |
    event_(type|name|stats|log|message_array|message_count|
           topic_partition_list|\w+_result) |
    get_watermark_offsets | assignment_lost | memberid | clusterid |
    version_str | msg_partitioner_\w+ | mock_cluster_bootstraps |
    # What an answer holds, and questions, whose answers come as events.
    [A-Z]\w*(?<!_error) )""", re.VERBOSE)

CALL = re.compile(r"\brd_kafka_\w+(?=\()")
# Of a record, a partition, a topic or a broker.
FIELD = re.compile(r"(?:\.|->)(err|error)\b(?! ?= )(?!\()")
REPORTS = re.compile(r"\b(on_error|report|note_error|fail|kafka_error|throw)"
                     r"\b|\bproblem = ")

# What becomes of an error in these functions, which pass it to none of those.
EXCEPTIONS = {
    "transport/kafka/access_check.cpp":
        {"*": "of `weir check`, which prints what it is told"},
    "transport/kafka/asking_client.cpp":
        {"is_timeout": "who asks, asks again, and then notes it"},
    "transport/kafka/consumer_on_event.cpp":
        {"note_awaited": "on_rebalance reports it",
         "on_group": "the group's description names it to the operator"},
    "transport/kafka/describe_group.cpp":
        {"read_description": "likewise"},
    "transport/kafka/leader_query.cpp":
        {"answer_of": "the doubt that it was to settle stays: a problem soon"},
    "transport/kafka/partition_queue.cpp":
        {"seek": "what comes then is not from there: it seeks again"},
    "transport/kafka/producer.cpp":
        {"is_halting": "the records are reported, or sent again",
         "on_new": "it says no to a name that is taken only",
         "halt": "records of a partition that is gone are reported as such",
         "produce": "the caller is told, who has not stored it",
         "produce_again": "refuse, as below",
         "refuse": "it becomes the record's report",
         "why_refused": "on_reports logs it: the records are sent again"},
    "transport/kafka/producer_client.cpp":
        {"headers_of": "it says no to headers that are read only",
         "produce": "producer, which calls it, is told",
         "failure": "likewise",
         "purge": "what it does not purge is reported as stored"},
    "transport/kafka/settings.cpp":
        {"set": "the file is refused", "property": "it is ours, and is there"},
    "transport/kafka/settings_check.cpp":
        {"problem_of": "the file is refused"},
    "transport/kafka/start_offsets.cpp":
        {"is_committed": "find_starts reports it",
         "starts_of": "it is asked for again",
         "drop_those_beyond_the_end": "find_starts reports it",
         "find_starts": "its answer holds it, and the consumer reports it"},
    "transport/kafka/topic_reader.cpp":
        {"step": "take, below, has its message",
         "restart": "it assigns nothing",
         "take": "take_error, below, has it"},
}

# A function's head: what is before its parameters.
NAME = re.compile(r"([\w:~]+)\s*\([^()]*")
NO_FUNCTION = re.compile(r"\s*(if|for|while|switch|else|do|case|try|catch|"
                         r"return|struct|class|namespace|enum)\b")
TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')

# Who is told of one in actors/ has it reported, so many lines below at most.
LISTENER = re.compile(r"\(const kafka::kafka_error& \w+(, \w+ \w+)?\)[\w ]*\{")
REPORTER = "report_kafka_error("
NEAR = 3


def functions(text):
    """(name, line, body) of each function that is defined in a source. They
    are formatted: what begins with a line that ends with a brace ends with the
    brace that is as far to the right as that line's text."""
    lines = [TEXT.sub('""', line).split("//")[0].rstrip()
             for line in text.splitlines()]
    inside = 0
    for number, line in enumerate(lines):
        if number < inside or not line.endswith("{") or "(" not in line \
                and not lines[number - 1].endswith((",", ":", "(")):
            continue
        first = number
        while first > 0 and (lines[first - 1].endswith((",", "(", ":", "="))
                             or (lines[first].startswith(" ")
                                 and lines[first].lstrip()[:1] in ":,")):
            first -= 1
        head = " ".join(x.strip() for x in lines[first:number + 1])
        name = NAME.search(head)
        if not name or NO_FUNCTION.match(head) or "[" in head[:name.start()]:
            continue
        indent = len(lines[first]) - len(lines[first].lstrip())
        end = next((i for i in range(number + 1, len(lines))
                    if lines[i].startswith(" " * indent + "}")), len(lines))
        inside = end
        yield (name[1].split("::")[-1], first + 1,
               "\n".join(lines[first:end]))


def hears_of_errors(body):
    calls = [x for x in CALL.findall(body) if not SILENT.fullmatch(x)]
    return calls + [f"its {x}" for x in FIELD.findall(body)]


def violations(path, text, used=None):
    """All violations of a source of transport/kafka as (line, message). Adds to
    `used` the exceptions that are."""
    found = []
    for name, line, body in functions(text):
        heard = hears_of_errors(body)
        if not heard or REPORTS.search(body):
            continue
        excused = {name, "*"} & set(EXCEPTIONS.get(path, {}))
        if excused:
            if used is not None:
                used.update((path, x) for x in excused)
            continue
        found.append((line, f"{name} asks {heard[0]}, and passes on nothing of "
                            "what it says: report it, or say in EXCEPTIONS "
                            "what becomes of it"))
    return found


def silent_listeners(text):
    """Those in a source of actors/, likewise."""
    lines = text.splitlines()
    return [(number, f"an error of Kafka's that is not given to {REPORTER})")
            for number, line in enumerate(lines, start=1)
            if LISTENER.search(line)
            and REPORTER not in "\n".join(lines[number - 1:number + NEAR])]


def main(root):
    count = 0
    used = set()
    for folder, check in ((FOLDER, lambda x, y: violations(x, y, used)),
                          ("actors", lambda _, y: silent_listeners(y))):
        for path in sorted((root / folder).rglob("*.cpp")):
            name = path.relative_to(root).as_posix()
            for line, message in check(name, path.read_text()):
                print(f"{name}:{line}: {message}")
                count += 1
    if (root / FOLDER).is_dir():
        all_of = {(path, x) for path, names in EXCEPTIONS.items()
                  for x in names}
        for path, name in sorted(all_of - used):
            print(f"{path}:1: {name} is no exception any more")
            count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(root_of(sys.argv)))
