"""Finding people in small worlds, against the plain reading of everybody in them."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

import pytest

from accounts.choices import Role
from accounts.models import User
from acrime.audit.choices import Channel
from acrime.individuals.actions import PersonFacts, create_individual
from acrime.individuals.finding.names import born_code
from acrime.individuals.finding.querysets import find
from acrime.individuals.finding.wanted import Wanted
from acrime.individuals.models import Individual
from acrime.records.actions import limit_record
from tests.conftest import UserFactory

pytestmark = pytest.mark.usefixtures("notice")

LASTS = ("Quillabee", "Marrowgate", "Fenwhistle", "Garcia Lopez", "De la Cruz", "Al-Hassan")
FIRSTS = ("Zephyrine", "Tobin", "Maria", "William", "Muhammad", "Oleksandr")
PEOPLE, WORLDS = 12, 6


@dataclass(frozen=True)
class Known:
    """Somebody of the world, and whether the searcher may see them."""

    pk: int
    facts: PersonFacts
    hidden: bool


def misspelled(word: str, dice: random.Random) -> str:
    """*word* with one letter after the first left out."""
    at = dice.randrange(1, len(word))
    return word[:at] + word[at + 1 :] if word[at].isalpha() else word


def asked_of(facts: PersonFacts) -> Wanted:
    born = facts.birth_date
    assert born
    return Wanted(
        last=facts.last,
        first=facts.first,
        middle=facts.middle,
        born=born_code(born.year, born.month, born.day),
    )


Change = Callable[[Wanted, random.Random], Wanted]

# What a query does to a name and a date; each must find its person with a date of birth.
CHANGES: dict[str, Change] = {
    "exact": lambda asked, _: asked,
    "no middle name": lambda asked, _: replace(asked, middle=""),
    "swapped": lambda asked, _: replace(asked, last=asked.first, first=asked.last),
    "last misspelled": lambda asked, dice: replace(asked, last=misspelled(asked.last, dice)),
    "first misspelled": lambda asked, dice: replace(asked, first=misspelled(asked.first, dice)),
    "first shortened": lambda asked, _: replace(asked, first=asked.first[:3], middle=""),
    "no first name": lambda asked, _: replace(asked, first="", middle=""),
    "another day": lambda asked, _: replace(asked, born=asked.born - asked.born % 100 + 28),
    "another year": lambda asked, _: replace(asked, born=asked.born + 10000),
    "month only": lambda asked, _: replace(asked, born=asked.born - asked.born % 100),
    "year only": lambda asked, _: replace(asked, born=asked.born - asked.born % 10000),
    "no date": lambda asked, _: replace(asked, born=0),
    "no date, last misspelled": lambda asked, dice: replace(
        asked, born=0, last=misspelled(asked.last, dice)
    ),
    "swapped day and month": lambda asked, _: replace(asked, born=day_and_month_swapped(asked)),
}


def day_and_month_swapped(asked: Wanted) -> int:
    year, month, day = asked.born // 10000, asked.born // 100 % 100, asked.born % 100
    return year * 10000 + day * 100 + month if day <= 12 else asked.born


def world(dice: random.Random, *, owner: User, at: datetime) -> list[Known]:
    people = []
    for place in range(PEOPLE):
        facts = PersonFacts(
            last=dice.choice(LASTS),
            first=dice.choice(FIRSTS),
            middle=dice.choice(["", "Oxfordia"]),
            birth_date=date(dice.randrange(1950, 2005), dice.randrange(1, 13), place + 1),
        )
        person = create_individual(
            person=facts,
            schedule_code="IAQ-CRIMINAL",
            actor=owner,
            at=at,
            channel=Channel.PAGE,
        )
        hidden = dice.random() < 0.4
        if hidden:
            limit_record(
                record=person.record,
                allowed=[],
                reason="A sensitive matter",
                actor=owner,
                at=at,
                channel=Channel.PAGE,
            )
        people.append(Known(person.pk, facts, hidden))
    return people


@pytest.mark.parametrize("seed", range(WORLDS))
def test_whoever_is_like_the_asked_is_found_and_nobody_hidden_is(
    seed: int, analyst: User, other_analyst: User, make_user: UserFactory, at: datetime
) -> None:
    dice = random.Random(seed)  # noqa: S311 - makes worlds, hides nothing
    people = world(dice, owner=analyst, at=at)
    seer = make_user(Role.OPR)
    visible = set(Individual.objects.visible_to(other_analyst).values_list("pk", flat=True))
    assert visible == {known.pk for known in people if not known.hidden}

    for known in people:
        for name, change in CHANGES.items():
            wanted = change(asked_of(known.facts), dice)
            everybody = find(wanted, user=seer)
            found = [hit.person.pk for hit in everybody.shown]
            assert known.pk in found, (name, wanted, known.facts)
            scores = [hit.score for hit in everybody.shown]
            assert scores == sorted(scores, reverse=True)
            assert everybody.matched_ids == sorted(found)

            seen = find(wanted, user=other_analyst)
            # Exactly the others, in the same order, with the same scores and reasons.
            assert [(hit.person.pk, hit.score, hit.reasons) for hit in seen.shown] == [
                (hit.person.pk, hit.score, hit.reasons)
                for hit in everybody.shown
                if hit.person.pk in visible
            ]
            assert seen.matched_ids == everybody.matched_ids
            assert not seen.more
