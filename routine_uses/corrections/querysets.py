"""Reads: earlier recipients, statements that go along, letters that are due."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from routine_uses.corrections.choices import CaseKind, LetterState
from routine_uses.corrections.models import CorrectionCase, CorrectionLetter
from routine_uses.corrections.policy import Told, earlier_recipients
from routine_uses.corrections.records import records
from routine_uses.models import Disclosure, Recipient


@dataclass(frozen=True)
class Earlier:
    """Somebody who got a field before, and by which disclosures."""

    recipient: Recipient
    disclosures: tuple[str, ...]


def who_got(*, scope: Collection[int], fields: Collection[str]) -> list[Earlier]:
    """Everybody who got one of *fields* from one of the records in *scope*, by name.

    Entries that were superseded do not count: the one that stands says who got what.
    """
    linked = Disclosure.objects.filter(links__record_id__in=list(scope)).values("pk")
    rows = (
        Disclosure.objects.filter(
            pk__in=linked, fields__overlap=list(fields), superseded_by__isnull=True
        )
        .order_by("disclosed_at", "pk")
        .values_list("number", "recipient_id", "record_ids", "fields")
    )
    found = earlier_recipients(
        [
            Told(number, recipient, frozenset(ids), frozenset(told))
            for number, recipient, ids, told in rows
        ],
        scope=scope,
        fields=fields,
    )
    people = Recipient.objects.in_bulk(list(found))
    earlier = [Earlier(people[recipient], numbers) for recipient, numbers in found.items()]
    return sorted(earlier, key=lambda each: (each.recipient.name, each.recipient.pk))


@dataclass(frozen=True)
class Received:
    """What a recipient got: one disclosure, or all that went under one category.

    Attributes:
        records: numbers of the records; of a category, those that the case is about.
        category: which records go under it, in words; empty where it is one disclosure.
    """

    numbers: tuple[str, ...]
    first_at: datetime
    last_at: datetime
    nature: str
    records: tuple[str, ...]
    category: str = ""
    interval: str = ""


def received(earlier: Earlier, *, scope: Collection[int]) -> list[Received]:
    """What *earlier* got by its disclosures, the oldest first, each category once."""
    found: dict[str, list[Disclosure]] = {}
    entries = Disclosure.objects.filter(number__in=earlier.disclosures).defer("document")
    for entry in entries.order_by("disclosed_at", "pk"):
        found.setdefault(entry.series_number or entry.number, []).append(entry)
    return [_received(each, frozenset(scope)) for each in found.values()]


def _received(entries: list[Disclosure], scope: frozenset[int]) -> Received:
    first, last = entries[0], entries[-1]
    # A mass disclosure names hundreds of other people's records too.
    theirs = (
        number
        for each in entries
        for pk, number in zip(each.record_ids, each.record_numbers, strict=True)
        if not first.series_number or pk in scope
    )
    return Received(
        numbers=tuple(each.number for each in entries),
        first_at=first.disclosed_at,
        last_at=last.disclosed_at,
        nature=first.nature,
        records=tuple(dict.fromkeys(theirs)),
        category=first.series_category,
        interval=f"{first.series_interval}: {first.series_statement}",
    )


def statement_for(record_ids: Iterable[int]) -> str:
    """What goes along with anything disclosed from these records; empty where none is disputed.

    Statements of the records themselves and of the people whom they are about, the oldest
    first, each with the agency's reasons where it gives them.
    """
    sharing = records().disputed_with(record_ids)
    return "\n\n".join(_words(each) for each in open_disputes(sharing))


def open_disputes(record_ids: Iterable[int]) -> "QuerySet[CorrectionCase]":
    """Disputes of any of the records that are not settled, the oldest first."""
    return CorrectionCase.objects.filter(
        kind=CaseKind.DISPUTE, settled_at__isnull=True, record_id__in=list(record_ids)
    ).order_by("noted_at", "pk")


def _words(case: CorrectionCase) -> str:
    said = str(case.statement)
    return f"{said}\nThe agency's reasons: {case.agency_reasons}" if case.agency_reasons else said


def cases_on(record_id: int) -> "QuerySet[CorrectionCase]":
    """What was corrected or disputed in one record, newest first."""
    return CorrectionCase.objects.filter(record_id=record_id).select_related("noted_by")


def letters_to_send() -> "QuerySet[CorrectionLetter]":
    """Letters that are drafted and not sent, the earliest due first."""
    return (
        CorrectionLetter.objects.filter(state=LetterState.DRAFTED)
        .select_related("case")
        .defer("document", "case__statement", "case__earlier_value", "case__corrected_value")
        .order_by("due_on", "pk")
    )
