"""The verbs of responses. Releasing is where something leaves the agency."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import transaction

from accounts.choices import OfficeKind
from accounts.models import Office, User
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.common import outbox
from acrime.common.eastern import EASTERN
from acrime.common.errors import ActionRefused
from acrime.iaq.actions import mark_released
from acrime.iaq.choices import DeterminationState
from acrime.iaq.conclusions import RecordValue, record_from_json
from acrime.iaq.message import query_lines
from acrime.iaq.models import Determination, StatusQuery
from acrime.iaq.policy import PROGRAM_RULES
from acrime.iaq.programs.querysets import table_in_force
from acrime.iar import events, text
from acrime.iar.amending.actions import settle_amendment
from acrime.iar.amending.models import Amendment
from acrime.iar.amending.querysets import open_amendment
from acrime.iar.choices import AmendReason, Destination
from acrime.iar.delivering.actions import DELIVER
from acrime.iar.models import Delivery, StatusResponse
from acrime.iar.policy import disclosed_fields, purpose_of, state_of
from acrime.records.actions import (
    approve_record,
    inherit_limits,
    link_subject,
    open_record,
)
from acrime.records.choices import RecordKind, SubjectRole
from acrime.records.models import Record
from acrime.retention.actions import recompute
from routine_uses.actions import disclose, refusals_are_kept
from routine_uses.approvals.actions import ask_for_approval
from routine_uses.approvals.choices import ApprovalKind, Standing
from routine_uses.choices import DeliveryChannel, Method, Paragraph, Program, Protection
from routine_uses.corrections.policy import message_form
from routine_uses.corrections.querysets import statement_for
from routine_uses.models import Approval, Recipient
from routine_uses.policy import ConditionValue, DisclosureRequest, conditions_asked
from routine_uses.protected import codes_of, protections_on
from routine_uses.querysets import recipient_facts, rules_in_force
from routine_uses.redisclosure.policy import terms_for
from routine_uses.redisclosure.texts import Term, in_words
from routine_uses.scopes import DisclosedRecord, Scope, scope_of
from routine_uses.wizard.outlook import tasks_of

# The layout prints the support center's own time without a zone.

NATURE = "Immigration status response (IAR) to an immigration status query"
AMENDED_NATURE = "Amended immigration status response (IAR), in place of an earlier one"

STATEMENT_TITLE = "STATEMENT OF DISAGREEMENT"
DISPUTED = (
    "THE PERSON DISPUTES THIS RECORD. THE STATEMENT GOES WITH EVERY COPY OF IT (5 U.S.C. "
    "552A(D)(4)):"
)


@dataclass(frozen=True)
class Release:
    """What the person who releases decides.

    Attributes:
        office: the field office that answers for the person.
        letter: the routine use picked; the computed one unless overridden.
        computed_letter: the routine use that was shown as fitting.
        override_reason: why another letter than the computed one.
        attested: answers to the conditions of the letter.
    """

    office: Office | None
    letter: str = ""
    computed_letter: str = ""
    override_reason: str = ""
    attested: Mapping[str, ConditionValue] = field(default_factory=dict)


def recipient_of(query: StatusQuery) -> Recipient | None:
    """Who asked, from the directory: by the query's ORI."""
    return Recipient.objects.filter(ori=query.ori, is_active=True).first()


def offices_for(query: StatusQuery) -> list[Office]:
    """The field offices that answer for the place of arrest, or all where none is known."""
    amendment = open_amendment(query)
    if amendment:
        # Whoever got the first answer hears of the second.
        return [amendment.response.field_office]
    offices = Office.objects.filter(kind=OfficeKind.FIELD_OFFICE).order_by("name", "pk")
    known = offices.filter(states__contains=[state_of(query.arresting_ori or query.ori)])
    return list(known or offices)


