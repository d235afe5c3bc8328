"""The Debian package is installed, run, upgraded and removed in a clean Debian 12,
as docs/deployment.md says. The text is taken from there."""

import gzip
import json
import os
import re
import shutil
import subprocess
import time

import pytest

from clean_debian import CleanDebian
from conftest import BUILD, CONFIG, printed
from readme import examples, marked
from waiting import PATIENCE, wait_until

STEPS = marked("docs/deployment.md", "step")


# -- what is in it ------------------------------------------------------------

def test_lintian_has_no_complaint(package):
    done = subprocess.run(["lintian", "--allow-root", "--fail-on=error,warning",
                           str(package)], text=True, capture_output=True)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def test_what_debian_does_not_have_is_linked_in(package, content):
    needed = printed("readelf", "-d", str(content / "usr/bin/weir"))
    assert "libc.so.6" in needed
    assert not re.search("rdkafka|libcaf|RUNPATH|RPATH", needed), needed
    depends = printed("dpkg-deb", "-f", str(package), "Depends")
    assert "libssl3" in depends and "rdkafka" not in depends, depends


def test_it_tells_what_is_in_it(content):
    sbom = json.loads((content / "usr/share/doc/weir/weir.spdx.json").read_text())
    assert sbom["spdxVersion"] == "SPDX-2.3"
    packages = {x["name"]: x for x in sbom["packages"]}
    ids = [x["SPDXID"] for x in sbom["packages"]]
    assert len(set(ids)) == len(ids)
    kinds = {x["relatedSpdxElement"]: x["relationshipType"]
             for x in sbom["relationships"]}
    assert set(kinds) == set(ids)
    for name in ("CAF", "librdkafka", "Boost", "CLI11"):
        assert kinds[packages[name]["SPDXID"]] == "STATIC_LINK"
        assert re.match(r"\d", packages[name]["versionInfo"]), packages[name]
    # Each library that it loads is there, by its package, with its version.
    listed = " ".join(x.get("comment", "") for x in sbom["packages"])
    for library in re.findall(r"\(NEEDED\).*\[(.+)\]", printed(
            "readelf", "-d", str(content / "usr/bin/weir"))):
        assert library in listed, library
    for x in sbom["packages"]:
        assert x["versionInfo"] != "NOASSERTION", x


def test_licences_are_there_of_all_that_is_linked_in(content):
    text = (content / "usr/share/doc/weir/copyright").read_text()
    for holder in ("Dominik Charousset", "Magnus Edenhill",
                   "Boost Software License", "University of Cincinnati",
                   "Apache License"):
        assert holder in text, holder


def test_the_manual_names_every_option_and_every_key(content):
    pages = {x.name: gzip.open(x, "rt").read()
             for x in (content / "usr/share/man").glob("man?/*.gz")}
    assert set(pages) == {"weir.1.gz", "weirctl.1.gz", "weir.toml.5.gz"}
    program = str(BUILD / "weir")
    options = set(re.findall("--[a-z]+", printed(program, "--help")
                             + printed(program, "check", "--help")))
    assert options >= {"--set", "--kafka", "--partitions", "--version"}
    completions = {
        "bash": content / "usr/share/bash-completion/completions/weir",
        "zsh": content / "usr/share/zsh/vendor-completions/_weir"}
    for option in options:
        assert option in pages["weir.1.gz"].replace("\\", ""), option
        for file in completions.values():
            assert option in file.read_text(), f"{option} in {file}"
    for key in ("listen", "ping_interval", "max_lag", "room_from"):
        assert f".BR {key} " in pages["weir.toml.5.gz"], key
    for page in (content / "usr/share/man").glob("man?/*.gz"):
        said = subprocess.run(
            ["man", "--warnings", "-l", "-Tutf8", "-Z", str(page)], text=True,
            capture_output=True, env=os.environ | {"MANWIDTH": "80"}).stderr
        assert said == "", said


