"""Addresses of every URL of the portal, for tests that walk all of them."""

import re

from django.urls import reverse

from accounts.guards import DeclaredUrl

# What stands in an address where a test has nothing in particular to name. The number has the
# form of a real one and is nobody's.
NOBODYS_NUMBER = "IAQ-2026-0000-0000"
STAND_INS: dict[str, str | int] = {
    "number": NOBODYS_NUMBER,
    "kind": "NO_RECORD",
    "destination": "REQUESTER",
    "what": "numbers",
    "value": "telephone",
    "fact": "protection",
    "identifier": 1,
    "factor": 1,
    "account": 1,
    "provider_id": "agency",
    "username": "nobody-here",
    "wish": 1,
    "grant": 1,
    "entry": 1,
    "version": 1,
    "proposal": 1,
    "table": 1,
    "rule": "criminal-justice",
    "program": "CRIMINAL",
    "recipient": 1,
    "agreement": 1,
    "approval": "APV-2026-0000-0000",
    "authority": "SCH-2026-0000-0000",
    "paper": 1,
    "step": 1,
    "answer": 1,
    "source": "CIS",
    "draft": "00000000-0000-4000-8000-000000000000",
    "system": "dhs-ice-007",
    "label": "2013",
    "alert": "00000000-0000-4000-8000-000000000000",
    "question": "00000000-0000-4000-8000-000000000000",
    "referral": "REF-2026-0000-0000",
    "event": 1,
    "person": "nobody-here",
    "record": NOBODYS_NUMBER,
    "case": "COR-2026-0000-0000",
    "letter": "LET-2026-0000-0000",
    "copy": "ACC-2026-0000-0000",
    "disclosure": "DIS-2026-0000-0000",
    "series": "REP-2026-0000-0000",
    "act": "remove",
    "verb": "lift",
    "outcome": "confirm",
    "part": "person",
    "merge": "MRG-2026-0000-0000",
    "reply": "RPL-2026-0000-0000",
    "hold": "HLD-2026-0000-0000",
    "matter": "MAT-2026-0000-0000",
}

TIPS = (
    *("tips:detail", "tips:print", "tips:file", "tips:take", "tips:put-back", "tips:sort"),
    *("tips:triage", "tips:second", "tips:person", "tips:same", "tips:office", "tips:step"),
    *("tips:close", "tips:refer"),
)

# Whose pages a number opens, by its prefix.
ROOMS = {
    "IAQ": ("iaq:", "iar:release", "records:", "api:"),
    "IND": ("individuals:", "records:", "api:"),
    "IAR": ("iar:", "records:", "api:"),
    "NCIC": (
        "ncic:list",
        "ncic:detail",
        "ncic:print",
        "ncic:describe",
        "ncic:subject",
        "ncic:document",
        "ncic:act",
        "api:ncic",
        "records:",
    ),
    "HIT": ("ncic:hits", "api:hit", "records:"),
    "CAL": ("calls:", "api:call", "records:"),
    "DET": ("detainers:", "api:detainer", "records:"),
    "TIP": (*TIPS, "records:", "api:tip"),
    "TPS": ("tips:source", "records:"),
    "DIS": ("routine_uses:disclosure",),
    "MSG": ("iaq:desk",),
}


def opens(url: DeclaredUrl, number: str) -> bool:
    """Whether a number of this prefix is one that *url* is for."""
    return url.name.startswith(ROOMS[number.partition("-")[0]])


def parameters(url: DeclaredUrl) -> list[str]:
    """The names in the route's angle brackets."""
    return re.findall(r"<(?:\w+:)?(\w+)>", url.route)


def address(url: DeclaredUrl, **given: str | int) -> str:
    """An address of *url*: with *given* where its route has these names, else with stand-ins."""
    return reverse(url.name, kwargs={name: (STAND_INS | given)[name] for name in parameters(url)})
