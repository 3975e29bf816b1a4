"""How a query and its determination are put before a reader."""

import json
from typing import Any

from acrime.common.rendering import Fact
from acrime.iaq import codes
from acrime.iaq.conclusions import RECORD_FIELDS, RESPONSE_KINDS
from acrime.iaq.models import Determination, StatusQuery


def asked_facts(query: StatusQuery) -> list[Fact]:
    """Who asked, for what."""
    shown = _AsReceived(query)
    custody = {True: "Yes", False: "No", None: ""}[query.in_custody]
    return [
        Fact(label="Sender (ORI)", value=query.ori, mono=True),
        Fact(label="Attention (ATN)", value=query.attention, mono=True),
        Fact(label="Arresting agency (ATN ORI)", value=query.arresting_ori, mono=True),
        shown.fact("PHN", "Telephone", query.phone, mono=True),
        shown.fact("PUR", "Purpose", query.purpose),
        shown.fact("CUS", "In custody", custody),
        shown.fact("OFF", "Offense", _coded(query.offense, codes.offense_name(query.offense))),
        Fact(label="Program", value=query.get_program_display()),
        Fact(label="Fingerprint transaction", value=query.transaction_number, mono=True),
    ]


def identity_facts(query: StatusQuery) -> list[Fact]:
    """Whom the query is about; of a Social Security number only the end."""
    shown = _AsReceived(query)
    born = query.birth_date
    ssn = f"•••-••-{str(query.ssn)[-4:]}" if query.ssn else ""
    place = _coded(query.birth_place, codes.pob_name(query.birth_place))
    return [
        shown.fact("NAM", "Name", query.name_shown),
        shown.fact("DOB", "Date of birth", f"{born:%b} {born.day}, {born.year}" if born else ""),
        shown.fact("SEX", "Sex", _coded(query.sex, codes.sex_name(query.sex))),
        shown.fact("POB", "Place of birth", place, note="NCIC code"),
        shown.fact("ARN", "A-Number", query.a_number, mono=True),
        shown.fact("FBI", "FBI number", query.fbi_number, mono=True),
        shown.fact("SID", "State ID", ", ".join(query.state_id_list), mono=True),
        shown.fact("SOC", "Social Security", ssn, mono=True),
        shown.fact("OLN", "Driver's license", query.license_number, mono=True),
    ]


class _AsReceived:
    """Facts of a query that show what came where the value could not be used, and say why."""

    # What was set aside may still be somebody's number.
    NEVER_SHOWN = frozenset({"SOC"})

    def __init__(self, query: StatusQuery) -> None:
        self._received: dict[str, str] = json.loads(str(query.fields))
        self._remarks = {note["field"]: note["text"] for note in query.notes}

    def fact(
        self, tag: str, label: str, value: object, *, note: str = "", mono: bool = False
    ) -> Fact:
        """The fact of the field *tag*: its value, else what came in its place."""
        remark = self._remarks.get(tag, "")
        if not value and remark and tag not in self.NEVER_SHOWN:
            value = self._received.get(tag, "")
        return Fact(label=f"{label} ({tag})", value=value, note=remark or note, mono=mono)


def _coded(code: str, name: str | None) -> str:
    return f"{code} – {name}" if code and name else code


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
