"""Pages of the notice: public ones to read, and those on which versions are decided."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.choices import Role
from accounts.guards import signed_in
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.common.pages import attempt, tried
from routine_uses.choices import (
    AgencyTag,
    Exclusion,
    Field,
    ProposalOutcome,
    Purpose,
    RecipientType,
)
from routine_uses.comparison import Change, compare
from routine_uses.exemptions import NEVER
from routine_uses.models import NoticeProposal, NoticeVersion, RoutineUse
from routine_uses.querysets import (
    SYSTEM_NUMBER,
    NoNoticeInForce,
    contents_of,
    current_version,
    notice_in_force,
    official_clauses,
)
from routine_uses.register import register as register_of_documents
from routine_uses.versions import actions
from routine_uses.versions.forms import DecideForm, ProposeForm
from routine_uses.versions.policy import standing

TONES: Mapping[str, str] = {
    ProposalOutcome.OPEN: "warning",
    ProposalOutcome.IN_FORCE: "success",
    ProposalOutcome.REFUSED: "danger",
    ProposalOutcome.WITHDRAWN: "neutral",
}


# region: public pages
@require_GET
def notice(request: HttpRequest) -> HttpResponse:
    """The notice in force, in plain language, with an anchor for each routine use."""
    try:
        version = notice_in_force(clock.now())
    except NoNoticeInForce as reason:
        context = {
            "heading": "There is no notice in force",
            "happened": reason.message,
            "todo": "Ask an administrator to load the notice.",
        }
        return render(request, "problem.html", context, status=404)
    return _shown_version(request, version)


@require_GET
def notice_of(request: HttpRequest, system: str, label: str) -> HttpResponse:
    """A published version: in force once, in force now, or known as an outline."""
    for version in _published():
        if (_slug(version), version.label) == (system, label):
            return _shown_version(request, version)
    raise Http404


@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """ICE's privacy documents, and what each has to do with this system."""
    return render(request, "routine_uses/register.html", {"register": register_of_documents()})


def _shown_version(request: HttpRequest, version: NoticeVersion) -> HttpResponse:
    at = clock.now()
    others = [
        {"version": each, "system": _slug(each), "standing": standing(_dates(each), at=at)}
        for each in _published()
    ]
    context = {
        "version": version,
        "document": version.document,
        "name": version.document.get("name", version.notice.name),
        "standing": standing(_dates(version), at=at),
        "versions": others,
        "ours": version.notice.system_number == SYSTEM_NUMBER,
    }
    if version.is_outline:
        return render(request, "routine_uses/outline.html", context)
    words = official_clauses(version)
    context |= {
        "record_categories": version.record_categories.all(),
        "uses": [_shown(use, words.get(use.letter, "")) for use in version.routine_uses.all()],
        "retention_items": version.retention_items.all(),
        "never_exempt": NEVER.items(),
    }
    return render(request, "routine_uses/notice.html", context)


def _published() -> list[NoticeVersion]:
    """Ours first, then others; the newest first."""
    found = NoticeVersion.objects.filter(
        Q(in_force_from__isnull=False) | Q(is_outline=True)
    ).select_related("notice")
    return sorted(
        found,
        key=lambda each: (
            each.notice.system_number != SYSTEM_NUMBER,
            each.notice.system_number,
            -each.published_date.toordinal(),
        ),
    )


def _slug(version: NoticeVersion) -> str:
    return version.notice.system_number.lower().replace("/", "-")


def _dates(version: NoticeVersion) -> tuple[Any, Any]:
    return version.in_force_from, version.superseded_at


def _shown(use: RoutineUse, words: str) -> dict[str, Any]:
    """A routine use with its codes in words."""
    return {
        "use": use,
        "words": words,
        "recipients": [RecipientType(code).label for code in use.recipients],
        "bodies": [AgencyTag(code).label for code in use.recipient_tags],
        "never": [Exclusion(code).label for code in use.excluded_recipients],
        "purposes": [Purpose(code).label for code in use.purposes],
        "only_fields": [Field(code).label for code in use.only_fields],
    }


# endregion


# region: versions, proposals and decisions
@require_GET
def version_list(request: HttpRequest) -> HttpResponse:
    """Every version that is loaded, with its standing and what waits for a decision."""
    at = clock.now()
    versions = NoticeVersion.objects.select_related("notice").order_by(
        "notice__system_number", "-published_date", "-pk"
    )
    rows = [{"version": each, "standing": standing(_dates(each), at=at)} for each in versions]
    waiting = NoticeProposal.objects.filter(outcome=ProposalOutcome.OPEN).select_related(
        "version__notice", "proposed_by"
    )
    context = {"rows": rows, "waiting": waiting}
    return render(request, "routine_uses/version_list.html", context)


