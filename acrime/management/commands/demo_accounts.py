"""manage.py demo_accounts: print the training accounts of a local portal."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.models import User
from acrime.demo.accounts import ACCOUNTS, PASSWORD


class Command(BaseCommand):
    help = "Print the training accounts, if this portal has them."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.ENVIRONMENT.local:
            return
        present = set(User.objects.values_list("username", flat=True))
        rows = [account for account in ACCOUNTS if account.username in present]
        if not rows:
            return
        self.stdout.write(f"Training accounts, all with the password {PASSWORD}\n")
        for account in rows:
            roles = ", ".join(role.label for role in account.roles)
            self.stdout.write(f"  {account.username:<12} {account.full_name:<16} {roles}")
