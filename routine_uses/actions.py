"""The verbs: add a recipient, disclose.

``disclose`` is the one door: nothing leaves DHS but through it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import transaction

from accounts.models import User
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel, Outcome
from acrime.common.eastern import portal_day
from acrime.common.errors import ActionRefused
from acrime.common.numbers import new_number
from routine_uses import events, policy, verification
from routine_uses.accounts_of.people import people
from routine_uses.approvals.actions import use_approvals
from routine_uses.approvals.querysets import facts_for, named_in, with_findings
from routine_uses.choices import Answer, DeliveryChannel, Method, Paragraph, Purpose
from routine_uses.corrections.policy import carries
from routine_uses.corrections.querysets import statement_for
from routine_uses.documents import Row, add_document
from routine_uses.models import (
    Approval,
    DisclosedRecordLink,
    DisclosedSubject,
    Disclosure,
    DisclosureSeries,
    Recipient,
)
from routine_uses.protected import codes_of, protections_on
from routine_uses.querysets import (
    NoNoticeInForce,
    notice_in_force,
    quoted_rule,
    recipient_facts,
    rules_of,
)
from routine_uses.redisclosure.policy import terms_for
from routine_uses.redisclosure.texts import in_words
from routine_uses.repeating.policy import Transmission, objections
from routine_uses.repeating.querysets import category_of, kept_of
from routine_uses.scopes import DisclosedRecord as DisclosedRecord
from routine_uses.scopes import scope_of

NUMBER_PREFIX = "DIS"
OVERRIDE_KEY = "override_reason"

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


# region: disclosing
@dataclass(frozen=True)
class Attempt:
    """What the ledger keeps of a refused disclosure: codes and numbers only."""

    actor: User
    at: datetime
    channel: Channel
    records: tuple[DisclosedRecord, ...]
    purpose: str
    paragraph: str
    letter: str
    recipient_id: int
    recipient_type: str


class DisclosureRefused(ActionRefused):
    """The gate said no, or that something is still needed. Nothing left.

    Attributes:
        verdict: the gate's answer, with every reason and need.
        quote: the clause in the words of the official text, where that was attached.
        attempt: who tried what, for the ledger.
    """

    def __init__(self, verdict: policy.Verdict, *, attempt: Attempt) -> None:
        needs = verdict.outcome is policy.Outcome.NEEDS
        super().__init__(
            " ".join(verdict.reasons),
            code="disclosure-needs" if needs else "disclosure-refused",
            clause=verdict.clause,
        )
        self.verdict = verdict
        self.quote = verdict.quote
        self.attempt = attempt


def disclose(
    *,
    actor: User,
    at: datetime,
    records: Sequence[DisclosedRecord],
    recipient: Recipient,
    paragraph: str,
    letter: str = "",
    purpose: str,
    nature: str,
    method: str,
    fields: Iterable[str],
    conditions: Mapping[str, policy.ConditionValue],
    program: str = "",
    override_reason: str = "",
    computed_letter: str = "",
    series: DisclosureSeries | None = None,
    mark: str = "",
    protections: Iterable[str] = (),
    disputed: bool = False,
    statement: str = "",
    channel: Channel,
) -> Disclosure:
    """Let something out, and account for it, in the caller's own transaction.

    The accounting row, its document and the event are written together with what the
    caller writes. If any of them cannot be, all of it is rolled back and nothing leaves.

    Args:
        purpose: code (``choices.Purpose``).
        nature: what is disclosed, in words, without personal data.
        fields: codes of exactly what goes out (``choices.Field``).
        conditions: answers by condition key, see ``policy``. What a named role must
            decide, the (e)(6) check for a recipient that is no federal agency among it, is
            answered by the number of a granted approval and by nothing else; what was found
            in it counts, and not what is given here under the same key.
        computed_letter: the routine use that the person was shown as fitting. The gate
            computes it again; a difference is refused, so that nobody releases on a
            ground that has changed meanwhile.
        override_reason: why another letter than the computed one was taken.
        series: the category of repeating disclosures that it is accounted for under. The
            gate is asked in full all the same, and the category must cover it.
        mark: the state of the contents, as it was when approvals were asked for.
        protections: codes of special protection that the discloser knows of. Those that are
            on record for the people whom the records are about count whatever is said.
        disputed, statement: whether any of the records is marked as disputed, and the
            statement that goes with it; what is owed for the records is in
            ``corrections.querysets.statement_for``, and asked for here whatever is said.

    Returns:
        The accounting row, with number, verification code and document.

    Raises:
        DisclosureRefused: the gate refuses or needs something (see ``refusals_are_kept``).
        RuntimeError: there is no transaction to join.
        UnableToRenderPdf, UnableToSeal: the disclosure record could not be made.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A disclosure joins the transaction of the act that releases it.")
    attempt = Attempt(
        actor=actor,
        at=at,
        channel=channel,
        records=tuple(records),
        purpose=purpose,
        paragraph=paragraph,
        letter=letter,
        recipient_id=recipient.pk,
        recipient_type=recipient.type,
    )
    scope = scope_of(
        records,
        recipient_id=recipient.pk,
        fields=fields,
        paragraph=paragraph,
        letter=letter,
        purpose=purpose,
        mark=mark,
    )
    named = named_in(conditions.values())
    # Whoever calls: a statement that is owed goes along word for word, or nothing leaves.
    owed = statement_for([record.record_id for record in records])
    disputed = disputed or bool(owed)
    known = codes_of(protections_on(record.record_id for record in records))
    request = policy.DisclosureRequest(
        paragraph=paragraph,
        letter=letter,
        recipient=recipient_facts(recipient, at=at),
        fields=scope.fields,
        purpose=purpose,
        program=program,
        conditions=dict(conditions),
        approvals=facts_for(named, scope=scope, discloser=actor, at=at),
        protections=frozenset(protections) | known,
        disputed=disputed,
        statement_attached=bool(statement.strip()) and carries(statement, owed),
    )
    try:
        version = notice_in_force(at)
    except NoNoticeInForce as reason:
        raise DisclosureRefused(_refusal(reason.clause, reason.message), attempt=attempt) from None
    rules = rules_of(version)
    asked = [each for _, each in policy.conditions_asked(request, rules.get(letter))]
    request = replace(request, conditions=with_findings(request.conditions, asked, named))
    verdict = policy.judge(request, rules.get(letter))
    if not verdict.allowed:
        # Only a refusal quotes the notice, so only then are its words fetched.
        quoted = policy.judge(request, quoted_rule(version, letter))
        raise DisclosureRefused(quoted, attempt=attempt)
    expected = _expected_letter(request, rules)
    objection = _objection(
        attempt=attempt,
        recipient=recipient,
        nature=nature,
        method=method,
        shown=computed_letter,
        expected=expected,
        override_reason=override_reason,
    )
    if objection:
        raise DisclosureRefused(objection, attempt=attempt)
    if series:
        sent = Transmission(
            on=portal_day(at),
            recipient_id=recipient.pk,
            ground=(paragraph, letter),
            purpose=purpose,
            nature=nature,
            method=method,
            fields=request.fields,
        )
        if uncovered := objections(category_of(series, held=True), sent):
            reasons = tuple(each.reason for each in uncovered)
            outside = policy.Verdict(policy.Outcome.REFUSED, uncovered[0].clause, reasons)
            raise DisclosureRefused(outside, attempt=attempt)

    used = _asked_for(named, asked, request.conditions)
    checked_by = used[policy.ACCURACY_KEY].decided_by if policy.ACCURACY_KEY in used else None
    disclosure = Disclosure(
        number=new_number(NUMBER_PREFIX, at=at),
        disclosed_at=at,
        nature=nature.strip(),
        purpose_code=purpose,
        purpose=Purpose(purpose).label,
        method=method,
        fields=sorted(request.fields),
        recipient=recipient,
        recipient_name=recipient.name,
        recipient_address="\n".join(recipient.address_lines),
        recipient_type=recipient.type,
        paragraph=paragraph,
        letter=letter,
        computed_letter=expected,
        override_reason=override_reason.strip() if letter != expected else "",
        clause=verdict.clause,
        conditions=dict(request.conditions),
        notice_version=version,
        program=program,
        protections=sorted(request.protections),
        disputed=disputed,
        statement=statement.strip(),
        terms=[term.as_data() for term in in_words(terms_for(request))],
        discloser=actor,
        discloser_name=actor.full_name,
        discloser_title=actor.title,
        discloser_office=actor.office.name if actor.office else "",
        accuracy_checked_by=checked_by,
        accuracy_checked_by_name=checked_by.full_name if checked_by else "",
        channel=channel,
        record_ids=[record.record_id for record in records],
        record_numbers=[record.number for record in records],
        **kept_of(series),
    )
    facts = verification.facts_of(disclosure)
    disclosure.verification_code = verification.code_for(facts)
    disclosure.facts_sha256 = verification.facts_hash(facts)
    add_document(
        disclosure,
        ground=verdict.reasons[0],
        records=[Row(record.number, record.persons) for record in records],
    )
    disclosure.save(force_insert=True)
    DisclosedRecordLink.objects.bulk_create(
        DisclosedRecordLink(
            disclosure=disclosure,
            record_id=record.record_id,
            record_number=record.number,
            made_by_it=record.made_by_it,
        )
        for record in records
    )
    use_approvals(approvals=used.values(), disclosure=disclosure)
    _write_subjects(disclosure)
    record_event(
        kind=events.DISCLOSURE_MADE,
        actor=actor,
        at=at,
        channel=channel,
        purpose=purpose,
        details=_details(attempt, verdict.clause)
        | {
            "disclosure": disclosure.number,
            "approvals": [approval.number for approval in used.values()],
        }
        | ({"series": series.number} if series else {}),
        **_about(attempt.records),
    )
    return disclosure


