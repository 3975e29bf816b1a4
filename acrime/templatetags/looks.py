"""Who looked at a record, for its owner and nobody else."""

from collections.abc import Sequence

from django import template
from django.template.context import Context

from accounts.models import User
from acrime.alerts.models import Alert
from acrime.alerts.querysets import alerts_of
from acrime.records.models import Record

register = template.Library()

SHOWN = 3


@register.simple_tag(takes_context=True)
def looks_at(context: Context, record: Record) -> Sequence[Alert]:
    """The latest alerts of the reader about *record*; none where somebody else owns it."""
    user = context.get("user")
    if not isinstance(user, User) or record.owner_id != user.pk:
        return ()
    return list(alerts_of(user).about(user, record.number)[:SHOWN])
