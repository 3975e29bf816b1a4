"""Pages of wordings: what each conclusion says, and the proposals to change it."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Role
from accounts.guards import signed_in
from acrime.common import clock
from acrime.common.errors import ActionRefused
from acrime.common.pages import attempt, tried
from acrime.iaq.conclusions import RECORD_FIELDS, ResponseKind
from acrime.iaq.kinds.models import ConclusionProposal, ConclusionVersion, ProposalState
from acrime.iaq.kinds.policy import differences
from acrime.iaq.kinds.querysets import conclusions_in_force
from acrime.iar.wording import actions
from acrime.iar.wording.forms import NOTHING_YET, DecideForm, NewKindForm, WordingForm
from acrime.iar.wording.preview import specimen

TONES: Mapping[str, str] = {
    ProposalState.OPEN: "warning",
    ProposalState.IN_FORCE: "success",
    ProposalState.REFUSED: "danger",
    ProposalState.WITHDRAWN: "neutral",
}


@require_GET
def wording_list(request: HttpRequest) -> HttpResponse:
    """Every conclusion as it is worded now, and what waits for a decision."""
    waiting = (
        ConclusionProposal.objects.filter(state=ProposalState.OPEN)
        .select_related("version", "proposed_by")
        .order_by("proposed_at", "pk")
    )
    context = {
        "versions": conclusions_in_force(clock.now()),
        "waiting": waiting,
        "may_propose": signed_in(request).has_role(Role.PRIVACY_OFFICER),
    }
    return render(request, "iar/wordings.html", context)


@require_GET
def wording_detail(request: HttpRequest, version: int) -> HttpResponse:
    """One version: what it says, what it changed, and what one may do."""
    return _page(request, _version(version))


@require_http_methods(["GET", "POST"])
def wording_propose(request: HttpRequest, version: int) -> HttpResponse:
    """Propose another wording in place of this version."""
    before = _version(version)
    if before.superseded_at or not before.in_force_from:
        raise Http404
    form = WordingForm(
        request.POST or None, kind=before.kind, initial=WordingForm.initial_of(before.kind)
    )
    return _propose(request, form, before=before)


@require_http_methods(["GET", "POST"])
def wording_new(request: HttpRequest) -> HttpResponse:
    """Propose a conclusion that could not be drawn so far."""
    form = NewKindForm(request.POST or None, initial=WordingForm.initial_of(NOTHING_YET))
    return _propose(request, form, before=None)


def _propose(
    request: HttpRequest, form: WordingForm, *, before: ConclusionVersion | None
) -> HttpResponse:
    text, changes = "", []
    if form.is_bound and form.is_valid():
        kind = form.proposed()
        text, changes = _specimen(kind), list(differences(before.kind if before else None, kind))
        made: list[ConclusionProposal] = []
        if "preview" not in request.POST and tried(
            form,
            lambda: made.append(
                actions.propose_wording(
                    kind=kind,
                    reason=form.cleaned_data["reason"],
                    actor=signed_in(request),
                    at=clock.now(),
                )
            ),
            request=request,
        ):
            messages.success(request, "Proposed. Another privacy officer decides.")
            return redirect("iar:wording", version=made[0].version_id)
    named = () if before else ("code",)
    context = {
        "version": before,
        "form": form,
        "text": text,
        "changes": changes,
        "wordings": [form[name] for name in (*named, "label", "headline", "lead", "closing")],
        "ticks": [form[name] for name in ("needs_person", "supervisor_reviews")],
        "carried": [form[f"field_{key}"] for key in RECORD_FIELDS],
    }
    return render(request, "iar/wording_propose.html", context, status=422 if form.errors else 200)


@require_POST
def wording_decide(request: HttpRequest, version: int) -> HttpResponse:
    """Put a proposed wording in force, or refuse to."""
    found = _version(version)
    proposal = get_object_or_404(ConclusionProposal, version=found)
    form = DecideForm(request.POST)
    if form.is_valid() and tried(
        form,
        lambda: actions.decide_wording(
            proposal=proposal,
            approve=form.cleaned_data["decision"] == "yes",
            comment=form.cleaned_data["comment"],
            actor=signed_in(request),
            at=clock.now(),
        ),
        request=request,
    ):
        messages.success(request, "Your decision is written down.")
        return redirect("iar:wording", version=found.pk)
    return _page(request, found, decide_form=form)


@require_POST
def wording_withdraw(request: HttpRequest, version: int) -> HttpResponse:
    """Take back the own proposal."""
    proposal = get_object_or_404(ConclusionProposal, version=_version(version))
    attempt(
        request,
        lambda: actions.withdraw_wording(
            proposal=proposal, actor=signed_in(request), at=clock.now()
        ),
        done="The proposal is withdrawn.",
    )
    return redirect("iar:wording", version=version)


def _page(
    request: HttpRequest, version: ConclusionVersion, *, decide_form: DecideForm | None = None
) -> HttpResponse:
    user = signed_in(request)
    proposal = (
        ConclusionProposal.objects.filter(version=version)
        .select_related("proposed_by", "decided_by", "replaces")
        .first()
    )
    waits = proposal is not None and proposal.state == ProposalState.OPEN
    keeps = user.has_role(Role.PRIVACY_OFFICER)
    own = proposal is not None and proposal.proposed_by_id == user.pk
    in_force = version.in_force_from is not None and version.superseded_at is None
    before = proposal.replaces.kind if proposal and proposal.replaces else None
    context = {
        "version": version,
        "proposal": proposal,
        "tone": TONES[proposal.state] if proposal else "success",
        "in_force": in_force,
        "text": _specimen(version.kind),
        "changes": differences(before, version.kind) if proposal else (),
        "replaces": before,
        "required": _labels(version.required_fields),
        "optional": _labels(version.optional_fields),
        "others": ConclusionVersion.objects.filter(code=version.code)
        .exclude(pk=version.pk)
        .order_by("-version"),
        "decide_form": (decide_form or DecideForm()) if keeps and waits and not own else None,
        "may_withdraw": keeps and waits and own,
        "may_propose": keeps and in_force,
    }
    return render(request, "iar/wording.html", context, status=422 if decide_form else 200)


def _labels(keys: list[str]) -> list[str]:
    return [field.label for key, field in RECORD_FIELDS.items() if key in keys]


def _specimen(kind: ResponseKind) -> str:
    try:
        return specimen(kind)
    except ActionRefused as refusal:
        return f"It cannot be composed: {refusal.message}"


def _version(pk: int) -> ConclusionVersion:
    return get_object_or_404(ConclusionVersion, pk=pk)
