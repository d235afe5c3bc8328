"""Every example of README.md and of the documents for clients, back ends and
operators (docs/) does what it says, with recovery and without. The
text is taken from there, so that it cannot drift."""

import contextlib
import json
import pathlib
import re
import shlex
import subprocess
import sys

import pytest

import kafka_cluster
import kcat
from drivers import java
from raw_client import RawClient
from readme import (FIRST, Program, commands, example, examples, marked,
                    output_of)
from waiting import PATIENCE, wait_until
from weir_fixtures import unique
from weir_node import ROOT, WeirNode, binary, check

# What stands in one example only.
KCAT_WRITES = "-P -t chat.messages"
OWN_FILE = 'room = "orders:{id}"'
START = "weir check my.toml"
NODES = "[cluster.tls]"
REAL_KAFKA = "--set kafka.brokers=localhost:9092"
PROPERTIES = "[kafka.properties]"
TRACING = "[tracing]"
JS = 'import { io } from'
RETRIES = "ackTimeout: 5000"
RECOVERED = "if (!socket.recovered)"
SINCE = "let since;"
PYTHON = "socketio.Client()"
SIMPLE = "socketio.SimpleClient()"
KCAT_READS = "-C -t chat.messages"
CONFLUENT = "from confluent_kafka import"
JAVA = "class BackEnd"
JAVA_CLIENT = "class Chat"
CURL = "curl -s http://127.0.0.1:9300/readyz"
LISTS = "/v1/connections?behind=true"
ACTION = "/v1/log-level?level=debug"
WEIRCTL = "weirctl status"
RUN = [KCAT_WRITES, OWN_FILE, START, NODES, REAL_KAFKA, PROPERTIES, TRACING, JS,
       RETRIES, RECOVERED, SINCE, PYTHON, SIMPLE, JAVA_CLIENT, KCAT_READS,
       CONFLUENT, JAVA, CURL, LISTS, ACTION, WEIRCTL]

# Documents whose examples another test runs, all of them.
ELSEWHERE = {"docs/security.md": "tests/clients/test_security.py",
             "docs/migration.md": "tests/clients/test_migration.py",
             "docs/first-hour.md": "tests/package/test_first_hour.py",
             "docs/runbook.md": "tests/integration/test_runbook.py",
             "docs/proxies.md": "tests/proxies/test_proxies.py",
             "docs/scale.md": "tests/scale/test_counted.py"}

# tools/run: by tests/package/test_fresh_clone.py. tools/test runs this test.
NOT_RUN = ["tools/run\n", "tools/test\n"]

NAMESPACE = """
[[namespace]]
name = "/"
mapping = [{ room = "user:{id}", topic = "users" }]
"""


def documents():
    return [str(x.relative_to(ROOT)) for x in (ROOT / "docs").rglob("*.md")]


def test_each_example_is_run_here():
    for x in examples():
        assert x.language, f"say what language this is in:\n{x.text}"
        if x.kind or x.language == "ini":
            continue  # of docs/deployment.md: tests/package
        if x.language != "text" and x.text not in NOT_RUN:
            assert any(phrase in x.text for phrase in RUN), x.text


def test_no_block_of_a_document_goes_unseen():
    """As one that is indented would, or whose fence is of another form."""
    for name in "README.md", *documents():
        fences = re.findall(r"^\s*(?:>\s*)?(?:```|~~~)", (ROOT / name).read_text(),
                            re.MULTILINE)
        assert len(fences) == 2 * len(examples(name)), name


def test_each_document_with_examples_has_its_test():
    for name in documents():
        code = [x for x in examples(name)
                if x.language not in ("text", "mermaid")]
        if not code or name in FIRST:
            continue
        assert name in (ROOT / ELSEWHERE[name]).read_text(), name


def without_code(file):
    text = re.sub(r"^```.*?^```$", "", file.read_text(), flags=re.M | re.S)
    return re.sub(r"`[^`\n]*\]\([^`\n]*`", "", text)


def anchors(file):
    """As GitHub makes them of headings, and those that are named."""
    text = without_code(file)
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", x.strip().lower()).replace(" ", "-")
            for x in headings} | set(re.findall(r'<a id="([^"]+)">', text))


def test_each_link_leads_somewhere():
    files = subprocess.run(["git", "ls-files", "*.md"], check=True, text=True,
                           capture_output=True, cwd=ROOT).stdout.split()
    found = 0
    for file in (ROOT / x for x in files):
        for link in re.findall(r"\]\(([^)\s]+)\)", without_code(file)):
            if re.match(r"\w+:", link):
                continue
            path, _, anchor = link.partition("#")
            to = file.parent / path if path else file
            assert to.exists(), f"{file}: {link}"
            assert not anchor or anchor in anchors(to), f"{file}: {link}"
            found += 1
    assert found > 100, found


