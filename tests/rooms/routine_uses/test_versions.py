"""Versions of the notice: compared, proposed by one person, put in force by another."""

import re
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from accounts.choices import Role
from accounts.models import User
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from routine_uses import notice_files
from routine_uses.comparison import Change, compare, new_letters
from routine_uses.models import NoticeProposal, NoticeVersion
from routine_uses.querysets import contents_of, notice_in_force, rules_in_force
from routine_uses.versions import actions as verbs
from tests.conftest import Browser, BrowserFactory, Clock, UserFactory

FOLDER = Path(notice_files.__file__).parent / "notices"
NOTICE = FOLDER / "dhs-ice-007-2013.toml"
OUTLINE = FOLDER / "dhs-ice-007-2010.toml"
LEADTRAC = FOLDER / "dhs-ice-015-2016.toml"

NEWER = (
    NOTICE.read_text(encoding="utf-8")
    .replace('label = "2013"', 'label = "2027"')
    .replace('name = "Alien Criminal', 'name = "Newer Alien Criminal')
    .replace("published = 2013-02-14", "published = 2026-10-01")
    .replace("effective = 2013-03-18", "effective = 2026-11-02")
)
# Routine use GG goes, FF reaches media, W asks one thing less, tips stay twelve years.
CHANGED = re.sub(r'\[\[routine_uses\]\]\nletter = "GG".*?(?=\n# -----)', "", NEWER, flags=re.S)
CHANGED = CHANGED.replace("routine_use_count = 33", "routine_use_count = 32")
CHANGED = CHANGED.replace(
    '"FOREIGN", "INTERNATIONAL"]\npurposes = ["NCIC_INQUIRY"]',
    '"FOREIGN", "INTERNATIONAL", "MEDIA"]\npurposes = ["NCIC_INQUIRY"]',
)
CHANGED = re.sub(r'  \{ key = "intelligence_agency".*?\n', "", CHANGED)
CHANGED = CHANGED.replace('years = 10\ntrigger = "TIP_RECEIVED"', 'years = 12\ntrigger = "CREATED"')


@pytest.fixture
def second(make_user: UserFactory) -> User:
    """Another privacy officer."""
    return make_user(Role.PRIVACY_OFFICER)


@pytest.fixture
def newer(notice_2013: NoticeVersion, at: datetime) -> NoticeVersion:
    """A newer version, loaded."""
    data = CHANGED.encode()
    return verbs.load_notice(data=data, at=at, channel=Channel.COMMAND).version


@pytest.fixture
def proposal(newer: NoticeVersion, privacy_officer: User, at: datetime) -> NoticeProposal:
    """The newer version, proposed."""
    return verbs.propose_version(
        actor=privacy_officer, at=at, version=newer, reason="It was published", channel=Channel.PAGE
    )


def put_in_force(proposal: NoticeProposal, by: User, at: datetime) -> NoticeProposal:
    return verbs.decide_proposal(
        actor=by, at=at, proposal=proposal, approve=True, channel=Channel.PAGE
    )


# --- The difference ----------------------------------------------------------------------------


def test_the_difference_names_what_is_added_removed_and_changed(
    newer: NoticeVersion, notice_2013: NoticeVersion
) -> None:
    changes = compare(contents_of(notice_2013), contents_of(newer))
    told = {(change.part, change.kind, change.name): change.details for change in changes}
    assert ("Routine uses", "removed", "GG – News media and the public") in told
    assert told["Routine uses", "changed", "FF – Inquiries about ICE's records in NCIC"] == (
        "recipients gained: News media or the public",
    )
    assert told["Routine uses", "changed", "W – Intelligence and counterterrorism"] == (
        "no longer asks: Is the recipient an intelligence or counterterrorism agency or component?",
    )
    assert told["Retention", "changed", "TIP – Tips and reports of suspicious activity"] == (
        "was: 10 years, counted from: Date of the tip",
        "is: 12 years, counted from: Date on which the record was created",
    )
    assert [change.name for change in changes if change.part == "About the notice"] == [
        "name of the system"
    ]
    assert len(changes) == 5
    back = compare(contents_of(newer), contents_of(notice_2013))
    assert (
        Change(
            "Routine uses",
            "added",
            "GG – News media and the public",
            (notice_2013.routine_uses.get(letter="GG").summary,),
        )
        in back
    )
    assert new_letters(back) == [
        "W – Intelligence and counterterrorism",
        "FF – Inquiries about ICE's records in NCIC",
        "GG – News media and the public",
    ]


