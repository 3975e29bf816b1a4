"""What is known of one person of the story: everything that the page of a person shows."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.common.eastern import portal_day
from acrime.demo.papers import drawn_face
from acrime.individuals.actions import PersonFacts, create_individual
from acrime.individuals.choices import CodeSystem, IdentifierKind
from acrime.individuals.codes import UNITED_STATES
from acrime.individuals.facts import actions
from acrime.individuals.facts.choices import (
    About,
    Category,
    HistoryKind,
    PrivacyStanding,
    Status,
    TelephoneKind,
)
from acrime.individuals.models import Individual
from routine_uses.choices import Protection


def tell_of_knowing(people: Mapping[str, User], *, at: datetime) -> None:
    """Tomas Specimen, who was granted asylum, and a tipster with the same A-Number."""
    person = Individual.objects.get(names__last="SPECIMEN", names__first="TOMAS")
    analyst, when = people["analyst"], at - timedelta(days=8)
    looked = actions.Said("CIS (synthetic)", portal_day(when))
    actions.add_name(individual=person, last="SPECIMEN ROJO", first="TOMAS", actor=analyst, at=when)
    actions.add_birth_date(individual=person, year=1979, month=12, day=None, actor=analyst, at=when)
    actions.add_birth_place(
        individual=person, system=CodeSystem.NCIC, value="HD", actor=analyst, at=when
    )
    actions.add_address(
        individual=person,
        street="12 Example Street",
        city="Burlington",
        region="VT",
        postal_code="05401",
        country=UNITED_STATES,
        actor=analyst,
        at=when,
    )
    actions.add_telephone(
        individual=person,
        kind=TelephoneKind.MOBILE,
        number="(802) 555-0142",
        actor=analyst,
        at=when,
    )
    actions.add_number(
        individual=person,
        kind=IdentifierKind.PASSPORT,
        value="E9900302",
        issuer="HONDURAS",
        actor=analyst,
        at=when,
    )
    actions.add_photograph(
        individual=person,
        data=drawn_face(),
        alt="Drawn head and shoulders from the front",
        source="Synthetic drawing",
        taken_on=None,
        actor=analyst,
        at=when,
    )
    wrong = actions.enter_status(
        individual=person,
        status=Status.APPLICANT,
        said=looked,
        detail="Application for asylum",
        actor=analyst,
        at=when,
    )
    actions.enter_status(
        individual=person,
        status=Status.ASYLEE,
        said=looked,
        held_since=date(2019, 5, 6),
        replaces=wrong,
        actor=analyst,
        at=when + timedelta(minutes=5),
    )
    actions.enter_history(
        individual=person,
        kind=HistoryKind.ARREST,
        what="Driving without a license",
        said=actions.Said("State record (synthetic)", portal_day(when)),
        agency="Burlington police (synthetic)",
        happened_on=date(2024, 8, 17),
        outcome="Dismissed",
        actor=analyst,
        at=when,
    )
    for about, code, since, source, by in (
        (About.PROTECTION, Protection.ASYLUM, date(2017, 3, 1), "Form I-589", "analyst"),
        (
            About.STANDING,
            PrivacyStanding.UNKNOWN,
            portal_day(when),
            "Nobody has asked yet",
            "analyst",
        ),
        (About.CATEGORY, Category.CRIMINAL, date(2024, 8, 17), "Query of the police", "analyst"),
        (About.PROTECTION, Protection.VISA, date(2016, 2, 2), "Visa application", "analyst"),
    ):
        actions.note_fact(
            individual=person,
            about=about,
            code=code,
            since=since,
            source=f"{source} (synthetic)",
            actor=people[by],
            at=when,
        )
    actions.note_fact(
        individual=person,
        about=About.PROTECTION,
        code=Protection.VISA,
        begins=False,
        since=portal_day(when),
        source="The visa record turned out to be somebody else's (synthetic)",
        actor=people["privacy"],
        at=when + timedelta(hours=1),
    )
    _tipster(people["analyst2"], at=when)


def _tipster(analyst: User, *, at: datetime) -> None:
    tipster = create_individual(
        person=PersonFacts(
            last="CONTOH", first="DEWI", identifiers=((IdentifierKind.A_NUMBER, "A099000302"),)
        ),
        schedule_code="TIP",
        actor=analyst,
        at=at,
        channel=Channel.COMMAND,
    )
    actions.note_fact(
        individual=tipster,
        about=About.CATEGORY,
        code=Category.TIPSTER,
        since=portal_day(at),
        source="Call to the tip line (synthetic)",
        actor=analyst,
        at=at,
    )
