"""A protection that is on record holds at the gate, whether the discloser thought of it or not."""

from datetime import date, datetime

import pytest
from django.db import transaction

from accounts.choices import Role
from accounts.models import Office, User
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.iaq.choices import QueryState
from acrime.iaq.models import StatusQuery
from acrime.iar.actions import Release, release_response
from acrime.iar.models import StatusResponse
from acrime.individuals.facts.actions import note_fact
from acrime.individuals.facts.choices import About
from acrime.individuals.models import Individual
from acrime.records.actions import limit_record
from routine_uses import actions as gate
from routine_uses.actions import DisclosedRecord, DisclosureRefused, add_recipient
from routine_uses.approvals.actions import add_paper
from routine_uses.choices import Protection
from routine_uses.grounds import GUARDS
from routine_uses.models import Approval, Disclosure, DisclosureDraft
from routine_uses.querysets import fbi_cjis
from tests import factories
from tests.conftest import Browser, BrowserFactory, UserFactory

SINCE = date(2026, 1, 5)
APPROVED_ONLY = [each for each in Protection.values if each != Protection.VISA]


def protect(
    query: StatusQuery, code: str, *, by: User, at: datetime, begins: bool = True
) -> Individual:
    individual = Individual.objects.get(record_links__record=query.record)
    note_fact(
        individual=individual,
        about=About.PROTECTION,
        code=code,
        begins=begins,
        since=SINCE,
        source="The file",
        actor=by,
        at=at,
    )
    return individual


def let_go(query: StatusQuery, *, actor: User, office: Office, at: datetime) -> StatusResponse:
    return release_response(
        query=query,
        release=Release(office=office, letter="X", computed_letter="X"),
        actor=actor,
        at=at,
    )


@pytest.mark.parametrize("code", APPROVED_ONLY)
def test_an_answer_about_a_protected_person_waits_for_its_exception(
    code: str,
    approved_query: StatusQuery,
    analyst: User,
    supervisor: User,
    office: Office,
    at: datetime,
) -> None:
    protect(approved_query, code, by=analyst, at=at)
    with pytest.raises(DisclosureRefused) as refusal:
        let_go(approved_query, actor=supervisor, office=office, at=at)

    assert refusal.value.code == "disclosure-needs"
    assert refusal.value.clause == GUARDS[code].clause
    assert [need.key for need in refusal.value.verdict.needs] == [GUARDS[code].condition.key]
    assert StatusQuery.objects.get(pk=approved_query.pk).state == QueryState.APPROVED
    assert not Disclosure.objects.exists()
    assert not StatusResponse.objects.exists()
    assert AuditEvent.objects.filter(kind="disclosure.refused").count() == 1


def test_the_exception_is_asked_for_on_the_page_and_opens_it(
    approved_query: StatusQuery,
    analyst: User,
    as_supervisor: Browser,
    browser_of: BrowserFactory,
    make_user: UserFactory,
    office: Office,
    at: datetime,
) -> None:
    protect(approved_query, Protection.ASYLUM, by=analyst, at=at)
    place = f"/responses/release/{approved_query.record.number}/"
    page = as_supervisor.get(place).content.decode()
    assert "The person is specially protected" in page
    assert "8 CFR 208.6" in page
    assert GUARDS["ASYLUM"].condition.question in page
    filled = {"office": str(office.pk), "letter": "X"}
    refused = as_supervisor.post(place, filled)
    assert refused.status_code == 422
    assert "8 CFR 208.6" in refused.content.decode()

    as_supervisor.post(f"{place}check/", filled | {"kind": "ASYLUM_EXCEPTION"})
    asked = Approval.objects.get()
    assert asked.kind == "ASYLUM_EXCEPTION"
    add_paper(
        approval=asked,
        name="consent.pdf",
        data=factories.PAPER,
        actor=as_supervisor.user,
        at=at,
        channel=Channel.PAGE,
    )
    counsel = browser_of(make_user(Role.ATTORNEY))
    counsel.post(
        f"/approvals/{asked.number}/decide/", {"decide-reason": "Consent", "decision": "grant"}
    )
    assert "Granted, not used yet" in as_supervisor.get(place).content.decode()
    assert as_supervisor.post(place, filled).status_code == 302
    made = Disclosure.objects.get()
    assert made.protections == ["ASYLUM"]
    assert made.conditions["asylum_exception"] == asked.number
    assert "ASYLUM" in StatusResponse.objects.get().text


def test_the_end_of_the_protection_opens_it(
    approved_query: StatusQuery,
    analyst: User,
    supervisor: User,
    office: Office,
    at: datetime,
) -> None:
    protect(approved_query, Protection.JUVENILE, by=analyst, at=at)
    with pytest.raises(DisclosureRefused):
        let_go(approved_query, actor=supervisor, office=office, at=at)
    protect(approved_query, Protection.JUVENILE, by=supervisor, at=at, begins=False)

    let_go(approved_query, actor=supervisor, office=office, at=at)
    assert Disclosure.objects.get().protections == []


