"""Somebody of whom no query speaks: looked for first, then entered or recognised."""

from datetime import date, datetime, timedelta

import pytest

from accounts.models import User
from acrime.audit import events
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from acrime.individuals.actions import PersonFacts
from acrime.individuals.entering import actions
from acrime.individuals.entering.policy import SCHEDULES
from acrime.individuals.facts.choices import About, Category
from acrime.individuals.facts.querysets import facts_in_force
from acrime.individuals.finding.models import PersonSearch
from acrime.individuals.models import Individual
from routine_uses.models import NoticeVersion
from tests.conftest import Browser, Clock

PLACE = "/individuals/new/"
PERSON = PersonFacts(
    last="Marrowgate",
    first="Tobin",
    birth_date=date(1981, 2, 3),
    identifiers=(("A_NUMBER", "A099000777"),),
)
TYPED = {
    "category": "4",
    "last": "Marrowgate",
    "first": "Tobin",
    "born_0": "2",
    "born_1": "3",
    "born_2": "1981",
    "kind": "A_NUMBER",
    "number": "A099000777",
    "source": "A letter of Nov 2",
}


def entered(
    person: PersonFacts = PERSON,
    category: Category = Category.OFFICER,
    *,
    actor: User,
    at: datetime,
    despite: str = "",
) -> Individual:
    return actions.enter_individual(
        person=person, category=category, source="A letter", despite=despite, actor=actor, at=at
    )


def refused(person: PersonFacts = PERSON, *, actor: User, at: datetime) -> str:
    with pytest.raises(ActionRefused) as refusal:
        entered(person, actor=actor, at=at)
    return refusal.value.code


def test_nobody_is_entered_who_was_not_looked_for(
    notice: NoticeVersion, analyst: User, other_analyst: User, at: datetime
) -> None:
    assert refused(actor=analyst, at=at) == "search-first"
    actions.look_first(person=PERSON, actor=other_analyst, at=at)
    assert refused(actor=analyst, at=at) == "search-first"
    actions.look_first(person=PersonFacts(last="Marrowgate"), actor=analyst, at=at)
    assert refused(actor=analyst, at=at) == "search-first"
    actions.look_first(person=PERSON, actor=analyst, at=at)
    assert refused(actor=analyst, at=at + timedelta(minutes=31)) == "search-first"
    assert not Individual.objects.exists()
    assert entered(actor=analyst, at=at + timedelta(minutes=30)).names.get().last == "Marrowgate"


def test_a_strong_match_needs_a_reason_and_one_search_enters_one_person(
    notice: NoticeVersion, analyst: User, at: datetime
) -> None:
    actions.look_first(person=PERSON, actor=analyst, at=at)
    first = entered(actor=analyst, at=at)
    assert refused(actor=analyst, at=at) == "already-entered"
    found = actions.look_first(person=PERSON, actor=analyst, at=at + timedelta(minutes=1))
    assert [hit.person.pk for hit in found.shown] == [first.pk]
    assert refused(actor=analyst, at=at + timedelta(minutes=1)) == "strong-match"
    second = entered(actor=analyst, at=at + timedelta(minutes=1), despite="A cousin, same file")
    kept = PersonSearch.objects.order_by("pk")
    assert [(each.chosen_id, each.despite) for each in kept] == [
        (first.pk, None),
        (second.pk, "A cousin, same file"),
    ]


@pytest.mark.parametrize("category", Category)
def test_each_category_has_its_retention_item_and_is_noted(
    category: Category, notice: NoticeVersion, analyst: User, at: datetime
) -> None:
    actions.look_first(person=PERSON, actor=analyst, at=at)
    person = entered(category=category, actor=analyst, at=at)
    assert person.record.schedule_item.code == SCHEDULES[category]
    (fact,) = facts_in_force([person.pk], about=About.CATEGORY)[person.pk]
    assert (fact.code, fact.source) == (category, "A letter")


