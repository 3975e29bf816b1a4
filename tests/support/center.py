"""Records in NCIC, hit confirmations and calls in each state, made by the portal's own acts.

Nobody here is real. Whoever acts must be certified for NCIC: ``certify`` sees to it.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from accounts.models import Course, User
from acrime.audit.choices import Channel
from acrime.calls.actions import Taken, prepare_statement, take_call, verify_caller
from acrime.calls.choices import CallKind
from acrime.calls.models import Call, CallStatement
from acrime.iaq.models import StatusQuery
from acrime.individuals.actions import PersonFacts
from acrime.individuals.choosing.actions import Part, enter, look_for
from acrime.individuals.facts.choices import Category
from acrime.individuals.models import Individual
from acrime.individuals.search import wanted_of
from acrime.ncic import actions
from acrime.ncic.choices import DocumentKind, Extradition, NcicFile
from acrime.ncic.hits.actions import Request, ask_for_check, claim, receive_request
from acrime.ncic.hits.choices import Answer, CameBy
from acrime.ncic.hits.models import HitConfirmation
from acrime.ncic.models import NcicEntry
from acrime.ncic.policy import SCHEDULE
from acrime.records.choices import SubjectRole
from acrime.records.models import Record
from routine_uses.actions import add_recipient
from routine_uses.approvals.actions import grant_approval
from routine_uses.approvals.choices import ApprovalKind
from routine_uses.choices import Field, Purpose, RecipientType
from routine_uses.models import Approval, Recipient
from tests import factories

ORI, PHONE, NIC = "VT0000007", "(802) 555-0199", "W990000101"
LAST, FIRST, CALLER = "TROUVERIE", "OSWIN", "MERRIWETHER"
TOLD = "The warrant of synthetic Osterburg stands"
WANTED = Part(SubjectRole.SUBJECT, Category.WANTED, SCHEDULE, "An entry in NCIC")


def certify(*people: User, at: datetime) -> None:
    """Record that each passed for NCIC today."""
    for person in people:
        factories.train(person, at=at, course=Course.NCIC)
        for known in ("_standing", "_held_read", "_held_at"):
            person.__dict__.pop(known, None)


def police(
    *, at: datetime, actor: User, ori: str = ORI, phone: str = PHONE, federal: bool = False
) -> Recipient:
    """A police department of the directory, or a federal agency."""
    return add_recipient(
        actor=actor,
        at=at,
        name=f"Sampletown Police {ori} (synthetic)",
        type=RecipientType.FEDERAL if federal else RecipientType.LOCAL,
        address_lines=["3 Example Square"],
        ori=ori,
        phone=phone,
        channel=Channel.COMMAND,
    )


def person_in(
    record: Record, *, part: Part, last: str, actor: User, at: datetime, first: str = FIRST
) -> Individual:
    """Somebody looked for and entered from *record*."""
    person = PersonFacts(last=last, first=first, birth_date=date(1983, 5, 21))
    look_for(record=record, wanted=wanted_of(person), actor=actor, at=at)
    return enter(
        record=record,
        person=person,
        part=part,
        reason="Nobody known shares the name.",
        despite="Another date of birth.",
        actor=actor,
        at=at,
        channel=Channel.PAGE,
    )


def draft_entry(
    *, actor: User, at: datetime, last: str = LAST, file: str = NcicFile.WANTED_PERSON, **more: str
) -> NcicEntry:
    """A record that is being prepared, with its person and its warrant or order."""
    wanted = file == NcicFile.WANTED_PERSON
    description = actions.Description(
        file=file,
        category=more.get("category", ""),
        offense="0301" if wanted else "",
        extradition=Extradition.FELONY_FULL.value if wanted else "",
    )
    entry = actions.open_entry(description=description, actor=actor, at=at)
    person_in(entry.record, part=WANTED, last=last, actor=actor, at=at)
    attach(entry, actor=actor, at=at, kind=DocumentKind.WARRANT if wanted else DocumentKind.ORDER)
    return entry


def attach(
    entry: NcicEntry,
    *,
    actor: User,
    at: datetime,
    kind: DocumentKind = DocumentKind.WARRANT,
    data: bytes = factories.PAPER,
) -> None:
    """A document of *entry*."""
    actions.add_document(
        entry=entry,
        kind=kind,
        reference="Synthetic warrant 26-101",
        issued_by="Synthetic district court",
        issued_on=at.date() - timedelta(days=3),
        name="warrant.pdf",
        data=data,
        actor=actor,
        at=at,
    )


def papers(entry: NcicEntry) -> list[int]:
    """The keys of every document of *entry*."""
    return list(entry.documents.order_by("pk").values_list("pk", flat=True))


def checked_entry(*, actor: User, checker: User, at: datetime, **more: str) -> NcicEntry:
    """A record that a second person has checked."""
    entry = draft_entry(actor=actor, at=at, **more)
    actions.send_to_check(entry=entry, actor=actor, at=at)
    actions.check(entry=entry, documents=papers(entry), actor=checker, at=at)
    return fresh(entry)


def entered_entry(
    *, actor: User, checker: User, at: datetime, nic: str = NIC, **more: str
) -> NcicEntry:
    """A record in NCIC."""
    entry = checked_entry(actor=actor, checker=checker, at=at, **more)
    actions.note_entered(entry=entry, nic=nic, actor=actor, at=at)
    return fresh(entry)


def fresh(entry: NcicEntry) -> NcicEntry:
    """*entry* as the database has it."""
    found: NcicEntry = NcicEntry.objects.select_related("record__schedule_item").get(pk=entry.pk)
    return found


def asked(number: int = 1, *, priority: str = "U", nic: str = NIC, ori: str = ORI) -> Request:
    """A request as a message brings it."""
    third = True if number == 3 else None
    return Request(
        nic=nic,
        ori=ori,
        priority=priority,
        number=number,
        attention="SGT SAMPLE",
        person_name=f"{LAST}, {FIRST}",
        to_control_terminal=third,
        to_fbi=third,
    )


def make_hit(
    request: Request | None = None,
    *,
    actor: User,
    at: datetime,
    came_by: CameBy = CameBy.NLETS,
    taken_by: User | None = None,
) -> HitConfirmation:
    """A request that waits, or that *taken_by* works on."""
    hit = receive_request(
        request=request or asked(),
        came_by=came_by,
        received_at=at,
        actor=actor,
        at=at,
        channel=Channel.PAGE,
    )
    if taken_by is not None:
        claim(hit=hit, actor=taken_by, at=at)
    return fresh_hit(hit)


def fresh_hit(hit: HitConfirmation) -> HitConfirmation:
    """*hit* as the database has it."""
    found: HitConfirmation = HitConfirmation.objects.with_details().get(pk=hit.pk)
    return found


def grant_check(
    hit: HitConfirmation, *, by: User, asked_by: User, at: datetime, answer: Answer
) -> Approval:
    """The (e)(6) check of an answer, asked for and granted."""
    approval = ask_for_check(
        hit=hit, answer=answer, kind=ApprovalKind.ACCURACY, actor=asked_by, at=at
    )
    return grant_approval(
        approval=approval,
        reason="Compared with the warrant.",
        findings={},
        actor=by,
        at=at,
        channel=Channel.PAGE,
    )


def make_call(
    *,
    actor: User,
    at: datetime,
    kind: CallKind = CallKind.ASSISTANCE,
    query: StatusQuery | None = None,
    request: Request | None = None,
    ori: str = ORI,
    verified: bool = False,
) -> Call:
    """A call, verified or not."""
    call = take_call(
        taken=Taken(
            kind=kind,
            caller_name=f"{CALLER}, JO",
            ori=ori,
            purpose="Asks whether the answer stands",
            callback_given="(555) 555-0100",
            query=query,
            request=request,
        ),
        actor=actor,
        at=at,
    )
    if verified:
        verify_caller(call=call, reached=True, actor=actor, at=at)
    return fresh_call(call)


def fresh_call(call: Call) -> Call:
    """*call* as the database has it."""
    found: Call = Call.objects.with_details().get(pk=call.pk)
    return found


def prepare(
    call: Call,
    *,
    actor: User,
    at: datetime,
    fields: Iterable[str] = (Field.NAME, Field.IMMIGRATION_STATUS),
) -> CallStatement:
    """What is to be told on *call*."""
    return prepare_statement(
        call=call,
        text=TOLD,
        fields=[str(each) for each in fields],
        purpose=Purpose.STATUS_VERIFICATION,
        actor=actor,
        at=at,
    )