def draft_text(query: StatusQuery, determination: Determination) -> str:
    """The text that would leave now.

    Raises:
        ResponseRefused: a value cannot be carried by the message.
    """
    asker = recipient_of(query)
    return text.compose_response(
        text.ResponseFacts(
            kind=determination.conclusion.kind,
            query_id=query.record.number,
            received_text=f"{query.received_at.astimezone(EASTERN):%m/%d/%y %I:%M:%S %p}",
            query_lines=query_lines(bytes(query.message.original)),
            record=record_values(determination),
            requesting_ori=query.ori,
            requesting_agency=asker.name if asker else "",
            requesting_phone=query.phone,
            annexes=annexes_for(query, determination),
            amends=_amends(open_amendment(query)),
        )
    )


def _amends(amendment: Amendment | None) -> text.Amends | None:
    """What an amended answer says of the one whose place it takes."""
    if amendment is None:
        return None
    former = amendment.response
    return text.Amends(
        number=former.record.number,
        released_text=f"{former.released_at.astimezone(EASTERN):%m/%d/%y %I:%M:%S %p}",
        reason=AmendReason(amendment.code).label.upper(),
    )


def annexes_for(query: StatusQuery, determination: Determination) -> tuple[text.Annex, ...]:
    """What goes along: terms that the layout does not say, and the statement of a dispute."""
    asker = recipient_of(query)
    terms = terms_of(query, determination, asker) if asker else []
    annexes = [
        text.Annex(term.title.upper(), (*term.paragraphs, f"({term.clause}; {term.version})"))
        for term in terms
        if not term.in_response
    ]
    if statement := statement_for([query.record.pk]):
        paragraphs = (DISPUTED, *message_form(statement).splitlines())
        annexes.append(text.Annex(STATEMENT_TITLE, paragraphs))
    return tuple(annexes)


def terms_of(query: StatusQuery, determination: Determination, recipient: Recipient) -> list[Term]:
    """The terms under which *recipient* may use the answer and pass it on.

    None where the answer stays inside. No letter that an answer leaves under changes them.
    """
    if PROGRAM_RULES[query.program].inside_only:
        return []
    return in_words(terms_for(gate_request(query, determination, recipient)))


def record_values(determination: Determination) -> dict[str, RecordValue]:
    """The values of a determination, dates as dates."""
    return record_from_json(json.loads(determination.values))


@refusals_are_kept
@transaction.atomic
def release_response(
    *, query: StatusQuery, release: Release, actor: User, at: datetime
) -> StatusResponse:
    """Release the approved answer: freeze it, account for it, and queue its copies.

    All of it is one transaction: where the accounting cannot be written, nothing leaves. Where
    an answer is being amended, this one takes its place, and goes to whoever got the first.

    Raises:
        ActionRefused: it is not approved, was released already, has no field office or
            no recipient in the directory.
        routine_uses.actions.DisclosureRefused: the gate says no; the refusal is kept.
        ResponseRefused: a value cannot be carried by the message.
    """
    locked = mark_released(query=query, actor=actor, at=at)
    determination = locked.determinations.get(state=DeterminationState.APPROVED)
    if release.office is None or release.office.kind != OfficeKind.FIELD_OFFICE:
        raise ActionRefused("Choose the responsible field office.", code="no-field-office")
    amendment = open_amendment(locked)
    if amendment and release.office.pk != amendment.response.field_office_id:
        raise ActionRefused(
            "The field office that got the first answer gets the amended one.", code="other-office"
        )
    inside_only = PROGRAM_RULES[locked.program].inside_only
    recipient = None if inside_only else _deliverable_recipient(locked)

    record = open_record(
        kind=RecordKind.RESPONSE,
        category=locked.record.category.number,
        schedule_code=locked.record.schedule_item.code,
        owner=locked.record.owner,
        creator=determination.author,
        at=at,
        channel=Channel.PAGE,
    )
    approve_record(record=record, actor=_reviewer(determination), at=at, channel=Channel.PAGE)
    # The response repeats the query, so whoever may not see one may not see the other.
    inherit_limits(record=record, source=locked.record, actor=actor, at=at, channel=Channel.PAGE)
    for link in locked.record.subjects.all():
        link_subject(
            record=record,
            individual_id=link.individual_id,
            role=SubjectRole.SUBJECT,
            reason=link.reason,
            actor=actor,
            at=at,
            channel=Channel.PAGE,
        )
    disclosure_number = (
        _account(locked, determination, record, recipient, release, actor=actor, at=at)
        if recipient
        else ""
    )
    body = draft_text(locked, determination)
    response = StatusResponse.objects.create(
        record=record,
        query=locked,
        determination=determination,
        text=body,
        text_sha256=hashlib.sha256(body.encode("ascii")).hexdigest(),
        inside_only=inside_only,
        field_office=release.office,
        disclosure_number=disclosure_number,
        released_by=actor,
        released_at=at,
        amends=amendment.response if amendment else None,
        amend_reason=amendment.code if amendment else "",
    )
    if amendment:
        settle_amendment(amendment, by=response, actor=actor, at=at)
    record_event(
        kind=events.RELEASED,
        actor=actor,
        at=at,
        channel=Channel.PAGE,
        record_id=record.pk,
        record_number=record.number,
        details={"disclosure": disclosure_number, "office": release.office.code},
    )
    recompute([locked.pk], at=at)
    _queue_copies(response, recipient, at=at)
    return response


