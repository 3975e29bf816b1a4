"""Pages of the privacy office: corrections, disputes, and the letters about them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.guards import signed_in
from acrime.audit.actions import request_facts
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.common.eastern import portal_day
from acrime.common.pages import attempt, page_of, tried
from routine_uses.choices import Field
from routine_uses.corrections import access, actions
from routine_uses.corrections.choices import CaseKind, LetterState
from routine_uses.corrections.forms import (
    OTHER,
    CorrectForm,
    DisputeForm,
    ExemptForm,
    ReturnForm,
    SendForm,
    SettleForm,
)
from routine_uses.corrections.models import CorrectionCase, CorrectionLetter
from routine_uses.corrections.querysets import letters_to_send
from routine_uses.corrections.records import RecordFacts, records

TONES = {
    LetterState.DRAFTED: "warning",
    LetterState.SENT: "info",
    LetterState.RETURNED: "success",
    LetterState.EXEMPT: "neutral",
}


@require_GET
def worklist(request: HttpRequest) -> HttpResponse:
    """Letters to send, the earliest due first; and what was corrected or disputed."""
    user, at = signed_in(request), clock.now()
    letters = list(letters_to_send()[:100])
    cases = CorrectionCase.objects.select_related("noted_by").defer(
        "statement", "earlier_value", "corrected_value", "agency_reasons"
    )
    page = page_of(cases.order_by("-noted_at", "-pk"), request)
    access.see_worklist(
        letters=letters,
        cases=page.rows,
        user=user,
        at=at,
        channel=Channel.PAGE,
        facts=request_facts(request),
    )
    today = portal_day(at)
    context = {
        "letters": [(each, each.due_on < today) for each in letters],
        "page": page,
        "rows": [(each, _labels(each)) for each in page.rows],
    }
    return render(request, "routine_uses/correction_list.html", context)


@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, record: str) -> HttpResponse:
    """Correct a value of a record, or note what it told wrongly."""
    found = _record(request, record)
    form = CorrectForm(_posted(request), values=found.values)

    def act() -> CorrectionCase:
        data = form.cleaned_data
        common = {
            "record": found,
            "reason": data["reason"],
            "reference": data["reference"],
            "actor": signed_in(request),
            "at": clock.now(),
            "channel": Channel.PAGE,
        }
        if data["what"] == OTHER:
            return actions.note_correction(
                field=data["field"], earlier=data["earlier"], corrected=data["corrected"], **common
            )
        return actions.correct_value(position=int(data["what"]), value=data["corrected"], **common)

    return _form(
        request,
        form,
        act,
        record=found,
        title="Correct what was told",
        button="Correct it",
        place={"nothing-corrected": "corrected", "value-held": "corrected", "no-date": "corrected"},
    )


@require_http_methods(["GET", "POST"])
def dispute(request: HttpRequest, record: str) -> HttpResponse:
    """Note a statement of disagreement."""
    found = _record(request, record)
    form = DisputeForm(_posted(request))

    def act() -> CorrectionCase:
        data = form.cleaned_data
        return actions.note_dispute(
            record=found,
            fields=data["disputed"],
            statement=data["statement"],
            agency_reasons=data["agency_reasons"],
            reason=data["reason"],
            reference=data["reference"],
            actor=signed_in(request),
            at=clock.now(),
            channel=Channel.PAGE,
        )

    return _form(
        request,
        form,
        act,
        record=found,
        title="Note a dispute",
        button="Note it",
        place={"statement-unprintable": "statement"},
    )


@require_GET
def detail(request: HttpRequest, case: str) -> HttpResponse:
    """One correction or dispute, and where its letters stand."""
    found = _case(request, case)
    today = portal_day(clock.now())
    letters = found.letters.defer("document").select_related("sent_by", "returned_by", "exempt_by")
    context = {
        "case": found,
        "labels": _labels(found),
        # Values are the record's: they are shown to whoever may see it.
        "sees_values": records().find(found.record_number, signed_in(request)) is not None,
        "letters": [
            (each, TONES[LetterState(each.state)], each.due_on < today) for each in letters
        ],
        "is_dispute": found.kind == CaseKind.DISPUTE,
    }
    return render(request, "routine_uses/correction_detail.html", context)


@require_http_methods(["GET", "POST"])
def settle(request: HttpRequest, case: str) -> HttpResponse:
    """End a dispute."""
    found = _case(request, case)
    form = SettleForm(_posted(request))
    return _form(
        request,
        form,
        lambda: actions.settle_dispute(
            case=found,
            reason=form.cleaned_data["reason"],
            actor=signed_in(request),
            at=clock.now(),
            channel=Channel.PAGE,
        ),
        title="Settle the dispute",
        button="Settle it",
        case=found,
    )


@require_http_methods(["POST"])
def draft_again(request: HttpRequest, case: str) -> HttpResponse:
    """Draft letters to those who have none."""
    found = _case(request, case)
    attempt(
        request,
        lambda: actions.draft_again(
            case=found, actor=signed_in(request), at=clock.now(), channel=Channel.PAGE
        ),
        done="The letters are drafted.",
    )
    return redirect("routine_uses:correction", case=found.number)


@require_GET
def letter_pdf(request: HttpRequest, letter: str) -> HttpResponse:
    """A letter as it was drafted: the stored bytes."""
    found = _letter(request, letter, channel=Channel.PDF)
    return HttpResponse(
        bytes(found.document),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{found.number}.pdf"'},
    )


@require_http_methods(["GET", "POST"])
def send(request: HttpRequest, letter: str) -> HttpResponse:
    """Note that a letter went."""
    found, form = _letter(request, letter), SendForm(_posted(request))
    return _letter_form(
        request,
        found,
        form,
        lambda: actions.send_letter(
            letter=found,
            actor=signed_in(request),
            at=clock.now(),
            channel=Channel.PAGE,
            **form.cleaned_data,
        ),
        title="The letter went",
    )


@require_http_methods(["GET", "POST"])
def returned(request: HttpRequest, letter: str) -> HttpResponse:
    """Note what came back."""
    found, form = _letter(request, letter), ReturnForm(_posted(request))
    return _letter_form(
        request,
        found,
        form,
        lambda: actions.return_letter(
            letter=found,
            actor=signed_in(request),
            at=clock.now(),
            channel=Channel.PAGE,
            **form.cleaned_data,
        ),
        title="Something came back",
    )


@require_http_methods(["GET", "POST"])
def exempt(request: HttpRequest, letter: str) -> HttpResponse:
    """Claim an exemption from telling a recipient."""
    found, form = _letter(request, letter), ExemptForm(_posted(request))
    return _letter_form(
        request,
        found,
        form,
        lambda: actions.exempt_letter(
            letter=found,
            actor=signed_in(request),
            at=clock.now(),
            channel=Channel.PAGE,
            **form.cleaned_data,
        ),
        title="Do not send the letter",
    )


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _labels(case: CorrectionCase) -> list[str]:
    return [str(Field(code).label) for code in case.fields]


def _record(request: HttpRequest, number: str) -> RecordFacts:
    return access.see_record(
        number=number,
        user=signed_in(request),
        at=clock.now(),
        channel=Channel.PAGE,
        facts=request_facts(request),
    )


def _case(request: HttpRequest, number: str) -> CorrectionCase:
    return access.see_case(
        number=number,
        user=signed_in(request),
        at=clock.now(),
        channel=Channel.PAGE,
        facts=request_facts(request),
    )


def _letter(
    request: HttpRequest, number: str, *, channel: Channel = Channel.PAGE
) -> CorrectionLetter:
    return access.take_letter(
        number=number,
        user=signed_in(request),
        at=clock.now(),
        channel=channel,
        facts=request_facts(request),
    )


def _form(
    request: HttpRequest,
    form: Any,
    act: Callable[[], CorrectionCase],
    *,
    title: str,
    button: str,
    record: RecordFacts | None = None,
    case: CorrectionCase | None = None,
    place: dict[str, str] | None = None,
) -> HttpResponse:
    done: list[CorrectionCase] = []
    if form.is_valid() and tried(
        form, lambda: done.append(act()), request=request, place=place or {}
    ):
        messages.success(request, "It is noted.")
        return redirect("routine_uses:correction", case=done[0].number)
    context = {
        "title": title,
        "button": button,
        "form": form,
        "kicker": record.number if record else case.number if case else "",
        "case": case,
    }
    status = 422 if form.is_bound else 200
    return render(request, "routine_uses/correction_form.html", context, status=status)


def _letter_form(
    request: HttpRequest,
    letter: CorrectionLetter,
    form: Any,
    act: Callable[[], CorrectionLetter],
    *,
    title: str,
) -> HttpResponse:
    return _form(
        request,
        form,
        lambda: act().case,
        title=f"{title}: {letter.recipient_name}",
        button="Note it",
        case=letter.case,
    )
