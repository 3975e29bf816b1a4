"""Looks of the story: what owners were told, one question that waits, one report to OPR."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from accounts.models import User
from acrime.alerts import actions
from acrime.alerts.fanout import TOPIC
from acrime.alerts.models import Alert
from acrime.audit import events
from acrime.audit.choices import Channel
from acrime.common import outbox
from acrime.common.errors import NotThere
from acrime.common.models import OutboxMessage
from acrime.individuals.models import Individual
from acrime.records.access import access_list, access_record
from acrime.records.models import Record


def tell_of_looks(people: Mapping[str, User], *, at: datetime) -> None:
    """Tell who looked in the last day, and what the owners made of it."""

    def ago(minutes: int) -> datetime:
        return at - timedelta(minutes=minutes)

    def opens(who: str, number: str, *, minutes: int) -> None:
        access_record(number=number, user=people[who], at=ago(minutes), channel=Channel.PAGE)

    tomas = Individual.objects.filter(names__last="SPECIMEN", names__first="TOMAS").get().record
    marisol = Individual.objects.filter(names__last="EXAMPLE").order_by("pk")[0].record
    factice = Record.objects.get(query__last="FACTICE")
    limited = Record.objects.get(query__last="NAAMLOOS")

    for minutes in (180, 170):
        access_list(
            displayed=[tomas.pk],
            user=people["calls"],
            at=ago(minutes),
            channel=Channel.PAGE,
            kind=events.RECORD_SEARCHED,
            criteria={"Last name": "SPECIMEN", "First name": "TOMAS"},
        )
    for record, minutes in ((tomas, 160), (marisol, 155), (tomas, 150)):
        opens("privacy", record.number, minutes=minutes)
    for minutes in (120, 90):
        opens("attorney", factice.number, minutes=minutes)
    # It is limited, so nothing is shown; its owner hears of it all the same.
    with suppress(NotThere):
        opens("calls", limited.number, minutes=35)
    for message in OutboxMessage.objects.filter(topic=TOPIC, done_at=None).order_by("pk"):
        outbox.consume(message.pk, at=at)

    def told_of(who: str, kind: str) -> Alert:
        return Alert.objects.filter(viewer=people[who], event_kind=kind).latest("last_at")

    expected = told_of("privacy", events.RECORD_VIEWED)
    actions.set_expected(key=expected.key, owner=expected.owner, at=ago(30))
    asked = told_of("attorney", events.RECORD_VIEWED)
    actions.ask_why(
        key=asked.key,
        owner=asked.owner,
        text="Is there a hearing that I should know of?",
        at=ago(25),
    )
    probed = told_of("calls", events.RECORD_PROBED)
    actions.report_look(
        key=probed.key,
        owner=probed.owner,
        text="The number of this limited query was given to nobody in the call center.",
        at=ago(20),
    )