def facts_for_gate(query: StatusQuery) -> dict[str, ConditionValue]:
    """The conditions that the query itself answers, by key; nobody attests them."""
    facts: dict[str, ConditionValue] = {}
    if query.fingerprint_based:
        facts["fingerprint_based"] = True
    if query.program == Program.BRADY:
        facts["firearm_check"] = True
    return facts


def gate_request(
    query: StatusQuery, determination: Determination, recipient: Recipient
) -> DisclosureRequest:
    """What the gate would be asked for this answer, without letter and attestations."""
    statement = statement_for([query.record.pk])
    protections = codes_of(protections_on([query.record.pk]))
    conditions = facts_for_gate(query)
    if Protection.VISA in protections:
        # The terms that such a record leaves under are the statement, and the text has them.
        conditions["ina222f_notice"] = True
    return DisclosureRequest(
        paragraph=Paragraph.B3,
        recipient=recipient_facts(recipient),
        fields=frozenset(disclosed_fields(record_values(determination))),
        purpose=purpose_of(program=query.program, fingerprint_based=query.fingerprint_based),
        program=query.program,
        conditions=conditions,
        protections=protections,
        disputed=query.record.disputed or bool(statement),
        statement_attached=bool(statement),
    )


def check_scope(
    query: StatusQuery, determination: Determination, recipient: Recipient, *, letter: str
) -> Scope:
    """What the (e)(6) check of this answer covers: this determination, and no later one."""
    asked = gate_request(query, determination, recipient)
    return scope_of(
        [DisclosedRecord(query.record.pk, query.record.number)],
        recipient_id=recipient.pk,
        fields=asked.fields,
        paragraph=asked.paragraph,
        letter=letter,
        purpose=asked.purpose,
        mark=f"determination {determination.pk}",
    )


@transaction.atomic
def ask_for_check(
    *,
    query: StatusQuery,
    letter: str,
    reason: str,
    kind: ApprovalKind = ApprovalKind.ACCURACY,
    actor: User,
    at: datetime,
) -> Approval:
    """Ask for an approval that an answer needs: by default for the (e)(6) check.

    Any but a federal agency needs that one, which a supervisor other than whoever asks makes.
    What opens a special protection is decided by whom ``routine_uses.approvals`` names.

    Raises:
        ActionRefused: the answer is not approved, has no recipient, needs no such approval,
            or one was asked for already.
    """
    determination = query.determinations.filter(state=DeterminationState.APPROVED).first()
    if determination is None or PROGRAM_RULES[query.program].inside_only:
        raise ActionRefused("Nothing waits to be released.", code="wrong-state")
    recipient = _deliverable_recipient(query)
    return ask_for_approval(
        kind=kind,
        records=[DisclosedRecord(query.record.pk, query.record.number)],
        recipient=recipient,
        scope=check_scope(query, determination, recipient, letter=letter),
        reason=reason,
        actor=actor,
        at=at,
        channel=Channel.PAGE,
    )


