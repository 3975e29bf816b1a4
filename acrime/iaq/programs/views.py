"""Pages of programs: the rules in force, changes of them, and queries that no rule decides."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.guards import signed_in
from accounts.models import User
from acrime.common import clock
from acrime.common.errors import NotThere
from acrime.common.pages import attempt, page_of, tried
from acrime.iaq.choices import TableState
from acrime.iaq.models import StatusQuery
from acrime.iaq.programs import actions, forms
from acrime.iaq.programs.models import ProgramTable
from acrime.iaq.programs.policy import Table, compare, table_of
from acrime.iaq.programs.presentation import rules_shown, terms_of_table, why_undecided
from acrime.iaq.programs.querysets import RECENT, decided_otherwise, undecided
from acrime.records.pages import see_rows
from routine_uses.querysets import notice_in_force

TONES: Mapping[str, str] = {
    TableState.DRAFT: "info",
    TableState.PROPOSED: "warning",
    TableState.IN_FORCE: "success",
    TableState.ENDED: "neutral",
    TableState.REFUSED: "danger",
    TableState.WITHDRAWN: "neutral",
}


@require_GET
def table_list(request: HttpRequest) -> HttpResponse:
    """What is in force, what waits for a second person, and what was before."""
    user = signed_in(request)
    tables = list(_tables_for(user).order_by("-number"))
    current = next((each for each in tables if each.state == TableState.IN_FORCE), None)
    context = {
        "current": current,
        "terms": terms_of_table(table_of(current.content)) if current else [],
        "rules": rules_shown(table_of(current.content)) if current else [],
        "tables": [{"table": each, "tone": TONES[each.state]} for each in tables],
        "keeps": user.has_role(*actions.KEEPERS),
        "draft": next((each for each in tables if each.state == TableState.DRAFT), None),
        "waiting": undecided(user).count(),
    }
    return render(request, "programs/list.html", context)


@require_GET
def undecided_queries(request: HttpRequest) -> HttpResponse:
    """Queries whose program waits for a person, first due first."""
    user, at = signed_in(request), clock.now()
    page = page_of(undecided(user), request)
    see_rows(request, page.rows, at=at, criteria={"List": "Queries without a program"})
    context = {
        "page": page,
        "rows": [{"query": query, "why": why_undecided(query)} for query in page.rows],
        "at": at,
        "decides": user.has_role(*actions.DECIDERS),
    }
    return render(request, "programs/undecided.html", context)


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a change: a draft with what is in force."""
    begun: list[ProgramTable] = []
    if attempt(
        request,
        lambda: begun.append(actions.begin_table(actor=signed_in(request), at=clock.now())),
        done="Your draft has what is in force. Change it, then propose it.",
    ):
        return redirect("programs:table", table=begun[0].number)
    return redirect("programs:list")


@require_GET
def table_detail(request: HttpRequest, table: int) -> HttpResponse:
    """One table: what it says, what it changes, and what it would decide otherwise."""
    return _table_page(request, _table(request, table))


@require_http_methods(["GET", "POST"])
def new_rule(request: HttpRequest, table: int) -> HttpResponse:
    """Add a rule to one's draft."""
    found = _draft(request, table)
    form = forms.RuleForm(request.POST or None)
    if form.is_valid() and tried(
        form,
        lambda: actions.keep_rule(
            table=found, rule=form.rule(), actor=signed_in(request), at=clock.now()
        ),
        request=request,
        place={"rule-known": "key"},
    ):
        messages.success(request, "The rule is in your draft.")
        return redirect("programs:table", table=found.number)
    return _form_page(request, found, form, title="Add a rule", save="Add the rule")


@require_http_methods(["GET", "POST"])
def edit_rule(request: HttpRequest, table: int, rule: str) -> HttpResponse:
    """Change a rule of one's draft."""
    found = _draft(request, table)
    known = next((each for each in table_of(found.content).rules if each.key == rule), None)
    if known is None:
        raise NotThere
    form = forms.RuleForm(request.POST or None, rule=known)
    if form.is_valid() and tried(
        form,
        lambda: actions.keep_rule(
            table=found,
            rule=form.rule(),
            replaces=known.key,
            actor=signed_in(request),
            at=clock.now(),
        ),
        request=request,
        place={"rule-known": "key"},
    ):
        messages.success(request, "The rule is changed in your draft.")
        return redirect("programs:table", table=found.number)
    return _form_page(request, found, form, title=f"Rule {known.key}", save="Save the rule")


@require_POST
def remove_rule(request: HttpRequest, table: int, rule: str) -> HttpResponse:
    """Take a rule out of one's draft."""
    found = _draft(request, table)
    attempt(
        request,
        lambda: actions.remove_rule(
            table=found, key=rule, actor=signed_in(request), at=clock.now()
        ),
        done="The rule is out of your draft.",
    )
    return redirect("programs:table", table=found.number)


