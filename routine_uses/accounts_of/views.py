"""Pages: the accounting of a person, the subject's copies, and correcting an entry."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.choices import Role
from accounts.guards import signed_in
from acrime.audit.actions import request_facts
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.common.errors import ActionRefused
from acrime.common.numbers import tidied
from acrime.common.pages import refused, tried
from acrime.common.pdf import render_pdf
from routine_uses import events
from routine_uses.access import access_disclosure
from routine_uses.accounts_of import access, actions
from routine_uses.accounts_of.choices import Correction, Withheld
from routine_uses.accounts_of.folding import Line, folded
from routine_uses.accounts_of.forms import DecideForm, PrepareForm, SupersedeForm
from routine_uses.accounts_of.models import Supersession
from routine_uses.accounts_of.people import Person
from routine_uses.accounts_of.policy import LEGAL, open_to_claims
from routine_uses.accounts_of.querysets import Accounted, waiting_supersessions
from routine_uses.choices import Field, Method, Paragraph, Purpose
from routine_uses.models import Disclosure, Recipient

TITLE = "Accounting of Disclosures – complete"
TEMPLATE = "routine_uses/accounting_record.html"


@require_GET
def accounting(request: HttpRequest, person: str) -> HttpResponse:
    """Every disclosure about a person, complete, with its clock and marks."""
    found, rows = _seen(request, person, channel=Channel.PAGE)
    return render(
        request,
        "routine_uses/accounting.html",
        {"person": found, "rows": [_told_line(line) for line in folded(rows)]},
    )


@require_GET
def accounting_pdf(request: HttpRequest, person: str) -> HttpResponse:
    """The complete accounting as a document, for the privacy office."""
    user, at = signed_in(request), clock.now()
    found, rows = _seen(request, person, channel=Channel.PDF, kind=events.ACCOUNTING_DOWNLOADED)
    document = render_pdf(
        template=TEMPLATE,
        context={
            "person": found,
            "rows": [_told_line(line) for line in folded(rows)],
            "at": at,
            "by": user.full_name,
            "footer_text": f"{found.number} · complete, not for the subject",
            "training_band": settings.SYNTHETIC_DATA,
        },
        title=TITLE,
    )
    return _pdf(document, f"{found.number}-accounting-complete.pdf")


@require_GET
def copies(request: HttpRequest, person: str) -> HttpResponse:
    """The accountings that were made ready for the subject."""
    user = signed_in(request)
    found, made = access.see_copies(
        number=person,
        user=user,
        at=clock.now(),
        channel=Channel.PAGE,
        facts=request_facts(request),
    )
    context = {
        "person": found,
        "copies": made,
        "keeps": user.has_role(Role.PRIVACY_OFFICER),
        "unders": dict(Withheld.choices),
    }
    return render(request, "routine_uses/subject_copies.html", context)


@require_http_methods(["GET", "POST"])
def prepare(request: HttpRequest, person: str) -> HttpResponse:
    """Decide entry by entry what the subject is given; then the document is made."""
    user, at = signed_in(request), clock.now()
    found, rows = _seen(request, person, channel=Channel.PAGE)
    standing = [row for row in rows if row.stands]
    form = PrepareForm(_posted(request), rows=standing)
    if form.is_valid():
        try:
            actions.prepare_copy(
                person=found,
                request_reference=form.cleaned_data["request_reference"],
                claims=form.claims(),
                seen=form.seen_numbers(),
                actor=user,
                at=at,
                channel=Channel.PAGE,
                facts=request_facts(request),
            )
        except actions.CopyRefused as refusal:
            refused(request, refusal)
            form.add_error(form.place_of(refusal.entry), f"{refusal.message} ({refusal.clause})")
        except ActionRefused as refusal:
            refused(request, refusal)
            form.add_error(None, refusal.message)
        else:
            messages.success(request, "The accounting is ready for its subject.")
            return redirect("routine_uses:accounting-copies", person=found.number)
    context = {
        "person": found,
        "form": form,
        "by_law": [_told(row) for row in standing if not open_to_claims(row.entry)],
    }
    status = 422 if form.is_bound else 200
    return render(request, "routine_uses/subject_copy_form.html", context, status=status)


@require_GET
def copy(request: HttpRequest, person: str, copy: str) -> HttpResponse:
    """The subject's copy as it was made: the stored bytes, never rendered again."""
    found = access.take_copy(
        number=person,
        copy=copy,
        user=signed_in(request),
        at=clock.now(),
        channel=Channel.PDF,
        facts=request_facts(request),
    )
    return _pdf(bytes(found.document), f"{found.number}.pdf")


@require_GET
def supersessions(request: HttpRequest) -> HttpResponse:
    """Corrections of the accounting that wait for a second person."""
    context = {"waiting": waiting_supersessions(), "user_id": signed_in(request).pk}
    return render(request, "routine_uses/supersession_list.html", context)


