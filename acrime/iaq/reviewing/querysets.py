"""Sampling rates as they stand."""

from decimal import Decimal

from acrime.iaq.reviewing.models import SamplingRate
from routine_uses.choices import Program

NO_SAMPLE = Decimal(0)
# How many settings are listed.
SHOWN = 20


def rate_of(program: str) -> Decimal:
    """The share in percent of *program*'s determinations that is looked at once more."""
    last = SamplingRate.objects.filter(program=program).order_by("-set_at", "-pk").first()
    return last.percent if last else NO_SAMPLE


def rates() -> list[tuple[str, Decimal]]:
    """Each program, by its name, and its rate now."""
    return [(str(program.label), rate_of(program)) for program in Program]


def rates_set() -> list[tuple[str, SamplingRate]]:
    """The last settings, newest first, each with its program's name."""
    last = SamplingRate.objects.select_related("set_by").order_by("-set_at", "-pk")[:SHOWN]
    return [(str(Program(each.program).label), each) for each in last]
