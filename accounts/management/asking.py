"""What commands ask of whoever runs them."""

import getpass
import sys

from django.core.management.base import CommandError


def asked_password() -> str:
    """A password: typed twice, or the first line of standard input.

    Raises:
        CommandError: the two differ.
    """
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != first:
        raise CommandError("The two passwords differ.")
    return first
