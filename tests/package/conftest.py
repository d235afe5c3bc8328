import os
import pathlib
import subprocess

import pytest

from clean_debian import make
from weir_node import ROOT

BUILD = pathlib.Path(os.environ.get("WEIR_BUILD") or ROOT / "build/release")


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
