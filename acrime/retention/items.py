"""Retention items as they count now: what the notice says and what was approved, together."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from acrime.retention.authorities.models import ScheduleAuthority
from acrime.retention.choices import AuthorityState
from acrime.retention.policy import Item, bound
from routine_uses.models import RetentionItem
from routine_uses.querysets import NoNoticeInForce, notice_in_force

_ENDED = (AuthorityState.WITHDRAWN, AuthorityState.SUPERSEDED)


@dataclass(frozen=True)
class Bound:
    """An item as it counts, with the rows that it comes from."""

    item: Item
    row: RetentionItem
    authority: ScheduleAuthority | None


def written(row: RetentionItem) -> Item:
    """What the source of *row* says, whatever was approved since."""
    return Item(
        code=row.code,
        trigger=row.trigger,
        years=row.years,
        cutoff=row.cutoff_rule,
        action=row.action,
        status=row.authority_status,
        authority=row.authority_number,
        clause=row.citation,
        kinds=frozenset(row.kinds),
    )


def approved(authority: ScheduleAuthority, *, like: Item) -> Item:
    """What *authority* says of the records that *like* covers."""
    return Item(
        code=authority.code,
        trigger=authority.trigger,
        years=authority.years,
        cutoff=authority.cutoff_rule,
        action=authority.action,
        status=authority.state,
        authority=authority.authority_number,
        clause=authority.citation,
        kinds=like.kinds,
    )


def bound_items(
    rows: Iterable[RetentionItem], *, at: datetime, instead: ScheduleAuthority | None = None
) -> dict[int, Bound]:
    """The items *rows* as they count at *at*, by their ids.

    Args:
        instead: an authority that is taken as approved, to see what it would change.
    """
    wanted = {row.pk: row for row in rows}
    codes = {row.code for row in wanted.values()}
    current: dict[str, RetentionItem] = {}
    try:
        version = notice_in_force(at)
    except NoNoticeInForce:
        pass
    else:
        current = {row.code: row for row in version.retention_items.filter(code__in=codes)}
    authorities: dict[str, ScheduleAuthority] = {}
    found = ScheduleAuthority.objects.filter(
        code__in=codes, state__in=[AuthorityState.APPROVED, *_ENDED]
    ).order_by("decided_at", "pk")
    for each in found:
        standing = authorities.get(each.code)
        if standing is None or standing.state != AuthorityState.APPROVED:
            authorities[each.code] = each
    if instead is not None:
        authorities[instead.code] = instead
    made: dict[int, Bound] = {}
    for pk, row in wanted.items():
        own = written(row)
        now = current.get(row.code)
        authority = authorities.get(row.code)
        ruling = approved(authority, like=own) if authority else None
        if ruling is not None and authority is instead:
            ruling = replace(ruling, status=AuthorityState.APPROVED.value)
        item = bound(own, current=written(now) if now else None, authority=ruling)
        made[pk] = Bound(item, row, authority)
    return made
