"""What the portal does by itself, and what is done by command, is in the ledger like any act.

Each way in that is no page and no endpoint has a line here: the kinds of event it writes, or
why it has none to write. A new task, handler or command has no line and fails until it has.
"""

import importlib
import pkgutil
from collections.abc import Mapping

import pytest
from django.conf import settings
from django.core.management import get_commands

from acrime.audit import events
from acrime.common import outbox
from acrime.config.celery import app

# Messages of the outbox, by topic.
HANDLERS: Mapping[str, tuple[str, ...] | str] = {
    "iar.deliver": ("iar.delivery.sent", "iar.delivery.confirmed", "iar.delivery.failed"),
    "iaq.ask-system": ("iaq.system.answered", "iaq.system.unavailable"),
    "alerts.mail-digest": ("alert.mail.sent",),
    "alerts.tell-owners": "Counts a look that is in the ledger already.",
}

# Tasks, by name. None has an actor; the channel is JOB.
TASKS: Mapping[str, tuple[str, ...] | str] = {
    "accounts.standing.tasks.keep_roles": ("role.ended", "review.closed", "review.opened"),
    "accounts.standing.tasks.close_unused": ("user.disabled", "token.revoked"),
    "acrime.alerts.tasks.queue_digests": "Queues e-mails; each is an event when it is sent.",
    "acrime.audit.tasks.prepare_ledger_partitions": "Makes empty tables of the coming months.",
    "acrime.audit.tasks.seal": ("ledger.sealed-late",),
    "acrime.audit.tasks.verify": ("ledger.verified",),
    "acrime.audit.tasks.retire": ("ledger.month.retired",),
    "acrime.common.tasks.consume": "Hands a message to its handler, above.",
    "acrime.common.tasks.reconcile_outbox": "Hands out messages that were left behind.",
    "acrime.retention.tasks.keep_clocks": "Works out of records and items where each stands.",
    "acrime.iar.tasks.read_replies": (
        "iar.reply.received",
        "iar.reply.matched",
        "iar.delivery.acknowledged",
    ),
    "acrime.iaq.tasks.watch_clocks": ("iaq.clock.warned", "iaq.clock.escalated"),
    "acrime.ncic.tasks.escalate_hits": ("hit.escalated",),
    "acrime.iaq.tasks.take_folder": (
        "message.received",
        "message.refused",
        "record.created",
    ),
    "acrime.detainers.tasks.tell_of_ended_hours": ("detainer.hours.ended",),
    "acrime.iaq.tasks.read_left_behind": (
        "message.received",
        "message.refused",
        "record.created",
    ),
}

# Commands of the portal's own apps.
COMMANDS: Mapping[str, tuple[str, ...] | str] = {
    "add_account": ("user.created", "role.granted", "supervisor.assigned"),
    "add_office": ("office.created",),
    "bench": "Works in a database that it makes and drops.",
    "bind_certificate": ("account.certificate-bound",),
    "bind_subject": ("account.subject-bound",),
    "decide": "Answers what if; it reads no record and changes nothing.",
    "demo_accounts": "Prints the training accounts' names.",
    "explain_retention": ("retention.explained",),
    "export_audit": ("ledger.exported",),
    "grant_role": "Acts in the database's own rights, as their owner; the server's log tells it.",
    "issue_token": ("token.issued",),
    "index_individuals": "Derives the index of names; it reads and shows no record to anybody.",
    "keep_retention_clocks": "Works out of records and items where each stands.",
    "load_notice": ("notice.loaded", "notice.put_in_force"),
    "load_programs": ("iaq.programs.loaded",),
    "prepare_ledger": "Makes empty tables of the coming months.",
    "receive_iaq": ("message.received", "message.refused", "record.created"),
    "record_training": ("training.recorded",),
    "relay": "Hands messages to the workers.",
    "release_account": ("account.released",),
    "remove_factors": ("factor.removed",),
    "restore_administrator": ("role.granted",),
    "retire_ledger": ("ledger.month.retired",),
    "rotate_sealing_keys": ("keys.rotated",),
    "seal_ledger": "What it does is the seal itself, signed and written outside the database.",
    "seed_demo": ("user.created", "record.created", "message.received", "demo.people.added"),
    "simulate_day": "Works in an empty database of its own, under accounts that it makes.",
    "set_password": ("password.set",),
    "verify_audit": ("ledger.verified",),
}

EVERY_ACT = {**HANDLERS, **TASKS, **COMMANDS}


def tasks() -> set[str]:
    """Every task of the portal."""
    app.loader.import_default_modules()
    return {name for name in app.tasks if not name.startswith("celery.")}


def commands() -> set[str]:
    """Every command that one of the portal's own apps brings."""
    own = {"accounts", "acrime", "routine_uses"}
    return {name for name, app_name in get_commands().items() if app_name in own}


def test_every_handler_has_its_line() -> None:
    assert outbox.topics() == HANDLERS.keys()


def test_every_task_has_its_line() -> None:
    assert tasks() == TASKS.keys()
    beat = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert beat <= TASKS.keys()


def test_every_task_module_is_looked_at() -> None:
    """A task that no worker knows of would have no line either."""
    written = set()
    for package in ("accounts", "acrime", "routine_uses"):
        root = importlib.import_module(package)
        for found in pkgutil.walk_packages(root.__path__, f"{package}."):
            if found.name.endswith(".tasks"):
                written.add(found.name)
    assert {name.rpartition(".")[0] for name in TASKS} == written


def test_every_command_has_its_line() -> None:
    assert commands() == COMMANDS.keys()


@pytest.mark.parametrize("act", EVERY_ACT)
def test_what_it_writes_is_declared(act: str) -> None:
    line = EVERY_ACT[act]
    if isinstance(line, str):
        assert line.endswith(".")
    else:
        assert line
        assert {events.kind(name).name for name in line} == set(line)
