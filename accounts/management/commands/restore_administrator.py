"""manage.py restore_administrator: a way back when no administrator is left."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.standing.actions import restore_administrator
from acrime.common import clock
from acrime.common.errors import ActionRefused


class Command(BaseCommand):
    help = (
        "Open a disabled account again and make it an administrator's. Training is recorded "
        "apart, by record_training."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = User.objects.get_by_natural_key(options["username"])
        except User.DoesNotExist:
            raise CommandError("There is no account with that user name.") from None
        try:
            restore_administrator(user=user, reason=options["reason"], at=clock.now())
        except ActionRefused as refusal:
            raise CommandError(refusal.message) from None
        self.stdout.write(f"{user.username} is an administrator's account again.")