def _account(
    query: StatusQuery,
    determination: Determination,
    record: Record,
    recipient: Recipient,
    release: Release,
    *,
    actor: User,
    at: datetime,
) -> str:
    asked = gate_request(query, determination, recipient)
    subjects = query.record.subjects.order_by("pk")
    # Somebody may have more than one role in a record.
    persons = tuple(dict.fromkeys(subjects.values_list("individual__record__number", flat=True)))
    scope = check_scope(query, determination, recipient, letter=release.letter)
    rule = rules_in_force(at).get(release.letter)
    granted = {
        task.condition.key: task.approval.number
        for task in tasks_of(
            conditions_asked(replace(asked, letter=release.letter), rule), scope, at=at
        )
        if task.approval and task.standing is Standing.GRANTED
    }
    disclosure = disclose(
        actor=actor,
        at=at,
        records=[
            DisclosedRecord(query.record.pk, query.record.number, persons),
            DisclosedRecord(record.pk, record.number, persons, made_by_it=True),
        ],
        recipient=recipient,
        paragraph=asked.paragraph,
        letter=release.letter,
        computed_letter=release.computed_letter,
        override_reason=release.override_reason,
        purpose=asked.purpose,
        nature=AMENDED_NATURE if open_amendment(query) else NATURE,
        method=Method.ELECTRONIC,
        fields=asked.fields,
        # What the query answers by itself cannot be attested otherwise.
        conditions={**release.attested, **asked.conditions, **granted},
        program=asked.program,
        mark=scope.mark,
        disputed=asked.disputed,
        statement=statement_for([query.record.pk]),
        channel=Channel.PAGE,
    )
    return disclosure.number


def _reviewer(determination: Determination) -> User:
    if determination.reviewer is None:
        raise ActionRefused("Nobody has reviewed this determination.", code="wrong-state")
    return determination.reviewer


def _deliverable_recipient(query: StatusQuery) -> Recipient:
    recipient = recipient_of(query)
    if recipient is None:
        raise ActionRefused(
            "The directory has no recipient with this query's ORI. "
            "A privacy officer must add it before anything can leave.",
            code="no-recipient",
            clause="5 U.S.C. 552a(c)(1)(B)",
        )
    terms = table.terms.get(query.program) if (table := table_in_force()) else None
    if terms and recipient.type not in terms.recipients:
        raise ActionRefused(
            "The program of this query does not answer this kind of recipient.",
            code="recipient-not-of-program",
        )
    if recipient.delivery_channel == DeliveryChannel.NONE:
        raise ActionRefused(
            "The directory does not say how this recipient is reached.", code="no-channel"
        )
    return recipient


def _queue_copies(response: StatusResponse, recipient: Recipient | None, *, at: datetime) -> None:
    number = response.record.number
    office = response.field_office
    copies = [
        Delivery(
            response=response,
            destination=Destination.FIELD_OFFICE,
            addressee=office.name,
            channel=DeliveryChannel.SPOOL,
            target=f"office-{office.code.lower()}",
            key=f"{number}-office",
        )
    ]
    if recipient:
        copies.append(
            Delivery(
                response=response,
                destination=Destination.REQUESTER,
                addressee=recipient.name,
                channel=recipient.delivery_channel,
                target=recipient.delivery_target,
                key=f"{number}-requester",
            )
        )
    for delivery in copies:
        # One by one: the change history does not see rows written in bulk.
        delivery.save()
        outbox.enqueue(topic=DELIVER, key=delivery.key, payload={"delivery": delivery.pk}, at=at)
