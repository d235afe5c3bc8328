"""Unmodified clients over TLS, with no more than the authority to trust."""

import subprocess

import pytest

from drivers import LANGUAGES, TRANSPORTS, Client, Driver
from tls_authority import Authority
from weir_node import WeirNode

CONFIG = """
kafka.embedded = true
[server.tls]
certificate = "{certificate}"
key = "{key}"
[[namespace]]
name = "/"
  [[namespace.mapping]]
  room = "chat:{{id}}"
  topic = "chat"
  events = ["say"]
  room_from = "/0/room"
"""


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def node(authority):
    certificate, key = authority.issue("localhost")
    with WeirNode(CONFIG.format(certificate=certificate, key=key)) as x:
        yield x


@pytest.fixture(scope="module")
def trust_store(authority, tmp_path_factory):
    """Java's, as its own tool makes it."""
    file = str(tmp_path_factory.mktemp("trust") / "trust.p12")
    subprocess.run(["keytool", "-importcert", "-noprompt", "-alias", "authority",
                    "-file", authority.file, "-keystore", file, "-storetype",
                    "PKCS12", "-storepass", "changeit"], check=True,
                   capture_output=True)
    return file


@pytest.fixture(params=LANGUAGES)
def driver(request, authority, trust_store, monkeypatch):
    monkeypatch.setenv("NODE_EXTRA_CA_CERTS", authority.file)
    monkeypatch.setenv("SSL_CERT_FILE", authority.file)
    monkeypatch.setenv("JDK_JAVA_OPTIONS",
                       f"-Djavax.net.ssl.trustStore={trust_store} "
                       "-Djavax.net.ssl.trustStorePassword=changeit")
    driver = Driver(request.param)
    yield driver
    driver.stop()


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_what_is_said_comes_back(node, driver, transport):
    with Client(driver, f"https://localhost:{node.port}", transport) as client:
        client.wait_for("connect")
        client.join("chat:1")
        for size in [1, 20_000, 300_000]:
            text = "x" * size
            assert client.emit("say", {"room": "chat:1",
                                       "text": text})["status"] == "ok"
            assert client.next_event()[1]["text"] == text
