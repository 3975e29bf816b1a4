"""The door to people: whom somebody may see."""

from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models

from accounts.models import User
from acrime.records.querysets import visibility

if TYPE_CHECKING:
    from acrime.individuals.models import Individual  # noqa: F401  # names the rows below


class IndividualQuerySet(models.QuerySet["Individual"]):
    """Individuals. Whatever reaches a person starts from ``visible_to``."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The individuals that *user* may see."""
        return self.filter(visibility(user, prefix="record__"))

    def unmerged(self) -> Self:
        """Without those that became part of another record."""
        return self.filter(merged_into=None)

    def with_details(self) -> Self:
        """With everything that a list of people shows."""
        return self.select_related("record").prefetch_related(
            "names", "birth_dates", "birth_places", "addresses", "identifiers"
        )
