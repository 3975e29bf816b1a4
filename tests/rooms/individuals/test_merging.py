"""Two records become one and two again: by two people, whole, and back without loss."""

import csv
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.choices import Role
from accounts.models import User
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from acrime.iaq.actions import link_individual
from acrime.iaq.models import StatusQuery
from acrime.individuals.actions import PersonFacts, correct_value, create_individual
from acrime.individuals.choices import IdentifierKind, NameKind
from acrime.individuals.disclosed import Individuals
from acrime.individuals.finding.models import SearchName
from acrime.individuals.finding.querysets import find
from acrime.individuals.finding.wanted import Wanted
from acrime.individuals.merging.actions import (
    merge_individuals,
    propose_merge,
    propose_undo,
    refuse_merge,
    refuse_undo,
    unmerge_individuals,
)
from acrime.individuals.merging.choices import MergeState
from acrime.individuals.merging.models import IndividualMerge, MergedRow
from acrime.individuals.merging.policy import Known, compare
from acrime.individuals.merging.querysets import merges_to_decide, values_of
from acrime.individuals.merging.rows import NOT_MOVED, Choice, relations
from acrime.individuals.models import Address, Individual, IndividualName
from acrime.records.actions import limit_record
from acrime.records.family import family_ids
from acrime.records.models import RecordSubject
from routine_uses.models import NoticeVersion
from tests.conftest import Browser, UserFactory
from tests.support.database import taken_back

TABLE = Path(__file__).parents[2] / "tables" / "merging.csv"
ROWS = list(csv.DictReader(TABLE.read_text("utf-8").splitlines()))

pytestmark = pytest.mark.django_db

BORN = date(1979, 4, 15)
DOE = PersonFacts(
    last="Doe",
    first="John",
    sex="M",
    birth_date=BORN,
    birth_place="MM",
    identifiers=((IdentifierKind.A_NUMBER, "A099000777"), (IdentifierKind.FBI, "777777TA7")),
    aliases=(("Roe", "John", ""),),
)
DOW = PersonFacts(
    last="Dow",
    first="Jon",
    birth_date=date(1979, 4, 16),
    birth_place="TX",
    identifiers=((IdentifierKind.A_NUMBER, "A099000777"), (IdentifierKind.SID, "TX777")),
    aliases=(("Doe", "John", ""), ("Roe", "John", "")),
)


# --- What is enough ---------------------------------------------------------------------------


def side(row: dict[str, str], name: str) -> Known:
    return Known(
        names=[
            (last, first)
            for last, _, first in (each.partition("/") for each in row[f"names_{name}"].split())
        ],
        born=row[f"born_{name}"].split(),
        numbers=[
            (kind, digest.encode())
            for kind, _, digest in (each.partition(":") for each in row[f"numbers_{name}"].split())
        ],
        addresses=[row[f"addresses_{name}"]] if row[f"addresses_{name}"] else [],
        sex=row[f"sex_{name}"],
    )


@pytest.mark.parametrize("row", ROWS, ids=[row["case"] for row in ROWS])
def test_what_is_shared_and_what_speaks_against_it(row: dict[str, str]) -> None:
    for sides in (("a", "b"), ("b", "a")):
        found = compare(*(side(row, name) for name in sides))
        assert (
            "yes" if found.enough else "no",
            "; ".join(found.shared),
            "; ".join(found.against),
        ) == (row["enough"], row["shared"], row["against"])


# --- People, and short ways to act ------------------------------------------------------------


@pytest.fixture
def enter(notice: NoticeVersion, analyst: User, at: datetime) -> Callable[..., Individual]:
    def make(person: PersonFacts) -> Individual:
        return create_individual(
            person=person,
            schedule_code="IAQ-CRIMINAL",
            actor=analyst,
            at=at,
            channel=Channel.PAGE,
        )

    return make


@pytest.fixture
def doe(enter: Callable[..., Individual]) -> Individual:
    return enter(DOE)


@pytest.fixture
def dow(enter: Callable[..., Individual], analyst: User, at: datetime) -> Individual:
    made = enter(DOW)
    Address.objects.create(
        individual=made, street="12 Elm St", region="VT", added_by=analyst, added_at=at
    )
    return made


