"""The story of detainers: one whose hours run, one that waits to be issued, an earlier form."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.common.eastern import portal_day
from acrime.detainers import actions
from acrime.detainers.choices import (
    Basis,
    Box,
    CustodyStatus,
    DetainerState,
    Edition,
    OfficerTitle,
    ReleaseKind,
    Rule,
    Service,
    WarrantForm,
    Zone,
)
from acrime.detainers.models import Detainer, DetainerNotice
from acrime.detainers.notices.actions import ask_for_check, prepare_notice, send
from acrime.detainers.policy import EXISTENCE
from acrime.iaq.models import StatusQuery
from acrime.individuals.actions import PersonFacts
from acrime.individuals.choosing.actions import Part, choose, enter, look_for
from acrime.individuals.facts.choices import Category
from acrime.individuals.models import Individual
from acrime.individuals.search import wanted_of
from acrime.records.choices import SubjectRole
from routine_uses.actions import add_recipient
from routine_uses.approvals.actions import grant_approval
from routine_uses.approvals.choices import ApprovalKind
from routine_uses.choices import Field, Method, RecipientType
from routine_uses.models import Recipient

JAIL, COURT = "VT0000015", "VT000003J"


def tell_of_detainers(people: Mapping[str, User], *, at: datetime) -> None:
    """Tell it; everything happened before *at*, and the hours of one run."""
    long_ago = at - timedelta(days=20)
    jail = add_recipient(
        actor=people["privacy"],
        at=long_ago,
        name="Sample County Jail (synthetic)",
        type=RecipientType.LOCAL,
        address_lines=["9 Example Lane", "Sampletown, VT 05600"],
        ori=JAIL,
        phone="(802) 555-0142",
        channel=Channel.COMMAND,
    )
    court = add_recipient(
        actor=people["privacy"],
        at=long_ago,
        name="Sample County Court (synthetic)",
        type=RecipientType.COURT,
        address_lines=["1 Example Court", "Sampletown, VT 05600"],
        ori=COURT,
        channel=Channel.COMMAND,
    )
    _running(people, jail, court, at=at)
    _to_issue(people, jail, at=at - timedelta(hours=3))
    _earlier(people, jail, at=at - timedelta(days=2))


def _description(jail: Recipient, **more: object) -> actions.Description:
    given: dict[str, object] = {
        "edition": Edition.I247A,
        "box": Box.PROBABLE_CAUSE,
        "bases": [Basis.FINAL_ORDER, Basis.BIOMETRIC],
        "grounds": "Synthetic order of removal of 2011, and the match of this week.",
        "warrant": WarrantForm.I205,
        "warrant_signed_on": date(2026, 9, 2),
        "agency": jail,
        "place": "Main building",
        "zone": Zone.EASTERN,
        "agency_number": "SYN-26-0417",
        "event_number": "SYN2611000042",
    }
    return actions.Description(**(given | more))  # type: ignore[arg-type]


def _part(detainer: Detainer) -> Part:
    return Part(
        SubjectRole.SUBJECT,
        Category.CRIMINAL,
        detainer.record.schedule_item.code,
        "An agency that has the person in custody",
    )


def _person(detainer: Detainer, last: str, first: str, *, actor: User, at: datetime) -> None:
    person = PersonFacts(last=last, first=first, sex="M", birth_date=date(1987, 9, 14))
    look_for(record=detainer.record, wanted=wanted_of(person), actor=actor, at=at)
    enter(
        record=detainer.record,
        person=person,
        part=_part(detainer),
        reason="Nobody known to the portal shares the name.",
        despite="Another date of birth.",
        actor=actor,
        at=at,
        channel=Channel.COMMAND,
    )


def _running(
    people: Mapping[str, User], jail: Recipient, court: Recipient, *, at: datetime
) -> None:
    """It follows a query, was placed after the check and served; its hours run."""
    field, supervisor = people["field"], people["supervisor"]
    then = at - timedelta(hours=40)
    query = StatusQuery.objects.select_related("record").get(last="SPECIMEN", state="APPROVED")
    detainer = actions.open_detainer(
        description=_description(jail, citizenship="Honduras"), query=query, actor=field, at=then
    )
    known = Individual.objects.select_related("record").get(record_links__record=query.record)
    look_for(
        record=detainer.record,
        wanted=wanted_of(PersonFacts(last="SPECIMEN", first="AVERY")),
        actor=field,
        at=then,
    )
    choose(
        record=detainer.record,
        individual=known,
        part=_part(detainer),
        reason="The person of the query, who is held at the jail.",
        actor=field,
        at=then,
        channel=Channel.COMMAND,
    )
    actions.hand_over(detainer=detainer, actor=field, at=then + timedelta(minutes=20))
    actions.issue(
        detainer=detainer,
        title=OfficerTitle.SUPERVISING,
        found_cause=True,
        actor=supervisor,
        at=then + timedelta(minutes=40),
    )
    placement = DetainerNotice.objects.get(detainer=detainer)
    approval = ask_for_check(
        notice=placement,
        kind=ApprovalKind.ACCURACY,
        actor=field,
        at=then + timedelta(minutes=45),
    )
    grant_approval(
        approval=approval,
        reason="Compared with the order and the match.",
        findings={},
        actor=supervisor,
        at=then + timedelta(minutes=50),
        channel=Channel.COMMAND,
    )
    send(
        notice=placement,
        method=Method.FAX,
        sent_to="Booking desk",
        attested={"custodial_agency": True},
        actor=field,
        at=then + timedelta(minutes=55),
    )
    actions.note_served(
        detainer=detainer,
        served_at=then + timedelta(hours=2),
        how=Service.IN_PERSON,
        by="Deputy SAMPLE",
        actor=field,
        at=then + timedelta(hours=3),
    )
    actions.note_release(
        detainer=detainer,
        release_at=at - timedelta(hours=20),
        kind=ReleaseKind.ACTUAL,
        told_by="Sergeant at the booking desk",
        actor=field,
        at=at - timedelta(hours=19),
    )
    prepare_notice(
        detainer=detainer,
        recipient=court,
        values={
            Field.DETAINER_EXISTENCE: EXISTENCE[DetainerState.PLACED],
            Field.CUSTODY_STATUS: CustodyStatus.OTHER,
        },
        actor=field,
        at=at - timedelta(hours=5),
    )


def _to_issue(people: Mapping[str, User], jail: Recipient, *, at: datetime) -> None:
    """Prepared by one officer; another one decides."""
    analyst = people["analyst"]
    detainer = actions.open_detainer(
        description=_description(
            jail,
            bases=[Basis.PENDING],
            grounds="Synthetic proceedings, case 26-0099.",
            warrant=WarrantForm.I200,
            warrant_signed_on=portal_day(at) - timedelta(days=1),
        ),
        actor=analyst,
        at=at,
    )
    _person(detainer, "RETENU", "MARCEL", actor=analyst, at=at)
    actions.hand_over(detainer=detainer, actor=analyst, at=at + timedelta(minutes=30))


def _earlier(people: Mapping[str, User], jail: Recipient, *, at: datetime) -> None:
    """On a form of 2012 that stands; the release is expected, and its paper leaves weekends out."""
    analyst = people["analyst"]
    detainer = actions.open_detainer(
        description=_description(
            jail,
            edition=Edition.I247,
            rule=Rule.WORKING,
            issued_on=date(2014, 6, 2),
            officer_title=OfficerTitle.ENFORCEMENT,
            officer_name="OFFICER, SAM",
            bases=[Basis.FINAL_ORDER],
            grounds="Synthetic order of removal of 2011.",
            warrant="",
            warrant_signed_on=None,
        ),
        actor=analyst,
        at=at,
    )
    _person(detainer, "ANCIEN", "PAULO", actor=analyst, at=at)
    actions.hand_over(detainer=detainer, actor=analyst, at=at)
    actions.issue(
        detainer=detainer,
        title="",
        found_cause=True,
        actor=people["supervisor"],
        at=at + timedelta(minutes=20),
    )
    actions.note_release(
        detainer=detainer,
        release_at=at + timedelta(days=30),
        kind=ReleaseKind.EXPECTED,
        told_by="Records office of the jail",
        actor=analyst,
        at=at + timedelta(minutes=30),
    )
