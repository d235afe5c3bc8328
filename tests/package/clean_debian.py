"""A Debian 12 of its own, without anything that is not in a clean one, whose init
is systemd. It takes root, and a mirror that apt knows."""

import contextlib
import os
import pathlib
import signal
import subprocess
import tempfile

from waiting import PATIENCE, wait_until
from weir_node import die_with_parent

# What a server has that somebody has set up.
PACKAGES = "systemd-sysv,curl,procps"


def mirror():
    """The one that this machine gets Debian from."""
    targets = subprocess.run(
        ["apt-get", "indextargets", "--format",
         "$(REPO_URI) $(ORIGIN) $(CODENAME)", "Created-By: Packages"],
        check=True, text=True, capture_output=True).stdout
    return next(x.split()[0] for x in targets.splitlines()
                if x.split()[1] == "Debian" and "-" not in x.split()[2])


def make(folder):
    subprocess.run(
        ["mmdebstrap", "--quiet", "--variant=apt", f"--include={PACKAGES}",
         "--skip=cleanup/apt/lists", "--dpkgopt=force-unsafe-io", "bookworm",
         str(folder), mirror()],
        check=True, stdin=subprocess.DEVNULL)
    # A service's start is not to wait for a network that is not there.
    (folder / "etc/systemd/system/network-online.target").symlink_to("/dev/null")


class CleanDebian:
    """Booted, in namespaces of its own, with a loopback interface only, or in
    the network namespace whose path is given."""

    init_name = "systemd"

    def __init__(self, folder, name="test", network=None):
        self.folder = folder
        self.name = f"weir-{name}-{os.getpid()}"
        self.network = (f"--network-namespace-path={network}" if network
                        else "--private-network")

    def what_runs(self):
        """As arguments of systemd-nspawn."""
        return ["--boot"]

    def __enter__(self):
        self.output = tempfile.TemporaryFile(mode="w+")
        self.process = subprocess.Popen(
            ["systemd-nspawn", "--quiet", f"--directory={self.folder}",
             "--register=no", "--keep-unit", "--timezone=off",
             self.network, "--console=pipe", f"--machine={self.name}",
             *self.what_runs()],
            stdin=subprocess.DEVNULL, stdout=self.output,
            stderr=subprocess.STDOUT, preexec_fn=die_with_parent)
        try:
            self.init = wait_until(self.init_process, "its init")
            wait_until(self.is_running, f"{self.init_name} to have started")
        except BaseException:
            self.__exit__(True)
            raise
        return self

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)  # asks it to shut down
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(30)
        self.process.kill()
        self.process.wait()
        with contextlib.suppress(OSError):  # it leaves that where /run is a disk
            pathlib.Path("/run/systemd/nspawn/propagate", self.name).rmdir()
        if kind is not None:
            self.output.seek(0)
            print("--- the machine's console:", self.output.read())
        self.output.close()

    def init_process(self):
        """Its first child prepares what the second one finds."""
        assert self.process.poll() is None, "systemd-nspawn has ended"
        me = pathlib.Path(f"/proc/{self.process.pid}")
        for child in (me / f"task/{me.name}/children").read_text().split():
            with contextlib.suppress(FileNotFoundError):
                name = pathlib.Path(f"/proc/{child}/comm").read_text().strip()
                if name == self.init_name:
                    return child
        return None

    def is_running(self):
        done = self.run("systemctl is-system-running")
        return done.stdout.strip() in ("running", "degraded")

    def run(self, text):
        """By a shell in it, as root."""
        assert self.process.poll() is None, "systemd-nspawn has ended"
        return subprocess.run(
            ["nsenter", f"--target={self.init}", "--all", "--root", "--wd=/",
             "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
             "DEBIAN_FRONTEND=noninteractive", "bash", "-c", text],
            text=True, capture_output=True, stdin=subprocess.DEVNULL,
            timeout=PATIENCE)

    def do(self, text):
        """Likewise, and it must succeed; what it prints."""
        done = self.run(text)
        assert done.returncode == 0, f"{text}: {done.stdout}{done.stderr}"
        return done.stdout
