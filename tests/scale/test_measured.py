"""docs/scale.md's other command, in short: its figures are of a quiet machine, but
that nothing is lost and that a record crosses a link once holds on any."""

import subprocess
import sys

from readme import marked
from weir_node import ROOT

COMMAND = marked("docs/scale.md", "step")["measured"].text.split()


def test_what_is_measured_can_be_measured():
    done = subprocess.run(
        [sys.executable, "-B", *COMMAND, "--quick", "--no-build", "--members",
         "600"], text=True, capture_output=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "600 members on 3 nodes" in done.stdout
