"""manage.py bind_certificate: let an account sign in with a PIV card."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.signing_in.actions import bind_certificate
from accounts.signing_in.certificates import read_certificate
from acrime.common import clock
from acrime.common.errors import ActionRefused


class Command(BaseCommand):
    help = (
        "Bind a PIV certificate to an account, in place of any other: this one certificate, or "
        "with --by-name the principal name in it, which a renewed card has too."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--pem", required=True, type=Path, help="file of the certificate")
        parser.add_argument("--by-name", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username__iexact=options["username"]).first()
        if user is None:
            raise CommandError("There is no account with that user name.")
        at = clock.now()
        try:
            text = options["pem"].read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError):
            raise CommandError("The file cannot be read.") from None
        certificate = read_certificate(text, at=at)
        if certificate is None:
            raise CommandError("The file holds no certificate that is valid today.")
        try:
            bind_certificate(
                user=user,
                certificate=certificate,
                by_name=options["by_name"],
                actor=None,
                at=at,
            )
        except ActionRefused as refused:
            raise CommandError(refused.message) from None
        self.stdout.write(f"{user.username} signs in with this card.")
