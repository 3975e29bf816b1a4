"""How fast and how surely people are found, and what it costs that nobody sees too much."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import median

from django.db import transaction

from accounts.models import User
from acrime.audit import events
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.bench.crowd import bytes_of, loaded, questions
from acrime.bench.measure import WARM_UP, each_taken, medians, must_agree, percentile
from acrime.bench.perturbing import Asked
from acrime.bench.plain import INDEX, TABLE, find_plainly, plain_names
from acrime.bench.report import Result
from acrime.bench.stage import LIMITED, Stage
from acrime.common.pages import PAGE_SIZE
from acrime.individuals.choices import IdentifierKind
from acrime.individuals.finding import querysets
from acrime.individuals.finding.names import born_code
from acrime.individuals.finding.querysets import find
from acrime.individuals.finding.wanted import Wanted
from acrime.individuals.models import Identifier, Individual, IndividualName

# Numbers of each kind that are looked up.
LOOKED_UP = 100
# So many of the missed are told in a note.
EXAMPLES = 5
INDEX_TABLES = ("individual_search", "individual_word", "individual_word_variant")


@dataclass(frozen=True)
class Fuzzy:
    """One run over all questions, ours and plain trigrams in turns.

    Attributes:
        taken, plainly: milliseconds of each search.
        missed, missed_plainly: the questions whose person was not among the first 25.
        hopeless: of ``missed``, those that more than 25 others resemble more.
    """

    asked: Sequence[Asked]
    taken: Sequence[float]
    plainly: Sequence[float]
    missed: Sequence[Asked]
    missed_plainly: Sequence[Asked]
    hopeless: Sequence[Asked]
    names: int
    index_bytes: int

    def recall(self, missed: Collection[Asked], *, of: Callable[[Asked], bool]) -> float:
        """Which share of the questions *of* which that holds found their person."""
        asked = sum(map(of, self.asked))
        return 1 - sum(map(of, missed)) / asked if asked else 1.0


def wanted_of(asked: Asked) -> Wanted:
    """A question as the portal's search takes it."""
    born = born_code(*asked.born) if asked.born else 0
    return Wanted(last=asked.last, first=asked.first, middle=asked.middle, born=born)


def ranked(wanted: Wanted, user: User) -> list[int]:
    """The statements of a search alone: whom *user* would be shown, best first."""
    rows = querysets._ranked(wanted, user, 0)
    return [row.individual_id for row in rows if row.visible and row.seen_place <= PAGE_SIZE]


@cache
def fuzzy(stage: Stage) -> Fuzzy:
    """Ask everything once, both ways."""
    asked = questions(stage)
    found: dict[Asked, list[int]] = {}
    found_plainly: dict[Asked, list[int]] = {}

    def ours(turn: int) -> None:
        each = asked[turn % len(asked)]
        found[each] = ranked(wanted_of(each), stage.overseer)

    def baseline(turn: int) -> None:
        each = asked[turn % len(asked)]
        found_plainly[each] = [individual for individual, _ in find_plainly(each)]

    with plain_names():
        taken, plainly = each_taken(ours, baseline, rounds=len(asked))
        missed = [each for each in asked if each.individual_id not in found[each]]
        hopeless = [each for each in missed if _is_hopeless(each)]
        index_bytes = bytes_of(TABLE)
    return Fuzzy(
        asked,
        taken,
        plainly,
        missed,
        [each for each in asked if each.individual_id not in found_plainly[each]],
        hopeless,
        IndividualName.objects.count(),
        index_bytes,
    )


def _is_hopeless(asked: Asked) -> bool:
    """Whether more people than are shown resemble what was typed more than the one meant."""
    scores = dict(find_plainly(asked, most=5000))
    own = scores.get(asked.individual_id)
    return own is not None and sum(score >= own for score in scores.values()) > PAGE_SIZE


def fuzzy_p50(stage: Stage) -> Result:
    """The median of all searches."""
    return _fuzzy_time(stage, "search.fuzzy.p50", 0.5)


def fuzzy_p95(stage: Stage) -> Result:
    """The time within which nineteen of twenty searches end."""
    return _fuzzy_time(stage, "search.fuzzy.p95", 0.95)


def _fuzzy_time(stage: Stage, name: str, share: float) -> Result:
    run = fuzzy(stage)
    ours, plainly = percentile(run.taken, share), percentile(run.plainly, share)
    return Result(
        name,
        ours,
        plainly,
        "ms",
        f"{plainly / ours:.0f} times faster over {len(run.asked)} queries of "
        f"{len({each.kind for each in run.asked})} classes for {stage.people} people with "
        f"{run.names} names, and the same through pg_trgm (similarity 0.3, one GIN index, its "
        "use seen by EXPLAIN)",
    )


def recall(stage: Stage) -> Result:
    """How often the person who is meant is among the first 25."""
    run = fuzzy(stage)
    classes = Counter(each.kind for each in run.missed)
    told = ", ".join(f"{kind} {count}" for kind, count in sorted(classes.items()))
    with_date = run.recall(run.missed, of=_dated)
    without_date = run.recall(run.missed, of=lambda each: not _dated(each))
    plainly = [
        run.recall(run.missed_plainly, of=of) for of in (_dated, lambda each: not _dated(each))
    ]
    return Result(
        "search.fuzzy.recall25",
        run.recall(run.missed, of=_any),
        run.recall(run.missed_plainly, of=_any),
        "found",
        f"among the first {PAGE_SIZE}; with a date of birth {with_date:.3f} and "
        f"{plainly[0]:.3f}, without {without_date:.3f} and {plainly[1]:.3f}; of "
        f"{len(run.missed)} missed ({told or 'none'}) {len(run.hopeless)} had more than "
        f"{PAGE_SIZE} others resemble the query at least as much{_examples(run.missed)}",
    )