@require_GET
def version_detail(request: HttpRequest, version: int) -> HttpResponse:
    """One version: what it would change, its proposals, and what one may do."""
    return _version_page(request, _version(version))


@require_POST
def propose(request: HttpRequest, version: int) -> HttpResponse:
    """Propose to put the version in force."""
    found, form = _version(version), ProposeForm(request.POST)
    if form.is_valid() and tried(
        form,
        lambda: actions.propose_version(
            actor=signed_in(request),
            at=clock.now(),
            version=found,
            reason=form.cleaned_data["reason"],
            channel=Channel.PAGE,
        ),
        request=request,
    ):
        messages.success(request, "Proposed. Another privacy officer decides.")
        return redirect("routine_uses:notice-version", version=found.pk)
    return _version_page(request, found, propose_form=form)


@require_POST
def decide(request: HttpRequest, proposal: int) -> HttpResponse:
    """Put a proposed version in force, or refuse to."""
    found = get_object_or_404(NoticeProposal.objects.select_related("version"), pk=proposal)
    form = DecideForm(request.POST)
    if form.is_valid() and tried(
        form,
        lambda: actions.decide_proposal(
            actor=signed_in(request),
            at=clock.now(),
            proposal=found,
            approve=form.cleaned_data["decision"] == "yes",
            comment=form.cleaned_data["comment"],
            channel=Channel.PAGE,
        ),
        request=request,
    ):
        messages.success(request, "Your decision is written down.")
        return redirect("routine_uses:notice-version", version=found.version_id)
    return _version_page(request, _version(found.version_id), decide_form=form)


@require_POST
def withdraw(request: HttpRequest, proposal: int) -> HttpResponse:
    """Take back the own proposal."""
    found = get_object_or_404(NoticeProposal, pk=proposal)
    attempt(
        request,
        lambda: actions.withdraw_proposal(
            actor=signed_in(request), at=clock.now(), proposal=found, channel=Channel.PAGE
        ),
        done="The proposal is withdrawn.",
    )
    return redirect("routine_uses:notice-version", version=found.version_id)


def _version(pk: int) -> NoticeVersion:
    return get_object_or_404(NoticeVersion.objects.select_related("notice"), pk=pk)


def _version_page(
    request: HttpRequest,
    version: NoticeVersion,
    *,
    propose_form: ProposeForm | None = None,
    decide_form: DecideForm | None = None,
) -> HttpResponse:
    user, at = signed_in(request), clock.now()
    current = current_version(version.notice)
    compared = current if current is not None and current.pk != version.pk else None
    proposals = list(version.proposals.select_related("proposed_by", "decided_by", "replaces"))
    waiting = next((each for each in proposals if each.outcome == ProposalOutcome.OPEN), None)
    keeps = user.has_role(Role.PRIVACY_OFFICER)
    own = waiting is not None and waiting.proposed_by_id == user.pk
    free = version.in_force_from is None and not version.is_outline and waiting is None
    text = version.official_texts.select_related("attached_by").first()
    context = {
        "version": version,
        "name": version.document.get("name", version.notice.name),
        "standing": standing(_dates(version), at=at),
        "compared": compared,
        "parts": _parts(version, compared) if compared else [],
        "proposals": [{"proposal": each, "tone": TONES[each.outcome]} for each in proposals],
        "waiting": waiting,
        "propose_form": (propose_form or ProposeForm()) if keeps and free else None,
        "decide_form": (decide_form or DecideForm()) if keeps and waiting and not own else None,
        "may_withdraw": keeps and own,
        "official_text": text,
        "official_count": text.clauses.count() if text else 0,
        "public_slug": _slug(version) if version.in_force_from or version.is_outline else "",
    }
    refused = any(form is not None for form in (propose_form, decide_form))
    return render(
        request, "routine_uses/version_detail.html", context, status=422 if refused else 200
    )


def _parts(version: NoticeVersion, compared: NoticeVersion) -> list[tuple[str, list[Change]]]:
    """What changes, part by part; an outline lies before what it is compared with."""
    new, old = contents_of(version), contents_of(compared)
    changes = compare(new, old) if version.is_outline else compare(old, new)
    return [(part, list(found)) for part, found in groupby(changes, key=lambda each: each.part)]


# endregion
