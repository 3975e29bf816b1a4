"""The verbs of records in NCIC. Each asks first whether the person's certification is current."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from accounts.standing.guards import require_ncic
from accounts.standing.policy import portal_day
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from acrime.iaq.codes import offense_name
from acrime.individuals.facts.photographs import made_anew
from acrime.ncic import events, policy
from acrime.ncic.choices import (
    CheckPurpose,
    DocumentKind,
    EntryState,
    Extradition,
    LocateResult,
    NcicFile,
    RemovalReason,
    TransactionKind,
    ViolatorCategory,
)
from acrime.ncic.models import BasisDocument, DocumentCheck, NcicEntry, NcicTransaction
from acrime.records.actions import approve_record, open_record, write_act
from acrime.records.choices import RecordKind
from acrime.retention.actions import recompute
from routine_uses.approvals.documents import media_type_of, tidied_name

MOST_DOCUMENTS = 20
# What an entry cannot do without: the warrant, or the order, itself.
NEEDED_PAPER: Mapping[str, tuple[DocumentKind, ...]] = {
    NcicFile.WANTED_PERSON: (DocumentKind.WARRANT,),
    NcicFile.IMMIGRATION_VIOLATOR: (DocumentKind.ORDER, DocumentKind.WARRANT),
}
CHECK_CLAUSE = "NCIC: each entry is checked by a second party"


@dataclass(frozen=True)
class Description:
    """What is to be entered. For history, also what the earlier record was.

    Attributes:
        nic, entered_on, removed_on: of history only, as its documents say.
    """

    file: str
    category: str = ""
    offense: str = ""
    extradition: str = ""
    case_number: str = ""
    remarks: str = ""
    nic: str = ""
    entered_on: date | None = None
    removed_on: date | None = None


@transaction.atomic
def open_entry(*, description: Description, actor: User, at: datetime) -> NcicEntry:
    """Begin to prepare a record for NCIC. Whom it is about is looked for and linked next.

    Raises:
        ActionRefused: the actor does not work with NCIC or is not certified, or the
            description is wrong.
    """
    require_worker(actor)
    values = _described(description, at=at)
    record = open_record(
        kind=RecordKind.NCIC_ENTRY,
        category=policy.RECORD_CATEGORY,
        schedule_code=policy.SCHEDULE,
        owner=actor,
        creator=actor,
        at=at,
        channel=Channel.PAGE,
    )
    return NcicEntry.objects.create(record=record, ori=policy.CENTER_ORI, **values)


@transaction.atomic
def describe(*, entry: NcicEntry, description: Description, actor: User, at: datetime) -> None:
    """Change what is to be entered, while it is being prepared.

    Raises:
        ActionRefused: it is no longer being prepared, by somebody else, or the description
            is wrong.
    """
    locked = _locked(entry, actor)
    may_prepare(locked, actor)
    for name, value in _described(description, at=at).items():
        setattr(locked, name, value)
    locked.save()
    _event(events.DESCRIBED, locked, actor=actor, at=at)


@transaction.atomic
def add_document(
    *,
    entry: NcicEntry,
    kind: DocumentKind,
    reference: str,
    issued_by: str,
    issued_on: date | None,
    name: str,
    data: bytes,
    actor: User,
    at: datetime,
) -> BasisDocument:
    """Attach a paper, fingerprints or a photograph, sealed. A photograph is made anew.

    Raises:
        ActionRefused: the record was removed, there are enough documents, that very one is
            there, its day lies in the future, or its contents are refused.
    """
    locked = _locked(entry, actor)
    if locked.state in (EntryState.REMOVED, EntryState.WITHDRAWN):
        raise ActionRefused("The record is closed; nothing is added to it.", code="wrong-state")
    if locked.documents.count() >= MOST_DOCUMENTS:
        raise ActionRefused(f"At most {MOST_DOCUMENTS} documents are kept.", code="paper-too-many")
    if issued_on and issued_on > portal_day(at):
        raise ActionRefused("The day of issue lies in the future.", code="issued-on")
    if not reference.strip():
        raise ActionRefused("Give the number or title of the document.", code="reference")
    media_type = "image/jpeg"
    if kind == DocumentKind.PHOTOGRAPH:
        data = made_anew(data).content
    else:
        media_type = media_type_of(data)
    digest = hashlib.sha256(data).hexdigest()
    if locked.documents.filter(sha256=digest).exists():
        raise ActionRefused("That very document is attached already.", code="paper-again")
    document = BasisDocument.objects.create(
        entry=locked,
        kind=kind,
        reference=reference.strip(),
        issued_by=issued_by.strip(),
        issued_on=issued_on,
        name=tidied_name(name),
        media_type=media_type,
        size=len(data),
        sha256=digest,
        content=data,
        added_by=actor,
        added_at=at,
    )
    _event(events.DOCUMENT_ADDED, locked, actor=actor, at=at, document=document.pk, sha256=digest)
    return document


@transaction.atomic
def send_to_check(*, entry: NcicEntry, actor: User, at: datetime) -> None:
    """Hand the prepared record to a second person.

    Raises:
        ActionRefused: nobody is linked, the warrant or order is not attached, or history does
            not say what it was.
    """
    locked = _locked(entry, actor)
    may_prepare(locked, actor)
    if not locked.record.subjects.exists():
        raise ActionRefused("Search for the person and link them first.", code="no-individual")
    wanted = NEEDED_PAPER[locked.file]
    if not locked.documents.filter(kind__in=wanted).exists():
        names = " or ".join(str(kind.label).lower() for kind in wanted)
        raise ActionRefused(f"Attach the {names} that the entry rests on.", code="no-basis")
    if locked.category == ViolatorCategory.NSEERS and not (
        locked.nic and locked.entered_on and locked.removed_on
    ):
        raise ActionRefused(
            "History needs its NIC number, and the days of its entry and its removal.",
            code="history-incomplete",
        )
    _move(locked, EntryState.TO_CHECK, refusal="Only what is being prepared goes to the check.")
    locked.prepared_by, locked.prepared_at = actor, at
    locked.return_reason = None
    locked.save()
    _event(events.PREPARED, locked, actor=actor, at=at)


@transaction.atomic
def send_back(*, entry: NcicEntry, reason: str, actor: User, at: datetime) -> None:
    """Send a record back to whoever prepared it, because something does not agree.

    Raises:
        ActionRefused: it does not wait for its check or its entry, or no reason is given.
    """
    locked = _locked(entry, actor)
    need_reason(reason)
    _move(locked, EntryState.DRAFT, refusal="Only what waits for its check or entry goes back.")
    locked.return_reason = reason.strip()
    locked.checked_by = locked.checked_at = None
    locked.save()
    _event(events.RETURNED, locked, actor=actor, at=at)


@transaction.atomic
def check(*, entry: NcicEntry, documents: Collection[int], actor: User, at: datetime) -> None:
    """Say that every value agrees with the documents, as a second person.

    History is with that what it is: removed, and its period runs from the day of its removal.

    Args:
        documents: keys of the documents that were compared; every one must be.

    Raises:
        ActionRefused: the actor prepared it, or a document was not compared.
    """
    locked = _locked(entry, actor)
    if locked.prepared_by_id == actor.pk:
        raise ActionRefused(
            "You prepared it; somebody else who is certified must check it.",
            code="own-work",
            clause=CHECK_CLAUSE,
        )
    history = locked.category == ViolatorCategory.NSEERS
    state = EntryState.REMOVED if history else EntryState.CHECKED
    _move(locked, state, refusal="There is nothing to check.")
    compare_documents(locked, documents, purpose=CheckPurpose.ENTRY, actor=actor, at=at)
    locked.checked_by, locked.checked_at = actor, at
    locked.save()
    if history:
        _start_the_period(locked, at=at)
    if locked.record.creator_id != actor.pk and locked.record.approved_by_id is None:
        approve_record(record=locked.record, actor=actor, at=at, channel=Channel.PAGE)
    _event(events.CHECKED, locked, actor=actor, at=at)


@transaction.atomic
def withdraw(*, entry: NcicEntry, reason: str, actor: User, at: datetime) -> None:
    """Give a record up before it is entered. It was never in NCIC.

    Raises:
        ActionRefused: it is in NCIC or waits for its check, or no reason is given.
    """
    locked = _locked(entry, actor)
    need_reason(reason)
    _move(locked, EntryState.WITHDRAWN, refusal="It cannot be given up now.")
    locked.return_reason = reason.strip()
    # What history said of itself was not checked, and says nothing.
    locked.nic, locked.entered_on, locked.removed_on = "", None, None
    locked.save()
    recompute([locked.pk], at=at)
    _event(events.WITHDRAWN, locked, actor=actor, at=at)


@transaction.atomic
def note_entered(*, entry: NcicEntry, nic: str, actor: User, at: datetime) -> NcicTransaction:
    """Write down that the checked record was entered, under the NIC number that NCIC gave.

    Raises:
        ActionRefused: it was not checked, the number cannot be one, or is another record's.
    """
    locked = _locked(entry, actor)
    number = policy.tidied(nic)
    if problem := policy.nic_problem(number):
        raise ActionRefused(problem, code="nic")
    _move(
        locked,
        EntryState.ENTERED,
        refusal="A second person must check it against the documents first.",
    )
    if NcicEntry.objects.filter(nic=number).exists():
        raise ActionRefused("Another record has this NIC number.", code="nic")
    today = portal_day(at)
    window = policy.first_window(today)
    locked.nic, locked.entered_by, locked.entered_on = number, actor, today
    locked.validate_from, locked.validate_by = window.opens, window.due
    locked.save()
    return _transaction(locked, TransactionKind.ENTER, actor=actor, at=at)


@transaction.atomic
def note_validated(
    *,
    entry: NcicEntry,
    consulted: str,
    documents: Collection[int],
    actor: User,
    at: datetime,
) -> NcicTransaction:
    """Write down that the record was validated: documents reviewed, the source consulted.

    What is no longer valid is removed instead.

    Args:
        consulted: who was asked at the court or office, and what they said.

    Raises:
        ActionRefused: it is not in NCIC, its window has not opened, nobody was consulted, or a
            document was not reviewed.
    """
    locked = _locked(entry, actor)
    if locked.state not in policy.IN_NCIC:
        raise ActionRefused("Only what is in NCIC is validated.", code="wrong-state")
    if not consulted.strip():
        raise ActionRefused("Say who was consulted, and what they said.", code="consulted")
    assert locked.validate_from is not None
    today = portal_day(at)
    if today < locked.validate_from:
        raise ActionRefused(
            f"It is validated from {locked.validate_from:%B} {locked.validate_from.day}, "
            f"{locked.validate_from.year} on.",
            code="too-early",
        )
    compare_documents(locked, documents, purpose=CheckPurpose.VALIDATION, actor=actor, at=at)
    window = policy.next_window(today)
    locked.validate_from, locked.validate_by = window.opens, window.due
    locked.save()
    return _transaction(locked, TransactionKind.VALIDATE, note=consulted, actor=actor, at=at)


@transaction.atomic
def note_located(
    *, entry: NcicEntry, result: LocateResult, by_ori: str, note: str, actor: User, at: datetime
) -> NcicTransaction:
    """Write down that another agency located the person.

    Raises:
        ActionRefused: it is not in NCIC or located already, or the agency's ORI cannot be one.
    """
    locked = _locked(entry, actor)
    ori = policy.tidied(by_ori)
    if problem := policy.ori_problem(ori):
        raise ActionRefused(problem, code="ori")
    _move(locked, EntryState.LOCATED, refusal="Only what is in NCIC, and not located, is located.")
    locked.save()
    return _transaction(
        locked, TransactionKind.LOCATE, code=result, ori=ori, note=note, actor=actor, at=at
    )


@transaction.atomic
def note_cleared(
    *, entry: NcicEntry, reason: RemovalReason, note: str, actor: User, at: datetime
) -> NcicTransaction:
    """Write down that the record was cleared. The notice's period does not run yet.

    Raises:
        ActionRefused: it is not in NCIC.
    """
    locked = _locked(entry, actor)
    _move(locked, EntryState.CLEARED, refusal="Only what is in NCIC is cleared.")
    locked.validate_from = locked.validate_by = None
    locked.save()
    return _transaction(locked, TransactionKind.CLEAR, code=reason, note=note, actor=actor, at=at)


@transaction.atomic
def note_removed(
    *, entry: NcicEntry, reason: RemovalReason, note: str, actor: User, at: datetime
) -> NcicTransaction:
    """Write down that the record is removed from NCIC. From this day the period runs.

    The day is today: a cutoff is never dated back.

    Raises:
        ActionRefused: it is not in NCIC.
    """
    locked = _locked(entry, actor)
    _move(locked, EntryState.REMOVED, refusal="Only what is in NCIC is removed from it.")
    locked.removed_by, locked.removed_on = actor, portal_day(at)
    locked.removal_reason = reason
    locked.validate_from = locked.validate_by = None
    locked.save()
    _start_the_period(locked, at=at)
    return _transaction(locked, TransactionKind.REMOVE, code=reason, note=note, actor=actor, at=at)


def require_worker(actor: User) -> None:
    """Let nobody work with NCIC but who does so by role, and is certified today.

    Raises:
        ActionRefused: the role, or the certification.
    """
    if not actor.has_role(*policy.WORKERS):
        raise ActionRefused("Your role does not work with NCIC.", code="not-a-worker")
    require_ncic(actor)


def may_prepare(entry: NcicEntry, actor: User) -> None:
    """Let only whoever opened the record prepare it.

    Raises:
        ActionRefused: somebody else's, or no longer being prepared.
    """
    if entry.state != EntryState.DRAFT:
        raise ActionRefused("The record is not being prepared now.", code="wrong-state")
    if entry.record.owner_id != actor.pk:
        raise ActionRefused("Somebody else prepares this record.", code="not-yours")


@transaction.atomic
def compare_documents(
    entry: NcicEntry,
    documents: Collection[int],
    *,
    purpose: CheckPurpose,
    actor: User,
    at: datetime,
) -> None:
    """Write down that *actor* compared every document of *entry*.

    Raises:
        ActionRefused: one of them was not compared.
    """
    kept = list(entry.documents.defer("content"))
    if not kept or {each.pk for each in kept} - set(documents):
        raise ActionRefused(
            "Compare every document, with the document in hand, and say so.",
            code="not-compared",
            clause=CHECK_CLAUSE,
        )
    for each in kept:
        DocumentCheck.objects.create(
            document=each, purpose=purpose, checked_by=actor, checked_at=at
        )


def need_reason(reason: str) -> None:
    """Refuse an act without a reason.

    Raises:
        ActionRefused: there is none.
    """
    if not reason.strip():
        raise ActionRefused("Give a reason.", code="reason-missing")


def _described(given: Description, *, at: datetime) -> dict[str, object]:
    if problem := policy.category_problem(given.file, given.category):
        raise ActionRefused(problem, code="category")
    violator = given.file == NcicFile.IMMIGRATION_VIOLATOR
    history = given.category == ViolatorCategory.NSEERS
    offense = policy.OFFENSE_OF[given.category] if violator else given.offense.strip()
    if offense_name(offense) is None:
        raise ActionRefused("NCIC has no offense with this code.", code="offense")
    if not violator and given.extradition not in Extradition.values:
        raise ActionRefused("Say from where the person would be brought.", code="extradition")
    nic = policy.tidied(given.nic) if history else ""
    if nic and (problem := policy.nic_problem(nic)):
        raise ActionRefused(problem, code="nic")
    entered, removed = (given.entered_on, given.removed_on) if history else (None, None)
    today = portal_day(at)
    if entered and removed and not entered <= removed <= today:
        raise ActionRefused(
            "The removal comes after the entry, and not in the future.", code="removed_on"
        )
    return {
        "file": given.file,
        "category": given.category,
        "offense": offense,
        "extradition": "" if violator else given.extradition,
        "case_number": given.case_number.strip() or None,
        "remarks": given.remarks.strip() or None,
        "nic": nic,
        "entered_on": entered,
        "removed_on": removed,
    }


def _locked(entry: NcicEntry, actor: User) -> NcicEntry:
    require_worker(actor)
    return (
        NcicEntry.objects.select_for_update(of=("self", "record"))
        .select_related("record__schedule_item")
        .get(pk=entry.pk)
    )


def _move(entry: NcicEntry, state: EntryState, *, refusal: str) -> None:
    if not policy.may_follow(entry.state, state, category=entry.category):
        raise ActionRefused(refusal, code="wrong-state")
    entry.state = state


def _start_the_period(entry: NcicEntry, *, at: datetime) -> None:
    record = entry.record
    record.cutoff_date = entry.removed_on
    record.save(update_fields=["cutoff_date"])
    recompute([record.pk], at=at)


def _transaction(
    entry: NcicEntry,
    kind: TransactionKind,
    *,
    code: str = "",
    ori: str = "",
    note: str = "",
    actor: User,
    at: datetime,
) -> NcicTransaction:
    done = NcicTransaction.objects.create(
        entry=entry,
        kind=kind,
        done_by=actor,
        done_at=at,
        ori=ori or entry.ori,
        nic=entry.nic,
        code=code,
        note=note.strip() or None,
    )
    _event(events.TRANSACTION_DONE, entry, actor=actor, at=at, transaction=kind.value)
    return done


def _event(kind: str, entry: NcicEntry, *, actor: User, at: datetime, **details: object) -> None:
    write_act(kind, entry.record, actor=actor, at=at, details=details)
