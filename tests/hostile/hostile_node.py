"""The node under attack: small limits, so that their sum is one, and what is
said of it while it is attacked."""

import pathlib
import re
import threading
import time

from promptness import Lateness, delays, slowest
from waiting import SANITIZED
from weir_node import WeirNode, memory_bound

MIB = 1 << 20
BIG_FILE = 30 * MIB
# Whatever the limits say: the machine is not to suffer.
MOST_MEMORY = (8 if SANITIZED else 2) * 1024 * MIB

LIMITS = {"max_payload": 128 * 1024, "max_header": 16 * 1024, "rooms": 64}

MAX_CONNECTIONS = 100

# What bystanders and newcomers keep to with ease, and no flood does.
RATES = [f"limits.{key}.{which}={value}" for key, rate, burst in [
    ("connection_rate", 20, 100), ("handshakes", 200, 400),
    ("requests", 50, 100), ("packets", 2000, 4000), ("events", 40, 80),
    ("bytes", "64KiB", "512KiB"), ("joins", 10, 20)]
    for which, value in [("rate", rate), ("burst", burst)]] + [
        "limits.max_rate_limited=1000"]

CONFIG = """
[server]
files = "files"
io_threads = 2
max_connections = 100
max_file_bytes = "32MiB"
header_timeout = "4s"
connect_timeout = "5s"
drain_time = "0s"
[engineio]
max_payload = "128KiB"
ping_interval = "5s"
ping_timeout = "15s"
[kafka]
embedded = true
[kafka.consumer]
"queued.max.messages.kbytes" = 512
"queued.min.messages" = 1000
"fetch.message.max.bytes" = 262144
"fetch.max.bytes" = 4194304
[kafka.producer]
"queue.buffering.max.kbytes" = 8192
"queue.buffering.max.messages" = 10000
[cluster]
name = "hostile"
listen = "127.0.0.1:0"
secret = "for nobody but nodes"
[limits]
connections_per_address = 60
outbox = "192KiB"
unanswered_bytes = "128KiB"
max_lag = "4MiB"
tail_cache = "1MiB"
credit = "64KiB"
rooms_per_socket = 64
forwarded_polls = 100
forwarded_bytes = "1MiB"
idempotency_ids = 10_000
producer_queue = "16MiB"
[[namespace]]
name = "/"
  # The embedded broker keeps 5 MiB of a partition, and would forget what
  # bystanders have not read yet in a topic that attackers fill.
  [[namespace.mapping]]
  room = "by:{id}"
  topic = "bystanders"
  key = "{id}"
  events = ["talk"]
  room_from = "/0/room"
  [[namespace.mapping]]
  room = "room:{id}"
  topic = "rooms"
  key = "{id}"
  events = ["say"]
  room_from = "/0/room"
  id_from = "/0/id"
  history = 10
  [[namespace.local]]
  events = ["typing"]
  room_from = "/0/room"
  [[namespace.local]]
  events = ["mirror"]
  to = "sender"
  ack = "echo"
[[namespace]]
name = "/live"
recovery = "1m"
  [[namespace.mapping]]
  room = "room:{id}"
  topic = "rooms"
  key = "{id}"
  events = ["say"]
  room_from = "/0/room"
"""


