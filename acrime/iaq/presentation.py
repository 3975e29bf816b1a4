"""How a query and its determination are put before a reader."""

import json
from typing import Any

from acrime.common.rendering import Fact
from acrime.iaq import codes
from acrime.iaq.conclusions import RECORD_FIELDS, RESPONSE_KINDS
from acrime.iaq.models import Determination, StatusQuery


def _coded(code: str, name: str | None) -> str:
    return f"{code} – {name}" if code and name else code


def asked_facts(query: StatusQuery) -> list[Fact]:
    """Who asked, for what."""
    custody = {True: "Yes", False: "No", None: ""}[query.in_custody]
    return [
        Fact(label="Sender (ORI)", value=query.ori, mono=True),
        Fact(label="Attention (ATN)", value=query.attention, mono=True),
        Fact(label="Arresting agency (ATN ORI)", value=query.arresting_ori, mono=True),
        Fact(label="Telephone (PHN)", value=query.phone, mono=True),
        Fact(label="Purpose (PUR)", value=query.purpose),
        Fact(label="In custody (CUS)", value=custody),
        Fact(
            label="Offense (OFF)",
            value=_coded(query.offense, codes.offense_name(query.offense)),
            note="0399 usually means that no charge was given."
            if query.offense == codes.OFFENSE_NOT_STATED
            else "",
        ),
        Fact(label="Program", value=query.get_program_display()),
        Fact(label="Fingerprint transaction", value=query.transaction_number, mono=True),
    ]


def identity_facts(query: StatusQuery) -> list[Fact]:
    """Whom the query is about; of a Social Security number only the end."""
    ssn = f"•••-••-{str(query.ssn)[-4:]}" if query.ssn else ""
    return [
        Fact(label="Name (NAM)", value=query.name_shown),
        Fact(
            label="Date of birth (DOB)",
            value=f"{query.birth_date:%b} {query.birth_date.day}, {query.birth_date.year}"
            if query.birth_date
            else "",
        ),
        Fact(label="Sex (SEX)", value=_coded(query.sex, codes.sex_name(query.sex))),
        Fact(
            label="Place of birth (POB)",
            value=_coded(query.birth_place, codes.pob_name(query.birth_place)),
            note="NCIC code",
        ),
        Fact(label="A-Number (ARN)", value=query.a_number, mono=True),
        Fact(label="FBI number (FBI)", value=query.fbi_number, mono=True),
        Fact(label="State ID (SID)", value=", ".join(query.state_id_list), mono=True),
        Fact(label="Social Security (SOC)", value=ssn, mono=True),
        Fact(label="Driver's license (OLN)", value=query.license_number, mono=True),
    ]


def conclusion_facts(determination: Determination) -> dict[str, Any]:
    """The kind of a determination and its values, in the order in which they are printed."""
    values = json.loads(str(determination.values))
    rows = []
    for key, field in RECORD_FIELDS.items():
        value = values.get(key)
        if value:
            text = (
                "Yes" if value is True else "; ".join(value) if isinstance(value, list) else value
            )
            rows.append(Fact(label=field.label, value=text))
    return {"kind": RESPONSE_KINDS[determination.kind], "rows": rows}
