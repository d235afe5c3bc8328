"""Of every key of the reference it is known whether it does anything where
nothing else is set: those that do are listed here, and each other one is refused
there, by its name. So a new key is either told to be of use alone, or its
condition is checked (config/validate_effect.cpp)."""

import json

import pytest

import reference
from weir_node import check

# Of a value that is not the default. A key's own, or by what the default is.
VALUES = {
    "server.listen": "127.0.0.1:0", "server.path": "/x/",
    "server.echo_path": "/x/", "server.files": ".", "server.client_files": ".",
    "server.trust_proxy": ["10.0.0.0/8"], "server.cors.origins": ["https://a"],
    "server.tls.min_version": "1.3", "admin.tls.min_version": "1.3",
    "engineio.max_payload": 1000, "engineio.transports": ["websocket"],
    "kafka.brokers": "a:1",
    "cluster.secret": "s" * 40, "cluster.listen": "127.0.0.1:0",
    "cluster.advertise": "a:1", "cluster.seeds": ["a:1"],
    "limits.on_lag": "skip", "limits.room_name": "100B",
    "limits.recovery_offset": "2KiB", "limits.handshake": "8KiB",
    "limits.forwarded_bytes": "32MiB", "limits.producer_queue": "64MiB",
    "server.max_file_bytes": "1MiB", "admin.listen": "127.0.0.1:0",
    "admin.ui_origins": ["https://a"], "admin.ui_sockets": 7,
    "auth.certificate_user": "uri", "auth.deny_memory": "1MiB",
    "auth.jwt.algorithms": ["HS256"], "auth.jwt.keys": ["weir.toml"],
    "auth.jwt.jwks": "https://a", "auth.jwt.token": ["header"],
    "auth.jwt.user": "/a", "auth.jwt.max_token": "4KiB",
    "auth.webhook.url": "https://a", "auth.webhook.cache_bytes": "4MiB",
    "tracing.url": "http://a/b", "log.level": "debug", "log.format": "json",
    "auth.jwt.audience": ["a"]}
# These name a file, which would be missed first; test_check_files.py has them.
FILES = {"server.tls.certificate", "server.tls.key", "server.tls.client_ca",
         "admin.tls.certificate", "admin.tls.key", "admin.tls.client_ca",
         "cluster.tls.certificate", "cluster.tls.key", "cluster.tls.ca",
         "cluster.secret_file", "admin.token_file", "admin.ui",
         "admin.ui_password", "admin.ui_password_file", "auth.jwt.jwks_ca",
         "auth.jwt.secret_file", "auth.webhook.ca", "auth.webhook.secret_file",
         "tracing.ca", "kafka.embedded", "kafka.brokers"}

ALONE = {f"{table}.{key}" for table, keys in {
    "server": "listen path echo_path io_threads header_timeout max_header "
              "max_url max_connections connect_timeout drain_time files "
              "client_files trust_proxy health cors.origins",
    "engineio": "ping_interval ping_timeout upgrade_timeout max_payload "
                "transports",
    "kafka": "group embedded_partitions",  # of the embedded broker
    "cluster": "name node secret listen",
    "limits": "outbox outboxes max_lag on_lag unanswered_emits "
              "unanswered_bytes tail_cache credit replays "
              "connections_per_address connection_rate.rate handshakes.rate "
              "requests.rate requests.burst packets.rate packets.burst "
              "events.rate bytes.rate joins.rate handshake rooms_per_socket "
              "room_name recovery_offset json_depth",
    "admin": "listen token",
    "tracing": "url",
    "log": "level format limit_lines limit_interval",
}.items() for key in keys.split()}


def keys():
    """{name: default, as it is written} of a node's own tables."""
    return {f"{table.header.strip('[]')}.{key.name}": key.value
            for table in reference.tables(reference.EXAMPLE.read_text())
            if not table.header.startswith("[[")
            and table.header not in ("[kafka.properties]", "[kafka.producer]",
                                     "[kafka.consumer]")
            for entry in table.entries for key in entry.keys}


def value_of(key, default):
    if key in VALUES:
        return json.dumps(VALUES[key])
    if default in ("true", "false"):
        return "false" if default == "true" else "true"
    if default.startswith('"'):
        return '"300KiB"' if "iB" in default else '"7s"'
    return "7"


@pytest.mark.parametrize("key", sorted(keys().keys() - FILES))
def test_a_key_does_something_alone_or_is_refused(key):
    value = value_of(key, keys()[key])
    status, said = check(f'kafka.embedded = true\n{key} = {value}\n'
                         '[[namespace]]\nname = "/"\n')
    if key in ALONE:
        assert status == 0, said
    else:
        assert status == 1, "does it nothing alone? then say so, or list it"
        # By itself, or for what its table needs first.
        name, table = key.rsplit(".", 1)[1], key.rsplit(".", 1)[0]
        assert f" {name}: " in said or f"[{table}] needs" in said, said


def test_what_is_listed_is_a_key():
    assert ALONE | FILES | VALUES.keys() <= keys().keys()
