"""Offices and training accounts. Everybody here is invented."""

from dataclasses import dataclass
from datetime import datetime

from accounts.actions import create_office, create_user
from accounts.choices import OfficeKind, Role
from accounts.models import Office, User

# Printed at the start of a local portal; accounts with it exist nowhere else.
PASSWORD = "Synthetic-Data-Only"  # noqa: S105  # public on purpose

OFFICES = (
    ("LESC", "Law Enforcement Support Center", OfficeKind.SUPPORT_CENTER, ()),
    ("HQ", "Headquarters", OfficeKind.HEADQUARTERS, ()),
    ("BOS", "Boston field office", OfficeKind.FIELD_OFFICE, ("CT", "MA", "ME", "NH", "RI", "VT")),
    ("DAL", "Dallas field office", OfficeKind.FIELD_OFFICE, ("OK", "TX")),
    ("MIA", "Miami field office", OfficeKind.FIELD_OFFICE, ("FL",)),
)


@dataclass(frozen=True)
class Account:
    """One training account."""

    username: str
    full_name: str
    title: str
    office: str
    roles: tuple[Role, ...]
    supervisor: str = ""


ACCOUNTS = (
    Account("chief", "Dana Whitfield", "Unit chief", "LESC", (Role.SUPERVISOR,)),
    Account("supervisor", "Morgan Reyes", "Shift supervisor", "LESC", (Role.SUPERVISOR,), "chief"),
    Account("analyst", "Alex Carver", "Analyst", "LESC", (Role.ANALYST,), "supervisor"),
    Account("analyst2", "Priya Nolan", "Analyst", "LESC", (Role.ANALYST,), "supervisor"),
    Account("ncic", "Lee Okafor", "NCIC specialist", "LESC", (Role.NCIC_SPECIALIST,), "supervisor"),
    Account("calls", "Sam Brandt", "Call taker", "LESC", (Role.CALL_TAKER,), "supervisor"),
    Account("field", "Jordan Pike", "Deportation officer", "BOS", (Role.FIELD_OFFICER,)),
    Account("privacy", "Robin Castell", "Privacy officer", "HQ", (Role.PRIVACY_OFFICER,)),
    Account("privacy2", "Hollis Grand", "Privacy officer", "HQ", (Role.PRIVACY_OFFICER,)),
    Account("records", "Terry Lund", "Records officer", "HQ", (Role.RECORDS_OFFICER,)),
    Account("foia", "Casey Moreau", "FOIA officer", "HQ", (Role.FOIA_OFFICER,)),
    Account("opr-lead", "Noor Halvorsen", "Lead, OPR", "HQ", (Role.OPR, Role.OPR_LEAD)),
    Account("opr", "Drew Halloran", "Special agent, OPR", "HQ", (Role.OPR,), "opr-lead"),
    Account("attorney", "Quinn Abbate", "Attorney, OPLA", "HQ", (Role.ATTORNEY,)),
    Account("admin", "Jamie Voss", "Account administrator", "HQ", (Role.ADMINISTRATOR,)),
    Account("admin2", "Ines Tamura", "Account administrator", "HQ", (Role.ADMINISTRATOR,)),
    Account("lapsed", "Kit Sorensen", "Analyst", "LESC", (Role.ANALYST,), "supervisor"),
)


def create_accounts(*, at: datetime) -> dict[str, User]:
    """Add offices and accounts; returns the accounts by user name."""
    offices: dict[str, Office] = {
        code: create_office(code=code, name=name, kind=kind, states=states, actor=None, at=at)
        for code, name, kind, states in OFFICES
    }
    people: dict[str, User] = {}
    for account in ACCOUNTS:
        people[account.username] = create_user(
            username=account.username,
            full_name=account.full_name,
            title=account.title,
            password=PASSWORD,
            office=offices[account.office],
            roles=account.roles,
            supervisor=people.get(account.supervisor),
            email=f"{account.username}@portal.example",
            is_demo=True,
            actor=None,
            at=at,
        )
    return people