def test_whoever_reports_a_tip_is_seen_by_nobody_else(
    notice: NoticeVersion, analyst: User, other_analyst: User, supervisor: User, at: datetime
) -> None:
    actions.look_first(person=PERSON, actor=analyst, at=at)
    person = entered(category=Category.TIPSTER, actor=analyst, at=at)
    seen = Individual.objects.filter(pk=person.pk)
    assert not seen.visible_to(other_analyst).exists()
    assert seen.visible_to(analyst).exists()
    assert seen.visible_to(supervisor).exists()


def test_the_page_looks_first_and_then_enters(
    notice: NoticeVersion, as_analyst: Browser, clock: Clock
) -> None:
    looked = as_analyst.post(PLACE, TYPED)
    assert "Nobody like this is known" in looked.content.decode()
    assert not Individual.objects.exists()
    answer = as_analyst.post(PLACE, TYPED | {"enter": "1"})
    person = Individual.objects.get()
    assert answer["Location"] == f"/individuals/{person.record.number}/"
    event = AuditEvent.objects.filter(kind=events.RECORD_SEARCHED).order_by("-pk")[0]
    assert event.criteria["A-Number"] == "••••••777"
    # What was typed is searched for anew where it was changed after the look.
    changed = as_analyst.post(PLACE, TYPED | {"enter": "1", "first": "Tab"})
    assert changed.status_code == 422
    assert "Search for the person first" in changed.content.decode()
    assert "Is it one of these?" in changed.content.decode()
    assert Individual.objects.count() == 1


def test_the_page_offers_whoever_fits(
    notice: NoticeVersion, as_analyst: Browser, at: datetime
) -> None:
    actions.look_first(person=PERSON, actor=as_analyst.user, at=at)
    known = entered(actor=as_analyst.user, at=at)
    page = as_analyst.post(PLACE, TYPED)
    assert "Same name; Same date of birth" in page.content.decode()
    again = as_analyst.post(PLACE, TYPED | {"enter": "1"})
    assert again.status_code == 422
    assert list(again.context["form"].errors) == ["despite"]
    chosen = as_analyst.post(PLACE, TYPED | {"is": known.record.number})
    assert chosen["Location"] == f"/individuals/{known.record.number}/"
    assert PersonSearch.objects.order_by("-pk")[0].chosen_id == known.pk
    assert Individual.objects.count() == 1


def test_a_hidden_person_cannot_be_chosen(
    notice: NoticeVersion, as_analyst: Browser, other_analyst: User, at: datetime
) -> None:
    actions.look_first(person=PERSON, actor=other_analyst, at=at)
    hidden = entered(category=Category.TIPSTER, actor=other_analyst, at=at)
    page = as_analyst.post(PLACE, TYPED)
    assert "Nobody like this is known" in page.content.decode()
    answers = [
        as_analyst.post(PLACE, TYPED | {"is": number})
        for number in (hidden.record.number, "IND-2026-AAAA-AAAA")
    ]
    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"last": ""}, "last"),
        ({"last": "..."}, "last"),
        ({"last": "CPI", "first": "CPI"}, "last"),
        ({"last": "x" * 61}, "last"),
        ({"last": "<b>"}, "last"),
        ({"last": "nul\x00"}, "last"),
        ({"category": "9"}, "category"),
        ({"category": ""}, "category"),
        ({"born_0": "13"}, "born"),
        ({"born_2": "2981"}, "born"),
        ({"birth_place": "Z9"}, "birth_place"),
        ({"sex": "Q"}, "sex"),
        ({"kind": ""}, "kind"),
        ({"number": ""}, "number"),
        ({"number": "A12345"}, "number"),
        ({"kind": "SSN", "number": "000123456"}, "number"),
        ({"source": ""}, "source"),
    ],
    ids=repr,
)
def test_what_cannot_be_is_told_at_its_field(
    changed: dict[str, str], field: str, notice: NoticeVersion, as_analyst: Browser
) -> None:
    for press in ({}, {"enter": "1"}):
        answer = as_analyst.post(PLACE, TYPED | changed | press)
        assert answer.status_code == 422
        assert field in answer.context["form"].errors
    assert not Individual.objects.exists()
    assert not PersonSearch.objects.exists()