@pytest.fixture
def office_of(analyst: User, supervisor: User, at: datetime) -> "Desk":
    return Desk(analyst, supervisor, at)


class Desk:
    """Who proposes and who decides."""

    def __init__(self, proposer: User, decider: User, at: datetime) -> None:
        self.proposer, self.decider, self.at = proposer, decider, at

    def propose(self, survivor: Individual, absorbed: Individual, **chosen: Any) -> IndividualMerge:
        name = survivor.names.filter(kind=NameKind.PRIMARY).first()
        choice: dict[str, Any] = {"primary": name.pk if name else 0, "sex": survivor.sex}
        return propose_merge(
            survivor=survivor,
            absorbed=absorbed,
            choice=Choice(**choice | chosen),
            reason="Same A-Number and name",
            actor=self.proposer,
            at=self.at,
        )

    def merge(self, survivor: Individual, absorbed: Individual, **chosen: Any) -> IndividualMerge:
        return self.decide(merge_individuals, self.propose(survivor, absorbed, **chosen))

    def decide(
        self, act: Callable[..., IndividualMerge], merge: IndividualMerge
    ) -> IndividualMerge:
        return act(merge=merge, reason="Looked at both", actor=self.decider, at=self.at)

    def undo(self, merge: IndividualMerge) -> IndividualMerge:
        asked = propose_undo(merge=merge, reason="Brothers", actor=self.proposer, at=self.at)
        return self.decide(unmerge_individuals, asked)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(ActionRefused) as refusal:
        act()
    return refusal.value.code


def snapshot() -> dict[str, list[dict[str, Any]]]:
    """Every row that belongs to people, whole, and the index in which they are found."""
    tables: list[type[models.Model]] = [
        Individual,
        SearchName,
        *(model for model, _ in relations()),
    ]
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values()) for model in tables
    }


# --- Merging ----------------------------------------------------------------------------------


def test_everything_of_the_one_becomes_the_others(
    doe: Individual, dow: Individual, office_of: Desk, claimed_query: StatusQuery, analyst: User
) -> None:
    link_individual(
        query=claimed_query, individual=dow, reason="Same", actor=analyst, at=office_of.at
    )
    merge = office_of.merge(doe, dow)
    assert merge.state == MergeState.MERGED
    assert merge.evidence == ["Same A-Number", "Same name"]
    doe.refresh_from_db()
    assert [name.full for name in doe.names.filter(kind=NameKind.PRIMARY)] == ["Doe, John"]
    # What both had is not there twice.
    assert sorted(name.full for name in doe.names.filter(kind=NameKind.ALIAS)) == [
        "Dow, Jon",
        "Roe, John",
    ]
    assert [born.written for born in doe.birth_dates.all()] == ["1979-04-15", "1979-04-16"]
    assert [place.value for place in doe.birth_places.all()] == ["MM", "TX"]
    assert [each.line for each in doe.addresses.all()] == ["12 Elm St, VT"]
    assert [str(each.value) for each in doe.identifiers.all()] == [
        "A099000777",
        "777777TA7",
        "TX777",
    ]
    link = RecordSubject.objects.get(record=claimed_query.record)
    assert link.individual_id == doe.pk
    dow.refresh_from_db()
    assert dow.merged_into_id == doe.pk
    # What was left is what the survivor had already.
    assert [str(each.value) for each in dow.identifiers.all()] == ["A099000777"]
    assert not dow.birth_dates.exists()


def test_the_proposer_chooses_the_name_and_what_stays_behind(
    doe: Individual, dow: Individual, office_of: Desk
) -> None:
    alias = dow.names.get(last="Dow")
    wrong = dow.birth_dates.get()
    merge = office_of.merge(
        doe, dow, primary=alias.pk, left=frozenset({("acrime.BirthDate", wrong.pk)})
    )
    assert doe.names.get(kind=NameKind.PRIMARY).full == "Dow, Jon"
    assert {name.full for name in doe.names.filter(kind=NameKind.ALIAS)} == {
        "Doe, John",
        "Roe, John",
    }
    assert [born.written for born in doe.birth_dates.all()] == ["1979-04-15"]
    assert [born.written for born in dow.birth_dates.all()] == ["1979-04-16"]
    office_of.undo(merge)
    assert doe.names.get(kind=NameKind.PRIMARY).full == "Doe, John"
    assert dow.names.get(kind=NameKind.PRIMARY).full == "Dow, Jon"


