import os
import pathlib
import shutil
import subprocess

import pytest

from clean_debian import make
from weir_node import ROOT

CONFIG = "/etc/weir/weir.toml"
BUILD = pathlib.Path(os.environ.get("WEIR_BUILD") or ROOT / "build/release")


def printed(*command, **more):
    return subprocess.run(command, check=True, text=True, capture_output=True,
                          **more).stdout


@pytest.fixture(scope="session")
def package(tmp_path_factory):
    """As cpack makes it."""
    folder = tmp_path_factory.mktemp("package")
    subprocess.run(["cpack", "-G", "DEB", "--config",
                    str(BUILD / "CPackConfig.cmake"), "-B", str(folder)],
                   cwd=BUILD, check=True, capture_output=True)
    found, = folder.glob("*.deb")
    return found


@pytest.fixture(scope="session")
def content(package, tmp_path_factory):
    folder = tmp_path_factory.mktemp("content")
    printed("dpkg-deb", "-R", str(package), str(folder))
    return folder


@pytest.fixture(scope="session")
def next_package(content, tmp_path_factory):
    """The version after it, whose configuration is another one."""
    folder = tmp_path_factory.mktemp("next")
    shutil.copytree(content, folder / "weir", symlinks=True)
    control = folder / "weir/DEBIAN/control"
    control.write_text(control.read_text().replace("Version: ", "Version: 9."))
    config = folder / f"weir{CONFIG}"
    config.write_text(config.read_text() + "# of the next version\n")
    sums = folder / "weir/DEBIAN/md5sums"
    sums.write_text("".join(x + "\n" for x in sums.read_text().splitlines()
                            if not x.endswith(CONFIG[1:])))
    printed("dpkg-deb", "-Zgzip", "-z1", "--root-owner-group", "-b",
            str(folder / "weir"), str(folder / "next.deb"))
    return folder / "next.deb"


@pytest.fixture(scope="session")
def base(tmp_path_factory):
    """Downloaded once for all tests of a run."""
    if os.geteuid() != 0:
        pytest.skip("a clean Debian takes root")
    folder = tmp_path_factory.mktemp("base") / "debian"
    make(folder)
    return folder


@pytest.fixture(scope="module")
def clean(base, tmp_path_factory):
    """A copy, to do with as one likes."""
    folder = tmp_path_factory.mktemp("clean") / "debian"
    subprocess.run(["cp", "-a", "--reflink=auto", str(base), str(folder)],
                   check=True)
    return folder
