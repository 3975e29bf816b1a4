"""Kinds of conclusions as they are in force."""

from datetime import datetime

from django.db.models import Q

from acrime.common.errors import ActionRefused
from acrime.iaq.kinds.models import ConclusionVersion


def conclusions_in_force(at: datetime) -> list[ConclusionVersion]:
    """The version of each kind that is in force, in the order in which the kinds came."""
    return list(
        ConclusionVersion.objects.filter(in_force_from__lte=at)
        .filter(Q(superseded_at__isnull=True) | Q(superseded_at__gt=at))
        .order_by("pk")
    )


def conclusion_in_force(code: str, at: datetime) -> ConclusionVersion:
    """The version of the kind *code* that is in force.

    Raises:
        ActionRefused: there is none.
    """
    for each in conclusions_in_force(at):
        if each.code == code:
            return each
    raise ActionRefused("This is not a conclusion that can be stated.", code="unknown-kind")
