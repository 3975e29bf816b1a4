"""``manage.py explain_retention NUMBER``: how long a record is kept, from when and why."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.common.numbers import tidied
from acrime.records.models import Record
from acrime.retention import events
from acrime.retention.choices import Reason
from acrime.retention.explaining import explain


class Command(BaseCommand):
    """Explain where a record stands in its retention period. No personal data is shown."""

    help = (
        "Say where the record with NUMBER stands in its retention period, on whose authority, "
        "and every reason. It is worked out now. The look is written down."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", help="the number of a record, such as IAQ-2026-7K3M-9QX4")

    def handle(self, *_: Any, number: str, **__: Any) -> None:
        at = clock.now()
        record = Record.objects.filter(number=tidied(number)).first()
        if record is None:
            raise CommandError("There is no record with that number.")
        record_event(
            kind=events.EXPLAINED,
            actor=None,
            at=at,
            channel=Channel.COMMAND,
            record_id=record.pk,
            record_number=record.number,
        )
        told = explain(record, at=at)
        lines = [
            ("Record", f"{record.number}, {record.get_kind_display()}"),
            ("Stands", told.state.label),
            ("Over on", told.over_on or "no day"),
            ("Item", f"{told.code}: {told.title}"),
            ("Period", told.period),
            ("Runs from", f"{told.runs_from}: {told.trigger_date or 'no day'}"),
            ("Cut off", f"{told.cutoff}: {told.cutoff_date or 'no day'}"),
            ("Then", told.action),
            ("Authority", f"{told.authority} {told.authority_number}".strip()),
            *(("Because", Reason(each).label) for each in told.reasons),
            *(("Hold", f"{each.number}, {each.kind}") for each in told.holds),
            *(("Source", each) for each in dict.fromkeys((*told.clauses, told.citation))),
        ]
        for label, value in lines:
            self.stdout.write(f"{label + ':':<11} {value}")
