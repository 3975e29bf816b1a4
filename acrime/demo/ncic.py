"""The story of NCIC and the calls: records in each state of note, a running hit, two calls."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.calls.actions import Taken, add_task, take_call, verify_caller
from acrime.calls.choices import CallKind
from acrime.common.eastern import portal_day
from acrime.demo.papers import drawn_face, empty_paper
from acrime.iar.models import StatusResponse
from acrime.individuals.actions import PersonFacts
from acrime.individuals.choices import IdentifierKind
from acrime.individuals.choosing.actions import Part, enter, look_for
from acrime.individuals.facts.choices import Category
from acrime.individuals.search import wanted_of
from acrime.ncic import actions
from acrime.ncic.choices import (
    DocumentKind,
    Extradition,
    LocateResult,
    NcicFile,
    RemovalReason,
    ViolatorCategory,
)
from acrime.ncic.hits.actions import (
    Request,
    answer_request,
    ask_for_check,
    check_documents,
    claim,
    promise,
    receive_request,
)
from acrime.ncic.hits.choices import Answer, CameBy, Priority
from acrime.ncic.models import NcicEntry
from acrime.ncic.policy import SCHEDULE
from acrime.records.choices import SubjectRole
from routine_uses.actions import add_recipient
from routine_uses.approvals.actions import grant_approval
from routine_uses.approvals.choices import ApprovalKind
from routine_uses.choices import DeliveryChannel, Method, RecipientType

POLICE, UNKNOWN = "VT0000007", "ZZ9990009"
_WANTED = Part(SubjectRole.SUBJECT, Category.WANTED, SCHEDULE, "An entry of ICE's in NCIC")


class _Desk:
    """Two certified people who prepare and check."""

    def __init__(self, people: Mapping[str, User]) -> None:
        self.ncic, self.other = people["ncic"], people["supervisor"]
        self.paper = 0

    def entry(
        self,
        last: str,
        first: str,
        born: date,
        *,
        at: datetime,
        category: str = ViolatorCategory.ABSCONDER,
        number: str = "",
        history: tuple[str, date, date] | None = None,
    ) -> NcicEntry:
        """A record that is being prepared, with its person and its order."""
        violator = bool(category)
        nic, entered_on, removed_on = history or ("", None, None)
        entry = actions.open_entry(
            description=actions.Description(
                file=NcicFile.IMMIGRATION_VIOLATOR if violator else NcicFile.WANTED_PERSON,
                category=category,
                offense="" if violator else "0301",
                extradition="" if violator else Extradition.FELONY_FULL,
                case_number="SYN-2026-17",
                nic=nic,
                entered_on=entered_on,
                removed_on=removed_on,
            ),
            actor=self.ncic,
            at=at,
        )
        person = PersonFacts(
            last=last,
            first=first,
            sex="M",
            birth_date=born,
            identifiers=((IdentifierKind.A_NUMBER, number),) if number else (),
        )
        look_for(record=entry.record, wanted=wanted_of(person), actor=self.ncic, at=at)
        enter(
            record=entry.record,
            person=person,
            part=_WANTED,
            reason="Nobody known to the portal shares the name or the number.",
            despite="Another number and another date of birth.",
            actor=self.ncic,
            at=at,
            channel=Channel.COMMAND,
        )
        self.paper += 1
        actions.add_document(
            entry=entry,
            kind=DocumentKind.ORDER if violator else DocumentKind.WARRANT,
            reference=f"Synthetic {'order' if violator else 'warrant'} {self.paper:03}",
            issued_by="Synthetic immigration court" if violator else "Synthetic district court",
            issued_on=portal_day(at) - timedelta(days=10),
            name="basis.pdf",
            data=empty_paper(),
            actor=self.ncic,
            at=at,
        )
        return entry

    def checked(self, entry: NcicEntry, *, at: datetime) -> NcicEntry:
        """Handed over, and checked by the other one."""
        actions.send_to_check(entry=entry, actor=self.ncic, at=at)
        papers = list(entry.documents.order_by("pk").values_list("pk", flat=True))
        actions.check(
            entry=entry, documents=papers, actor=self.other, at=at + timedelta(minutes=20)
        )
        return entry

    def entered(self, entry: NcicEntry, nic: str, *, at: datetime) -> NcicEntry:
        """Checked, and entered under *nic*."""
        self.checked(entry, at=at)
        actions.note_entered(entry=entry, nic=nic, actor=self.ncic, at=at + timedelta(minutes=30))
        return NcicEntry.objects.select_related("record").get(pk=entry.pk)


def tell_of_ncic(people: Mapping[str, User], *, at: datetime) -> None:
    """Tell it; everything happened before *at*, and one urgent request runs."""
    desk = _Desk(people)
    ncic = people["ncic"]
    add_recipient(
        actor=people["privacy"],
        at=at - timedelta(days=20),
        name="Sampletown Police Department (synthetic)",
        type=RecipientType.LOCAL,
        address_lines=["3 Example Square", "Sampletown, VT 05601"],
        ori=POLICE,
        phone="(802) 555-0199",
        delivery_channel=DeliveryChannel.NONE,
        channel=Channel.COMMAND,
    )
    wanted = _records(desk, at=at)
    _answered(people, wanted, at=at)
    _running(people, wanted, at=at)
    _calls(people, wanted, at=at)
    actions.add_document(
        entry=wanted,
        kind=DocumentKind.PHOTOGRAPH,
        reference="Drawn head and shoulders",
        issued_by="",
        issued_on=None,
        name="face.png",
        data=drawn_face(),
        actor=ncic,
        at=at - timedelta(days=25),
    )


def _records(desk: _Desk, *, at: datetime) -> NcicEntry:
    """One in each state of note; the wanted person is the one whom agencies ask about."""

    def ago(days: int) -> datetime:
        return at - timedelta(days=days)

    desk.entry("ATRAPADO", "LUIS", date(1988, 1, 4), at=ago(1))
    waiting = desk.entry("BUSCADO", "ANDRES", date(1979, 7, 9), at=ago(2))
    actions.send_to_check(entry=waiting, actor=desk.ncic, at=ago(2) + timedelta(hours=1))
    desk.checked(desk.entry("CERCANO", "PABLO", date(1991, 3, 2), at=ago(3)), at=ago(3))
    wanted = desk.entered(
        desk.entry("FUGITIVO", "RAMON", date(1983, 5, 21), at=ago(28), category=""),
        "W990000001",
        at=ago(28),
    )
    desk.entered(
        desk.entry("AUSENTE", "MATEO", date(1975, 12, 1), at=ago(75), number="A099000701"),
        "N990000002",
        at=ago(75),
    )
    located = desk.entered(
        desk.entry(
            "HALLADO",
            "SIMON",
            date(1969, 2, 14),
            at=ago(40),
            category=ViolatorCategory.DEPORTED_FELON,
        ),
        "N990000003",
        at=ago(40),
    )
    actions.note_located(
        entry=located,
        result=LocateResult.DETAINER,
        by_ori=POLICE,
        note="Held on local charges.",
        actor=desk.ncic,
        at=ago(6),
    )
    removed = desk.entered(
        desk.entry("LIBRADO", "TOBIAS", date(1994, 8, 30), at=ago(60)), "N990000004", at=ago(60)
    )
    actions.note_cleared(
        entry=removed,
        reason=RemovalReason.WARRANT_DISMISSED,
        note="The order was vacated.",
        actor=desk.ncic,
        at=ago(9),
    )
    actions.note_removed(
        entry=removed,
        reason=RemovalReason.WARRANT_DISMISSED,
        note="",
        actor=desk.ncic,
        at=ago(8),
    )
    desk.checked(
        desk.entry(
            "ANTIGUO",
            "KARIM",
            date(1970, 10, 10),
            at=ago(20),
            category=ViolatorCategory.NSEERS,
            history=("N990000005", date(2004, 3, 1), date(2011, 5, 2)),
        ),
        at=ago(20),
    )
    return wanted


def _request(number: int, priority: Priority, *, nic: str = "W990000001") -> Request:
    return Request(
        nic=nic,
        ori=POLICE,
        priority=priority,
        number=number,
        attention="SGT SAMPLE",
        person_name="FUGITIVO, RAMON",
        person_born="19830521",
    )


def _answered(people: Mapping[str, User], entry: NcicEntry, *, at: datetime) -> None:
    """Confirmed within the hour, after a supervisor's check."""
    then = at - timedelta(days=1)
    ncic = people["ncic"]
    hit = receive_request(
        request=_request(1, Priority.ROUTINE),
        came_by=CameBy.NLETS,
        received_at=then,
        actor=ncic,
        at=then,
        channel=Channel.COMMAND,
    )
    claim(hit=hit, actor=ncic, at=then + timedelta(minutes=2))
    papers = list(entry.documents.order_by("pk").values_list("pk", flat=True))
    check_documents(hit=hit, documents=papers, actor=ncic, at=then + timedelta(minutes=9))
    approval = ask_for_check(
        hit=hit,
        answer=Answer.CONFIRMED,
        kind=ApprovalKind.ACCURACY,
        actor=ncic,
        at=then + timedelta(minutes=10),
    )
    grant_approval(
        approval=approval,
        reason="Compared with the warrant.",
        findings={},
        actor=people["supervisor"],
        at=then + timedelta(minutes=14),
        channel=Channel.COMMAND,
    )
    answer_request(
        hit=hit,
        answer=Answer.CONFIRMED,
        told="The warrant stands. Full extradition. Notify the center when he is held.",
        told_to="SGT SAMPLE",
        method=Method.ELECTRONIC,
        attested={"ncic_user": True},
        actor=ncic,
        at=then + timedelta(minutes=16),
    )


