"""Pages of the worklist."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import condition, require_GET, require_http_methods, require_POST

from accounts.choices import EXPORTERS, Role
from accounts.guards import signed_in
from accounts.models import User
from acrime.common import clock
from acrime.common.errors import ActionRefused, NotThere
from acrime.common.exports import Export
from acrime.common.pages import PAGE_SIZE, attempt, page_of, refused
from acrime.iaq.clocks import actions as clocks
from acrime.iaq.forms import PutBackForm
from acrime.iaq.models import StatusQuery
from acrime.iaq.pages import act_on_query, with_reason
from acrime.iaq.presentation import TONES
from acrime.iaq.querysets import QueryQuerySet
from acrime.iaq.working import WORKERS
from acrime.iaq.worklist import actions, forms
from acrime.iaq.worklist.actions import AtOnce
from acrime.iaq.worklist.choices import ItemKind
from acrime.iaq.worklist.filters import FilterForm, narrowed, tab_of, workers
from acrime.iaq.worklist.levels import Basis, Sentence
from acrime.iaq.worklist.models import SavedView, WorkItem
from acrime.iaq.worklist.presentation import chart, level_tag, workload
from acrime.iaq.worklist.tabs import TABS, tab_rows
from acrime.records.choices import RecordKind
from acrime.records.exports import export_records
from acrime.records.pages import record_for, see_rows

_EXPORTED: Mapping[str, Callable[[StatusQuery], object]] = {
    "Number": lambda row: row.record.number,
    "Person": lambda row: row.name_shown,
    "Program": lambda row: row.get_program_display(),
    "Level": lambda row: level_tag(row).text,
    "Received": lambda row: row.received_at,
    "Due": lambda row: row.due_at,
    "State": lambda row: row.get_state_display(),
    "Worked by": lambda row: row.claimed_by.full_name if row.claimed_by else "Nobody yet",
}

# More than this many new queries are not counted out.
MOST_NEWS = 99
# Letters of the mark of a row.
MARK = 8


@dataclass(frozen=True)
class _Asked:
    """Which queries an address asks for, as its reader sees them."""

    tab: str
    form: FilterForm
    rows: QueryQuerySet

    @property
    def chosen(self) -> dict[str, str]:
        """The tab and the filters, as they stand in an address."""
        return {"show": self.tab} | self.form.chosen()

    @property
    def told(self) -> dict[str, str]:
        """The same in words, for the ledger."""
        return {"List": "Queries", "Show": TABS[self.tab][0]} | self.form.told()

    def address(self, name: str) -> str:
        return f"{reverse(name)}?{urlencode(self.chosen)}"


def _asked(request: HttpRequest, *, at: datetime) -> _Asked:
    user = signed_in(request)
    tab = tab_of(request.GET.get("show", ""))
    form = FilterForm(request.GET, user=user, at=at)
    # What is no choice is told at its field and narrows nothing.
    form.is_valid()
    return _Asked(tab, form, narrowed(tab_rows(tab, user), form.chosen(), user=user, at=at))


@require_GET
def query_list(request: HttpRequest) -> HttpResponse:
    """The worklist: open queries by level, custody and clock."""
    at = clock.now()
    return _list_page(request, since=at, at=at)


@require_GET
def query_rows(request: HttpRequest) -> HttpResponse:
    """The same page for a script of it that shows changed rows as they are now.

    It is asked for only where news told that rows changed, and is a look as any other.
    """
    at = clock.now()
    since = parse_datetime(request.GET.get("since", ""))
    return _list_page(request, since=since if since and since.tzinfo else at, at=at)


def _list_page(request: HttpRequest, *, since: datetime, at: datetime) -> HttpResponse:
    """The page. New queries are told of from *since*."""
    user = signed_in(request)
    asked = _asked(request, at=at)
    page = page_of(asked.rows, request)
    see_rows(request, page.rows, at=at, criteria=asked.told)
    works = user.has_role(*WORKERS)
    filters = asked.form.chosen()
    context = {
        "may_export": user.has_role(*EXPORTERS),
        "export_url": asked.address("iaq:export"),
        "page": page,
        "rows": [(query, level_tag(query)) for query in page.rows],
        "at": at,
        "tabs": [
            (label, f"?{urlencode({'show': key} | filters)}", key == asked.tab)
            for key, (label, _) in TABS.items()
        ],
        "tab": asked.tab,
        "tab_label": TABS[asked.tab][0],
        "tones": TONES,
        "works": works,
        "supervises": user.has_role(Role.SUPERVISOR),
        "filter_form": asked.form,
        "filtered": bool(filters),
        "views": _views_of(user),
        "save_form": forms.SaveViewForm(prefix="view"),
        "assign_form": forms.AssignForm(prefix="give", at=at)
        if user.has_role(Role.SUPERVISOR)
        else None,
        "here": asked.address("iaq:list"),
        **_news_urls(request, asked, [_mark(row) for row in page.rows], since=since),
    }
    return render(request, "iaq/query_list.html", context)


@require_http_methods(["GET", "POST"])
def query_export(request: HttpRequest) -> HttpResponse:
    """What the worklist shows as a file, for a purpose."""
    at = clock.now()
    asked = _asked(request, at=at)
    export = Export(
        name="queries",
        title=f"Queries: {TABS[asked.tab][0].lower()}",
        rows=asked.rows,
        columns=_EXPORTED,
        back=asked.address("iaq:list"),
    )
    return export_records(request, export, criteria=asked.told, at=at)


def _views_of(user: User) -> list[tuple[SavedView, str]]:
    views = SavedView.objects.filter(owner=user)
    return [(view, f"{reverse('iaq:list')}?{urlencode(view.filters)}") for view in views]


# --- News ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _News:
    """How many queries of a list are new, and how many of its rows changed or left it."""

    new: int
    changed: int


def _mark(query: StatusQuery) -> str:
    """What stands in a row of *query*, as a few letters by which a change is told."""
    worker = query.claimed_by.username if query.claimed_by else ""
    told = (
        *(query.record.number, query.state, worker, query.urgency, query.program),
        *(query.due_at, query.answered_at, query.record.limited),
    )
    return sha256(repr(told).encode()).hexdigest()[:MARK]


def _news_urls(
    request: HttpRequest, asked: _Asked, marks: Sequence[str], *, since: datetime
) -> dict[str, str]:
    told = {"since": since.isoformat(), "marks": ".".join(marks)}
    if page := request.GET.get("page"):
        told["page"] = page
    return {
        "news_url": f"{asked.address('iaq:news')}&{urlencode(told)}",
        "rows_url": f"{asked.address('iaq:rows')}&{urlencode(told)}",
    }


def _news(request: HttpRequest) -> _News:
    """What is news for an open page; only what one may see."""
    since = parse_datetime(request.GET.get("since", ""))
    if since is None or since.tzinfo is None:
        return _News(0, 0)
    rows = _asked(request, at=clock.now()).rows
    new = rows.filter(record__created_at__gt=since)
    shown = [mark for mark in request.GET.get("marks", "").split(".") if len(mark) == MARK]
    changed = 0
    if shown:
        # What new queries pushed on to the next page has not changed.
        page = request.GET.get("page", "1")
        first = (int(page) if page.isdecimal() and len(page) < 4 else 1) - 1
        start = max(first, 0) * PAGE_SIZE
        # Of those that came since, at most so many stand before the first of the page.
        now = {_mark(row) for row in rows[max(start - MOST_NEWS, 0) : start + 2 * MOST_NEWS]}
        changed = sum(mark not in now for mark in shown[:PAGE_SIZE])
    return _News(len(new.values_list("pk", flat=True)[: MOST_NEWS + 1]), changed)


def _tag(request: HttpRequest) -> str:
    request.news = _news(request)  # type: ignore[attr-defined]
    of = f"{signed_in(request).username}:{request.GET.urlencode()}:{request.news}"  # type: ignore[attr-defined]
    return f'"{sha256(of.encode()).hexdigest()[:32]}"'


@require_GET
@condition(etag_func=_tag)
def news(request: HttpRequest) -> HttpResponseBase:
    """Whether queries came or changed, as a piece of a page: counts and a link, and no record."""
    told: _News = request.news  # type: ignore[attr-defined]
    count = told.new
    context = {
        "changed": told.changed,
        "count": f"{MOST_NEWS} or more" if count > MOST_NEWS else count,
        "one": count == 1,
        "any": bool(count),
        "list_url": _asked(request, at=clock.now()).address("iaq:list"),
    }
    return render(request, "iaq/news.html", context)


# --- Several at once ----------------------------------------------------------------------------


@require_POST
def at_once(request: HttpRequest) -> HttpResponse:
    """Take several queries on, or give them to somebody."""
    user, at = signed_in(request), clock.now()
    numbers = list(dict.fromkeys(request.POST.getlist("chosen")))[: actions.MOST_AT_ONCE + 1]
    queries, absent = [], []
    for number in numbers:
        try:
            record = record_for(request, number, RecordKind.QUERY, at=at)
        except NotThere as refusal:
            absent.append((number[:24], refusal.message))
            continue
        found = StatusQuery.objects.visible_to(user).select_related("record").get(record=record)
        queries.append(found)
    try:
        if request.POST.get("act") == "give":
            form = forms.AssignForm(request.POST, prefix="give", at=at)
            if not form.is_valid():
                messages.error(request, "Choose whom to give the queries to.")
                return _back_to_list(request)
            outcome = actions.assign_queries(
                queries=queries,
                to=form.people[form.cleaned_data["to"]],
                reason=form.cleaned_data["reason"],
                actor=user,
                at=at,
            )
            done = f"given to {form.people[form.cleaned_data['to']].full_name}"
        else:
            outcome = actions.claim_queries(queries=queries, actor=user, at=at)
            done = "yours"
    except ActionRefused as refusal:
        refused(request, refusal)
        messages.error(request, refusal.message)
        return _back_to_list(request)
    _tell(request, outcome, absent, done=done)
    return _back_to_list(request)


def _tell(
    request: HttpRequest, outcome: AtOnce, absent: Sequence[tuple[str, str]], *, done: str
) -> None:
    if outcome.done:
        word = "query is" if len(outcome.done) == 1 else "queries are"
        messages.success(request, f"{len(outcome.done)} {word} {done}.")
    for number, why in (*outcome.refused, *absent):
        messages.error(request, f"{number}: {why}")


def _back_to_list(request: HttpRequest) -> HttpResponse:
    """The list as it was filtered; nothing but its own choices is taken over."""
    user = signed_in(request)
    show = tab_of(request.POST.get("show", ""))
    form = FilterForm(request.POST, user=user, at=clock.now())
    form.is_valid()
    return redirect(f"{reverse('iaq:list')}?{urlencode({'show': show} | form.chosen())}")


# --- One query ----------------------------------------------------------------------------------


@require_POST
def claim(request: HttpRequest, number: str) -> HttpResponse:
    """Take a waiting query on."""
    return act_on_query(
        request,
        number,
        lambda query, _, by: actions.claim_query(query=query, **by),
        done="The query is yours.",
    )


@require_POST
def put_back(request: HttpRequest, number: str) -> HttpResponse:
    """Put a query back on the worklist."""
    return act_on_query(
        request,
        number,
        with_reason(actions.put_back),
        form=PutBackForm(request.POST, prefix="back"),
        shown_as="put_back_form",
        done="The query is back on the worklist.",
    )


@require_POST
def assign(request: HttpRequest, number: str) -> HttpResponse:
    """Give a query to somebody."""
    form = forms.AssignForm(request.POST, prefix="give", at=clock.now())
    person = form.people[form.cleaned_data["to"]] if form.is_valid() else None
    return act_on_query(
        request,
        number,
        lambda query, given, by: actions.assign_query(
            query=query, to=form.people[given["to"]], reason=given["reason"], **by
        ),
        form=form,
        shown_as="assign_form",
        done=f"{person.full_name} has the query now, and is told." if person else "",
    )


@require_POST
def place(request: HttpRequest, number: str) -> HttpResponse:
    """Place an offense."""
    return act_on_query(
        request,
        number,
        lambda query, given, by: actions.place_offense(
            query=query,
            basis=Basis(given["basis"]),
            code=given["code"],
            sentence=Sentence(given["sentence"]),
            level=given["level"],
            reason=given["reason"],
            **by,
        ),
        form=forms.PlaceForm(request.POST, prefix="place"),
        shown_as="place_form",
        done="The offense is placed, and the worklist goes by it.",
    )


@require_POST
def strike(request: HttpRequest, number: str) -> HttpResponse:
    """Strike out a placement."""
    return act_on_query(
        request,
        number,
        lambda query, given, by: actions.strike_placement(
            query=query, place=given["placement"], reason=given["reason"], **by
        ),
        form=forms.StrikeForm(request.POST),
        otherwise="Say why the placement is wrong.",
        done="The placement is struck out.",
    )


@require_POST
def no_match(request: HttpRequest, number: str) -> HttpResponse:
    """Say that the fingerprints matched nobody."""
    return act_on_query(
        request,
        number,
        with_reason(clocks.say_no_match),
        form=forms.NoMatchForm(request.POST, prefix="match"),
        shown_as="no_match_form",
        done="The due time is reckoned anew from the receipt.",
    )


# --- What one is told, and who has how much -----------------------------------------------------


@require_GET
def items(request: HttpRequest) -> HttpResponse:
    """What waits for its reader: queries given to them, clocks that run out, late answers."""
    user, at = signed_in(request), clock.now()
    page = page_of(WorkItem.objects.visible_to(user).waiting().in_order(), request)
    see_rows(
        request,
        list({item.query_id: item.query for item in page.rows}.values()),
        at=at,
        criteria={"List": "Queries I am told of"},
    )
    context = {
        "page": page,
        "rows": page.rows,
        "at": at,
    }
    return render(request, "iaq/items.html", context)


@require_POST
def settle(request: HttpRequest) -> HttpResponse:
    """Say what is done about something one was told."""
    form = forms.SettleForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Say what is done about it, in at most 200 characters.")
        return redirect("iaq:items")
    attempt(
        request,
        lambda: actions.settle_item(
            number=form.cleaned_data["query"],
            kind=ItemKind(form.cleaned_data["kind"]),
            note=form.cleaned_data["note"],
            actor=signed_in(request),
            at=clock.now(),
        ),
        done="It is settled.",
    )
    return redirect("iaq:items")


@require_GET
def load(request: HttpRequest) -> HttpResponse:
    """Who has how many open queries, of those that the reader sees."""
    user, at = signed_in(request), clock.now()
    loads = workload(user, workers(at), at=at)
    waiting = tab_rows("waiting", user)
    context = {
        "rows": chart(loads),
        "waiting": waiting.count(),
        "waiting_late": waiting.filter(due_at__lt=at).count(),
        "list_url": reverse("iaq:list"),
    }
    return render(request, "iaq/workload.html", context)


# --- Saved views --------------------------------------------------------------------------------


@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the filters of the list under a name."""
    user = signed_in(request)
    form = forms.SaveViewForm(request.POST, prefix="view")
    filters = FilterForm(request.POST, user=user, at=clock.now())
    filters.is_valid()
    if not form.is_valid():
        messages.error(request, "Give the view a name of at most 40 characters.")
        return _back_to_list(request)
    show = tab_of(request.POST.get("show", ""))
    attempt(
        request,
        lambda: actions.save_view(
            name=form.cleaned_data["name"],
            filters={"show": show} | filters.chosen(),
            actor=user,
            at=clock.now(),
        ),
        done="The view is saved.",
    )
    return _back_to_list(request)


@require_POST
def drop_view(request: HttpRequest) -> HttpResponse:
    """Drop a saved view."""
    actions.drop_view(name=request.POST.get("name", ""), actor=signed_in(request))
    messages.success(request, "The view is dropped.")
    return redirect("iaq:list")
