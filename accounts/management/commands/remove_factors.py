"""manage.py remove_factors: for somebody who has lost every second factor."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.signing_in.actions import remove_every_factor
from acrime.common import clock


class Command(BaseCommand):
    help = (
        "Take all second factors of an account away. Its sessions end, and the next sign-in "
        "opens nothing until a new factor is set up. Make sure who asks, and set a new "
        "password as well."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username__iexact=options["username"]).first()
        if user is None:
            raise CommandError("There is no account with that user name.")
        removed = remove_every_factor(user=user, actor=None, at=clock.now())
        self.stdout.write(f"{user.username}: {removed} removed.")
