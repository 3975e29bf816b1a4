"""Queries about the same person."""

from accounts.models import User
from acrime.iaq.models import StatusQuery
from acrime.individuals.models import Individual
from acrime.records.models import Record

MOST_SHOWN = 20


def queries_about_the_same(record: Record, user: User) -> list[StatusQuery]:
    """Other queries about whoever *record* is about, newest first: those that *user* sees.

    They are found by who is linked to both, and only where *user* sees that person too.
    """
    people = Individual.objects.visible_to(user).filter(record_links__record=record)
    queries = (
        StatusQuery.objects.visible_to(user)
        .filter(record__subjects__individual__in=people.values("pk"))
        .exclude(record=record)
        .exclude(responses__record=record)
    )
    return list(queries.newest().distinct()[:MOST_SHOWN])
