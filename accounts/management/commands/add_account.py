"""manage.py add_account: add a person or a connected system."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.actions import create_user
from accounts.choices import Role
from accounts.management.asking import asked_password
from accounts.models import Office, User
from acrime.common import clock


class Command(BaseCommand):
    help = (
        "Add an account with roles. The first password is asked for, or read from standard "
        "input, and is changed at the first sign-in; an INTERFACE account gets none and works "
        "with a token."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("full_name")
        parser.add_argument("roles", nargs="+", choices=Role.values)
        parser.add_argument("--office", help="code of the office")
        parser.add_argument("--supervisor", help="user name of the supervisor")
        parser.add_argument("--title", default="")
        parser.add_argument("--email", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.filter(username__iexact=options["username"]).exists():
            raise CommandError("There is an account with that user name.")
        office, supervisor = _office(options["office"]), _supervisor(options["supervisor"])
        machine = options["roles"] == [Role.INTERFACE.value]
        try:
            user = create_user(
                username=options["username"],
                full_name=options["full_name"],
                password=None if machine else asked_password(),
                office=office,
                roles=[Role(role) for role in dict.fromkeys(options["roles"])],
                supervisor=supervisor,
                title=options["title"],
                email=options["email"],
                must_change_password=not machine,
                actor=None,
                at=clock.now(),
            )
        except ValidationError as weak:
            raise CommandError(" ".join(weak.messages)) from None
        self.stdout.write(f"{user.username}: {', '.join(user.role_labels())}")


def _office(code: str | None) -> Office | None:
    if code is None:
        return None
    try:
        return Office.objects.get(code=code)
    except Office.DoesNotExist:
        raise CommandError("There is no office with that code; see add_office.") from None


def _supervisor(username: str | None) -> User | None:
    if username is None:
        return None
    try:
        return User.objects.get_by_natural_key(username)
    except User.DoesNotExist:
        raise CommandError("There is no account with the supervisor's user name.") from None
