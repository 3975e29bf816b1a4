"""The verbs of the envelope."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import Permission
from django.db import transaction

from accounts.models import User
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from acrime.common.numbers import new_number
from acrime.records import events
from acrime.records.choices import Approval, RecordKind, SubjectRole
from acrime.records.models import Record, RecordAllowedUser, RecordSubject
from routine_uses.querysets import notice_in_force, retention_item


@transaction.atomic
def open_record(
    *,
    kind: RecordKind,
    category: int,
    schedule_code: str,
    owner: User,
    creator: User,
    at: datetime,
    channel: Channel,
) -> Record:
    """Open an envelope under the notice in force.

    Args:
        category: number of the notice's category of records.
        schedule_code: code of the notice's retention item.

    Raises:
        ActionRefused: no notice is in force, so nothing may be collected.
    """
    version = notice_in_force(at)
    record = Record.objects.create(
        number=new_number(kind.value, at=at),
        kind=kind,
        owner=owner,
        creator=creator,
        office=owner.office,
        notice_version=version,
        category=version.record_categories.get(number=category),
        schedule_item=retention_item(version, schedule_code),
        created_at=at,
    )
    _event(events.CREATED, record, actor=creator, at=at, channel=channel)
    return record


@transaction.atomic
def approve_record(*, record: Record, actor: User, at: datetime, channel: Channel) -> None:
    """Confirm a record as a second person.

    Raises:
        ActionRefused: the creator approves, or it is approved already.
    """
    locked = Record.objects.select_for_update().get(pk=record.pk)
    if locked.approval == Approval.APPROVED:
        raise ActionRefused("The record is approved already.", code="already-approved")
    if locked.creator_id == actor.pk:
        raise ActionRefused("Somebody else must approve what you entered.", code="own-work")
    locked.approval = Approval.APPROVED
    locked.approved_by = actor
    locked.approved_at = at
    locked.save(update_fields=["approval", "approved_by", "approved_at"])
    _event(events.APPROVED, locked, actor=actor, at=at, channel=channel)


@transaction.atomic
def change_owner(
    *, record: Record, owner: User, actor: User, at: datetime, channel: Channel
) -> None:
    """Make *owner* the one who is told of looks at the record."""
    record.owner = owner
    record.office = owner.office
    record.save(update_fields=["owner", "office"])
    _event(events.OWNER_CHANGED, record, actor=actor, at=at, channel=channel)


@transaction.atomic
def link_subject(
    *,
    record: Record,
    individual_id: int,
    role: SubjectRole,
    reason: str,
    actor: User,
    at: datetime,
    channel: Channel,
) -> RecordSubject:
    """Say that a record is about an individual, and why that is believed.

    The same link again is the same link: its first reason stands.

    Raises:
        ActionRefused: no reason is given.
    """
    if not reason.strip():
        raise ActionRefused("Say why this is the same person.", code="reason-missing")
    link, created = RecordSubject.objects.get_or_create(
        record=record,
        individual_id=individual_id,
        role=role,
        defaults={"linked_by": actor, "linked_at": at, "reason": reason.strip()},
    )
    if created:
        _event(events.SUBJECT_LINKED, record, actor=actor, at=at, channel=channel)
    return link


@transaction.atomic
def limit_record(
    *, record: Record, allowed: Iterable[User], actor: User, at: datetime, channel: Channel
) -> None:
    """Limit a record to *allowed*, besides its owner, its creator and the chains above them.

    Raises:
        ActionRefused: the actor is neither the owner nor above the owner.
    """
    locked = Record.objects.select_for_update().get(pk=record.pk)
    above = locked.owner.chain_above.filter(supervisor=actor).exists()
    if locked.owner_id != actor.pk and not above:
        raise ActionRefused(
            "Only the owner or the owner's supervisor may limit a record.", code="not-the-owner"
        )
    _limit(locked, allowed, actor=actor, at=at, channel=channel)


@transaction.atomic
def inherit_limits(
    *, record: Record, source: Record, actor: User, at: datetime, channel: Channel
) -> None:
    """Limit *record*, which repeats what *source* holds, as *source* is limited, if it is."""
    if source.limited:
        allowed = User.objects.filter(recordalloweduser__content_object=source).distinct()
        _limit(record, allowed, actor=actor, at=at, channel=channel)


def _limit(
    record: Record, allowed: Iterable[User], *, actor: User, at: datetime, channel: Channel
) -> None:
    record.limited = True
    record.save(update_fields=["limited"])
    permission = Permission.objects.get(
        content_type__app_label="acrime", codename="see_limited_record"
    )
    people = list(allowed)
    for user in people:
        RecordAllowedUser.objects.get_or_create(
            user=user, permission=permission, content_object=record
        )
    _event(
        events.LIMITED,
        record,
        actor=actor,
        at=at,
        channel=channel,
        details={"allowed": sorted(user.username for user in people)},
    )


def _event(
    kind: str,
    record: Record,
    *,
    actor: User,
    at: datetime,
    channel: Channel,
    details: dict[str, list[str]] | None = None,
) -> None:
    record_event(
        kind=kind,
        actor=actor,
        at=at,
        channel=channel,
        record_id=record.pk,
        record_number=record.number,
        details=details,
    )
