"""Pages of merges: two records side by side, what waits for a second person, and one merge."""

from collections.abc import Callable
from datetime import datetime
from itertools import zip_longest
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Role
from accounts.guards import may_open, signed_in
from acrime.common import clock
from acrime.common.pages import page_of, tried
from acrime.individuals.merging import actions, forms
from acrime.individuals.merging.choices import MergeState
from acrime.individuals.merging.models import IndividualMerge
from acrime.individuals.merging.policy import Comparison, compare
from acrime.individuals.merging.querysets import (
    Value,
    known,
    merge_numbered,
    merges_to_decide,
    values_of,
)
from acrime.individuals.models import Individual
from acrime.records.choices import RecordKind
from acrime.records.models import Record
from acrime.records.pages import not_there, see_record, see_rows

TONES = {
    MergeState.PROPOSED: "warning",
    MergeState.REFUSED: "neutral",
    MergeState.MERGED: "success",
    MergeState.UNDO_PROPOSED: "warning",
    MergeState.UNDONE: "neutral",
}


@require_GET
def merge_list(request: HttpRequest) -> HttpResponse:
    """Merges, and undoings, that wait for the reader as a second person."""
    user, at = signed_in(request), clock.now()
    page = page_of(merges_to_decide(user), request)
    both = {one.pk: one for merge in page.rows for one in (merge.survivor, merge.absorbed)}
    people = _people([*both])
    see_rows(request, list(people.values()), at=at, criteria={"List": "Merges to decide"})
    rows = [(each, people[each.survivor_id], people[each.absorbed_id]) for each in page.rows]
    return render(request, "merging/merge_list.html", {"page": page, "rows": rows})


@require_http_methods(["GET", "POST"])
def merge_propose(request: HttpRequest, number: str) -> HttpResponse:
    """Two records side by side; and the proposal that they are one person's."""
    at = clock.now()
    record = see_record(request, number, RecordKind.INDIVIDUAL, at=at)
    asked = forms.OtherForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"record": record, "asked": asked}
    if not asked.is_valid():
        status = 422 if asked.is_bound else 200
        return render(request, "merging/other.html", context, status=status)
    if asked.cleaned_data["other"] == record.number:
        asked.add_error("other", "This is the record itself.")
        return render(request, "merging/other.html", context, status=422)
    other = see_record(request, asked.cleaned_data["other"], RecordKind.INDIVIDUAL, at=at)
    return _propose(request, record, other, at=at)


@require_GET
def merge_detail(request: HttpRequest, merge: str) -> HttpResponse:
    """One merge: what is proposed, why, and who decided."""
    return _page(request, _found(request, merge))


@require_POST
def merge_decide(request: HttpRequest, merge: str) -> HttpResponse:
    """Approve or refuse what waits: a merge, or undoing one."""
    found = _found(request, merge)
    undoing = found.state == MergeState.UNDO_PROPOSED
    if request.POST.get("decision") == "approve":
        act = actions.unmerge_individuals if undoing else actions.merge_individuals
        done = "They are two records again." if undoing else "They are one record now."
    else:
        act = actions.refuse_undo if undoing else actions.refuse_merge
        done = "They stay one record." if undoing else "They stay two records."
    return _act(request, found, act, "decide", done)


@require_POST
def merge_undo(request: HttpRequest, merge: str) -> HttpResponse:
    """Propose to undo a merge."""
    return _act(
        request, _found(request, merge), actions.propose_undo, "undo", "It waits for a supervisor."
    )


def _act(
    request: HttpRequest,
    merge: IndividualMerge,
    act: Callable[..., IndividualMerge],
    prefix: str,
    done: str,
) -> HttpResponse:
    form = forms.ReasonForm(request.POST, prefix=prefix)
    if form.is_valid() and tried(
        form,
        lambda: act(
            merge=merge,
            reason=form.cleaned_data["reason"],
            actor=signed_in(request),
            at=clock.now(),
        ),
        request=request,
    ):
        messages.success(request, done)
        return redirect("individuals:merge", merge=merge.number)
    return _page(request, merge, **{f"{prefix}_form": form})


