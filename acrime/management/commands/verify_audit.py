"""manage.py verify_audit: check that nothing in the ledger was changed, or in an export of it."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from acrime.audit.chain import keys_from
from acrime.audit.choices import Channel
from acrime.audit.export import verify_export
from acrime.audit.findings import Report
from acrime.audit.heads import Heads
from acrime.audit.verification import verify_ledger
from acrime.audit.watch import write_down
from acrime.common import clock


class Command(BaseCommand):
    help = (
        "Verify the ledger: events, seals, signatures and the published heads. "
        "Exits with 1 and names the first bad event if anything is wrong."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--export", type=Path, help="verify this export, not the database")
        parser.add_argument("--heads", type=Path, help="another copy of the file of heads")
        parser.add_argument(
            "--keys", default="", help="public keys to trust too, name:base64, commas between"
        )
        parser.add_argument("--progress", action="store_true", help="tell how far it is")
        parser.add_argument(
            "--connections", type=int, default=2, choices=range(1, 17), metavar="1..16"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            keys = {**keys_from(options["keys"]), **settings.SEAL_PUBLIC_KEYS}
        except ValueError as error:
            raise CommandError(str(error)) from None
        for option in ("export", "heads"):
            if options[option] and not options[option].is_file():
                raise CommandError(f"There is no file {options[option]}.")
        if options["export"]:
            report = verify_export(options["export"], keys)
        else:
            report = verify_ledger(
                heads=Heads(options["heads"] or settings.SEAL_FILE),
                keys=keys,
                connections=options["connections"],
                progress=self._told if options["progress"] else None,
            )
            if options["progress"]:
                sys.stderr.write("\n")
            write_down(report, at=clock.now(), channel=Channel.COMMAND)
        self._tell(report)

    def _told(self, done: int, of: int) -> None:
        sys.stderr.write(f"\r{done} of {of} events ({done * 100 // max(of, 1)} %)")
        sys.stderr.flush()

    def _tell(self, report: Report) -> None:
        for line in report.lines():
            self.stdout.write(line)
        if not report.passed:
            raise CommandError(f"The ledger does not verify. First: {report.findings[0]}")
