"""manage.py record_training: record that somebody passed a course."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Course, User
from accounts.standing.actions import record_training
from accounts.standing.bulk import day_of
from acrime.common import clock
from acrime.common.errors import ActionRefused


class Command(BaseCommand):
    help = (
        "Record a passing, such as the first administrator's; everybody else's is recorded by "
        "an administrator in the portal."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("course", help="code of the course, such as SYSTEM")
        parser.add_argument("date", help="day of passing, such as 2026-11-20")
        parser.add_argument("--evidence", required=True, help="such as a certificate's number")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = User.objects.get_by_natural_key(options["username"])
        except User.DoesNotExist:
            raise CommandError("There is no account with that user name.") from None
        course = Course.objects.filter(code=options["course"].upper()).first()
        if course is None:
            codes = ", ".join(Course.objects.order_by("pk").values_list("code", flat=True))
            raise CommandError(f"There is no such course; the courses are {codes}.")
        passed_on = day_of(options["date"])
        if passed_on is None:
            raise CommandError("Write the date as 2026-11-20.")
        try:
            record = record_training(
                user=user,
                course=course,
                passed_on=passed_on,
                evidence=options["evidence"],
                actor=None,
                at=clock.now(),
            )
        except ActionRefused as refusal:
            raise CommandError(refusal.message) from None
        self.stdout.write(f"{user.username}: {course.name}, valid through {record.valid_until}")
