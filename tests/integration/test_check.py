"""`weir check` says what a start says: both run on the same files."""

import pathlib
import subprocess
import tempfile

import pytest

import weir_node
from waiting import PATIENCE

BASE = """
[kafka]
brokers = "127.0.0.1:1"
{kafka}
[[namespace]]
name = "/"
  [[namespace.mapping]]
  room = "chat:{{id}}"
  topic = "chat"
"""

# What is below [kafka], and the line that is named.
WRONG = {
    "an unknown property": '[kafka.properties]\n"linger.msec" = 5',
    "a value of the wrong type": '[kafka.properties]\n"linger.ms" = "soon"',
    "out of range": '[kafka.producer]\n"linger.ms" = -1',
    "far out of range": '[kafka.properties]\n"socket.timeout.ms" = 1',
    "no such choice": '[kafka.producer]\n"compression.type" = "rar"',
    "no such protocol": '[kafka.properties]\n"security.protocol" = "tls"',
    "no such mechanism": '[kafka.properties]\n"security.protocol" = '
                         '"SASL_PLAINTEXT"\n"sasl.mechanisms" = "NONE"',
    "no such file": '[kafka.properties]\n"security.protocol" = "SSL"\n'
                    '"ssl.ca.location" = "/nowhere/ca.pem"',
    "a key without its certificate":
        '[kafka.properties]\n"security.protocol" = "SSL"\n'
        '"ssl.key.location" = "/nowhere/key.pem"',
    "a password without a name":
        '[kafka.properties]\n"security.protocol" = "SASL_PLAINTEXT"\n'
        '"sasl.mechanisms" = "NONSENSE"\n"sasl.password" = "x"',
    "retries that idempotence needs": '[kafka.producer]\nretries = 0',
    "too many requests": '[kafka.producer]\n"max.in.flight" = 10',
    "an order of its own": '[kafka.producer]\n"queuing.strategy" = "lifo"',
    "a session longer than a poll":
        '[kafka.consumer]\n"session.timeout.ms" = 60000\n'
        '"max.poll.interval.ms" = 1000',
    "answers smaller than fetches":
        '[kafka.consumer]\n"receive.message.max.bytes" = 1000',
    "no such reset": '[kafka.consumer]\n"auto.offset.reset" = "middle"',
    "a consumer's, for the producer":
        '[kafka.producer]\n"session.timeout.ms" = 6000',
    "a producer's, for the consumer": '[kafka.consumer]\n"linger.ms" = 5',
    "acks": '[kafka.properties]\nacks = 1',
    "no idempotence": '[kafka.producer]\n"enable.idempotence" = false',
    "another group": '[kafka.consumer]\n"group.id" = "x"',
    "own statistics": '[kafka.properties]\n"statistics.interval.ms" = 0',
    "dirty reads":
        '[kafka.consumer]\n"isolation.level" = "read_uncommitted"',
    "damaged records": '[kafka.consumer]\n"check.crcs" = false',
    "no such context": '[kafka.properties]\ndebug = "everything"',
    "no such plugin":
        '[kafka.properties]\n"plugin.library.paths" = "/nowhere.so"',
    "a callback": '[kafka.properties]\n"dr_cb" = "x"',
}

RIGHT = {
    "nothing": "",
    "numbers": '[kafka.properties]\n"linger.ms" = 5\n'
               '"socket.timeout.ms" = 10000',
    "compression": '[kafka.producer]\n"compression.type" = "lz4"',
    "large records": '[kafka.properties]\n"message.max.bytes" = 10000000',
    "a short session": '[kafka.consumer]\n"session.timeout.ms" = 6000',
    "a password": '[kafka.properties]\n"security.protocol" = "SASL_PLAINTEXT"\n'
                  '"sasl.mechanisms" = "PLAIN"\n"sasl.username" = "a"\n'
                  '"sasl.password" = "b"',
    "encryption": '[kafka.properties]\n"security.protocol" = "SSL"',
    "what is fixed, spelled out": '[kafka.properties]\n"isolation.level" = '
                                  '"read_committed"',
    "keys without quotes": "[kafka.properties]\nlinger.ms = 5",
}


def run_check(file):
    run = subprocess.run([weir_node.binary(), "check", str(file)], text=True,
                         capture_output=True, timeout=PATIENCE)
    return run.returncode, run.stderr


def run_start(file):
    """(None, ...) once it has started; else how it has ended."""
    said = ""
    with weir_node.program(
            weir_node.binary(), str(file), "--set", "server.listen=127.0.0.1:0",
            "--set", "admin.listen=127.0.0.1:0", text=True,
            stderr=subprocess.PIPE) as process:
        for line in process.stderr:
            said += line
            if " listening client=" in line:
                return None, said
        return process.wait(PATIENCE), said


def both(kafka):
    with tempfile.TemporaryDirectory(prefix="weir-test-") as folder:
        file = pathlib.Path(folder, "weir.toml")
        file.write_text(BASE.format(kafka=kafka))
        return run_check(file), run_start(file)


@pytest.mark.parametrize("kafka", WRONG.values(), ids=WRONG.keys())
def test_what_start_refuses_check_refuses(kafka):
    (checked, complaint), (started, said) = both(kafka)
    assert (checked, started) == (1, 1), (complaint, said)
    assert said == complaint
    # The line of a property: the first of them is the sixth of the file.
    line = int(complaint.split("weir.toml:")[1].split(":")[0])
    assert 5 <= line <= 4 + len(kafka.splitlines()), complaint


@pytest.mark.parametrize("kafka", RIGHT.values(), ids=RIGHT.keys())
def test_what_check_takes_starts(kafka):
    (checked, complaint), (started, said) = both(kafka)
    assert (checked, complaint) == (0, "")
    assert started is None, said
