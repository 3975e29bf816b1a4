"""The verbs of program tables, and of deciding the program of one query."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.choices import Role
from accounts.models import User
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.common.eastern import portal_day
from acrime.common.errors import ActionRefused
from acrime.iaq import events as query_events
from acrime.iaq.choices import PROGRAM_OPEN, UNDECIDED, ProgramBasis, TableState
from acrime.iaq.clocks.actions import set_due
from acrime.iaq.models import StatusQuery
from acrime.iaq.policy import PROGRAM_RULES
from acrime.iaq.programs import events
from acrime.iaq.programs.models import ProgramTable
from acrime.iaq.programs.policy import (
    Rule,
    Table,
    Terms,
    content_of,
    digest_of,
    problems,
    says_registrant,
    table_of,
)
from acrime.iaq.programs.querysets import submission_kept, table_in_force
from acrime.individuals.facts.actions import note_category
from acrime.individuals.models import Individual
from acrime.retention.actions import recompute
from routine_uses.choices import Program
from routine_uses.querysets import notice_in_force, retention_item

KEEPERS = frozenset({Role.SUPERVISOR, Role.PRIVACY_OFFICER})
"""Who proposes tables, and decides on those of others."""

DECIDERS = frozenset({Role.SUPERVISOR})
"""Who decides the program of a query."""

DEFAULTS = Path(__file__).resolve().parent / "defaults.toml"
SHIPPED = "Comes with the product, reviewed against its sources."


class TableRefused(ActionRefused):
    """A table that cannot be proposed; the message tells everything that is wrong."""

    def __init__(self, found: list[str]) -> None:
        super().__init__(" ".join(found), code="table-wrong")


# region: tables
@transaction.atomic
def load_defaults(*, at: datetime, channel: Channel) -> ProgramTable | None:
    """Put the table that comes with the product in force, unless one is or was.

    Returns it, or None where there was nothing to do.

    Raises:
        TableRefused: the file does not fit the notice in force.
    """
    if ProgramTable.objects.exists():
        return None
    content = content_of(table_of(tomllib.loads(DEFAULTS.read_text("utf-8"))))
    _check(content, at=at)
    table = ProgramTable.objects.create(
        number=1,
        state=TableState.IN_FORCE,
        content=content,
        digest=digest_of(content),
        begun_at=at,
        reason=SHIPPED,
        in_force_from=at,
    )
    record_event(
        kind=events.LOADED,
        actor=None,
        at=at,
        channel=channel,
        details={"table": table.number, "digest": table.digest},
    )
    return table


@transaction.atomic
def begin_table(*, actor: User, at: datetime) -> ProgramTable:
    """Begin a change: a draft of one's own with what is in force. One draft a person.

    Raises:
        ActionRefused: the actor keeps no programs, or no table is in force.
    """
    _need_keeper(actor)
    draft = ProgramTable.objects.filter(author=actor, state=TableState.DRAFT).order_by("pk").first()
    if draft is not None:
        return draft
    current = _current()
    if current is None:
        raise ActionRefused("No programs are loaded yet.", code="no-table")
    number = ProgramTable.objects.aggregate(last=Max("number"))["last"]
    table = ProgramTable.objects.create(
        number=number + 1,
        state=TableState.DRAFT,
        content=current.content,
        digest=current.digest,
        based_on=current,
        author=actor,
        begun_at=at,
    )
    _event(events.BEGUN, table, actor=actor, at=at)
    return table


@transaction.atomic
def keep_rule(
    *, table: ProgramTable, rule: Rule, replaces: str = "", actor: User, at: datetime
) -> None:
    """Add a rule to one's draft, or put it in the place of the one called *replaces*.

    Raises:
        ActionRefused: not the actor's draft, or another rule has that name.
        TableRefused: the rule is wrong in itself.
    """
    draft, content = _draft(table, actor)
    others = [each for each in content.rules if each.key != replaces]
    if any(each.key == rule.key for each in others):
        raise ActionRefused("Another rule has this name.", code="rule-known")
    _keep(draft, replace(content, rules=(*others, rule)), actor=actor, at=at, what=rule.key)


@transaction.atomic
def remove_rule(*, table: ProgramTable, key: str, actor: User, at: datetime) -> None:
    """Take a rule out of one's draft.

    Raises:
        ActionRefused: not the actor's draft, or it has no such rule.
        TableRefused: no table can be without the rule.
    """
    draft, content = _draft(table, actor)
    others = tuple(each for each in content.rules if each.key != key)
    if len(others) == len(content.rules):
        raise ActionRefused("The draft has no such rule.", code="rule-unknown")
    _keep(draft, replace(content, rules=others), actor=actor, at=at, what=key)


@transaction.atomic
def keep_terms(*, table: ProgramTable, terms: Terms, actor: User, at: datetime) -> None:
    """Change what a program entails, in one's draft.

    Raises:
        ActionRefused: not the actor's draft.
        TableRefused: the terms are wrong.
    """
    draft, content = _draft(table, actor)
    changed = {**content.terms, terms.program: terms}
    _keep(draft, replace(content, terms=changed), actor=actor, at=at, what=terms.program)


@transaction.atomic
def propose_table(*, table: ProgramTable, reason: str, actor: User, at: datetime) -> None:
    """Hand one's draft to a second person. From then on it stays as it is.

    Raises:
        ActionRefused: not the actor's draft, no reason, nothing changed, or what it is based on
            is no longer in force.
        TableRefused: it does not fit the notice in force.
    """
    draft, _ = _draft(table, actor)
    if not reason.strip():
        raise ActionRefused("Say why the rules are to change.", code="reason-missing")
    current = _current()
    if current is None or draft.based_on_id != current.pk:
        raise ActionRefused(
            "Other rules came into force since you began. Withdraw the draft and begin anew.",
            code="table-outdated",
        )
    if draft.digest == current.digest:
        raise ActionRefused("The draft changes nothing.", code="nothing-changed")
    _check(draft.content, at=at)
    draft.state = TableState.PROPOSED
    draft.reason = reason.strip()
    draft.proposed_at = at
    draft.save(update_fields=["state", "reason", "proposed_at"])
    _event(events.PROPOSED, draft, actor=actor, at=at)


@transaction.atomic
def withdraw_table(*, table: ProgramTable, actor: User, at: datetime) -> None:
    """Take back one's own draft or proposal.

    Raises:
        ActionRefused: somebody else's, or decided already.
    """
    locked = _locked(table)
    if locked.author_id != actor.pk:
        raise ActionRefused("Only its author withdraws it.", code="not-own-table")
    if locked.state not in (TableState.DRAFT, TableState.PROPOSED):
        raise ActionRefused("It is decided already.", code="already-decided")
    locked.state = TableState.WITHDRAWN
    locked.save(update_fields=["state"])
    _event(events.WITHDRAWN, locked, actor=actor, at=at)


@transaction.atomic
def decide_table(
    *, table: ProgramTable, approve: bool, comment: str, actor: User, at: datetime
) -> None:
    """Put a proposed table in force, or refuse to, as a second person.

    Queries that came before keep the program that they have.

    Raises:
        ActionRefused: the actor keeps no programs, or proposed it; it does not wait; other rules
            came into force since; a refusal without a comment.
        TableRefused: it no longer fits the notice in force.
    """
    _need_keeper(actor)
    locked = _locked(table)
    if locked.state != TableState.PROPOSED:
        raise ActionRefused("It does not wait for a decision.", code="already-decided")
    if locked.author_id == actor.pk:
        raise ActionRefused(
            "A second person decides: you proposed it yourself.", code="own-proposal"
        )
    if not approve and not comment.strip():
        raise ActionRefused("Say why the rules do not change.", code="reason-missing")
    if approve:
        current = _current()
        if current is None or locked.based_on_id != current.pk:
            raise ActionRefused(
                "Other rules came into force since it was proposed.", code="table-outdated"
            )
        _check(locked.content, at=at)
        current.state = TableState.ENDED
        current.ended_at = at
        current.save(update_fields=["state", "ended_at"])
        locked.in_force_from = at
    locked.state = TableState.IN_FORCE if approve else TableState.REFUSED
    locked.decided_by = actor
    locked.decided_at = at
    locked.comment = comment.strip()
    locked.save(update_fields=["state", "decided_by", "decided_at", "comment", "in_force_from"])
    _event(events.PUT_IN_FORCE if approve else events.REFUSED, locked, actor=actor, at=at)


def _keep(draft: ProgramTable, table: Table, *, actor: User, at: datetime, what: str) -> None:
    content = content_of(table)
    _check(content, at=at)
    draft.content = content
    draft.digest = digest_of(content)
    draft.save(update_fields=["content", "digest"])
    _event(events.CHANGED, draft, actor=actor, at=at, details={"part": what})


def _check(content: Mapping[str, Any], *, at: datetime) -> None:
    version = notice_in_force(at)
    found = problems(
        content,
        letters=version.routine_uses.values_list("letter", flat=True),
        schedule_codes=version.retention_items.values_list("code", flat=True),
    )
    if found:
        raise TableRefused(found)


def _current() -> ProgramTable | None:
    return (
        ProgramTable.objects.select_for_update()
        .filter(state=TableState.IN_FORCE)
        .order_by("pk")
        .first()
    )


def _locked(table: ProgramTable) -> ProgramTable:
    return ProgramTable.objects.select_for_update().get(pk=table.pk)


def _draft(table: ProgramTable, actor: User) -> tuple[ProgramTable, Table]:
    _need_keeper(actor)
    locked = _locked(table)
    if locked.author_id != actor.pk or locked.state != TableState.DRAFT:
        raise ActionRefused("Only a draft of one's own can be changed.", code="not-own-draft")
    return locked, table_of(locked.content)


def _need_keeper(actor: User) -> None:
    if not actor.has_role(*KEEPERS):
        raise ActionRefused(
            "A supervisor or a privacy officer keeps the programs.", code="not-a-keeper"
        )


def _event(
    kind: str,
    table: ProgramTable,
    *,
    actor: User,
    at: datetime,
    details: Mapping[str, Any] | None = None,
) -> None:
    record_event(
        kind=kind,
        actor=actor,
        at=at,
        channel=Channel.PAGE,
        details={"table": table.number, "digest": table.digest, **(details or {})},
    )


# endregion


# region: one query
@transaction.atomic
def change_program(
    *,
    query: StatusQuery,
    program: Program,
    reason: str,
    actor: User,
    at: datetime,
    channel: Channel = Channel.PAGE,
) -> None:
    """Decide what a query is for, or correct it, and with it category, retention and target.

    Raises:
        ActionRefused: the actor is no supervisor, there is no reason, the determination was
            approved already, or the message itself says that it is about a registered sex
            offender, whose answer stays inside ICE.
    """
    if not actor.has_role(*DECIDERS):
        raise ActionRefused("A supervisor decides the program of a query.", code="not-supervisor")
    if not reason.strip():
        raise ActionRefused("Give a reason.", code="reason-missing")
    locked = (
        StatusQuery.objects.select_for_update(of=("self", "record"))
        .select_related("record__notice_version")
        .get(pk=query.pk)
    )
    if locked.state not in PROGRAM_OPEN:
        raise ActionRefused(
            "The determination is approved; its program stands.", code="wrong-state"
        )
    table = table_in_force()
    if program != Program.SEX_OFFENDER and says_registrant(submission_kept(locked), table):
        raise ActionRefused(
            "The message says that it comes from a sex offender registration, and such an answer "
            "stays inside ICE. If a rule reads the message wrongly, propose another rule.",
            code="registrant",
            clause="DHS/ICE-007, background",
        )
    rule = PROGRAM_RULES[program]
    terms = table.terms[program] if table else None
    record = locked.record
    version = record.notice_version
    record.category = version.record_categories.get(number=rule.category)
    record.schedule_item = retention_item(
        version, terms.schedule_code if terms else rule.schedule_code
    )
    record.save(update_fields=["category", "schedule_item"])
    before, locked.program = locked.program, program
    locked.program_basis = ProgramBasis.PERSON
    due_before = set_due(locked)
    locked.save(update_fields=["program", "program_basis", "due_at"])
    recompute([record.pk], at=at)
    _note_categories(locked, actor=actor, at=at)
    record_event(
        kind=events.DECIDED if before == UNDECIDED else query_events.PROGRAM_CHANGED,
        actor=actor,
        at=at,
        channel=channel,
        record_id=record.pk,
        record_number=record.number,
        purpose=reason.strip(),
        details={"from": before, "to": program.value}
        | (
            {"due_before": due_before.isoformat(), "due": locked.due_at.isoformat()}
            if due_before != locked.due_at
            else {}
        ),
    )


def _note_categories(query: StatusQuery, *, actor: User, at: datetime) -> None:
    """Say of the people who are linked already what kind of check they were in."""
    code = PROGRAM_RULES[query.program].individuals
    if code is None:
        return
    linked = Individual.objects.unmerged().filter(record_links__record=query.record)
    for individual in linked.select_related("record").distinct().order_by("pk"):
        # Of a limited query nothing is told on the page of a person whom more people see.
        if individual.record.limited or not query.record.limited:
            note_category(
                individual=individual,
                code=code,
                since=portal_day(query.received_at),
                source="A status query about the person",
                actor=actor,
                at=at,
            )


# endregion
