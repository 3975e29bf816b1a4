"""Terms that go along: the reviewed table, their words, and that they really go along."""

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.template import loader
from django.urls import reverse

from accounts.models import Office, User
from acrime.common.pdf import render_pdf
from acrime.iaq.models import StatusQuery
from routine_uses import documents, verification
from routine_uses.choices import AgencyTag, Field, Paragraph, Protection, Purpose, RecipientType
from routine_uses.models import Disclosure
from routine_uses.policy import DisclosureRequest, RecipientFacts
from routine_uses.redisclosure.policy import (
    BY_PROTECTION,
    IDENTITY_SHARING,
    MIGHT_HOLD,
    OF_IDENTITY,
    OF_STATUS,
    UNDER_THE_SHARING_POLICY,
    terms_for,
)
from routine_uses.redisclosure.texts import every_term, in_words
from tests import factories
from tests.conftest import Browser
from tests.rooms.routine_uses.conftest import Disclose
from tests.support.source import ROOT

TABLE = ROOT / "tests" / "tables" / "redisclosure_terms.csv"


def rows() -> list[dict[str, str]]:
    with Path(TABLE).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def asked(row: dict[str, str]) -> DisclosureRequest:
    return DisclosureRequest(
        paragraph=row["paragraph"],
        letter=row["letter"],
        recipient=RecipientFacts(type=row["recipient"], tag=row["tag"]),
        fields=frozenset(row["fields"].split(";")),
        purpose=row["purpose"],
        protections=frozenset(filter(None, row["protections"].split(";"))),
    )


@pytest.mark.parametrize("row", rows(), ids=lambda row: "-".join(list(row.values())[:7]))
def test_the_reviewed_table(row: dict[str, str]) -> None:
    assert ";".join(terms_for(asked(row))) == row["terms"]


def test_the_table_speaks_in_known_codes_and_gives_its_reasons() -> None:
    for row in rows():
        assert set(row["fields"].split(";")) <= set(Field.values)
        assert set(filter(None, row["protections"].split(";"))) <= set(Protection.values)
        assert row["recipient"] in RecipientType.values
        assert row["tag"] in ["", *AgencyTag.values]
        assert row["paragraph"] in Paragraph.values
        assert row["purpose"] in Purpose.values
        assert row["because"]
    said = [tuple(list(row.values())[:7]) for row in rows()]
    assert len(said) == len(set(said))


def test_the_table_shows_each_term_going_and_staying() -> None:
    for code in every_term():
        going = {code in row["terms"].split(";") for row in rows()}
        assert going == {True, False}, code


def test_every_protection_has_its_terms() -> None:
    assert BY_PROTECTION.keys() == set(Protection.values)


def test_every_code_has_words_that_older_systems_carry() -> None:
    codes = {code for row in rows() for code in row["terms"].split(";") if code}
    assert codes == every_term().keys()
    for term in every_term().values():
        assert term.clause
        for text in (term.title, term.clause, *term.paragraphs):
            assert text.strip()
            assert text.isascii()
            assert text.isprintable()
    with pytest.raises(KeyError):
        in_words(["NOTHING"])


def test_the_words_name_what_the_sources_name() -> None:
    text = every_term()[IDENTITY_SHARING].text
    for said in ("lineup", "wanted notice", "data mining", "press conferences", "joint task force"):
        assert said in text
    assert "Department of State" in every_term()["VISA_RECORDS"].text
    assert "8 U.S.C. 1367(b)" in every_term()["PROTECTED_APPLICANT"].text
    assert "not an immigration detainer" in every_term()["NOT_A_DETAINER"].text


