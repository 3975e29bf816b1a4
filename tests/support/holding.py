"""Detainers in each state, made by the portal's own acts. Nobody here is real."""

from datetime import date, datetime, timedelta

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.detainers import actions
from acrime.detainers.choices import (
    Basis,
    Box,
    Edition,
    OfficerTitle,
    ReleaseKind,
    Service,
    WarrantForm,
    Zone,
)
from acrime.detainers.models import Detainer, DetainerNotice
from acrime.detainers.notices.actions import ask_for_check, send
from acrime.iaq.models import StatusQuery
from acrime.individuals.choosing.actions import Part
from acrime.individuals.facts.choices import Category
from acrime.records.choices import SubjectRole
from routine_uses.actions import add_recipient
from routine_uses.approvals.actions import grant_approval
from routine_uses.approvals.choices import ApprovalKind
from routine_uses.choices import Method, RecipientType
from routine_uses.models import Recipient
from tests.support import center

JAIL_ORI, LAST = "VT0000015", "QUARREDOUX"
GROUNDS = "Synthetic order of Osterburg"
HELD = Part(SubjectRole.SUBJECT, Category.CRIMINAL, "CALL-FOLLOWUP", "A custody agency")


def jail(*, actor: User, at: datetime, federal: bool = False, ori: str = JAIL_ORI) -> Recipient:
    """An agency that has people in custody."""
    return add_recipient(
        actor=actor,
        at=at,
        name=f"Sample Jail {ori} (synthetic)",
        type=RecipientType.FEDERAL if federal else RecipientType.LOCAL,
        address_lines=["9 Example Lane"],
        ori=ori,
        phone="(802) 555-0142",
        channel=Channel.COMMAND,
    )


def description(agency: Recipient, **more: object) -> actions.Description:
    """What a detainer says, with *more* in place of what is usual."""
    given: dict[str, object] = {
        "edition": Edition.I247A,
        "box": Box.PROBABLE_CAUSE,
        "bases": [Basis.FINAL_ORDER],
        "grounds": GROUNDS,
        "warrant": WarrantForm.I205,
        "warrant_signed_on": date(2025, 3, 4),
        "agency": agency,
        "zone": Zone.EASTERN,
    }
    return actions.Description(**(given | more))  # type: ignore[arg-type]


def draft(
    agency: Recipient,
    *,
    actor: User,
    at: datetime,
    query: StatusQuery | None = None,
    last: str = LAST,
    **more: object,
) -> Detainer:
    """A detainer that is being prepared, with its person."""
    made = actions.open_detainer(
        description=description(agency, **more), query=query, actor=actor, at=at
    )
    part = Part(HELD.role, HELD.category, made.record.schedule_item.code, HELD.source)
    center.person_in(made.record, part=part, last=last, actor=actor, at=at)
    return fresh(made)


def issued(
    agency: Recipient, *, actor: User, officer: User, at: datetime, **more: object
) -> Detainer:
    """A detainer that another officer issued."""
    made = draft(agency, actor=actor, at=at, **more)  # type: ignore[arg-type]
    actions.hand_over(detainer=made, actor=actor, at=at)
    actions.issue(
        detainer=made, title=OfficerTitle.DEPORTATION, found_cause=True, actor=officer, at=at
    )
    return fresh(made)


def placed(
    agency: Recipient, *, actor: User, officer: User, checker: User, at: datetime, **more: object
) -> Detainer:
    """A detainer that the custody agency has, after the check where it is not federal."""
    made = issued(agency, actor=actor, officer=officer, at=at, **more)
    go(notice_of(made), actor=actor, checker=checker, at=at)
    return fresh(made)


def notice_of(detainer: Detainer, kind: str = "PLACEMENT") -> DetainerNotice:
    """The latest notice of that kind."""
    found = DetainerNotice.objects.filter(detainer=detainer, kind=kind).order_by("-pk")
    return found.select_related("recipient", "detainer__record")[0]


def check(notice: DetainerNotice, *, actor: User, checker: User, at: datetime) -> None:
    """The (e)(6) check, asked for and granted."""
    approval = ask_for_check(notice=notice, kind=ApprovalKind.ACCURACY, actor=actor, at=at)
    grant_approval(
        approval=approval,
        reason="Compared with the order.",
        findings={},
        actor=checker,
        at=at,
        channel=Channel.PAGE,
    )


def go(notice: DetainerNotice, *, actor: User, checker: User, at: datetime) -> DetainerNotice:
    """*notice*, checked where that is needed, and sent."""
    if notice.recipient.type != RecipientType.FEDERAL:
        check(notice, actor=actor, checker=checker, at=at)
    attested: dict[str, str | bool] = {"custodial_agency": True, "justice_role": "AGENCY"}
    return send(
        notice=notice,
        method=Method.FAX,
        sent_to="Booking desk",
        attested=attested,
        actor=actor,
        at=at,
    )


def released(detainer: Detainer, *, ago: timedelta, actor: User, at: datetime) -> Detainer:
    """*detainer* with a release that has happened."""
    actions.note_release(
        detainer=detainer,
        release_at=at - ago,
        kind=ReleaseKind.ACTUAL,
        told_by="Booking desk",
        actor=actor,
        at=at,
    )
    return fresh(detainer)


def served(detainer: Detainer, *, actor: User, at: datetime) -> Detainer:
    """*detainer* with a copy served on the person."""
    actions.note_served(
        detainer=detainer,
        served_at=at,
        how=Service.IN_PERSON,
        by="Deputy SAMPLE",
        actor=actor,
        at=at,
    )
    return fresh(detainer)


def fresh(detainer: Detainer) -> Detainer:
    """*detainer* as the database has it."""
    found: Detainer = Detainer.objects.with_details().get(pk=detainer.pk)
    return found
