"""Pages of the wizard, and the privacy office's list of refused disclosures."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Role
from accounts.guards import signed_in
from acrime.audit.actions import record_event, request_facts
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common import clock
from acrime.common.errors import ActionRefused, NotThere
from acrime.common.pages import attempt, page_of, refused, tried
from routine_uses.actions import DisclosureRefused
from routine_uses.approvals.choices import ApprovalKind
from routine_uses.approvals.presentation import STANDING_TONES
from routine_uses.choices import Field, Method, Paragraph, Protection, Purpose
from routine_uses.links import record_links
from routine_uses.models import DisclosureDraft, Recipient, RefusalReview
from routine_uses.protected import Protected
from routine_uses.wizard import actions, events, forms
from routine_uses.wizard.choices import DraftState
from routine_uses.wizard.outlook import Outlook, is_described, outlook
from routine_uses.wizard.querysets import draft_of, drafts_of, refusals
from routine_uses.wizard.sources import sources_for


@require_http_methods(["GET", "POST"])
def draft_list(request: HttpRequest) -> HttpResponse:
    """One's drafts; a POST with numbers of records begins another."""
    user, at = signed_in(request), clock.now()
    form = forms.BeginForm(request.POST or None)
    if form.is_valid():
        begun: list[DisclosureDraft] = []

        def begin() -> None:
            begun.append(
                actions.begin_draft(
                    numbers=form.cleaned_data["records"],
                    actor=user,
                    at=at,
                    facts=request_facts(request),
                )
            )

        try:
            done = tried(form, begin, request=request)
        except NotThere as hidden:
            refused(request, hidden)
            form.add_error("records", "There is no record under one of these numbers.")
            done = False
        if done:
            return redirect("routine_uses:draft", draft=begun[0].key)
    context = {"page": page_of(drafts_of(user), request), "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "wizard/draft_list.html", context, status=status)


@require_GET
def draft(request: HttpRequest, draft: UUID) -> HttpResponse:
    """A draft as it stands: what is said, what fits, what is still needed."""
    return _page(request, draft_of(signed_in(request), str(draft)), at=clock.now())


@require_POST
def draft_describe(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Say what goes to whom, why and how."""
    user, at = signed_in(request), clock.now()
    found = draft_of(user, str(draft))
    form = forms.describe_form(found, request.POST)
    return _done_or_again(
        request,
        found,
        form,
        lambda: actions.describe_draft(
            draft=found, description=form.description(), actor=user, at=at
        ),
        at=at,
        name="describe_form",
    )


@require_POST
def draft_ground(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Choose a ground; one that does not fit is refused, and the refusal kept."""
    user, at = signed_in(request), clock.now()
    found = draft_of(user, str(draft))
    return _acted(
        request,
        found,
        lambda: actions.choose_ground(
            draft=found, code=request.POST.get("ground", ""), actor=user, at=at
        ),
    )


@require_POST
def draft_answers(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Keep the answers."""
    user, at = signed_in(request), clock.now()
    found = draft_of(user, str(draft))
    if not (is_described(found) and found.paragraph):
        return redirect("routine_uses:draft", draft=found.key)
    form = _answers_form(found, outlook(found, user=user, at=at), request.POST)
    return _done_or_again(
        request,
        found,
        form,
        lambda: actions.answer_draft(
            draft=found,
            answers=form.answers(),
            statement=form.cleaned_data.get("statement", found.statement),
            override_reason=form.cleaned_data.get("override_reason", ""),
            actor=user,
            at=at,
        ),
        at=at,
        name="answers_form",
    )


@require_POST
def draft_ask(request: HttpRequest, draft: UUID, kind: str) -> HttpResponse:
    """Ask for an approval that is needed."""
    user, at = signed_in(request), clock.now()
    found = draft_of(user, str(draft))
    view = outlook(found, user=user, at=at) if is_described(found) else None
    task = next((each for each in view.tasks if each.kind == kind), None) if view else None
    if task is None:
        raise NotThere
    form = forms.AskForm(request.POST, request.FILES, task=task, prefix=task.kind.value)
    return _done_or_again(
        request,
        found,
        form,
        lambda: actions.ask_for_draft(
            draft=found,
            kind=ApprovalKind(kind),
            reason=form.cleaned_data["reason"],
            papers=form.papers(),
            actor=user,
            at=at,
        ),
        at=at,
        name=f"ask_{kind}",
    )


@require_POST
def draft_disclose(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Disclose what was prepared."""
    user, at = signed_in(request), clock.now()
    found = draft_of(user, str(draft))
    shown = request.POST.get("version", "")
    version = int(shown) if shown.isdecimal() and len(shown) < 10 else 0
    done = _acted(
        request,
        found,
        lambda: actions.disclose_draft(draft=found, version=version, actor=user, at=at),
    )
    found.refresh_from_db()
    if found.state == DraftState.DISCLOSED and found.disclosure is not None:
        messages.success(request, "It is disclosed and accounted for.")
        return redirect("routine_uses:disclosure", number=found.disclosure.number)
    return done


@require_POST
def draft_discard(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Give a draft up."""
    found = draft_of(signed_in(request), str(draft))
    attempt(
        request,
        lambda: actions.discard_draft(draft=found, actor=signed_in(request), at=clock.now()),
        done="The draft is discarded. Nothing was disclosed.",
    )
    return redirect("routine_uses:drafts")


@require_GET
def refusal_list(request: HttpRequest) -> HttpResponse:
    """Refused disclosures, for the privacy office and oversight."""
    user, at = signed_in(request), clock.now()
    page = page_of(refusals(at=at), request)
    reviews = {
        each.event_id: each
        for each in RefusalReview.objects.filter(
            event_id__in=[row.pk for row in page.rows]
        ).select_related("reviewed_by")
    }
    record_event(
        kind=events.REFUSALS_LISTED,
        actor=user,
        at=at,
        channel=Channel.PAGE,
        displayed_ids=sorted({row.record_id for row in page.rows if row.record_id}),
        facts=request_facts(request),
    )
    names = dict(Recipient.objects.values_list("pk", "name"))
    context = {
        "page": page,
        "rows": [
            {
                "event": row,
                "review": reviews.get(row.pk),
                "recipient": names.get(row.details.get("recipient_id"), ""),
                "purpose": dict(Purpose.choices).get(row.purpose, row.purpose),
                "ground": _ground_in_words(
                    row.details.get("paragraph", ""), row.details.get("letter", "")
                ),
            }
            for row in page.rows
        ],
        "form": forms.ReviewForm(),
        "reviews": user.has_role(Role.PRIVACY_OFFICER),
    }
    return render(request, "wizard/refusal_list.html", context)


@require_POST
def refusal_review(request: HttpRequest, event: int) -> HttpResponse:
    """Note that a refusal was looked into."""
    found = get_object_or_404(AuditEvent, pk=event, kind="disclosure.refused")
    attempt(
        request,
        lambda: actions.review_refusal(
            event=found,
            note=request.POST.get("note", "")[:300],
            actor=signed_in(request),
            at=clock.now(),
        ),
        done="It is noted.",
    )
    return redirect("routine_uses:refusals")


def _acted(request: HttpRequest, draft: DisclosureDraft, act: Callable[[], object]) -> HttpResponse:
    """Do *act*; a refusal is told with its clause, and the notice's own words where held."""
    try:
        act()
    except NotThere:
        raise
    except ActionRefused as refusal:
        refused(request, refusal)
        said = f"{refusal.message} ({refusal.clause})" if refusal.clause else refusal.message
        quote = refusal.quote if isinstance(refusal, DisclosureRefused) else ""
        messages.error(request, f"{said} The notice says: “{quote}”" if quote else said)
    return redirect("routine_uses:draft", draft=draft.key)


def _done_or_again(
    request: HttpRequest,
    draft: DisclosureDraft,
    form: Any,
    act: Callable[[], object],
    *,
    at: datetime,
    name: str,
) -> HttpResponse:
    if form.is_valid() and tried(form, act, request=request):
        return redirect("routine_uses:draft", draft=draft.key)
    return _page(request, draft, at=at, **{name: form})


def _answers_form(draft: DisclosureDraft, view: Outlook, data: Any = None) -> forms.AnswersForm:
    return forms.AnswersForm(
        data,
        draft=draft,
        asked=[each for _, each in view.attested],
        disputed=view.disputed,
        owed=view.owed,
        overrides=draft.paragraph == Paragraph.B3 and draft.letter != view.computed,
    )


def _ground_in_words(paragraph: str, letter: str) -> str:
    if letter:
        return f"Routine use {letter}"
    return dict(Paragraph.choices).get(paragraph, paragraph)


def _protected(view: Outlook) -> list[tuple[str, Protected]]:
    """The protections on record, each with the number of the record that it was found by."""
    numbers = {each.plain.record_id: each.number for each in view.sources}
    return [(numbers[each.record_id], each) for each in view.protected]


def _page(
    request: HttpRequest, draft: DisclosureDraft, *, at: datetime, **bound: Any
) -> HttpResponse:
    user = signed_in(request)
    # Asked anew with every page: a record that was limited meanwhile is as absent.
    sources = sources_for(user, draft.record_numbers)
    context: dict[str, Any] = {
        "draft": draft,
        "is_open": draft.state == DraftState.OPEN,
        "records": [
            (each, url)
            for each, (_, url) in zip(
                sources, record_links(user, draft.record_numbers), strict=True
            )
        ],
        "describe_form": forms.describe_form(draft),
        "described": is_described(draft),
        "at": at,
    }
    if draft.state == DraftState.OPEN and is_described(draft):
        assert draft.recipient is not None
        view = outlook(draft, user=user, at=at)
        form = _answers_form(draft, view)
        context |= {
            "view": view,
            "fitting": [each for each in view.grounds if each.fits],
            "others": [each for each in view.grounds if not each.fits],
            "chosen": draft.letter or draft.paragraph,
            "answers_form": form if form.fields else None,
            "tasks": [
                {
                    "task": each,
                    "tone": STANDING_TONES[each.standing] if each.standing else "neutral",
                    "form": bound.pop(
                        f"ask_{each.kind.value}",
                        forms.AskForm(task=each, prefix=each.kind.value),
                    )
                    if each.may_be_asked
                    else None,
                }
                for each in view.tasks
            ],
            "fields": [Field(code).label for code in draft.fields],
            "purpose": Purpose(draft.purpose_code).label,
            "method": Method(draft.method).label,
            "protections": [Protection(code).label for code in view.protections],
            "address_lines": draft.recipient.address_lines,
            "ground": _ground_in_words(draft.paragraph, draft.letter),
            "protected": _protected(view),
            "needs_reason": draft.paragraph == Paragraph.B3
            and draft.letter != view.computed
            and not draft.override_reason,
        }
    status = 422 if request.method == "POST" else 200
    return render(request, "wizard/draft.html", context | bound, status=status)
