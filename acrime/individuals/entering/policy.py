"""Which retention item somebody entered belongs to. Pure."""

from collections.abc import Mapping

from acrime.individuals.facts.choices import Category

SCHEDULES: Mapping[Category, str] = {
    Category.CRIMINAL: "IAQ-CRIMINAL",
    Category.REGISTRANT: "IAQ-SEX-OFFENDER",
    Category.BACKGROUND: "IAQ-NONCRIMINAL",
    Category.FIREARM: "IAQ-BRADY",
    Category.WANTED: "NCIC",
    Category.TIPSTER: "TIP",
    Category.TIP_SUBJECT: "TIP",
    Category.OFFICER: "CALL-HIT",
}
"""By the notice's category of individuals: the item of the records that such a person stands in."""

KEPT_APART = frozenset({Category.TIPSTER})
"""Whose very name is nobody's to see but of those who answer for the record."""