def test_a_version_changes_nothing_against_itself(notice_2013: NoticeVersion) -> None:
    same = contents_of(notice_2013)
    assert compare(same, same) == ()


def test_2013_brought_eleven_letters(notice_2013: NoticeVersion, at: datetime) -> None:
    outline = verbs.load_notice(data=OUTLINE.read_bytes(), at=at, channel=Channel.COMMAND)
    changes = compare(contents_of(outline.version), contents_of(notice_2013))
    added = [change.name.split(" ")[0] for change in changes if change.part == "Routine uses"]
    assert added == ["J", "N", "V", "X", "Y", "Z", "AA", "BB", "CC", "DD", "EE"]
    marked = notice_2013.routine_uses.filter(is_new=True).values_list("letter", flat=True)
    assert added == list(marked)


def test_a_law_s_limit_that_is_widened_is_told(notice_2013: NoticeVersion) -> None:
    old = contents_of(notice_2013)
    document = dict(old.document)
    document["exemptions"] = [{"under": "(k)(2)", "reaches": ["(d)"]}]
    document["individuals"] = document["individuals"][1:]
    new = type(old)(**{**vars(old), "document": document})
    told = [str(change) for change in compare(old, new)]
    assert "Exemptions: removed (j)(2)" in told
    assert (
        "Exemptions: changed (k)(2) (reach lost: (c)(3), (e)(1), (e)(4)(G), (e)(4)(H), (f))" in told
    )
    assert "Categories of individuals: removed 1 A" in told


# --- One proposes, another decides -------------------------------------------------------------


def test_a_second_person_puts_it_in_force_and_the_old_one_ends(
    proposal: NoticeProposal, notice_2013: NoticeVersion, second: User, at: datetime, clock: Clock
) -> None:
    before, later = at, at + timedelta(hours=1)
    put_in_force(proposal, second, later)
    notice_2013.refresh_from_db()
    assert notice_2013.superseded_at == later
    assert notice_in_force(before) == notice_2013
    assert notice_in_force(later) == proposal.version
    assert "GG" in rules_in_force(before)
    assert "GG" not in rules_in_force(later)
    assert notice_in_force(later).notice.name.startswith("Newer")
    event = AuditEvent.objects.filter(kind="notice.put_in_force").latest("pk")
    assert (event.actor, event.details["replaces"]) == (second, "2013")


def test_a_version_that_is_effective_later_takes_force_that_day(
    notice_2013: NoticeVersion, privacy_officer: User, second: User, at: datetime
) -> None:
    data = NEWER.replace("effective = 2026-11-02", "effective = 2026-12-01").encode()
    version = verbs.load_notice(data=data, at=at, channel=Channel.COMMAND).version
    made = verbs.propose_version(
        actor=privacy_officer, at=at, version=version, reason="Published", channel=Channel.PAGE
    )
    put_in_force(made, second, at)
    version.refresh_from_db()
    assert version.in_force_from == datetime.fromisoformat("2026-12-01T00:00:00-05:00")
    assert notice_in_force(at) == notice_2013
    assert notice_in_force(datetime.fromisoformat("2026-11-30T23:59:59-05:00")) == notice_2013
    assert notice_in_force(version.in_force_from) == version


def test_nobody_decides_on_the_own_proposal(
    proposal: NoticeProposal, privacy_officer: User, at: datetime
) -> None:
    with pytest.raises(ActionRefused, match="second person"):
        put_in_force(proposal, privacy_officer, at)
    proposal.outcome = "IN_FORCE"
    proposal.decided_by, proposal.decided_at = privacy_officer, at
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        proposal.save()


def test_others_neither_propose_nor_decide(
    proposal: NoticeProposal, supervisor: User, newer: NoticeVersion, at: datetime
) -> None:
    with pytest.raises(ActionRefused, match="privacy officers"):
        put_in_force(proposal, supervisor, at)
    with pytest.raises(ActionRefused, match="privacy officers"):
        verbs.propose_version(
            actor=supervisor, at=at, version=newer, reason="Now", channel=Channel.PAGE
        )


def test_a_refusal_has_a_reason_and_ends_the_proposal(
    proposal: NoticeProposal, second: User, notice_2013: NoticeVersion, at: datetime
) -> None:
    def refuse(comment: str) -> NoticeProposal:
        return verbs.decide_proposal(
            actor=second,
            at=at,
            proposal=proposal,
            approve=False,
            comment=comment,
            channel=Channel.PAGE,
        )

    with pytest.raises(ActionRefused, match="Say why"):
        refuse(" ")
    assert refuse("GG is missing").outcome == "REFUSED"
    assert notice_in_force(at) == notice_2013
    with pytest.raises(ActionRefused, match="decided already"):
        put_in_force(proposal, second, at)


