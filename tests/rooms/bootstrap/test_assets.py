import base64
import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from acrime.bootstrap import assets, packages
from acrime.bootstrap.assets import LockedPackage, check_integrity, unpack
from acrime.bootstrap.places import USWDS_LOCK
from acrime.bootstrap.report import SetupRefused

FILES = {
    "package/dist/css/site.min.css": b"a{}\n/*# sourceMappingURL=site.min.css.map */\n",
    "package/dist/js/site.min.js": b"go();\n//# sourceMappingURL=site.min.js.map\n",
    "package/dist/img/one.svg": b"<svg/>",
    "package/dist/img/icons/two.svg": b"<svg/>",
    "package/dist/../../outside.svg": b"<svg/>",
    "package/src/site.scss": b"a {}",
}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "package.tgz"
    with tarfile.open(path, "w:gz") as tar:
        for name, content in FILES.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


@pytest.fixture
def locked(archive: Path) -> LockedPackage:
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    files = ("css/site.min.css", "js/*", "img/*", "*/*.svg")
    return LockedPackage("site", "1.0", f"sha512-{digest}", "package/dist", files)


def test_keeps_only_the_locked_files(tmp_path: Path, archive: Path, locked: LockedPackage) -> None:
    place = tmp_path / "static"
    place.mkdir()
    (place / "of an older version").touch()

    assert unpack(archive, locked, into=place) == 3
    kept = sorted(str(f.relative_to(place)) for f in place.rglob("*") if f.is_file())
    # An asterisk stays within one folder, and nothing leaves the place.
    assert kept == ["css/site.min.css", "img/one.svg", "js/site.min.js"]


def test_source_map_comments_are_taken_out(
    tmp_path: Path, archive: Path, locked: LockedPackage
) -> None:
    unpack(archive, locked, into=tmp_path / "static")

    assert (tmp_path / "static/css/site.min.css").read_bytes() == b"a{}\n"
    assert (tmp_path / "static/js/site.min.js").read_bytes() == b"go();\n"


def test_the_locked_archive_passes(archive: Path, locked: LockedPackage) -> None:
    check_integrity(archive, expected=locked.integrity)


def test_a_tampered_archive_is_refused_and_nothing_is_unpacked(
    tmp_path: Path, archive: Path, locked: LockedPackage, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.write_bytes(archive.read_bytes() + b"x")
    lock = tmp_path / "lock.json"
    lock.write_text("{}")
    monkeypatch.setattr(assets, "USWDS", tmp_path / "static")
    monkeypatch.setattr(assets, "USWDS_LOCK", lock)
    monkeypatch.setattr(assets.LockedPackage, "read", lambda path: locked)
    monkeypatch.setattr(assets, "fetch", lambda locked, *, into: archive)

    with pytest.raises(SetupRefused, match="nothing was unpacked"):
        assets.ensure_uswds()
    assert not (tmp_path / "static").exists()


def test_without_any_way_to_fetch_each_reason_is_named(
    tmp_path: Path, locked: LockedPackage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_index(name: str, *, target: Path) -> None:
        raise SetupRefused("no package index")

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("NPM_CONFIG_REGISTRY", raising=False)
    monkeypatch.setattr(packages, "install_requirements", no_index)

    with pytest.raises(SetupRefused) as refusal:
        assets.fetch(locked, into=tmp_path)
    for reason in ("npm is not on the PATH", "no package index", "NPM_CONFIG_REGISTRY is not set"):
        assert reason in str(refusal.value)


def test_the_lock_file_pins_a_version_by_sha512() -> None:
    locked = LockedPackage.read(USWDS_LOCK)

    assert locked.name == "@uswds/uswds"
    assert len(base64.b64decode(locked.integrity.removeprefix("sha512-"), validate=True)) == 64