class HostileNode(WeirNode):
    def __init__(self, settings=(), descriptors=None):
        super().__init__(CONFIG, *settings, descriptors=descriptors)
        self.max_connections = next(
            (int(x.split("=")[1]) for x in settings
             if x.startswith("server.max_connections=")), MAX_CONNECTIONS)
        folder = pathlib.Path(self.folder.name, "files")
        folder.mkdir()
        (folder / "big.bin").write_bytes(bytes(BIG_FILE))
        # The folder is named as seen from the file.
        self.settings.append(f"server.files={folder}")
        self.bound = memory_bound(CONFIG, *self.settings)

    def target(self):
        """What an attacker has to know."""
        return {"port": self.port, "admin_port": self.admin_port,
                "cluster_port": int(self.cluster_address.rsplit(":", 1)[1]),
                **LIMITS}

    # -- what it costs ----------------------------------------------------------

    def reset_peak(self):
        pathlib.Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def peak(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024

    def mailboxes(self):
        """Messages that wait for all actors."""
        return sum(int(x.get("mailbox", 0))
                   for x in self.get("/v1/actors")[1]["actors"])

    def longest_mailboxes(self):
        """The most that has waited for one actor, by type."""
        return {x["type"]: int(x.get("mailbox_max", 0))
                for x in self.get("/v1/actors")[1]["actors"]}

    def sessions(self):
        """How many there are."""
        for x in self.get("/v1/actors")[1]["actors"]:
            if x["type"] == "connection":
                return int(x["count"])
        return 0

    def open_sessions(self):
        """Likewise, without those whose actors are about to end."""
        text = self.get("/metrics")[1]
        return int(re.search(r"^weir_connections (\d+)$", text, re.M)[1])

    def counters(self):
        """What it has refused or closed, by what."""
        text = self.get("/metrics")[1]
        found = re.findall(r"^weir_(\w*(?:refused|closed|dropped|limited|cut_off)\w*?)(?:_total)?"
                           r"(?:\{\w+=\"([^\"]*)\"\})? (\d+)", text, re.M)
        return {f"{name} {label}".strip().replace("_", " "): int(value)
                for name, label, value in found}


class Watch(threading.Thread):
    """Looks at a node during an attack: does it live, how long are its
    mailboxes, and does it take so much memory that it has to be killed?"""

    def __init__(self, node):
        super().__init__(daemon=True)
        self.node = node
        self.ended = threading.Event()
        self.killed = False
        self.longest_mailbox = 0, ""
        self.slowest_livez = 0.0
        self.most_sessions = 0
        self.livez_errors = []
        self.mailboxes_before = node.longest_mailboxes()
        self.delays_before = delays(node)
        self.slowest_loop = 0.0
        self.lateness = Lateness()
        self.log_before = len(node.log())
        self.begin = time.monotonic()

    def __enter__(self):
        self.node.reset_peak()
        self.guard = threading.Thread(target=self.limit_memory, daemon=True)
        self.guard.start()
        self.lateness.start()
        self.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.guard.join()
        self.join()
        self.lateness.__exit__()
        self.seconds = time.monotonic() - self.begin
        self.log_lines = self.node.log()[self.log_before:]
        self.alive = self.node.process.poll() is None
        self.peak = self.node.peak() if self.alive else 0

    def run(self):
        while not self.ended.wait(0.3):
            begin = time.monotonic()
            try:
                status, _ = self.node.get("/livez")
                if status != 200:
                    self.livez_errors.append(str(status))
                self.look_at_mailboxes()
                self.look_at_sessions()
                self.slowest_loop = slowest(self.delays_before,
                                            delays(self.node))
            except OSError as e:
                self.livez_errors.append(repr(e))
            self.slowest_livez = max(self.slowest_livez,
                                     time.monotonic() - begin)

    def look_at_sessions(self):
        """The node counts one loop after the other, and a session may end on
        one and begin on the next: what is too many, is so each time."""
        found = self.node.open_sessions()
        for _ in range(4):
            if found <= self.node.max_connections:
                break
            found = min(found, self.node.open_sessions())
        self.most_sessions = max(self.most_sessions, found)

    def look_at_mailboxes(self):
        """What actors have from an earlier case is not this one's."""
        for actor, n in self.node.longest_mailboxes().items():
            if n > self.mailboxes_before.get(actor, 0):
                self.longest_mailbox = max(self.longest_mailbox, (n, actor))

    def limit_memory(self):
        while not self.ended.wait(0.05):
            try:
                if self.node.memory() > MOST_MEMORY:
                    self.killed = True
                    self.node.process.kill()
                    return
            except (OSError, TypeError):
                return