def test_a_visa_record_leaves_with_its_statement(
    approved_query: StatusQuery,
    analyst: User,
    supervisor: User,
    office: Office,
    at: datetime,
) -> None:
    protect(approved_query, Protection.VISA, by=analyst, at=at)
    response = let_go(approved_query, actor=supervisor, office=office, at=at)
    made = Disclosure.objects.get()
    assert made.protections == ["INA222F"]
    assert "222(F)" in response.text.upper()
    assert any("222(f)" in f"{term}" for term in made.terms)


def test_no_caller_of_the_gate_can_leave_it_out(
    approved_query: StatusQuery, analyst: User, supervisor: User, at: datetime
) -> None:
    """Not by the query, and not by the person's own record."""
    individual = protect(approved_query, Protection.VAWA, by=analyst, at=at)
    for record in (approved_query.record, individual.record):
        with pytest.raises(DisclosureRefused) as refusal, transaction.atomic():
            gate.disclose(
                actor=supervisor,
                at=at,
                channel=Channel.PAGE,
                records=[DisclosedRecord(record.pk, record.number)],
                recipient=fbi_cjis(),
                paragraph="b3",
                letter="X",
                computed_letter="X",
                purpose="FINGERPRINT_QUERY",
                nature="Immigration Alien Response",
                method="ELECTRONIC",
                fields=["NAME"],
                conditions={"fingerprint_based": True},
                protections=[],
            )
        assert refusal.value.clause == "8 U.S.C. 1367(a)(2)"


def test_specially_protected_people_are_never_for_the_media(
    approved_query: StatusQuery, analyst: User, as_supervisor: Browser, at: datetime
) -> None:
    protect(approved_query, Protection.SEALED, by=analyst, at=at)
    media = add_recipient(
        actor=None,
        at=at,
        name="Synthetic Gazette",
        type="MEDIA",
        address_lines=["1 Example Street"],
        channel=Channel.COMMAND,
    )
    page = _described(as_supervisor, approved_query.record.number, str(media.pk))
    assert "No ground fits" in page or "does not go to the media" in page


def _described(browser: Browser, number: str, recipient: str) -> str:
    browser.post("/disclosures/drafts/", {"records": number})
    draft = DisclosureDraft.objects.latest("pk")
    answer = browser.post(
        f"/disclosures/drafts/{draft.key}/what/",
        {
            "recipient": recipient,
            "purpose": "STATUS_VERIFICATION",
            "method": "PAPER",
            "nature": "Copy",
            "fields_chosen": ["NAME", "IMMIGRATION_STATUS"],
        },
        follow=True,
    )
    return answer.content.decode()


def test_the_wizard_shows_why_and_what_it_asks(
    approved_query: StatusQuery, analyst: User, as_supervisor: Browser, at: datetime
) -> None:
    individual = protect(approved_query, Protection.ASYLUM, by=analyst, at=at)
    number = approved_query.record.number
    police = add_recipient(
        actor=None,
        at=at,
        name="Synthetic police",
        type="LOCAL",
        address_lines=["1 Example Street"],
        channel=Channel.COMMAND,
    )
    page = _described(as_supervisor, number, str(police.pk))
    assert "Somebody whom these records are about is specially protected" in page
    assert "Asylum information (8 CFR 208.6)" in page
    assert "Jan 5, 2026" in page
    # It tells by which record, and not who it is.
    warning = page[page.index("Somebody whom these") :].partition("</div></div>")[0]
    assert number in warning
    assert individual.record.number not in warning

    draft = DisclosureDraft.objects.latest("pk")
    as_supervisor.post(f"/disclosures/drafts/{draft.key}/ground/", {"ground": "J"})
    page = as_supervisor.get(f"/disclosures/drafts/{draft.key}/").content.decode()
    assert GUARDS["ASYLUM"].condition.question in page
    assert "ask/ASYLUM_EXCEPTION/" in page
    assert "Disclose and account for it" not in page


def test_whoever_may_not_see_the_person_is_bound_all_the_same(
    approved_query: StatusQuery,
    analyst: User,
    supervisor: User,
    office: Office,
    at: datetime,
) -> None:
    individual = protect(approved_query, Protection.SEALED, by=analyst, at=at)
    limit_record(
        record=individual.record,
        allowed=[],
        reason="A sealed matter",
        actor=analyst,
        at=at,
        channel=Channel.PAGE,
    )
    with pytest.raises(DisclosureRefused) as refusal:
        let_go(approved_query, actor=supervisor, office=office, at=at)
    assert refusal.value.clause == GUARDS["SEALED"].clause
