"""The Python environment, the hashed requirements and the few Debian packages."""

import ctypes
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from acrime.bootstrap.places import LOGS, PYTHON, REQUIREMENTS, VENV
from acrime.bootstrap.processes import run_logged
from acrime.bootstrap.report import SetupRefused, step

# What WeasyPrint loads at run time, and the Debian packages that bring it.
PDF_LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SETUP_LOG = LOGS / "setup.log"


def ensure_venv() -> None:
    """Make ``.venv`` unless a working one is there.

    Raises:
        SetupRefused: this Python cannot make virtual environments and that cannot be mended.
    """
    if _venv_works():
        return
    with step("Python environment"):
        if importlib.util.find_spec("ensurepip") is None:
            package = f"python3.{sys.version_info.minor}-venv"
            install_debian([package], reason="this Python cannot make virtual environments yet")
        run_logged(
            [sys.executable, "-m", "venv", "--clear", VENV],
            log=SETUP_LOG,
            failure=f"Python could not make a virtual environment in {VENV}.",
        )


def _venv_works() -> bool:
    if not (VENV / "bin" / "pip").exists():
        return False
    probe = subprocess.run([PYTHON, "-c", ""], check=False, capture_output=True)
    return probe.returncode == 0


def install_requirements(name: str, *, target: Path = VENV) -> None:
    """Install ``requirements/<name>.txt`` with its hashes, unless *target* already has it.

    Args:
        name: which list, for example ``base``.
        target: the virtual environment, or any other folder to put the packages into.

    Raises:
        SetupRefused: pip could not install the list.
    """
    listing = REQUIREMENTS / f"{name}.txt"
    stamp = Stamp(target / f".acrime-{name}", of=[listing], and_also=sys.version)
    if stamp.is_current():
        return
    with step(f"Python packages of requirements/{name}.txt (a minute or two the first time)"):
        run_logged(
            [
                *(PYTHON, "-m", "pip", "install", "--require-hashes", "--quiet"),
                *("--no-input", "--disable-pip-version-check", "--requirement", listing),
                *(() if target == VENV else ("--target", target)),
            ],
            log=SETUP_LOG,
            failure="pip could not install the packages. Is a package index within reach? "
            "Run the command again to go on where it stopped.",
        )
    stamp.write()


class Stamp:
    """A small file that says for which inputs a piece of work was last finished."""

    def __init__(self, path: Path, *, of: Iterable[Path], and_also: str = "") -> None:
        self.path = path
        digest = hashlib.sha256(and_also.encode())
        for source in of:
            digest.update(hashlib.sha256(source.read_bytes()).digest())
        self.value = digest.hexdigest()

    def is_current(self) -> bool:
        """Whether the work was finished for exactly these inputs."""
        return self.path.is_file() and self.path.read_text(encoding="ascii") == self.value

    def write(self) -> None:
        """Note that the work is finished."""
        self.path.write_text(self.value, encoding="ascii")


def ensure_pdf_libraries() -> None:
    """See that the libraries WeasyPrint needs can be loaded, installing them on Debian.

    Raises:
        SetupRefused: they are missing and cannot be installed by this user.
    """
    missing = [package for name, package in PDF_LIBRARIES.items() if not _loads(name)]
    if not missing:
        return
    with step("Debian packages for PDF documents"):
        install_debian(missing, reason="PDF documents need them")
        if not all(map(_loads, PDF_LIBRARIES)):
            raise SetupRefused(f"{', '.join(missing)}: installed, but still not to be loaded.")


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def ensure_browser() -> None:
    """See that there is a Chromium for the browser tests, installing Debian's if there is none.

    Raises:
        SetupRefused: there is none and this user may not install it.
    """
    if not find_browser():
        with step("Chromium for the browser tests"):
            install_debian(["chromium"], reason="the browser tests need it")


def find_browser() -> str | None:
    """The first Chromium on the PATH, or the one that ACRIME_CHROMIUM names."""
    names = (os.environ.get("ACRIME_CHROMIUM") or "", *BROWSERS)
    return next(filter(None, map(shutil.which, filter(None, names))), None)


def install_debian(packages: Sequence[str], *, reason: str) -> None:
    """Install Debian packages, as root or by sudo without a password.

    Raises:
        SetupRefused: neither is possible here, or apt-get failed; the message has the command
            for an administrator.
    """
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    advice = f"Needed: {', '.join(packages)} ({reason}).\n  Ask an administrator to run:\n"
    advice += f"    sudo {' '.join(command)}"
    become_root = _become_root()
    if become_root is None or not shutil.which("apt-get"):
        raise SetupRefused(advice)
    quiet = [*become_root, "env", "DEBIAN_FRONTEND=noninteractive"]
    try:
        run_logged([*quiet, *command], log=SETUP_LOG, failure="")
    except SetupRefused:
        # The lists of packages are absent on a fresh machine, or name versions that are gone.
        run_logged([*quiet, "apt-get", "update"], log=SETUP_LOG, failure=advice)
        run_logged([*quiet, *command], log=SETUP_LOG, failure=advice)


def _become_root() -> list[str] | None:
    """What to put before a command so that root runs it; None where that cannot be done."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        allowed = subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True)
        if allowed.returncode == 0:
            return ["sudo", "-n"]
    return None
