import os
import re
import socket
from pathlib import Path

import pytest

from acrime.bootstrap.portal import Address, only_here, programs, refuse_taken_port
from acrime.bootstrap.report import SetupRefused


def test_a_taken_port_is_refused_with_the_way_out() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]

        with pytest.raises(SetupRefused) as refusal:
            refuse_taken_port(Address("127.0.0.1", port))

    assert f"Port {port} of 127.0.0.1" in str(refusal.value)
    assert "make run ACRIME_PORT=" in str(refusal.value)
    refuse_taken_port(Address("127.0.0.1", port))


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACRIME_PORT", port)

    with pytest.raises(SetupRefused, match="ACRIME_PORT"):
        Address.from_environment()


def test_the_address_is_the_machines_own_unless_said_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("ACRIME_PORT", raising=False)
    monkeypatch.delenv("ACRIME_BIND", raising=False)
    assert str(Address.from_environment()) == "http://127.0.0.1:8000/"

    monkeypatch.setenv("ACRIME_PORT", "8123")
    monkeypatch.setenv("ACRIME_BIND", "0.0.0.0")  # noqa: S104  # what a person may set
    assert str(Address.from_environment()) == "http://127.0.0.1:8123/"
    web = programs(Address.from_environment())[0]
    assert "--bind=0.0.0.0:8123" in web.command


def test_a_second_run_is_told_where_the_first_one_serves(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    about = f"http://127.0.0.1:8000/ (process {os.getpid()})"
    with only_here(path, about=about):
        with pytest.raises(SetupRefused, match=re.escape(about)), only_here(path, about="another"):
            pass
        assert path.read_text() == about + "\n"

    with only_here(path, about="a later one"):
        assert path.read_text() == "a later one\n"
