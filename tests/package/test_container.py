"""tools/package/Containerfile: its steps are done in a clean Debian 12, and what it
starts runs there as the container would, with a read-only root."""

import json
import re
import shlex
import subprocess

import pytest

from clean_debian import CleanDebian
from waiting import PATIENCE
from weir_node import ROOT

FILE = ROOT / "tools/package/Containerfile"


def instructions():
    """[(name, text)], without comments, continued lines joined."""
    text = re.sub(r"^#.*\n", "", FILE.read_text(), flags=re.MULTILINE)
    lines = re.sub(r"\\\n", " ", text).splitlines()
    return [tuple(x.split(maxsplit=1)) for x in lines if x.strip()]


def the(name):
    found, = (text for x, text in instructions() if x == name)
    return found


class Container(CleanDebian):
    """What ENTRYPOINT, CMD, USER and ENV say, as process 1."""

    init_name = "weir"

    def what_runs(self):
        user, _, group = the("USER").partition(":")
        return ["--read-only", f"--kill-signal={the('STOPSIGNAL')}",
                *(f"--setenv={x}" for x in shlex.split(the("ENV"))),
                "setpriv", f"--reuid={user}", f"--regid={group}",
                "--clear-groups",
                *json.loads(the("ENTRYPOINT")), *json.loads(the("CMD"))]

    def is_running(self):
        return self.run("curl -sf http://127.0.0.1:3000/livez").returncode == 0


@pytest.fixture(scope="module")
def image(clean, package):
    """Each RUN, in order, with the folder of the package where it is bound."""
    mount, packages = "--mount=type=bind,target=/packages", clean / "packages"
    packages.mkdir()
    for name, text in instructions():
        if name != "RUN":
            continue
        assert text.startswith(mount), text
        subprocess.run(
            ["unshare", "--mount", "bash", "-euc",
             f"mount --bind '{package.parent}' '{packages}' && exec chroot "
             f"'{clean}' /bin/sh -c \"$0\"", text.removeprefix(mount)],
            check=True, stdin=subprocess.DEVNULL, capture_output=True,
            timeout=PATIENCE)
    return clean


@pytest.fixture
def container(image):
    with Container(image) as x:
        yield x


def test_it_has_few_layers():
    names = [x for x, _ in instructions()]
    assert names[0] == "FROM"
    assert sum(x in ("RUN", "COPY", "ADD") for x in names) == 1


def test_it_serves_clients_as_a_user_on_a_read_only_root(container):
    assert "sid" in container.do("curl -sf 'http://127.0.0.1:3000/socket.io/"
                                 "?EIO=4&transport=polling'")
    status = container.do("cat /proc/1/status")
    assert re.search(r"^Uid:\s+65532\s", status, re.MULTILINE), status
    assert container.run("touch /somewhere").returncode != 0
    address = the("ENV")
    assert "WEIR_SERVER_LISTEN=0.0.0.0:3000" in address
    assert the("EXPOSE") == "3000"


def test_it_stops_in_an_orderly_way_when_it_is_told(image):
    with Container(image) as x:
        x.process.terminate()
        assert x.process.wait(PATIENCE) == 0
        x.output.seek(0)
        assert " info stopped\n" in x.output.read()


def test_the_user_is_that_of_the_chart():
    chart = (ROOT / "tools/package/helm/weir/templates/statefulset.yaml"
             ).read_text()
    assert f"runAsUser: {the('USER').split(':')[0]}" in chart
    values = (ROOT / "tools/package/helm/weir/Chart.yaml").read_text()
    version = re.search(r"^project\(weir VERSION (\S+)",
                        (ROOT / "CMakeLists.txt").read_text(), re.MULTILINE)[1]
    assert f"version: {version}\nappVersion: {version}\n" in values