def test_the_manual_and_completion_of_weirctl_name_all_that_it_takes(content):
    program = str(BUILD / "weirctl")
    commands = re.findall(r"^  ([a-z]+) ",
                          printed(program, "--help").split("Subcommands:")[1],
                          re.M)
    assert {"status", "rooms", "disconnect"} <= set(commands)
    words = set(commands) | set(re.findall("--[a-z-]+", "".join(
        printed(program, *x, "--help") for x in [[], *([y] for y in commands)])))
    page = gzip.open(content / "usr/share/man/man1/weirctl.1.gz", "rt").read()
    for file in ("usr/share/bash-completion/completions/weirctl",
                 "usr/share/zsh/vendor-completions/_weirctl"):
        text = (content / file).read_text()
        assert [x for x in words if x not in text] == [], file
    page = page.replace("\\", "")
    assert [x for x in words - {"--help", "--version"} if x not in page] == []


def completed(content, *words):
    """What bash offers for the last word."""
    file = content / "usr/share/bash-completion/completions/weir"
    script = (f'. {file}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
              'compopt() { :; }; _weir weir "${!#}"; '
              'printf "%s\\n" "${COMPREPLY[@]}"')
    return printed("bash", "-c", script, "bash", *words,
                   cwd=content / "etc/weir").split()


def test_bash_completes_commands_files_and_options(content):
    assert completed(content, "weir", "") == ["weir.toml", "check"]
    assert completed(content, "weir", "check", "w") == ["weir.toml"]
    assert completed(content, "weir", "check", "--ka") == ["--kafka"]
    assert completed(content, "weir", "--v") == ["--version"]


def test_each_example_of_the_document_is_run_here():
    """But for configurations: tests/clients/test_readme.py."""
    for x in examples("docs/deployment.md"):
        assert x.kind == "step" or x.language in ("text", "ini", "toml"), x.text


def installed(prefix):
    printed("cmake", "--install", str(BUILD), "--prefix", str(prefix))
    return prefix


def test_an_installation_elsewhere_names_its_own_files(tmp_path):
    prefix = installed(tmp_path / "opt")
    printed(str(prefix / "bin/weir"), "check", str(prefix / CONFIG[1:]))
    unit = (prefix / "lib/systemd/system/weir.service").read_text()
    assert f"ExecStart={prefix}/bin/weir {prefix}/etc/weir/weir.toml\n" in unit
    assert "@" not in unit.replace("@system-service", "").replace(
        "~@privileged", "")
    assert (prefix / "share/doc/weir/LICENSE").exists()


def test_another_installation_leaves_the_configuration_alone(tmp_path):
    config = installed(tmp_path / "opt") / CONFIG[1:]
    config.write_text("# mine\n")
    installed(tmp_path / "opt")
    assert config.read_text() == "# mine\n"


# -- its life -----------------------------------------------------------------

@pytest.fixture(scope="module")
def debian(package, next_package, clean):
    shutil.copy(package, clean / f"root/{package.name}")
    shutil.copy(next_package, clean / "root/next.deb")
    # Booted, it has no network.
    printed("chroot", str(clean), "apt-get", "install", "--yes", "--quiet",
            "--download-only", "--no-install-recommends",
            f"/root/{package.name}")
    with CleanDebian(clean) as debian:
        yield debian


def is_active(debian):
    return debian.run("systemctl is-active weir").stdout.strip()


def main_process(debian):
    return debian.do("systemctl show -P MainPID weir").strip()


def test_from_the_package_to_the_first_message(debian, package):
    """In at most ten commands, of which the last may be repeated."""
    install, = STEPS["install"].text.splitlines()
    assert f"./{package.name}" in install
    install = install.replace("apt install",
                              "apt install --yes --no-install-recommends")
    commands = STEPS["message"].text.splitlines()
    assert 1 + len(commands) <= 10
    began = time.monotonic()
    debian.do(f"cd /root && {install}")
    seen = debian.do("set -e; " + "\n".join(commands[:-1])
                     + f"\nuntil {commands[-1]} | tee -a /tmp/seen"
                     + " | grep hello; do :; done\ncat /tmp/seen")
    took = time.monotonic() - began
    print(f"from apt install to the first message: {took:.1f} s")
    shown, = (x.text for x in examples("docs/deployment.md")
              if x.language == "text")
    assert shown.rstrip() in seen
    assert took < 60


