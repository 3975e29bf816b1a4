"""``manage.py decide {disclosure,retention} FILE|-``: plain facts in, one verdict a line out."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from acrime.common import clock
from acrime.common.eastern import portal_day
from acrime.common.errors import ActionRefused
from acrime.common.plain_facts import FactsInvalid
from acrime.retention import what_if as retention
from acrime.retention.items import bound_items, written
from acrime.retention.policy import Item
from routine_uses import notice_files, what_if
from routine_uses.models import RetentionItem
from routine_uses.own_records import OWN_RECORDS, own_items, own_rows
from routine_uses.policy import Rule
from routine_uses.querysets import SYSTEM_NUMBER, notice_in_force, quoted_rules

STANDARD_INPUT = "-"
# Beyond this, a line is no list of plain facts.
LONGEST_LINE = 64 * 1024
NOTICES = Path(notice_files.__file__).parent / "notices"

Decide = Callable[[Any], dict[str, Any]]


class Command(BaseCommand):
    """Answer "what if" without touching a record. See ``acrime/docs/decide.md``."""

    help = (
        "Read plain facts as JSON Lines from a file or, with -, from standard input, and write "
        "one verdict a line. A line that cannot be read is answered with an error, and the next "
        "one is read; the command then ends with 1. What the facts are called is told in "
        "acrime/docs/decide.md."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
        disclosure = kinds.add_parser("disclosure", help="whether something may be disclosed")
        kept = kinds.add_parser("retention", help="whether a record may be destroyed")
        for each in (disclosure, kept):
            each.add_argument("file", help="a file of JSON Lines, or - for standard input")
            each.add_argument(
                "--notice",
                type=Path,
                help="judge by this notice file instead of the notice in force",
            )

    def handle(self, *_: Any, kind: str, file: str, notice: Path | None, **__: Any) -> None:
        decide = _retention(notice) if kind == "retention" else _disclosure(notice)
        failed = total = 0
        for number, line in _lines(file):
            total += 1
            told = _answered(line, decide)
            failed += "error" in told
            self.stdout.write(json.dumps({"line": number} | told, ensure_ascii=False))
        if failed:
            raise CommandError(f"{failed} of {total} lines could not be answered.")


def _disclosure(notice: Path | None) -> Decide:
    rules, label = _rules(notice)

    def decide(facts: Any) -> dict[str, Any]:
        return what_if.answer(what_if.request_from(facts), rules) | {"notice": label}

    return decide


def _retention(notice: Path | None) -> Decide:
    items, label = _items(notice)
    today = portal_day(clock.now())

    def decide(facts: Any) -> dict[str, Any]:
        asked = retention.question_from(facts, items, today=today)
        return retention.answer(asked) | {"notice": label}

    return decide


def _answered(line: bytes, decide: Decide) -> dict[str, Any]:
    """The verdict on one line, or what is wrong with it; with the line's own id either way."""
    if len(line) > LONGEST_LINE:
        return {"error": f"The line is longer than {LONGEST_LINE} bytes.", "field": ""}
    try:
        facts = json.loads(line)
    except (ValueError, RecursionError) as error:
        return {"error": f"Not JSON: {error}", "field": ""}
    own = {"id": facts["id"]} if isinstance(facts, dict) and "id" in facts else {}
    try:
        return own | decide(facts)
    except FactsInvalid as error:
        return own | {"error": error.message, "field": error.field}


def _rules(file: Path | None) -> tuple[Mapping[str, Rule], str]:
    """The rules to judge by, and what to call them.

    Without a notice in force, or a database, the newest notice among the portal's own
    files serves: a trainer needs no portal.
    """
    if file is not None:
        return _rules_of_file(file)
    try:
        version = notice_in_force(clock.now())
    except (ActionRefused, DatabaseError):
        return _rules_of_file(None)
    return quoted_rules(version), f"{SYSTEM_NUMBER} {version.label}, {version.citation}"


def _rules_of_file(file: Path | None) -> tuple[Mapping[str, Rule], str]:
    found, label = _file(file)
    return found.rules(), label


def _items(file: Path | None) -> tuple[Mapping[str, Item], str]:
    """The retention items to judge by, with what was approved of them, and what to call them."""
    if file is None:
        try:
            version = notice_in_force(clock.now())
            rows = [*version.retention_items.all(), *own_rows()]
            bound = bound_items(rows, at=clock.now())
        except (ActionRefused, DatabaseError):
            pass
        else:
            items = {each.row.code: each.item for each in bound.values()}
            return items, f"{SYSTEM_NUMBER} {version.label}, {version.citation}"
    found, label = _file(file)
    written_items = [*found.retention_items, *own_items(OWN_RECORDS.read_bytes())[1]]
    return {each["code"]: written(RetentionItem(**each)) for each in written_items}, label


def _file(file: Path | None) -> tuple[notice_files.NoticeFile, str]:
    try:
        if file is not None:
            found = notice_files.parse(file.read_bytes())
        else:
            found = max(
                (notice_files.parse(each.read_bytes()) for each in NOTICES.glob("*.toml")),
                key=lambda each: (
                    each.system_number == SYSTEM_NUMBER and not each.is_outline,
                    each.published_date,
                ),
            )
    except OSError as error:
        raise CommandError(f"The notice cannot be read: {error.strerror}.") from None
    except ActionRefused as reason:
        raise CommandError(reason.message) from None
    return found, f"{found.system_number} {found.label}, {found.citation} (file)"


def _lines(file: str) -> Iterator[tuple[int, bytes]]:
    """The lines with something on them, by number."""
    if file == STANDARD_INPUT:
        yield from _numbered(sys.stdin.buffer)
        return
    try:
        with Path(file).open("rb") as opened:
            yield from _numbered(opened)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from None


def _numbered(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(stream, start=1):
        if line.strip():
            yield number, line