def test_both_records_tell_of_it(doe: Individual, dow: Individual, office_of: Desk) -> None:
    office_of.undo(office_of.merge(doe, dow))
    for person in (doe, dow):
        kinds = (
            AuditEvent.objects.filter(record_id=person.pk, kind__contains="merge")
            .order_by("pk")
            .values_list("kind", flat=True)
        )
        assert list(kinds) == [
            "individual.merge.proposed",
            "individual.merge.done",
            "individual.unmerge.proposed",
            "individual.unmerge.done",
        ]


def test_what_left_about_the_one_is_accounted_for_with_the_other(
    doe: Individual, dow: Individual, office_of: Desk, analyst: User
) -> None:
    merge = office_of.merge(doe, dow)
    person = Individuals().find(doe.record.number, analyst)
    assert person is not None
    assert {doe.pk, dow.pk} <= person.record_ids
    assert person.earlier_ids == {dow.pk}
    office_of.undo(merge)
    person = Individuals().find(doe.record.number, analyst)
    assert person is not None
    assert dow.pk not in person.record_ids


def test_whoever_was_merged_is_found_as_the_other(
    doe: Individual, dow: Individual, office_of: Desk, analyst: User
) -> None:
    def found(**wanted: Any) -> list[int]:
        hits = find(Wanted(**wanted), user=analyst).shown
        return sorted(hit.person.pk for hit in hits)

    number = {"numbers": ((IdentifierKind.A_NUMBER, "A099000777"),)}
    assert found(**number) == [doe.pk, dow.pk]
    merge = office_of.merge(doe, dow)
    assert found(**number) == [doe.pk]
    assert found(last="Dow", first="Jon", born=19790416) == [doe.pk]
    office_of.undo(merge)
    assert found(**number) == [doe.pk, dow.pk]
    assert dow.pk in found(last="Dow", first="Jon", born=19790416)


def test_merged_records_are_limited_together(
    doe: Individual, dow: Individual, office_of: Desk, analyst: User
) -> None:
    merge = office_of.merge(doe, dow)
    assert family_ids(doe.record) == family_ids(dow.record) == [doe.pk, dow.pk]
    limit_record(
        record=doe.record,
        allowed=[],
        reason="A colleague",
        actor=analyst,
        at=office_of.at,
        channel=Channel.PAGE,
    )
    dow.record.refresh_from_db()
    assert dow.record.limited
    office_of.undo(merge)
    assert family_ids(doe.record) == [doe.pk]


# --- Refusals ---------------------------------------------------------------------------------


def test_one_number_alone_is_never_enough(
    enter: Callable[..., Individual], doe: Individual, office_of: Desk
) -> None:
    number = enter(PersonFacts(last="Stranger", identifiers=DOE.identifiers[:1]))
    assert refused(lambda: office_of.propose(doe, number)) == "too-little-shared"
    assert not IndividualMerge.objects.exists()


def test_what_is_shared_is_looked_at_again_when_it_is_decided(
    doe: Individual, dow: Individual, office_of: Desk
) -> None:
    merge = office_of.propose(doe, dow)
    dow.names.filter(kind=NameKind.ALIAS).update(last="Poe", normal_last="POE")
    before = snapshot()
    assert refused(lambda: office_of.decide(merge_individuals, merge)) == "too-little-shared"
    assert snapshot() == before


