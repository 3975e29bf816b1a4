"""Rules of review. Pure.

The rule: every determination is confirmed by a second person. Sampling only ever adds a further
look, by a supervisor; no rate takes the second person away.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from acrime.iaq.conclusions import RECORD_FIELDS
from acrime.iaq.reviewing.choices import Further

# A rate has two places, so the draw is one of ten thousand.
DRAWS = 10_000

# Conclusions that somebody is, or says to be, a citizen of the United States. Holding a citizen
# is the gravest error that an answer can lead to.
_OF_CITIZENSHIP = ("CITIZEN", "NATURALI")


def speaks_of_citizenship(kind: str) -> bool:
    """Whether the conclusion *kind* says, or may say, that somebody is a citizen."""
    return any(word in kind for word in _OF_CITIZENSHIP)


def draw(digest: bytes) -> int:
    """The place among ten thousand of the query whose number has the keyed hash *digest*.

    Nobody without the key can tell it beforehand, and the same number is drawn alike for ever,
    whatever is returned and handed in again.
    """
    return int.from_bytes(digest[:8], "big") % DRAWS


def is_sampled(digest: bytes, *, percent: Decimal) -> bool:
    """Whether the determination of that query is in a sample of *percent*."""
    return draw(digest) < int(percent * (DRAWS // 100))


def further_review(
    *, kind: str, citizenship_claimed: bool, digest: bytes, percent: Decimal
) -> Further:
    """Why a determination needs a supervisor's further review, or that it does not."""
    if citizenship_claimed or speaks_of_citizenship(kind):
        return Further.CITIZEN
    return Further.SAMPLE if is_sampled(digest, percent=percent) else Further.NONE


@dataclass(frozen=True)
class Difference:
    """One field in which two versions of a determination differ.

    ``key`` is the field's name in the message, ``kind`` or ``basis``.
    """

    key: str
    label: str
    before: object
    after: object


def differences(
    before: Mapping[str, object], after: Mapping[str, object]
) -> tuple[Difference, ...]:
    """The fields in which *after* differs from *before*, in the order of the message."""
    labels = (
        {"kind": "Conclusion"}
        | {key: field.label for key, field in RECORD_FIELDS.items()}
        | {"basis": "How the research bears this out"}
    )
    known = [*labels, *sorted((before.keys() | after.keys()) - labels.keys())]
    return tuple(
        Difference(key, labels.get(key, key), before.get(key) or "", after.get(key) or "")
        for key in known
        if (before.get(key) or "") != (after.get(key) or "")
    )


def may_review_further(
    *, reviewer: int, author: int, first_reviewer: int, supervises: bool
) -> bool:
    """Whether *reviewer* may give the further review: a supervisor who did neither before."""
    return supervises and reviewer not in (author, first_reviewer)
