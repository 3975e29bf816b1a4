"""Pages of the desk: the worklist, a tip, and what is done with it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Role
from accounts.guards import may_open, signed_in
from accounts.models import User
from accounts.standing.querysets import holding
from acrime.common import clock
from acrime.common.errors import ActionRefused
from acrime.common.numbers import tidied
from acrime.common.pages import attempt, page_of, tab_of, tabs_shown, tried
from acrime.individuals.choosing.actions import Part
from acrime.individuals.choosing.pages import Choosing, choosing_page
from acrime.individuals.facts.choices import Category
from acrime.records.choices import RecordKind, SubjectRole
from acrime.records.pages import not_there, record_for, see_record, see_rows
from acrime.records.panels import panels_for
from acrime.records.prints import see_to_print
from acrime.tips import actions, events, policy
from acrime.tips.forms import (
    CloseForm,
    FilterForm,
    OfficeForm,
    SameForm,
    SecondForm,
    StepForm,
    TriageForm,
)
from acrime.tips.models import Tip
from acrime.tips.pages import context_of, seen, tip_of, to_act
from acrime.tips.presentation import TONES
from acrime.tips.querysets import TABS, filtered, open_line, tab_rows
from acrime.tips.receiving.attachments import SUFFIXES


@require_GET
def tip_list(request: HttpRequest) -> HttpResponse:
    """The worklists, with filters."""
    user, at = signed_in(request), clock.now()
    tab = tab_of(request, TABS, first="new")
    form = FilterForm(request.GET)
    asked = form.criteria()
    rows = filtered(
        tab_rows(tab, user),
        matter=request.GET.get("matter", ""),
        came_by=request.GET.get("came_by", ""),
    )
    page = page_of(rows.with_details(), request)
    see_rows(request, page.rows, at=at, criteria={"List": "Tips", "Show": TABS[tab]} | asked)
    context = {
        "page": page,
        **tabs_shown(TABS, tab),
        "filter_form": form,
        "is_filtered": bool(asked),
        "tones": TONES,
        "takes": may_open(user, "tips:new", "POST"),
        "keeps_line": may_open(user, "tips:line"),
        "is_open": open_line() is not None,
    }
    return render(request, "tips/tip_list.html", context)


@require_GET
def tip_detail(request: HttpRequest, number: str) -> HttpResponse:
    """A tip: what it says, about whom, where it stands, what was done."""
    at = clock.now()
    record, tip = seen(request, number, at=at)
    context = context_of(request, record, tip, at=at)
    context["panels"] = panels_for(request, record, at=at)
    if context["may_decide"]:
        context["second_form"] = SecondForm()
    return render(request, "tips/tip_detail.html", context)


@require_GET
def tip_print(request: HttpRequest, number: str) -> HttpResponse:
    """A tip for paper. Who reported it is on none."""
    at = clock.now()
    record, head = see_to_print(request, number, RecordKind.TIP, at=at)
    context = context_of(request, record, tip_of(record), at=at, beside=False) | {"head": head}
    return render(request, "tips/print.html", context)


@require_GET
def tip_file(request: HttpRequest, number: str, identifier: int) -> HttpResponse:
    """One file of a tip, written down before it is sent. *identifier* is its place, from 1."""
    at = clock.now()
    record = record_for(request, number, RecordKind.TIP, at=at)
    kept = list(tip_of(record).files.defer("content").order_by("pk"))
    if not 1 <= identifier <= len(kept):
        not_there(request, number, at=at)
    found = kept[identifier - 1]
    see_record(
        request,
        number,
        RecordKind.TIP,
        at=at,
        kind=events.FILE_VIEWED,
        details={"file": identifier, "sha256": found.sha256},
    )
    answer = HttpResponse(bytes(found.content), content_type=found.media_type)
    answer["X-Content-Type-Options"] = "nosniff"
    # Whatever a reader of PDF files does with it, it does it in a place of its own.
    answer["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert found.media_type in SUFFIXES
    return answer


@require_POST
def take(request: HttpRequest, number: str) -> HttpResponse:
    """Take a tip on."""
    return _done(request, number, actions.take_tip, "You have taken the tip on.")


@require_POST
def put_back(request: HttpRequest, number: str) -> HttpResponse:
    """Put a tip back."""
    return _done(request, number, actions.put_back, "The tip waits for somebody else.")


@require_POST
def sort(request: HttpRequest, number: str) -> HttpResponse:
    """Say whether what looked like none is a tip."""
    user, at = signed_in(request), clock.now()
    tip = to_act(request, number, at=at)
    is_tip = request.POST.get("is") == "tip"
    if not is_tip and request.POST.get("is") != "none":
        messages.error(request, "Say whether it is a tip.")
        return redirect("tips:detail", number=tip.record.number)
    attempt(
        request,
        lambda: actions.sort_tip(tip=tip, is_tip=is_tip, actor=user, at=at),
        done="It waits for triage." if is_tip else "It is closed as no tip, and kept as long.",
    )
    return redirect("tips:detail", number=tip.record.number)


@require_http_methods(["GET", "POST"])
def triage(request: HttpRequest, number: str) -> HttpResponse:
    """Answer the question of 5 U.S.C. 552a(e)(7)."""
    user, at = signed_in(request), clock.now()

    def act(tip: Tip, given: dict[str, Any]) -> None:
        actions.answer_speech(
            tip=tip,
            answer=given["speech"],
            ground=given["ground"],
            matter=given["matter"],
            actor=user,
            at=at,
        )

    return _form_page(
        request,
        number,
        TriageForm,
        act,
        template="tips/triage.html",
        place={"speech": "speech", "ground": "ground", "matter": "matter"},
        done="The answer is written down.",
    )


@require_POST
def second(request: HttpRequest, number: str) -> HttpResponse:
    """Decide as a second person whether a tip is not kept."""
    user, at = signed_in(request), clock.now()
    tip = to_act(request, number, at=at)
    form = SecondForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Say whether the tip must not be kept, and why.")
        return redirect("tips:detail", number=tip.record.number)
    agrees = form.cleaned_data["agrees"] == "yes"
    attempt(
        request,
        lambda: actions.decide_not_kept(
            tip=tip, agrees=agrees, reason=form.cleaned_data["reason"], actor=user, at=at
        ),
        done="The tip is not kept: its contents are out of the record."
        if agrees
        else "The tip is back in triage.",
    )
    return redirect("tips:detail", number=tip.record.number)


@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, number: str) -> HttpResponse:
    """Search for the person whom a tip is about, then link or enter them."""
    user, at = signed_in(request), clock.now()
    record, tip = seen(request, number, at=at)
    told = next((each.name for each in tip.persons.order_by("position") if each.name), "")
    about = Choosing(
        part=Part(
            role=SubjectRole.SUBJECT,
            category=Category.TIP_SUBJECT,
            schedule_code=policy.SCHEDULE,
            source="A tip",
        ),
        title="Whom is the tip about?",
        lead="Search first: somebody may know them already. No single number makes two people one.",
        back=reverse("tips:detail", args=[record.number]),
        crumbs=("Tips", reverse("tips:list")),
        open_to=lambda: actions.require_linkable(tip=tip_of(record), actor=user),
        initial=_as_name(str(told)),
    )
    return choosing_page(request, record, about, at=at)


@require_http_methods(["GET", "POST"])
def same(request: HttpRequest, number: str) -> HttpResponse:
    """Link the first tip that says the same."""
    user, at = signed_in(request), clock.now()

    def act(tip: Tip, given: dict[str, Any]) -> None:
        wanted = tidied(given["other"])
        other = Tip.objects.visible_to(user).filter(record__number=wanted).with_details().first()
        if other is None:
            # The same words for one that the reader does not see.
            raise ActionRefused("There is no tip under that number.", code="other")
        actions.link_same(tip=tip, other=other, actor=user, at=at)

    return _form_page(
        request,
        number,
        SameForm,
        act,
        template="tips/same.html",
        place={"other": "other"},
        done="The two tips are linked.",
    )


@require_http_methods(["GET", "POST"])
def office(request: HttpRequest, number: str) -> HttpResponse:
    """Refer a tip to an office of the agency."""
    user, at = signed_in(request), clock.now()
    officers = _officers(at)

    def act(tip: Tip, given: dict[str, Any]) -> None:
        chosen = next(each for each in officers if each.get_username() == given["officer"])
        assert chosen.office is not None
        actions.refer_to_office(
            tip=tip, office=chosen.office, officer=chosen, note=given["text"], actor=user, at=at
        )

    return _form_page(
        request,
        number,
        lambda data: OfficeForm(data, officers=officers),
        act,
        template="tips/office.html",
        place={"officer": "officer", "note": "text"},
        done="The tip is referred to the office.",
    )


@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, number: str) -> HttpResponse:
    """Write down what was done with a tip."""
    user, at = signed_in(request), clock.now()

    def act(tip: Tip, given: dict[str, Any]) -> None:
        actions.add_step(tip=tip, kind=given["kind"], text=given["text"], actor=user, at=at)

    return _form_page(
        request,
        number,
        StepForm,
        act,
        template="tips/step.html",
        place={"kind": "kind", "note": "text"},
        done="It is written down.",
    )


@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, number: str) -> HttpResponse:
    """Close a tip with what came of it."""
    user, at = signed_in(request), clock.now()

    def act(tip: Tip, given: dict[str, Any]) -> None:
        actions.close_tip(tip=tip, result=given["result"], note=given["text"], actor=user, at=at)

    return _form_page(
        request,
        number,
        CloseForm,
        act,
        template="tips/close.html",
        place={"result": "result", "note": "text"},
        done="The tip is closed.",
    )


def _form_page(
    request: HttpRequest,
    number: str,
    make_form: Callable[[Any], forms.Form],
    act: Callable[[Tip, dict[str, Any]], None],
    *,
    template: str,
    place: dict[str, str],
    done: str,
) -> HttpResponse:
    """The form of one act on a tip, with the tip beside it; then the act."""
    record, tip = seen(request, number, at=clock.now())
    form = make_form(request.POST if request.method == "POST" else None)
    if form.is_valid() and tried(
        form, lambda: act(tip, form.cleaned_data), request=request, place=place
    ):
        messages.success(request, done)
        return redirect("tips:detail", number=record.number)
    context = {
        "form": form,
        "record": record,
        "tip": tip,
        "persons": list(tip.persons.order_by("position")),
        "clause": policy.SPEECH_CLAUSE,
    }
    return render(request, template, context, status=422 if form.is_bound else 200)


def _done(
    request: HttpRequest, number: str, act: Callable[..., object], words: str
) -> HttpResponse:
    user, at = signed_in(request), clock.now()
    tip = to_act(request, number, at=at)
    attempt(request, lambda: act(tip=tip, actor=user, at=at), done=words)
    return redirect("tips:detail", number=tip.record.number)


def _officers(at: datetime) -> list[User]:
    """Officers of the agency's offices, by office and name."""
    people = User.objects.filter(is_active=True, office__isnull=False).select_related("office")
    ordered = people.order_by("office__name", "full_name", "pk")
    return holding(ordered, Role.FIELD_OFFICER, at=at)


def _as_name(told: str) -> dict[str, str]:
    """A name as somebody told it, for the fields of a search: with a comma, the last one first."""
    last, comma, first = told.partition(",")
    if not comma:
        first, _, last = told.strip().rpartition(" ")
    return {"last": last.strip()[:60], "first": first.strip()[:60]}