def test_the_steps_of_tools_test_are_those_that_are_shown():
    """Of what it prints, as this test is within it."""
    all_of_them = examples("README.md")
    shown = all_of_them[all_of_them.index(example("tools/test\n")) + 1].text
    steps = re.findall(r"^\[\d/3\] (.+) \.\.\.$", shown, re.MULTILINE)
    script = (ROOT / "tools/test").read_text().replace("$preset", "debug")
    assert len(steps) == 3
    for step in steps:
        assert f'run_step "{step}"' in script, step


# -- clients, of the demo's configuration -------------------------------------

@pytest.fixture(scope="module", params=["recovery", "no recovery"])
def node(request):
    config = (ROOT / "config/demo.toml").read_text()
    config, n = re.subn(r"^(client_)?files = .*\n", "", config, flags=re.M)
    assert n == 2  # relative to its folder
    if request.param == "no recovery":
        config, n = re.subn(r"^recovery = .*\n", "", config, flags=re.M)
        assert n == 1
    with WeirNode(config) as node:
        yield node


def member(node):
    client = RawClient(node.port)
    client.join("chat:lobby")
    return client


def next_message(client):
    """Its argument, without the offset that recovery adds."""
    while (event := client.next_event())[0] != "chat message":
        pass
    return event[1]


@pytest.fixture
def js(tmp_path):
    """Starts JavaScript beside the packages of tests/clients/js."""
    (tmp_path / "node_modules").symlink_to(ROOT / "tests/clients/js/node_modules")

    def start(text, *arguments):
        file = tmp_path / "example.mjs"
        file.write_text(text)
        return Program("node", str(file), *arguments)
    return start


IMPORT = 'import { io } from "socket.io-client";\n'


def connected(node, before=""):
    return f'{IMPORT}const socket = io("{node.url}");\n{before}'


def test_the_javascript_example(node, js):
    text = example(JS).with_address("http://127.0.0.1:3000", node.url).text
    with js(text) as program:
        for line in output_of(JS):
            program.wait_for(f"^{line}$")


def test_the_example_of_retries(node, js):
    text = example(RETRIES).with_address("http://127.0.0.1:3000", node.url).text
    with js(IMPORT + text), member(node) as client:
        while not re.fullmatch("[0-9a-f-]{36}", next_message(client).get(
                "id", "")):
            pass


def test_the_example_of_recovery(node, js):
    before = ('const join = async () => console.log(await socket.emitWithAck('
              '"join", "chat:lobby"));\n')
    with js(connected(node, before) + example(RECOVERED).text) as program:
        program.wait_for("status: 'ok', room: 'chat:lobby'")


def test_the_example_of_catching_up(node, js):
    text = example(SINCE).text
    again = re.sub("^let since;.*\n", "", text)
    assert again != text
    tell = '\nconsole.log("joined, since", since);\n'
    connect = 'await new Promise((done) => socket.on("connect", done));\n'
    with js(connected(node, connect) + text + tell + '{' + again + tell
            + '}') as program:
        wait_until(lambda: len([x for x in program.lines if re.fullmatch(
            r"joined, since [\d:,/]+", x)]) == 2, "two joins")


# Of the first, events come in another thread, which may print within a line.
@pytest.mark.parametrize("phrase, received", [
    (PYTHON, "'from': 'python', 'text': 'hello'"),
    (SIMPLE, "^received .*'text': 'simple'")])
def test_the_python_examples(node, tmp_path, phrase, received):
    file = tmp_path / "example.py"
    file.write_text(
        example(phrase).with_address("http://127.0.0.1:3000", node.url).text)
    with Program(sys.executable, "-u", str(file)) as program:
        program.wait_for("'status': 'ok', 'room': 'chat:lobby'")
        program.wait_for("'status': 'ok', 'topic': 'chat.messages'")
        program.wait_for(received)
        kcat.produce(node.bootstrap, "chat.messages", "lobby", {"n": 1})
        program.wait_for("^received {'n': 1}$")
        assert not any("Traceback" in x for x in program.lines)


