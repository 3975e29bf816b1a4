from pathlib import Path

import pytest

from acrime.bootstrap import packages
from acrime.bootstrap.packages import Stamp, install_debian
from acrime.bootstrap.places import REQUIREMENTS
from acrime.bootstrap.report import SetupRefused


def test_a_stamp_holds_until_an_input_changes(tmp_path: Path) -> None:
    listing = tmp_path / "list.txt"
    listing.write_text("one==1")
    stamp = Stamp(tmp_path / "stamp", of=[listing])
    assert not stamp.is_current()

    stamp.write()
    assert Stamp(tmp_path / "stamp", of=[listing]).is_current()
    assert not Stamp(tmp_path / "stamp", of=[listing], and_also="another Python").is_current()

    listing.write_text("one==2")
    assert not Stamp(tmp_path / "stamp", of=[listing]).is_current()


def test_packages_are_not_installed_again_while_the_stamp_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[object] = []
    monkeypatch.setattr(packages, "run_logged", lambda command, **_: runs.append(command))

    packages.install_requirements("npm", target=tmp_path)
    packages.install_requirements("npm", target=tmp_path)

    assert len(runs) == 1


def test_a_failed_installation_leaves_no_stamp(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(command: object, *, log: Path, failure: str) -> None:
        raise SetupRefused(failure)

    monkeypatch.setattr(packages, "run_logged", fail)

    with pytest.raises(SetupRefused, match="package index"):
        packages.install_requirements("npm", target=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_without_the_right_to_install_the_command_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(SetupRefused) as refusal:
        install_debian(["chromium"], reason="the browser tests need it")
    assert "    sudo apt-get install -y --no-install-recommends chromium" in str(refusal.value)


def test_the_lists_have_hashes_and_name_no_index() -> None:
    for listing in REQUIREMENTS.glob("*.txt"):
        text = listing.read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert "://" not in text, listing.name
        assert "index-url" not in text, listing.name
