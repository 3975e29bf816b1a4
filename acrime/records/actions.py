"""The verbs of the envelope."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from django.contrib.auth.models import Permission
from django.db import transaction

from accounts.models import Office, User
from acrime.audit.actions import Said, record_event, record_events
from acrime.audit.choices import Channel
from acrime.common.copying import copy_rows
from acrime.common.errors import ActionRefused
from acrime.common.numbers import new_number
from acrime.records import events
from acrime.records.choices import Approval, RecordKind, SubjectRole
from acrime.records.family import family_ids
from acrime.records.models import Record, RecordAllowedOffice, RecordAllowedUser, RecordSubject
from acrime.records.policy import ALWAYS_LIMITED, READERS, may_limit
from acrime.records.querysets import limits_of, relation_of, viewer_of
from routine_uses.querysets import EnvelopeTerms, envelope_terms

LONGEST_REASON = 200
"""Characters of a reason; the ledger keeps no more."""


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
    record = _record(
        kind=kind,
        place=(category, schedule_code),
        terms=envelope_terms(at),
        owner=owner,
        creator=creator,
        at=at,
    )
    record.save(force_insert=True)
    _event(events.CREATED, record, actor=creator, at=at, channel=channel)
    return record


@transaction.atomic
def open_records(
    *,
    kind: RecordKind,
    places: Sequence[tuple[int, str]],
    owner: User,
    creator: User,
    at: datetime,
    channel: Channel,
) -> list[Record]:
    """Open many envelopes of a kind; as ``open_record`` for each, in the order given.

    The change history does not tell of their creation; the events do.

    Args:
        places: of each, the number of its category and the code of its retention item.

    Raises:
        ActionRefused: no notice is in force, so nothing may be collected.
    """
    terms = envelope_terms(at)
    records = [
        _record(kind=kind, place=place, terms=terms, owner=owner, creator=creator, at=at)
        for place in places
    ]
    copy_rows(records, with_keys=True)
    record_events(
        kind=events.CREATED,
        actor=creator,
        at=at,
        channel=channel,
        each=[Said(record.pk, record.number) for record in records],
    )
    return records


def _record(
    *,
    kind: RecordKind,
    place: tuple[int, str],
    terms: EnvelopeTerms,
    owner: User,
    creator: User,
    at: datetime,
) -> Record:
    category, schedule_code = place
    return Record(
        number=new_number(kind.value, at=at),
        kind=kind,
        owner=owner,
        creator=creator,
        office_id=owner.office_id,
        notice_version_id=terms.version,
        category_id=terms.categories[category],
        schedule_item_id=terms.item(schedule_code),
        created_at=at,
        limited=kind in ALWAYS_LIMITED,
    )


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


def hold_records(*, record_ids: Iterable[int]) -> None:
    """Hold records until the caller's transaction ends: a release of them waits, or is waited for.

    Raises:
        TransactionManagementError: there is no transaction.
    """
    held = Record.objects.select_for_update().filter(pk__in=list(record_ids)).order_by("pk")
    list(held.values_list("pk", flat=True))


@transaction.atomic
def mark_disputed(*, record_ids: Iterable[int], disputed: bool) -> None:
    """Mark records as disputed under 552a(d), or no longer; the case that says why is an event.

    A release that is under way waits, or is waited for: both lock the record.
    """
    for record in Record.objects.select_for_update().filter(pk__in=list(record_ids)).order_by("pk"):
        if record.disputed != disputed:
            record.disputed = disputed
            record.save(update_fields=["disputed"])


@transaction.atomic
def limit_record(
    *,
    record: Record,
    allowed: Iterable[User],
    offices: Iterable[Office] = (),
    reason: str,
    actor: User,
    at: datetime,
    channel: Channel,
) -> None:
    """Limit a record to *allowed* and *offices*, besides its own people and the chains above.

    Its owner, its creator and the chains above both always see it; nothing here can leave
    them out. Whatever repeats the record's content is limited along with it. On a record
    that is limited already, the two lists are added to.

    Raises:
        ActionRefused: the actor does not answer for the record, no reason is given, or
            somebody on the list could never see a record.
    """
    people = _who_can_see(allowed)
    groups = [office.group_id for office in offices]

    def limit(each: Record) -> None:
        each.limited = True
        each.save(update_fields=["limited"])
        _allow(each, people, groups)

    _change_limits(
        record, limit, kind=events.LIMITED, reason=reason, actor=actor, at=at, channel=channel
    )


@transaction.atomic
def extend_limits(
    *,
    record: Record,
    allowed: Iterable[User] = (),
    offices: Iterable[Office] = (),
    reason: str,
    actor: User,
    at: datetime,
    channel: Channel,
) -> None:
    """Let *allowed* and *offices* see a limited record as well.

    Raises:
        ActionRefused: the record is not limited, nobody is named, somebody named could
            never see a record, no reason is given, or the actor does not answer for it.
    """
    people = _who_can_see(allowed)
    groups = [office.group_id for office in offices]
    if not people and not groups:
        raise ActionRefused("Name somebody, or an office.", code="nobody-named")

    def extend(each: Record) -> None:
        _must_be_limited(each)
        _allow(each, people, groups)

    _change_limits(
        record,
        extend,
        kind=events.LIMIT_EXTENDED,
        reason=reason,
        actor=actor,
        at=at,
        channel=channel,
    )


@transaction.atomic
def narrow_limits(
    *,
    record: Record,
    removed: Iterable[User] = (),
    offices: Iterable[Office] = (),
    reason: str,
    actor: User,
    at: datetime,
    channel: Channel,
) -> None:
    """Take people and offices off the list of a limited record.

    Whoever stands above the owner or the creator goes on seeing it: no list holds them.

    Raises:
        ActionRefused: the record is not limited, nobody named is on its list, no reason is
            given, or the actor does not answer for it.
    """
    people, groups = list(removed), [office.group_id for office in offices]

    def narrow(each: Record) -> None:
        _must_be_limited(each)
        each.recordalloweduser_set.filter(user__in=people).delete()
        each.recordallowedoffice_set.filter(group__in=groups).delete()

    listed = (
        record.recordalloweduser_set.filter(user__in=people).exists()
        or record.recordallowedoffice_set.filter(group__in=groups).exists()
    )
    if record.limited and not listed:
        raise ActionRefused("Nobody named is on the list.", code="not-on-the-list")
    _change_limits(
        record,
        narrow,
        kind=events.LIMIT_NARROWED,
        reason=reason,
        actor=actor,
        at=at,
        channel=channel,
    )


@transaction.atomic
def lift_limits(
    *, record: Record, reason: str, actor: User, at: datetime, channel: Channel
) -> None:
    """Open a limited record again to everybody whose role reads its kind. Its list ends.

    Raises:
        ActionRefused: the record is not limited or is of a kind that always is, no reason is
            given, or the actor does not answer for it.
    """
    if record.kind in ALWAYS_LIMITED:
        raise ActionRefused(
            "Who reported a tip stays protected. Name people or offices instead.",
            code="always-limited",
        )

    def lift(each: Record) -> None:
        _must_be_limited(each)
        each.limited = False
        each.save(update_fields=["limited"])
        each.recordalloweduser_set.all().delete()
        each.recordallowedoffice_set.all().delete()

    _change_limits(
        record, lift, kind=events.LIMIT_LIFTED, reason=reason, actor=actor, at=at, channel=channel
    )


@transaction.atomic
def inherit_limits(
    *, record: Record, source: Record, actor: User, at: datetime, channel: Channel
) -> None:
    """Limit *record*, which repeats what *source* holds, as *source* is limited, if it is."""
    if not source.limited:
        return
    before = limits_of(record)
    record.limited = True
    record.save(update_fields=["limited"])
    _allow(
        record,
        list(User.objects.filter(recordalloweduser__content_object=source).distinct()),
        list(source.recordallowedoffice_set.values_list("group_id", flat=True)),
    )
    _event(
        events.LIMITED,
        record,
        actor=actor,
        at=at,
        channel=channel,
        purpose=f"Entered from {source.number}, which is limited",
        details={"before": before, "after": limits_of(record)},
    )


def _change_limits(
    record: Record,
    change: Callable[[Record], None],
    *,
    kind: str,
    reason: str,
    actor: User,
    at: datetime,
    channel: Channel,
) -> None:
    """Do *change* to the record and to whatever repeats it, with an event for each."""
    if not reason.strip():
        raise ActionRefused("Give a reason.", code="reason-missing")
    if len(reason.strip()) > LONGEST_REASON:
        raise ActionRefused(
            f"Give the reason in at most {LONGEST_REASON} characters.", code="reason-too-long"
        )
    locked = {
        each.pk: each
        for each in Record.objects.select_for_update()
        .filter(pk__in=family_ids(record))
        .order_by("pk")
    }
    if not may_limit(viewer_of(actor), relation_of(actor, locked[record.pk])):
        raise ActionRefused(
            "Only the owner, or a supervisor above the owner or the creator, may limit a "
            "record or change its limits.",
            code="not-the-owner",
            clause="ICM assessment, section 3.4",
        )
    for each in locked.values():
        before = limits_of(each)
        change(each)
        _event(
            kind,
            each,
            actor=actor,
            at=at,
            channel=channel,
            purpose=reason.strip(),
            details={"before": before, "after": limits_of(each)},
        )
    # Asked of the database, after the fact: whoever changes limits is not shut out by them.
    if not Record.objects.visible_to(actor).filter(pk=record.pk).exists():
        raise ActionRefused("You would not see the record any more.", code="would-lose-sight")


def _who_can_see(people: Iterable[User]) -> list[User]:
    """*people*, all of whom read some kind of record.

    Raises:
        ActionRefused: one of them is disabled, or their roles read no record at all.
    """
    named = list(people)
    for user in named:
        if not user.is_active or READERS.isdisjoint(user.roles):
            raise ActionRefused(
                f"The account {user.username} is disabled or reads no records, so it cannot "
                "be on the list.",
                code="reads-no-records",
            )
    return named


def _allow(record: Record, people: list[User], groups: list[int]) -> None:
    permission = Permission.objects.get(
        content_type__app_label="acrime", codename="see_limited_record"
    )
    for user in people:
        RecordAllowedUser.objects.get_or_create(
            user=user, permission=permission, content_object=record
        )
    for group_id in groups:
        RecordAllowedOffice.objects.get_or_create(
            group_id=group_id, permission=permission, content_object=record
        )


def _must_be_limited(record: Record) -> None:
    if not record.limited:
        raise ActionRefused("The record is not limited.", code="not-limited")


def write_act(
    kind: str,
    record: Record,
    *,
    actor: User | None,
    at: datetime,
    channel: Channel = Channel.PAGE,
    purpose: str = "",
    details: Mapping[str, object] | None = None,
) -> None:
    """Write down what was done with *record*, in the caller's transaction."""
    record_event(
        kind=kind,
        actor=actor,
        at=at,
        channel=channel,
        record_id=record.pk,
        record_number=record.number,
        purpose=purpose,
        details=details,
    )


def _event(
    kind: str,
    record: Record,
    *,
    actor: User,
    at: datetime,
    channel: Channel,
    purpose: str = "",
    details: dict[str, object] | None = None,
) -> None:
    record_event(
        kind=kind,
        actor=actor,
        at=at,
        channel=channel,
        record_id=record.pk,
        record_number=record.number,
        purpose=purpose,
        details=details,
    )