def test_the_java_client(node, tmp_path):
    file = tmp_path / "Chat.java"
    file.write_text(example(JAVA_CLIENT).with_address("http://127.0.0.1:3000",
                                                      node.url).text)
    with Program(*java(file)) as program:
        program.wait_for('"status":"ok".*"room":"chat:lobby"'
                         '|"room":"chat:lobby".*"status":"ok"')
        program.wait_for('"topic":"chat.messages"')
        program.wait_for('^received .*"from":"java client"')
        kcat.produce(node.bootstrap, "chat.messages", "lobby", {"n": 1})
        program.wait_for('^received {"n":1}$')


# -- back ends ----------------------------------------------------------------

def shell(text):
    run = subprocess.run(["bash", "-euo", "pipefail", "-c", text], text=True,
                         capture_output=True, timeout=PATIENCE, cwd=ROOT)
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_the_examples_of_kcat(node):
    with member(node) as client:
        shell(example(KCAT_WRITES).with_address("127.0.0.1:34159",
                                                node.bootstrap).text)
        assert next_message(client) == {"room": "chat:lobby", "from": "kcat",
                                        "text": "hello"}
    reads = example(KCAT_READS).with_address("localhost:9092", node.bootstrap)
    assert re.search(r"^\d/\d+ key=lobby$", shell(reads.text.rstrip() + " -e"),
                     re.MULTILINE)


def place_of(key, bootstrap):
    """The partition in which kcat puts it, with the partitioner that the
    document gives it."""
    kcat.produce(bootstrap, "chat.messages", key, {"from": "a test"})
    return [x.partition for x in kcat.consume(bootstrap, "chat.messages")
            if x.key == key and x.json.get("from") == "a test"][-1]


def test_the_example_of_confluent_kafka(node, tmp_path):
    file = tmp_path / "example.py"
    file.write_text(example(CONFLUENT).text)
    with member(node) as client:
        with Program(sys.executable, str(file), node.bootstrap) as program:
            assert next_message(client)["from"] == "back end"
            assert client.next_event()[:2] == [
                "notice", {"text": "an event of another name"}]
            line = program.wait_for(r"^\d \d+ b'lobby' .*back end")
    assert int(line.split()[0]) == place_of("lobby", node.bootstrap)


def test_the_example_in_java(kafka, tmp_path):
    file = tmp_path / "BackEnd.java"
    file.write_text(example(JAVA).text)
    libs = kafka_cluster.cache_folder() / "libs"
    with Program(kafka_cluster.java_program(), "-cp", f"{libs}/*", str(file), kafka) as program:
        line = program.wait_for(r"^chat\.messages-\d+@\d+$")
    place = int(re.search(r"-(\d+)@", line)[1])
    assert place == place_of("lobby", kafka)


def test_kafkajs_can_produce_to_the_embedded_broker(node, js):
    """As README.md says, and by its default to the right partitions."""
    topic = unique("kafkajs")
    keys = [f"key-{i}" for i in range(8)]
    for key in keys:
        kcat.produce(node.bootstrap, topic, key, {"from": "kcat"})
    with js("""
import { Kafka, logLevel } from "kafkajs";
const [bootstrap, topic, keys] = process.argv.slice(2);
const kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.ERROR });
const producer = kafka.producer();
await producer.connect();
await producer.send({ topic, messages: JSON.parse(keys).map(
  (key) => ({ key, value: '{"from":"kafkajs"}' })) });
await producer.disconnect();
console.log("done");
""", node.bootstrap, topic, json.dumps(keys)) as program:
        program.wait_for("^done$")
    records = kcat.consume(node.bootstrap, topic)
    for key in keys:
        places = {x.json["from"]: x.partition for x in records if x.key == key}
        assert set(places) == {"kcat", "kafkajs"}
        assert places["kcat"] == places["kafkajs"], key


# -- configurations and operating ---------------------------------------------

