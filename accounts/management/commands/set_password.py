"""manage.py set_password: a first password for somebody who has forgotten theirs."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.management.asking import asked_password
from accounts.models import User
from accounts.signing_in.actions import set_first_password
from acrime.common import clock


class Command(BaseCommand):
    help = (
        "Give an account a new first password, which is asked for or read from standard input. "
        "It is changed at the next sign-in; open sessions end."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username__iexact=options["username"]).first()
        if user is None:
            raise CommandError("There is no account with that user name.")
        if not user.has_usable_password():
            raise CommandError("The account signs in without a password.")
        try:
            set_first_password(user=user, password=asked_password(), actor=None, at=clock.now())
        except ValidationError as weak:
            raise CommandError(" ".join(weak.messages)) from None
        self.stdout.write(f"{user.username} changes this password at the next sign-in.")
