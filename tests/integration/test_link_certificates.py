"""Certificates of the links between nodes ([cluster.tls]) change while nodes
run: links that stand go on, those that begin have the new ones."""

import contextlib
import pathlib
import time

import pytest

from cable import Cable
from free_ports import free_ports
from raw_client import RawClient
from test_reload import DONE
from tls_authority import Authority
from waiting import wait_until
from weir_cluster import PARTITIONS, wait_until_owned
from weir_fixtures import mapping_of, own_topics
from weir_node import WeirNode

CONFIG = """
[kafka]
brokers = "{brokers}"
[kafka.properties]
"session.timeout.ms" = 6000
[cluster]
name = "{prefix}"
secret = "a secret of the tests"
timeout = "2s"
[cluster.tls]
certificate = "{certificate}"
key = "{key}"
ca = "{ca}"
[[namespace]]
name = "/"
""" + mapping_of("chat")
BOTH_UP = {"a": "up", "b": "up"}
REFUSED = "a link ended.*certificate verify failed"


class Pair:
    """Two nodes, whose links go over cables."""

    def __init__(self, kafka, folder):
        self.kafka, self.folder = kafka, folder
        self.prefix = own_topics(kafka, "links", "chat", partitions=PARTITIONS)
        self.first, self.second = (self.authority(x) for x in ("one", "two"))
        self.nodes, self.cables = {}, {}
        self.said = 0

    def authority(self, name):
        (self.folder / name).mkdir()
        return Authority(self.folder / name, name)

    def config(self, files, ca=None):
        certificate, key = files
        return CONFIG.format(brokers=self.kafka, prefix=self.prefix, key=key,
                             certificate=certificate, ca=ca or self.first.file)

    def node(self, name, config):
        [port] = free_ports(1)
        self.cables[name] = self.stack.enter_context(Cable(port))
        seed = next(iter(self.cables.values())).address
        self.nodes[name] = self.stack.enter_context(WeirNode(
            config, f"cluster.node={name}", f"cluster.listen=127.0.0.1:{port}",
            f"cluster.advertise={self.cables[name].address}",
            f"cluster.seeds={seed}", ready=False))
        return self.nodes[name]

    def __enter__(self):
        with contextlib.ExitStack() as self.stack:
            self.a, self.b = (
                self.node(x, self.config(self.first.issue(x, address=None)))
                for x in "ab")
            self.wait_until_linked()
            wait_until_owned(self.nodes.values())
            self.stack = self.stack.pop_all()
        return self

    def __exit__(self, *exception):
        return self.stack.__exit__(*exception)

    def are_linked(self):
        return self.a.peers() == self.b.peers() == BOTH_UP

    def wait_until_linked(self):
        wait_until(self.are_linked, "the nodes to see each other")

    def reload(self, node, config):
        node.file.write_text(config)
        name = "a" if node is self.a else "b"
        return node.ask("POST", f"/v1/reload?node={name}")

    def cut(self):
        for x in self.cables.values():
            x.cut()
        wait_until(lambda: "up" not in (self.a.peers()["b"],
                                        self.b.peers()["a"]),
                   "the link to end")

    def join(self):
        for x in self.cables.values():
            x.join()

    def link_again(self):
        self.cut()
        self.join()
        self.wait_until_linked()
        self.pass_on()

    def pass_on(self):
        """What is said at one of them is heard at both, whichever of them
        reads the room's partition."""
        rooms = [f"chat:{i}" for i in range(16)]
        with RawClient(self.a.port) as one, RawClient(self.b.port) as other:
            for room in rooms:
                one.join(room), other.join(room)
            for room in rooms:
                self.said += 1
                answer = one.emit("say", {"room": room, "n": self.said})
                assert answer["status"] == "ok"
            for client in one, other:
                heard = set()
                while len(heard) < len(rooms):
                    event = client.next_event()
                    if event[0] == "say":
                        heard.add(event[1]["room"])


@pytest.fixture
def pair(kafka, tmp_path):
    with Pair(kafka, tmp_path) as x:
        yield x


def test_links_that_begin_have_the_certificates_of_now(pair):
    """One that the other node does not trust shows which they have."""
    strange = pair.config(pair.second.issue("a", address=None))
    assert pair.reload(pair.a, strange) == DONE
    pair.pass_on()
    assert pair.are_linked()
    pair.cut()
    pair.join()
    pair.b.wait_for_log(REFUSED)
    assert not pair.are_linked()
    renewed = pair.config(pair.first.issue("renewed", address=None))
    assert pair.reload(pair.a, renewed) == DONE
    pair.wait_until_linked()
    pair.pass_on()
    pair.link_again()


def test_an_authority_makes_way_for_another(pair, tmp_path):
    """While clients continue: both are trusted, then the certificates are
    others, then only the new one is trusted."""
    both = tmp_path / "both.pem"
    both.write_text("".join(pathlib.Path(x.file).read_text()
                            for x in (pair.first, pair.second)))
    former = {x: (pair.first.folder / f"{x}.pem", pair.first.folder / f"{x}.key")
              for x in "ab"}
    new = {x: pair.second.issue(x, address=None) for x in "ab"}
    for files, ca in ((former, both), (new, both), (new, pair.second.file)):
        for name, node in ("a", pair.a), ("b", pair.b):
            assert pair.reload(node, pair.config(files[name], ca)) == DONE
            pair.pass_on()
            pair.link_again()
    c = pair.node("c", pair.config(pair.first.issue("c", address=None), both))
    pair.a.wait_for_log(REFUSED)
    assert c.peers().get("a") != "up"


@pytest.mark.parametrize("change,problem", [
    (lambda x: {"key": x.second.issue("a", address=None)[1]},
     "cluster.tls.key: .* does not hold the certificate's key"),
    (lambda x: {"certificate": x.folder / "junk"},
     "cluster.tls.certificate: .* holds no certificate"),
    (lambda x: {"ca": x.folder / "junk"},
     "cluster.tls.ca: .* holds no certificate")])
def test_what_is_of_no_use_is_named_and_nothing_changes(pair, change, problem):
    (pair.folder / "junk").write_text("nothing of the kind")
    former = {"certificate": pair.first.folder / "a.pem",
              "key": pair.first.folder / "a.key", "ca": pair.first.file}
    wrong = former | change(pair)
    text = pair.config((wrong["certificate"], wrong["key"]), wrong["ca"])
    status, answer = pair.reload(pair.a, text)
    assert status == 409 and answer["done"] == 0
    pair.a.wait_for_log("configuration not read again.*" + problem)
    pair.link_again()


def seconds_left(node, table):
    return node.metric("weir_certificate_expiry_timestamp_seconds",
                       table=table) - time.time()


def test_files_are_read_again_when_they_change(pair):
    certificate = pathlib.Path(pair.first.folder, "a.pem")
    before = certificate.read_text()
    assert 2 * 86400 < seconds_left(pair.a, "cluster.tls") <= 3 * 86400
    pair.first.sign("short", lasts=600)
    for kind in "key", "pem":  # a certificate goes with its key
        pathlib.Path(pair.first.folder, f"short.{kind}").rename(
            certificate.with_suffix(f".{kind}"))
    assert certificate.read_text() != before
    pair.a.wait_for_log('files read again what="certificates of links"')
    assert 0 < seconds_left(pair.a, "cluster.tls") <= 600
    pair.link_again()
    certificate.write_text("nothing of the kind")
    pair.a.wait_for_log("files not read again: the former stay in use "
                        'what="certificates of links".*cluster.tls.certificate')
    pair.link_again()
