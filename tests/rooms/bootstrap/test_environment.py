import stat
from pathlib import Path

import pytest

from acrime.bootstrap.environment import (
    ensure_env_file,
    environment_for_tests,
    given_database_url,
    note_embedded_urls,
)
from acrime.bootstrap.places import VAR
from acrime.config.environment import read_environment

EMBEDDED = "postgresql://acrime@/acrime?host=/somewhere/var/postgres"
PORTAL = "postgresql://acrime_app@/acrime?host=/somewhere/var/postgres"


@pytest.fixture
def env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    path = tmp_path / "var" / "acrime.env"
    ensure_env_file(path)
    return path


def test_the_portal_accepts_the_file_and_only_its_owner_can_read_it(env_file: Path) -> None:
    note_embedded_urls(env_file, portal=PORTAL, owner=EMBEDDED)

    assert stat.S_IMODE(env_file.stat().st_mode) == 0o600
    environment = read_environment({"ACRIME_ENV_FILE": str(env_file)})
    assert environment.local
    assert environment.database["HOST"] == "/somewhere/var/postgres"
    assert environment.database["USER"] == "acrime_app"
    as_owner = {"ACRIME_ENV_FILE": str(env_file), "ACRIME_AS_OWNER": "1"}
    assert read_environment(as_owner).database["USER"] == "acrime"
    # The file's owner has nothing to do with a database that somebody names.
    own = as_owner | {"DATABASE_URL": "postgresql://somebody@db.example/portal"}
    assert read_environment(own).database["USER"] == "somebody"


def test_keys_are_never_written_again(env_file: Path, tmp_path: Path) -> None:
    before = env_file.read_text()
    ensure_env_file(env_file)
    assert env_file.read_text() == before

    another = tmp_path / "another.env"
    ensure_env_file(another)
    assert another.read_text() != before


def test_a_key_that_an_older_file_lacks_is_added(env_file: Path) -> None:
    whole = env_file.read_text()
    older = "".join(line for line in whole.splitlines(keepends=True) if "SEAL_KEY" not in line)
    env_file.write_text(older)

    ensure_env_file(env_file)

    added = env_file.read_text()
    assert added.startswith(older)
    assert added.removeprefix(older).startswith("ACRIME_SEAL_KEY=k1:")
    assert stat.S_IMODE(env_file.stat().st_mode) == 0o600
    ensure_env_file(env_file)
    assert env_file.read_text() == added


def test_the_embedded_address_follows_a_moved_clone_and_nothing_else_changes(
    env_file: Path,
) -> None:
    before = env_file.read_text()
    note_embedded_urls(env_file, portal=PORTAL, owner=EMBEDDED)
    note_embedded_urls(
        env_file,
        portal=PORTAL.replace("somewhere", "elsewhere"),
        owner=EMBEDDED.replace("somewhere", "elsewhere"),
    )

    assert env_file.read_text() == before + (
        "DATABASE_URL=postgresql://acrime_app@/acrime?host=/elsewhere/var/postgres\n"
        "ACRIME_OWNER_DATABASE_URL=postgresql://acrime@/acrime?host=/elsewhere/var/postgres\n"
    )
    assert given_database_url(env_file) == ""


def test_a_persons_own_database_is_used(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = "postgresql://portal@db.example/acrime"
    env_file.write_text(env_file.read_text() + f"DATABASE_URL={own}\n")
    assert given_database_url(env_file) == own

    monkeypatch.setenv("DATABASE_URL", "postgresql://portal@other.example/acrime")
    assert given_database_url(env_file) == "postgresql://portal@other.example/acrime"


def test_a_test_run_inherits_no_setting_of_the_local_portal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACRIME_HTTPS", "1")
    monkeypatch.setenv("ACRIME_SECRET_KEY", "the portal's")

    values = environment_for_tests(database_url=EMBEDDED, folder=tmp_path)

    environment = read_environment(values)
    assert environment.test
    assert not environment.https
    assert environment.secret_key != "the portal's"
    assert environment.spool_folder.is_relative_to(tmp_path)


def test_what_a_test_run_compiles_is_kept_and_not_beside_the_sources_if_unwanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONPYCACHEPREFIX", raising=False)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    values = environment_for_tests(database_url=EMBEDDED, folder=tmp_path)
    assert "PYTHONDONTWRITEBYTECODE" not in values
    assert Path(values["PYTHONPYCACHEPREFIX"]).is_relative_to(VAR)

    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE")
    values = environment_for_tests(database_url=EMBEDDED, folder=tmp_path)
    assert "PYTHONPYCACHEPREFIX" not in values
