import os
import pwd
from pathlib import Path

import pytest

from acrime.bootstrap import database
from acrime.bootstrap.database import SOCKET_NAME, SOCKET_PATH_LIMIT, Server
from acrime.bootstrap.report import SetupRefused


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "postgres"
    folder.mkdir()
    return folder


def test_no_lock_file_means_not_running(folder: Path) -> None:
    assert not Server(folder).runs()


@pytest.mark.parametrize("pid", [str(2**22 + 1), "not a number", ""])
def test_a_lock_file_of_a_dead_server_means_not_running(folder: Path, pid: str) -> None:
    (folder / "postmaster.pid").write_text(f"{pid}\n{folder}\n")

    assert not Server(folder).runs()


def test_a_number_taken_over_by_another_program_means_not_running(folder: Path) -> None:
    (folder / "postmaster.pid").write_text(f"{os.getpid()}\n{folder}\n")

    assert not Server(folder).runs()


def test_the_socket_lies_with_the_data_unless_the_path_is_too_long(folder: Path) -> None:
    assert Server(folder).socket_folder == folder

    deep = Path("/") / ("d" * 60) / ("é" * 30)
    short = Server(deep).socket_folder
    assert len(os.fsencode(short / SOCKET_NAME)) <= SOCKET_PATH_LIMIT
    assert short != Server(deep / "another").socket_folder


def test_the_address_survives_awkward_folder_names() -> None:
    server = Server(Path("/srv/a clone & more/postgres"))

    folder = "/srv/a%20clone%20%26%20more/postgres"
    assert server.url == f"postgresql://acrime@/acrime?host={folder}"
    assert server.portal_url == f"postgresql://acrime_app@/acrime?host={folder}"


def test_a_short_folder_that_someone_else_made_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = tmp_path / "acrime-planted"
    planted.mkdir(mode=0o755)
    monkeypatch.setattr(Server, "socket_folder", planted)
    server = Server(tmp_path / "postgres")
    (server.folder).mkdir()
    (server.folder / "PG_VERSION").write_text("18\n")
    monkeypatch.setattr(Server, "_check_version", lambda self: None)
    monkeypatch.setattr(database, "_server_user", lambda: pwd.getpwuid(os.geteuid()))

    with pytest.raises(SetupRefused, match="belongs to someone else"):
        server.start()