def test_each_member_of_a_rule_decides_some_row() -> None:
    """Taking a type or a field out of its set changes what some row of content would get."""
    base: dict[str, Any] = {
        "paragraph": "b3",
        "letter": "G",
        "purpose": "LAW_ENFORCEMENT",
    }
    for kind in MIGHT_HOLD:
        request = DisclosureRequest(
            recipient=RecipientFacts(type=kind), fields=frozenset({"IMMIGRATION_STATUS"}), **base
        )
        assert "NOT_A_DETAINER" in terms_for(request)
    for field in OF_STATUS:
        request = DisclosureRequest(
            recipient=RecipientFacts(type="FEDERAL"), fields=frozenset({field}), **base
        )
        assert terms_for(request) == ("NOT_A_DETAINER",)
    for field in OF_IDENTITY:
        for kind in RecipientType.values:
            request = DisclosureRequest(
                recipient=RecipientFacts(type=kind), fields=frozenset({field}), **base
            )
            assert (IDENTITY_SHARING in terms_for(request)) == (kind in UNDER_THE_SHARING_POLICY)


# --- They go along -----------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_accounting_keeps_the_words_and_its_code_covers_them(disclose: Disclose) -> None:
    made = Disclosure.objects.get(pk=disclose().pk)
    assert [term["code"] for term in made.terms] == ["NOT_A_DETAINER", IDENTITY_SHARING]
    assert made.terms[1]["text"] == every_term()[IDENTITY_SHARING].text
    assert made.terms[1]["version"]
    facts = verification.facts_of(made)
    assert verification.fits(made.verification_code, facts)
    assert [code for code, _ in facts["terms"]] == ["NOT_A_DETAINER", IDENTITY_SHARING]


@pytest.mark.django_db
def test_nobody_can_leave_a_term_out(disclose: Disclose) -> None:
    made = disclose(protections=["INA222F"], conditions={**X_ANSWERED, "ina222f_notice": True})
    assert "VISA_RECORDS" in [term["code"] for term in made.terms]


X_ANSWERED: dict[str, Any] = {"fingerprint_based": True}


@pytest.mark.django_db
def test_the_disclosure_record_and_the_page_print_them(
    disclose: Disclose, as_privacy_officer: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def noting(*, template: str, context: dict[str, object], title: str) -> bytes:
        said.append(loader.render_to_string(template, {**context, "title": title}))
        return render_pdf(template=template, context=context, title=title)

    monkeypatch.setattr(documents, "render_pdf", noting)
    made = disclose()
    page = as_privacy_officer.get(reverse("routine_uses:disclosure", args=[made.number]))
    for term in every_term().values():
        goes = term.code in ("NOT_A_DETAINER", IDENTITY_SHARING)
        assert (term.title in said[0]) == goes
        assert (term.title in page.content.decode()) == goes


@pytest.mark.django_db
def test_they_are_shown_before_a_release_and_appended_to_what_leaves(
    approved_query: StatusQuery,
    as_supervisor: Browser,
    supervisor: User,
    office: Office,
    at: datetime,
) -> None:
    page = as_supervisor.get(reverse("iar:release", args=[approved_query.record.number]))
    assert every_term()[IDENTITY_SHARING].title in page.content.decode()
    response = factories.release(approved_query, actor=supervisor, office=office, at=at)
    flowing = " ".join(response.text.split())
    assert every_term()[IDENTITY_SHARING].title.upper() in flowing
    assert " ".join(every_term()[IDENTITY_SHARING].text.split()) in flowing
    # The layout says it itself: once is enough.
    assert flowing.count("NOT A GOVERNMENT DETAINER") == 1
    assert every_term()["NOT_A_DETAINER"].text not in flowing
    assert max(map(len, response.text.splitlines())) <= 72
    assert response.text.isascii()


@pytest.mark.django_db
def test_an_answer_that_stays_inside_has_no_terms(
    notice: Any, analyst: User, supervisor: User, office: Office, at: datetime
) -> None:
    query = factories.make_query(factories.message_bytes(remarks="NSOR REGISTRATION"), at=at)
    query = factories.claim(query, author=analyst, at=at)
    query = factories.research(query, author=analyst, at=at)
    query = factories.submit(query, author=analyst, at=at)
    query = factories.approve(query, reviewer=supervisor, at=at)
    response = factories.release(query, actor=supervisor, office=office, at=at)
    assert response.inside_only
    assert every_term()[IDENTITY_SHARING].title.upper() not in response.text
