"""The tip line: two people, and handing over to a successor without a release unaccounted."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime

import pytest
from django.urls import reverse

from accounts.choices import Role
from accounts.models import User
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from acrime.tips import events
from acrime.tips.actions import decide_not_kept
from acrime.tips.choices import LineAct, PartKind, Speech
from acrime.tips.line import actions
from acrime.tips.models import LineChange, Tip, TipExport, TipExportItem, TipExportPart
from routine_uses.actions import add_recipient
from routine_uses.choices import Field, RecipientType
from routine_uses.models import Disclosure, Recipient
from tests.conftest import BrowserFactory, UserFactory
from tests.support import tips

pytestmark = pytest.mark.django_db


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(ActionRefused) as refusal:
        act()
    return refusal.value.code


@pytest.fixture
def closed(
    line: LineChange, analyst: User, supervisor: User, privacy_officer: User, at: datetime
) -> list[Tip]:
    """Three tips, one of them not kept, of a line that is closed by now."""
    made = [
        tips.phoned(tips.told(f"{tips.TEXT} {n}"), actor=analyst, at=at, mark=str(n))
        for n in range(3)
    ]
    struck = tips.in_triage(made[2], actor=analyst, at=at)
    tips.answer_of(struck, Speech.NOT_KEPT, actor=analyst, at=at)
    decide_not_kept(tip=struck, agrees=True, reason="A vigil.", actor=privacy_officer, at=at)
    tips.close_line(actor=supervisor, second=privacy_officer, at=at)
    return [tips.fresh(each) for each in made]


@pytest.fixture
def export(
    closed: list[Tip], bureau: Recipient, supervisor: User, privacy_officer: User, at: datetime
) -> TipExport:
    """A handing over that two people decided."""
    made = actions.propose_export(
        recipient=bureau, reason="Notice of the successor", actor=supervisor, at=at
    )
    actions.decide_export(export=made, agrees=True, actor=privacy_officer, at=at)
    return TipExport.objects.get(pk=made.pk)


def test_two_people_open_and_close_it(
    line: LineChange, supervisor: User, privacy_officer: User, analyst: User, at: datetime
) -> None:
    def propose(actor: User, act: str = LineAct.CLOSE, instead: str = "Elsewhere") -> LineChange:
        return actions.propose_change(
            act=act, reason="Because", instead=instead, actor=actor, at=at
        )

    assert refused(lambda: propose(analyst)) == "not-your-role"
    assert refused(lambda: propose(supervisor, LineAct.OPEN)) == "act"
    assert refused(lambda: propose(supervisor, instead="")) == "instead"
    change = propose(supervisor)
    assert refused(lambda: propose(privacy_officer)) == "wrong-state"

    def decide(actor: User, *, agrees: bool = True) -> None:
        actions.decide_change(change=change, agrees=agrees, actor=actor, at=at)

    assert refused(lambda: decide(supervisor)) == "own-work"
    decide(privacy_officer, agrees=False)
    tips.from_public(at=at)
    assert refused(lambda: decide(privacy_officer)) == "wrong-state"


def test_a_file_is_accounted_for_and_tells_its_hashes(
    export: TipExport, closed: list[Tip], supervisor: User, at: datetime, browser_of: BrowserFactory
) -> None:
    part = actions.make_part(
        export=export, kind=PartKind.TIPS, attested=True, actor=supervisor, at=at
    )
    disclosure = Disclosure.objects.get()
    kept = [each.record.number for each in closed[:2]]
    assert (disclosure.number, disclosure.letter) == (part.disclosure_number, "L")
    assert disclosure.record_numbers == kept
    assert Field.TIP_SOURCE not in disclosure.fields
    answer = browser_of(supervisor).get(reverse("tips:export-file", args=[1]))
    assert hashlib.sha256(answer.content).hexdigest() == part.sha256
    told = json.loads(answer.content)
    assert [row["number"] for row in told["manifest"]] == kept
    for row, record in zip(told["manifest"], told["records"], strict=True):
        written = json.dumps(record, ensure_ascii=False, sort_keys=True).encode()
        assert hashlib.sha256(written).hexdigest() == row["sha256"]
    assert told["disclosure"] == disclosure.number
    assert not [each for each in tips.SECRETS if each in answer.content.decode().lower()]
    assert AuditEvent.objects.filter(kind=events.EXPORTED).count() == 2
    # What is in a file goes into no other.
    again = lambda: actions.make_part(  # noqa: E731
        export=export, kind=PartKind.TIPS, attested=True, actor=supervisor, at=at
    )
    assert refused(again) == "nothing-left"


def test_who_reported_goes_into_files_of_their_own(
    export: TipExport,
    supervisor: User,
    privacy_officer: User,
    make_user: UserFactory,
    at: datetime,
    browser_of: BrowserFactory,
) -> None:
    def make(actor: User) -> TipExportPart:
        return actions.make_part(
            export=export, kind=PartKind.SOURCES, attested=True, actor=actor, at=at
        )

    # Those who are not named for them have none to put into a file.
    assert refused(lambda: make(privacy_officer)) == "nothing-left"
    part = make(supervisor)
    assert Disclosure.objects.get().fields == [Field.TIP_SOURCE]
    file = reverse("tips:export-file", args=[1])
    assert tips.REPORTER.name in browser_of(supervisor).get(file).content.decode()
    for other in (privacy_officer, make_user(Role.SUPERVISOR)):
        assert browser_of(other).get(file).status_code == 404
    assert part.records == 2


def test_whatever_interrupts_it_leaves_neither_file_nor_release(
    export: TipExport, supervisor: User, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the accounting and before the file, or in the middle of its rows."""
    made = 0

    class Killed(BaseException):
        pass

    def killed_at(step: int) -> Callable[..., object]:
        whole = TipExportItem.objects.create

        def create(**given: object) -> object:
            nonlocal made
            made += 1
            if made == step:
                raise Killed
            return whole(**given)

        return create

    for step in (1, 2):
        made = 0
        with monkeypatch.context() as patch:
            patch.setattr(TipExportItem.objects, "create", killed_at(step))
            with pytest.raises(Killed):
                actions.make_part(
                    export=export, kind=PartKind.TIPS, attested=True, actor=supervisor, at=at
                )
        assert not TipExportPart.objects.exists()
        assert not Disclosure.objects.exists()
    actions.make_part(export=export, kind=PartKind.TIPS, attested=True, actor=supervisor, at=at)
    assert Disclosure.objects.get().number == TipExportPart.objects.get().disclosure_number


