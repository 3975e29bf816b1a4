"""manage.py release_account: let a locked account in again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.signing_in.actions import release_account
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.common.errors import ActionRefused


class Command(BaseCommand):
    help = (
        "Release an account that failures have locked. Meant for when no administrator can "
        "sign in; otherwise they release accounts on their page."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--reason", required=True, help="how you know who asked")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username__iexact=options["username"]).first()
        if user is None:
            raise CommandError("There is no account with that user name.")
        try:
            release_account(
                user=user,
                reason=options["reason"],
                actor=None,
                at=clock.now(),
                channel=Channel.COMMAND,
            )
        except ActionRefused as refused:
            raise CommandError(refused.message) from None
        self.stdout.write(f"{user.username} can sign in again.")
