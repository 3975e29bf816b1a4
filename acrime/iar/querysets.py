"""Responses as lists."""

from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models

from accounts.models import Office, User
from acrime.common.errors import ActionRefused
from acrime.common.numbers import tidied
from acrime.iaq.models import StatusQuery
from acrime.records.family import register_family
from acrime.records.querysets import visibility

if TYPE_CHECKING:
    from acrime.iar.models import StatusResponse  # noqa: F401  # names the base
    from acrime.records.models import Record


class ResponseQuerySet(models.QuerySet["StatusResponse"]):
    """Responses. Whatever reaches a person starts from ``visible_to``."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The responses that *user* may see."""
        return self.filter(visibility(user, prefix="record__"))

    def current(self) -> Self:
        """Those that no later one took the place of."""
        return self.filter(amended_by__isnull=True)

    def of_office(self, office: Office | None) -> Self:
        """Those that a field office is responsible for."""
        return self.filter(field_office=office)

    def newest(self) -> Self:
        """Latest released first."""
        return (
            self.select_related(
                "record", "query__record", "field_office", "determination__conclusion"
            )
            .select_related("amends__record", "amended_by__record")
            .prefetch_related("deliveries", "follow_ups")
            .order_by("-released_at", "-pk")
        )


def query_behind(asked: str, *, user: User) -> StatusQuery:
    """The query with the number *asked*, or the one that the response with it answers.

    Raises:
        ActionRefused: *user* sees none: the same answer as where there is none.
    """
    from acrime.records.models import Record

    record = Record.objects.visible_to(user).filter(number=tidied(asked)).first()
    # Who sees a response sees what it answers: it repeats the query.
    asked_by = models.Q(pk=record.pk) | models.Q(responses__record=record) if record else None
    queries = StatusQuery.objects.select_related("record").order_by("pk")
    found = queries.filter(asked_by).first() if asked_by else None
    if found is None:
        raise ActionRefused("There is no query or response under that number.", code="about")
    return found


@register_family
def question_and_answer(record: "Record") -> "models.QuerySet[Record]":
    """The responses to a query and the query of a response: each repeats the others."""
    from acrime.records.models import Record

    return Record.objects.filter(
        models.Q(response__query=record.pk)
        | models.Q(query__responses=record.pk)
        | models.Q(response__query__responses=record.pk)
    )
