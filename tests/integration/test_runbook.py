"""docs/runbook.md: its commands print what it shows, and its metrics are there. The
text is taken from there."""

import os
import pathlib
import re
import subprocess

import pytest

from raw_client import RawClient
from readme import commands, examples, marked
from waiting import PATIENCE
from weir_node import ROOT, WeirNode, binary, counters

DOCUMENT = "docs/runbook.md"
WEIRCTL = str(pathlib.Path(binary()).with_name("weirctl"))
STEPS = marked(DOCUMENT, "step")
CONFIG = """
kafka.embedded = true
[[namespace]]
name = "/"
  [[namespace.mapping]]
  room = "chat:{id}"
  topic = "chat.messages"
  key = "{id}"
  events = ["chat message"]
  room_from = "/0/room"
"""


@pytest.fixture(scope="module")
def node():
    with WeirNode(CONFIG) as node, RawClient(node.port) as client:
        client.join("chat:lobby")
        client.emit("chat message", {"room": "chat:lobby", "text": "hello"})
        client.next_event()
        yield node


@pytest.mark.parametrize("step", STEPS)
def test_its_commands_print_what_it_shows(node, step):
    for command, shown in commands(STEPS[step]):
        for written, real in [("127.0.0.1:9300", f"127.0.0.1:{node.admin_port}"),
                              ("localhost:9092", node.bootstrap),
                              ("weirctl", WEIRCTL)]:
            command = command.replace(written, real)
        printed = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command], text=True, check=True,
            capture_output=True, timeout=PATIENCE,
            env=os.environ | {
                "WEIRCTL_URL": f"http://127.0.0.1:{node.admin_port}"}).stdout.rstrip("\n")
        wanted = "\n".join(".*".join(map(re.escape, line.split("...")))
                           for line in shown)
        assert re.fullmatch(wanted, printed), f"{command}{printed}"


def test_each_metric_that_it_names_is_there(node):
    """Or will be, once there is something to count for one of its labels."""
    there = set(re.findall(r"^# TYPE (\w+)", node.get("/metrics")[1],
                           re.MULTILINE))
    there |= counters()
    named = set(re.findall(r"`(weir_\w+)`", (ROOT / DOCUMENT).read_text()))
    assert len(named) > 20
    assert named <= there, named - there


def test_each_example_is_run_here():
    """Or by ../incidents/incident_test.mjs, which sees to it that it knows all."""
    others = marked(DOCUMENT, "incident")
    assert {x.name for x in examples(DOCUMENT)} == STEPS.keys() | others.keys()


def test_each_alert_that_it_names_is_there():
    alerts = (ROOT / "tools/observe/alerts.yml").read_text()
    named = set(re.findall(r"`(Weir[A-Z]\w+)`", (ROOT / DOCUMENT).read_text()))
    assert named and named <= set(re.findall(r"alert: (\w+)", alerts))
