"""``manage.py receive_iaq``: one line of outcome for each message."""

import io
import logging
import re
import sys
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

import pytest
from django.core.management import CommandError, call_command

from acrime.audit.models import AuditEvent
from acrime.iaq.choices import MessageState
from acrime.iaq.intake import KEPT_BYTES
from acrime.iaq.models import InboundMessage, StatusQuery
from acrime.iaq.querysets import desk_messages
from tests import factories
from tests.factories import message_bytes, query_numbered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice")]

SEEDS = Path(__file__).resolve().parents[4] / "shared" / "seeds"


def receive_iaq(*arguments: str | Path) -> str:
    """What the command prints; raises ``CommandError`` where it exits with 1."""
    out = io.StringIO()
    call_command("receive_iaq", *map(str, arguments), stdout=out)
    return out.getvalue()


def refused(*arguments: str | Path) -> tuple[str, str]:
    """What the command prints, and how it says that not everything was accepted."""
    out = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command("receive_iaq", *map(str, arguments), stdout=out)
    assert error.value.returncode == 1
    return out.getvalue(), str(error.value)


def pipe(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    """Let *raw* come in on standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))


def test_a_file(tmp_path: Path, at: datetime) -> None:
    file = tmp_path / "one.txt"
    file.write_bytes(message_bytes())

    line = receive_iaq(file)

    number = StatusQuery.objects.get().record.number
    assert line == f"accepted {number}  {file}\n"
    assert query_numbered(number).record.creator.username == "message-switch"
    assert query_numbered(number).received_at == at


def test_the_same_file_again(tmp_path: Path) -> None:
    file = tmp_path / "one.txt"
    file.write_bytes(message_bytes())
    first = receive_iaq(file)

    assert receive_iaq(file) == first.replace("accepted", "repeated")


def test_a_folder_in_the_order_of_its_names(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_bytes(message_bytes(PUR="Z"))
    (tmp_path / "a.txt").write_bytes(message_bytes())
    (tmp_path / "c.txt").write_bytes(message_bytes().replace(b"\n", b"\r\n"))
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "d.txt").write_bytes(message_bytes(serial=2))

    printed, error = refused(tmp_path)

    query = StatusQuery.objects.get().record.number
    kept = InboundMessage.objects.get(state=MessageState.REFUSED).number
    assert printed.splitlines() == [
        f"accepted {query}  {tmp_path}/a.txt",
        f"refused {kept} unknown-purpose PUR  {tmp_path}/b.txt",
        f"repeated {query}  {tmp_path}/c.txt",
    ]
    assert error == "1 of 3 messages were not accepted."


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, message_bytes())

    assert re.fullmatch(r"accepted IAQ-2026-[0-9A-Z]{4}-[0-9A-Z]{4}  -\n", receive_iaq("-"))


def test_nothing_on_standard_input_is_kept_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, b"")

    printed, _ = refused("-")
    assert re.fullmatch(r"refused MSG-2026-\S+ empty  -\n", printed)


def test_acknowledgements_on_request(tmp_path: Path) -> None:
    file = tmp_path / "one.txt"
    file.write_bytes(message_bytes())

    line, *text = receive_iaq(file, "--acknowledgements").splitlines()
    assert line.startswith("accepted IAQ-2026-")
    assert text == InboundMessage.objects.get().acknowledgement.splitlines()


def test_a_message_too_large_to_keep_is_left_in_place(tmp_path: Path) -> None:
    file = tmp_path / "huge.txt"
    file.write_bytes(b"A" * (KEPT_BYTES + 1))

    printed, _ = refused(file)
    assert printed == f"refused too-large-to-keep  {file} (not taken, left in place)\n"
    assert file.exists()
    assert not InboundMessage.objects.exists()


def test_a_message_over_a_mebibyte_is_kept_for_a_person(tmp_path: Path) -> None:
    file = tmp_path / "large.txt"
    file.write_bytes(message_bytes() + b" " * 1_048_576)

    printed, _ = refused(file)
    message = InboundMessage.objects.get()
    assert printed == f"refused {message.number} too-large  {file}\n"
    assert bytes(message.original) == file.read_bytes()


def test_an_unreadable_file_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_bytes(message_bytes())
    (tmp_path / "b.txt").write_bytes(message_bytes(serial=2))
    open_file = Path.open

    def closed(self: Path, mode: str) -> IO[Any]:
        if self.name == "a.txt":
            raise PermissionError(13, "Permission denied")
        return open_file(self, mode)

    monkeypatch.setattr(Path, "open", closed)
    printed, _ = refused(tmp_path)

    first, second = printed.splitlines()
    assert first == f"unreadable  {tmp_path}/a.txt: Permission denied"
    assert second.startswith("accepted IAQ-2026-")


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"There is no file or folder .*nowhere"):
        receive_iaq(tmp_path / "nowhere")


def test_an_empty_folder_is_no_failure(tmp_path: Path) -> None:
    assert receive_iaq(tmp_path) == ""


def test_a_file_name_stays_on_its_line(tmp_path: Path) -> None:
    file = tmp_path / "two\nlines\x1b\udcff.txt"
    file.write_bytes(message_bytes())

    line = receive_iaq(file)
    assert line.endswith("two?lines??.txt\n")
    assert line.count("\n") == 1


def test_neither_the_lines_nor_the_log_tell_a_personal_value(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a.txt").write_bytes(message_bytes())
    (tmp_path / "b.txt").write_bytes(message_bytes(serial=2, PUR="Z"))
    with caplog.at_level(logging.DEBUG):
        printed, error = refused(tmp_path, "--acknowledgements")

    for value in factories.PERSONAL_VALUES:
        assert value not in printed + error + caplog.text


def test_the_switch_is_one_account_and_reads_no_record(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(message_bytes())
    receive_iaq(tmp_path)
    receive_iaq(tmp_path)

    switch = StatusQuery.objects.get().record.creator
    assert (
        AuditEvent.objects.filter(kind="user.created", details__user=switch.username).count() == 1
    )
    assert not switch.has_usable_password()
    assert not desk_messages(switch).exists()
    assert not StatusQuery.objects.visible_to(switch).exists()


# --- The published sample --------------------------------------------------------------------


def packet_sample() -> bytes:
    """The sample query of the published packet, with its own line breaks."""
    for path in sorted(SEEDS.glob("001*.txt")):
        text = path.read_text(encoding="utf-8")
        begin = text.index("IAQ RECEIVED")
        end = text.index("\n", text.index("QUERY MESSAGE TEXT ENDS", begin))
        return text[begin:end].encode("ascii")
    pytest.skip("the published packet is not beside this clone")


def test_the_packets_own_sample(tmp_path: Path) -> None:
    file = tmp_path / "sample.txt"
    file.write_bytes(packet_sample())

    (line,) = receive_iaq(file).splitlines()
    outcome, number, _ = line.split(maxsplit=2)
    assert outcome == "accepted"
    query = query_numbered(number)
    assert query.name_shown == "TEST, TEST"
    assert (query.birth_date, query.sex, query.birth_place) == (date(1980, 1, 28), "F", "XX")
    assert (query.in_custody, query.offense, query.purpose) == (True, "0399", "C")
    assert (query.ori, query.attention) == ("WVFBIID00", "ORI=TX1234567")
    assert (query.arresting_ori, query.phone) == ("TX1234567", "3046252000")
    assert query.transaction_number == "sscn200824807988795"
    assert "IDSM=sscn200824807988795" in str(query.remarks)
    assert query.fingerprint_based

    # What the packet prints masked is no number of anybody, and is still told.
    assert (query.fbi_number, query.a_number, query.state_id_list) == (None, None, [])
    masked = {note["field"] for note in query.notes if note["code"] == "masked"}
    assert {"FBI", "ARN", "SID"} <= masked
    assert '"SID": "XXXXXXXXXX"' in str(query.fields)

    (encounter,) = query.encounters.all()
    assert (encounter.last, encounter.first, encounter.sex) == ("TEST", "HEATHER", "F")
    assert encounter.birth_place == "CN"
    assert receive_iaq(file) == line.replace("accepted", "repeated") + "\n"
