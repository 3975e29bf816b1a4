"""What the page of a person shows, and its print: everything that the reader may see, and no more.

The records and disclosures that it lists are written down as a list that the reader was shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from accounts.choices import Role
from accounts.guards import may_open, signed_in
from accounts.models import User
from acrime.individuals.choices import CodeSystem
from acrime.individuals.codes import pob_name
from acrime.individuals.disclosed import person_of
from acrime.individuals.facts.models import IndividualFact
from acrime.individuals.facts.policy import ENTERERS, NOTERS
from acrime.individuals.facts.querysets import Sharing, held_of, sharing_numbers
from acrime.individuals.models import Individual
from acrime.individuals.places import FIELDS
from acrime.records.addresses import address_for
from acrime.records.choices import Approval
from acrime.records.history import timeline_of
from acrime.records.models import Record, RecordSubject
from acrime.records.pages import see_rows
from acrime.records.reveals import REVEALERS, masked
from routine_uses.accounts_of.querysets import about
from routine_uses.choices import Field
from routine_uses.corrections.querysets import cases_on
from routine_uses.grounds import GUARDS
from routine_uses.models import Disclosure

MOST_RECORDS = 100
MOST_DISCLOSURES = 25
# The history of the record has all of them.
MOST_ACTS = 10


@dataclass(frozen=True)
class Linked:
    """A record about the person, as the reader may see it."""

    link: RecordSubject
    url: str

    @property
    def record(self) -> Record:
        """The record."""
        return self.link.record


@dataclass(frozen=True)
class ProtectionView:
    """A protection in force, with what it asks and where that is written."""

    fact: IndividualFact
    clause: str
    question: str


def person_context(
    request: HttpRequest, record: Record, individual: Individual, *, at: datetime, opened: int = 0
) -> dict[str, Any]:
    """What the page of *individual* shows; the look at *record* is written down already.

    Args:
        opened: the one identifier that is shown whole.
    """
    user = signed_in(request)
    linked = _linked(user, individual)
    disclosures = _disclosures(user, individual)
    sharing = sharing_numbers(individual, user=user)
    _write_down(request, record, linked, disclosures, sharing, at=at)
    held = held_of(individual)
    corrections = _corrections(record)
    open_to_change = individual.merged_into_id is None
    return {
        "individual": individual,
        "record": record,
        "at": at,
        "opened": opened,
        "may_reveal": user.has_role(*REVEALERS),
        "merged_into": _merged_into(user, individual),
        "may_merge": open_to_change and may_open(user, "individuals:merge-propose"),
        "may_add": open_to_change and user.has_role(*ENTERERS),
        "may_note": open_to_change and user.has_role(*NOTERS),
        "may_approve": user.has_role(Role.SUPERVISOR)
        and record.approval == Approval.PENDING
        and record.creator_id != user.pk,
        "may_correct": may_open(user, "routine_uses:corrections-correct"),
        "may_see_disclosure": may_open(user, "routine_uses:disclosure"),
        "protections": [
            ProtectionView(fact, GUARDS[fact.code].clause, GUARDS[fact.code].condition.question)
            for fact in held.protections
        ],
        "standing": held.standing,
        "categories": held.categories,
        "facts": individual.facts.select_related("entered_by").order_by("-pk"),
        "addresses": individual.addresses.select_related("added_by"),
        "birth_places": [
            (place, pob_name(place.value) if place.system == CodeSystem.NCIC else "")
            for place in individual.birth_places.all()
        ],
        "telephones": individual.telephones.select_related("added_by"),
        # Their contents stay sealed until each is asked for by itself.
        "photographs": individual.photographs.select_related("added_by").defer("content"),
        "status_entries": individual.status_entries.select_related("entered_by", "replaced_by"),
        "history_entries": individual.history_entries.select_related("entered_by", "replaced_by"),
        "linked": linked,
        "disclosures": disclosures,
        "sharing": sharing,
        "latest": timeline_of(record)[:MOST_ACTS],
        "accounting_url": _accounting_url(user, record),
        "corrections": corrections,
        "statements": [
            each["case"]
            for each in corrections
            if each["statement"] and not each["case"].settled_at
        ],
    }


def _linked(user: User, individual: Individual) -> list[Linked]:
    """The records about the person that *user* sees, the latest first."""
    links = (
        RecordSubject.objects.filter(
            individual=individual, record__in=Record.objects.visible_to(user)
        )
        .select_related("record", "linked_by")
        .order_by("-record__created_at", "-record_id", "pk")[:MOST_RECORDS]
    )
    return [Linked(link, address_for(user, link.record)) for link in links]


def _disclosures(user: User, individual: Individual) -> list[Disclosure]:
    """What left about the person, as far as *user* sees it, the latest first."""
    return list(about(person_of(individual)).visible_to(user)[:MOST_DISCLOSURES])


def _merged_into(user: User, individual: Individual) -> Record | None:
    """The record that the individual became part of, where *user* may see it."""
    if individual.merged_into_id is None:
        return None
    return Record.objects.visible_to(user).filter(pk=individual.merged_into_id).first()


def _write_down(
    request: HttpRequest,
    record: Record,
    linked: Sequence[Linked],
    disclosures: Sequence[Disclosure],
    sharing: Sequence[Sharing],
    *,
    at: datetime,
) -> None:
    rows: dict[int, Any] = {each.record.pk: each.record for each in linked}
    rows |= {each.individual.pk: each.individual for each in sharing}
    if not rows and not disclosures:
        return
    see_rows(
        request,
        list(rows.values()),
        at=at,
        criteria={"List": f"On the page of {record.number}"},
        details={"disclosures": [each.number for each in disclosures]},
    )


def _corrections(record: Record) -> list[dict[str, Any]]:
    """What was corrected or disputed, with the earlier values; numbers masked."""
    masks = set(FIELDS.values())
    return [
        {
            "case": case,
            "labels": [Field(code).label for code in case.fields],
            "statement": case.statement,
            "earlier": masked(str(case.earlier_value or ""))
            if masks.intersection(case.fields)
            else case.earlier_value,
        }
        for case in cases_on(record.pk)
    ]


def _accounting_url(user: User, record: Record) -> str:
    """Where the accounting of the person is, as far as *user* is to see it."""
    for name in ("routine_uses:accounting", "routine_uses:accounting-copies"):
        if may_open(user, name):
            return reverse(name, args=[record.number])
    return ""