def test_the_service_runs_as_a_user_without_rights(debian):
    assert is_active(debian) == "active"
    assert debian.do("systemctl is-enabled weir").strip() == "enabled"
    status = debian.do(f"cat /proc/{main_process(debian)}/status")
    assert re.search(r"^CapEff:\s+0+$", status, re.MULTILINE), status
    assert re.search(r"^NoNewPrivs:\s+1$", status, re.MULTILINE), status
    assert re.search(r"^Seccomp:\s+2$", status, re.MULTILINE), status
    user = debian.do(f"ps -o user= -p {main_process(debian)}").strip()
    assert user == "weir"
    assert debian.do(f"stat -c '%U:%G %a' {CONFIG}").strip() == "root:weir 640"
    assert debian.run(f"setpriv --reuid nobody cat {CONFIG}").returncode != 0
    log = debian.do("journalctl -u weir -o cat")
    assert "the embedded broker is for trying things out" in log
    exposure = debian.do("systemd-analyze security weir --no-pager")
    level = float(re.search(r"exposure level for weir.service: ([\d.]+)",
                            exposure)[1])
    assert level < 2, exposure


def test_a_wrong_configuration_is_told_by_the_start(debian):
    debian.do(f"cp -p {CONFIG} /root/kept")
    debian.do(f"echo 'nonsense = 1' >> {CONFIG}")
    assert debian.run("systemctl restart weir").returncode != 0
    assert "nonsense" in debian.do("journalctl -u weir -o cat -n 20")
    debian.do(f"cp -p /root/kept {CONFIG} && systemctl restart weir")
    assert is_active(debian) == "active"


def test_a_port_below_1024_takes_a_capability(debian):
    drop_in, = (x.text for x in examples("docs/deployment.md")
                if x.language == "ini")
    folder = "/etc/systemd/system/weir.service.d"
    debian.do(f"sed -i 's/:3000/:80/' {CONFIG}")
    assert debian.run("systemctl restart weir").returncode != 0
    debian.do(f"mkdir {folder} && printf %s '{drop_in}' > {folder}/port.conf"
              " && systemctl daemon-reload && systemctl restart weir")
    assert "sid" in debian.do(
        "curl -s 'http://127.0.0.1/socket.io/?EIO=4&transport=polling'")
    debian.do(f"sed -i 's/:80\"/:3000\"/' {CONFIG} && rm -r {folder}"
              " && systemctl daemon-reload && systemctl restart weir")


def test_an_upgrade_keeps_the_configuration_and_restarts(debian):
    debian.do(f"sed -i 's/:3000/:3001/' {CONFIG} && systemctl restart weir")
    former = main_process(debian)
    debian.do("apt install --yes -o Dpkg::Options::=--force-confdef "
              "-o Dpkg::Options::=--force-confold /root/next.deb")
    assert is_active(debian) == "active"
    assert main_process(debian) != former
    config = debian.do(f"cat {CONFIG}")
    assert ":3001" in config and "of the next version" not in config
    assert debian.do(f"stat -c '%U:%G %a' {CONFIG}").strip() == "root:weir 640"
    assert debian.do("curl -s http://127.0.0.1:9300/livez") == "ok\n"
    assert "sid" in debian.do(
        "curl -s 'http://127.0.0.1:3001/socket.io/?EIO=4&transport=polling'")


def test_a_reload_leaves_it_running(debian):
    former = main_process(debian)
    debian.do("systemctl reload weir")
    wait_until(lambda: "configuration read again"
               in debian.do("journalctl -u weir -o cat -n 5"),
               "the configuration to be read again")
    assert main_process(debian) == former


def test_what_is_killed_comes_back(debian):
    former = main_process(debian)
    debian.do("systemctl kill -s KILL weir")
    wait_until(lambda: is_active(debian) == "active"
               and main_process(debian) not in ("0", former),
               "a new process", PATIENCE)


def test_removed_and_purged_it_leaves_nothing(debian):
    process = main_process(debian)
    debian.do("apt remove --yes weir")
    assert is_active(debian) in ("inactive", "unknown")
    assert debian.run(f"kill -0 {process}").returncode != 0
    log = debian.do("journalctl -u weir -o cat")
    assert log.rstrip().splitlines()[-1] and "stopped" in log
    debian.do(f"test -e {CONFIG} && test ! -e /usr/bin/weir")
    debian.do("apt purge --yes weir")
    left = debian.do("find / -xdev -path /proc -prune -o -path /root -prune -o "
                     "-path /var/lib/apt -prune -o -name '*weir*' -print")
    assert left == "", left
    debian.do("getent passwd weir")  # files may be its
