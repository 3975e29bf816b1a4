"""manage.py prepare_ledger: make the coming months' partitions of the ledger."""

from typing import Any

from django.core.management.base import BaseCommand

from acrime.audit.partitions import prepare_partitions
from acrime.common import clock


class Command(BaseCommand):
    help = "Make the ledger's partitions of this month and the next three. Run after migrate."

    def handle(self, *args: Any, **options: Any) -> None:
        for name in prepare_partitions(at=clock.now()):
            self.stdout.write(name)