def _found(request: HttpRequest, number: str) -> IndividualMerge:
    merge = merge_numbered(number, signed_in(request))
    if merge is None:
        not_there(request, number, at=clock.now())
    return merge


def _people(pks: list[int]) -> dict[int, Individual]:
    people = Individual.objects.filter(pk__in=pks).with_details().order_by("pk")
    return {each.pk: each for each in people}


def _propose(request: HttpRequest, record: Record, other: Record, *, at: datetime) -> HttpResponse:
    people = _people([record.pk, other.pk])
    sides = [(people[each.pk], values_of(people[each.pk])) for each in (record, other)]
    sent = request.POST if "propose" in request.POST else None
    form = forms.ProposeForm(sent, sides=sides, initial={"other": other.number})
    made: list[IndividualMerge] = []
    if form.is_valid() and tried(
        form,
        lambda: made.append(
            actions.propose_merge(
                survivor=people[record.pk],
                absorbed=people[other.pk],
                choice=form.choice(),
                reason=form.cleaned_data["reason"],
                actor=signed_in(request),
                at=at,
            )
        ),
        request=request,
    ):
        messages.success(request, "It waits for a supervisor.")
        return redirect("individuals:merge", merge=made[0].number)
    context = {
        "record": record,
        "other": other,
        "form": form,
        "comparison": compare(*(known(person) for person, _ in sides)),
        "beside": _side_by_side(sides),
    }
    return render(request, "merging/propose.html", context, status=422 if form.is_bound else 200)


def _side_by_side(
    sides: list[tuple[Individual, list[Value]]],
) -> list[tuple[str, list[tuple[str, str]]]]:
    """By label, the values of both, those that agree beside each other."""
    rows: list[tuple[str, list[tuple[str, str]]]] = []
    labels = dict.fromkeys(value.label for _, values in sides for value in values)
    for label in labels:
        ours, theirs = ([v.shown for v in values if v.label == label] for _, values in sides)
        same = [value for value in ours if value in theirs]
        rest = zip_longest(
            (value for value in ours if value not in same),
            (value for value in theirs if value not in same),
            fillvalue="",
        )
        rows.append((label, [*((value, value) for value in same), *rest]))
    return rows


def _page(request: HttpRequest, merge: IndividualMerge, **bound: Any) -> HttpResponse:
    user, at = signed_in(request), clock.now()
    people = _people([merge.survivor_id, merge.absorbed_id])
    see_rows(request, list(people.values()), at=at, criteria={"Merge": merge.number})
    survivor, absorbed = people[merge.survivor_id], people[merge.absorbed_id]
    undoing = merge.state == MergeState.UNDO_PROPOSED
    waits = undoing or merge.state == MergeState.PROPOSED
    own = user.pk == (merge.undo_proposed_by_id if undoing else merge.proposed_by_id)
    decides = user.has_role(Role.SUPERVISOR)
    sides = [(person, values_of(person)) for person in (survivor, absorbed)]
    context: dict[str, Any] = {
        "merge": merge,
        "tone": TONES[MergeState(merge.state)],
        "survivor": survivor,
        "absorbed": absorbed,
        "beside": _side_by_side(sides),
        "comparison": _comparison(merge, sides),
        "undoing": undoing,
        "own": own and waits and decides,
    }
    if waits and decides and not own:
        context["decide_form"] = forms.ReasonForm(prefix="decide")
    if merge.state == MergeState.MERGED and may_open(user, "individuals:merge-undo", "POST"):
        context["undo_form"] = forms.ReasonForm(prefix="undo")
    return render(
        request, "merging/merge_detail.html", context | bound, status=422 if bound else 200
    )


def _comparison(merge: IndividualMerge, sides: list[tuple[Individual, list[Value]]]) -> Comparison:
    """As they are now while a merge waits; afterwards as the merge keeps it."""
    if merge.state == MergeState.PROPOSED:
        return compare(*(known(person) for person, _ in sides))
    return Comparison(tuple(merge.evidence), ())
