"""How a node shows Kafka who it is, what it may do there, and that nobody sees
its secrets: against a broker that knows every way to log in."""

import base64
import contextlib
import json
import pathlib
import re
import shlex
import subprocess
import time
import urllib.parse
from datetime import datetime, timedelta

import pytest

import kafka_admin
import kafka_wire
import weir_node
from http_server import HttpServer
from kafka_cluster import KafkaCluster
from raw_client import RawClient
from tls_authority import Authority
from tokens import RsaKey
from waiting import PATIENCE, wait_until
from weir_fixtures import mapping_of, unique
from weir_node import WeirNode

CONFIG = """
[kafka]
brokers = "{brokers}"
[kafka.properties]
{properties}
[cluster]
name = "{prefix}"
[limits]
tail_cache = "1KiB"
[[namespace]]
name = "/"
""" + mapping_of("chat") + """\
  format = "json"
  history = 5
  [[namespace.mapping]]
  room = "news:{{id}}"
  topic = "{prefix}.news"
  key = "{{id}}"
"""

CLIENT_SECRET = "the-secret-of-the-client"


# -- somebody who gives tokens out ---------------------------------------------

class TokenServer(HttpServer):
    """The token endpoint of an identity provider (OAuth 2, client credentials).
    Its tokens last so long in seconds."""

    path = "/token"
    lasts = 600

    def __init__(self, folder):
        super().__init__(keeps=False)
        self.key = RsaKey(folder, "provider")
        self.jwks = folder / "jwks.json"
        self.jwks.write_text(json.dumps({"keys": [
            self.key.jwk(kid="one", alg="RS256", use="sig")]}))
        self.given = 0

    def on_request(self, request, _):
        kind, _, word = request.headers["Authorization"].partition(" ")
        name, _, secret = base64.b64decode(word).decode().partition(":")
        good = (kind, urllib.parse.unquote(secret)) == ("Basic", CLIENT_SECRET)
        self.given += good
        body = json.dumps({"error": "invalid_client"} if not good else {
            "token_type": "Bearer", "expires_in": self.lasts,
            "access_token": self.key.token(
                name, {"kid": "one"}, lasts=self.lasts, aud="kafka",
                iat=int(time.time()))}).encode()
        return (200 if good else 401,
                {"Content-Type": "application/json"}, body)


# -- the broker ----------------------------------------------------------------

class World:
    def __init__(self, folder):
        self.folder = folder
        self.authority = Authority(folder)
        self.stranger = Authority(folder, "stranger")
        certificate, key = self.authority.issue("broker")
        store = folder / "broker.store.pem"
        store.write_text(pathlib.Path(key).read_text()
                         + pathlib.Path(certificate).read_text())
        self.tokens = TokenServer(folder)
        self.kafka = KafkaCluster(
            users={"weir": "plain-password", "limited": "limited-password",
                   "silent": "silent-password"},
            jwks=self.tokens.jwks, certificates=(store, self.authority.file),
            properties={"auto.create.topics.enable": "false",
                        "allow.everyone.if.no.acl.found": "false"})

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            for x in (self.tokens, self.kafka):
                stack.enter_context(x)
            self.set_up()
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *exception):
        return self.stack.__exit__(*exception)

    def set_up(self):
        """Who may log in by SCRAM, and what everybody may do."""
        for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512"):
            kafka_admin.set_scram_password(self.address, "weir",
                                           "scram-password", mechanism)
        for kind in ("topic", "group"):
            kafka_wire.create_acl(self.address, "weir", "all", kind, "*",
                                  kafka_wire.ALLOW)

    @property
    def address(self):
        return self.kafka.addresses()[0]

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def config(self, properties, prefix=None, tls=False):
        prefix = prefix or unique("auth")
        for topic in ("chat", "news"):
            self.kafka.create_topic(f"{prefix}.{topic}", 2)
        return self.text(properties, prefix, tls)

    def text(self, properties, prefix, tls=False):
        lines = "\n".join(f'"{k}" = {json.dumps(str(v))}'
                          for k, v in properties.items())
        brokers = (self.kafka.tls_bootstrap if tls
                   else self.kafka.users_bootstrap)
        return CONFIG.format(brokers=brokers, properties=lines, prefix=prefix)

    # The ways to log in, each as (properties, whether it is by TLS).

    def password(self, mechanism="PLAIN", word="plain-password", user="weir"):
        return {"security.protocol": "SASL_PLAINTEXT",
                "sasl.mechanism": mechanism, "sasl.username": user,
                "sasl.password_file": self.file(unique("word"), word + "\n")
                }, False

    def oidc(self, secret=CLIENT_SECRET):
        return {"security.protocol": "SASL_PLAINTEXT",
                "sasl.mechanism": "OAUTHBEARER",
                "sasl.oauthbearer.method": "oidc",
                "sasl.oauthbearer.client.id": "weir",
                "sasl.oauthbearer.client.secret_file":
                    self.file(unique("secret"), secret),
                "sasl.oauthbearer.token.endpoint.url": self.tokens.url}, False

    def certificate(self, signed_by=None, shown=True):
        authority = signed_by or self.authority
        certificate, key = authority.issue("weir")
        shows = {"ssl.certificate.location": certificate,
                 "ssl.key.location": key} if shown else {}
        return {"security.protocol": "SSL",
                "ssl.ca.location": self.authority.file, **shows}, True


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with World(tmp_path_factory.mktemp("auth")) as x:
        yield x


