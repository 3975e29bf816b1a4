"""Who was overseer when: the one rule about OPR's own events."""

from django.db.models import Exists, OuterRef, Q

from accounts.choices import OVERSIGHT
from accounts.models import RoleGrant


def held_oversight(*, person: str, moment: str) -> Exists:
    """Whether somebody held an oversight role at a moment, told by the grants.

    Grants that ended or expired since count for the time in which they were in force.

    Args:
        person: the column of the outer query with the account's id.
        moment: its column with the time.
    """
    then = OuterRef(moment)
    return Exists(
        RoleGrant.objects.filter(
            Q(ended_at=None) | Q(ended_at__gt=then),
            Q(expires_at=None) | Q(expires_at__gt=then),
            user=OuterRef(person),
            role__in=sorted(OVERSIGHT),
            granted_at__lte=then,
        )
    )
