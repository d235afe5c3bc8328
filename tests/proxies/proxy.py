"""The proxies of docs/proxies.md, with the configurations that stand there, on
addresses that are free."""

import getpass
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess

from free_ports import free_ports
from readme import marked
from waiting import wait_until
from weir_node import die_with_parent

FILES = marked("docs/proxies.md", "file")

# Unpacked by tools/setup, where they are not installed.
CACHE = pathlib.Path(
    os.environ.get("WEIR_CACHE")
    or pathlib.Path(os.environ.get("XDG_CACHE_HOME")
                    or pathlib.Path.home() / ".cache") / "weir")
UNPACKED = CACHE / "proxies-bookworm"

COMMANDS = {
    "nginx": ["nginx", "-p", "{folder}/", "-c", "{file}", "-g",
              "daemon off; pid nginx.pid; error_log stderr; "
              f"user {getpass.getuser()};"],
    "haproxy": ["haproxy", "-db", "-f", "{file}"],
    "caddy": ["caddy", "run", "--adapter", "caddyfile", "--config", "{file}"],
    "apache2": ["apache2", "-d", "{folder}", "-f", "{file}", "-DFOREGROUND"],
}

# What a distribution's own configuration has around that of the document.
APACHE_MODULES = """mpm_event authz_core ssl socache_shmcb http2 proxy proxy_http
proxy_wstunnel slotmem_shm proxy_balancer proxy_hcheck
lbmethod_byrequests""".split()


def program(name):
    path = os.pathsep.join([os.environ["PATH"], "/usr/sbin",
                            f"{UNPACKED}/usr/sbin", f"{UNPACKED}/usr/bin"])
    found = shutil.which(name, path=path)
    assert found, f"no {name}: tools/setup unpacks it"
    return found


def modules_of(kind):
    """nginx's or apache2's, of Debian."""
    for root in ("", str(UNPACKED)):
        folder = pathlib.Path(f"{root}/usr/lib/{kind}/modules")
        if folder.exists():
            return folder
    raise AssertionError(f"no modules of {kind}: tools/setup unpacks them")


class Proxy:
    """Runs the document's file `name` in front of the nodes with these ports;
    some words of it replaced by others."""

    def __init__(self, name, ports, certificate, key, folder, changes=()):
        self.kind = {"nginx.conf": "nginx", "nginx-stream.conf": "nginx",
                     "haproxy.cfg": "haproxy", "haproxy-tcp.cfg": "haproxy",
                     "Caddyfile": "caddy", "apache.conf": "apache2"}[name]
        [self.port] = free_ports(1)
        self.folder = folder
        self.file = folder / name
        shutil.copy(certificate, folder / "site.pem")
        shutil.copy(key, folder / "site.key")
        (folder / "both.pem").write_text(
            pathlib.Path(certificate).read_text() + pathlib.Path(key).read_text())
        text = FILES[name].text
        for old, new in dict(changes).items():
            assert old in text, old
            text = text.replace(old, new)
        self.file.write_text(self.with_surroundings(self.here(text, ports)))

    def here(self, text, ports):
        text = re.sub(r"(127\.0\.0\.1|localhost):443\b", rf"\1:{self.port}", text)
        numbers = dict(zip((3001, 3002, 3003), ports))
        if len(ports) == 1:  # "leave two out"
            text = re.sub(r"^.*127\.0\.0\.1:300[23][^ ].*\n(?!.*lb_policy)", "",
                          text, flags=re.MULTILINE)
            text = re.sub(r" 127\.0\.0\.1:300[23]\b", "", text)
        return re.sub(r"127\.0\.0\.1:(300[123])\b",
                      lambda x: f"127.0.0.1:{numbers[int(x[1])]}", text)

    def with_surroundings(self, text):
        if self.kind == "nginx":
            # Where packages have folders of their own.
            own = "".join(f"  {x}_temp_path {x};\n" for x in
                          ("client_body", "proxy", "fastcgi", "scgi", "uwsgi"))
            own += "  access_log off;\n"
            (self.folder / "modules").symlink_to(modules_of("nginx"))
            return text.replace("http {\n", "http {\n" + own)
        if self.kind == "caddy":
            # Without an authority of its own, which it would install.
            return text.replace("admin off\n", "admin off\n  auto_https off\n")
        if self.kind == "apache2":
            loaded = "".join(
                f"LoadModule {x}_module {modules_of('apache2')}/mod_{x}.so\n"
                for x in APACHE_MODULES)
            return (f"{loaded}PidFile apache.pid\nErrorLog /dev/stderr\n"
                    "ServerName localhost\nUser daemon\nGroup daemon\n"
                    f"DefaultRuntimeDir {self.folder}\n" + text)
        return text

    def __enter__(self):
        command = [x.format(folder=self.folder, file=self.file)
                   for x in COMMANDS[self.kind]]
        libraries = f"{UNPACKED}/usr/lib/x86_64-linux-gnu"
        self.log = (self.folder / "log").open("w+")
        self.process = subprocess.Popen(
            [program(command[0]), *command[1:]], cwd=self.folder,
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent, start_new_session=True,
            env=os.environ | {"LD_LIBRARY_PATH": libraries,
                              "HOME": str(self.folder)})
        try:
            wait_until(self.is_open, f"{self.kind} to listen")
        except BaseException:
            self.__exit__(True)
            raise
        return self

    def __exit__(self, kind, *_):
        # With its workers, and without waiting for clients to go.
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if kind is not None:
            self.log.seek(0)
            print(f"--- {self.kind}:", self.log.read()[-4000:],
                  self.file.read_text(), sep="\n")
        self.log.close()

    def is_open(self):
        assert self.process.poll() is None, f"{self.kind} has ended"
        with socket.socket() as x:
            return x.connect_ex(("127.0.0.1", self.port)) == 0

    @property
    def url(self):
        return f"https://localhost:{self.port}"
