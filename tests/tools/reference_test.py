"""docs/configuration.md and weir.toml(5) have every key that there is."""

import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tools"))

import reference  # noqa: E402

EXAMPLE = """# About the file.

# Where clients connect.
[server]
# One.
listen = "a:1"
# Both, up to
# "2s".
first = "1s"
second = "1s" # aside
# min_version = "1.2"

# Said of it.
# [[server.tls.sni]]
# hosts = ["b|c"]
"""


class Reference(unittest.TestCase):
    def test_the_page_is_of_the_example_as_it_is(self):
        written = (ROOT / "docs/configuration.md").read_text()
        self.assertEqual(
            written, reference.reference("markdown"),
            "to fix it: tools/reference.py markdown docs/configuration.md")

    def test_each_line_of_the_example_that_sets_a_key_is_in_both(self):
        text = reference.EXAMPLE.read_text()
        keys = re.findall(r'^ *(?:# )?([a-z._]+|"[a-z._]+") = ', text,
                          re.MULTILINE)
        self.assertGreater(len(keys), 100)
        forms = {x: reference.reference(x) for x in reference.FORMS}
        self.assertEqual(forms["markdown"].count("\n| `"), len(keys))
        self.assertEqual(len(re.findall("^.BR .* = ", forms["man"],
                                        re.MULTILINE)), len(keys))
        for key in keys:
            self.assertIn(f"| `{key}` |", forms["markdown"])

    def test_tables_have_what_is_said_of_them_and_their_keys(self):
        server, sni = reference.tables(EXAMPLE)
        self.assertEqual((server.header, server.text),
                         ("[server]", "Where clients connect."))
        self.assertEqual([x.text for x in server.entries],
                         ["One.", 'Both, up to "2s".'])
        self.assertEqual([x.name for x in server.entries[1].keys],
                         ["first", "second", "min_version"])
        self.assertEqual(server.entries[1].keys[1].value, '"1s"')
        self.assertEqual((sni.header, sni.text),
                         ("[[server.tls.sni]]", "Said of it."))

    def test_what_has_no_default_is_an_example(self):
        server, sni = reference.tables(EXAMPLE)
        self.assertTrue(all(y.is_default for x in server.entries
                            for y in x.keys))
        self.assertFalse(sni.entries[0].keys[0].is_default)
        self.assertIn("| `hosts` | such as `[\"b\\|c\"]` |",
                      reference.as_markdown([sni]))

    def test_no_line_of_the_manual_is_taken_for_a_request(self):
        for line in reference.reference("man").splitlines():
            if line.startswith((".", "'")):
                self.assertRegex(line, r"^\.(TH|SH|SS|TP|TQ|PP|EX|EE|B|BR|I|IR) ?")


if __name__ == "__main__":
    unittest.main()