def test_nobody_decides_alone(
    doe: Individual, dow: Individual, supervisor: User, analyst: User, at: datetime
) -> None:
    alone = Desk(supervisor, supervisor, at)
    merge = alone.propose(doe, dow)
    assert refused(lambda: alone.decide(merge_individuals, merge)) == "own-work"
    assert refused(lambda: alone.decide(refuse_merge, merge)) == "own-work"
    assert (
        refused(lambda: Desk(supervisor, analyst, at).decide(merge_individuals, merge))
        == "not-yours-to-decide"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        IndividualMerge.objects.filter(pk=merge.pk).update(decided_by=supervisor)


def test_who_works_with_no_records_proposes_none(
    doe: Individual, dow: Individual, make_user: UserFactory, supervisor: User, at: datetime
) -> None:
    outside = Desk(make_user(Role.FIELD_OFFICER), supervisor, at)
    assert refused(lambda: outside.propose(doe, dow)) == "not-yours-to-merge"


def test_twice_is_once(doe: Individual, dow: Individual, office_of: Desk) -> None:
    merge = office_of.propose(doe, dow)
    assert refused(lambda: office_of.propose(doe, dow)) == "merge-waits"
    assert refused(lambda: office_of.propose(dow, doe)) == "merge-waits"
    office_of.decide(merge_individuals, merge)
    assert refused(lambda: office_of.decide(merge_individuals, merge)) == "waits-no-longer"
    assert refused(lambda: office_of.propose(doe, dow)) == "already-merged"
    assert refused(lambda: office_of.propose(doe, doe)) == "one-record"


def test_nobody_is_proposed_into_two_others(
    doe: Individual, dow: Individual, enter: Callable[..., Individual], office_of: Desk
) -> None:
    third = enter(DOE)
    merge = office_of.propose(doe, dow)
    assert refused(lambda: office_of.propose(third, dow)) == "merge-waits"
    # Whoever is to stay may wait for several, which are decided one by one.
    office_of.propose(doe, third)
    office_of.decide(refuse_merge, merge)
    office_of.propose(third, dow)


def test_a_refused_proposal_changes_nothing(
    doe: Individual, dow: Individual, office_of: Desk
) -> None:
    before = snapshot()
    merge = office_of.decide(refuse_merge, office_of.propose(doe, dow))
    assert merge.state == MergeState.REFUSED
    assert snapshot() == before
    # It may be proposed again.
    office_of.propose(doe, dow)


def test_records_open_to_others_are_not_merged(
    doe: Individual, dow: Individual, office_of: Desk, analyst: User, at: datetime
) -> None:
    merge = office_of.propose(doe, dow)
    limit_record(
        record=dow.record,
        allowed=[],
        reason="A colleague",
        actor=analyst,
        at=at,
        channel=Channel.PAGE,
    )
    assert refused(lambda: office_of.decide(merge_individuals, merge)) == "limits-differ"
    assert refused(lambda: office_of.propose(doe, dow)) == "limits-differ"


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        ({"primary": 0}, "no-such-name"),
        ({"sex": "X"}, "no-such-sex"),
        ({"left": frozenset({("acrime.BirthDate", 0)})}, "value-changed"),
        ({"left": frozenset({("accounts.User", 1)})}, "value-changed"),
    ],
)
def test_a_choice_names_what_is_theirs(
    chosen: dict[str, Any], code: str, doe: Individual, dow: Individual, office_of: Desk
) -> None:
    assert refused(lambda: office_of.propose(doe, dow, **chosen)) == code


def test_nothing_is_changed_or_linked_that_became_part_of_another(
    doe: Individual, dow: Individual, office_of: Desk, claimed_query: StatusQuery, analyst: User
) -> None:
    office_of.merge(doe, dow)
    assert (
        refused(
            lambda: correct_value(
                individual_id=dow.pk,
                position=0,
                held="",
                value="",
                actor=analyst,
                at=office_of.at,
            )
        )
        == "merged"
    )
    assert (
        refused(
            lambda: link_individual(
                query=claimed_query, individual=dow, reason="Same", actor=analyst, at=office_of.at
            )
        )
        == "merged"
    )


# --- Undoing ----------------------------------------------------------------------------------


def test_an_earlier_merge_waits_for_the_later_one(
    doe: Individual, dow: Individual, enter: Callable[..., Individual], office_of: Desk
) -> None:
    third = enter(DOE)
    first = office_of.merge(doe, dow)
    second = office_of.merge(third, doe)
    assert (
        refused(
            lambda: propose_undo(
                merge=first, reason="Brothers", actor=office_of.proposer, at=office_of.at
            )
        )
        == "later-merge"
    )
    office_of.undo(second)
    office_of.undo(first)


