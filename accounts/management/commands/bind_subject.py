"""manage.py bind_subject: let an account sign in by single sign-on."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.signing_in.actions import bind_subject
from acrime.common import clock
from acrime.common.errors import ActionRefused


class Command(BaseCommand):
    help = (
        "Bind the subject identifier (sub) that the OpenID Connect provider gives a person to "
        "their account. Nothing else is matched, least of all an e-mail address."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("subject")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username__iexact=options["username"]).first()
        if user is None:
            raise CommandError("There is no account with that user name.")
        try:
            bind_subject(user=user, subject=options["subject"], actor=None, at=clock.now())
        except ActionRefused as refused:
            raise CommandError(refused.message) from None
        self.stdout.write(f"{user.username} signs in as this subject.")