def _running(people: Mapping[str, User], entry: NcicEntry, *, at: datetime) -> None:
    """Asked again because nobody answered in time, and running now; one more is promised."""
    first = receive_request(
        request=_request(1, Priority.URGENT),
        came_by=CameBy.NLETS,
        received_at=at - timedelta(minutes=14),
        actor=people["ncic"],
        at=at - timedelta(minutes=14),
        channel=Channel.COMMAND,
    )
    claim(hit=first, actor=people["ncic"], at=at - timedelta(minutes=9))
    receive_request(
        request=_request(2, Priority.URGENT),
        came_by=CameBy.NLETS,
        received_at=at - timedelta(minutes=2),
        actor=people["ncic"],
        at=at - timedelta(minutes=2),
        channel=Channel.COMMAND,
    )
    promised = receive_request(
        request=_request(1, Priority.ROUTINE, nic="N990000002"),
        came_by=CameBy.NLETS,
        received_at=at - timedelta(minutes=40),
        actor=people["ncic"],
        at=at - timedelta(minutes=40),
        channel=Channel.COMMAND,
    )
    claim(hit=promised, actor=people["ncic"], at=at - timedelta(minutes=35))
    promise(
        hit=promised,
        promised_for=at + timedelta(hours=3),
        told_to="SGT SAMPLE",
        actor=people["ncic"],
        at=at - timedelta(minutes=30),
    )


