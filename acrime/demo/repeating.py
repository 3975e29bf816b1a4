"""The story of repeating disclosures: a daily list that went twice, and one that waits."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.common.eastern import portal_day
from acrime.iar.models import StatusResponse
from routine_uses.actions import disclose
from routine_uses.choices import Field, Method, Paragraph, Purpose, RecipientType
from routine_uses.models import DisclosureSeries, Recipient
from routine_uses.querysets import fbi_cjis
from routine_uses.repeating.actions import Proposal, approve_series, propose_series
from routine_uses.repeating.choices import Interval
from routine_uses.wizard.sources import facts_of, program_of, sources_for


def tell_of_repeating(people: Mapping[str, User], *, at: datetime) -> None:
    """The FBI compares its files each day; a court asks for a list of its own each week."""
    proposed, today = at - timedelta(days=3), portal_day(at)
    daily = propose_series(
        proposal=Proposal(
            recipient=fbi_cjis(),
            code="X",
            purpose=Purpose.FINGERPRINT_QUERY,
            fields=[Field.NAME, Field.IMMIGRATION_STATUS],
            method=Method.ELECTRONIC,
            nature="List of responses, for comparison",
            record_category="Responses released to the FBI in the three days before",
            interval=Interval.DAILY,
            interval_statement="Each day in the morning, also on weekends",
            starts_on=today - timedelta(days=3),
            ends_on=today + timedelta(days=180),
            justification="The FBI compares its own files with the list each day.",
        ),
        actor=people["analyst2"],
        at=proposed,
        channel=Channel.COMMAND,
    )
    daily = approve_series(
        series=daily,
        reason="The same two fields each day, and each list names its records.",
        actor=people["privacy"],
        at=proposed + timedelta(hours=2),
        channel=Channel.COMMAND,
    )
    for hours in (25, 1):
        _sent(daily, people["analyst2"], at=at - timedelta(hours=hours))
    propose_series(
        proposal=Proposal(
            recipient=Recipient.objects.filter(type=RecipientType.COURT).order_by("pk")[0],
            code="EE",
            purpose=Purpose.JUSTICE_INTEGRITY,
            fields=[Field.DETAINER_EXISTENCE, Field.CUSTODY_STATUS],
            method=Method.PAPER,
            nature="List of detainers and custody, by case of the court",
            record_category="Queries about people with a case before the court",
            interval=Interval.WEEKLY,
            interval_statement="Every Monday, for the hearings of the week",
            starts_on=today,
            ends_on=today + timedelta(days=90),
            justification="The clerk asks for it before each week's hearings.",
        ),
        actor=people["supervisor"],
        at=at - timedelta(hours=3),
        channel=Channel.COMMAND,
    )


def _sent(series: DisclosureSeries, by: User, *, at: datetime) -> None:
    """One list: the responses to fingerprint-based queries that had been released by then."""
    released = StatusResponse.objects.filter(
        query__last__in=("FACTICE", "ESEMPIO"), released_at__lt=at
    )
    sources = sources_for(by, released.order_by("pk").values_list("record__number", flat=True))
    with transaction.atomic():
        disclose(
            actor=by,
            at=at,
            records=[each.plain for each in sources],
            recipient=series.recipient,
            paragraph=Paragraph.B3,
            letter=series.letter,
            purpose=series.purpose_code,
            nature=series.nature,
            method=series.method,
            fields=series.fields,
            conditions=facts_of(sources),
            program=program_of(sources),
            series=series,
            channel=Channel.COMMAND,
        )
