"""After the answer: an amended one, a follow-up, replies, a copy that fails, another wording."""

from dataclasses import replace
from datetime import datetime, timedelta

from accounts.models import Office, User
from acrime.audit.choices import Channel
from acrime.common import outbox
from acrime.common.models import OutboxMessage
from acrime.iaq import actions as iaq
from acrime.iaq.choices import ResearchSource
from acrime.iaq.kinds.querysets import conclusion_in_force
from acrime.iaq.models import StatusQuery
from acrime.iar.actions import Release, ask_for_check, release_response
from acrime.iar.amending.actions import amend_response
from acrime.iar.choices import AmendReason, Destination, Outcome
from acrime.iar.delivering.actions import DELIVER
from acrime.iar.following.actions import write_follow_up
from acrime.iar.models import Delivery, StatusResponse
from acrime.iar.replies.actions import receive_reply
from acrime.iar.wording.actions import propose_wording
from routine_uses.approvals.actions import grant_approval

People = dict[str, User]


def tell_of_answers(people: People, *, failing: StatusQuery, at: datetime) -> None:
    """Tell it about the answers of the story.

    Args:
        failing: an approved firearm check whose sender is on no list of hosts.
    """
    _amended(people, at=at)
    _followed_up(people, at=at)
    _came_back(people, at=at)
    _failed(people, failing, at=at)
    _another_wording(people, at=at)


def _answer_to(last: str) -> StatusResponse:
    return StatusResponse.objects.newest().get(query__last=last)


def _amended(people: People, *, at: datetime) -> None:
    first = _answer_to("ESEMPIO")
    amend_response(
        response=first,
        code=AmendReason.LATER_RECORD,
        reason="The file names a later entry that the index did not show.",
        actor=people["analyst2"],
        at=at - timedelta(hours=5),
    )
    query = StatusQuery.objects.select_related("record").get(pk=first.query_id)
    iaq.add_research_step(
        query=query,
        source=ResearchSource.A_FILE,
        looked_at=at - timedelta(hours=5),
        finding="Resident since 2012, as the paper file shows.",
        actor=people["analyst2"],
        at=at - timedelta(hours=5),
    )
    iaq.submit_determination(
        query=query,
        kind="LAWFUL_PERMANENT_RESIDENT",
        values={
            "name": "ESEMPIO, DARIO",
            "dob": "1987-11-18",
            "arn": "A099000310",
            "resident_since": "2012-04-17",
        },
        basis="The paper file tells the day; nothing else changes.",
        actor=people["analyst2"],
        at=at - timedelta(hours=4, minutes=50),
    )
    iaq.approve_determination(
        query=query, actor=people["supervisor"], at=at - timedelta(hours=4, minutes=40)
    )
    release_response(
        query=query,
        release=Release(office=_boston(), letter="X", computed_letter="X"),
        actor=people["analyst2"],
        at=at - timedelta(hours=4, minutes=30),
    )


def _followed_up(people: People, *, at: datetime) -> None:
    write_follow_up(
        response=_answer_to("FACTICE"),
        outcome=Outcome.NO_ACTION,
        reason="A permanent resident without a conviction.",
        happened_at=at - timedelta(hours=20),
        actor=people["field"],
        at=at - timedelta(hours=19),
    )


def _came_back(people: People, *, at: datetime) -> None:
    text = str(_answer_to("FACTICE").text)
    for raw in (
        text.replace("DOB/ 19690808\n", "DOB/ 19690880\n").encode("ascii"),
        b"ACKNOWLEDGEMENT\nREFERENCE: IAR-2026-0000-0000-requester\nRECEIPT: 4711\n",
    ):
        receive_reply(raw, actor=people["analyst"], at=at, channel=Channel.COMMAND)


def _failed(people: People, query: StatusQuery, *, at: datetime) -> None:
    check = ask_for_check(
        query=query,
        letter="I",
        reason="The answer goes to an agency of a state.",
        actor=people["supervisor"],
        at=at,
    )
    grant_approval(
        approval=check,
        reason="Compared with the index: nothing has changed since.",
        findings={},
        actor=people["chief"],
        at=at,
        channel=Channel.COMMAND,
    )
    response = release_response(
        query=query,
        release=Release(office=_boston(), letter="I", computed_letter="I"),
        actor=people["supervisor"],
        at=at,
    )
    copy = Delivery.objects.get(response=response, destination=Destination.REQUESTER)
    message = OutboxMessage.objects.get(topic=DELIVER, payload__delivery=copy.pk)
    outbox.consume(message.pk, at=at)


def _another_wording(people: People, *, at: datetime) -> None:
    kind = conclusion_in_force("NO_RECORD", at).kind
    propose_wording(
        kind=replace(
            kind,
            closing=(*kind.closing, "A LATER QUERY WITH FINGERPRINTS MAY HAVE ANOTHER ANSWER."),
        ),
        reason="Senders took the answer for the last word.",
        actor=people["privacy"],
        at=at - timedelta(days=2),
    )


def _boston() -> Office:
    return Office.objects.get(code="BOS")