@require_http_methods(["GET", "POST"])
def edit_terms(request: HttpRequest, table: int, program: str) -> HttpResponse:
    """Change what a program entails, in one's draft."""
    found = _draft(request, table)
    terms = table_of(found.content).terms.get(program)
    if terms is None:
        raise NotThere
    items = notice_in_force(clock.now()).retention_items.order_by("code")
    form = forms.TermsForm(
        request.POST or None,
        terms=terms,
        schedule=[(item.code, f"{item.title} ({item.years} years)") for item in items],
    )
    if form.is_valid() and tried(
        form,
        lambda: actions.keep_terms(
            table=found, terms=form.terms(), actor=signed_in(request), at=clock.now()
        ),
        request=request,
    ):
        messages.success(request, "The program is changed in your draft.")
        return redirect("programs:table", table=found.number)
    label = next(
        row.label for row in terms_of_table(table_of(found.content)) if row.program == program
    )
    return _form_page(request, found, form, title=label, save="Save the program")


@require_POST
def propose(request: HttpRequest, table: int) -> HttpResponse:
    """Hand one's draft to a second person."""
    found = _draft(request, table)
    form = forms.ProposeForm(request.POST)
    if form.is_valid() and tried(
        form,
        lambda: actions.propose_table(
            table=found,
            reason=form.cleaned_data["reason"],
            actor=signed_in(request),
            at=clock.now(),
        ),
        request=request,
    ):
        messages.success(request, "Proposed. Another supervisor or privacy officer decides.")
        return redirect("programs:table", table=found.number)
    return _table_page(request, found, propose_form=form)


@require_POST
def withdraw(request: HttpRequest, table: int) -> HttpResponse:
    """Take back one's own draft or proposal."""
    found = _table(request, table)
    attempt(
        request,
        lambda: actions.withdraw_table(table=found, actor=signed_in(request), at=clock.now()),
        done="It is withdrawn. What is in force stays.",
    )
    return redirect("programs:list")


@require_POST
def decide(request: HttpRequest, table: int) -> HttpResponse:
    """Put a proposed table in force, or refuse to."""
    found = _table(request, table)
    form = forms.DecideForm(request.POST)
    if form.is_valid() and tried(
        form,
        lambda: actions.decide_table(
            table=found,
            approve=form.cleaned_data["decision"] == "yes",
            comment=form.cleaned_data["comment"],
            actor=signed_in(request),
            at=clock.now(),
        ),
        request=request,
    ):
        messages.success(request, "Your decision is written down.")
        return redirect("programs:table", table=found.number)
    return _table_page(request, found, decide_form=form)


def _tables_for(user: User) -> Any:
    """Tables that *user* may see: a draft is its author's until it is proposed."""
    return ProgramTable.objects.exclude(Q(state=TableState.DRAFT) & ~Q(author=user)).select_related(
        "author", "decided_by", "based_on"
    )


def _table(request: HttpRequest, number: int) -> ProgramTable:
    found: ProgramTable | None = (
        _tables_for(signed_in(request)).filter(number=number).order_by("pk").first()
    )
    if found is None:
        raise NotThere
    return found


def _draft(request: HttpRequest, number: int) -> ProgramTable:
    """A draft of one's own; everything else is not there to be changed."""
    found = _table(request, number)
    if found.state != TableState.DRAFT or found.author_id != signed_in(request).pk:
        raise NotThere
    return found


def _table_page(
    request: HttpRequest,
    found: ProgramTable,
    *,
    propose_form: forms.ProposeForm | None = None,
    decide_form: forms.DecideForm | None = None,
) -> HttpResponse:
    user, at = signed_in(request), clock.now()
    table = table_of(found.content)
    against = _compared_with(found)
    own = found.author_id == user.pk
    keeps = user.has_role(*actions.KEEPERS)
    waits = found.state == TableState.PROPOSED
    otherwise = []
    if against is not None and found.state in (TableState.DRAFT, TableState.PROPOSED):
        recent = StatusQuery.objects.visible_to(user).newest()[:RECENT]
        otherwise = list(decided_otherwise(recent, old=against, new=table))
        see_rows(
            request,
            [each.query for each in otherwise],
            at=at,
            criteria={"Preview": f"Program table {found.number}"},
        )
    editable = own and keeps and found.state == TableState.DRAFT
    context = {
        "table": found,
        "tone": TONES[found.state],
        "terms": terms_of_table(table),
        "rules": rules_shown(table),
        "changes": compare(against, table) if against is not None else [],
        "compared": against is not None,
        "previews": found.state in (TableState.DRAFT, TableState.PROPOSED),
        "otherwise": otherwise,
        "recent": RECENT,
        "editable": editable,
        "propose_form": (propose_form or forms.ProposeForm()) if editable else None,
        # One's own refused decision is shown with why it was refused.
        "decide_form": decide_form or (forms.DecideForm() if keeps and waits and not own else None),
        "may_withdraw": own and found.state in (TableState.DRAFT, TableState.PROPOSED),
    }
    refused = any(form is not None for form in (propose_form, decide_form))
    return render(request, "programs/table.html", context, status=422 if refused else 200)


def _compared_with(found: ProgramTable) -> Table | None:
    """What the table is compared with: for a change that waits, what is in force now."""
    if found.state in (TableState.DRAFT, TableState.PROPOSED):
        current = ProgramTable.objects.filter(state=TableState.IN_FORCE).order_by("pk").first()
        return table_of(current.content) if current else None
    return table_of(found.based_on.content) if found.based_on else None


def _form_page(
    request: HttpRequest, found: ProgramTable, form: Any, *, title: str, save: str
) -> HttpResponse:
    context = {"table": found, "form": form, "title": title, "save": save}
    return render(request, "programs/form.html", context, status=422 if form.is_bound else 200)