@require_http_methods(["GET", "POST"])
def supersede(request: HttpRequest, disclosure: str) -> HttpResponse:
    """Say what an entry should have said."""
    user, at = signed_in(request), clock.now()
    entry = _entry(request, disclosure)
    form = SupersedeForm(_posted(request), entry=entry)
    made: list[Supersession] = []
    if form.is_valid() and tried(
        form,
        lambda: made.append(
            actions.propose_supersession(
                disclosure=entry,
                changes=form.changes(),
                reason=form.cleaned_data["reason"],
                actor=user,
                at=at,
                channel=Channel.PAGE,
            )
        ),
        request=request,
        place={"no-such-letter": "letter", "letter-without-routine-use": "letter"},
    ):
        if made[0].successor is None:
            messages.success(request, "The correction waits for a second person.")
            return redirect("routine_uses:disclosure", number=entry.number)
        messages.success(request, "The entry is superseded.")
        return redirect("routine_uses:disclosure", number=made[0].successor.number)
    status = 422 if form.is_bound else 200
    context = {"disclosure": entry, "form": form}
    return render(request, "routine_uses/supersede_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, proposal: int) -> HttpResponse:
    """What was proposed beside what stands, and the second person's decision."""
    user, at = signed_in(request), clock.now()
    found = get_object_or_404(
        Supersession.objects.select_related("disclosure", "proposed_by"), pk=proposal
    )
    entry = _entry(request, found.disclosure.number)
    form = DecideForm(_posted(request))
    if form.is_valid() and tried(
        form,
        lambda: actions.decide_supersession(
            proposal=found,
            approve=form.cleaned_data["decision"] == "yes",
            comment=form.cleaned_data["comment"],
            actor=user,
            at=at,
            channel=Channel.PAGE,
        ),
        request=request,
    ):
        messages.success(request, "Your decision is written down.")
        return redirect("routine_uses:disclosure", number=entry.number)
    context = {
        "proposal": found,
        "disclosure": entry,
        "changes": [_change(entry, name, value) for name, value in found.changes.items()],
        "open": found.outcome == Correction.OPEN,
        "own": found.proposed_by_id == user.pk,
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "routine_uses/supersession_decide.html", context, status=status)


def _seen(
    request: HttpRequest,
    person: str,
    *,
    channel: Channel,
    kind: str = events.ACCOUNTING_VIEWED,
) -> tuple[Person, list[Accounted]]:
    return access.see_accounting(
        number=person,
        user=signed_in(request),
        at=clock.now(),
        channel=channel,
        kind=kind,
        facts=request_facts(request),
    )


def _entry(request: HttpRequest, number: str) -> Disclosure:
    return access_disclosure(
        number=tidied(number),
        user=signed_in(request),
        at=clock.now(),
        channel=Channel.PAGE,
        facts=request_facts(request),
    )


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _told_line(line: Line) -> dict[str, Any]:
    """A row of the accounting: one entry, or a category with its entries below."""
    told = _told(line.rows[0])
    if not line.category:
        return told
    each = [row.disclosure for row in line.rows]
    fields = dict.fromkeys(code for entry in each for code in entry.fields)
    return told | {
        "category": line,
        "times": len(each),
        "entries": each,
        "keeping": line.keeping,
        "living": line.living,
        "fields": [Field(code).label for code in sorted(fields)],
    }


def _told(row: Accounted) -> dict[str, Any]:
    entry = row.disclosure
    return {
        "entry": entry,
        "keeping": row.keeping,
        "living": row.living,
        "successor": row.successor,
        "ground": f"Routine use {entry.letter}"
        if entry.letter
        else Paragraph(entry.paragraph).label,
        "by_law": not open_to_claims(row.entry),
        "address_lines": entry.recipient_address.splitlines(),
        "fields": [Field(code).label for code in entry.fields],
    }


_NAMES = {
    "disclosed_at": "Date",
    "nature": "Nature",
    "purpose_code": "Purpose",
    "recipient": "Recipient",
    "paragraph": "Ground",
    "letter": "Routine use",
    "fields": "Fields",
    "method": "Method",
    "discloser_title": "Title of who disclosed it",
    "discloser_office": "Office of who disclosed it",
}


def _change(entry: Disclosure, name: str, value: Any) -> dict[str, Any]:
    """One corrected fact in words: as it stands, and as it should be."""
    held = entry.disclosed_at.isoformat() if name == "disclosed_at" else getattr(entry, name)
    if name == "recipient":
        held = entry.recipient_id
    return {
        "name": _NAMES[name],
        "legal": name in LEGAL,
        "before": entry.recipient_name if name == "recipient" else _words(name, held),
        "after": _words(name, value),
    }


def _words(name: str, value: Any) -> str:
    if name == "recipient":
        return Recipient.objects.get(pk=value).name
    if name == "fields":
        return "; ".join(Field(code).label for code in value)
    labels = {"purpose_code": Purpose, "paragraph": Paragraph, "method": Method}
    if name in labels:
        return str(labels[name](value).label)
    return str(value)[:10] if name == "disclosed_at" else str(value or "None")


def _pdf(document: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        document,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