def refusals_are_kept(action: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Decorate an outermost action so that a refused disclosure is written down.

    A refusal rolls back everything that the action wrote, the trace of the attempt with
    it. This stands outside the transaction (above ``@transaction.atomic``), writes the
    refusal in one of its own, and raises it on.

    Raises:
        RuntimeError: the action was called inside a transaction, where the trace would
            be lost with it.
    """

    @wraps(action)
    def kept(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        # A durable block refuses to be nested, but for the transaction around a test.
        with transaction.atomic(durable=True):
            pass
        try:
            return action(*args, **kwargs)
        except DisclosureRefused as refused:
            _keep_refusal(refused)
            raise

    return kept


def _keep_refusal(refused: DisclosureRefused) -> None:
    attempt = refused.attempt
    with transaction.atomic():
        record_event(
            kind=events.DISCLOSURE_REFUSED,
            actor=attempt.actor,
            at=attempt.at,
            channel=attempt.channel,
            outcome=Outcome.REFUSED,
            purpose=attempt.purpose,
            details=_details(attempt, refused.clause)
            | {"code": refused.code, "needs": [need.key for need in refused.verdict.needs]},
            **_about(attempt.records),
        )


def _asked_for(
    named: Iterable[Approval],
    asked: Iterable[policy.Condition],
    answers: Mapping[str, policy.ConditionValue],
) -> dict[str, Approval]:
    """The approvals that the ground asked for, by condition key; others stay unused."""
    by_number = {approval.number: approval for approval in named}
    return {
        condition.key: by_number[str(answers[condition.key])]
        for condition in asked
        if condition.answer == Answer.APPROVAL and str(answers.get(condition.key)) in by_number
    }


def _expected_letter(request: policy.DisclosureRequest, rules: Mapping[str, policy.Rule]) -> str:
    if request.paragraph != Paragraph.B3.value:
        return ""
    return policy.suggested_letter(request, rules)


def _objection(
    *,
    attempt: Attempt,
    recipient: Recipient,
    nature: str,
    method: str,
    shown: str,
    expected: str,
    override_reason: str,
) -> policy.Verdict | None:
    """What the rules of the notice do not say, but the accounting needs."""
    if attempt.paragraph == Paragraph.B1.value:
        return _refusal(
            f"{policy.STATUTE}(c)(1)", "No disclosure: this is a copy inside the agency."
        )
    if attempt.paragraph == Paragraph.B2.value:
        return _refusal(
            f"{policy.STATUTE}(c)(1)",
            "A release under the Freedom of Information Act is kept in the request's own file.",
        )
    if not recipient.is_active:
        return _refusal(f"{policy.STATUTE}(c)(1)(B)", "The recipient is no longer in use.")
    if not attempt.records or not nature.strip() or method not in Method.values:
        return _refusal(
            f"{policy.STATUTE}(c)(1)(A)",
            "Records, nature and method of the disclosure must be named.",
        )
    if attempt.purpose not in Purpose.values:
        return _refusal(f"{policy.STATUTE}(c)(1)(A)", "The purpose must be named.")
    if shown and shown != expected:
        return _refusal(
            f"{policy.STATUTE}(b)(3)",
            "The ground that was shown no longer fits. Look at the disclosure again.",
        )
    if attempt.letter != expected and not override_reason.strip():
        question = f"Why another ground than routine use {expected or 'none'}?"
        need = policy.Need(OVERRIDE_KEY, question, f"{policy.STATUTE}(b)(3)")
        return policy.Verdict(policy.Outcome.NEEDS, need.clause, (question,), (need,))
    return None


def _write_subjects(disclosure: Disclosure) -> None:
    """Write down whom the disclosed records are about today: the records may go first."""
    about_whom = people().of_records(disclosure.record_ids)
    individuals = sorted({each for found in about_whom.values() for each in found})
    DisclosedSubject.objects.bulk_create(
        DisclosedSubject(disclosure=disclosure, individual_id=each) for each in individuals
    )


def _refusal(clause: str, reason: str) -> policy.Verdict:
    return policy.Verdict(policy.Outcome.REFUSED, clause, (reason,))


def _details(attempt: Attempt, clause: str) -> dict[str, Any]:
    return {
        "paragraph": attempt.paragraph,
        "letter": attempt.letter,
        "clause": clause,
        "recipient_id": attempt.recipient_id,
        "recipient_type": attempt.recipient_type,
        "records": [record.number for record in attempt.records],
    }


def _about(records: Sequence[DisclosedRecord]) -> dict[str, Any]:
    """The ledger's columns for the record, where it is one; its details name them all."""
    if len(records) != 1:
        return {}
    return {"record_id": records[0].record_id, "record_number": records[0].number}


# endregion


# region: recipients
def add_recipient(
    *,
    actor: User | None,
    at: datetime,
    name: str,
    type: str,
    address_lines: Sequence[str],
    agency_tag: str = "",
    ori: str = "",
    jurisdiction: str = "",
    phone: str = "",
    is_bail_bond: bool = False,
    inside_dhs: bool = False,
    delivery_channel: str = DeliveryChannel.NONE,
    delivery_target: str = "",
    channel: Channel,
) -> Recipient:
    """Add a recipient to the directory.

    Raises:
        ActionRefused: the name or the address is missing, or the ORI is in use.
    """
    lines = [line.strip() for line in address_lines if line.strip()]
    if not name.strip() or not lines:
        raise ActionRefused(
            "A recipient has a name and an address.",
            code="recipient-incomplete",
            clause=f"{policy.STATUTE}(c)(1)(B)",
        )
    ori = ori.strip().upper()
    if ori and Recipient.objects.filter(ori=ori).exists():
        raise ActionRefused("Another recipient has that ORI.", code="recipient-ori-in-use")
    with transaction.atomic():
        recipient = Recipient.objects.create(
            name=name.strip(),
            type=type,
            agency_tag=agency_tag,
            address_lines=lines,
            ori=ori,
            jurisdiction=jurisdiction.strip(),
            phone=phone.strip(),
            is_bail_bond=is_bail_bond,
            inside_dhs=inside_dhs,
            delivery_channel=delivery_channel,
            delivery_target=delivery_target,
            added_at=at,
        )
        record_event(
            kind=events.RECIPIENT_ADDED,
            actor=actor,
            at=at,
            channel=channel,
            details={"recipient_id": recipient.pk, "type": type},
        )
    return recipient


# endregion
