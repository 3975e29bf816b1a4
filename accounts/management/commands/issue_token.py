"""manage.py issue_token: make an API token and show it once."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actions import issue_token
from accounts.models import User
from acrime.common import clock

LONGEST_DAYS = 366


class Command(BaseCommand):
    help = "Make an API token for an account. It is shown once; only its hash is kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("name", help="what the token is for")
        parser.add_argument("--days", type=int, default=90, help="until it expires (90)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 0 < options["days"] <= LONGEST_DAYS:
            raise CommandError(f"A token lasts from 1 to {LONGEST_DAYS} days.")
        try:
            user = User.objects.get_by_natural_key(options["username"])
        except User.DoesNotExist:
            raise CommandError("There is no account with that user name.") from None
        at = clock.now()
        token = issue_token(
            user=user,
            name=options["name"],
            expires_at=at + timedelta(days=options["days"]),
            actor=None,
            at=at,
        )
        self.stdout.write(token)
