"""Amendments of answers, as they are looked for."""

from acrime.iaq.models import StatusQuery
from acrime.iar.amending.models import Amendment
from acrime.iar.choices import AmendmentState


def open_amendment(query: StatusQuery) -> Amendment | None:
    """The amendment of *query*'s answer that is being worked, if there is one."""
    return (
        Amendment.objects.filter(response__query=query.pk, state=AmendmentState.OPEN)
        .select_related("response__record", "response__field_office", "opened_by")
        .order_by("pk")
        .first()
    )
