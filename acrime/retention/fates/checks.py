"""Refuses a portal with a table or a field of which nobody said what becomes of it."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from acrime.retention.fates.register import faults


@register()
def every_field_has_a_fate(**_: Any) -> list[CheckMessage]:
    """What the register does not tell."""
    return [Error(fault, id="acrime.E010") for fault in faults()]