def started_by(line, folder):
    """The node that a command of README.md starts, on ports that are free."""
    program, file, *rest = shlex.split(line)
    assert program == "build/release/weir" and rest[0::2] == ["--set"] * (
        len(rest) // 2), line
    return WeirNode(folder / file, *rest[1::2])


def test_a_configuration_of_ones_own(tmp_path):
    text = example(OWN_FILE).text
    assert check(text)[0] == 0, check(text)
    (tmp_path / "my.toml").write_text(text)
    first, *others = example(START).text.splitlines()
    run = subprocess.run(
        shlex.split(first.replace("build/release/weir", binary()),
                    comments=True),
        text=True, capture_output=True, timeout=PATIENCE, cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    for line in others:
        with started_by(line, tmp_path) as node, RawClient(node.port) as client:
            client.join("orders:1")
            order = {"room": "orders:1", "n": 2}
            assert client.emit("order", order)["topic"] == "orders"
            assert client.next_event() == ["order", order]


def test_several_nodes(kafka, tmp_path):
    """Of the document's configuration, with its certificates."""
    steps = marked("docs/deployment.md", "step")
    names = {"a": 'node = "a"', "b": 'node = "b"'}
    for command in (steps["authority"], steps["node"].with_address(
            "/CN=b", "/CN=a").with_address("b.key -out b.pem",
                                           "a.key -out a.pem"), steps["node"]):
        subprocess.run(["bash", "-euc", command.text], check=True, cwd=tmp_path,
                       capture_output=True)
    text = example(NODES).with_address("kafka-1:9092,kafka-2:9092", kafka).text
    text += NAMESPACE.replace("users", unique("users"))
    cluster = f"cluster.name={unique('readme')}"
    with contextlib.ExitStack() as stack:
        nodes = []
        for name, line in names.items():
            file = tmp_path / f"{name}.toml"
            file.write_text(text.replace(names["b"], line).replace(
                '"b.', f'"{name}.').replace("10.0.0.2:7400",
                                                  "127.0.0.1:0"))
            seeds = [x.cluster_address for x in nodes] or ["127.0.0.1:1"]
            nodes.append(stack.enter_context(WeirNode(
                file, cluster, f"cluster.seeds={seeds[0]}", ready=False)))
        (command, shown), = commands(steps["nodes"])
        command = command.replace("127.0.0.1:9300",
                                  f"127.0.0.1:{nodes[0].admin_port}")
        wait_until(lambda: subprocess.run(
            ["bash", "-c", command], text=True, capture_output=True,
            timeout=PATIENCE).stdout.splitlines() == shown, "\n".join(shown))


def test_the_properties_of_kafka():
    """With the password, which stands elsewhere."""
    text = example(PROPERTIES).text + '"sasl.password" = "secret"\n'
    status, said = check(text + NAMESPACE)
    assert status == 0, said


def test_traces():
    """What is exported where: tests/integration/test_tracing.py."""
    status, said = check("kafka.embedded = true\n" + example(TRACING).text
                         + NAMESPACE)
    assert status == 0, said


def test_a_real_kafka(kafka):
    command = example(REAL_KAFKA).with_address("localhost:9092", kafka).text
    node = started_by(command, ROOT)
    node.settings.append(f"cluster.name={unique('readme')}")
    with node, RawClient(node.port) as client:
        client.join("chat:lobby")


def test_the_admin_endpoint():
    with WeirNode("kafka.embedded = true\n" + NAMESPACE) as node, \
            RawClient(node.port) as a, RawClient(node.port) as b:
        a.join("user:42")
        b.join("user:42")
        text = example(CURL).with_address("127.0.0.1:9300",
                                          f"127.0.0.1:{node.admin_port}").text
        lines = text.splitlines()
        for command, answer in zip(lines[0::2], lines[1::2], strict=True):
            assert json.loads(shell(command)) == json.loads(answer)


def test_an_action_of_the_admin_endpoint():
    with WeirNode("kafka.embedded = true\n" + NAMESPACE) as node:
        command, answer = example(ACTION).with_address(
            "127.0.0.1:9300", f"127.0.0.1:{node.admin_port}").text.splitlines()
        assert json.loads(shell(command)) == json.loads(answer)


def test_the_lists_of_the_admin_endpoint():
    config = "kafka.embedded = true\n" + NAMESPACE.replace("user:", "chat:")
    with WeirNode(config) as node, RawClient(node.port) as client:
        client.join("chat:42")
        rooms, connections = (
            json.loads(shell(x)) for x in example(LISTS).text.replace(
                "127.0.0.1:9300", f"127.0.0.1:{node.admin_port}").splitlines())
        assert rooms["rooms"][0]["members"] == 1
        assert connections["connections"] == []


def test_weirctl(monkeypatch):
    with WeirNode("kafka.embedded = true\n" + NAMESPACE) as node, \
            RawClient(node.port) as client:
        client.join("user:42")
        monkeypatch.setenv("WEIRCTL_URL",
                           f"http://127.0.0.1:{node.admin_port}")
        program = pathlib.Path(binary()).with_name("weirctl")
        said = [shell(x.replace("weirctl", str(program)))
                for x in example(WEIRCTL).text.splitlines()]
    assert said[0].startswith("ready  yes")
    assert len(said[1].splitlines()) == 1
    assert said[2] == "disconnected 1\n"
