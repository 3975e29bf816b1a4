"""Synthetic people: the same for the same seed, of every tradition, with nobody's numbers."""

import re
from collections import Counter
from datetime import date
from itertools import pairwise

import pytest

from acrime.demo.people.making import BLOCK, Person, people
from acrime.demo.people.names import SHARES, traditions
from acrime.demo.people.numbers import MOST_PEOPLE, fbi_number, fin, passport, ssn
from acrime.demo.people.progress import Progress
from acrime.iaq.codes import pob_name
from acrime.individuals.choices import CodeSystem, IdentifierKind
from acrime.individuals.policy import is_placeholder, normal_identifier, normal_name

COUNT = 6 * BLOCK
SEED = 7


@pytest.fixture(scope="module")
def row() -> list[Person]:
    return list(people(seed=SEED, first=0, count=COUNT))


def test_the_same_seed_makes_the_same_people(row: list[Person]) -> None:
    assert list(people(seed=SEED, first=0, count=COUNT)) == row
    assert list(people(seed=SEED + 1, first=0, count=5)) != row[:5]


def test_two_runs_make_what_one_run_makes(row: list[Person]) -> None:
    stopped = BLOCK + BLOCK // 3

    first = list(people(seed=SEED, first=0, count=stopped))
    then = list(people(seed=SEED, first=stopped, count=COUNT - stopped))

    assert first + then == row
    assert [person.serial for person in row] == list(range(COUNT))


def test_values_fit_their_columns(row: list[Person]) -> None:
    for person in row:
        assert person.names
        for name in person.names:
            assert normal_name(name.last)
            assert max(map(len, (name.last, name.first, name.middle))) <= 60
            assert not re.search(r"[\t\n\\]", name.last + name.first + name.middle)
            last, first = normal_name(name.last), normal_name(name.first)
            assert not is_placeholder(last=last, first=first)
        assert len(set(person.names)) == len(person.names)
        assert len(set(person.born)) == len(person.born)
        for year, month, day in person.born:
            date(year, month or 1, day or 1)
            assert month or not day
        assert len(set(person.birth_places)) == len(person.birth_places)
        for address in person.addresses:
            assert re.fullmatch(r"\d{5}", address.postal_code)


def test_every_date_of_birth_is_a_day() -> None:
    """The twenty-ninth of February too."""
    leap = 0
    for person in people(seed=SEED, first=0, count=40 * BLOCK):
        leap += any(born[1:] == (2, 29) for born in person.born)
        for year, month, day in person.born:
            date(year, month or 1, day or 1)
    assert leap


def test_places_of_birth_stand_in_their_own_code_system(row: list[Person]) -> None:
    systems = Counter(system for person in row for system, _ in person.birth_places)
    assert set(systems) == set(CodeSystem)
    for person in row:
        for system, code in person.birth_places:
            if system == CodeSystem.NCIC:
                assert pob_name(code), code
            assert len(code) == 2 or system == CodeSystem.DHS


def test_every_origin_has_a_usable_ncic_code() -> None:
    for tradition in traditions():
        for origin in tradition.origins:
            assert all(pob_name(code) for code in origin.ncic), origin


def test_a_few_names_are_common_and_most_are_rare(row: list[Person]) -> None:
    lasts = Counter(person.names[0].last.split(" ")[0] for person in row)
    ranked = [count for _, count in lasts.most_common()]

    assert ranked[0] > 10 * ranked[len(ranked) // 2]
    assert sum(1 for count in ranked if count == 1) > len(ranked) // 2
    assert len(traditions()) == len(SHARES) == 10


def test_people_are_as_mixed_as_files_are(row: list[Person]) -> None:
    def share(wanted: object) -> float:
        assert callable(wanted)
        return sum(bool(wanted(person)) for person in row) / COUNT

    assert 0.02 < share(lambda person: any(born[1:] == (1, 1) for born in person.born)) < 0.07
    assert 0.01 < share(lambda person: person.limited_to) < 0.04
    assert 0.2 < share(lambda person: len(person.names) > 1) < 0.5
    assert 0.02 < share(lambda person: len(person.born) > 1) < 0.12
    assert share(lambda person: any(day is None for _, _, day in person.born)) > 0.005
    assert share(lambda person: any("É" in name.first for name in person.names)) > 0


def test_families_share_an_address_and_some_are_twins(row: list[Person]) -> None:
    homes = Counter(person.addresses[0] for person in row if person.addresses)
    assert sum(1 for count in homes.values() if count > 2) > 20
    twins = [
        (one, other)
        for one, other in pairwise(row)
        if one.born[:1] == other.born[:1] != [] and one.addresses[:1] == other.addresses[:1] != []
    ]
    assert twins


def test_every_kind_of_number_is_there_and_none_can_be_anybodys(row: list[Person]) -> None:
    kinds = {kind for person in row for kind, _, _ in person.numbers}
    assert kinds == set(IdentifierKind)
    for person in row:
        for kind, number, issuer in person.numbers:
            normal = normal_identifier(kind, number)
            match kind:
                case IdentifierKind.SSN:
                    area, group, serial = number.split("-")
                    # Areas from 900 were never given out; groups from 50 are taxpayers'.
                    assert 900 <= int(area) <= 999
                    assert 1 <= int(group) <= 49
                    assert 1 <= int(serial) <= 9999
                case IdentifierKind.A_NUMBER:
                    assert re.fullmatch(r"[89]\d{8}", normal)
                case IdentifierKind.SID | IdentifierKind.LICENSE:
                    assert re.fullmatch(r"[A-Z]{2}", issuer)
                case IdentifierKind.PASSPORT:
                    assert issuer
                    assert 6 <= len(normal) <= 9
                case IdentifierKind.FBI:
                    assert len(normal) == 9


@pytest.mark.parametrize("number_of", [ssn, fbi_number, fin, passport])
def test_numbers_of_different_people_differ(number_of: object) -> None:
    assert callable(number_of)
    some = [*range(2000), *range(MOST_PEOPLE - 2000, MOST_PEOPLE)]
    assert len({number_of(serial) for serial in some}) == len(some)


def test_a_number_was_recorded_with_two_people_by_mistake() -> None:
    found = Counter(
        normal_identifier(kind, number)
        for person in people(seed=SEED, first=0, count=20 * BLOCK)
        for kind, number, _ in person.numbers
        if kind == IdentifierKind.A_NUMBER
    )
    assert 0 < sum(1 for count in found.values() if count > 1) < 30


def test_a_bar_is_drawn_on_a_terminal_alone() -> None:
    moments = iter([0.0, *[10.0] * 20])
    written: list[str] = []
    progress = Progress(1000, write=written.append, bar=True, clock=lambda: next(moments))
    progress.tell(500)
    progress.tell(1000)

    assert written[0].startswith(
        "\r[###############---------------] 50 %, 500 of 1,000, 50 people/s"
    )
    assert "0 min 10 s left" in written[0]
    assert written[1].endswith("\n")


def test_elsewhere_each_tenth_is_a_line() -> None:
    written: list[str] = []
    progress = Progress(1000, write=written.append, bar=False, clock=lambda: 1.0)
    for done in range(10, 1001, 10):
        progress.tell(done)

    assert len(written) == 10
    assert all(line.endswith("\n") and "\r" not in line for line in written)
    assert written[-1].startswith("100 %, 1,000 of 1,000")
