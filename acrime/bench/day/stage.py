"""Who works on the day, who asks, and how each is answered."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from accounts.actions import create_office, issue_token, service_account
from accounts.choices import OfficeKind, Role
from accounts.models import Office, User
from acrime.audit.choices import Channel
from acrime.audit.partitions import prepare_partitions
from acrime.bench.day.asked import HOURS, OPM_ORI, OWN_HOURS, STATE_ORIS
from acrime.bench.staff import colleague
from acrime.common.errors import ActionRefused
from acrime.iaq.programs.actions import begin_table, decide_table, keep_terms, propose_table
from acrime.iaq.programs.policy import table_of
from acrime.iaq.reviewing.actions import set_rate
from routine_uses.actions import add_recipient
from routine_uses.choices import DeliveryChannel, Program, RecipientType

OFFICES = (
    ("LESC", OfficeKind.SUPPORT_CENTER, ()),
    ("BOS", OfficeKind.FIELD_OFFICE, ("VT", "NH", "ME")),
    ("DAL", OfficeKind.FIELD_OFFICE, ("TX",)),
    ("MIA", OfficeKind.FIELD_OFFICE, ("FL",)),
)

# How each asker is answered: into the spool, or to a path of the other end.
SPOOL = "spool"
WAYS: Mapping[str, str] = dict(
    zip(STATE_ORIS, ("steady", "drops", "hangs", "late", "refuses", SPOOL), strict=True)
) | {OPM_ORI: "acknowledges"}

SUPERVISORS, ANALYSTS_EACH = 4, 3


@dataclass(frozen=True)
class Stage:
    """What the day is given: who works, and the token of the message switch."""

    analysts: tuple[str, ...]
    supervisors: tuple[str, ...]
    token: str


@transaction.atomic
def set_stage(*, at: datetime, host: str) -> Stage:
    """Fill an empty database whose notice and programs are in force.

    Args:
        host: where the other end listens, with its port.

    Raises:
        ActionRefused: the database holds accounts already; nothing was written.
    """
    if User.objects.exists():
        raise ActionRefused("A day is simulated in an empty database only.", code="not-empty")
    prepare_partitions(at=at)
    offices = {
        code: create_office(
            code=code, name=f"Office {code}", kind=kind, states=states, actor=None, at=at
        )
        for code, kind, states in OFFICES
    }
    center = offices["LESC"]
    switch = service_account(username="message-switch", full_name="Message switch", at=at)
    token = issue_token(
        user=switch, name="the day", expires_at=at + timedelta(days=30), actor=None, at=at
    )
    chief = _account("chief", Role.SUPERVISOR, center, at=at)
    privacy = _account("privacy", Role.PRIVACY_OFFICER, center, at=at)
    supervisors, analysts = [], []
    for number in range(SUPERVISORS):
        above = _account(f"supervisor-{number}", Role.SUPERVISOR, center, chief, at=at)
        supervisors.append(above)
        analysts += [
            _account(f"analyst-{number}-{each}", Role.ANALYST, center, above, at=at)
            for each in range(ANALYSTS_EACH)
        ]
    _recipients(privacy, host, at=at)
    _own_targets(supervisors[0], privacy, at=at)
    set_rate(
        program=Program.CRIMINAL,
        percent=Decimal(10),
        reason="A tenth is looked at once more.",
        actor=chief,
        at=at,
    )
    return Stage(
        analysts=tuple(user.username for user in analysts),
        supervisors=tuple(user.username for user in (chief, *supervisors)),
        token=token,
    )


def _account(
    name: str, role: Role, office: Office, supervisor: User | None = None, *, at: datetime
) -> User:
    full_name = f"Synthetic {name}"
    return colleague(name, role, full_name=full_name, office=office, supervisor=supervisor, at=at)


def _recipients(privacy: User, host: str, *, at: datetime) -> None:
    for ori, way in WAYS.items():
        in_spool = way == SPOOL
        add_recipient(
            actor=privacy,
            at=at,
            name=f"Synthetic agency {ori}",
            type=RecipientType.FEDERAL if ori == OPM_ORI else RecipientType.LOCAL,
            address_lines=["1 Example Plaza", "Montpelier, VT 05602"],
            ori=ori,
            delivery_channel=DeliveryChannel.SPOOL if in_spool else DeliveryChannel.HTTP,
            delivery_target=ori.lower() if in_spool else f"http://{host}/{way}",
            channel=Channel.COMMAND,
        )


def _own_targets(author: User, decider: User, *, at: datetime) -> None:
    """Two programs get a target of their own, as two people agree on it."""
    draft = begin_table(actor=author, at=at)
    terms = table_of(draft.content).terms
    for program in sorted(OWN_HOURS):
        keep_terms(
            table=draft,
            terms=replace(terms[program], hours=HOURS[program]),
            actor=author,
            at=at,
        )
    propose_table(table=draft, reason="Targets of the day.", actor=author, at=at)
    decide_table(table=draft, approve=True, comment="Agreed.", actor=decider, at=at)