def test_what_handing_over_needs(
    closed: list[Tip],
    bureau: Recipient,
    police: Recipient,
    supervisor: User,
    privacy_officer: User,
    at: datetime,
) -> None:
    def propose(recipient: Recipient) -> TipExport:
        return actions.propose_export(
            recipient=recipient, reason="Because", actor=supervisor, at=at
        )

    assert refused(lambda: propose(police)) == "recipient"
    made = propose(bureau)

    def make() -> TipExportPart:
        return actions.make_part(
            export=made, kind=PartKind.TIPS, attested=True, actor=supervisor, at=at
        )

    assert refused(make) == "wrong-state"
    actions.decide_export(export=made, agrees=True, actor=privacy_officer, at=at)
    tips.open_line(keeper=supervisor, second=privacy_officer, at=at)
    assert refused(make) == "line-open"


def test_inside_the_agency_it_is_written_down_and_not_accounted(
    closed: list[Tip], supervisor: User, privacy_officer: User, analyst: User, at: datetime
) -> None:
    inside = add_recipient(
        actor=analyst,
        at=at,
        name="Synthetic tip unit",
        type=RecipientType.FEDERAL,
        address_lines=["1 Example Street"],
        inside_dhs=True,
        channel=Channel.COMMAND,
    )
    made = actions.propose_export(recipient=inside, reason="Moves", actor=supervisor, at=at)
    actions.decide_export(export=made, agrees=True, actor=privacy_officer, at=at)
    part = actions.make_part(
        export=made, kind=PartKind.TIPS, attested=True, actor=supervisor, at=at
    )
    assert (part.inside, part.disclosure_number) == (True, "")
    assert not Disclosure.objects.exists()
    event = AuditEvent.objects.filter(kind=events.EXPORTED).first()
    assert event is not None
    assert event.details["sha256"] == part.sha256
