"""tools/kafka starts a broker that answers, survives what tests do to it, and
leaves nothing behind."""

import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
KAFKA = ROOT / "tools/kafka/kafka"
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tools/kafka"))

import kafka_wire  # noqa: E402
from kafka_cluster import KafkaCluster, KafkaError  # noqa: E402


class Cluster(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kafka = KafkaCluster(brokers=1).__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.kafka.stop()

    def test_a_created_topic_has_leaders(self):
        self.kafka.create_topic("created", partitions=3)
        self.assertEqual(self.kafka.leaders("created"), {0: 1, 1: 1, 2: 1})

    def test_partitions_are_added_once_however_often_it_is_asked_for(self):
        self.kafka.create_topic("grown", partitions=3)
        host, port = self.kafka.bootstrap.rsplit(":", 1)
        broker = host, int(port)
        for _ in range(2):
            kafka_wire.set_partitions(broker, "grown", 5)
        self.assertEqual(set(self.kafka.leaders("grown")), set(range(5)))
        with self.assertRaisesRegex(RuntimeError, "grown"):
            kafka_wire.set_partitions(broker, "grown", 4)

    def test_a_killed_broker_comes_back_with_its_topics_and_port(self):
        self.kafka.create_topic("kept", partitions=1)
        bootstrap = self.kafka.bootstrap
        self.kafka.kill_broker(1)
        self.assertFalse(self.kafka.is_running(1))
        self.kafka.start_broker(1)
        self.assertEqual(self.kafka.bootstrap, bootstrap)
        self.assertEqual(self.kafka.leaders("kept"), {0: 1})

    def test_there_is_no_broker_that_was_not_asked_for(self):
        with self.assertRaisesRegex(KafkaError, "only 1 to 1"):
            self.kafka.kill_broker(2)


class Users(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kafka = KafkaCluster(users={"weir": "secret"}).__enter__()
        cls.kafka.create_topic("guarded", partitions=1)

    @classmethod
    def tearDownClass(cls):
        cls.kafka.stop()

    def consume(self, password="secret"):
        return subprocess.run(
            ["kcat", "-C", "-b", self.kafka.users_bootstrap, "-t", "guarded",
             "-e", "-q", "-X", "security.protocol=SASL_PLAINTEXT", "-X",
             "sasl.mechanism=PLAIN", "-X", "sasl.username=weir", "-X",
             f"sasl.password={password}"],
            capture_output=True, text=True, timeout=120)

    def until(self, returncode):
        """Brokers learn of an ACL a moment after it is made."""
        until = time.monotonic() + 20
        while ((run := self.consume()).returncode != returncode
               and time.monotonic() < until):
            pass
        self.assertEqual(run.returncode, returncode, run.stderr)
        return run

    def test_a_user_may_do_what_is_not_denied(self):
        self.until(0)
        self.kafka.deny("weir", "read", "guarded")
        self.assertIn("authorization failed", self.until(1).stderr)
        self.kafka.allow("weir", "read", "guarded")
        self.until(0)


class Program(unittest.TestCase):
    def test_run_ends_and_cleans_up_with_its_stdin(self):
        program = subprocess.Popen([KAFKA, "run"], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True)
        bootstrap = program.stdout.readline().strip()
        self.assertRegex(bootstrap, r"^bootstrap=127\.0\.0\.1:\d+$")
        program.communicate("", timeout=120)
        self.assertEqual(program.returncode, 0)
        self.assertFalse(listens(bootstrap.rpartition(":")[2]))

    def test_a_broker_dies_with_the_program_that_started_it(self):
        # A killed program cannot remove its folder; this one does.
        with tempfile.TemporaryDirectory() as folder:
            program = subprocess.Popen(
                [KAFKA, "run", "--dir", f"{folder}/kafka"], text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            port = program.stdout.readline().strip().rpartition(":")[2]
            self.assertTrue(listens(port))
            program.kill()
            program.communicate(timeout=120)
            until = time.monotonic() + 10
            while listens(port) and time.monotonic() < until:
                time.sleep(0.05)
            self.assertFalse(listens(port))


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(port))) == 0


if __name__ == "__main__":
    unittest.main()
