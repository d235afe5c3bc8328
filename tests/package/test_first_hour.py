"""docs/first-hour.md does what it says, on clean Debians with systemd: each test
is one of its sections, in order. The text is taken from there."""

import itertools
import json
import shutil
import subprocess
import time

import pytest

from machines import Machines
from readme import commands, example, examples, marked
from waiting import wait_until
from weir_node import ROOT

DOCUMENT = "docs/first-hour.md"
FILES, STEPS = (marked(DOCUMENT, x) for x in ("file", "step"))
TOKEN = marked("docs/security.md", "file")["token"]
BACK_END = example("from confluent_kafka import")
BACK = "back, and nothing is missing"

# Emits what is numbered, one after the other, until it is ended.
WRITER = """
import { io } from "socket.io-client";
const [url, token] = process.argv.slice(2);
const socket = io(url, { rejectUnauthorized: false, auth: { token } });
const stored = async (n) => {
  for (;;) {
    try {
      const { status } = await socket.timeout(10000).emitWithAck(
        "chat message", { room: "chat:lobby", from: "writer", text: `${n}` });
      if (status === "ok") return;
    } catch { /* no ack: again, which the page may see twice */ }
  }
};
socket.once("connect", async () => {
  for (let n = 0; ; ++n) await stored(n), console.log(n);
});
"""


@pytest.fixture(scope="module")
def here(package, next_package, clean, tmp_path_factory):
    """Booted, the machines have no network: what they install is there."""
    for file, name in (package, package.name), (next_package, "next.deb"):
        shutil.copy(file, clean / f"root/{name}")
    subprocess.run(["chroot", str(clean), "apt-get", "install", "--yes",
                    "--quiet", "--download-only", f"/root/{package.name}",
                    "nginx"], check=True, capture_output=True)
    with Machines(tmp_path_factory.mktemp("hour"), clean) as machines:
        for file, name in (package, package.name), (next_package, "next.deb"):
            shutil.copy(file, machines.here / name)
        (machines.here / "node_modules").symlink_to(
            ROOT / "tests/clients/js/node_modules")
        for name, x in FILES.items():
            machines.write(name, x.text)
        machines.write("token", TOKEN.text)
        machines.write("back_end.py", BACK_END.text)
        machines.write("writer.mjs", WRITER)
        machines.began = time.monotonic()
        yield machines


def follow(here, step):
    """What it prints comes to be what the document shows."""
    for command, shown in commands(STEPS[step]):
        def says():
            said = here.run(f"{command.strip()} || true").splitlines()
            print(said)
            return said == shown
        wait_until(says, f"{command}{shown}", step=0.5)


def token(here, *rooms):
    return here.run(f"sh token ada '{json.dumps(rooms)}' 3600").strip()


def test_the_package_is_installed_on_each(here, package):
    assert package.name in STEPS["install"].text
    here.run(STEPS["install"].text)
    for debian in here.nodes.values():
        assert debian.do("systemctl is-active weir").strip() == "active"


def test_the_nodes_become_a_cluster(here):
    here.run(STEPS["certificates"].text)
    here.run(STEPS["configure"].text)
    follow(here, "cluster")


def test_nginx_leads_to_them(here):
    here.run(STEPS["nginx"].text)
    follow(here, "through nginx")


@pytest.fixture(scope="module")
def page(here):
    """As a browser shows it, in the place of somebody's eyes."""
    url = here.run(STEPS["address"].text).strip()
    with here.start(f"node {ROOT}/tests/package/page.mjs '{url}'") as page:
        yield page


def test_a_page_is_let_in_by_its_token(here, page_files, page):
    page.wait_for("^join ok$")
    with here.start(f"node {ROOT}/tests/package/page.mjs "
                    "https://chat.example.org/") as other:
        other.wait_for("^unauthorized token_missing$")


@pytest.fixture(scope="module")
def page_files(here):
    here.run(STEPS["page"].text)
    follow(here, "cluster")


def test_a_back_end_is_heard_and_hears(here, page):
    with here.start(STEPS["back end"].text) as back_end:
        back_end.wait_for(r"^\d \d+ b'lobby' .*back end")
        page.wait_for("^back end: hello$")


def numbers(page):
    """What the writer has said, once for each time in a row."""
    said = [x for x in page.lines if x.startswith("writer: ")]
    return [int(x.split()[1]) for x, _ in itertools.groupby(said)]


def in_order(page, first):
    """All that was said from there on, each once."""
    found = [x for x in numbers(page) if x >= first]
    assert found == list(range(first, first + len(found))), found
    return found


@pytest.fixture(scope="module")
def writer(here):
    with here.start("node writer.mjs https://chat.example.org "
                    f"{token(here, 'lobby')}") as writer:
        writer.wait_for("^0$")
        yield writer


def follows(page, writer):
    """The page has what was written until now."""
    last = int(writer.lines[-1])
    wait_until(lambda: last in numbers(page), f"{last} on the page")


def processes(here):
    return {name: x.do("systemctl show -P MainPID weir").strip()
            for name, x in here.nodes.items()}


def test_an_upgrade_under_load_loses_nothing(here, page, writer):
    before = processes(here)
    here.run(STEPS["upgrade"].text)
    for name, x in here.nodes.items():
        assert "9." in x.do("dpkg-query -W -f '${Version}' weir")
        assert processes(here)[name] != before[name]
    page.wait_for(f"^{BACK}$")  # whose node was one of them
    follows(page, writer)
    assert in_order(page, 0)
    assert not [x for x in page.lines if x.startswith("unauthorized")]


def test_a_node_that_is_killed_comes_back_and_nothing_is_lost(here, page,
                                                              writer):
    before = processes(here)["b"]
    here.run(STEPS["kill"].text)
    follows(page, writer)
    wait_until(lambda: processes(here)["b"] not in ("0", before), "b's return")
    follow(here, "cluster")
    nodes = here.run("ssh root@c weirctl nodes")
    assert nodes.count(" up") == 3, nodes
    follows(page, writer)
    assert in_order(page, 0)


def test_it_takes_less_than_the_hour(here):
    took = time.monotonic() - here.began
    print(f"all of docs/first-hour.md: {took:.0f} s")
    assert took < 3600


def test_each_example_of_the_document_is_run_here():
    assert set(FILES) == {"weir.toml", "nginx.conf", "page/index.html"}
    assert set(STEPS) == {"install", "certificates", "configure", "cluster",
                          "nginx", "through nginx", "page", "address",
                          "back end", "upgrade", "kill"}
    assert len(examples(DOCUMENT)) == len(FILES) + len(STEPS)