def test_refusing_to_undo_leaves_them_one(
    doe: Individual, dow: Individual, office_of: Desk
) -> None:
    merge = office_of.merge(doe, dow)
    before = snapshot()
    asked = propose_undo(merge=merge, reason="Brothers", actor=office_of.proposer, at=office_of.at)
    merge = office_of.decide(refuse_undo, asked)
    assert (merge.state, merge.undo_proposed_by) == (MergeState.MERGED, None)
    assert snapshot() == before
    office_of.undo(merge)


def test_what_was_corrected_meanwhile_stays_corrected_and_goes_back_with_its_person(
    doe: Individual, dow: Individual, office_of: Desk
) -> None:
    merge = office_of.merge(doe, dow)
    name = IndividualName.objects.get(last="Dow")
    name.last, name.normal_last = "Dough", "DOUGH"
    name.save()
    office_of.undo(merge)
    assert dow.names.get(kind=NameKind.PRIMARY).full == "Dough, Jon"


LAST = ("Doe", "Roe", "Poe")


@st.composite
def persons(draw: st.DrawFn) -> PersonFacts:
    """A person of few values, so that two share enough now and then."""
    names = st.tuples(st.sampled_from(LAST), st.just("John"), st.just(""))
    numbers = st.tuples(
        st.sampled_from([IdentifierKind.A_NUMBER, IdentifierKind.SID]),
        st.sampled_from(["A099000771", "A099000772"]),
    )
    last, first, middle = draw(names)
    return PersonFacts(
        last=last,
        first=first,
        middle=middle,
        sex=draw(st.sampled_from(["", "M"])),
        birth_date=BORN,
        birth_place=draw(st.sampled_from(["", "MM", "TX"])),
        identifiers=tuple(draw(st.lists(numbers, max_size=3))),
        aliases=tuple(draw(st.lists(names, max_size=2))),
    )


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_any_merges_undone_give_back_what_there_was(data: st.DataObject) -> None:
    world = data.draw(st.lists(persons(), min_size=3, max_size=4))
    with taken_back():
        analyst, supervisor, at = _staff
        desk = Desk(analyst, supervisor, at)
        people = [
            create_individual(
                person=each,
                schedule_code="IAQ-CRIMINAL",
                actor=analyst,
                at=at,
                channel=Channel.PAGE,
            )
            for each in world
        ]
        before = snapshot()
        done: list[IndividualMerge] = []
        for _ in range(data.draw(st.integers(1, 4))):
            one, other = data.draw(st.permutations(people))[:2]
            names = [*one.names.all(), *other.names.all()]
            values = values_of(other)
            chosen = data.draw(st.sampled_from(names)).pk if names else 0
            left = data.draw(st.sets(st.sampled_from([v.key for v in values]))) if values else set()
            try:
                merge = desk.propose(
                    one,
                    other,
                    primary=chosen,
                    sex=data.draw(st.sampled_from([one.sex, other.sex])),
                    left=frozenset(left - {("acrime.IndividualName", chosen)}),
                )
            except ActionRefused:
                continue
            done.append(desk.decide(merge_individuals, merge))
            for person in people:
                person.refresh_from_db()
            # Nothing is lost on the way, and a person has one name.
            assert _rows(snapshot()) == _rows(before)
            assert not SearchName.objects.filter(individual__merged_into__isnull=False).exists()
            assert one.names.filter(kind=NameKind.PRIMARY).count() == 1
        for merge in reversed(done):
            desk.undo(merge)
        assert snapshot() == before


def _rows(state: dict[str, list[dict[str, Any]]]) -> dict[str, int]:
    return {table: len(rows) for table, rows in state.items() if table != "acrime.SearchName"}


_staff: tuple[User, User, datetime]


@pytest.fixture(autouse=True)
def _who(notice: NoticeVersion, analyst: User, supervisor: User, at: datetime) -> None:
    """For the property test, which hypothesis does not let have fixtures of its own."""
    global _staff
    _staff = (analyst, supervisor, at)