def _examples(missed: Sequence[Asked]) -> str:
    """Some of the missed, as typed and as held: from these a search can be bettered."""
    told = []
    for asked in missed[:EXAMPLES]:
        names = IndividualName.objects.filter(individual=asked.individual_id).order_by("pk")
        held = " or ".join(name.full for name in names)
        given = " ".join(part for part in (asked.first, asked.middle) if part)
        told.append(f"{asked.kind}: {asked.last}, {given} for {held}")
    return f"; such as {'; '.join(told)}" if told else ""


def _any(_: Asked) -> bool:
    return True


def _dated(asked: Asked) -> bool:
    return asked.born is not None


def visibility(stage: Stage) -> Result:
    """The statements for somebody who may not see everybody, and for somebody who may."""
    asked = questions(stage)

    def ours(turn: int) -> list[int]:
        return ranked(wanted_of(asked[turn % len(asked)]), stage.analyst)

    def baseline(turn: int) -> list[int]:
        return ranked(wanted_of(asked[turn % len(asked)]), stage.overseer)

    took, plainly = medians(ours, baseline, rounds=len(asked))
    return Result(
        "search.visibility",
        took,
        plainly,
        "ms",
        f"{len(asked)} searches for an analyst of {User.objects.count()} accounts, one person in "
        f"{LIMITED} limited, and for OPR, which sees everybody",
    )


def portal(stage: Stage) -> Result:
    """The whole search with its event committed, and its statements alone."""
    asked = questions(stage)

    def ours(turn: int) -> list[int]:
        each = asked[turn % len(asked)]
        wanted = wanted_of(each)
        with transaction.atomic():
            found = find(wanted, user=stage.analyst)
            record_event(
                kind=events.RECORD_SEARCHED,
                actor=stage.analyst,
                at=stage.at,
                channel=Channel.API,
                criteria={"Last name": wanted.last, "First name": wanted.first},
                matched_ids=found.matched_ids,
                displayed_ids=[hit.person.pk for hit in found.shown],
            )
            # As the page does: every number is opened, to be shown masked.
            _ = [number.shown for hit in found.shown for number in hit.person.numbers]
        return [hit.person.pk for hit in found.shown]

    def baseline(turn: int) -> list[int]:
        return ranked(wanted_of(asked[turn % len(asked)]), stage.analyst)

    must_agree(ours(0), baseline(0))
    took, plainly = medians(ours, baseline, rounds=len(asked))
    return Result(
        "search.portal",
        took,
        plainly,
        "ms",
        f"{len(asked)} searches with {PAGE_SIZE} people, their names, dates, places and numbers, "
        "reasons in words and the event that owners are told of, and the bare statements",
    )


def exact(stage: Stage) -> Result:
    """A person by one number of each kind, and by primary key."""
    loaded(stage)
    times = {kind: _exact(stage, kind) for kind in IdentifierKind}
    each = ", ".join(f"{kind.label} {ours / key:.2f}x" for kind, (ours, key) in times.items())
    return Result(
        "search.exact",
        median(ours for ours, _ in times.values()),
        median(key for _, key in times.values()),
        "ms",
        f"by number and by primary key, both with the predicate and all that a list shows, "
        f"{LOOKED_UP} of each kind among {Identifier.objects.count()}: {each}",
    )


def _exact(stage: Stage, kind: IdentifierKind) -> tuple[float, float]:
    """Medians of finding by number and of fetching by key."""
    rows = Identifier.objects.filter(kind=kind).order_by("digest")[:LOOKED_UP]
    numbers = [(row.individual_id, str(row.value)) for row in rows]

    def ours(turn: int) -> list[int]:
        _, number = numbers[turn % len(numbers)]
        found = find(Wanted(numbers=((kind.value, number),)), user=stage.overseer)
        return [hit.person.pk for hit in found.shown]

    def baseline(turn: int) -> object:
        key, _ = numbers[turn % len(numbers)]
        people = Individual.objects.visible_to(stage.overseer).with_details()
        return next(iter(people.filter(pk=key)))

    if numbers[0][0] not in ours(0):
        raise RuntimeError(f"Nobody was found by {kind.label}.")
    took, by_key = medians(ours, baseline, rounds=len(numbers) - WARM_UP)
    return took, by_key


def index_size(stage: Stage) -> Result:
    """What it takes to find a person: the index of names with its words, and trigrams."""
    loaded(stage)
    ours = bytes_of(*INDEX_TABLES) / stage.people
    parts = {
        "by sound and date": bytes_of("individual_search_keys"),
        "by word": bytes_of("individual_search_tokens"),
        "words and their variants": bytes_of("individual_word", "individual_word_variant"),
    }
    told = ", ".join(f"{name} {size / stage.people:.0f}" for name, size in parts.items())
    return Result(
        "search.index_size",
        ours,
        fuzzy(stage).index_bytes / stage.people,
        "bytes",
        f"a person, all aliases included ({told}), and the names with {INDEX}",
    )
