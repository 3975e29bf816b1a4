"""Pages: the accounting, and checking a disclosure record."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.choices import EXPORTERS, Role
from accounts.guards import may_open, signed_in
from acrime.audit import events
from acrime.audit.actions import request_facts
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.common.exports import Export, export_page
from acrime.common.pages import page_of
from routine_uses.access import (
    access_disclosure,
    access_disclosures,
    verify_code,
    verify_file,
)
from routine_uses.accounts_of.querysets import accounted, successor_of
from routine_uses.choices import (
    Field,
    Method,
    Paragraph,
    Protection,
    RecipientType,
)
from routine_uses.forms import VerifyFileForm, VerifyForm
from routine_uses.grounds import ACCURACY, GUARDS
from routine_uses.models import Disclosure
from routine_uses.policy import PARAGRAPHS


def _successor(row: Disclosure) -> str:
    found = successor_of(row)
    return found.number if found else ""


_EXPORTED: Mapping[str, Callable[[Disclosure], object]] = {
    "Number": lambda row: row.number,
    "Date": lambda row: row.disclosed_at,
    "Recipient": lambda row: row.recipient_name,
    "Purpose": lambda row: row.purpose,
    "Ground": lambda row: (
        f"Routine use {row.letter}" if row.letter else row.get_paragraph_display()
    ),
    "Records": lambda row: "; ".join(row.record_numbers),
    "Supersedes": lambda row: row.supersedes.number if row.supersedes else "",
    "Superseded by": _successor,
    "Category": lambda row: row.series_number,
}


@require_GET
def disclosure_list(request: HttpRequest) -> HttpResponse:
    """Disclosures, newest first, without totals."""
    user = signed_in(request)
    page = page_of(Disclosure.objects.visible_to(user).with_marks().newest_first(), request)
    access_disclosures(
        displayed=page.rows,
        user=user,
        at=clock.now(),
        channel=Channel.PAGE,
        facts=request_facts(request),
    )
    context = {
        "page": page,
        "may_export": user.has_role(*EXPORTERS),
        "sees_refusals": may_open(user, "routine_uses:refusals"),
        "keeps": user.has_role(Role.PRIVACY_OFFICER),
    }
    return render(request, "routine_uses/disclosure_list.html", context)


@require_http_methods(["GET", "POST"])
def disclosure_export(request: HttpRequest) -> HttpResponse:
    """The list as a file, for a purpose."""
    user, at = signed_in(request), clock.now()
    return export_page(
        request,
        Export(
            name="disclosures",
            title="Disclosures: all",
            rows=Disclosure.objects.visible_to(user).with_marks().newest_first(),
            columns=_EXPORTED,
            back=reverse("routine_uses:disclosures"),
        ),
        by=f"{user.full_name} ({user.get_username()})",
        username=user.get_username(),
        at=at,
        write_down=lambda rows, purpose: access_disclosures(
            displayed=rows,
            user=user,
            at=at,
            channel=Channel.PAGE,
            kind=events.RECORD_EXPORTED,
            purpose=purpose,
            criteria={"List": "Disclosures"},
            facts=request_facts(request),
        ),
    )


@require_GET
def disclosure_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One disclosure: what the accounting says."""
    user = signed_in(request)
    disclosure = access_disclosure(
        number=number,
        user=user,
        at=clock.now(),
        channel=Channel.PAGE,
        facts=request_facts(request),
    )
    [row] = accounted([disclosure])
    context = {
        "keeping": row.keeping,
        "may_supersede": row.stands and user.has_role(Role.PRIVACY_OFFICER),
        "disclosure": disclosure,
        "paragraph": Paragraph(disclosure.paragraph).label,
        "method": Method(disclosure.method).label,
        "recipient_type": RecipientType(disclosure.recipient_type).label,
        "address_lines": disclosure.recipient_address.splitlines(),
        "fields": [Field(code).label for code in disclosure.fields],
        "protections": [Protection(code).label for code in disclosure.protections],
        "answers": _answers(disclosure),
    }
    return render(request, "routine_uses/disclosure_detail.html", context)


@require_GET
def disclosure_form(request: HttpRequest, number: str) -> HttpResponse:
    """The disclosure record as it was made: the stored bytes, never rendered again."""
    disclosure = access_disclosure(
        number=number,
        user=signed_in(request),
        at=clock.now(),
        channel=Channel.PDF,
        kind=events.RECORD_DOWNLOADED,
        facts=request_facts(request),
    )
    # The stored bytes stay as they are, so the file's name says that the entry is superseded.
    successor = _successor(disclosure)
    name = f"{disclosure.number}-superseded-by-{successor}" if successor else disclosure.number
    return HttpResponse(
        bytes(disclosure.document),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'},
    )


@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Whether a disclosure record is authentic: by number and code, or by its file."""
    sent = request.method == "POST"
    by_file = sent and request.POST.get("by") == "file"
    code = VerifyForm(request.POST if sent and not by_file else None)
    file = VerifyFileForm(*((request.POST, request.FILES) if by_file else ()))
    about: dict[str, Any] = {
        "user": signed_in(request),
        "at": clock.now(),
        "channel": Channel.PAGE,
        "facts": request_facts(request),
    }
    context: dict[str, Any] = {"form": code, "file_form": file}
    if code.is_valid():
        given = {name: code.cleaned_data[name] for name in ("number", "code")}
        context["checked"] = "number and code"
        context["genuine"] = verify_code(**given, **about)
    elif file.is_valid():
        context["checked"] = "file"
        context["genuine"] = verify_file(sha256=file.cleaned_data["document"], **about)
    status = 422 if sent and "checked" not in context else 200
    return render(request, "routine_uses/disclosure_verify.html", context, status=status)


def _answers(disclosure: Disclosure) -> list[tuple[str, str]]:
    """What the clause asked and was answered, in words; answers it did not ask for by key."""
    if disclosure.letter:
        use = disclosure.notice_version.routine_uses.get(letter=disclosure.letter)
        questions = {each["key"]: each["question"] for each in use.conditions}
    else:
        asked = PARAGRAPHS[disclosure.paragraph].conditions
        questions = {condition.key: condition.question for condition in asked}
    # What (e)(6) and the protections ask stands under no letter or paragraph.
    for condition in (ACCURACY, *(guard.condition for guard in GUARDS.values())):
        questions.setdefault(condition.key, condition.question)
    words = {True: "Yes", "yes": "Yes", False: "No", "no": "No"}
    return [
        (questions.get(key, key), words.get(value, str(value)))
        for key, value in sorted(disclosure.conditions.items())
    ]
