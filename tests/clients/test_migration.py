"""docs/migration.md does what it says: a server with socket.io and kafkajs, and Weir
in its place, beside each other on one topic. The text is taken from there."""

import contextlib
import os
import re
import shlex
import shutil

import pytest

from readme import Program, examples, marked
from weir_fixtures import create_topic, unique
from weir_node import ROOT, WeirNode

DOCUMENT = "docs/migration.md"
FILES, STEPS = (marked(DOCUMENT, x) for x in ("file", "step"))
PEER = ROOT / "tools/bench/peers/node/server.js"


@pytest.fixture
def topic(kafka):
    name = unique("chat")
    create_topic(kafka, name)
    return name


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "node_modules").symlink_to(ROOT / "tests/clients/js/node_modules")
    shutil.copy(PEER, tmp_path)
    return tmp_path


@contextlib.contextmanager
def before(kafka, topic, folder):
    """The server of one's own; its address."""
    *variables, program, file = shlex.split(STEPS["before"].text)
    assert file == PEER.name
    names = {"localhost:9092": kafka, "chat": topic,
             "chat-node": f"{topic}-node"}
    settings = {k: names[v] for k, v in (x.split("=", 1) for x in variables)}
    with Program(program, str(folder / file),
                 env=os.environ | settings) as server:
        yield re.search("http://.*", server.wait_for("^listening"))[0]


@contextlib.contextmanager
def after(kafka, topic, folder):
    """Weir in its place; its address."""
    _, file = shlex.split(STEPS["after"].text)
    text = FILES[file].with_address("localhost:9092", kafka).text
    text = text.replace('"chat"', f'"{topic}"').replace("chat-weir", topic)
    (folder / file).write_text(text)
    with WeirNode(folder / file, f"cluster.name={topic}") as node:
        yield node.url


@contextlib.contextmanager
def client(url, folder):
    (folder / "client.mjs").write_text(FILES["client.mjs"].text)
    with Program("node", str(folder / "client.mjs"), url) as program:
        yield program


def what_it_says(program, topic):
    """The lines of the document; an ack and an event may come in any order."""
    shown, = (x.text for x in examples(DOCUMENT) if x.language == "text")
    for line in shown.replace("ok chat", f"ok {topic}").splitlines():
        program.wait_for(f"^{re.escape(line)}$")


def test_clients_say_the_same_of_both_and_hear_each_other(kafka, topic, folder):
    with before(kafka, topic, folder) as old, after(kafka, topic, folder) as new:
        with client(old, folder) as first:
            what_it_says(first, topic)
            with client(new, folder) as second:
                what_it_says(second, topic)
                first.expect(["received hello"] * 2)  # its own, and the other's
                with client(old, folder) as third:
                    what_it_says(third, topic)
                    second.expect(["received hello"] * 2)


def test_what_is_shown_of_the_server_is_in_it():
    """But for the order, and what leads there."""
    shown, = (x.text for x in examples(DOCUMENT)
              if x.language == "js" and x.kind == "")
    source = {x.strip() for x in PEER.read_text().splitlines()}
    for line in shown.splitlines():
        if not line.startswith("//"):
            assert line.strip() in source, line


def test_each_example_of_the_document_is_run_here():
    assert set(STEPS) == {"before", "after"}
    assert set(FILES) == {"weir.toml", "client.mjs"}
    assert len(examples(DOCUMENT)) == 6
