"""How a query and its determination are put before a reader.

Numbers of people are masked unless the page was asked to open them.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch

from accounts.models import User
from acrime.common.places import places
from acrime.common.rendering import Fact
from acrime.iaq import codes
from acrime.iaq.choices import NCIC_SOURCES, QueryState
from acrime.iaq.conclusions import RECORD_FIELDS
from acrime.iaq.layouts.shown import SHOWN_CHARACTERS as SHOWN_CHARACTERS
from acrime.iaq.layouts.shown import as_plain_text
from acrime.iaq.models import Determination, StatusQuery
from acrime.iaq.research.models import ResearchAttachment
from acrime.records.reveals import masked

TONES: Mapping[str, str] = {
    QueryState.RECEIVED: "warning",
    QueryState.CLAIMED: "info",
    QueryState.IN_REVIEW: "info",
    QueryState.APPROVED: "success",
    QueryState.RELEASED: "neutral",
}

NCIC_WITHHELD = "NCIC finding – needs a current NCIC certification"
"""Stands in the place of a finding from NCIC for whoever may not use NCIC."""


@dataclass(frozen=True)
class PaperShown:
    """A paper of a research step."""

    place: int
    name: str
    size: int


@dataclass(frozen=True)
class StepShown:
    """One research step as its reader may see it.

    ``own_place`` is its place among those that the reader wrote; 0 where it is somebody else's.
    """

    source: str
    result: str
    finding: str
    source_number: str
    looked_at: datetime
    author: str
    papers: tuple[PaperShown, ...] = ()
    own_place: int = 0


def steps_shown(query: StatusQuery, user: User, *, opened: bool = False) -> list[StepShown]:
    """The research of a query that *user* may see, oldest first.

    Drafts are left out for whom they are not; findings from NCIC are withheld from those
    without a current certification, with their papers, and the rest stays readable. Numbers of
    records elsewhere are masked unless *opened*.
    """
    steps = (
        query.research_steps.visible_to(user)
        .select_related("author")
        .prefetch_related(
            Prefetch("attachments", ResearchAttachment.objects.defer("content").order_by("pk"))
        )
    )
    certified = user.standing.ncic_certified
    found = list(steps.order_by("looked_at", "pk"))
    # As ``research.querysets.paper_of`` counts them.
    papers = places(
        each
        for step in found
        if certified or step.source not in NCIC_SOURCES
        for each in step.attachments.all()
    )
    own = places(step for step in found if step.author_id == user.pk)
    shown = []
    for step in found:
        open_to_user = certified or step.source not in NCIC_SOURCES
        number = str(step.source_number or "") if open_to_user else ""
        shown.append(
            StepShown(
                source=step.get_source_display(),
                result=step.get_result_display(),
                finding=str(step.finding) if open_to_user else NCIC_WITHHELD,
                source_number=number if opened or not number else masked(number),
                looked_at=step.looked_at,
                author=step.author.full_name,
                papers=tuple(
                    PaperShown(papers[each.pk], str(each.name), each.size)
                    for each in step.attachments.all()
                )
                if open_to_user
                else (),
                own_place=own.get(step.pk, 0),
            )
        )
    return shown


def message_text(original: bytes) -> tuple[str, bool]:
    """The beginning of a message as it came, and whether it goes on.

    What cannot be printed is shown as codes; of an EBTS file, what it says.
    """
    return as_plain_text(original)


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


def identity_facts(query: StatusQuery, *, opened: bool = False) -> list[Fact]:
    """Whom the query is about; numbers whole only where *opened*."""
    shown = _AsReceived(query, opened=opened)
    born = query.birth_date
    place = _coded(query.birth_place, codes.pob_name(query.birth_place))
    return [
        shown.fact("NAM", "Name", query.name_shown),
        shown.fact("DOB", "Date of birth", f"{born:%b} {born.day}, {born.year}" if born else ""),
        shown.fact("SEX", "Sex", _coded(query.sex, codes.sex_name(query.sex))),
        shown.fact("POB", "Place of birth", place, note="NCIC code"),
        *(
            shown.fact(tag, label, shown.numbers(values), mono=True)
            for tag, (label, values) in _numbers_of(query).items()
        ),
    ]


def numbers_held(query: StatusQuery) -> list[str]:
    """The tags of the numbers that came with the query, used or set aside."""
    received: dict[str, str] = json.loads(str(query.fields))
    return [
        tag
        for tag, (_, values) in _numbers_of(query).items()
        if values or (received.get(tag) and tag not in _AsReceived.NEVER_SHOWN)
    ]


def _numbers_of(query: StatusQuery) -> dict[str, tuple[str, list[str]]]:
    """Label and values of each number of the person, by its field of the message."""
    return {
        "ARN": ("A-Number", _each(query.a_number)),
        "FBI": ("FBI number", _each(query.fbi_number)),
        "SID": ("State ID", query.state_id_list),
        "SOC": ("Social Security", _each(query.ssn)),
        "OLN": ("Driver's license", _each(query.license_number)),
    }


def _each(value: object) -> list[str]:
    return [str(value)] if value else []


class _AsReceived:
    """Facts of a query that show what came where the value could not be used, and say why."""

    NUMBERS = frozenset({"ARN", "FBI", "SID", "SOC", "OLN"})
    # What was set aside may still be somebody's number.
    NEVER_SHOWN = frozenset({"SOC"})

    def __init__(self, query: StatusQuery, *, opened: bool = False) -> None:
        self._opened = opened
        self._received: dict[str, str] = json.loads(str(query.fields))
        self._remarks = {note["field"]: note["text"] for note in query.notes}

    def fact(
        self, tag: str, label: str, value: object, *, note: str = "", mono: bool = False
    ) -> Fact:
        """The fact of the field *tag*: its value, else what came in its place."""
        remark = self._remarks.get(tag, "")
        if not value and remark and tag not in self.NEVER_SHOWN:
            value = self._received.get(tag, "")
            if tag in self.NUMBERS and value:
                value = self.numbers([str(value)])
        return Fact(label=f"{label} ({tag})", value=value, note=remark or note, mono=mono)

    def numbers(self, values: Iterable[str]) -> str:
        """Numbers of the person, whole or masked."""
        return ", ".join(value if self._opened else masked(value) for value in values)


def _coded(code: str, name: str | None) -> str:
    return f"{code} – {name}" if code and name else code


# Numbers of the person among the values of a conclusion.
CONCLUDED_NUMBERS = frozenset({"arn", "fbi", "sid"})


def conclusion_facts(determination: Determination, *, opened: bool = False) -> dict[str, Any]:
    """The kind of a determination and its values, in the order in which they are printed."""
    values = json.loads(str(determination.values))
    rows = []
    for key, field in RECORD_FIELDS.items():
        value = values.get(key)
        if value:
            if key in CONCLUDED_NUMBERS and not opened:
                value = (
                    [masked(each) for each in value] if isinstance(value, list) else masked(value)
                )
            text = (
                "Yes" if value is True else "; ".join(value) if isinstance(value, list) else value
            )
            rows.append(Fact(label=field.label, value=text))
    return {"kind": determination.conclusion.kind, "rows": rows}
