"""A weir process for a test."""

import contextlib
import ctypes
import functools
import http.client
import json
import os
import pathlib
import re
import resource
import signal
import subprocess
import tempfile
import threading
import time

from waiting import PATIENCE, wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]
PR_SET_PDEATHSIG = 1

# Rooms that clients say something into.
CHAT = """\
[[namespace]]
name = "/"
  [[namespace.mapping]]
  room = "chat:{id}"
  topic = "chat"
  events = ["say"]
  room_from = "/0/room"
"""


def binary(version=""):
    """ctest names the one that it has built; "next" and "after_next" are as
    later versions of the cluster will be (tests/upgrade)."""
    name = "_".join(x for x in ("weir", version) if x)
    return (os.environ.get(name.replace("weir", "WEIR_BINARY").upper())
            or str(ROOT / "build/debug" / name))


def limits_of_process(descriptors):
    """Runs in the child as well; `descriptors`: the soft and the hard limit, or
    one number for both; None leaves them as they are."""
    both = (descriptors if isinstance(descriptors, tuple)
            else (descriptors, descriptors))

    def set_limits():
        die_with_parent()
        if descriptors:
            resource.setrlimit(resource.RLIMIT_NOFILE, both)
    return set_limits


def die_with_parent():
    """Runs in the child: nothing outlives a test that is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@contextlib.contextmanager
def program(*command, preexec_fn=die_with_parent, **options):
    """A process (subprocess.Popen) that ends with the block, if not before."""
    with subprocess.Popen(command, preexec_fn=preexec_fn,
                          **options) as process:
        try:
            yield process
        finally:
            process.kill()


class WeirNode:
    """Runs a configuration (text, or the path of a file) on free ports.

        with WeirNode(text) as node:
            ... node.port, node.bootstrap, node.get("/readyz") ...

    The end of `with` stops it in an orderly way and checks that it does so,
    unless the test has looked at its end itself. With `tls`, its ports are
    asked over TLS.
    """

    def __init__(self, config, *settings, ready=True, version="",
                 descriptors=None, tls=None):
        self.folder = tempfile.TemporaryDirectory(prefix="weir-test-")
        if isinstance(config, pathlib.Path):
            self.file = config
        else:
            self.file = pathlib.Path(self.folder.name, "weir.toml")
            self.file.write_text(config)
        self.settings = ["server.listen=127.0.0.1:0",
                         "admin.listen=127.0.0.1:0",
                         *self.patience_with_clients(settings), *settings]
        self.wants_ready = ready
        self.binary = binary(version)
        self.descriptors = descriptors
        self.tls = tls  # of a client: an ssl.SSLContext, or None
        self.process = None
        self.exit_seen = False
        self.lines = []
        self.news = threading.Condition()

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.kill()
            raise

    def __exit__(self, kind, *_):
        if kind is None and not self.exit_seen:
            try:
                self.stop()
            finally:
                self.kill()
        else:
            self.kill()
        if kind is not None:
            print(f"--- log of {self.file}:", *self.log()[-60:], sep="\n")

    # -- life -----------------------------------------------------------------

    def command(self):
        overrides = [x for y in self.settings for x in ("--set", y)]
        return [self.binary, str(self.file), *overrides]

    def patience_with_clients(self, settings):
        """A client of a test answers no pings while the test is busy with
        another one, which may take long on a busy machine: so nodes wait,
        unless the test is about pings."""
        chosen = self.file.read_text() + " ".join(settings)
        return [] if "ping_" in chosen else ["engineio.ping_timeout=10m"]

    def start(self):
        environment = {k: v for k, v in os.environ.items()
                       if not k.startswith("WEIR_")}
        self.process = subprocess.Popen(
            self.command(), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            errors="replace", env=environment,
            preexec_fn=limits_of_process(self.descriptors))
        self.reader = threading.Thread(target=self.read_log, daemon=True)
        self.reader.start()
        found = self.wait_for_log(r"listening client=https?://127\.0\.0\.1:(\d+)"
                                  r" admin=https?://127\.0\.0\.1:(\d+)")
        self.port, self.admin_port = int(found[1]), int(found[2])
        if self.wants_ready:
            self.wait_until_ready()
        return self

    def wait_until_ready(self, timeout=PATIENCE):
        wait_until(lambda: self.get("/readyz")[0] == 200,
                   "the node to be ready", timeout)

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def wait_for_exit(self, timeout=PATIENCE):
        try:
            status = self.process.wait(timeout)
            self.exit_seen = True
            return status
        except subprocess.TimeoutExpired:
            raise AssertionError(f"weir still runs after {timeout} s; its log "
                                 "ends with\n" + "\n".join(self.log()[-20:]))

    def stop(self):
        """Stops in an orderly way; exit status 0 or an error."""
        if self.process.poll() is None:
            self.terminate()
        status = self.wait_for_exit()
        assert status == 0, (f"exit status {status}; the log ends with\n"
                             + "\n".join(self.log()[-30:]))

    @contextlib.contextmanager
    def frozen(self):
        """It keeps its links and clients, and does nothing meanwhile."""
        self.freeze()
        try:
            yield
        finally:
            self.thaw()

    def freeze(self):
        """Returns when all of its threads stand: one takes the signal, and the
        others go on, and answer, until they have been reached."""
        self.process.send_signal(signal.SIGSTOP)
        wait_until(self.is_frozen, "all threads of a node to stand")

    def is_frozen(self):
        threads = pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/stat")
        return {x.read_text().rpartition(")")[2].split()[0]
                for x in threads} == {"T"}

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process is not None:
            self.reader.join(PATIENCE)
            self.process.stderr.close()
        self.folder.cleanup()

    # -- log ------------------------------------------------------------------

    def read_log(self):
        for line in self.process.stderr:
            with self.news:
                self.lines.append(line.rstrip("\n"))
                self.news.notify_all()
        with self.news:
            self.lines.append(None)  # the end
            self.news.notify_all()

    def log(self):
        with self.news:
            return [line for line in self.lines if line is not None]

    def wait_for_log(self, pattern, timeout=PATIENCE):
        """The match in the first line, past or to come, that has one."""
        until = time.monotonic() + timeout
        seen = 0
        with self.news:
            while True:
                for line in self.lines[seen:]:
                    found = line is not None and re.search(pattern, line)
                    if found:
                        return found
                    if line is None:
                        raise AssertionError(self.no_line(pattern, "ended"))
                seen = len(self.lines)
                if not self.news.wait(until - time.monotonic()):
                    raise AssertionError(
                        self.no_line(pattern, f"has not in {timeout} s"))

    def no_line(self, pattern, how):
        if how == "ended":
            how = f"ended with {self.process.wait(PATIENCE)}"
        log = "\n".join(x for x in self.lines[-30:] if x is not None)
        return f"weir {how} without a log line of {pattern!r}:\n{log}"

    # -- what it says about itself --------------------------------------------

    @property
    def url(self):
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}"

    @property
    def cluster_address(self):
        return self.wait_for_log(r"listening .* cluster=(\S+)")[1]

    def peers(self):
        """{name: state} of the cluster's nodes, as this one sees them."""
        return {x["name"]: x["state"] for x in self.get("/v1/nodes")[1]["nodes"]}

    @property
    def bootstrap(self):
        """Of the embedded broker."""
        return self.wait_for_log(r"embedded broker.*?(127\.0\.0\.1:\d+)")[1]

    def get(self, path):
        """(status, body) of the admin endpoint; JSON is read."""
        return self.ask("GET", path)

    def delete(self, path):
        return self.ask("DELETE", path)

    def ask(self, method, path, body=None, **fields):
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.admin_port, timeout=PATIENCE, context=self.tls
        ) if self.tls else http.client.HTTPConnection(
            "127.0.0.1", self.admin_port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, headers=fields)
            answer = connection.getresponse()
            body = answer.read().decode()
            if answer.getheader("Content-Type") == "application/json":
                body = json.loads(body)
            return answer.status, body
        finally:
            connection.close()

    def reasons(self):
        """Why it is not ready; empty: it is."""
        status, body = self.get("/readyz")
        assert (status == 200) == (not body["reasons"]), body
        return " ".join(body["reasons"])

    def metric(self, name, **labels):
        """The sum of those that have these labels, and whatever others; 0: it
        has counted nothing of the kind. A name that no metric has fails."""
        found = re.findall(rf"^{name}(?:\{{(.*)\}})? (\S+)$",
                           self.get("/metrics")[1], re.MULTILINE)
        assert found or name in counters(), f"there is no metric {name}"
        wanted = {f'{k}="{v}"' for k, v in labels.items()}
        return sum(float(value) for text, value in found
                   if wanted <= set(re.findall(r'\w+="[^"]*"', text)))

    def partitions(self):
        """{(topic, partition): status} of those that this node reads, with
        numbers as numbers."""
        found = {}
        for x in self.get("/v1/partitions?node=")[1]["partitions"]:
            numbers = {k: int(v) if str(v).lstrip("-").isdigit() else v
                       for k, v in x.items()}
            found[x["topic"], int(x["partition"])] = numbers
        return found

    def memory(self):
        """Resident bytes."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024


@functools.cache
def counters():
    """The names that the sources give metrics that count: those with labels are
    not there before there is something to count."""
    return {f"weir_{name}_total"
            for file in (ROOT / "actors/runtime/metrics").glob("*.hpp")
            for name in re.findall(r'"([a-z_]+)"', file.read_text())}


def check(config, *settings, arguments=()):
    """`weir check` of a text: (exit status, what it says)."""
    with tempfile.TemporaryDirectory(prefix="weir-test-") as folder:
        file = pathlib.Path(folder, "weir.toml")
        file.write_text(config)
        overrides = [x for y in settings for x in ("--set", y)]
        run = subprocess.run([binary(), "check", str(file), *arguments,
                              *overrides],
                             text=True, capture_output=True, timeout=PATIENCE)
        return run.returncode, run.stdout + run.stderr


def memory_bound(config, *settings):
    """Bytes that the limits of a configuration add up to."""
    status, said = check(config, *settings)
    assert status == 0, said
    return int(re.search(r"^  sum .* = (\d+) bytes$", said, re.MULTILINE)[1])
