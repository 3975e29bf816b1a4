"""The verbs of wordings: propose, decide, withdraw. It takes two privacy officers."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from accounts.choices import Role
from accounts.models import User
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from acrime.iaq.conclusions import ResponseKind
from acrime.iaq.kinds.models import ConclusionProposal, ConclusionVersion, ProposalState
from acrime.iaq.kinds.policy import WordingProblem, differences, wording_problems
from acrime.iar import events


class WordingRefused(ActionRefused):
    """A wording breaks a rule. ``problems`` names each."""

    def __init__(self, problems: tuple[WordingProblem, ...]) -> None:
        super().__init__(problems[0].explanation, code=problems[0].code)
        self.problems = problems


@transaction.atomic
def propose_wording(
    *, kind: ResponseKind, reason: str, actor: User, at: datetime
) -> ConclusionProposal:
    """Propose what a conclusion says and which values it needs from now on.

    A kind that is not there yet may be proposed too. The version's number is the next one.

    Raises:
        WordingRefused: it breaks a rule of wording.
        ActionRefused: not a privacy officer, no reason, nothing changes, or another proposal for
            the kind waits.
    """
    _by_privacy_officer(actor)
    if not reason.strip():
        raise ActionRefused("Say why it is to be changed.", code="reason-missing")
    if problems := wording_problems(kind):
        raise WordingRefused(problems)
    known = ConclusionVersion.objects.select_for_update().filter(code=kind.code).order_by("pk")
    current = next((each for each in known if _stands(each)), None)
    if current and not differences(current.kind, replace(kind, version=current.version)):
        raise ActionRefused("Nothing is changed against the version in force.", code="no-change")
    if ConclusionProposal.objects.filter(
        version__code=kind.code, state=ProposalState.OPEN
    ).exists():
        raise ActionRefused(
            "Another proposal for this conclusion waits for a second person.",
            code="already-proposed",
        )
    last = ConclusionVersion.objects.filter(code=kind.code).aggregate(last=Max("version"))["last"]
    version = ConclusionVersion.objects.create(
        code=kind.code,
        version=(last or 0) + 1,
        label=kind.label,
        headline=kind.headline,
        lead=kind.lead,
        required_fields=list(kind.required_fields),
        optional_fields=list(kind.optional_fields),
        closing=list(kind.closing),
        needs_person=kind.needs_person,
        supervisor_reviews=kind.supervisor_reviews,
    )
    proposal = ConclusionProposal.objects.create(
        version=version,
        replaces=current,
        reason=reason.strip(),
        proposed_by=actor,
        proposed_at=at,
    )
    _event(events.WORDING_PROPOSED, proposal, actor=actor, at=at)
    return proposal


@transaction.atomic
def decide_wording(
    *, proposal: ConclusionProposal, approve: bool, comment: str, actor: User, at: datetime
) -> None:
    """Put a proposed wording in force at once, or refuse to, as a second privacy officer.

    Determinations that were made under the version before keep it.

    Raises:
        ActionRefused: not a privacy officer, the proposer's own, decided already, another version
            came into force since, or a refusal without a reason.
    """
    _by_privacy_officer(actor)
    locked = _open(proposal)
    if locked.proposed_by_id == actor.pk:
        raise ActionRefused(
            "A second person decides: you proposed it yourself.", code="own-proposal"
        )
    if not approve and not comment.strip():
        raise ActionRefused("Say why it is not put in force.", code="reason-missing")
    if approve:
        _put_in_force(locked, at=at)
    state = ProposalState.IN_FORCE if approve else ProposalState.REFUSED
    _settle(locked, state, comment=comment, actor=actor, at=at)
    kind = events.WORDING_IN_FORCE if approve else events.WORDING_REFUSED
    _event(kind, locked, actor=actor, at=at)


@transaction.atomic
def withdraw_wording(*, proposal: ConclusionProposal, actor: User, at: datetime) -> None:
    """Take back the own proposal.

    Raises:
        ActionRefused: somebody else's, or decided already.
    """
    locked = _open(proposal)
    if locked.proposed_by_id != actor.pk:
        raise ActionRefused("Only its proposer withdraws a proposal.", code="not-own-proposal")
    _settle(locked, ProposalState.WITHDRAWN, comment="", actor=actor, at=at)
    _event(events.WORDING_WITHDRAWN, locked, actor=actor, at=at)


def _put_in_force(proposal: ConclusionProposal, *, at: datetime) -> None:
    version = proposal.version
    # The rules may have become stricter since it was proposed.
    if problems := wording_problems(version.kind):
        raise WordingRefused(problems)
    standing = [
        each
        for each in ConclusionVersion.objects.select_for_update()
        .filter(code=version.code)
        .order_by("pk")
        if _stands(each)
    ]
    current = standing[0] if standing else None
    if (current.pk if current else None) != proposal.replaces_id:
        raise ActionRefused(
            "Another version came into force since this was proposed. Propose it again.",
            code="proposal-out-of-date",
        )
    if current:
        current.superseded_at = at
        current.save(update_fields=["superseded_at"])
    version.in_force_from = at
    version.save(update_fields=["in_force_from"])


def _stands(version: ConclusionVersion) -> bool:
    return version.in_force_from is not None and version.superseded_at is None


def _open(proposal: ConclusionProposal) -> ConclusionProposal:
    locked = (
        ConclusionProposal.objects.select_for_update(of=("self",))
        .select_related("version", "replaces")
        .get(pk=proposal.pk)
    )
    if locked.state != ProposalState.OPEN:
        raise ActionRefused("This proposal is decided already.", code="proposal-decided")
    return locked


def _settle(
    proposal: ConclusionProposal,
    state: ProposalState,
    *,
    comment: str,
    actor: User,
    at: datetime,
) -> None:
    proposal.state, proposal.comment = state, comment.strip()
    proposal.decided_by, proposal.decided_at = actor, at
    proposal.save(update_fields=["state", "comment", "decided_by", "decided_at"])


def _by_privacy_officer(actor: User) -> None:
    if not actor.has_role(Role.PRIVACY_OFFICER):
        raise ActionRefused(
            "Only privacy officers decide what an answer says.", code="not-privacy-officer"
        )


def _event(kind: str, proposal: ConclusionProposal, *, actor: User, at: datetime) -> None:
    version = proposal.version
    record_event(
        kind=kind,
        actor=actor,
        at=at,
        channel=Channel.PAGE,
        details={
            "conclusion": version.code,
            "version": version.version,
            "replaces": proposal.replaces.version if proposal.replaces else 0,
            "proposal": proposal.pk,
        },
    )