def test_only_the_proposer_withdraws(
    proposal: NoticeProposal, privacy_officer: User, second: User, at: datetime
) -> None:
    with pytest.raises(ActionRefused, match="proposer"):
        verbs.withdraw_proposal(actor=second, at=at, proposal=proposal, channel=Channel.PAGE)
    done = verbs.withdraw_proposal(
        actor=privacy_officer, at=at, proposal=proposal, channel=Channel.PAGE
    )
    assert done.outcome == "WITHDRAWN"


def test_what_was_looked_at_is_what_is_decided(
    proposal: NoticeProposal, privacy_officer: User, second: User, at: datetime
) -> None:
    data = NEWER.replace('label = "2027"', 'label = "2028"').encode()
    other = verbs.load_notice(data=data, at=at, channel=Channel.COMMAND).version
    another = verbs.propose_version(
        actor=privacy_officer, at=at, version=other, reason="Published", channel=Channel.PAGE
    )
    put_in_force(another, second, at)
    with pytest.raises(ActionRefused, match="out of date"):
        put_in_force(proposal, second, at + timedelta(hours=1))


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"published = 2026-10-01": "published = 2026-10-04"}, "thirty days"),
        (
            {
                "published = 2026-10-01": "published = 2012-01-02",
                "effective = 2026-11-02": "effective = 2012-03-02",
            },
            "is newer",
        ),
    ],
)
def test_what_cannot_be_proposed(
    notice_2013: NoticeVersion,
    privacy_officer: User,
    at: datetime,
    changed: dict[str, str],
    problem: str,
) -> None:
    text = CHANGED
    for old, new in changed.items():
        text = text.replace(old, new)
    version = verbs.load_notice(data=text.encode(), at=at, channel=Channel.COMMAND).version
    with pytest.raises(ActionRefused, match=problem):
        verbs.propose_version(
            actor=privacy_officer, at=at, version=version, reason="Published", channel=Channel.PAGE
        )


def test_neither_an_outline_nor_what_is_in_force_is_proposed(
    notice_2013: NoticeVersion, privacy_officer: User, at: datetime
) -> None:
    outline = verbs.load_notice(data=OUTLINE.read_bytes(), at=at, channel=Channel.COMMAND).version
    for version, problem in ((outline, "outline"), (notice_2013, "is or was in force")):
        with pytest.raises(ActionRefused, match=problem):
            verbs.propose_version(
                actor=privacy_officer, at=at, version=version, reason="Now", channel=Channel.PAGE
            )
    with pytest.raises(ActionRefused, match="outline"):
        verbs.put_first_version_in_force(version=outline, at=at, channel=Channel.COMMAND)
    outline.in_force_from = at
    with pytest.raises(IntegrityError, match="outline_never_in_force"), transaction.atomic():
        outline.save()


def test_a_version_is_proposed_once_at_a_time(
    proposal: NoticeProposal, second: User, at: datetime
) -> None:
    with pytest.raises(ActionRefused, match="already waits"):
        verbs.propose_version(
            actor=second, at=at, version=proposal.version, reason="Now", channel=Channel.PAGE
        )


# --- The command -------------------------------------------------------------------------------


def load(*args: str) -> str:
    said = StringIO()
    call_command("load_notice", *args, stdout=said)
    return said.getvalue()


def test_every_notice_of_the_portal_is_loaded(db: None, at: datetime) -> None:
    said = load("--all")
    assert "DHS/ICE-007 2010: loaded, an outline" in said
    assert "DHS/ICE-015 2016: loaded, 14 routine uses" in said
    assert notice_in_force(at).label == "2013"
    leadtrac = notice_in_force(at, system_number="DHS/ICE-015")
    assert [use.letter for use in leadtrac.routine_uses.all()] == list("ABCDEFGHIJKLMN")


def test_the_command_shows_the_difference(
    notice_2013: NoticeVersion, tmp_path: Path, at: datetime
) -> None:
    file = tmp_path / "newer.toml"
    file.write_text(CHANGED, encoding="utf-8")
    previewed = load(str(file), "--preview")
    assert "valid, nothing loaded" in previewed
    assert not NoticeVersion.objects.filter(label="2027").exists()
    loaded = load(str(file))
    for said in (previewed, loaded):
        assert "What 2027 changes against 2013: 4 changed, 1 removed" in said
        assert "Routine uses: removed GG – News media and the public" in said
    assert "another one puts it in force" in loaded
    assert notice_in_force(at) == notice_2013


