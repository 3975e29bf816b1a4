"""Retention items of what the portal itself makes, which no notice gives a period.

They are data, loaded with a notice (``versions.actions``) from a reviewed file. A corrected file
carries an edition of its own; the last one loaded counts, and records keep the item they were
opened under.
"""

import tomllib
from pathlib import Path
from typing import Any

from acrime.common.errors import ActionRefused
from routine_uses.models import RetentionItem
from routine_uses.notice_files import ITEM_TEXTS, item_columns, item_problems

OWN_RECORDS = Path(__file__).parent / "reference" / "own_records.toml"
LONGEST_EDITION = 20


def own_items(data: bytes) -> tuple[str, list[dict[str, Any]]]:
    """The edition and the columns of the items that the bytes of a file describe.

    Raises:
        ActionRefused: it is no TOML, or breaks a rule; every problem is named.
    """
    try:
        content = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _invalid([f"It is not a TOML file: {error}"]) from None
    edition, items = content.get("edition"), content.get("retention")
    if not isinstance(edition, str) or not 0 < len(edition) <= LONGEST_EDITION:
        raise _invalid([f"edition must be a text of at most {LONGEST_EDITION} characters."])
    if not isinstance(items, list) or not all(isinstance(each, dict) for each in items):
        raise _invalid(["Items must be written as [[retention]]."])
    problems = [
        f"{each.get('code', '?')}: lacks {key}."
        for each in items
        for key in ITEM_TEXTS
        if not each.get(key)
    ]
    codes = [each.get("code") for each in items]
    if len(codes) != len(set(codes)):
        problems.append("A code is repeated.")
    if not problems:
        problems = [
            f"{each['code']}: {problem}"
            for each in items
            for problem in item_problems(each, own=True)
        ]
    if problems:
        raise _invalid(problems)
    return edition, [item_columns(each) for each in items]


def own_rows() -> list[RetentionItem]:
    """The items of the edition that was loaded last, in their order."""
    last = RetentionItem.objects.filter(version__isnull=True).order_by("-pk").first()
    if last is None:
        return []
    rows = RetentionItem.objects.filter(version__isnull=True, edition=last.edition)
    return list(rows.order_by("position"))


def _invalid(problems: list[str]) -> ActionRefused:
    return ActionRefused(
        "The file cannot be loaded:\n- " + "\n- ".join(problems), code="own-items-invalid"
    )
