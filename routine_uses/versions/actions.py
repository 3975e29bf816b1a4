"""The verbs of versions: load, propose, decide, withdraw, attach the official text.

Replacing the version in force changes what may leave. It takes two privacy officers, who
have looked at the same difference.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from accounts.choices import Role
from accounts.models import User
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from routine_uses import events, notice_files, official_text
from routine_uses.choices import ProposalOutcome
from routine_uses.comparison import compare, new_letters
from routine_uses.models import (
    Notice,
    NoticeProposal,
    NoticeVersion,
    OfficialClause,
    OfficialText,
    RecordCategory,
    RetentionItem,
    RoutineUse,
)
from routine_uses.own_records import OWN_RECORDS, own_items
from routine_uses.policy import STATUTE
from routine_uses.querysets import contents_of, current_version

PUBLICATION_CLAUSE = "5 U.S.C. 552a(e)(11)"
# A new routine use is published at least that long before it is made.
NOTICE_PERIOD = timedelta(days=30)


# region: loading
class AnotherVersionInForce(ActionRefused):
    """Replacing the version in force takes a second person, not a command."""

    def __init__(self, label: str) -> None:
        super().__init__(
            f"Version {label} of this notice is in force. Another version is loaded but not put "
            "in force: replacing the version in force needs the decision of a second person.",
            code="another-version-in-force",
            clause=f"{STATUTE}(e)(11)",
        )


class LabelInUse(ActionRefused):
    """Another file was loaded as this version before. ``version`` names it."""

    def __init__(self, *, system_number: str, label: str) -> None:
        self.version = f"{system_number} {label}"
        super().__init__(
            f"Version {label} of {system_number} was loaded from another file. "
            "A published notice does not change: give a corrected file a label of its own.",
            code="notice-label-in-use",
        )


@dataclass(frozen=True)
class Loaded:
    """What loading did. ``is_new`` is false where that very file was loaded before."""

    version: NoticeVersion
    is_new: bool


def load_notice(
    *, data: bytes, at: datetime, actor: User | None = None, channel: Channel
) -> Loaded:
    """Load one version of a notice from the bytes of its file. The same bytes load once.

    Raises:
        NoticeFileInvalid: the file breaks a rule; the message names every one.
        LabelInUse: another file was loaded as this version before.
    """
    file = notice_files.parse(data)
    with transaction.atomic():
        load_own_items()
        known = NoticeVersion.objects.filter(source_sha256=file.sha256).first()
        if known:
            return Loaded(known, is_new=False)
        notice, _ = Notice.objects.get_or_create(
            system_number=file.system_number, defaults={"name": file.name}
        )
        if notice.versions.filter(label=file.label).exists():
            raise LabelInUse(system_number=file.system_number, label=file.label)
        version = NoticeVersion.objects.create(
            notice=notice,
            label=file.label,
            citation=file.citation,
            published_date=file.published_date,
            effective_date=file.effective_date,
            is_outline=file.is_outline,
            source_sha256=file.sha256,
            loaded_at=at,
            document=file.document,
        )
        RecordCategory.objects.bulk_create(
            RecordCategory(version=version, **each) for each in file.record_categories
        )
        RoutineUse.objects.bulk_create(
            RoutineUse(version=version, position=position, **each)
            for position, each in enumerate(file.routine_uses, start=1)
        )
        RetentionItem.objects.bulk_create(
            RetentionItem(version=version, position=position, **each)
            for position, each in enumerate(file.retention_items, start=1)
        )
        record_event(
            kind=events.NOTICE_LOADED,
            actor=actor,
            at=at,
            channel=channel,
            details={"notice": file.system_number, "version": file.label, "sha256": file.sha256},
        )
    return Loaded(version, is_new=True)


def load_own_items(data: bytes | None = None) -> bool:
    """Load the items of a file, by default the portal's own. Each edition loads once.

    Returns:
        Whether anything was loaded.

    Raises:
        ActionRefused: see ``own_items``.
    """
    edition, items = own_items(OWN_RECORDS.read_bytes() if data is None else data)
    if RetentionItem.objects.filter(version__isnull=True, edition=edition).exists():
        return False
    RetentionItem.objects.bulk_create(
        RetentionItem(edition=edition, position=position, **each)
        for position, each in enumerate(items, start=1)
    )
    return True


def put_first_version_in_force(
    *, version: NoticeVersion, at: datetime, actor: User | None = None, channel: Channel
) -> None:
    """Put *version* in force, where its notice has none in force yet.

    It counts from the day on which the notice became effective.

    Raises:
        AnotherVersionInForce: a version is in force already.
        ActionRefused: it is an outline, which has no rules.
    """
    if version.effective_date is None:
        raise ActionRefused(
            f"Version {version.label} is an outline and can never be put in force.",
            code="notice-is-outline",
        )
    with transaction.atomic():
        others = version.notice.versions.select_for_update().filter(
            in_force_from__isnull=False, superseded_at__isnull=True
        )
        for other in others:
            if other.pk == version.pk:
                return
            raise AnotherVersionInForce(other.label)
        version.in_force_from = notice_files.start_of(version.effective_date)
        version.save(update_fields=["in_force_from"])
        bear_its_name(version)
        record_event(
            kind=events.NOTICE_PUT_IN_FORCE,
            actor=actor,
            at=at,
            channel=channel,
            details={"notice": version.notice.system_number, "version": version.label},
        )


def bear_its_name(version: NoticeVersion) -> None:
    """Let the notice bear the name that *version*, now in force, gives to the system."""
    notice = version.notice
    notice.name = version.document.get("name", notice.name)
    notice.save(update_fields=["name"])


# endregion


# region: putting another version in force
def propose_version(
    *, actor: User, at: datetime, version: NoticeVersion, reason: str, channel: Channel
) -> NoticeProposal:
    """Propose to put *version* in force in place of the one that is.

    Raises:
        ActionRefused: not a privacy officer; no reason; an outline; a version that is or
            was in force, or older than the one in force; new or wider routine uses
            published less than thirty days before; or a proposal that already waits.
    """
    _by_privacy_officer(actor)
    if not reason.strip():
        raise ActionRefused("Say why it is to be put in force.", code="reason-missing")
    with transaction.atomic():
        version = NoticeVersion.objects.select_for_update().get(pk=version.pk)
        current = current_version(version.notice)
        _may_replace(version, current)
        if version.proposals.filter(outcome=ProposalOutcome.OPEN).exists():
            raise ActionRefused(
                "A proposal for this version already waits for a second person.",
                code="already-proposed",
            )
        proposal = NoticeProposal.objects.create(
            version=version,
            replaces=current,
            proposed_by=actor,
            proposed_at=at,
            reason=reason.strip(),
        )
        _write(events.NOTICE_PROPOSED, proposal, actor=actor, at=at, channel=channel)
    return proposal


def decide_proposal(
    *,
    actor: User,
    at: datetime,
    proposal: NoticeProposal,
    approve: bool,
    comment: str = "",
    channel: Channel,
) -> NoticeProposal:
    """Put the proposed version in force, or refuse to, as a second privacy officer.

    It takes force at once, or on the day on which the notice becomes effective if that
    is still to come; the version that it replaces ends in the same moment.

    Raises:
        ActionRefused: not a privacy officer; the proposer's own; decided already; another
            version came into force since; a refusal without a reason.
    """
    _by_privacy_officer(actor)
    with transaction.atomic():
        proposal = _open(proposal)
        if proposal.proposed_by_id == actor.pk:
            raise ActionRefused(
                "A second person decides: you proposed it yourself.",
                code="own-proposal",
                clause=PUBLICATION_CLAUSE,
            )
        if not approve and not comment.strip():
            raise ActionRefused("Say why it is not put in force.", code="reason-missing")
        if approve:
            _put_in_force(proposal, at=at)
        proposal.outcome = ProposalOutcome.IN_FORCE if approve else ProposalOutcome.REFUSED
        _settle(proposal, actor=actor, at=at, comment=comment)
        kind = events.NOTICE_PUT_IN_FORCE if approve else events.NOTICE_PROPOSAL_REFUSED
        _write(kind, proposal, actor=actor, at=at, channel=channel)
    return proposal


def withdraw_proposal(
    *, actor: User, at: datetime, proposal: NoticeProposal, channel: Channel
) -> NoticeProposal:
    """Take back the own proposal.

    Raises:
        ActionRefused: somebody else's, or decided already.
    """
    with transaction.atomic():
        proposal = _open(proposal)
        if proposal.proposed_by_id != actor.pk:
            raise ActionRefused("Only its proposer withdraws a proposal.", code="not-own-proposal")
        proposal.outcome = ProposalOutcome.WITHDRAWN
        _settle(proposal, actor=actor, at=at, comment="")
        _write(events.NOTICE_PROPOSAL_WITHDRAWN, proposal, actor=actor, at=at, channel=channel)
    return proposal


@dataclass(frozen=True)
class Attached:
    """What attaching did: the clauses by letter, and whether that text is new here."""

    clauses: dict[str, str]
    is_new: bool


def attach_official_text(
    *,
    data: bytes,
    version: NoticeVersion,
    at: datetime,
    actor: User | None = None,
    channel: Channel,
) -> Attached:
    """Attach the verbatim clauses in the bytes of an official text to *version*'s letters.

    A later text does not remove an earlier one; the latest is quoted. The same bytes
    attach once.

    Raises:
        OfficialTextInvalid: the text does not fit the version, see ``official_text.read``.
    """
    letters = list(version.routine_uses.values_list("letter", flat=True))
    if not letters:
        raise official_text.OfficialTextInvalid(
            f"Version {version.label} is an outline: it has no letters to attach clauses to."
        )
    text = official_text.read(data, system_number=version.notice.system_number, letters=letters)
    with transaction.atomic():
        NoticeVersion.objects.select_for_update().get(pk=version.pk)
        if version.official_texts.filter(sha256=text.sha256).exists():
            return Attached(text.clauses, is_new=False)
        attached = OfficialText.objects.create(
            version=version, sha256=text.sha256, attached_at=at, attached_by=actor
        )
        OfficialClause.objects.bulk_create(
            OfficialClause(official_text=attached, letter=letter, words=words)
            for letter, words in text.clauses.items()
        )
        record_event(
            kind=events.NOTICE_TEXT_ATTACHED,
            actor=actor,
            at=at,
            channel=channel,
            details={
                "notice": version.notice.system_number,
                "version": version.label,
                "sha256": text.sha256,
            },
        )
    return Attached(text.clauses, is_new=True)


def _by_privacy_officer(actor: User) -> None:
    if not actor.has_role(Role.PRIVACY_OFFICER):
        raise ActionRefused(
            "Only privacy officers decide which notice is in force.", code="not-privacy-officer"
        )


def _may_replace(version: NoticeVersion, current: NoticeVersion | None) -> None:
    if version.effective_date is None:
        raise ActionRefused(
            f"Version {version.label} is an outline and can never be put in force.",
            code="notice-is-outline",
        )
    if version.in_force_from is not None:
        raise ActionRefused("This version is or was in force.", code="was-in-force")
    if current is None:
        return
    if current.effective_date and version.effective_date < current.effective_date:
        raise ActionRefused(
            f"Version {current.label}, which is in force, is newer.", code="older-version"
        )
    reaching = new_letters(compare(contents_of(current), contents_of(version)))
    if reaching and version.effective_date - version.published_date < NOTICE_PERIOD:
        raise ActionRefused(
            "New routine uses need thirty days between publication and effect: "
            + "; ".join(reaching),
            code="published-too-late",
            clause=PUBLICATION_CLAUSE,
        )


def _open(proposal: NoticeProposal) -> NoticeProposal:
    # The version's row is the lock that proposing takes too.
    NoticeVersion.objects.select_for_update().get(pk=proposal.version_id)
    found = NoticeProposal.objects.select_related("version__notice", "replaces").get(pk=proposal.pk)
    if found.outcome != ProposalOutcome.OPEN:
        raise ActionRefused("This proposal is decided already.", code="proposal-decided")
    return found


def _put_in_force(proposal: NoticeProposal, *, at: datetime) -> None:
    version = proposal.version
    notice = type(version.notice).objects.select_for_update().get(pk=version.notice_id)
    current = current_version(notice)
    if (current.pk if current else None) != proposal.replaces_id:
        raise ActionRefused(
            "Another version came into force since this was proposed, so the difference that "
            "was looked at is out of date. Propose it again.",
            code="proposal-out-of-date",
        )
    _may_replace(version, current)
    if version.effective_date is None:
        raise RuntimeError("A version that may replace another one has an effective date.")
    begins = max(at, notice_files.start_of(version.effective_date))
    if current is not None:
        if current.in_force_from is None or current.in_force_from >= begins:
            raise ActionRefused(
                f"Version {current.label} has yet to come into force.", code="current-to-come"
            )
        current.superseded_at = begins
        current.save(update_fields=["superseded_at"])
    version.in_force_from = begins
    version.save(update_fields=["in_force_from"])
    bear_its_name(version)


def _settle(proposal: NoticeProposal, *, actor: User, at: datetime, comment: str) -> None:
    proposal.decided_by, proposal.decided_at = actor, at
    proposal.comment = comment.strip()
    proposal.save(update_fields=["outcome", "decided_by", "decided_at", "comment"])


def _write(
    kind: str, proposal: NoticeProposal, *, actor: User, at: datetime, channel: Channel
) -> None:
    version = proposal.version
    details = {
        "notice": version.notice.system_number,
        "version": version.label,
        "replaces": proposal.replaces.label if proposal.replaces else "",
        "proposal": proposal.pk,
    }
    record_event(kind=kind, actor=actor, at=at, channel=channel, details=details)
