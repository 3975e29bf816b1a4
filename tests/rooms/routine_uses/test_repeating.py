"""Categories of repeating disclosures: who decides, what goes under one, what is kept of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from html import unescape
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.db import DatabaseError, connection, transaction
from django.template import loader
from django.utils.html import strip_tags

from accounts.choices import Role
from accounts.models import User
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from acrime.common.pdf import render_pdf
from routine_uses import access, documents, verification
from routine_uses.accounts_of.actions import decide_supersession, propose_supersession
from routine_uses.actions import DisclosedRecord, DisclosureRefused
from routine_uses.models import Disclosure, DisclosureSeries, NoticeVersion, Recipient
from routine_uses.repeating import actions
from routine_uses.repeating.actions import Proposal
from routine_uses.repeating.choices import SeriesState, Standing
from routine_uses.repeating.querysets import standing
from tests.conftest import UserFactory
from tests.rooms.routine_uses.conftest import Disclose

DAY = timedelta(days=1)
PAGE = Channel.PAGE

Propose = Callable[..., DisclosureSeries]


@pytest.fixture
def proposal(notice_2013: NoticeVersion, cjis: Recipient, at: datetime) -> Proposal:
    """A weekly list for the FBI, as ``disclose`` sends it."""
    return Proposal(
        recipient=cjis,
        code="X",
        purpose="FINGERPRINT_QUERY",
        fields=["NAME", "IMMIGRATION_STATUS", "A_NUMBER"],
        method="ELECTRONIC",
        nature="Immigration Alien Response",
        record_category="Responses of the week before",
        interval="WEEKLY",
        interval_statement="Every Friday",
        starts_on=at.date() - 30 * DAY,
        ends_on=at.date() + 30 * DAY,
        justification="The FBI compares its files each week.",
    )


@pytest.fixture
def propose(proposal: Proposal, analyst: User, at: datetime) -> Propose:
    """Proposes the list, some of it changed."""

    def make(*, by: User = analyst, **changed: Any) -> DisclosureSeries:
        return actions.propose_series(
            proposal=replace(proposal, **changed), actor=by, at=at - DAY, channel=PAGE
        )

    return make


@pytest.fixture
def approved(propose: Propose, privacy_officer: User, at: datetime) -> Propose:
    """Proposes it and has it approved."""

    def make(**changed: Any) -> DisclosureSeries:
        return actions.approve_series(
            series=propose(**changed),
            reason="It repeats.",
            actor=privacy_officer,
            at=at - DAY,
            channel=PAGE,
        )

    return make


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(ActionRefused) as refused, transaction.atomic():
        act()
    return refused.value.code


# --- Proposing and deciding --------------------------------------------------------------------


def test_a_category_is_proposed_and_approved_by_somebody_else(
    propose: Propose, privacy_officer: User, analyst: User, at: datetime
) -> None:
    series = propose(nature="  Immigration   Alien Response ")
    assert series.number.startswith("REP-2026-")
    assert (series.paragraph, series.letter) == ("b3", "X")
    assert series.nature == "Immigration Alien Response"
    assert standing(series, at=at) is Standing.PROPOSED
    made = actions.approve_series(
        series=series, reason=" It repeats. ", actor=privacy_officer, at=at, channel=PAGE
    )
    made.refresh_from_db()
    assert (made.state, made.decided_by, made.decided_at, made.decision_reason) == (
        SeriesState.APPROVED,
        privacy_officer,
        at,
        "It repeats.",
    )
    assert standing(made, at=at) is Standing.IN_USE
    events = AuditEvent.objects.filter(kind__startswith="series.").order_by("pk")
    assert [(event.kind, event.actor) for event in events] == [
        ("series.proposed", analyst),
        ("series.approved", privacy_officer),
    ]
    assert all(event.details["series"] == series.number for event in events)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"nature": " "}, "nature-missing"),
        ({"record_category": ""}, "record-category-missing"),
        ({"interval_statement": " "}, "statement-missing"),
        ({"justification": ""}, "justification-missing"),
        ({"fields": []}, "fields-missing"),
        ({"interval": "SOMETIMES"}, "unknown-code"),
        ({"purpose": "SOMETHING"}, "unknown-code"),
        ({"code": "J"}, "ground-does-not-fit"),
        ({"code": "ZZ"}, "ground-does-not-fit"),
        ({"code": "b1"}, "ground-does-not-fit"),
        ({"code": "b12"}, "ground-does-not-fit"),
        ({"purpose": "LITIGATION"}, "ground-does-not-fit"),
        ({"starts_on": date(2026, 12, 2), "ends_on": date(2026, 12, 1)}, "days-turned"),
        ({"starts_on": date(2026, 1, 1), "ends_on": date(2026, 1, 2)}, "days-past"),
        ({"starts_on": date(2026, 11, 1), "ends_on": date(2027, 11, 1)}, "days-too-many"),
    ],
)
def test_what_is_not_whole_is_not_proposed(
    propose: Propose, changed: dict[str, Any], code: str
) -> None:
    assert code_of(lambda: propose(**changed)) == code
    assert not DisclosureSeries.objects.exists()


def test_a_category_runs_for_a_whole_year(propose: Propose) -> None:
    series = propose(starts_on=date(2026, 11, 1), ends_on=date(2027, 10, 31))
    assert (series.ends_on - series.starts_on).days == 364


def test_only_who_discloses_proposes(
    propose: Propose, field_officer: User, make_user: UserFactory
) -> None:
    for by in (field_officer, make_user(Role.OPR), make_user(Role.ATTORNEY)):
        assert code_of(partial(propose, by=by)) == "not-a-discloser"


def test_a_recipient_that_is_no_longer_in_use_is_none(propose: Propose, cjis: Recipient) -> None:
    Recipient.objects.filter(pk=cjis.pk).update(is_active=False)
    cjis.refresh_from_db()
    assert code_of(lambda: propose(recipient=cjis)) == "no-such-recipient"


def test_who_decides_is_a_privacy_officer_and_not_the_proposer(
    propose: Propose, privacy_officer: User, supervisor: User, at: datetime
) -> None:
    own, others = propose(by=privacy_officer), propose()
    for decide in (actions.approve_series, actions.refuse_series):

        def tried(series: DisclosureSeries, by: User, reason: str = "So it is.") -> str:
            return code_of(
                lambda: decide(series=series, reason=reason, actor=by, at=at, channel=PAGE)  # noqa: B023
            )

        assert tried(own, privacy_officer) == "own-proposal"
        assert tried(others, supervisor) == "not-the-decider"
        assert tried(others, privacy_officer, " ") == "reason-missing"
    assert set(DisclosureSeries.objects.values_list("state", flat=True)) == {"PROPOSED"}


def test_the_database_asks_for_a_second_person_too(propose: Propose, at: datetime) -> None:
    series = propose()
    with pytest.raises(DatabaseError, match="disclosureseries_second_person"), transaction.atomic():
        DisclosureSeries.objects.filter(pk=series.pk).update(
            state="APPROVED", decided_by=series.proposed_by, decided_at=at, decision_reason="Mine"
        )


def test_it_is_decided_once(propose: Propose, privacy_officer: User, at: datetime) -> None:
    series = propose()
    facts: dict[str, Any] = {"reason": "No.", "actor": privacy_officer, "at": at, "channel": PAGE}
    actions.refuse_series(series=series, **facts)
    assert code_of(lambda: actions.approve_series(series=series, **facts)) == "wrong-state"
    assert code_of(lambda: actions.refuse_series(series=series, **facts)) == "wrong-state"
    assert code_of(lambda: actions.end_series(series=series, **facts)) == "wrong-state"


def test_nothing_is_approved_when_its_days_are_past(
    propose: Propose, privacy_officer: User, at: datetime
) -> None:
    series = propose(ends_on=at.date())
    late = partial(actions.approve_series, series=series, reason="Late.", channel=PAGE)
    assert code_of(lambda: late(actor=privacy_officer, at=at + 2 * DAY)) == "days-past"


def test_its_proposer_and_privacy_officers_end_it(
    approved: Propose, analyst: User, supervisor: User, make_user: UserFactory, at: datetime
) -> None:
    another = make_user(Role.PRIVACY_OFFICER)
    first, second = approved(), approved()

    def end(series: DisclosureSeries, by: User, reason: str = "No longer asked for") -> object:
        return actions.end_series(series=series, reason=reason, actor=by, at=at, channel=PAGE)

    assert code_of(lambda: end(first, supervisor)) == "not-yours"
    assert code_of(lambda: end(first, analyst, " ")) == "reason-missing"
    end(first, analyst)
    end(second, another)
    assert code_of(lambda: end(first, analyst)) == "wrong-state"
    second.refresh_from_db()
    assert (second.ended_by, second.ended_reason) == (another, "No longer asked for")
    assert standing(second, at=at) is Standing.ENDED


def test_what_waits_may_be_taken_back(propose: Propose, analyst: User, at: datetime) -> None:
    series = actions.end_series(
        series=propose(), reason="Not needed", actor=analyst, at=at, channel=PAGE
    )
    assert (series.state, series.decided_by) == (SeriesState.ENDED, None)


@pytest.mark.parametrize(
    "change",
    [
        "nature = 'Something else'",
        "ends_on = ends_on + 1",
        "fields = fields || '{ADDRESS}'",
        "decision_reason = 'Another'",
        "state = 'PROPOSED', decided_by_id = NULL, decided_at = NULL, decision_reason = ''",
    ],
)
def test_the_database_freezes_what_was_approved(approved: Propose, change: str) -> None:
    approved()
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        run(f"UPDATE routine_uses_disclosureseries SET {change}")  # noqa: S608  # of this test


def test_the_database_freezes_what_was_proposed_and_keeps_it(propose: Propose) -> None:
    propose()
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        run("UPDATE routine_uses_disclosureseries SET nature = 'Something else'")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        run("DELETE FROM routine_uses_disclosureseries")


def test_the_database_knows_no_category_of_more_than_a_year(propose: Propose) -> None:
    series = propose()
    series.pk, series.number = None, "REP-2026-0000-0009"
    series.ends_on = series.starts_on + 366 * DAY
    with pytest.raises(DatabaseError, match="at_most_a_year"), transaction.atomic():
        series.save(force_insert=True)


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)


# --- What goes under it ------------------------------------------------------------------------


def test_an_entry_keeps_its_category_as_it_was(approved: Propose, disclose: Disclose) -> None:
    series = approved()
    made = Disclosure.objects.get(pk=disclose(series=series).pk)
    assert made.series == series
    assert (
        made.series_number,
        made.series_category,
        made.series_interval,
        made.series_statement,
    ) == (series.number, "Responses of the week before", "Weekly", "Every Friday")
    facts = verification.facts_of(made)
    assert facts["series"] == {
        "number": series.number,
        "category": "Responses of the week before",
        "interval": "Weekly",
        "statement": "Every Friday",
    }
    event = AuditEvent.objects.get(kind="disclosure.made")
    assert event.details["series"] == series.number


def test_code_file_and_hashes_fit_with_a_category_and_without(
    approved: Propose, disclose: Disclose, privacy_officer: User, at: datetime
) -> None:
    about: dict[str, Any] = {"user": privacy_officer, "at": at, "channel": PAGE}
    for made in (disclose(), disclose(series=approved())):
        held = Disclosure.objects.get(pk=made.pk)
        assert verification.facts_hash(verification.facts_of(held)) == held.facts_sha256
        assert access.verify_code(number=held.number, code=held.verification_code, **about)
        assert access.verify_file(sha256=held.document_sha256, **about)


def test_entries_from_before_there_were_categories_hash_as_they_did(disclose: Disclose) -> None:
    made = disclose()
    assert "series" not in verification.facts_of(made)
    made.series_statement = "Every Friday"
    assert verification.facts_hash(verification.facts_of(made)) == made.facts_sha256
    made.series_number = "REP-2026-0000-0001"
    assert verification.facts_hash(verification.facts_of(made)) != made.facts_sha256
    assert not verification.fits(made.verification_code, verification.facts_of(made))


def test_fewer_fields_may_go(approved: Propose, disclose: Disclose) -> None:
    assert disclose(series=approved(), fields=["NAME"]).series_number


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"fields": ["NAME", "IMMIGRATION_STATUS", "A_NUMBER", "CITIZENSHIP"]}, "every field"),
        ({"nature": "Another list"}, "another nature"),
        ({"method": "PAPER"}, "another method"),
    ],
)
def test_what_it_does_not_cover_is_refused(
    approved: Propose, disclose: Disclose, changed: dict[str, Any], said: str
) -> None:
    series = approved()
    # By itself each of them passes the gate.
    assert disclose(**changed)
    with pytest.raises(DisclosureRefused, match=said) as refused:
        disclose(series=series, **changed)
    assert refused.value.clause == "5 U.S.C. 552a(c)(1)(A)"
    assert refused.value.code == "disclosure-refused"
    assert Disclosure.objects.count() == 1


def test_another_recipient_purpose_or_ground_is_refused(
    approved: Propose, disclose: Disclose, police: Recipient, supervisor: User
) -> None:
    series = approved(
        recipient=police,
        code="J",
        purpose="STATUS_VERIFICATION",
        fields=["NAME", "IMMIGRATION_STATUS"],
    )
    with pytest.raises(DisclosureRefused) as refused:
        disclose(series=series)
    assert refused.value.clause == "5 U.S.C. 552a(c)(1)(B)"
    for said in ("another recipient", "another ground", "another purpose", "every field"):
        assert said in refused.value.message
    answers = {"within_jurisdiction": True, "purpose_authorized": True}
    theirs: dict[str, Any] = {
        "series": series,
        "recipient": police,
        "letter": "J",
        "purpose": "STATUS_VERIFICATION",
        "fields": ["NAME", "IMMIGRATION_STATUS"],
    }
    # The gate is asked in full: what the clause wants and the (e)(6) check, each time.
    for conditions in ({}, answers):
        with pytest.raises(DisclosureRefused) as needed:
            disclose(**theirs, conditions=conditions)
        assert needed.value.code == "disclosure-needs"
    made = disclose(**theirs, conditions=answers, accuracy_checked_by=supervisor)
    assert made.series_number == series.number
    with pytest.raises(DisclosureRefused) as again:
        disclose(**theirs, conditions=made.conditions)
    assert again.value.code in ("disclosure-needs", "disclosure-refused")


@pytest.mark.parametrize(("days", "said"), [(-31, "begins on"), (31, "had its last day on")])
def test_nothing_goes_out_of_its_days(
    approved: Propose, disclose: Disclose, at: datetime, days: int, said: str
) -> None:
    series = approved(
        starts_on=at.date() - 30 * DAY if days > 0 else at.date() + DAY,
        ends_on=at.date() + 30 * DAY,
    )
    when = at + days * DAY if days > 0 else at
    with pytest.raises(DisclosureRefused, match=said) as refused:
        disclose(series=series, at=when)
    assert refused.value.clause == "5 U.S.C. 552a(c)(1)"


def test_nothing_goes_before_it_is_approved_or_after_it_ended(
    propose: Propose, approved: Propose, disclose: Disclose, analyst: User, at: datetime
) -> None:
    with pytest.raises(DisclosureRefused, match="waits for a privacy officer"):
        disclose(series=propose())
    series = approved()
    stale = DisclosureSeries.objects.get(pk=series.pk)
    actions.end_series(series=series, reason="Over", actor=analyst, at=at, channel=PAGE)
    with pytest.raises(DisclosureRefused, match="has been ended"):
        disclose(series=stale)


def test_the_database_refuses_an_entry_that_its_category_does_not_cover(
    approved: Propose, disclose: Disclose, analyst: User, at: datetime
) -> None:
    series = approved()
    made = Disclosure.objects.get(pk=disclose(series=series).pk)

    def again(**changed: Any) -> None:
        copy = Disclosure.objects.get(pk=made.pk)
        copy.pk, copy.number = None, "DIS-2026-0000-0009"
        for name, value in changed.items():
            setattr(copy, name, value)
        with transaction.atomic():
            copy.save(force_insert=True)
            transaction.set_rollback(True)

    again()
    for changed in (
        {"fields": ["ADDRESS"]},
        {"method": "PAPER"},
        {"disclosed_at": at + 60 * DAY},
        {"series_statement": "Every Monday"},
        {"purpose_code": "LITIGATION"},
    ):
        with pytest.raises(DatabaseError, match="does not cover"):
            again(**changed)
    with pytest.raises(DatabaseError, match="names_its_series_whole"):
        again(series_category="", series=None)
    actions.end_series(series=series, reason="Over", actor=analyst, at=at, channel=PAGE)
    with pytest.raises(DatabaseError, match="does not cover"):
        again()


# --- The document ------------------------------------------------------------------------------


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """The words of the document made last."""
    markup: list[str] = []

    def noting(*, template: str, context: dict[str, object], title: str) -> bytes:
        markup.append(loader.render_to_string(template, {**context, "title": title}))
        return render_pdf(template=template, context=context, title=title)

    monkeypatch.setattr(documents, "render_pdf", noting)
    return lambda: " ".join(unescape(strip_tags(markup[-1].replace("<", " <"))).split())


def test_a_mass_disclosure_is_one_entry_and_its_record_goes_on(
    approved: Propose, disclose: Disclose, words: Callable[[], str]
) -> None:
    series = approved()
    records = [DisclosedRecord(n, f"IAR-2026-0000-{n:04}") for n in range(1, 301)]
    made = disclose(series=series, records=records)
    assert Disclosure.objects.count() == 1
    assert made.links.count() == 300
    text = words()
    for said in (
        f"Category of repeating disclosures {series.number}: Responses of the week before",
        "Interval Weekly: Every Friday",
        "Number of records 300",
        "IAR-2026-0000-0001",
        "IAR-2026-0000-0300",
    ):
        assert said in text
    with pikepdf.open(BytesIO(bytes(made.document))) as document:
        assert len(document.pages) > 3


def test_a_single_disclosure_tells_of_no_category(
    disclose: Disclose, words: Callable[[], str]
) -> None:
    disclose()
    assert "Category of repeating" not in words()


# --- Superseding -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "stays"),
    [
        ({"fields": ["NAME"]}, True),
        ({"fields": ["ADDRESS", "NAME"]}, False),
        ({"nature": "Another list"}, False),
    ],
)
def test_a_corrected_entry_stays_in_the_category_that_still_covers_it(
    approved: Propose,
    disclose: Disclose,
    privacy_officer: User,
    make_user: UserFactory,
    analyst: User,
    at: datetime,
    changes: dict[str, Any],
    stays: bool,
) -> None:
    series = approved()
    wrong = disclose(series=series)
    # Ended since; it was in use when the records went.
    actions.end_series(series=series, reason="Over", actor=analyst, at=at, channel=PAGE)
    made = decide_supersession(
        proposal=propose_supersession(
            disclosure=wrong,
            changes=changes,
            reason="The list held something else.",
            actor=privacy_officer,
            at=at,
            channel=PAGE,
        ),
        approve=True,
        actor=make_user(Role.PRIVACY_OFFICER),
        at=at,
        channel=PAGE,
    ).successor
    assert made is not None
    held = Disclosure.objects.get(pk=made.pk)
    assert (held.series_number == series.number) is stays
    assert (held.series is not None) is stays
    assert verification.fits(held.verification_code, verification.facts_of(held))
