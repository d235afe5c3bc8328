"""The servers under test: how each is built, started and found ready."""

import base64
import concurrent.futures
import hashlib
import hmac
import json
import os
import pathlib
import queue
import re
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request

from kafka_cluster import die_with_parent

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RELEASE = ROOT / "build" / "release"
RUST_TARGET = ROOT / "build" / "bench" / "rust"
LOAD = RELEASE / "weir_bench_load"

START_TIMEOUT = 30.0
STOP_TIMEOUT = 10.0


class BenchError(RuntimeError):
    pass


# -- building -----------------------------------------------------------------

def run_build(*command, cwd=ROOT, env=None):
    done = subprocess.run(command, cwd=cwd, env={**os.environ, **(env or {})},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True)
    if done.returncode != 0:
        raise BenchError(f"{' '.join(command)} failed:\n{done.stdout[-4000:]}")


def build(servers):
    """Everything that `servers` need, in release mode; little if up to date."""
    targets = ["weir_bench_load"]
    if any(is_weir(name) and name != "former" for name in servers):
        targets.append("weir")
    if not (RELEASE / "build.ninja").exists():
        run_build("cmake", "--preset", "release")
    run_build("cmake", "--build", "--preset", "release", "--target", *targets)
    if {"rust", "lean"} & set(servers):
        run_build("cargo", "build", "--release", "--locked",
                  cwd=HERE / "peers/rust",
                  env={"CARGO_TARGET_DIR": str(RUST_TARGET)})
    if "node" in servers:
        install_node_packages(HERE / "peers/node")


def install_node_packages(folder):
    # npm leaves this copy of the lock file when it is done.
    installed = folder / "node_modules/.package-lock.json"
    lock = folder / "package-lock.json"
    if (not installed.exists()
            or installed.stat().st_mtime < lock.stat().st_mtime):
        run_build("npm", "ci", "--no-audit", "--no-fund", cwd=folder)


# -- running ------------------------------------------------------------------

