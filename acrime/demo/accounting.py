"""What the privacy office does in the story: an accounting, a wrong entry, its correction."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.individuals.models import Individual
from routine_uses.accounts_of.actions import (
    decide_supersession,
    prepare_copy,
    propose_supersession,
)
from routine_uses.accounts_of.people import Person, people
from routine_uses.accounts_of.querysets import about
from routine_uses.actions import DisclosedRecord, add_recipient, disclose
from routine_uses.choices import Field, Method, Paragraph, Purpose, RecipientType
from routine_uses.models import Disclosure, Recipient


def tell_of_accounting(people_: Mapping[str, User], *, at: datetime) -> None:
    """A person whose record went to the FBI and, on its head's request, to the police."""
    person = _person("FACTICE", people_["privacy"])
    police = _police(people_["privacy"], at=at - timedelta(days=2))
    wrong = _to_the_police(person, police, people_["supervisor"], at=at - timedelta(hours=20))
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


@transaction.atomic
def _to_the_police(
    person: Person, police: Recipient, supervisor: User, *, at: datetime
) -> Disclosure:
    return disclose(
        actor=supervisor,
        at=at,
        records=[DisclosedRecord(person.record_id, person.number)],
        recipient=police,
        paragraph=Paragraph.B7,
        purpose=Purpose.LAW_ENFORCEMENT,
        nature="Copy of the status response of the day before",
        method=Method.PAPER,
        fields=[Field.NAME, Field.DATE_OF_BIRTH, Field.IMMIGRATION_STATUS],
        conditions={
            "head_request": "Letter of the chief of police of the week before",
            "signer": "HEAD",
            "portion": "The status response",
            "activity": "Burglary investigation SF-12",
            "activity_authorized": True,
        },
        accuracy_checked_by=supervisor,
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