def check_kafka(config):
    """`weir check --kafka`: (exit status, what it says)."""
    return weir_node.check(config, arguments=["--kafka"])


WAYS = {
    "plain": lambda x: x.password(),
    "scram-256": lambda x: x.password("SCRAM-SHA-256", "scram-password"),
    "scram-512": lambda x: x.password("SCRAM-SHA-512", "scram-password"),
    "oidc": lambda x: x.oidc(),
    "certificate": lambda x: x.certificate(),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_a_node_logs_in(world, way):
    properties, tls = way(world)
    config = world.config(properties, tls=tls)
    status, said = check_kafka(config)
    assert status == 0, said
    with WeirNode(config) as node, RawClient(node.port) as client:
        client.join("chat:1")
        for i in range(20):
            answer = client.emit("say", {"room": "chat:1", "text": "x" * 200})
            assert answer["status"] == "ok", answer
            assert client.next_event()[0] == "say"
        # From the log, by a client that nobody polls.
        with RawClient(node.port) as late:
            late.join("chat:1")
            assert [late.next_event()[0] for _ in range(5)] == ["say"] * 5


def test_a_token_is_renewed(world):
    properties, _ = world.oidc()
    world.tokens.lasts = 4
    try:
        with WeirNode(world.config(properties)) as node, \
                RawClient(node.port) as client:
            client.join("chat:1")
            given = world.tokens.given
            wait_until(lambda: world.tokens.given > given + 6, "new tokens")
            answer = client.emit("say", {"room": "chat:1"})
            assert answer["status"] == "ok", answer
    finally:
        del world.tokens.lasts


WRONG = {
    "plain": (lambda x: x.password(word="wrong"), "_AUTHENTICATION",
              "Authentication failed"),
    "scram": (lambda x: x.password("SCRAM-SHA-512", "wrong"),
              "_AUTHENTICATION", "uthentication failed"),
    "an unknown user": (
        lambda x: x.password("SCRAM-SHA-256", "scram-password", "nobody"),
        "_AUTHENTICATION", "uthentication failed"),
    "oidc": (lambda x: x.oidc("wrong"), "_AUTHENTICATION", "token"),
    "no certificate": (lambda x: x.certificate(shown=False), "_SSL|_TRANSPORT",
                       "SSL|certificate"),
    "a stranger's certificate": (lambda x: x.certificate(x.stranger),
                                 "_SSL|_TRANSPORT", "SSL|certificate"),
}


@pytest.mark.parametrize("way,code,why", WRONG.values(), ids=WRONG.keys())
def test_wrong_credentials(world, way, code, why):
    properties, tls = way(world)
    config = world.text(properties, unique("wrong"), tls)
    status, said = check_kafka(config)
    assert status == 1
    assert re.search(why, said), said
    with WeirNode(config, ready=False) as node:
        node.wait_for_log(f"Kafka reports an error.*code=({code})")
        wait_until(lambda: re.search(why, node.reasons()), "the reason")
        assert node.get("/readyz")[0] == 503


# -- ACLs ----------------------------------------------------------------------

def acls_in(said):
    """What the commands that are printed allow: (user, operation, kind, name)."""
    found = []
    for line in said.splitlines():
        if not line.strip().startswith("kafka-acls"):
            continue
        words = shlex.split(line)
        value = dict(zip(words, words[1:]))
        kind = next(x for x in ("topic", "group", "cluster") if f"--{x}" in words)
        for at, word in enumerate(words):
            if word == "--operation":
                found.append((value["--allow-principal"].removeprefix("User:"),
                              words[at + 1].lower(), kind, value[f"--{kind}"]))
    return found


def test_the_smallest_set_of_acls(world):
    """Without any: each is missing. With what is printed: enough. Without any
    one of them: the check says which, and a node is not ready and says why."""
    properties, _ = world.password(word="limited-password", user="limited")
    config = world.config(properties)
    status, said = check_kafka(config)
    assert status == 1 and "MISSING" in said, said
    acls = acls_in(said)
    assert len(acls) == 4, said
    for acl in acls:
        kafka_wire.create_acl(world.address, *acl, kafka_wire.ALLOW)
    wait_until(lambda: check_kafka(config)[0] == 0, "the ACLs to be enough")
    with WeirNode(config) as node, RawClient(node.port) as client:
        client.join("chat:1")
        assert client.emit("say", {"room": "chat:1"})["status"] == "ok"
        assert client.next_event()[0] == "say"
        for acl in acls:
            user, operation, kind, name = acl
            kafka_wire.delete_acl(world.address, *acl, kafka_wire.ALLOW)
            status, said = wait_until(
                lambda: (x := check_kafka(config))[0] == 1 and x, "a complaint")
            lines = [x for x in said.splitlines() if "MISSING" in x]
            assert len(lines) == 1 and f"{kind} {name}:" in lines[0], said
            assert f"{operation.capitalize()} MISSING" in lines[0], said
            if kind == "topic":
                wait_until(lambda: f"topic {name}: it may not be" in
                           node.reasons(), "the reason")
            if operation == "write":
                answer = client.emit("say", {"room": "chat:1"})
                assert answer["code"] == "unavailable", answer
            kafka_wire.create_acl(world.address, *acl, kafka_wire.ALLOW)
            node.wait_until_ready()


def test_a_group_that_may_not_be_joined(world):
    properties, _ = world.password(word="limited-password", user="limited")
    prefix = unique("auth")
    config = world.config(properties, prefix)
    for acl in acls_in(check_kafka(config)[1]):
        if acl[2] == "topic":
            kafka_wire.create_acl(world.address, *acl, kafka_wire.ALLOW)
    with WeirNode(config, ready=False) as node:
        wait_until(lambda: f"consumer group {prefix}: it may not be joined"
                   in node.reasons(), "the reason")
        kafka_wire.create_acl(world.address, "limited", "read", "group", prefix,
                              kafka_wire.ALLOW)
        node.wait_until_ready()


def test_a_reload_to_a_topic_that_may_not_be_used(world):
    """It is refused, and says why, and the node stays ready."""
    properties, _ = world.password(word="limited-password", user="limited")
    prefix = unique("auth")
    config, topic = world.config(properties, prefix), f"{prefix}.hall"
    world.kafka.create_topic(topic, 2)
    for acl in acls_in(check_kafka(config)[1]):
        kafka_wire.create_acl(world.address, *acl, kafka_wire.ALLOW)
    wait_until(lambda: check_kafka(config)[0] == 0, "the ACLs to be enough")
    with WeirNode(config) as node, RawClient(node.port) as client:
        node.file.write_text(config + f"""
  [[namespace.mapping]]
  room = "hall:{{id}}"
  topic = "{topic}"
  events = ["call"]
  room_from = "/0/room"
""")

        def complaint(operation):
            status, answer = node.ask("POST", "/v1/reload")
            assert status == 409, answer
            return (f'topic "{topic}": it may not be {operation}'
                    in answer["problems"][0])
        for operation, done in ("read", "read"), ("write", "written"):
            wait_until(lambda: complaint(done), "the complaint")
            assert not node.reasons()
            assert client.emit("join", "hall:1")["code"] == "unknown_room"
            kafka_wire.create_acl(world.address, "limited", operation, "topic",
                                  topic, kafka_wire.ALLOW)
        wait_until(lambda: node.ask("POST", "/v1/reload")[0] == 200,
                   "the ACLs to be enough")
        client.join("hall:1")
        assert client.emit("call", {"room": "hall:1"})["status"] == "ok"
        assert client.next_event()[0] == "call"


def test_clients_that_only_listen(world):
    """A node that writes nothing needs no permission to write."""
    properties, _ = world.password(word="limited-password", user="limited")
    config = re.sub(r'  (events|room_from) = .*\n', "",
                    world.config(properties))
    acls = acls_in(check_kafka(config)[1])
    assert sorted(x[1] for x in acls) == ["read"] * 3
    for acl in acls:
        kafka_wire.create_acl(world.address, *acl, kafka_wire.ALLOW)
    wait_until(lambda: check_kafka(config)[0] == 0, "the ACLs to be enough")
    with WeirNode(config) as node, RawClient(node.port) as client:
        client.join("chat:1")


def test_who_may_write_nothing_makes_no_client_after_the_other(world):
    """Brokers give it no producer id, which ends each client of librdkafka."""
    properties, _ = world.password(word="silent-password", user="silent")
    with WeirNode(world.config(properties), ready=False) as node:
        def times():
            return [datetime.fromisoformat(x.split()[0]) for x in node.log()
                    if "client library has failed" in x]

        first, second = wait_until(lambda: (x := times())[1:] and x[:2],
                                   "a second client")
        assert second - first > timedelta(seconds=4.5)


def test_a_topic_that_does_not_exist(world):
    properties, _ = world.password()
    prefix = unique("auth")
    status, said = check_kafka(world.text(properties, prefix))
    assert status == 1
    assert f"topic {prefix}.chat does not exist; this user may create it" in said
    properties, _ = world.password(word="limited-password", user="limited")
    status, said = check_kafka(world.text(properties, prefix))
    assert status == 1
    assert "Describe MISSING" in said, said


def test_brokers_without_an_authorizer(kafka, world):
    prefix = unique("auth")
    config = world.text({}, prefix).replace(world.kafka.users_bootstrap, kafka)
    said = check_kafka(config)[1]
    assert "have no authorizer" in said, said


def test_nobody_answers(world):
    config = world.text({}, "nobody").replace(world.kafka.users_bootstrap,
                                              "127.0.0.1:1")
    status, said = check_kafka(config)
    assert status == 1
    assert "onnect" in said and "refused" in said, said


# -- secrets -------------------------------------------------------------------

KEY = "-----BEGIN PRIVATE KEY-----\\nCANARY\\n-----END PRIVATE KEY-----\\n"

# Every key that holds one: (table, key, text).
SECRETS = [
    ("cluster", "secret", "CANARY-0123456789"),
    ("admin", "token", "CANARY"),
    ("auth.jwt", "secret", "CANARY-0123456789-0123456789-0123456789"),
    *[(f"kafka.{section}", key, KEY if key.endswith("pem") else "CANARY")
      for section in ("properties", "producer", "consumer")
      for key in ("sasl.password", "ssl.key.password", "ssl.key.pem",
                  "ssl.keystore.password", "sasl.oauthbearer.client.secret",
                  "sasl.oauthbearer.config", "ssl.certificate.pem",
                  "sasl.oauthbearer.assertion.private.key.passphrase",
                  "sasl.oauthbearer.assertion.private.key.pem")],
]

# What an operator makes of `key = "value"`, rightly or not.
SLIPS = {
    "right": lambda key, value: f'"{key}" = "{value}"',
    "without quotes": lambda key, value: f'"{key}" = {value}',
    "an open quote": lambda key, value: f'"{key}" = "{value}',
    "a list": lambda key, value: f'"{key}" = ["{value}"]',
    "a table": lambda key, value: f'"{key}" = {{x = "{value}"}}',
    "twice": lambda key, value: f'"{key}" = "{value}"\n"{key}" = "{value}"',
    "several lines": lambda key, value:
        f'"{key}" = """\n{value}\n{value}""" x',
    "lines without an end": lambda key, value: f'"{key}" = """\n{value}\n',
    "misspelled": lambda key, value: f'"{key}x" = "{value}"',
    "a colon": lambda key, value: f'"{key}": "{value}"',
}


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS.keys())
def test_no_message_shows_a_secret(tmp_path, slip):
    for table, key, value in SECRETS:
        if "auth.jwt" == table:
            rest = '\nalgorithms = ["HS256"]'
        elif table.startswith("kafka"):
            rest = '\n"security.protocol" = "SASL_SSL"\n' \
                   '"sasl.mechanism" = "PLAIN"'
        else:
            rest = ""
        line = slip(key.replace('"', ""), value)
        text = (f'[kafka]\nbrokers = "127.0.0.1:1"\n[{table}]\n{line}{rest}\n'
                '[[namespace]]\nname = "/"\n')
        status, said = weir_node.check(text)
        assert "CANARY" not in said, (text, said)
        assert "ok" in said or status == 1