class Server:
    """One server process; ends with the `with` block, or with this process."""

    def __init__(self, command, env=None, load=None, endpoint=None,
                 scraped=False):
        """`load`: what its clients need to be told; `endpoint`: a process that
        ends with it; `scraped`: its metrics are read every second."""
        self.command, self.load = command, load or {}
        self.endpoint = endpoint
        self.scraper = Scraper(self) if scraped else None
        self.env = {**os.environ, **(env or {})}
        self.lines = queue.SimpleQueue()
        self.log = []

    def __enter__(self):
        parent = os.getpid()
        self.process = subprocess.Popen(
            self.command, env=self.env, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            preexec_fn=lambda: die_with_parent(parent))
        threading.Thread(target=self.read_output, daemon=True).start()
        try:
            self.wait_until_ready(time.monotonic() + START_TIMEOUT)
        except BaseException:
            self.end()
            raise
        if self.scraper:
            self.scraper.start()
        return self

    def __exit__(self, *_):
        try:
            if self.scraper:
                self.scraper.stop()
        finally:
            self.end()

    def end(self):
        if self.endpoint:
            self.endpoint.kill()
            self.endpoint.wait()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @property
    def pid(self):
        return self.process.pid

    def read_output(self):
        for line in self.process.stdout:
            # Only the last lines are of use, to say why it failed.
            self.log = self.log[-50:] + [line]
            self.lines.put(line)
        self.lines.put(None)

    def wait_until_ready(self, deadline):
        while True:
            try:
                line = self.lines.get(timeout=deadline - time.monotonic())
            except (queue.Empty, ValueError):
                raise self.failed("does not say where it listens") from None
            if line is None:
                raise self.failed("ended while starting")
            found = re.search(r"listening (?:client=)?https?://(\S+)", line)
            if found:
                self.address = found[1]
                admin = re.search(r"admin=(http://\S+)", line)
                if admin:
                    self.admin = admin[1]
                    self.wait_for_readyz(self.admin, deadline)
                return

    def wait_for_readyz(self, admin, deadline):
        while True:
            try:
                with urllib.request.urlopen(admin + "/readyz", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                if time.monotonic() > deadline:
                    raise self.failed("is not ready") from None
                time.sleep(0.05)

    def failed(self, why):
        return BenchError(f"{self.command[0]} {why}; its output:\n"
                          + "".join(self.log))


class Scraper:
    """Reads a server's metrics every second, as a keen Prometheus does."""

    def __init__(self, server):
        self.server, self.ended = server, threading.Event()
        self.runner = concurrent.futures.ThreadPoolExecutor(1)

    def start(self):
        self.done = self.runner.submit(self.run)

    def run(self):
        while not self.ended.wait(1.0):
            with urllib.request.urlopen(self.server.admin + "/metrics",
                                        timeout=10) as answer:
                answer.read()

    def stop(self):
        self.ended.set()
        self.done.result()  # an error of `run` is raised here


def scraped(kafka, topic, folder, settings=()):
    """Weir whose metrics are read every second: what that costs."""
    return weir(kafka, topic, folder, settings, scraped=True)


def recovering(kafka, topic, folder, settings=()):
    """Weir whose clients can come back: what that costs."""
    return weir(kafka, topic, folder,
                ("cluster.secret=a secret of the benchmark", *settings),
                'recovery = "2m"')


def with_tls(kafka, topic, folder, settings=()):
    """Weir whose clients speak TLS."""
    key, certificate = (str(pathlib.Path(folder, x)) for x in
                        ("key.pem", "certificate.pem"))
    run_build("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
              "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
              "-subj", "/CN=127.0.0.1", "-keyout", key, "-out", certificate)
    return weir(kafka, topic, folder, settings, more=(
        f'[server.tls]\ncertificate = "{certificate}"\nkey = "{key}"\n'),
        load={"tls": "yes"})


def secured(kafka, topic, folder, settings=()):
    """Weir whose clients show tokens that allow them one room, under limits
    that none of them reaches."""
    tokens = pathlib.Path(folder, "tokens")
    tokens.write_text("".join(f"{token(x)}\n" for x in range(200)))
    return weir(kafka, topic, folder, settings, more=SECURITY,
                mapping=ALLOW, load={"tokens": str(tokens)})


SECRET = "the secret of all tokens of the benchmark"
SECURITY = f"""
[auth.jwt]
algorithms = ["HS256"]
secret = "{SECRET}"

[limits]
connections_per_user = 100000
connection_rate.rate = 100000
handshakes.rate = 100000
events.rate = 1000000
bytes.rate = "1GiB"
joins.rate = 1000
"""
ALLOW = 'allow = { join = ["/rooms = {room}"], emit = ["/rooms = {room}"] }\n'


def asking(kafka, topic, folder, settings=()):
    """Weir that asks an endpoint about each CONNECT and each join."""
    endpoint, url = start_endpoint(json.dumps({"allow": True}))
    return weir(kafka, topic, folder, settings, 'webhook = ["connect", "join"]',
                WEBHOOK.format(url=url), endpoint=endpoint)


WEBHOOK = """
[auth.webhook]
url = "{url}"
secret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"
"""


def traced(kafka, topic, folder, settings=()):
    """Weir that has spans of one emit in a hundred, and of its deliveries,
    collected."""
    endpoint, url = start_endpoint("")
    return weir(kafka, topic, folder, settings, more=(
        f'[tracing]\nurl = "{url}v1/traces"\nsample_one_in = 100\n'),
        endpoint=endpoint)


def start_endpoint(answer):
    parent = os.getpid()
    endpoint = subprocess.Popen(
        ["node", str(HERE / "endpoint.mjs"), answer], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, text=True,
        preexec_fn=lambda: die_with_parent(parent))
    return endpoint, f"http://127.0.0.1:{int(endpoint.stdout.readline())}/"


def token(room):
    """Of somebody who may use that room."""
    claims = {"sub": f"user {room}", "exp": int(time.time()) + 86400,
              "rooms": [f"r{room}"]}
    text = b".".join(base64url(json.dumps(x).encode())
                     for x in ({"alg": "HS256"}, claims))
    mac = hmac.digest(SECRET.encode(), text, hashlib.sha256)
    return (text + b"." + base64url(mac)).decode()


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def weir(kafka, topic, folder, settings=(), nsp="", more="", mapping="",
         load=None, endpoint=None, scraped=False, binary=RELEASE / "weir"):
    config = pathlib.Path(folder, f"{topic}.toml")
    config.write_text((HERE / "weir.toml").read_text()
                      .replace("bench.messages", topic)
                      .replace("[kafka]", f"{more}\n[kafka]")
                      .replace('name = "/"\n', f'name = "/"\n{nsp}\n')
                      + mapping)
    sets = [f"kafka.brokers={kafka.bootstrap}", f"kafka.group={topic}",
            *settings]
    return Server([str(binary), str(config),
                   *(word for pair in sets for word in ("--set", pair))],
                  load=load, endpoint=endpoint, scraped=scraped)


def peer_environment(kafka, topic):
    return {"KAFKA_BROKERS": kafka.bootstrap, "KAFKA_TOPIC": topic,
            "KAFKA_GROUP": topic}


def node(kafka, topic, _folder, _settings=()):
    return Server(["node", str(HERE / "peers/node/server.js")],
                  {"NODE_ENV": "production", **peer_environment(kafka, topic)})


def rust(kafka, topic, _folder, _settings=()):
    return Server([str(RUST_TARGET / "release/weir-bench-peer")],
                  peer_environment(kafka, topic))


def lean(kafka, topic, _folder, _settings=()):
    return Server([str(RUST_TARGET / "release/weir-bench-lean")],
                  peer_environment(kafka, topic), load=TEXTS)


def with_texts(kafka, topic, folder, settings=()):
    """Weir whose clients emit what those of `lean` do."""
    server = weir(kafka, topic, folder, settings, mapping='format = "args"\n',
                  load=TEXTS)
    config = pathlib.Path(folder, f"{topic}.toml")
    config.write_text(config.read_text().replace('"/0/room"', '"/0"'))
    return server


# Events of two strings: the room, and a text.
TEXTS = {"form": "texts"}

SERVERS = {"weir": weir, "texts": with_texts, "recovery": recovering,
           "tls": with_tls, "secured": secured, "webhook": asking,
           "scraped": scraped, "traced": traced,
           "node": node, "rust": rust, "lean": lean}
WEIRS = {"weir", "texts", "recovery", "tls", "secured", "webhook",
         "scraped", "traced", "former"}


def plain_name(name):
    """Of `weir@8`, with 8 I/O loops: `weir`."""
    return name.split("@")[0]


def is_weir(name):
    return plain_name(name) in WEIRS


def is_server(name):
    plain, at, loops = name.partition("@")
    known = plain in WEIRS if at else plain in SERVERS or plain == "former"
    return known and (not at or loops.isdigit())


def start_server(name, kafka, topic, folder, options):
    plain, _, loops = name.partition("@")
    settings = [*options.set, *([f"server.io_threads={loops}"] if loops else [])]
    if plain == "former":
        return weir(kafka, topic, folder, settings, binary=options.former)
    return SERVERS[plain](kafka, topic, folder, settings)


# What is measured when nobody asks for others.
DEFAULT = ["weir", "node", "rust", "lean"]


# -- what they are --------------------------------------------------------------

def first_line(*command):
    try:
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True)
        return done.stdout.splitlines()[0].strip()
    except (OSError, IndexError):
        return "unknown"


def versions():
    packages = json.loads((HERE / "peers/node/package.json").read_text())
    lock = (HERE / "peers/rust/Cargo.lock").read_text()
    crates = dict(re.findall(r'name = "(.*)"\nversion = "(.*)"', lock))
    return {
        "weir": first_line("git", "describe", "--always", "--dirty"),
        "librdkafka": first_line("pkg-config", "--modversion", "rdkafka"),
        "node": first_line("node", "--version"),
        "rustc": first_line("rustc", "--version"),
        "java": first_line("java", "--version"),
        "g++": first_line("g++", "-dumpfullversion"),
        **packages["dependencies"],
        **{name: crates[name] for name in ("socketioxide", "axum", "rdkafka",
                                           "rdkafka-sys", "tokio")},
    }
