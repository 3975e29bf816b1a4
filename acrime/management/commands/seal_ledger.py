"""manage.py seal_ledger: seal the events whose transactions are finished."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from acrime.audit.sealing import ChainBroken, not_yet_sealed, seal_ledger
from acrime.common import clock


class Command(BaseCommand):
    help = "Seal the events whose transactions are finished, and publish the heads."

    def handle(self, *_: Any, **__: Any) -> None:
        try:
            done = seal_ledger(at=clock.now())
        except ChainBroken as broken:
            raise CommandError(str(broken)) from None
        if done.busy:
            self.stdout.write("Another sealer is at work.")
        self.stdout.write(
            f"{done.events} events under {done.links} new seals; {done.published} published; "
            f"{not_yet_sealed().events} not yet sealed."
        )
