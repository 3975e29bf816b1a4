"""What every act on the page of a query shares: its form, the attempt, and the way back."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypedDict

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from accounts.guards import signed_in
from accounts.models import User
from acrime.common import clock
from acrime.common.pages import attempt
from acrime.iaq.detail_views import detail_page, query_for, to_query
from acrime.iaq.models import StatusQuery


class By(TypedDict):
    """Who acts, and when."""

    actor: User
    at: datetime


Act = Callable[[StatusQuery, Mapping[str, Any], By], object]


def act_on_query(
    request: HttpRequest,
    number: str,
    act: Act,
    *,
    done: str,
    form: forms.Form | None = None,
    shown_as: str = "",
    otherwise: str = "",
) -> HttpResponse:
    """Do *act* to the query with what the *form* says, and go back to its page.

    Args:
        shown_as: the name under which the page shows the form again where it cannot be used.
        otherwise: what is said then where the page does not show it again.
    """
    query = query_for(request, number)
    if form is not None and not form.is_valid():
        if shown_as:
            bound: dict[str, Any] = {shown_as: form}
            return detail_page(request, number, **bound)
        messages.error(request, otherwise)
        return to_query(query)
    given = form.cleaned_data if form is not None else {}
    by = By(actor=signed_in(request), at=clock.now())
    attempt(request, lambda: act(query, given, by), done=done)
    return to_query(query)


def with_reason(verb: Callable[..., object]) -> Act:
    """*verb* of which nothing but the reason is asked."""
    return lambda query, given, by: verb(query=query, reason=given["reason"], **by)
