"""Three clean Debians on a network of their own, a Kafka there, and the machine
at which somebody sits: what docs/first-hour.md begins with."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys

from clean_debian import CleanDebian
from readme import Program
from waiting import PATIENCE
from weir_node import ROOT

sys.path.insert(0, str(ROOT / "tests/chaos"))
sys.path.insert(0, str(ROOT / "tools/kafka"))

from kafka_cluster import KafkaCluster  # noqa: E402
from namespace import Namespace  # noqa: E402

ADDRESSES = {"a": "10.0.0.1", "b": "10.0.0.2", "c": "10.0.0.3",
             "kafka-1": "10.0.0.9", "here": "10.0.0.100"}
HOSTS = "127.0.0.1 localhost\n10.0.0.1 chat.example.org\n" + "".join(
    f"{address} {name}\n" for name, address in ADDRESSES.items())

# What the document's commands find in the place of OpenSSH.
SSH = """#!/bin/sh -e
node=${1#root@}; shift
exec nsenter --target="$(cat "$MACHINES/$node.init")" --all --root --wd=/ \\
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \\
  DEBIAN_FRONTEND=noninteractive sh -c "cd; $*"
"""
SCP = """#!/bin/bash -e
to=${!#}; node=${to%%:*}; path=${to#*:}
case $path in /*) ;; *) path=/root/$path ;; esac
exec cp -r "${@:1:$#-1}" "$MACHINES/${node#root@}$path"
"""


def ip(*commands):
    subprocess.run(["ip", "-batch", "-"], input="\n".join(commands) + "\n",
                   text=True, check=True, capture_output=True)


class Network:
    """The thread is in it, at all addresses but those of the Debians."""

    def __enter__(self):
        self.home = Namespace()
        self.all = [Namespace.make()]
        self.all[0].enter()
        ip("link set lo up", "link add bridge type bridge",
           *(f"address add {ADDRESSES[x]}/24 dev bridge"
             for x in ("kafka-1", "here")), "link set bridge up")
        return self

    def __exit__(self, *_):
        self.home.enter()
        for x in [*self.all, self.home]:
            x.close()

    def host(self, name):
        """The path of a namespace that has this address."""
        host = Namespace.make()
        self.all.append(host)
        ip(f"link add to-{name} type veth peer name eth0 netns {host.path}",
           f"link set to-{name} master bridge up")
        with host.inside():
            ip("link set lo up", f"address add {ADDRESSES[name]}/24 dev eth0",
               "link set eth0 up")
        return host.path


def kafka():
    """One whose address is that of the document for the Debians."""
    cluster = KafkaCluster()
    client, controller = cluster.ports[1]
    listeners = f"CLIENT://127.0.0.1:{client},NODES://kafka-1:9092"
    cluster.properties = {
        "listeners": listeners.replace("kafka-1", ADDRESSES["kafka-1"])
        + f",CONTROLLER://127.0.0.1:{controller}",
        "advertised.listeners": listeners,
        "listener.security.protocol.map":
            "CLIENT:PLAINTEXT,NODES:PLAINTEXT,CONTROLLER:PLAINTEXT"}
    return cluster


class Machines:
    """The folder in which somebody types, and the Debians as `nodes`."""

    def __init__(self, folder, root):
        """Each is a copy of `root`."""
        self.folder, self.root = folder, root
        self.machines = folder / "machines"
        self.here = folder / "here"
        for x in self.machines, self.here, folder / "bin":
            x.mkdir()
        (folder / "hosts").write_text(HOSTS)
        self.environment = os.environ | {
            "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
            "MACHINES": str(self.machines)}
        python = f'#!/bin/sh\nexec "{sys.executable}" -u "$@"\n'
        for name, text in ("ssh", SSH), ("scp", SCP), ("python3", python):
            file = folder / "bin" / name
            file.write_text(text)
            file.chmod(0o755)

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            network = stack.enter_context(Network())
            stack.enter_context(kafka())
            self.nodes = {}
            for name in "abc":
                folder = self.machines / name
                subprocess.run(["cp", "-a", "--reflink=auto", self.root, folder],
                               check=True)
                (folder / "etc/hosts").write_text(HOSTS)
                debian = stack.enter_context(
                    CleanDebian(folder, name, network.host(name)))
                self.nodes[name] = debian
                (self.machines / f"{name}.init").write_text(debian.init)
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *exception):
        done = self.stack.__exit__(*exception)
        shutil.rmtree(self.machines)
        return done

    def command(self, text):
        """By a shell that knows the names of the machines."""
        return ["unshare", "--mount", "bash", "-euc",
                f"mount --bind '{self.folder}/hosts' /etc/hosts; {text}"]

    def run(self, text):
        """What it prints."""
        done = subprocess.run(self.command(text), text=True, cwd=self.here,
                              env=self.environment, capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=3 * PATIENCE)
        assert done.returncode == 0, f"{text}: {done.stdout}{done.stderr}"
        return done.stdout

    def start(self, text):
        """A program that continues."""
        return Program(*self.command(f"exec {text}"), cwd=self.here,
                       env=self.environment)

    def write(self, name, text):
        file = pathlib.Path(self.here, name)
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
