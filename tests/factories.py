"""What tests are made of: synthetic people, offices, messages, and queries in each state.

Everything is valid by default and goes through the actions that the portal itself uses.
Nobody here is real; the personal values are words that occur nowhere else, so that a test
can look for them where they must not be.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.test import Client

from accounts import sessions
from accounts.actions import create_office, create_user, service_account
from accounts.choices import OfficeKind, Role
from accounts.models import Course, Office, User
from accounts.standing.actions import record_training
from acrime.audit.choices import Channel
from acrime.common.eastern import portal_day
from acrime.iaq.acknowledgement import IntakeOutcome
from acrime.iaq.actions import (
    add_research_step,
    approve_determination,
    claim_query,
    create_subject,
    find_subjects,
    submit_determination,
)
from acrime.iaq.choices import ResearchSource
from acrime.iaq.intake import Receipt, receive_message
from acrime.iaq.models import StatusQuery
from acrime.iar.actions import Release, release_response
from acrime.iar.models import StatusResponse
from acrime.individuals.models import Individual
from routine_uses.approvals.actions import ask_for_approval, grant_approval
from routine_uses.approvals.choices import ApprovalKind
from routine_uses.approvals.policy import TASKS
from routine_uses.models import Approval, NoticeVersion
from routine_uses.querysets import notice_in_force
from routine_uses.scopes import Scope, scope_of

PASSWORD = "plenty-of-synthetic-words-7"  # opens nothing but a test database

LAST, FIRST, MIDDLE = "QUILLABEE", "ZEPHYRINE", "OXFORDIA"
A_NUMBER, FBI_NUMBER, STATE_ID, SSN = "A099000123", "123456TA9", "VT00000042", "123-45-6789"
REMARK = "HUMMINGBIRD TATTOO"
PERSONAL_VALUES = (LAST, FIRST, MIDDLE, A_NUMBER, FBI_NUMBER, STATE_ID, SSN, REMARK)
"""Values of the default message that no log and no error may repeat."""
MESSAGE_SWITCH = "message-switch"


# --- Accounts --------------------------------------------------------------------------------


def make_office(
    code: str = "VT1",
    *,
    at: datetime,
    kind: OfficeKind = OfficeKind.FIELD_OFFICE,
    states: Iterable[str] = ("VT", "NH"),
) -> Office:
    """An office; by default the field office that answers for the default message."""
    return create_office(
        code=code, name=f"Office {code}", kind=kind, states=states, actor=None, at=at
    )


def make_user(
    *roles: Role,
    at: datetime,
    username: str = "",
    supervisor: User | None = None,
    office: Office | None = None,
    serial: int = 0,
) -> User:
    """A person with *roles* whose password is ``PASSWORD`` and whose training is current.

    Names are told apart by *serial*, by default by how many people there are.
    """
    serial = serial or User.objects.count() + 1
    base = roles[0].value.lower().replace("_", "-") if roles else "nobody"
    user = create_user(
        username=username or f"{base}-{serial}",
        full_name=f"Invented Colleague {serial}",
        password=PASSWORD,
        office=office,
        roles=roles,
        supervisor=supervisor,
        title="Synthetic officer",
        is_demo=True,
        actor=None,
        at=at,
    )
    train(user, at=at)
    return user


def train(user: User, *, at: datetime, course: str = Course.SYSTEM, days_ago: int = 0) -> None:
    """Record that *user* passed a course, *days_ago* days before *at*."""
    record_training(
        user=user,
        course=Course.objects.get(code=course),
        passed_on=portal_day(at) - timedelta(days=days_ago),
        evidence="Synthetic certificate 1",
        actor=None,
        at=at,
    )


def message_switch(at: datetime) -> User:
    """The machine account under which messages come in."""
    return service_account(username=MESSAGE_SWITCH, full_name="Message switch", at=at)


def sign_in(client: Client, user: User, *, at: datetime) -> Client:
    """*client*, signed in as *user* in a session opened and last seen at *at*."""
    client.force_login(user, backend="accounts.backends.ActiveUserBackend")
    session = client.session
    session[sessions.OPENED_AT] = session[sessions.SEEN_AT] = at.isoformat()
    session.save()
    return client


# --- The notice ------------------------------------------------------------------------------


def load_notice(*, at: datetime) -> NoticeVersion:
    """The portal's own notice, put in force, with the recipients that every portal needs.

    The programs that come with the product rest on it and come with it.
    """
    call_command("load_notice", "--all", stdout=StringIO())
    call_command("load_programs", stdout=StringIO())
    return notice_in_force(at)


# --- Approvals -------------------------------------------------------------------------------

PAPER = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
"""The smallest paper that is one: a PDF file with an empty page."""


def grant(
    kind: ApprovalKind,
    *,
    asked_by: User,
    decided_by: User,
    at: datetime,
    findings: Mapping[str, str] | None = None,
    **facts: Any,
) -> Approval:
    """An approval of what *facts*, the arguments of ``disclose``, would disclose."""
    approval = ask(kind, asked_by=asked_by, at=at, **facts)
    return grant_approval(
        approval=approval,
        reason="Read and in order.",
        findings=findings or {},
        actor=decided_by,
        at=at,
        channel=Channel.PAGE,
    )


def ask(
    kind: ApprovalKind, *, asked_by: User, at: datetime, papers: bool = True, **facts: Any
) -> Approval:
    """An approval that waits, with a paper where its kind needs one."""
    wanted = papers and TASKS[kind].paper
    return ask_for_approval(
        kind=kind,
        records=facts["records"],
        recipient=facts["recipient"],
        scope=scope(**facts),
        reason="The recipient asked for it in writing.",
        actor=asked_by,
        at=at,
        channel=Channel.PAGE,
        papers=[("paper.pdf", PAPER)] if wanted else [],
    )


def scope(**facts: Any) -> Scope:
    """What *facts*, the arguments of ``disclose``, are about."""
    return scope_of(
        facts["records"],
        recipient_id=facts["recipient"].pk,
        fields=facts["fields"],
        paragraph=facts["paragraph"],
        letter=facts.get("letter", ""),
        purpose=facts["purpose"],
        mark=facts.get("mark", ""),
    )


# --- Messages --------------------------------------------------------------------------------

_FIELDS: dict[str, str | None] = {
    "ORI": "WVFBIID00",
    "ATN": "ORI=VT0000007",
    "PHN": "8025550100",
    "NAM": f"{LAST}, {FIRST} {MIDDLE}",
    "DOB": "19790415",
    "CUS": "Y",
    "OFF": "1313",
    "PUR": "C",
    "POB": "MM",
    "SEX": "F",
    "FBI": FBI_NUMBER,
    "ARN": A_NUMBER,
    "SOC": SSN,
    "SID": STATE_ID,
}
_ENCOUNTER = f"9900000001; {LAST};\n{FIRST};;19790415;MX;F"


def message_bytes(
    *,
    serial: int = 1,
    remarks: str = REMARK,
    encounters: Iterable[str] = (_ENCOUNTER,),
    **fields: str | None,
) -> bytes:
    """A query made from fingerprints, in the layout of the message switch.

    Args:
        serial: goes into the transaction's number; another serial is another message.
        remarks: free text at the end of ``REM/``.
        encounters: each ``EID;LAST;FIRST;MIDDLE;DOB;POB;SEX``.
        fields: another value for a tag (``NAM="..."``), or None to leave the tag out.

    Raises:
        KeyError: a tag that the message does not have.
    """
    unknown = fields.keys() - _FIELDS.keys()
    if unknown:
        raise KeyError(*unknown)
    values = _FIELDS | fields
    lines = ["IAQ RECEIVED: 11/20/26 09:58:10 AM"]
    lines += [f"{tag}/{value}" for tag, value in values.items() if value is not None]
    listed = "".join(f"\n{each}" for each in encounters)
    heading = "ENCOUNTER\nINFO[EID;LAST;FIRST;MIDDLE;DOB;POB;SEX]" if listed else ""
    lines.append(f"REM/IDSM=sscn2026324{serial:08d} {remarks}\n{heading}{listed}".rstrip())
    lines.append("**** QUERY MESSAGE TEXT ENDS ****")
    return ("\n".join(lines) + "\n").encode("latin-1")


def receive(raw: bytes, *, at: datetime, channel: Channel = Channel.COMMAND) -> Receipt:
    """What intake says to *raw*, come in from the message switch."""
    return receive_message(raw, actor=message_switch(at), at=at, channel=channel)


# --- Queries ---------------------------------------------------------------------------------


def make_query(raw: bytes | None = None, *, at: datetime) -> StatusQuery:
    """A query that waits on the worklist; the notice must be in force."""
    receipt = receive(message_bytes() if raw is None else raw, at=at)
    assert receipt.outcome is IntakeOutcome.ACCEPTED, (receipt.code, receipt.field)
    return query_numbered(receipt.number)


def query_numbered(number: str) -> StatusQuery:
    """The query with *number*, fresh from the database."""
    found: StatusQuery = StatusQuery.objects.select_related("record", "message").get(
        record__number=number
    )
    return found


def claim(query: StatusQuery, *, author: User, at: datetime) -> StatusQuery:
    """*query*, taken on by *author*."""
    claim_query(query=query, actor=author, at=at)
    return query_numbered(query.record.number)


def enter_subject(*, query: StatusQuery, reason: str, actor: User, at: datetime) -> Individual:
    """The person of *query*, looked for and entered whoever else is like them."""
    find_subjects(query=query, actor=actor, at=at)
    return create_subject(query=query, reason=reason, despite="Another person", actor=actor, at=at)


def research(query: StatusQuery, *, author: User, at: datetime) -> StatusQuery:
    """*query* with its person entered and one research step."""
    if query.last:
        enter_subject(query=query, reason="Same A-Number", actor=author, at=at)
    add_research_step(
        query=query,
        source=ResearchSource.CIS,
        looked_at=at - timedelta(minutes=5),
        finding="One record under the A-Number of the query.",
        actor=author,
        at=at,
    )
    return query_numbered(query.record.number)


def submit(
    query: StatusQuery,
    *,
    author: User,
    at: datetime,
    kind: str = "LAWFUL_PERMANENT_RESIDENT",
    values: dict[str, object] | None = None,
) -> StatusQuery:
    """*query* with a determination that waits for review."""
    given = {"name": f"{LAST}, {FIRST}", "dob": "1979-04-15", "arn": A_NUMBER}
    submit_determination(
        query=query,
        kind=kind,
        values=given if values is None else values,
        basis="The record shows permanent residence and nothing later.",
        actor=author,
        at=at,
    )
    return query_numbered(query.record.number)


def approve(query: StatusQuery, *, reviewer: User, at: datetime) -> StatusQuery:
    """*query*, whose determination *reviewer* has confirmed."""
    approve_determination(query=query, actor=reviewer, at=at)
    return query_numbered(query.record.number)


def release(query: StatusQuery, *, actor: User, office: Office, at: datetime) -> StatusResponse:
    """The response to *query*, released to FBI CJIS and *office*, its copies queued."""
    return release_response(
        query=query,
        release=Release(office=office, letter="X", computed_letter="X"),
        actor=actor,
        at=at,
    )
