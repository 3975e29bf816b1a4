"""The verbs of the tip line: opening, closing, handing its records over.

Each is proposed by one person and decided by another. A file for the successor is made, kept and
accounted for in one transaction: whatever interrupts it leaves neither a file nor a release.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.actions import service_account
from accounts.choices import Role
from accounts.models import User
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from acrime.records.actions import hold_records
from acrime.records.choices import SubjectRole
from acrime.records.models import Record, RecordSubject
from acrime.tips import events, policy
from acrime.tips.choices import Decision, LineAct, PartKind, TipState
from acrime.tips.models import (
    LineChange,
    Tip,
    TipExport,
    TipExportItem,
    TipExportPart,
    TipSource,
)
from acrime.tips.querysets import open_line
from routine_uses.actions import disclose, refusals_are_kept
from routine_uses.choices import Field, Method, Paragraph, Purpose, RecipientType
from routine_uses.corrections.querysets import statement_for
from routine_uses.models import Recipient
from routine_uses.protected import protections_on
from routine_uses.scopes import DisclosedRecord

MOST_IN_A_FILE = 50
LETTER = "L"
FORM_ACCOUNT = "public-tip-form"
"""In whose name the public form writes. It reads no record and cannot sign in."""
_FIELDS = {
    PartKind.TIPS: (Field.TIP, Field.NAME, Field.ADDRESS),
    PartKind.SOURCES: (Field.TIP_SOURCE,),
}


# region: open and closed
@transaction.atomic
def propose_change(
    *,
    act: str,
    reason: str,
    instead: str = "",
    keeper: User | None = None,
    actor: User,
    at: datetime,
) -> LineChange:
    """Propose to open or close the tip line.

    Raises:
        ActionRefused: the actor's role may not, it stands so already, another proposal waits, no
            reason is given, or what the act needs is missing.
    """
    _require(actor)
    is_open = open_line() is not None
    if act not in LineAct.values or (act == LineAct.OPEN) == is_open:
        raise ActionRefused("The tip line stands so already.", code="act")
    if LineChange.objects.filter(decision=Decision.WAITS).exists():
        raise ActionRefused("Another proposal waits for its decision.", code="wrong-state")
    if not reason.strip():
        raise ActionRefused("Give a reason.", code="reason")
    if act == LineAct.CLOSE and not instead.strip():
        raise ActionRefused("Say where people turn instead.", code="instead")
    if act == LineAct.OPEN and (keeper is None or not keeper.has_role(Role.SUPERVISOR)):
        raise ActionRefused("Name the supervisor who answers for tips.", code="keeper")
    change = LineChange.objects.create(
        act=act,
        reason=reason.strip(),
        instead=instead.strip() if act == LineAct.CLOSE else "",
        keeper=keeper if act == LineAct.OPEN else None,
        account=service_account(username=FORM_ACCOUNT, full_name="Public tip form", at=at)
        if act == LineAct.OPEN
        else None,
        proposed_by=actor,
        proposed_at=at,
    )
    _event(events.LINE_PROPOSED, actor=actor, at=at, act=act)
    return change


@transaction.atomic
def decide_change(*, change: LineChange, agrees: bool, actor: User, at: datetime) -> None:
    """Decide as a second person about a change of the tip line.

    Raises:
        ActionRefused: the actor's role may not or the proposal is the actor's own, or it was
            decided already.
    """
    _require(actor)
    locked = LineChange.objects.select_for_update().get(pk=change.pk)
    _decide(locked, agrees=agrees, actor=actor, at=at)
    _event(events.LINE_DECIDED, actor=actor, at=at, act=locked.act, decision=locked.decision)


# endregion


# region: the successor
@transaction.atomic
def propose_export(*, recipient: Recipient, reason: str, actor: User, at: datetime) -> TipExport:
    """Propose to hand the records of the closed tip line over to a successor system.

    Raises:
        ActionRefused: the actor's role may not, the tip line is open, a proposal waits, no reason
            is given, or the successor is neither inside DHS nor a federal agency.
    """
    _require(actor)
    if open_line() is not None:
        raise ActionRefused("Close the tip line first.", code="line-open")
    if TipExport.objects.filter(decision=Decision.WAITS).exists():
        raise ActionRefused("Another proposal waits for its decision.", code="wrong-state")
    if not reason.strip():
        raise ActionRefused("Give a reason.", code="reason")
    if not recipient.is_active or recipient.type != RecipientType.FEDERAL:
        raise ActionRefused("The successor is a system of a federal agency.", code="recipient")
    export = TipExport.objects.create(
        recipient=recipient, reason=reason.strip(), proposed_by=actor, proposed_at=at
    )
    _event(events.EXPORT_PROPOSED, actor=actor, at=at, recipient_id=recipient.pk)
    return export


@transaction.atomic
def decide_export(*, export: TipExport, agrees: bool, actor: User, at: datetime) -> None:
    """Decide as a second person about handing records over.

    Raises:
        ActionRefused: the actor's role may not or the proposal is the actor's own, or it was
            decided already.
    """
    _require(actor)
    locked = TipExport.objects.select_for_update().get(pk=export.pk)
    _decide(locked, agrees=agrees, actor=actor, at=at)
    _event(events.EXPORT_DECIDED, actor=actor, at=at, decision=locked.decision)


@dataclass(frozen=True)
class Left:
    """What is not in a file yet, as far as somebody sees it.

    Attributes:
        tips, sources: how many go into the next files.
        protected: numbers of those about specially protected people, which need a disclosure each.
    """

    tips: int
    sources: int
    protected: tuple[str, ...]


def left_of(export: TipExport, user: User) -> Left:
    """What *user* can still put into a file of *export*."""
    tips, kept_back = _unprotected(_waiting(export, PartKind.TIPS, user))
    sources, _ = _unprotected(_waiting(export, PartKind.SOURCES, user))
    return Left(len(tips), len(sources), tuple(each.number for each in kept_back))


@refusals_are_kept
@transaction.atomic
def make_part(
    *, export: TipExport, kind: PartKind, attested: bool, actor: User, at: datetime
) -> TipExportPart:
    """Make the next file for the successor, with its accounting, from what the actor sees.

    Who reported tips goes into files of their own, made by whoever is named for it.

    Args:
        attested: that the successor has jurisdiction or a need to know (routine use L).

    Raises:
        ActionRefused: it was not approved, the tip line was opened again, or nothing is left.
        DisclosureRefused: the gate says no; the refusal is kept.
    """
    _require(actor)
    locked = (
        TipExport.objects.select_for_update(of=("self",))
        .select_related("recipient")
        .get(pk=export.pk)
    )
    if locked.decision != Decision.GRANTED:
        raise ActionRefused("A second person has not approved it.", code="wrong-state")
    if open_line() is not None:
        raise ActionRefused("Close the tip line first.", code="line-open")
    chosen = _unprotected(_waiting(locked, kind, actor))[0][:MOST_IN_A_FILE]
    if not chosen:
        raise ActionRefused("Nothing is left that you see.", code="nothing-left")
    hold_records(record_ids=[each.pk for each in chosen])
    rows = _tips_told(chosen) if kind == PartKind.TIPS else _sources_told(chosen)
    manifest = [
        {"number": row["number"], "sha256": hashlib.sha256(_written(row)).hexdigest()}
        for row in rows
    ]
    mark = hashlib.sha256(_written(manifest)).hexdigest()
    number = ""
    if not locked.recipient.inside_dhs:
        statement = statement_for([each.pk for each in chosen])
        number = disclose(
            actor=actor,
            at=at,
            records=_disclosed(chosen),
            recipient=locked.recipient,
            paragraph=Paragraph.B3,
            letter=LETTER,
            purpose=Purpose.REFERRAL,
            nature=f"Records of the closed tip line: {kind.label.lower()}",
            method=Method.ELECTRONIC,
            fields=_FIELDS[kind],
            conditions={"agency_concerned": "yes"} if attested else {},
            mark=mark,
            statement=statement,
            channel=Channel.PAGE,
        ).number
    content = _written(
        {
            "system": "DHS/ICE-007 ACRIMe, tips",
            "kind": kind.value,
            "made_at": at.isoformat(),
            "for": locked.recipient.name,
            "disclosure": number,
            "manifest": manifest,
            "manifest_sha256": mark,
            "records": rows,
        }
    )
    digest = hashlib.sha256(content).hexdigest()
    part = TipExportPart.objects.create(
        export=locked,
        kind=kind,
        content=content,
        sha256=digest,
        records=len(rows),
        made_by=actor,
        made_at=at,
        inside=locked.recipient.inside_dhs,
        disclosure_number=number,
    )
    for record in chosen:
        TipExportItem.objects.create(export=locked, part=part, record=record)
        record_event(
            kind=events.EXPORTED,
            actor=actor,
            at=at,
            channel=Channel.PAGE,
            record_id=record.pk,
            record_number=record.number,
            details={"sha256": digest, "disclosure": number},
        )
    _event(events.EXPORT_MADE, actor=actor, at=at, records=len(rows), sha256=digest)
    return part


def _waiting(export: TipExport, kind: PartKind, user: User) -> "QuerySet[Record]":
    """The records that *user* sees and that are in no file of *export* yet, oldest first."""
    rows = Record.objects.visible_to(user).exclude(
        pk__in=TipExportItem.objects.filter(export=export).values("record_id")
    )
    if kind == PartKind.TIPS:
        rows = rows.filter(tip__isnull=False).exclude(tip__state=TipState.NOT_KEPT)
    else:
        rows = rows.filter(tip_source__isnull=False).exclude(
            tip_source__tip__state=TipState.NOT_KEPT
        )
    return rows.order_by("created_at", "pk")


def _unprotected(rows: "QuerySet[Record]") -> tuple[list[Record], list[Record]]:
    """Those of *rows* about nobody who is specially protected, and the others."""
    every = list(rows)
    held = {each.record_id for each in protections_on([each.pk for each in every])}
    return (
        [each for each in every if each.pk not in held],
        [each for each in every if each.pk in held],
    )


def _tips_told(records: Sequence[Record]) -> list[dict[str, Any]]:
    told = []
    tips = Tip.objects.filter(pk__in=[each.pk for each in records]).select_related("record")
    for tip in tips.prefetch_related("persons", "files", "steps").order_by("pk"):
        told.append(
            {
                "number": tip.record.number,
                "received_on": tip.received_on.isoformat(),
                "came_by": tip.came_by,
                "matter": tip.matter,
                "state": tip.state,
                "result": tip.result,
                "result_note": tip.result_note or "",
                "speech": tip.speech,
                "text": tip.text or "",
                "happened": tip.happened or "",
                "place": tip.place or "",
                "persons": [
                    {
                        "name": each.name or "",
                        "description": each.description or "",
                        "place": each.place or "",
                    }
                    for each in tip.persons.all()
                ],
                "steps": [
                    {"kind": each.kind, "text": each.text, "at": each.done_at.isoformat()}
                    for each in tip.steps.all()
                ],
                "files": [
                    {
                        "type": each.media_type,
                        "sha256": each.sha256,
                        "content": base64.b64encode(bytes(each.content)).decode(),
                    }
                    for each in tip.files.all()
                ],
                "retention": "Ten years from the date of the tip (proposed)",
            }
        )
    return told


def _sources_told(records: Sequence[Record]) -> list[dict[str, Any]]:
    sources = TipSource.objects.filter(pk__in=[each.pk for each in records])
    return [
        {
            "number": each.record.number,
            "tip": each.tip.record.number,
            "name": each.name or "",
            "telephone": each.telephone or "",
            "email": each.email or "",
            "other": each.other or "",
            "may_contact": each.may_contact,
            "whole_text": each.whole_text or "",
        }
        for each in sources.select_related("record", "tip__record").order_by("pk")
    ]


def _disclosed(records: Iterable[Record]) -> list[DisclosedRecord]:
    found = []
    for record in records:
        links = RecordSubject.objects.filter(record=record, role=SubjectRole.SUBJECT)
        numbers = links.order_by("pk").values_list("individual__record__number", flat=True)
        found.append(DisclosedRecord(record.pk, record.number, tuple(dict.fromkeys(numbers))))
    return found


def _written(value: object) -> bytes:
    """*value* as JSON that comes out the same every time."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True).encode()


# endregion


def _decide(row: LineChange | TipExport, *, agrees: bool, actor: User, at: datetime) -> None:
    if row.decision != Decision.WAITS:
        raise ActionRefused("It was decided already.", code="wrong-state")
    if row.proposed_by_id == actor.pk:
        raise ActionRefused("Somebody else decides what you proposed.", code="own-work")
    row.decision = Decision.GRANTED if agrees else Decision.REFUSED
    row.decided_by, row.decided_at = actor, at
    row.save()


def _require(actor: User) -> None:
    if not actor.has_role(*policy.LINE_KEEPERS):
        raise ActionRefused("Your role does not decide about the tip line.", code="not-your-role")


def _event(kind: str, *, actor: User, at: datetime, **details: object) -> None:
    record_event(kind=kind, actor=actor, at=at, channel=Channel.PAGE, details=details)
