"""tools/check_includes.py lets the right includes pass and no others."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tools"))

import check_includes  # noqa: E402


def complaints(path, *includes):
    text = "".join(f"#include {include}\n" for include in includes)
    return [message for _, message in
            check_includes.violations(path, "#pragma once\n" + text)]


class CheckIncludes(unittest.TestCase):
    def assert_allowed(self, path, include):
        self.assertEqual(complaints(path, include), [])

    def assert_refused(self, path, include, reason):
        self.assertRegex("\n".join(complaints(path, include)), reason)

    def test_includes_point_down_the_layers(self):
        self.assert_allowed("actors/room/room.cpp", '"transport/kafka/record.hpp"')
        self.assert_allowed("actors/room/room.cpp", '"config/options.hpp"')
        self.assert_allowed("transport/http/cors.cpp", '"config/options.hpp"')
        self.assert_allowed("tests/actors/room/room_test.cpp", '"actors/room/room.hpp"')

    def test_includes_do_not_point_up(self):
        self.assert_refused("transport/http/cors.cpp", '"actors/room/room.hpp"',
                            "transport/http/ includes only")
        self.assert_refused("config/load.cpp", '"transport/kafka/error.hpp"',
                            "config/ includes only config/")
        self.assert_refused("schemas/event_codec.cpp", '"config/options.hpp"',
                            "schemas/ includes only schemas/, config/base/")

    def test_parts_of_transport_do_not_know_each_other(self):
        self.assert_refused("transport/engineio/session.cpp",
                            '"transport/socketio/packet.hpp"', "only")
        self.assert_refused("transport/engineio/session.cpp",
                            '"transport/http/listener.hpp"', "only")
        self.assert_allowed("transport/http/router.cpp",
                            '"transport/engineio/session_control.hpp"')

    def test_caf_stays_in_actors_and_mains(self):
        self.assert_allowed("actors/room/room.cpp", "<caf/actor.hpp>")
        self.assert_allowed("tools/weir.cpp", "<caf/actor_system.hpp>")
        self.assert_refused("transport/kafka/consumer.cpp", "<caf/actor.hpp>",
                            "CAF stays")

    def test_keys_and_signatures_stay_with_tokens(self):
        self.assert_allowed("transport/auth/base64url.cpp", "<openssl/evp.h>")
        self.assert_allowed("transport/http/admin_server.cpp",
                            "<openssl/crypto.h>")
        self.assert_refused("transport/http/listener.cpp", "<openssl/evp.h>",
                            "signatures stay in transport/auth")
        self.assert_refused("transport/auth/key_set.cpp",
                            '"transport/http/query.hpp"', "only")

    def test_openssl_stays_where_bytes_are_encrypted(self):
        self.assert_allowed("transport/engineio/tls_session.cpp",
                            "<openssl/ssl.h>")
        self.assert_allowed("actors/cluster/link_settings.cpp",
                            "<openssl/ssl.h>")
        self.assert_refused("actors/client/connection.cpp", "<openssl/ssl.h>",
                            "OpenSSL stays")
        self.assert_refused("config/secret.cpp", "<openssl/rand.h>",
                            "OpenSSL stays")

    def test_asio_stays_in_transport_and_the_io_loop(self):
        self.assert_allowed("transport/http/cors.cpp", "<boost/beast/http.hpp>")
        self.assert_allowed("actors/runtime/io_loop.cpp", "<boost/asio/post.hpp>")
        self.assert_refused("actors/room/room.cpp", "<boost/asio/post.hpp>", "Asio")

    def test_librdkafka_stays_in_transport_kafka(self):
        self.assert_allowed("transport/kafka/consumer.cpp",
                            "<librdkafka/rdkafka.h>")
        self.assert_refused("transport/http/cors.cpp",
                            "<librdkafka/rdkafka.h>", "librdkafka")

    def test_generated_protobuf_stays_behind_the_codecs(self):
        header = '"schemas/weir/v1/event.pb.h"'
        self.assert_allowed("schemas/event_codec.cpp", header)
        self.assert_refused("schemas/event_codec.hpp", header, "Protobuf")
        self.assert_refused("actors/node/admin.cpp", header, "Protobuf")

    def test_own_headers_are_named_from_the_root_in_quotes(self):
        self.assert_refused("actors/room/room.cpp", '"room.hpp"', "from the root")
        self.assert_refused("actors/room/room.cpp", "<actors/room/room.hpp>", "ours")

    def test_a_source_includes_its_own_header_first(self):
        text = '#include "actors/contract/cursor.hpp"\n#include "actors/room/room.hpp"\n'
        self.assertEqual(
            check_includes.violations("actors/room/room.cpp", text, True),
            [(1, 'include "actors/room/room.hpp" first: it must compile alone')])

    def test_a_violation_fails_the_program_with_file_and_line(self):
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder, "config", "load.cpp")
            source.parent.mkdir()
            source.write_text("\n#include <caf/actor.hpp>\n")
            run = subprocess.run(
                [sys.executable, ROOT / "tools/check_includes.py", folder],
                capture_output=True, text=True)
        self.assertEqual(run.returncode, 1)
        self.assertIn("config/load.cpp:2: may not include <caf/actor.hpp>",
                      run.stdout)


if __name__ == "__main__":
    unittest.main()
