"""Reads: the disclosures about a person, their clocks, and what supersedes what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from acrime.common.eastern import portal_day
from routine_uses.accounts_of.choices import Correction
from routine_uses.accounts_of.models import SubjectCopy, Supersession
from routine_uses.accounts_of.people import Life, Person, people
from routine_uses.accounts_of.policy import Entry, Keeping, keeping
from routine_uses.managers import DisclosureQuerySet
from routine_uses.models import Disclosure


@dataclass(frozen=True)
class Accounted:
    """One entry of a person's accounting.

    Attributes:
        living: numbers of its records whose life has no end yet.
    """

    disclosure: Disclosure
    keeping: Keeping
    living: tuple[str, ...]
    successor: str

    @property
    def stands(self) -> bool:
        """Whether no later entry supersedes it."""
        return not self.successor

    @property
    def entry(self) -> Entry:
        """As the rules know it."""
        return Entry(self.disclosure.number, self.disclosure.paragraph)


def about(person: Person) -> DisclosureQuerySet:
    """Every disclosure about *person*, superseded ones too, newest first.

    By the records that are about the person now, and by those that were on the day.
    """
    by_records = Disclosure.objects.filter(links__record_id__in=list(person.record_ids))
    by_subject = Disclosure.objects.filter(
        subjects__individual_id__in=[person.record_id, *person.earlier_ids]
    )
    return (
        Disclosure.objects.filter(
            Q(pk__in=by_records.values("pk")) | Q(pk__in=by_subject.values("pk"))
        )
        .with_marks()
        .newest_first()
    )


def accounted(disclosures: Sequence[Disclosure]) -> list[Accounted]:
    """*disclosures* with their clocks, in their order. Asks once for all records.

    An entry that was superseded is kept as long as the one that names it, whether that
    one is among *disclosures* or not.
    """
    chains = {each.pk: _successors(each) for each in disclosures}
    every = {each.pk: each for chain in chains.values() for each in chain}
    every |= {each.pk: each for each in disclosures}
    lives = people().lives({record for each in every.values() for record in each.record_ids})
    found = []
    for each in disclosures:
        kept: Keeping | None = None
        for link in (*reversed(chains[each.pk]), each):
            kept = keeping(portal_day(link.disclosed_at), _ends(link, lives), kept)
        assert kept is not None
        successor = chains[each.pk][0].number if chains[each.pk] else ""
        found.append(Accounted(each, kept, _living(each, lives), successor))
    return found


def _successors(disclosure: Disclosure) -> list[Disclosure]:
    """What supersedes it, what supersedes that, and so on: nearest first."""
    chain = []
    here: Disclosure | None = successor_of(disclosure)
    while here is not None:
        chain.append(here)
        here = successor_of(here)
    return chain


def successor_of(disclosure: Disclosure) -> Disclosure | None:
    """The entry that supersedes *disclosure*, or None where it stands."""
    found: Disclosure | None = getattr(disclosure, "superseded_by", None)
    return found


def _ends(disclosure: Disclosure, lives: Mapping[int, Life]) -> list[date | None]:
    return [lives[record].ends_on for record in disclosure.record_ids if record in lives]


def _living(disclosure: Disclosure, lives: Mapping[int, Life]) -> tuple[str, ...]:
    return tuple(
        lives[record].number
        for record in disclosure.record_ids
        if record in lives and lives[record].ends_on is None
    )


def copies_for(person: Person) -> "list[SubjectCopy]":
    """What was made ready for *person*, newest first; the documents stay behind."""
    return list(
        SubjectCopy.objects.filter(individual_id=person.record_id)
        .defer("document")
        .select_related("made_by")
        .order_by("-made_at", "-pk")
    )


def waiting_supersessions() -> "list[Supersession]":
    """Proposals that wait for a second person, oldest first."""
    return list(
        Supersession.objects.filter(outcome=Correction.OPEN)
        .select_related("disclosure", "proposed_by")
        .defer("disclosure__document")
        .order_by("proposed_at", "pk")
    )
