"""Acting by a form: the page that asks, and what follows when it was done."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from acrime.common.acts import ActForm
from acrime.common.pages import tried


def acted(
    request: HttpRequest,
    form: Any,
    act: Callable[[], object],
    *,
    place: Mapping[str, str],
    told: str,
) -> bool:
    """Whether *form* is valid and *act* was done, which the reader is told with *told*.

    Args:
        place: fields by the code of a refusal.
    """
    if not (form.is_valid() and tried(form, act, request=request, place=place)):
        return False
    messages.success(request, told)
    return True


def form_page(
    request: HttpRequest, template: str, form: Any, context: Mapping[str, object]
) -> HttpResponse:
    """The page that asks with *form*; 422 where it comes back."""
    status = 422 if form.is_bound else 200
    return render(request, template, {**context, "form": form}, status=status)


def act_page(
    request: HttpRequest,
    kind: type[ActForm],
    about: Any,
    *,
    template: str,
    context: Callable[[], Mapping[str, object]],
    back: str,
    actor: Any,
    at: datetime,
) -> HttpResponse:
    """One act on *about*: what it asks, then the act, and the way *back*."""
    form = kind(request.POST if request.method == "POST" else None, about=about)
    if acted(
        request,
        form,
        lambda: form.act(actor=actor, at=at),
        place=form.places,
        told="It is written down.",
    ):
        return redirect(back)
    return form_page(request, template, form, context())
