"""docs/security.md does what it says, with one node and with three behind a
balancer that knows no sessions. The text is taken from there, so that it cannot
drift."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys

import pytest

import kcat
from cable import Cable
from raw_client import RawClient
from readme import Program, commands, examples, marked
from tls_authority import Authority
from waiting import PATIENCE, wait_until
from webhook_endpoint import SECRET as WEBHOOK_SECRET
from webhook_endpoint import Endpoint
from weir_cluster import WeirCluster
from weir_fixtures import create_topic, unique
from weir_node import ROOT, WeirNode, binary

DOCUMENT = "docs/security.md"
FILES, STEPS, CHANGES = (marked(DOCUMENT, x) for x in ("file", "step", "change"))

# A token that ends soon, and yet not before a client on a busy machine is in.
SHORT = 10


def pattern(line):
    """Of a line of the document: `...` is whatever ids there are."""
    return ".*".join(map(re.escape, line.split("...")))


class World:
    """The document's folder, and the node or nodes that it secures."""

    def __init__(self, folder):
        self.folder = folder
        self.addresses = {}  # those of the document, and those of the test
        self.environment = os.environ | {
            "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}
        (folder / "node_modules").symlink_to(
            ROOT / "tests/clients/js/node_modules")
        (folder / "bin").mkdir()
        for name, program in ("weir", binary()), ("python3", sys.executable):
            file = folder / "bin" / name
            file.write_text(f'#!/bin/sh\nexec "{program}" "$@"\n')
            file.chmod(0o755)

    def is_at(self, nodes, cable, bootstrap):
        self.nodes, self.cable = nodes, cable
        self.addresses |= {
            "localhost:3000": cable.address.replace("127.0.0.1", "localhost"),
            "127.0.0.1:9300": f"127.0.0.1:{nodes[-1].admin_port}",
            "localhost:9092": bootstrap}

    def here(self, text):
        for written, real in self.addresses.items():
            text = text.replace(written, real)
        return text

    def write(self, name, text):
        (self.folder / name).write_text(self.here(text))
        return name

    def run(self, text):
        """What it prints."""
        done = subprocess.run(
            ["bash", "-eu", "-o", "pipefail", "-c", self.here(text)], text=True,
            capture_output=True, timeout=PATIENCE, cwd=self.folder,
            env=self.environment)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def follow(self, step):
        """Does what a console of the document shows, and sees the same."""
        for command, shown in commands(STEPS[step]):
            printed = self.run(command)
            assert re.fullmatch("\n".join(map(pattern, shown)),
                                printed.removesuffix("\n")), printed

    @contextlib.contextmanager
    def started(self, step, changes=(), *others):
        """A program that continues, once it has printed what the document
        shows, or other lines; with some words of the command changed, {old:
        new}."""
        (command, shown), = commands(STEPS[step])
        for old, new in dict(changes).items():
            assert command.count(old) == 1, command
            command = command.replace(old, new)
        with Program("bash", "-c", f"exec env {command}", cwd=self.folder,
                     env=self.environment) as program:
            program.expect(map(pattern, others or shown))
            yield program


def topics_of_its_own(kafka):
    """On a real Kafka, which other tests use too: {name: name there}."""
    names = {x: unique(x) for x in ["chat.messages", "weir.denied"]}
    create_topic(kafka, names["chat.messages"])
    create_topic(kafka, names["weir.denied"], cleanup_policy="compact")
    return names


def changed(text, diff):
    """What becomes of a file: lines that are there, and what takes the place of
    them or comes behind them."""
    lines, at = text.splitlines(), 0
    for kind, line in ((x[0], x[1:]) for x in diff.splitlines()):
        if kind == "+":
            lines.insert(at, line)
            at += 1
            continue
        at = lines.index(line, at) + 1
        if kind == "-":
            at -= 1
            del lines[at]
    return "\n".join(lines) + "\n"


@contextlib.contextmanager
def running(world, text, how_many, kafka):
    """The nodes of the document, with that configuration."""
    for step in ("certificate", "keys", "secret", "authority", "service"):
        world.run(STEPS[step].text)
    is_one = how_many == "one node"
    if not is_one:
        world.addresses = topics_of_its_own(kafka)
        text = text.replace("embedded = true", f'brokers = "{kafka}"')
    file = world.folder / world.write("weir.toml", text)
    # So that nobody waits for half a minute.
    soon = "auth.jwt.leeway=0s"
    with contextlib.ExitStack() as stack:
        if is_one:
            nodes = [stack.enter_context(WeirNode(file, soon))]
        else:
            nodes = list(stack.enter_context(WeirCluster(
                file, "abc", soon, f"cluster.name={unique('security')}",
                # Nobody is to be lost here, however busy the machine is.
                "cluster.timeout=30s")).nodes.values())
        cable = stack.enter_context(Cable(*(x.port for x in nodes)))
        world.is_at(nodes, cable, nodes[0].bootstrap if is_one else kafka)
        for name, example in FILES.items():
            if name != "weir.toml":
                world.write(name, example.text)
        yield world


NODES = ["one node", "three nodes"]


@pytest.fixture(scope="module", params=NODES)
def world(request, kafka, tmp_path_factory):
    with running(World(tmp_path_factory.mktemp("security")),
                 FILES["weir.toml"].text, request.param, kafka) as world:
        yield world


@pytest.fixture(scope="module", params=NODES)
def with_services(request, kafka, tmp_path_factory):
    """Where services may show certificates."""
    text = changed(FILES["weir.toml"].text, CHANGES["weir.toml"].text)
    with running(World(tmp_path_factory.mktemp("services")), text,
                 request.param, kafka) as world:
        yield world


# -- step by step -------------------------------------------------------------

def test_weir_takes_the_configuration(world):
    check_it, start = STEPS["start"].text.splitlines()
    assert start == "weir weir.toml"
    world.run(check_it)


def test_curl_is_let_in_and_kept_out(world):
    world.follow("enter")
    world.follow("tls")


LANGUAGES = pytest.mark.parametrize("language,file", [
    ("javascript", "client.mjs"), ("python", "client.py")])
TRANSPORTS = {"polling": '["polling"]', "websocket": '["websocket"]',
              "upgrade": '["polling", "websocket"]'}


def over(world, file, transport):
    """The client of the document, over these transports."""
    before = {"client.mjs": "auth: async", "client.py": "auth=auth"}[file]
    sign = {"client.mjs": ": ", "client.py": "="}[file]
    text = FILES[file].text
    assert text.count(before) == 1
    return world.write(f"{transport}-{file}", text.replace(
        before, f"transports{sign}{TRANSPORTS[transport]}, {before}"))


@LANGUAGES
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_official_clients_are_let_in_and_kept_out(world, language, file,
                                                  transport):
    changes = {file: over(world, file, transport)}
    with world.started(f"{language} refused", changes), \
            world.started(language, changes):
        pass


@LANGUAGES
def test_a_client_goes_on_as_it_stands_there(world, language, file):
    with world.started(f"{language} refused"), world.started(language):
        pass


# How a client learns that its connection is closed.
CLOSED = {"polling": "transport error", "websocket": "transport close"}


@pytest.mark.parametrize("transport", CLOSED)
def test_who_is_cut_off_comes_back_with_a_new_token(world, transport):
    """To another node, if there is one."""
    this = over(world, "client.mjs", transport)
    with world.started("javascript", {"client.mjs": this}) as client:
        world.cable.cut()
        client.expect(["disconnected: .*"])
        world.cable.join()
        client.expect(["recovered", "received hello"])


@pytest.mark.parametrize("transport", CLOSED)
def test_who_hands_no_new_token_in_comes_back_with_one(world, transport):
    this = over(world, "client.mjs", transport)
    (_, shown), = commands(STEPS["expiry"])
    with world.started("javascript",
                       {"client.mjs": this, "600": str(SHORT)}) as client:
        assert "disconnected: transport close" in shown
        client.expect(["disconnected: " + CLOSED[transport], "recovered",
                       "received hello"])


# A token that is renewed in the middle of what is left of it.
LONGER = 20


def renewing(world, more=""):
    """The client in JavaScript, with what is added to it further below."""
    step = STEPS["renew"].text
    assert step.count("  // {") == 1
    step = step.replace("  // {", "  console.log('renewed', answer.status); // {")
    return {"client.mjs": world.write("renewing.mjs", FILES["client.mjs"].text
                                      + step + more), "600": str(LONGER)}


def test_who_hands_a_new_token_in_stays(world):
    with world.started("javascript", renewing(world)) as js, \
            world.started("python", {"600": str(LONGER)}) as python:
        for client in js, python:
            client.expect(["renewed ok"] * 3)
            assert not any("disconnected" in x for x in client.lines)
            assert client.lines.count("connected") == 1


def test_who_loses_a_right_is_told_and_leaves(world):
    changes = renewing(world, STEPS["right lost"].text)
    with world.started("javascript", changes) as client:
        world.write("allowed", FILES["token"].text)
        world.write("token", """sh allowed "$1" '["2"]' "$3" "$4"\n""")
        try:
            client.expect(["chat:7 not_allowed", "renewed ok"])
        finally:
            world.write("token", FILES["token"].text)


# -- services with certificates -----------------------------------------------

SERVICES = pytest.mark.parametrize("language,file", [
    ("javascript", "service.mjs"), ("python", "service.py")])


def service_over(world, file, transport):
    before = {"service.mjs": "  ca: read", "service.py": '"https://localhost:3000"'}
    text, before = FILES[file].text, before[file]
    assert text.count(before) == 1
    after = (f"transports: {TRANSPORTS[transport]},\n{before}"
             if file == "service.mjs"
             else f"{before}, transports={TRANSPORTS[transport]}")
    return world.write(f"{transport}-{file}", text.replace(before, after))


@SERVICES
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_service_is_let_in_by_its_certificate(with_services, language, file,
                                                transport):
    world = with_services
    this = service_over(world, file, transport)
    (command, shown), = commands(STEPS[f"service in {language}"])
    assert command.count(file) == 1
    printed = world.run(command.replace(file, this))
    assert printed.splitlines() == shown


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_who_shows_no_such_certificate_is_kept_out(with_services, transport):
    """Another authority's ends the handshake, which has an error of each
    transport."""
    world = with_services
    names = {x: service_over(world, x, transport)
             for x in ("service.mjs", "service.py")}
    for command, shown in commands(STEPS["service refused"]):
        for name, this in names.items():
            command = command.replace(name, this)
        printed = world.run(command).removesuffix("\n")
        if "xhr poll error" in "".join(shown) and transport == "websocket":
            shown = [x.replace("xhr poll", "websocket") for x in shown]
        assert re.fullmatch("\n".join(map(pattern, shown)), printed), command


def test_records_of_a_service_name_it(with_services):
    world = with_services
    world.follow("service in javascript")
    topic = world.here("chat.messages")
    records = kcat.consume(world.here("localhost:9092"), topic)
    assert records[-1].headers["ce_weiruser"] == "spiffe://example.org/orders"


def test_tokens_count_beside_certificates(with_services):
    with_services.follow("enter")


# -- who is to go -------------------------------------------------------------

def test_a_user_is_sent_away_and_kept_out(world):
    ada = {"ada": "'auth0|ada'"}
    (sent_away, shown), = commands(STEPS["send away"])
    with world.started("javascript", ada) as client, \
            world.started("python", ada):
        assert world.run(sent_away) == shown[0] + "\n"
        client.expect(["disconnected: io server disconnect"])
    with world.started("javascript", ada) as client:
        world.run(STEPS["deny"].text)
        client.expect(["disconnected: io server disconnect"])
        for language in "javascript", "python":
            with world.started(f"{language} refused", {
                    **ada, "-60": "600"}, "unauthorized revoked"):
                pass
    world.run(STEPS["lift"].text)
    wait_until(lambda: "sid" in world.run(
        """sh enter "$(sh token 'auth0|ada' '["7"]' 600)" """), "the user to get in")


def test_new_certificates_and_keys_are_read_and_connections_go_on(world):
    serial = ("openssl s_client -connect localhost:3000 < /dev/null 2> /dev/null "
              "| openssl x509 -noout -serial")
    before = world.run(serial)
    old = world.run("""sh token ada '["7"]' 600""").strip()
    # One that is cut off would not know the new certificate.
    changes = {"client.mjs": over(world, "client.mjs", "websocket")}
    with world.started("javascript", changes) as client:
        world.run(STEPS["certificate"].text + STEPS["keys"].text)
        for node in world.nodes:
            node.wait_for_log("files read again what=certificates")
            node.wait_for_log('files read again what="keys of tokens"')
        assert before != world.run(serial)
        assert "signature_invalid" in world.run(f"sh enter {old}")
        with world.started("javascript"):
            client.expect(["received hello"])
        assert not any("disconnected" in x for x in client.lines)


# -- the last one, as nobody gets in for a while ------------------------------

def test_who_comes_too_often_is_refused(world):
    (command, shown), = commands(STEPS["limits"])
    counted = [[int(x) for x in line.split()]
               for line in world.run(command).splitlines()]
    assert [x[1] for x in counted] == [int(x.split()[1]) for x in shown]
    assert sum(x[0] for x in counted) == 300
    assert any(node.metric("weir_rate_limited_total", limit="connection_rate")
               for node in world.nodes)


# -- whatever else the document shows -----------------------------------------

MAPPING = """[[namespace.mapping]]
room = "chat:{id}"
topic = "chat.messages"
events = ["chat message"]
room_from = "/0/room"
"""
NAMESPACE = f"""[[namespace]]
name = "/"
{MAPPING}"""
EMBEDDED = "kafka.embedded = true\n"
TOKENS = f"""[auth.jwt]
algorithms = ["HS256"]
secret = "{'x' * 32}"
"""
BROKERS = 'kafka.brokers = "kafka.example.org:9093"\n'

# Phrases of the configurations that are no step, and what each is a part of.
PARTS = {
    "jwks = ": (EMBEDDED, NAMESPACE),
    'auth = "optional"': (EMBEDDED + TOKENS, MAPPING),
    'emit = ["/role = admin"': (
        EMBEDDED + TOKENS + "[[namespace]]\nname = '/'\n", ""),
    "webhook.secret": (EMBEDDED, MAPPING),
    "deny_topic": (EMBEDDED + TOKENS, NAMESPACE),
    "certificate_user": (EMBEDDED, NAMESPACE),
    "[[server.tls.sni]]": (EMBEDDED, NAMESPACE),
    "max_rate_limited": (EMBEDDED + TOKENS, NAMESPACE),
    "trust_proxy": (EMBEDDED, NAMESPACE),
    "SCRAM-SHA-512": ("", NAMESPACE),
    "sasl.oauthbearer": (BROKERS, NAMESPACE),
    "ssl.key.location": (BROKERS, NAMESPACE),
}


def parts():
    return [x for x in examples(DOCUMENT) if x.language == "toml" and not x.kind]


def test_each_configuration_is_checked():
    for x in parts():
        assert sum(phrase in x.text for phrase in PARTS) == 1, x.text
    for phrase in PARTS:
        assert sum(phrase in x.text for x in parts()) == 1, phrase


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """With the files that the configurations name."""
    folder = tmp_path_factory.mktemp("parts")
    authority = Authority(folder, "kafka-ca")
    for host in "weir", "chat":
        authority.issue(host)
    for name in "id-ca.pem", "clients-ca.pem":
        shutil.copy(authority.file, folder / name)
    for name in "kafka.password", "kafka.secret":
        (folder / name).write_text("secret")
    (folder / "webhook.secret").write_text(WEBHOOK_SECRET)
    return folder


@pytest.mark.parametrize("phrase", PARTS)
def test_a_configuration_is_taken(phrase, folder):
    example, = (x for x in parts() if phrase in x.text)
    before, after = PARTS[phrase]
    text = example.text.replace("/etc/weir", str(folder))
    (folder / "weir.toml").write_text(before + text + after)
    done = subprocess.run([binary(), "check", "weir.toml"], text=True,
                          capture_output=True, timeout=PATIENCE, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr


ASKING = f"""{EMBEDDED}[auth.webhook]
url = "ENDPOINT"
secret = "{WEBHOOK_SECRET}"
[[namespace]]
name = "/"
webhook = ["connect"]
{MAPPING}"""


def test_who_is_told_unavailable_comes_again_as_the_example_does(tmp_path):
    """Until the endpoint answers."""
    text, = (x.text for x in examples(DOCUMENT)
             if x.language == "js" and not x.kind)
    answers = iter([(500, {}, b"")] * 2)
    with (Endpoint(lambda event: next(answers, {"allow": True})) as endpoint,
          WeirNode(ASKING.replace("ENDPOINT", endpoint.url)) as node):
        (tmp_path / "node_modules").symlink_to(
            ROOT / "tests/clients/js/node_modules")
        file = tmp_path / "example.mjs"
        file.write_text(f"""import {{ io }} from "socket.io-client";
const socket = io("{node.url}");
socket.on("connect_error", ({{ data }}) => console.log(data.code));
socket.on("connect", () => console.log("connected"));
{text}""")
        with Program("node", str(file)) as program:
            program.wait_for("^connected$")
            assert program.lines[0] == "unavailable"
    assert len(endpoint.asked("connect")) >= 2


def test_the_event_that_is_shown_is_what_the_endpoint_gets():
    """By its members, at every depth; what they hold differs."""
    text, = (x.text for x in examples(DOCUMENT) if x.language == "json")
    with (Endpoint() as endpoint,
          WeirNode(ASKING.replace("ENDPOINT", endpoint.url)) as node, RawClient(node.port, auth={"key": "k"})):
        pass
    shown, told = json.loads(text), endpoint.events[0]
    assert set(shown) == set(told)
    assert set(shown["data"]) == set(told["data"])
    assert told["data"]["auth"] == shown["data"]["auth"]


def test_each_example_of_the_document_is_run_here():
    for x in examples(DOCUMENT):
        assert x.language, f"say what language this is in:\n{x.text}"
        assert x.kind or x.language in ("toml", "js", "json", "text"), x.text
