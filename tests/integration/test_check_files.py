"""`weir check` says what a start says of files and of what is in them, of
tokens, of the webhook and of collectors: both run on the same files. Each key
that names a file gets each kind of file that it cannot be."""

import pathlib

import pytest

from test_check import run_check, run_start
from tls_authority import Authority
from tokens import RsaKey
from webhook_endpoint import SECRET

HASH = "$2b$10$abcdefghijklmnopqrstuudwGrhhx5JklpO9.j/ckWDCf3exvs1/2"
NOBODY = "https://127.0.0.1:1/nobody"  # nothing answers there, which is no fault


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Files that are right, each for some key, and files that are for none."""
    found = tmp_path_factory.mktemp("files")
    Authority(found).issue()
    found.joinpath("127.0.0.1.pem").rename(found / "own.pem")
    found.joinpath("127.0.0.1.key").rename(found / "own.key")
    Authority(found, "another")
    rsa = RsaKey(found, "rsa")
    found.joinpath("jwks.json").write_text(
        '{"keys": [%s]}' % str(rsa.jwk(kid="1", alg="RS256")).replace("'", '"'))
    for name, content in {
            "empty": "", "garbage": "neither this nor that\n",
            "large": "x" * (2 << 20), "nul": "a\0b\n", "secret": "s" * 64,
            "whsec": SECRET, "hash": HASH, "page/index.html": "<p>",
            "no keys.json": '{"keys": []}'}.items():
        found.joinpath(name).parent.mkdir(exist_ok=True)
        found.joinpath(name).write_text(content)
    certificate = found.joinpath("own.pem").read_text()
    found.joinpath("half.pem").write_text(certificate[:len(certificate) // 2])
    return found


KINDS = ["missing", "page", "empty", "garbage", "large", "nul", "half.pem",
         "own.key", "another.pem", "no keys.json"]

PAIR = {"certificate": "own.pem", "key": "own.key"}


def below(table, values):
    return {f"{table}.{k}": v for k, v in values.items()}


LINKS = {"cluster.listen": '"127.0.0.1:0"',
         "cluster.secret": '"a secret of the tests"'}
WEBHOOK = {"auth.webhook.url": f'"{NOBODY}"', "webhook": '["connect"]'}
RSA = {"auth.jwt.algorithms": '["RS256"]'}
BROKERS = {"kafka.embedded": "false", "kafka.brokers": '"127.0.0.1:1"'}
SASL = {**BROKERS, 'kafka.properties."security.protocol"': '"SASL_PLAINTEXT"',
        'kafka.properties."sasl.mechanisms"': '"PLAIN"',
        'kafka.properties."sasl.username"': '"a"'}
SSL = {**BROKERS, 'kafka.properties."security.protocol"': '"SSL"'}

# The key; the file that is right for it; what else has to be there.
FILES = [
    ("server.tls.certificate", "own.pem", {"server.tls.key": "own.key"}),
    ("server.tls.key", "own.key", {"server.tls.certificate": "own.pem"}),
    ("server.tls.client_ca", "authority.pem", below("server.tls", PAIR)),
    ("admin.tls.certificate", "own.pem", {"admin.tls.key": "own.key"}),
    ("admin.tls.key", "own.key", {"admin.tls.certificate": "own.pem"}),
    ("admin.tls.client_ca", "authority.pem", below("admin.tls", PAIR)),
    ("cluster.tls.certificate", "own.pem",
     {"cluster.tls.key": "own.key", "cluster.tls.ca": "authority.pem",
      **LINKS}),
    ("cluster.tls.key", "own.key",
     {"cluster.tls.certificate": "own.pem", "cluster.tls.ca": "authority.pem",
      **LINKS}),
    ("cluster.tls.ca", "authority.pem", {**below("cluster.tls", PAIR),
                                         **LINKS}),
    ("cluster.secret_file", "secret", {}),
    ("admin.token_file", "secret", {}),
    ("admin.ui", "page", {"admin.ui_password": f'"{HASH}"'}),
    ("admin.ui_password_file", "hash", {"admin.ui": "page"}),
    ("server.files", "page", {}),
    ("server.client_files", "page", {}),
    ("auth.jwt.keys", "rsa.pem", RSA),
    ("auth.jwt.jwks", "jwks.json", RSA),
    ("auth.jwt.jwks_ca", "authority.pem",
     {**RSA, "auth.jwt.jwks": f'"{NOBODY}"'}),
    ("auth.jwt.secret_file", "secret", {"auth.jwt.algorithms": '["HS256"]'}),
    ("auth.webhook.ca", "authority.pem",
     {**WEBHOOK, "auth.webhook.secret": f'"{SECRET}"'}),
    ("auth.webhook.secret_file", "whsec", WEBHOOK),
    ("tracing.ca", "authority.pem", {"tracing.url": f'"{NOBODY}"'}),
    ('kafka.properties."ssl.ca.location"', "authority.pem", SSL),
    ('kafka.properties."sasl.password_file"', "secret", SASL),
]


def config(folder, settings):
    """A value without quotes or brackets names a file of the folder."""
    namespace = {k: v for k, v in settings.items() if "." not in k}
    node = {"kafka.embedded": "true",
            **{k: v for k, v in settings.items() if "." in k}}

    def lines(values):
        for key, value in values.items():
            if value[0] not in '"[{' and value not in ("true", "false"):
                value = f'"{folder / value}"'
                value = f"[{value}]" if key == "auth.jwt.keys" else value
            yield f"{key} = {value}\n"
    return ("".join(lines(node)) + '[[namespace]]\nname = "/"\n'
            + "".join(lines(namespace)))


def both(folder, settings):
    """(status, what is said) of check, and of a start: None, it has started."""
    file = pathlib.Path(folder, "weir.toml")
    file.write_text(config(folder, settings))
    return run_check(file), run_start(file)


def refused(folder, settings):
    """What both say; None: both take it."""
    (checked, complaint), (started, said) = both(folder, settings)
    if checked == 0:
        assert (started, complaint) == (None, ""), (complaint, said)
        return None
    assert (checked, started) == (1, 1), (complaint, said)
    assert said == complaint
    assert "weir.toml:" in complaint, complaint  # the line
    return complaint


TEXTS = {"garbage", "half.pem", "own.key", "another.pem"}
# Which of them are taken: nobody knows what a secret looks like, and a
# certificate of anybody's may be an authority.
TAKEN = {
    "cluster.secret_file": TEXTS,
    "auth.jwt.secret_file": TEXTS - {"garbage"},  # less than 32 bytes
    'kafka.properties."sasl.password_file"': TEXTS | {"nul", "no keys.json"},
    'kafka.properties."ssl.ca.location"': {"another.pem", "page"},
    **{key: {"another.pem"} for key in (
        "server.tls.client_ca", "admin.tls.client_ca", "cluster.tls.ca",
        "auth.jwt.jwks_ca", "auth.webhook.ca", "tracing.ca")},
}


@pytest.mark.parametrize("key, right, rest", FILES, ids=[x[0] for x in FILES])
def test_check_and_start_agree_on_every_kind_of_file(folder, key, right, rest):
    assert refused(folder, {key: right, **rest}) is None
    taken = {kind for kind in KINDS
             if kind != right and refused(folder, {key: kind, **rest}) is None}
    assert taken == TAKEN.get(key, set()), taken


JWT = {"auth.jwt.algorithms": '["HS256"]',
       "auth.jwt.secret": '"%s"' % ("s" * 32)}
ASKED = {**WEBHOOK, "auth.webhook.secret": f'"{SECRET}"'}

WRONG = {
    "a certificate without its key": {"server.tls.certificate": "own.pem"},
    "a key without its certificate": {"admin.tls.key": "own.key"},
    "links without an authority": {**below("cluster.tls", PAIR), **LINKS},
    "links that are encrypted and nowhere": {
        **below("cluster.tls", PAIR), "cluster.tls.ca": "authority.pem"},
    "a TLS that is too old": {**below("server.tls", PAIR),
                              "server.tls.min_version": '"1.1"'},
    "another host's certificate that is none": {
        **below("server.tls", PAIR),
        "server.tls.sni": '[{ hosts = ["a.example"], certificate = "x", '
                          'key = "y" }]'},
    "more files than are allowed": {"server.files": "page",
                                    "server.max_file_bytes": '"2B"'},
    "tokens without a key": {"auth.jwt.algorithms": '["RS256"]'},
    "tokens without a secret": {"auth.jwt.algorithms": '["HS256"]'},
    "tokens that nobody signs": {"auth.jwt.algorithms": '["none"]'},
    "no algorithm": {"auth.jwt.keys": "rsa.pem"},
    "a secret that is too short": {**JWT, "auth.jwt.secret": '"short"'},
    "a secret that is too short for one of them": {
        **JWT, "auth.jwt.algorithms": '["HS256", "HS512"]'},
    "a secret, and nobody who uses it": {
        **JWT, "auth.jwt.algorithms": '["RS256"]', "auth.jwt.keys": "rsa.pem"},
    "keys of another algorithm": {"auth.jwt.algorithms": '["ES256"]',
                                  "auth.jwt.keys": "rsa.pem"},
    "a secret twice": {**JWT, "auth.jwt.secret_file": "secret"},
    "a key set that anybody can change": {
        **RSA, "auth.jwt.jwks": '"http://id.example/jwks"'},
    "a key set at no host": {**RSA, "auth.jwt.jwks": '"https://"'},
    "a user that is no pointer": {**JWT, "auth.jwt.user": '"sub"'},
    "a place where no token is": {**JWT, "auth.jwt.token": '["body"]'},
    "clocks that differ by hours": {**JWT, "auth.jwt.leeway": '"2h"'},
    "who is denied, without tokens": {"auth.deny_topic": '"denied"'},
    "users by certificates that nobody asks for": {
        "auth.certificate_user": '"uri"'},
    "a webhook that anybody can read": {
        **ASKED, "auth.webhook.url": '"http://auth.example/"'},
    "a webhook that is no URL": {**ASKED, "auth.webhook.url": '"nowhere"'},
    "a webhook at no host": {**ASKED, "auth.webhook.url": '"https:///x"'},
    "a webhook at no port": {**ASKED,
                             "auth.webhook.url": '"https://a:99999/"'},
    "a webhook without a secret": WEBHOOK,
    "a webhook's secret without its begin": {
        **ASKED, "auth.webhook.secret": '"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"'},
    "a webhook's secret that is too short": {
        **ASKED, "auth.webhook.secret": '"whsec_MDEy"'},
    "a webhook's secret that is no base64": {
        **ASKED, "auth.webhook.secret": '"whsec_%s"' % ("?" * 40)},
    "a webhook that nobody asks": {k: v for k, v in ASKED.items()
                                   if k != "webhook"},
    "somebody who asks a webhook that is not there": {
        "webhook": '["connect"]'},
    "a webhook for what is not asked": {**ASKED, "webhook": '["leave"]'},
    "a webhook that may take a minute": {**ASKED,
                                         "auth.webhook.timeout": '"1m"'},
    "a collector by another protocol": {"tracing.url": '"grpc://a/b"'},
    "a collector that is no URL": {"tracing.url": '"collector"'},
    "an authority of nobody": {"tracing.url": '"http://a/b"',
                               "tracing.ca": "authority.pem"},
    "an address that is none": {"cluster.listen": '"everywhere"'},
    "a password that is no hash": {"admin.ui": "page",
                                   "admin.ui_password": '"secret"'},
    "recovery without a secret": {"recovery": '"1m"'},
}


@pytest.mark.parametrize("what", WRONG)
def test_what_check_refuses_start_refuses(folder, what):
    assert refused(folder, WRONG[what])


def test_what_is_right_is_taken(folder):
    for settings in JWT, ASKED, {**RSA, "auth.jwt.keys": "rsa.pem"}:
        assert refused(folder, settings) is None
