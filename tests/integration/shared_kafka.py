"""One real Kafka for all test files of a ctest run.

    shared_kafka.py start FILE    starts it and writes its address into FILE
    shared_kafka.py stop FILE     ends it

It also ends with the process that called `start`, that is ctest, should that
be interrupted.
"""

import os
import pathlib
import select
import signal
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools/kafka"))
sys.dont_write_bytecode = True

from kafka_cluster import KafkaCluster  # noqa: E402


def start(file):
    file.unlink(missing_ok=True)
    caller = os.pidfd_open(os.getppid())
    reading, writing = os.pipe()
    if os.fork():
        os.close(writing)
        if not os.read(reading, 1):  # until it runs, or has failed
            sys.exit("Kafka did not start")
        return
    os.setsid()
    os.close(reading)
    wakeup_in, wakeup_out = os.pipe()
    signal.signal(signal.SIGTERM, lambda *_: os.write(wakeup_out, b"."))
    with KafkaCluster() as kafka:
        part = file.with_suffix(".part")
        part.write_text(kafka.bootstrap)
        part.rename(file)
        pathlib.Path(f"{file}.pid").write_text(str(os.getpid()))
        os.write(writing, b".")
        os.close(writing)
        # ctest waits until nobody holds its pipes any more.
        silence = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(silence, number)
        select.select([caller, wakeup_in], [], [])
        file.unlink()
        pathlib.Path(f"{file}.pid").unlink()


def stop(file):
    try:
        supervisor = int(pathlib.Path(f"{file}.pid").read_text())
        process = os.pidfd_open(supervisor)
    except (FileNotFoundError, ProcessLookupError):
        return
    os.kill(supervisor, signal.SIGTERM)
    if not select.select([process], [], [], 60)[0]:
        sys.exit("Kafka does not stop")


if __name__ == "__main__":
    {"start": start, "stop": stop}[sys.argv[1]](pathlib.Path(sys.argv[2]))