def test_every_table_of_people_is_moved_or_named() -> None:
    moved = {model._meta.label for model, _ in relations()}
    related = {relation.related_model._meta.label for relation in Individual._meta.related_objects}
    assert related == moved | (NOT_MOVED & related)
    assert {"acrime.RecordSubject", "acrime.IndividualName", "acrime.Address"} <= moved


# --- Pages ------------------------------------------------------------------------------------


def test_from_the_page_to_one_record_and_back(
    doe: Individual, dow: Individual, as_analyst: Browser, as_supervisor: Browser
) -> None:
    place = f"/individuals/{doe.record.number}/merge/"
    page = as_analyst.post(place, {"other": dow.record.number})
    assert page.status_code == 200
    body = page.content.decode()
    assert "Same A-Number; Same name" in body
    assert "A099000777" not in body
    sent = {
        "other": dow.record.number,
        "propose": "1",
        "primary": "a0",
        "sex": "M",
        "left": [],
        "reason": "One A-Number, one name",
    }
    answer = as_analyst.post(place, sent)
    merge = IndividualMerge.objects.get()
    assert answer.headers["Location"] == f"/individuals/merges/{merge.number}/"
    assert merges_to_decide(as_supervisor.user).get() == merge
    assert merge.number in as_supervisor.get("/individuals/merges/").content.decode()

    place = f"/individuals/merges/{merge.number}/"
    assert as_analyst.post(f"{place}decide/", {}).status_code == 403
    assert as_supervisor.post(f"{place}decide/", {"decision": "approve"}).status_code == 422
    as_supervisor.post(f"{place}decide/", {"decision": "approve", "decide-reason": "Looked"})
    body = as_analyst.get(f"/individuals/{dow.record.number}/").content.decode()
    assert "This record became part of another one" in body
    assert doe.record.number in body
    assert dow.record.number not in as_analyst.get("/individuals/").content.decode()

    as_analyst.post(f"{place}undo/", {"undo-reason": "Brothers"})
    as_supervisor.post(f"{place}decide/", {"decision": "approve", "decide-reason": "Looked"})
    merge.refresh_from_db()
    assert merge.state == MergeState.UNDONE
    assert MergedRow.objects.exists()
    assert dow.record.number in as_analyst.get("/individuals/").content.decode()


def test_a_page_refuses_with_a_message(
    doe: Individual, dow: Individual, enter: Callable[..., Individual], as_analyst: Browser
) -> None:
    place = f"/individuals/{doe.record.number}/merge/"
    assert as_analyst.get(place).status_code == 200
    for sent in ({}, {"other": ""}, {"other": "x" * 10_000}, {"other": doe.record.number}):
        assert as_analyst.post(place, sent).status_code == 422
    assert as_analyst.post(place, {"other": "IND-2026-0000-0000"}).status_code == 404
    wrong = {"other": dow.record.number, "propose": "1", "primary": "z9", "sex": "Q", "left": "b99"}
    assert as_analyst.post(place, wrong).status_code == 422
    stranger = enter(PersonFacts(last="Stranger", identifiers=DOE.identifiers[:1]))
    page = as_analyst.post(place, {"other": stranger.record.number})
    assert "Too little is shared" in page.content.decode()
    assert not IndividualMerge.objects.exists()


def test_a_merge_of_a_hidden_record_is_absent(
    doe: Individual,
    dow: Individual,
    office_of: Desk,
    make_user: UserFactory,
    browser_of: Callable[[User], Browser],
) -> None:
    merge = office_of.propose(doe, dow)
    other = browser_of(make_user(Role.SUPERVISOR))
    assert other.get(f"/individuals/merges/{merge.number}/").status_code == 200
    limit_record(
        record=dow.record,
        allowed=[],
        reason="A colleague",
        actor=office_of.proposer,
        at=office_of.at,
        channel=Channel.PAGE,
    )
    assert other.get(f"/individuals/merges/{merge.number}/").status_code == 404
    assert merge.number not in other.get("/individuals/merges/").content.decode()