@pytest.mark.parametrize("table,key,value", [x for x in SECRETS
                                             if "." not in x[1]] + SECRETS[3:6])
def test_no_override_shows_a_secret(table, key, value):
    text = '[kafka]\nbrokers = "127.0.0.1:1"\n'
    path = f"{table}.{key}"
    for setting in (f"{path}={value}", f"{path}:{value}", f"{path}x={value}",
                    f"{path}.x={value}", f"x{path}={value}"):
        assert "CANARY" not in weir_node.check(text, setting)[1], setting


def test_no_output_of_a_node_shows_a_secret(world):
    """With all that can be set together, at the loudest, and refused by Kafka."""
    properties, _ = world.password(word="CANARY-password")
    config = world.text(properties | {
        "debug": "all", "sasl.oauthbearer.client.secret": "CANARY-client",
        "ssl.key.password": "CANARY-key"}, unique("secrets"))
    config = config.replace("[cluster]", '[admin]\ntoken = "CANARY-token"\n'
                            '[auth.jwt]\nalgorithms = ["HS256"]\n'
                            f'secret = "CANARY{"-" * 32}"\n'
                            '[cluster]\nsecret = "CANARY-0123456789"')
    status, said = check_kafka(config)
    assert status == 1 and "CANARY" not in said, said
    with WeirNode(config, "log.level=trace", ready=False) as node:
        node.wait_for_log("_AUTHENTICATION")
        for path in ("/livez", "/readyz", "/metrics", "/v1/nodes",
                     "/v1/partitions", "/v1/actors", "/v1/config"):
            for fields in ({}, {"Authorization": "Bearer CANARY-token"}):
                said = node.ask("GET", path, **fields)[1]
                assert "CANARY" not in str(said), path
        assert not [x for x in node.log() if "CANARY" in x]


def test_the_version_tells_what_kafka_can_be_reached_with():
    said = subprocess.run([weir_node.binary(), "--version"], text=True,
                          capture_output=True, timeout=PATIENCE).stdout
    assert said.startswith("weir ")
    for feature in ("ssl", "sasl_plain", "sasl_scram", "sasl_oauthbearer",
                    "oidc"):
        assert f" {feature}" in said or f"({feature}" in said, said