def test_a_portal_set_up_with_an_earlier_reading_keeps_it(
    notice_2013: NoticeVersion, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / NOTICE.name).write_bytes(NOTICE.read_bytes() + b"\n# another reading\n")
    monkeypatch.setattr("routine_uses.management.commands.load_notice.NOTICES", tmp_path)
    assert "DHS/ICE-007 2013: another reading of it is loaded, kept" in load("--all")
    assert NoticeVersion.objects.get() == notice_2013


@pytest.mark.parametrize(
    "args",
    [
        ("--preview", "--all"),
        ("--official", str(NOTICE), "DHS/ICE-999"),
        ("--official", str(NOTICE), "DHS/ICE-007:1999"),
        ("--official", "/no/such/file.txt", "DHS/ICE-007"),
        ("--official", str(NOTICE), "DHS/ICE-007"),
    ],
)
def test_the_command_says_what_is_wrong(notice_2013: NoticeVersion, args: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        load(*args)


# --- The pages ---------------------------------------------------------------------------------


def address(version: NoticeVersion) -> str:
    return f"/notices/{version.pk}/"


def test_two_officers_put_a_version_in_force_on_the_pages(
    newer: NoticeVersion,
    as_privacy_officer: Browser,
    browser_of: BrowserFactory,
    second: User,
    at: datetime,
) -> None:
    page = as_privacy_officer.get(address(newer)).content.decode()
    assert "GG – News media and the public" in page
    assert "recipients gained: News media or the public" in page
    empty = as_privacy_officer.post(f"{address(newer)}propose/", {"reason": ""})
    assert empty.status_code == 422
    as_privacy_officer.post(f"{address(newer)}propose/", {"reason": "Published in October"})
    own = NoticeProposal.objects.get()
    page = as_privacy_officer.get(address(newer)).content.decode()
    assert "Decide as the second person" not in page
    assert "Withdraw the proposal" in page
    refused = as_privacy_officer.post(
        f"/notices/proposals/{own.pk}/decide/", {"decision": "yes", "comment": ""}
    )
    assert refused.status_code == 422
    other = browser_of(second)
    assert "waits for a second person" in other.get("/notices/").content.decode()
    page = other.get(address(newer)).content.decode()
    assert "Published in October" in page
    assert "Decide as the second person" in page
    answer = other.post(f"/notices/proposals/{own.pk}/decide/", {"decision": "yes", "comment": ""})
    assert answer.status_code == 302
    newer.refresh_from_db()
    assert newer.in_force_from == at
    page = other.get("/notice/").content.decode()
    assert "Newer Alien Criminal" in page
    assert 'href="/notices/"' in page


def test_others_read_the_versions_and_are_offered_nothing(
    newer: NoticeVersion, as_analyst: Browser
) -> None:
    assert "DHS/ICE-007 2027" in as_analyst.get("/notices/").content.decode()
    page = as_analyst.get(address(newer)).content.decode()
    assert "What it changes" in page
    assert "Propose to put it in force" not in page
    assert as_analyst.post(f"{address(newer)}propose/", {"reason": "x"}).status_code == 403


def test_without_a_notice_the_list_says_so(as_analyst: Browser) -> None:
    assert "No notice is loaded" in as_analyst.get("/notices/").content.decode()


def test_a_version_that_is_not_there(as_analyst: Browser) -> None:
    assert as_analyst.get("/notices/999999999999999999999/").status_code == 404


def test_everybody_reads_what_is_published(newer: NoticeVersion, at: datetime) -> None:
    load("--all")
    public = Browser()
    page = public.get("/notice/").content.decode()
    assert 'id="use-EE"' in page
    assert "What no exemption reaches" in page
    for provision in ("(c)(1)", "(c)(2)", "(e)(6)", "(e)(7)"):
        assert f'<th scope="row">{provision}</th>' in page
    assert "28 CFR 16.99" in page
    assert "/notice/dhs-ice-015/2016/" in page
    assert 'href="/notices/"' not in page
    leadtrac = public.get("/notice/dhs-ice-015/2016/").content.decode()
    assert "This portal keeps none of its records" in leadtrac
    assert 'id="use-N"' in leadtrac
    assert 'id="use-O"' not in leadtrac
    outline = public.get("/notice/dhs-ice-007/2010/").content.decode()
    assert "J, N, V, X, Y, Z, AA, BB, CC, DD, EE" in outline
    # What is only loaded is not published here.
    assert public.get("/notice/dhs-ice-007/2027/").status_code == 404
