"""A query says which of the notice's categories its person is in, and holds a protection back."""

from datetime import datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.common.eastern import portal_day
from acrime.iaq.actions import link_individual
from acrime.iaq.choices import UNDECIDED
from acrime.iaq.models import StatusQuery
from acrime.iaq.policy import PROGRAM_RULES
from acrime.individuals.actions import PersonFacts, create_individual
from acrime.individuals.facts.actions import note_fact
from acrime.individuals.facts.choices import About, Category
from acrime.individuals.facts.querysets import held_of
from acrime.individuals.models import Individual
from acrime.records.actions import limit_record
from routine_uses.choices import Program, Protection


def test_every_program_has_its_category() -> None:
    decided = {code: rule.individuals for code, rule in PROGRAM_RULES.items() if code != UNDECIDED}
    assert set(decided.values()) == {
        Category.CRIMINAL,
        Category.REGISTRANT,
        Category.BACKGROUND,
        Category.FIREARM,
    }
    assert decided.keys() == set(Program)
    # While nobody has decided, nothing is said of the person either.
    assert PROGRAM_RULES[UNDECIDED].individuals is None


def test_the_person_of_a_query_is_in_the_category_of_its_program(
    researched_query: StatusQuery,
) -> None:
    person = Individual.objects.get(record_links__record=researched_query.record)
    [category] = held_of(person).categories
    assert (category.code, category.since) == ("1A", portal_day(researched_query.received_at))
    # A query may be hidden from whoever sees the person: its number is not told.
    assert researched_query.record.number not in category.source


def test_the_same_category_is_noted_once_and_a_limited_query_tells_nothing(
    claimed_query: StatusQuery, analyst: User, at: datetime
) -> None:
    def known(last: str) -> Individual:
        return create_individual(
            person=PersonFacts(last=last),
            schedule_code="IAQ-CRIMINAL",
            actor=analyst,
            at=at,
            channel=Channel.PAGE,
        )

    def link(person: Individual) -> None:
        link_individual(
            query=claimed_query, individual=person, reason="Same card", actor=analyst, at=at
        )

    roe, doe = known("Roe"), known("Doe")
    link(roe)
    link(roe)
    assert roe.facts.count() == 1
    limit_record(
        record=claimed_query.record,
        allowed=[],
        reason="A sensitive matter",
        actor=analyst,
        at=at,
        channel=Channel.PAGE,
    )
    link(doe)
    assert doe.facts.count() == 0


def test_a_protection_holds_every_record_about_the_person(
    researched_query: StatusQuery, analyst: User, at: datetime
) -> None:
    """A release locks its query's record: it waits for the protection, or is waited for."""
    person = Individual.objects.get(record_links__record=researched_query.record)
    with CaptureQueriesContext(connection) as asked:
        note_fact(
            individual=person,
            about=About.PROTECTION,
            code=Protection.SEALED,
            since=portal_day(at),
            source="The order",
            actor=analyst,
            at=at,
        )
    [holding] = [
        each["sql"]
        for each in asked
        if "FOR UPDATE" in each["sql"] and 'FROM "record"' in each["sql"]
    ]
    for record in (person.record, researched_query.record):
        assert str(record.pk) in holding
