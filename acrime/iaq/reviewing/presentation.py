"""What changed between the versions of a determination, as its reader may see it."""

import json
from dataclasses import dataclass

from accounts.models import User
from acrime.iaq.models import Determination, StatusQuery
from acrime.iaq.presentation import CONCLUDED_NUMBERS
from acrime.iaq.reviewing.policy import differences
from acrime.records.reveals import masked

NOTHING = "Nothing"


@dataclass(frozen=True)
class ChangeShown:
    """One field, before and after, as text."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Comparison:
    """Two versions beside each other."""

    earlier: Determination
    later: Determination
    changes: tuple[ChangeShown, ...]


def comparisons(query: StatusQuery, user: User, *, opened: bool = False) -> list[Comparison]:
    """What the version that stands changes in the one before it, and in the first proposal."""
    versions = list(
        query.determinations.visible_to(user)
        .select_related("author", "reviewer")
        .order_by("version")
    )
    if len(versions) < 2:
        return []
    last = versions[-1]
    earlier = [versions[-2]] if len(versions) == 2 else [versions[-2], versions[0]]
    return [
        Comparison(
            before,
            last,
            tuple(
                ChangeShown(
                    each.label,
                    _text(each.key, each.before, opened=opened),
                    _text(each.key, each.after, opened=opened),
                )
                for each in differences(_facts(before), _facts(last))
            ),
        )
        for before in earlier
    ]


def _facts(determination: Determination) -> dict[str, object]:
    values: dict[str, object] = json.loads(str(determination.values))
    return values | {"kind": determination.conclusion.label, "basis": str(determination.basis)}


def _text(key: str, value: object, *, opened: bool) -> str:
    if not value:
        return NOTHING
    parts = [str(each) for each in value] if isinstance(value, list) else [str(value)]
    if key in CONCLUDED_NUMBERS and not opened:
        parts = [masked(each) for each in parts]
    return "Yes" if value is True else "; ".join(parts)
