"""The center's day in the story: what was placed, given, asked, noted and looked at once more."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from django.conf import settings

from accounts.models import User
from acrime.common import outbox
from acrime.common.models import OutboxMessage
from acrime.demo.messages import Asked
from acrime.demo.papers import empty_paper
from acrime.iaq import actions as iaq
from acrime.iaq.choices import ResearchSource
from acrime.iaq.clocks import actions as clocks
from acrime.iaq.models import StatusQuery
from acrime.iaq.research import asking
from acrime.iaq.research.actions import attach_paper, note_citizenship
from acrime.iaq.research.choices import StepResult
from acrime.iaq.research.connectors import file_name
from acrime.iaq.reviewing.actions import set_rate
from acrime.iaq.worklist.actions import assign_query, place_offense, save_view
from acrime.iaq.worklist.levels import Basis, Sentence
from routine_uses.choices import Program

Receive = Callable[..., StatusQuery]

CONNECTED = ResearchSource.CLAIMS


def tell_of_the_day(people: Mapping[str, User], receive: Receive, *, at: datetime) -> None:
    """Tell it by the people who would do it, in the hours before *at*."""

    def ago(minutes: int) -> datetime:
        return at - timedelta(minutes=minutes)

    analyst, analyst2 = people["analyst"], people["analyst2"]
    supervisor = people["supervisor"]
    save_view(
        name="Grave and held",
        filters={"show": "open", "level": "1", "custody": "yes"},
        actor=analyst,
        at=ago(300),
    )
    set_rate(
        program=Program.OPM,
        percent=Decimal(10),
        reason="First month of a new program.",
        actor=supervisor,
        at=ago(60 * 24),
    )

    # In no level of the table: a person places it. Given to an analyst, who is told.
    given = receive(
        Asked("VOORBEELD, SANNE", "19910711", sex="F", offense="6411", fbi="990320TB4"),
        minutes=45,
    )
    assign_query(query=given, to=analyst2, reason="Speaks Dutch.", actor=supervisor, at=ago(35))

    known = StatusQuery.objects.select_related("record").get(last="SAMPLEMAN")
    place_offense(
        query=known,
        basis=Basis.CONVICTION,
        code="3512",
        sentence=Sentence.UNDER,
        level=None,
        reason="Court record of 2018.",
        actor=analyst,
        at=ago(60),
    )
    step = known.research_steps.order_by("pk")[0]
    attach_paper(
        query=known,
        step=step.pk,
        name="index-printout.pdf",
        data=empty_paper(),
        actor=analyst,
        at=ago(58),
    )
    _ask(known, analyst, at=ago(30))

    # Says that he is a citizen: reviewed once, and waits for another supervisor.
    claims = receive(
        Asked("MODELO, ANDRES", "19860419", fbi="990321TB5", custody="Y", offense="5401"),
        minutes=110,
    )
    iaq.claim_query(query=claims, actor=analyst, at=ago(105))
    note_citizenship(
        query=claims, reason="Says he was born in El Paso.", actor=analyst, at=ago(100)
    )
    iaq.add_research_step(
        query=claims,
        source=ResearchSource.CIS,
        looked_at=ago(97),
        result=StepResult.NOT_FOUND,
        finding="No file under this name or number.",
        actor=analyst,
        at=ago(96),
    )
    iaq.submit_determination(
        query=claims,
        kind="MORE_INFORMATION_NEEDED",
        values={"needed": ["THE COUNTY THAT HOLDS THE BIRTH RECORD"]},
        basis="A birth record was asked for from the county.",
        actor=analyst,
        at=ago(90),
    )
    iaq.approve_determination(query=claims, actor=supervisor, at=ago(80))

    # A quarter of the time is left on one that nobody works.
    clocks.watch(at=at)


def _ask(query: StatusQuery, analyst: User, *, at: datetime) -> None:
    """Have the folder that stands for a connected system answer, where one is connected."""
    place = settings.CONNECTORS.get(CONNECTED.value, "")
    if not place.startswith("/"):
        return
    folder = Path(place)
    folder.mkdir(parents=True, exist_ok=True)
    said = {"result": "FOUND", "finding": "Petition I-130, pending.", "number": "WAC0190000305"}
    (folder / file_name("FBI", "990305TA5")).write_text(json.dumps(said), "ascii")
    asking.ask_system(query=query, source=CONNECTED, actor=analyst, at=at)
    for message in OutboxMessage.objects.filter(topic=asking.ASK).order_by("pk"):
        outbox.consume(message.pk, at=at)
