"""What the privacy office does in the story: an accounting, a wrong entry, its correction."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.demo.papers import empty_paper
from acrime.individuals.models import Individual
from routine_uses.accounts_of.actions import (
    decide_supersession,
    prepare_copy,
    propose_supersession,
)
from routine_uses.accounts_of.people import Person, people
from routine_uses.accounts_of.querysets import about
from routine_uses.actions import DisclosedRecord, add_recipient, disclose
from routine_uses.approvals.actions import ask_for_approval, grant_approval
from routine_uses.approvals.choices import ApprovalKind
from routine_uses.choices import Field, Method, Paragraph, Purpose, RecipientType
from routine_uses.corrections.actions import correct_value, note_dispute, send_letter
from routine_uses.corrections.choices import SentBy
from routine_uses.corrections.records import records
from routine_uses.models import Disclosure, Recipient
from routine_uses.policy import ACCURACY_KEY, ConditionValue
from routine_uses.scopes import scope_of


def tell_of_accounting(people_: Mapping[str, User], *, at: datetime) -> None:
    """A person whose record went to the FBI and, on its head's request, to the police."""
    person = _person("FACTICE", people_["privacy"])
    police = _police(people_["privacy"], at=at - timedelta(days=2))
    wrong = _to_the_police(person, police, people_, at=at - timedelta(hours=20))
    _corrected(wrong, people_, at=at - timedelta(hours=6))
    _for_the_subject(person, people_["privacy"], at=at - timedelta(hours=2))
    # One correction waits for its second person.
    propose_supersession(
        disclosure=about(_person("ESEMPIO", people_["privacy"]))[0],
        changes={"nature": "Immigration status response (IAR), sent a second time on request"},
        reason="The entry does not say that the response went out again.",
        actor=people_["privacy"],
        at=at - timedelta(hours=1),
        channel=Channel.COMMAND,
    )


def tell_of_corrections(people_: Mapping[str, User], *, at: datetime) -> None:
    """A date of birth is corrected, and a removal that is about to be told is disputed."""
    privacy = people_["privacy"]
    person = records().find(_person("FACTICE", privacy).number, privacy)
    assert person is not None
    born = next(at for at, held in enumerate(person.values) if held.field == Field.DATE_OF_BIRTH)
    case = correct_value(
        record=person,
        position=born,
        value="1969-08-18",
        reason="The passport that came with the request says otherwise.",
        reference="Request for amendment PA-2026-0013",
        actor=privacy,
        at=at - timedelta(minutes=50),
        channel=Channel.COMMAND,
    )
    send_letter(
        letter=case.letters.all()[0],
        how=SentBy.ELECTRONIC,
        actor=privacy,
        at=at - timedelta(minutes=40),
        channel=Channel.COMMAND,
    )
    ready = Individual.objects.get(names__last="SPECIMEN", names__first__startswith="AVERY")
    disputing = records().find(ready.record.number, privacy)
    assert disputing is not None
    note_dispute(
        record=disputing,
        fields=[Field.REMOVAL_HISTORY],
        statement="I was never removed. In June 2011 I was at school; my school has the lists.",
        agency_reasons="The fingerprints taken at the removal are those of this person.",
        reason="The amendment was refused; the individual filed a statement.",
        reference="Request for amendment PA-2026-0014",
        actor=privacy,
        at=at - timedelta(minutes=30),
        channel=Channel.COMMAND,
    )
    told = records().find(_person("ESEMPIO", privacy).number, privacy)
    assert told is not None
    note_dispute(
        record=told,
        fields=[Field.IMMIGRATION_STATUS],
        statement="I have been a citizen since May. The record says that I am a resident.",
        reason="The individual filed a statement; the file is being looked for.",
        reference="Request for amendment PA-2026-0015",
        actor=privacy,
        at=at - timedelta(minutes=20),
        channel=Channel.COMMAND,
    )


def _person(last: str, user: User) -> Person:
    number = Individual.objects.get(names__last=last).record.number
    found = people().find(number, user)
    assert found is not None
    return found


def _police(privacy: User, *, at: datetime) -> Recipient:
    return add_recipient(
        actor=privacy,
        at=at,
        name="Sample Falls Police Department (synthetic)",
        type=RecipientType.LOCAL,
        address_lines=["1 Example Street", "Sample Falls, VT 05000"],
        ori="VT9990002",
        channel=Channel.COMMAND,
    )


def _to_the_police(
    person: Person, police: Recipient, people_: Mapping[str, User], *, at: datetime
) -> Disclosure:
    """By the supervisor, once the request was read and a second supervisor checked the record."""
    supervisor = people_["supervisor"]
    records_ = [DisclosedRecord(person.record_id, person.number)]
    fields = [Field.NAME, Field.DATE_OF_BIRTH, Field.IMMIGRATION_STATUS]
    scope = scope_of(
        records_,
        recipient_id=police.pk,
        fields=fields,
        paragraph=Paragraph.B7,
        letter="",
        purpose=Purpose.LAW_ENFORCEMENT,
    )

    def granted(
        kind: ApprovalKind, by: str, findings: Mapping[str, str], papers: Mapping[str, bytes]
    ) -> str:
        asked = ask_for_approval(
            kind=kind,
            records=records_,
            recipient=police,
            scope=scope,
            reason="The chief of police asked for it in writing.",
            actor=supervisor,
            at=at - timedelta(hours=2),
            channel=Channel.COMMAND,
            papers=papers.items(),
        )
        return grant_approval(
            approval=asked,
            reason="Read and in order.",
            findings=findings,
            actor=people_[by],
            at=at - timedelta(hours=1),
            channel=Channel.COMMAND,
        ).number

    found = {
        "signer": "HEAD",
        "portion": "The status response",
        "activity": "Burglary investigation SF-12",
    }
    letter = {"letter-sf-12.pdf": empty_paper()}
    conditions: dict[str, ConditionValue] = {
        "head_request": granted(ApprovalKind.HEAD_REQUEST, "privacy", found, letter),
        ACCURACY_KEY: granted(ApprovalKind.ACCURACY, "chief", {}, {}),
        "activity_authorized": True,
    }
    with transaction.atomic():
        return disclose(
            actor=supervisor,
            at=at,
            records=records_,
            recipient=police,
            paragraph=Paragraph.B7,
            purpose=Purpose.LAW_ENFORCEMENT,
            nature="Copy of the status response of the day before",
            method=Method.PAPER,
            fields=fields,
            conditions=conditions,
            channel=Channel.COMMAND,
        )


def _corrected(wrong: Disclosure, people_: Mapping[str, User], *, at: datetime) -> None:
    proposal = propose_supersession(
        disclosure=wrong,
        changes={"fields": [Field.NAME, Field.IMMIGRATION_STATUS]},
        reason="The date of birth was blacked out on the copy that left.",
        actor=people_["privacy"],
        at=at,
        channel=Channel.COMMAND,
    )
    decide_supersession(
        proposal=proposal,
        approve=True,
        actor=people_["privacy2"],
        at=at + timedelta(hours=1),
        channel=Channel.COMMAND,
    )


def _for_the_subject(person: Person, privacy: User, *, at: datetime) -> None:
    standing = about(person).filter(superseded_by__isnull=True)
    prepare_copy(
        person=person,
        request_reference="Request of the person, PA-2026-0012",
        claims={},
        seen=[each.number for each in standing],
        actor=privacy,
        at=at,
        channel=Channel.COMMAND,
    )
