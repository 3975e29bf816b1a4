"""What answers say: reviewed versions, two people, and determinations that keep theirs."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from accounts.choices import Role
from accounts.models import User
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from acrime.iaq.conclusions import ResponseKind
from acrime.iaq.kinds.files import first_kinds
from acrime.iaq.kinds.models import ConclusionProposal, ConclusionVersion, ProposalState
from acrime.iaq.kinds.policy import differences, wording_problems
from acrime.iaq.kinds.querysets import conclusion_in_force, conclusions_in_force
from acrime.iaq.models import Determination, StatusQuery
from acrime.iar import events
from acrime.iar.actions import draft_text
from acrime.iar.models import StatusResponse
from acrime.iar.wording import actions
from acrime.iar.wording.forms import WordingForm
from acrime.iar.wording.preview import specimen
from tests import factories
from tests.conftest import Browser, BrowserFactory, UserFactory

LPR = "LAWFUL_PERMANENT_RESIDENT"
NEW_WORDS = "THIS PERSON MAY LIVE AND WORK HERE FOR AS LONG AS THE STATUS LASTS."


@pytest.fixture
def other_privacy_officer(make_user: UserFactory) -> User:
    return make_user(Role.PRIVACY_OFFICER)


def lpr(at: datetime) -> ConclusionVersion:
    return conclusion_in_force(LPR, at)


def changed(at: datetime) -> ResponseKind:
    return replace(lpr(at).kind, closing=(NEW_WORDS,))


def propose(actor: User, at: datetime) -> ConclusionProposal:
    return actions.propose_wording(kind=changed(at), reason="Clearer", actor=actor, at=at)


def decide(
    proposal: ConclusionProposal, actor: User, at: datetime, *, approve: bool = True
) -> None:
    actions.decide_wording(proposal=proposal, approve=approve, comment="Read", actor=actor, at=at)


def refused(act: object) -> str:
    assert callable(act)
    with pytest.raises(ActionRefused) as refusal, transaction.atomic():
        act()
    return refusal.value.code


# --- The rules of wording ---------------------------------------------------------------------

KIND = first_kinds()[LPR]


def test_what_comes_with_the_portal_keeps_the_rules() -> None:
    for kind in first_kinds().values():
        assert wording_problems(kind) == (), kind.code


@pytest.mark.parametrize(
    ("part", "code", "changes"),
    [
        ("headline", "wrong-length", {"headline": "A " * 37}),
        ("headline", "unprintable-text", {"headline": "R\u00c9SIDENT"}),
        ("headline", "reserved-words", {"headline": "IMPORTANT NOTICE"}),
        ("lead", "unprintable-text", {"lead": "TWO\nLINES"}),
        ("lead", "long-word", {"lead": "A" * 61}),
        ("lead", "reserved-words", {"lead": "RECORD NAM/ SOMEBODY"}),
        ("lead", "reserved-words", {"lead": "THE RECORD - IF ANY"}),
        ("closing", "reserved-words", {"closing": ("A ***** B",)}),
        ("closing", "reserved-words", {"closing": ("Lesc query id: X",)}),
        ("closing", "missing", {"closing": ()}),
        ("closing", "too-many", {"closing": ("A",) * 11}),
        ("label", "wrong-length", {"label": ""}),
        ("code", "wrong-form", {"code": "lower"}),
        ("fields", "unknown-field", {"optional_fields": ("shoe_size",)}),
        ("fields", "twice", {"optional_fields": ("name",)}),
        ("fields", "flag-required", {"required_fields": ("name", "dob", "multiple_removals")}),
        ("fields", "nobody-named", {"required_fields": ("arn",)}),
    ],
)
def test_a_wording_that_a_message_cannot_carry_is_named(
    part: str, code: str, changes: dict[str, object]
) -> None:
    problems = wording_problems(replace(KIND, **changes))  # type: ignore[arg-type]
    assert (part, code) in {(each.part, each.code) for each in problems}


@pytest.mark.parametrize(
    ("kind", "changes", "part"),
    [
        ("NO_RECORD", {"closing": ("NOTHING WAS FOUND.",)}, "closing"),
        ("MORE_INFORMATION_NEEDED", {"required_fields": ()}, "fields"),
    ],
)
def test_some_words_no_version_leaves_out(kind: str, changes: dict[str, object], part: str) -> None:
    problems = wording_problems(replace(first_kinds()[kind], **changes))  # type: ignore[arg-type]
    assert [(each.part, each.code) for each in problems] == [(part, "must-say")]


def test_differences_name_each_part_with_before_and_after() -> None:
    new = replace(KIND, headline="OTHER", optional_fields=(*KIND.optional_fields, "admitted_on"))
    found = {each.part: each for each in differences(KIND, new)}
    assert set(found) == {"Conclusion", "Optional values"}
    assert (found["Conclusion"].before, found["Conclusion"].after) == (KIND.headline, "OTHER")
    assert "Date of admission" in found["Optional values"].after
    assert differences(KIND, KIND) == ()


def test_the_preview_carries_every_value_of_every_kind() -> None:
    for kind in first_kinds().values():
        text = specimen(kind)
        assert kind.headline in text
        assert max(map(len, text.splitlines())) <= 72
    assert "ADMITTED UNTIL/" in specimen(first_kinds()["NONIMMIGRANT_IN_STATUS"])


# --- Versions in the database -----------------------------------------------------------------


@pytest.mark.django_db
def test_the_first_versions_are_those_of_the_file(at: datetime) -> None:
    assert [each.kind for each in conclusions_in_force(at)] == list(first_kinds().values())


@pytest.mark.django_db
def test_what_a_version_says_never_changes(at: datetime) -> None:
    changes: list[dict[str, object]] = [
        {"closing": ["X"]},
        {"headline": "X"},
        {"required_fields": []},
        {"version": 9},
    ]
    for change in changes:
        with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
            ConclusionVersion.objects.filter(code=LPR).update(**change)


def test_a_second_privacy_officer_puts_it_in_force(
    privacy_officer: User, other_privacy_officer: User, analyst: User, at: datetime
) -> None:
    before = lpr(at)
    proposal = propose(privacy_officer, at)
    assert lpr(at) == before
    assert refused(lambda: propose(other_privacy_officer, at)) == "already-proposed"
    assert refused(lambda: decide(proposal, privacy_officer, at)) == "own-proposal"
    assert refused(lambda: decide(proposal, analyst, at)) == "not-privacy-officer"

    later = at + timedelta(hours=1)
    decide(proposal, other_privacy_officer, later)
    now = lpr(later)
    assert (now.version, now.closing) == (2, [NEW_WORDS])
    assert lpr(later - timedelta(seconds=1)) == before
    assert refused(lambda: decide(proposal, other_privacy_officer, later)) == "proposal-decided"
    kinds = {events.WORDING_PROPOSED, events.WORDING_IN_FORCE}
    assert (
        set(
            AuditEvent.objects.filter(kind__startswith="conclusion.").values_list("kind", flat=True)
        )
        == kinds
    )


def test_the_database_wants_a_second_person_too(privacy_officer: User, at: datetime) -> None:
    proposal = propose(privacy_officer, at)
    with pytest.raises(IntegrityError, match="decided_by_another"), transaction.atomic():
        ConclusionProposal.objects.filter(pk=proposal.pk).update(
            state=ProposalState.IN_FORCE, decided_by=privacy_officer, decided_at=at
        )
    with pytest.raises(IntegrityError, match="one_in_force"), transaction.atomic():
        ConclusionVersion.objects.filter(pk=proposal.version_id).update(in_force_from=at)


def test_refused_and_withdrawn_wordings_change_nothing(
    privacy_officer: User, other_privacy_officer: User, at: datetime
) -> None:
    proposal = propose(privacy_officer, at)
    assert (
        refused(
            lambda: actions.decide_wording(
                proposal=proposal, approve=False, comment=" ", actor=other_privacy_officer, at=at
            )
        )
        == "reason-missing"
    )
    decide(proposal, other_privacy_officer, at, approve=False)
    again = propose(privacy_officer, at)
    assert again.version.version == 3
    assert (
        refused(
            lambda: actions.withdraw_wording(proposal=again, actor=other_privacy_officer, at=at)
        )
        == "not-own-proposal"
    )
    actions.withdraw_wording(proposal=again, actor=privacy_officer, at=at)
    assert lpr(at).version == 1
    assert not ConclusionVersion.objects.filter(version__gt=1, in_force_from__isnull=False)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ANALYST, Role.OPR, Role.ATTORNEY])
def test_nobody_else_proposes(role: Role, make_user: UserFactory, at: datetime) -> None:
    assert refused(lambda: propose(make_user(role), at)) == "not-privacy-officer"


def test_a_proposal_needs_a_reason_a_change_and_words_that_a_message_carries(
    privacy_officer: User, at: datetime
) -> None:
    def given(kind: ResponseKind, reason: str = "Clearer") -> str:
        return refused(
            lambda: actions.propose_wording(kind=kind, reason=reason, actor=privacy_officer, at=at)
        )

    assert given(changed(at), " ") == "reason-missing"
    assert given(lpr(at).kind) == "no-change"
    assert given(replace(changed(at), lead="\u00c9")) == "unprintable-text"
    assert not ConclusionProposal.objects.exists()


def test_a_determination_keeps_the_version_that_it_was_made_under(
    approved_query: StatusQuery,
    privacy_officer: User,
    other_privacy_officer: User,
    analyst: User,
    at: datetime,
) -> None:
    determination = Determination.objects.get()
    before = draft_text(approved_query, determination)
    decide(propose(privacy_officer, at), other_privacy_officer, at)
    determination = Determination.objects.get()
    assert draft_text(approved_query, determination) == before
    assert NEW_WORDS not in " ".join(before.split())

    other = factories.make_query(factories.message_bytes(serial=2), at=at)
    other = factories.research(factories.claim(other, author=analyst, at=at), author=analyst, at=at)
    later = at + timedelta(minutes=1)
    factories.submit(other, author=analyst, at=later)
    text = draft_text(other, Determination.objects.get(query=other))
    assert NEW_WORDS in " ".join(text.split())


def test_what_a_determination_states_never_changes(submitted_query: StatusQuery) -> None:
    for change in (
        {"kind": "NO_RECORD"},
        {"values": json.dumps({"name": "X, Y"})},
        {"conclusion": ConclusionVersion.objects.get(code="NO_RECORD", version=1)},
        {"basis": "Another one"},
    ):
        with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
            Determination.objects.update(**change)


def test_required_values_are_held_at_the_door_of_review(
    researched_query: StatusQuery, analyst: User, at: datetime
) -> None:
    cases: list[tuple[dict[str, object], str]] = [
        ({"name": "X, Y", "dob": "1979-04-15"}, "missing-field"),
        ({"name": "X, Y", "dob": "1979-04-15", "arn": "A12"}, "wrong-form"),
        ({"name": "É, Y", "dob": "1979-04-15", "arn": "A099000123"}, "unprintable-text"),
    ]
    for values, code in cases:
        with pytest.raises(ActionRefused) as refusal, transaction.atomic():
            factories.submit(researched_query, author=analyst, at=at, values=values)
        assert refusal.value.code == code


# --- Pages ------------------------------------------------------------------------------------


def form_data(at: datetime, **changes: str) -> dict[str, str]:
    initial = WordingForm.initial_of(lpr(at).kind)
    data = {key: ("on" if value is True else value) for key, value in initial.items() if value}
    return {key: str(value) for key, value in data.items()} | {"reason": "Clearer"} | changes


def test_proposing_shows_difference_and_preview_and_another_person_decides_on_pages(
    as_privacy_officer: Browser,
    other_privacy_officer: User,
    browser_of: BrowserFactory,
    released_response: StatusResponse,
    at: datetime,
) -> None:
    address = f"/responses/wording/{lpr(at).pk}/propose/"
    data = form_data(at, closing=NEW_WORDS)
    shown = as_privacy_officer.post(address, data | {"preview": "yes"})
    assert shown.status_code == 200
    assert NEW_WORDS in " ".join(shown.content.decode().split())
    assert "A LAWFUL PERMANENT RESIDENT MAY LIVE" in shown.content.decode()
    assert not ConclusionProposal.objects.exists()

    wrong = as_privacy_officer.post(address, form_data(at, closing="END OF RESPONSE"))
    assert wrong.status_code == 422
    assert "part of the layout" in wrong.content.decode()

    made = as_privacy_officer.post(address, data)
    page = made["Location"]
    assert ConclusionProposal.objects.get().state == ProposalState.OPEN
    own = as_privacy_officer.get(page).content.decode()
    assert "Another privacy officer decides" in own
    assert "Write down the decision" not in own
    as_other = browser_of(other_privacy_officer)
    assert "Write down the decision" in as_other.get(page).content.decode()
    as_other.post(f"{page}decide/", {"decision": "yes", "comment": ""})
    assert lpr(at + timedelta(seconds=1)).version == 2
    listed = as_other.get("/responses/wording/").content.decode()
    assert "Lawful permanent resident" in listed
    # A version that is replaced offers no further proposal.
    assert as_privacy_officer.get(address).status_code == 404


def test_others_read_what_answers_say_and_propose_nothing(
    as_analyst: Browser, at: datetime
) -> None:
    page = as_analyst.get(f"/responses/wording/{lpr(at).pk}/")
    assert page.status_code == 200
    assert "Propose another wording" not in page.content.decode()
    assert as_analyst.get(f"/responses/wording/{lpr(at).pk}/propose/").status_code == 403


# --- A kind that is not there yet ---------------------------------------------------------------

PAROLED: dict[str, str] = {
    "code": "PAROLED",
    "label": "Paroled into the United States",
    "headline": "SUBJECT APPEARS TO HAVE BEEN PAROLED",
    "lead": "THE FOLLOWING I.C.E. RECORD APPEARS TO RELATE:",
    "closing": "PAROLE IS NO ADMISSION, AND NO FINDING OF REMOVABILITY FOLLOWS FROM IT.",
    "needs_person": "on",
    "supervisor_reviews": "on",
    "field_name": "required",
    "field_dob": "required",
    "field_arn": "optional",
    "reason": "Asked for by the field offices.",
}


def test_two_privacy_officers_make_a_conclusion_that_could_not_be_drawn_before(
    browser_of: BrowserFactory,
    privacy_officer: User,
    other_privacy_officer: User,
    researched_query: StatusQuery,
    analyst: User,
    as_analyst: Browser,
    at: datetime,
) -> None:
    url = reverse("iar:wording-new")
    proposer, decider = browser_of(privacy_officer), browser_of(other_privacy_officer)
    assert as_analyst.get(url).status_code == 403
    assert "A new conclusion" in proposer.get(url).content.decode()
    preview = proposer.post(url, PAROLED | {"preview": "yes"}).content.decode()
    assert "SUBJECT APPEARS TO HAVE BEEN PAROLED" in preview
    assert not ConclusionProposal.objects.exists()
    assert proposer.post(url, PAROLED).status_code == 302
    version = ConclusionVersion.objects.get(code="PAROLED")
    determine = reverse("iaq:determine", args=[researched_query.record.number, "PAROLED"])
    # Until another one agrees nobody can conclude so.
    assert as_analyst.get(determine).status_code == 404
    again = proposer.post(url, PAROLED)
    assert again.status_code == 422
    assert "waits for a second person" in again.content.decode()
    decide_url = reverse("iar:wording-decide", args=[version.pk])
    said = {"decision": "yes", "comment": ""}
    assert proposer.post(decide_url, said).status_code == 422
    assert as_analyst.get(determine).status_code == 404
    assert decider.post(decide_url, said).status_code == 302
    assert as_analyst.get(determine).status_code == 200
    query = factories.submit(
        researched_query,
        author=analyst,
        at=at,
        kind="PAROLED",
        values={"name": "QUILLABEE, ZEPHYRINE", "dob": "1979-04-15"},
    )
    drawn = query.determinations.get()
    # Its second person is a supervisor, as the kind says.
    assert drawn.further
    assert "APPEARS TO HAVE BEEN PAROLED" in draft_text(query, drawn)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"code": "paroled!"}, "Capitals and underscores"),
        ({"code": LPR}, "There is a conclusion with this code"),
        ({"code": ""}, "This field is required"),
        ({"closing": ""}, "This field is required"),
        ({"headline": "PAROLED ****"}, "part of the layout"),
        ({"headline": "PAROLÉ"}, "plain English letters"),
        ({"field_dob": ""}, "needs name and date of birth"),
    ],
)
def test_a_new_conclusion_keeps_the_rules(
    browser_of: BrowserFactory, privacy_officer: User, wrong: dict[str, str], said: str
) -> None:
    answer = browser_of(privacy_officer).post(reverse("iar:wording-new"), PAROLED | wrong)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not ConclusionProposal.objects.exists()
