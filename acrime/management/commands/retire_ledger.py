"""manage.py retire_ledger: drop the months of the ledger whose years are over."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from acrime.audit.choices import Channel
from acrime.audit.retirement import NotRetired, months_due, retire_ledger
from acrime.audit.sealing import ChainBroken
from acrime.common import clock


class Command(BaseCommand):
    help = (
        "Verify the ledger, then drop the months older than ACRIME_LEDGER_YEARS. "
        "Their seals are kept."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say which months")

    def handle(self, *_: Any, dry_run: bool, **__: Any) -> None:
        if dry_run:
            for month in months_due(at=clock.now()):
                self.stdout.write(f"{month:%Y-%m}")
            return
        try:
            retired = retire_ledger(at=clock.now(), channel=Channel.COMMAND)
        except NotRetired as refused:
            raise CommandError(f"{refused} {refused.report.findings[0]}") from None
        except ChainBroken as broken:
            raise CommandError(str(broken)) from None
        for each in retired:
            self.stdout.write(f"{each.month:%Y-%m}: {each.events} events dropped, seals kept")
        if not retired:
            self.stdout.write("No month is old enough.")
