"""README.md's first command, in a fresh clone of what is committed here: from there
to the first message. What it compiles, ccache has of the build that this test
belongs to; how long it takes without, README.md says."""

import re
import shutil
import subprocess
import time

from raw_client import RawClient
from readme import Program, example, output_of
from waiting import wait_until
from weir_node import ROOT

# With nothing in ccache, on a machine that has other things to do, too.
TO_BUILD = 1500
START = "tools/run\n"
FREE_PORTS = ["--set", "server.listen=127.0.0.1:0",
              "--set", "admin.listen=127.0.0.1:0"]


class FreshClone:
    """What the first command starts there."""

    def __init__(self, folder):
        self.folder = folder

    def __enter__(self):
        subprocess.run(["git", "clone", "--quiet", ROOT, self.folder], check=True)
        command = example(START).text.split()
        # It ends all that it has started when it is told to: so also where this
        # test is killed.
        self.program = Program("setpriv", "--pdeathsig", "TERM", *command,
                               *FREE_PORTS, cwd=self.folder)
        return self

    def __exit__(self, *exception):
        self.program.process.terminate()
        self.program.process.wait()
        self.program.__exit__(*exception)
        shutil.rmtree(self.folder)

    def says(self, pattern):
        """What it has said so far, if that is in it."""
        assert self.program.process.poll() is None, "tools/run has ended"
        return next(filter(None, (re.search(pattern, x)
                                  for x in self.program.lines)), None)


def test_from_a_fresh_clone_to_the_first_message(tmp_path):
    """By three commands: a clone, tools/run, and what writes the message. It
    prints what README.md shows."""
    began = time.monotonic()
    with FreshClone(tmp_path / "weir") as weir:
        port = wait_until(lambda: weir.says(
            r"Weir is ready: open http://127\.0\.0\.1:(\d+)/"),
            "Weir to be ready", TO_BUILD)[1]
        bootstrap = weir.says(r"embedded broker bootstrap=(\S+)")[1]
        with RawClient(int(port)) as client:
            client.join("chat:lobby")
            write = example("-P -t chat.messages").with_address(
                "127.0.0.1:34159", bootstrap)
            subprocess.run(["bash", "-euo", "pipefail", "-c", write.text],
                           check=True)
            while (event := client.next_event())[0] != "chat message":
                pass
            assert event[1]["text"] == "hello"
        print(f"from a clone to the first message: "
              f"{time.monotonic() - began:.0f} s")
        for line in output_of(START):
            wanted = line.replace(re.escape("..."), ".*")
            wait_until(lambda: any(re.fullmatch(wanted, x)
                                   for x in weir.program.lines), wanted)
        weir.program.process.terminate()
        assert weir.program.process.wait() == 0
