#!/usr/bin/env python3
"""Checks that nothing waits on an I/O loop.

    tools/check_blocking.py [ROOT]

A loop that waits for a socket, a file or the clock has all of its clients wait.
Prints one line per call that could, as compilers do, and exits with 1 if there
is any. A call that cannot, or that no loop makes, says so in a comment on its
line or on the one above:

    // on a loop: the socket is non-blocking
    // not on a loop: the node starts
"""

import re
import sys

from checked_files import root_of

# What the node is made of: loops may run wherever its code is.
FOLDERS = ["config", "schemas", "transport", "actors"]
FILES = ["tools/weir.cpp", "tools/version.cpp"]

# What may wait, and what to do instead.
CALLS = [
    (r"\basio::(write|read|read_until|write_at|read_at|connect)\s*\(",
     "use its asynchronous form"),
    (r"\b(http|websocket|beast)::(read|write)(_\w+)?\s*\(",
     "use its asynchronous form"),
    (r"(\.|->)\s*(read_some|write_some)\s*\(", "use its asynchronous form"),
    (r"\b(socket|acceptor|port|stream)\w*(\(\))?\s*\.\s*"
     r"(receive|receive_from|send|send_to|connect|accept|wait|handshake)\s*\(",
     "use its asynchronous form"),
    (r"resolver\w*\s*(\.|->)\s*resolve\s*\(", "use async_resolve"),
    (r"timer\w*\s*(\.|->)\s*wait\s*\(", "use async_wait"),
    (r"\b(getaddrinfo|getnameinfo|gethostby\w+)\s*\(", "use async_resolve"),
    (r"(?<![\w.>:])::(read|readv|write|writev|recv\w*|send|sendto|sendmsg|"
     r"sendfile|accept4?|connect|poll|ppoll|select|epoll_wait|open|fsync)\s*\(",
     "let the loop tell when it can be done"),
    (r"\b(basic_)?[io]?fstream\b(?!>)|\b(filebuf|fopen|fread|fwrite|fgets)\b",
     "read files when the node starts"),
    (r"\b(fs|filesystem)::(?!path\b)\w+\s*[({]",
     "look at files when the node starts"),
    (r"\b(sleep_for|sleep_until|usleep|nanosleep)\b|(?<!\w)sleep\s*\(",
     "use a timer"),
    (r"\b(std::)?(condition_variable|future|promise|latch|barrier|"
     r"counting_semaphore|binary_semaphore)\b",
     "have the other thread post to the loop"),
    (r"\b(popen|waitpid)\s*\(|\bstd::system\s*\(",
     "have another thread do it"),
    # librdkafka's functions that wait for a broker or for its threads.
    (r"\brd_kafka_(committed|commit|commit_message|flush|consumer_close|"
     r"consumer_poll|consume_callback|query_watermark_offsets|"
     r"offsets_for_times|metadata|list_groups|describe_\w+|seek|"
     r"init_transactions|commit_transaction|wait_destroyed)\s*\(",
     "use its asynchronous form, or a thread"),
    (r"\brd_kafka_(queue_poll|consume_batch_queue|consume_queue|poll)\s*\("
     r"(?![^;]*\b0\b)", "poll for 0 ms when it wakes"),
]

# Files whose calls are all the same exception, and why.
CONFIGURATION = ("it is read when the node starts, and again by GATEWAY, which "
                 "no loop runs")
EXCEPTIONS = {
    "config/line_writer.cpp":
        "it asks whether it may write, and writes what a pipe takes at once",
    "config/secret.cpp": CONFIGURATION,
    "config/toml_file.cpp": CONFIGURATION,
    "config/validate.cpp": CONFIGURATION,
    "config/validate_auth.cpp": CONFIGURATION,
    "config/validate_cluster.cpp": CONFIGURATION,
    "config/validate_tls.cpp": CONFIGURATION,
    "config/validate_tracing.cpp": CONFIGURATION,
    "config/validate_ui.cpp": CONFIGURATION,
    "transport/auth/load_keys.cpp": CONFIGURATION,
    "transport/kafka/start_offsets.cpp":
        "a thread of its own waits, and the future is asked whether it is over",
    "transport/kafka/start_offsets.hpp": "likewise",
}

REASON = re.compile(r"//.*\b(on|not on) a loop: \S")
TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')


def code_of(line):
    """Without strings, comments and preprocessor lines."""
    if line.lstrip().startswith(("#", "//")):
        return ""
    return TEXT.sub('""', line).split("//")[0]


def violations(path, text):
    """All violations of one file as (line, message), in line order."""
    if path in EXCEPTIONS:
        return []
    found = []
    before = ""
    for number, line in enumerate(text.splitlines(), start=1):
        code = code_of(line)
        if not REASON.search(line) and not REASON.search(before):
            for call, instead in CALLS:
                match = re.search(call, code)
                if match:
                    found.append((number, f"{match[0].strip('(. ')} may wait "
                                          f"on a loop: {instead}, or say in a "
                                          "comment why it does not"))
        before = line
    return found


def sources(root):
    for folder in FOLDERS:
        yield from sorted((root / folder).rglob("*.[ch]pp"))
    yield from (root / x for x in FILES if (root / x).exists())


def main(root):
    count = 0
    for path in sources(root):
        name = path.relative_to(root).as_posix()
        for line, message in violations(name, path.read_text()):
            print(f"{name}:{line}: {message}")
            count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(root_of(sys.argv)))