def _calls(people: Mapping[str, User], entry: NcicEntry, *, at: datetime) -> None:
    """A verified follow-up of a response with a task, and a call of nobody known."""
    calls = people["calls"]
    response = StatusResponse.objects.select_related("query__record").get(query__last="FACTICE")
    verified = take_call(
        taken=Taken(
            kind=CallKind.FOLLOW_UP,
            caller_name="SAMPLE, JO",
            ori=POLICE,
            purpose="Asks whether the response still stands",
            callback_given="(802) 555-0100",
            person_asked="FACTICE, NOEMI",
            query=response.query,
        ),
        actor=calls,
        at=at - timedelta(hours=3),
    )
    verify_caller(call=verified, reached=True, actor=calls, at=at - timedelta(hours=2, minutes=50))
    person = PersonFacts(last="SAMPLE", first="JO")
    look_for(
        record=verified.record,
        wanted=wanted_of(person),
        actor=calls,
        at=at - timedelta(hours=2, minutes=48),
    )
    enter(
        record=verified.record,
        person=person,
        part=Part(
            SubjectRole.CALLER,
            Category.OFFICER,
            verified.record.schedule_item.code,
            "A call to the support center",
        ),
        reason="First call of this sergeant.",
        despite="Another person of that name.",
        actor=calls,
        at=at - timedelta(hours=2, minutes=47),
        channel=Channel.COMMAND,
    )
    add_task(
        call=verified,
        what="Tell the field office that the police asked again.",
        assigned_to=people["analyst"],
        due_at=at + timedelta(hours=20),
        actor=calls,
        at=at - timedelta(hours=2, minutes=40),
    )
    take_call(
        taken=Taken(
            kind=CallKind.ASSISTANCE,
            caller_name="UNSURE, PAT",
            ori=UNKNOWN,
            purpose="Wants the address of a person",
            callback_given="(555) 555-0123",
        ),
        actor=calls,
        at=at - timedelta(hours=1),
    )
