"""The story of holds: one on a person whose release is asked for, one on a matter, one for FOIA."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.common.eastern import portal_day
from acrime.iaq.models import StatusQuery
from acrime.iar.models import StatusResponse
from acrime.records.models import Record
from acrime.retention.holds.actions import (
    Order,
    add_to_matter,
    ask_for_release,
    open_matter,
    place_hold,
)
from acrime.retention.holds.choices import HoldKind, Scope
from acrime.retention.holds.letters import write_letter


def tell_of_holds(people: Mapping[str, User], *, at: datetime) -> None:
    """Tell it; the holds were placed in the weeks before *at*."""
    records, counsel, foia = people["records"], people["attorney"], people["foia"]
    query = StatusQuery.objects.select_related("record").filter(last="FACTICE").order_by("pk")[0]
    answer = StatusResponse.objects.select_related("record").filter(query=query).order_by("pk")[0]
    person = Record.objects.filter(individual__record_links__record=query.record).order_by("pk")[0]
    earlier = at - timedelta(days=21)
    review = portal_day(at) + timedelta(days=60)

    on_person = place_hold(
        order=Order(
            kind=HoldKind.LITIGATION,
            name="Factice against the Agency (synthetic)",
            ground="Preservation letter of the United States Attorney, October 2026",
            reason="A complaint about the wrong date of birth was served.",
            authority=counsel,
            custodian=people["supervisor"],
            review_on=review,
            scope=Scope.PERSON,
            people=[person],
        ),
        actor=records,
        at=earlier,
        channel=Channel.COMMAND,
    )
    write_letter(hold=on_person, actor=records, at=earlier)
    ask_for_release(
        hold=on_person,
        reason="The case was settled this week.",
        actor=records,
        at=at - timedelta(days=1),
        channel=Channel.COMMAND,
    )

    matter = open_matter(
        name="Review of answers to courts (synthetic)",
        actor=counsel,
        at=earlier,
        channel=Channel.COMMAND,
    )
    add_to_matter(
        matter=matter, records=[query.record], actor=counsel, at=earlier, channel=Channel.COMMAND
    )
    place_hold(
        order=Order(
            kind=HoldKind.GAO,
            name="Review of answers to courts (synthetic)",
            ground="Letter of the Government Accountability Office, job 26-000",
            reason="The auditors read the queries and their answers.",
            authority=counsel,
            custodian=records,
            review_on=review,
            scope=Scope.MATTER,
            matter=matter,
        ),
        actor=counsel,
        at=earlier,
        channel=Channel.COMMAND,
    )
    place_hold(
        order=Order(
            kind=HoldKind.FOIA,
            name="Request for one's own records (synthetic)",
            ground="Request of November 2026",
            reason="The answer is responsive to an open request.",
            authority=foia,
            custodian=foia,
            review_on=review,
            scope=Scope.RECORDS,
            records=[answer.record],
        ),
        actor=foia,
        at=at - timedelta(days=3),
        channel=Channel.COMMAND,
    )
