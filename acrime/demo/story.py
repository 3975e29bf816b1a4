"""The training story: a query in each state, told by the people who would do it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import Office, User
from acrime.audit.choices import Channel
from acrime.demo.accounting import tell_of_accounting, tell_of_corrections
from acrime.demo.accounts import create_accounts
from acrime.demo.answers import tell_of_answers
from acrime.demo.detainers import tell_of_detainers
from acrime.demo.disclosing import tell_of_disclosing
from acrime.demo.held import tell_of_holds
from acrime.demo.knowing import tell_of_knowing
from acrime.demo.looks import tell_of_looks
from acrime.demo.merging import tell_of_merging
from acrime.demo.messages import Asked, message_of
from acrime.demo.ncic import tell_of_ncic
from acrime.demo.programs import tell_of_programs
from acrime.demo.repeating import tell_of_repeating
from acrime.demo.retention import tell_of_retention
from acrime.demo.standing import tell_of_standing
from acrime.demo.the_day import tell_of_the_day
from acrime.demo.tips import tell_of_tips
from acrime.iaq import actions as iaq
from acrime.iaq.choices import ResearchSource
from acrime.iaq.intake import message_switch, receive_message
from acrime.iaq.models import StatusQuery
from acrime.iar.actions import Release, ask_for_check, release_response
from acrime.individuals.actions import PersonFacts, create_individual
from acrime.individuals.choices import IdentifierKind
from acrime.records.actions import approve_record, limit_record
from routine_uses.actions import add_recipient
from routine_uses.approvals.actions import grant_approval
from routine_uses.choices import DeliveryChannel, RecipientType


@dataclass(frozen=True)
class Told:
    """How many queries the story told, for the one who started it."""

    queries: int
    desk: int


class Story:
    """Tells the story around *at*; everything in it happened in the hours before."""

    def __init__(self, *, at: datetime) -> None:
        self.at = at
        self.people = create_accounts(at=at - timedelta(days=30))
        self.switch = message_switch(at=at - timedelta(days=30))
        self.count = 0

    def ago(self, minutes: int) -> datetime:
        return self.at - timedelta(minutes=minutes)

    def tell(self) -> Told:
        """Tell all of it."""
        tell_of_standing(self.people, begin=self.at - timedelta(days=30), at=self.at)
        self._recipients()
        self._known_people()
        tell_of_knowing(self.people, at=self.at)
        self._waiting()
        self._being_researched()
        self._in_review()
        self._returned()
        self._ready_to_release()
        self._released()
        self._firearm_check_released()
        tell_of_answers(self.people, failing=self._second_firearm_check(), at=self.at)
        self._sex_offender()
        self._limited()
        tell_of_the_day(self.people, self._receive, at=self.at)
        tell_of_disclosing(self.people, at=self.at)
        desk = self._unreadable()
        opened, left = tell_of_programs(self.people, switch=self.switch, at=self.at)
        self.count += opened
        desk += left
        tell_of_accounting(self.people, at=self.at)
        tell_of_repeating(self.people, at=self.at)
        tell_of_corrections(self.people, at=self.at)
        tell_of_merging(self.people, at=self.at)
        tell_of_ncic(self.people, at=self.at)
        tell_of_detainers(self.people, at=self.at)
        tell_of_tips(self.people, at=self.at)
        tell_of_holds(self.people, at=self.at)
        tell_of_retention(self.people, at=self.at)
        tell_of_looks(self.people, at=self.at)
        return Told(self.count, desk)

    def _recipients(self) -> None:
        add_recipient(
            actor=self.people["privacy"],
            at=self.ago(60 * 24 * 20),
            name="Green Mountain Firearm Check Unit (synthetic)",
            type=RecipientType.STATE,
            address_lines=["1 Example Plaza", "Montpelier, VT 05602"],
            ori="VT9990001",
            delivery_channel=DeliveryChannel.SPOOL,
            delivery_target="vt-firearm-unit",
            channel=Channel.COMMAND,
        )

        add_recipient(
            actor=self.people["privacy"],
            at=self.ago(60 * 24 * 20),
            name="Saltmarsh Permit Desk (synthetic)",
            type=RecipientType.STATE,
            address_lines=["2 Example Plaza", "Montpelier, VT 05602"],
            ori="VT9990004",
            # No setting allows this host, so that its copy ends on the desk.
            delivery_channel=DeliveryChannel.HTTP,
            delivery_target="https://permits.example.invalid/iar",
            channel=Channel.COMMAND,
        )

    def _known_people(self) -> None:
        for person in (
            PersonFacts(
                last="EXAMPLE",
                first="MARISOL",
                middle="INES",
                sex="F",
                birth_date=datetime(1984, 3, 9).date(),  # noqa: DTZ001  # a birth date has no zone
                identifiers=(
                    (IdentifierKind.A_NUMBER, "A099000301"),
                    (IdentifierKind.FBI, "990301TA1"),
                ),
                aliases=(("EXAMPLE ROJAS", "MARISOL", ""),),
            ),
            PersonFacts(
                last="SPECIMEN",
                first="TOMAS",
                sex="M",
                birth_date=datetime(1979, 11, 2).date(),  # noqa: DTZ001
                identifiers=((IdentifierKind.A_NUMBER, "A099000302"),),
            ),
        ):
            individual = create_individual(
                person=person,
                schedule_code="IAQ-CRIMINAL",
                actor=self.people["analyst2"],
                at=self.ago(60 * 24 * 10),
                channel=Channel.COMMAND,
            )
            approve_record(
                record=individual.record,
                actor=self.people["supervisor"],
                at=self.ago(60 * 24 * 9),
                channel=Channel.COMMAND,
            )

    def _receive(self, asked: Asked, *, minutes: int) -> StatusQuery:
        at = self.ago(minutes)
        receipt = receive_message(
            message_of(asked, at=at), actor=self.switch, at=at, channel=Channel.COMMAND
        )
        self.count += 1
        return StatusQuery.objects.select_related("record").get(record__number=receipt.number)

    def _claimed(self, asked: Asked, *, minutes: int, by: str) -> StatusQuery:
        query = self._receive(asked, minutes=minutes)
        iaq.claim_query(query=query, actor=self.people[by], at=self.ago(minutes - 4))
        return self._fresh(query)

    def _researched(
        self, asked: Asked, *, minutes: int, by: str, finding: str, link: bool = True
    ) -> StatusQuery:
        query = self._claimed(asked, minutes=minutes, by=by)
        actor = self.people[by]
        for step, (source, text) in enumerate(
            ((ResearchSource.CIS, finding), (ResearchSource.IDENT, "Fingerprints match."))
        ):
            iaq.add_research_step(
                query=query,
                source=source,
                looked_at=self.ago(minutes - 6 - 3 * step),
                finding=text,
                actor=actor,
                at=self.ago(minutes - 7 - 3 * step),
            )
        if link:
            iaq.find_subjects(query=query, actor=actor, at=self.ago(minutes - 10))
            iaq.create_subject(
                query=query,
                reason="Nobody known to the portal shares a number or the name.",
                actor=actor,
                at=self.ago(minutes - 11),
            )
        return self._fresh(query)

    def _submitted(
        self,
        asked: Asked,
        *,
        minutes: int,
        by: str,
        kind: str,
        values: dict[str, object],
        finding: str,
    ) -> StatusQuery:
        query = self._researched(
            asked, minutes=minutes, by=by, finding=finding, link=kind != "NO_RECORD"
        )
        iaq.submit_determination(
            query=query,
            kind=kind,
            values=values,
            basis="Both sources agree, and nothing found speaks against it.",
            actor=self.people[by],
            at=self.ago(minutes - 14),
        )
        return self._fresh(query)

    def _approved(
        self,
        asked: Asked,
        *,
        minutes: int,
        by: str,
        kind: str,
        values: dict[str, object],
        finding: str,
    ) -> StatusQuery:
        query = self._submitted(
            asked, minutes=minutes, by=by, kind=kind, values=values, finding=finding
        )
        iaq.approve_determination(
            query=query, actor=self.people["supervisor"], at=self.ago(minutes - 18)
        )
        return self._fresh(query)

    def _fresh(self, query: StatusQuery) -> StatusQuery:
        return StatusQuery.objects.select_related("record").get(pk=query.pk)

    # region: the queries
    def _waiting(self) -> None:
        self._receive(
            Asked(
                "EXAMPLE, MARISOL",
                "19840309",
                sex="F",
                offense="2305",
                fbi="990301TA1",
                a_number="A099000301",
                state_id="VT00000301",
                transaction="sscn202600000000301",
                encounters=("9900000301;EXAMPLE;MARISOL;INES;19840309;HO;F",),
            ),
            minutes=25,
        )
        self._receive(
            Asked(
                "PLACEHOLDER, OMAR",
                "19900617",
                arrest_ori="TX0000012",
                fbi="990303TA3",
                transaction="sscn202600000000303",
            ),
            minutes=205,
        )
        # A state that sends prints without a name: the FBI fills in placeholders.
        self._receive(
            Asked(
                "CPI,CPI",
                "000000",
                sex="XX",
                arrest_ori="FL0000009",
                fbi="990304TA4",
                transaction="sscn202600000000304",
            ),
            minutes=70,
        )

    def _being_researched(self) -> None:
        self._researched(
            Asked(
                "SAMPLEMAN, IVO",
                "19881205",
                offense="5404",
                fbi="990305TA5",
                transaction="sscn202600000000305",
                encounters=("9900000305;SAMPLEMAN;IVO;;19881205;HR;M",),
            ),
            minutes=95,
            by="analyst",
            finding="One file: admitted as a student in 2009.",
        )

    def _in_review(self) -> None:
        query = self._submitted(
            Asked(
                "MUSTER, LENA",
                "19751030",
                sex="F",
                fbi="990306TA6",
                a_number="A099000306",
                transaction="sscn202600000000306",
            ),
            minutes=130,
            by="analyst2",
            kind="LAWFUL_PERMANENT_RESIDENT",
            values={"name": "MUSTER, LENA", "dob": "1975-10-30", "arn": "A099000306"},
            finding="Resident since 1999; no later change.",
        )
        # It went back once, and came again with the number that was missing.
        iaq.return_determination(
            query=query,
            reason="The FBI number is missing.",
            actor=self.people["supervisor"],
            at=self.ago(112),
        )
        iaq.submit_determination(
            query=self._fresh(query),
            kind="LAWFUL_PERMANENT_RESIDENT",
            values={
                "name": "MUSTER, LENA",
                "dob": "1975-10-30",
                "arn": "A099000306",
                "fbi": "990306TA6",
            },
            basis="Both sources agree, and the FBI number was compared.",
            actor=self.people["analyst2"],
            at=self.ago(110),
        )

    def _returned(self) -> None:
        query = self._submitted(
            Asked("BEISPIEL, JONAS", "19930222", fbi="990307TA7", a_number="A099000307"),
            minutes=160,
            by="analyst",
            kind="IN_PROCEEDINGS",
            values={"name": "BEISPIEL, JONAS", "dob": "1993-02-22", "arn": "A099000307"},
            finding="Charging document served in 2024.",
        )
        iaq.return_determination(
            query=query,
            reason="Name the immigration court and look whether a hearing is set.",
            actor=self.people["supervisor"],
            at=self.ago(140),
        )

    def _ready_to_release(self) -> None:
        self._approved(
            Asked(
                "SPECIMEN, AVERY LEE",
                "19790415",
                offense="1399",
                fbi="123456TA9",
                a_number="A099000123",
                state_id="VT00000042",
                transaction="sscn202600000000308",
                encounters=("9900000308;SPECIMEN;AVERY;;19790415;HO;M",),
            ),
            minutes=175,
            by="analyst",
            kind="PREVIOUSLY_REMOVED",
            values={
                "name": "SPECIMEN, AVERY LEE",
                "dob": "1979-04-15",
                "pob_code": "HONDU",
                "pob_name": "HONDURAS",
                "arn": "A099000123",
                "fbi": "123456TA9",
                "sid": ["VT00000042"],
                "date_removed": "2011-06-30",
                "port_departed": "HLG",
                "no_lawful_return": True,
            },
            finding="Removed in 2011 under a final order; no later admission.",
        )

    def _released(self) -> None:
        for minutes, name, born, number in (
            (60 * 26, "FACTICE, NOEMI", "19690808", "309"),
            (60 * 50, "ESEMPIO, DARIO", "19871118", "310"),
        ):
            query = self._approved(
                Asked(
                    name,
                    born,
                    fbi=f"990{number}TA8",
                    a_number=f"A099000{number}",
                    transaction=f"sscn202600000000{number}",
                ),
                minutes=minutes,
                by="analyst",
                kind="LAWFUL_PERMANENT_RESIDENT",
                values={
                    "name": name,
                    "dob": f"{born[:4]}-{born[4:6]}-{born[6:]}",
                    "arn": f"A099000{number}",
                },
                finding="Resident; card renewed.",
            )
            release_response(
                query=query,
                release=Release(office=_office("BOS"), letter="X", computed_letter="X"),
                actor=self.people["analyst2"],
                at=self.ago(minutes - 30),
            )

    def _firearm_check_released(self) -> None:
        query = self._approved(
            Asked(
                "VZOREK, PETRA",
                "19810127",
                sex="F",
                ori="VT9990001",
                arrest_ori="VT9990001",
                purpose="F",
                custody="N",
            ),
            minutes=60 * 30,
            by="analyst2",
            kind="NO_RECORD",
            values={},
            finding="No file under this name, also with day and month swapped.",
        )
        at = self.ago(60 * 29)
        # A state is no federal agency: a second supervisor checks it first (552a(e)(6)).
        check = ask_for_check(
            query=query,
            letter="I",
            reason="The answer goes to an agency of a state.",
            actor=self.people["supervisor"],
            at=at,
        )
        grant_approval(
            approval=check,
            reason="Compared with both sources: nothing has changed since.",
            findings={},
            actor=self.people["chief"],
            at=at,
            channel=Channel.COMMAND,
        )
        release_response(
            query=query,
            release=Release(office=_office("BOS"), letter="I", computed_letter="I"),
            actor=self.people["supervisor"],
            at=at,
        )

    def _second_firearm_check(self) -> StatusQuery:
        return self._approved(
            Asked(
                "NAMNLOS, INGRID",
                "19910630",
                sex="F",
                ori="VT9990004",
                arrest_ori="VT9990004",
                purpose="F",
                custody="N",
            ),
            minutes=60 * 3,
            by="analyst2",
            kind="NO_RECORD",
            values={},
            finding="No file under this name.",
        )

    def _sex_offender(self) -> None:
        self._approved(
            Asked(
                "ESPECIMEN, RAUL",
                "19720514",
                arrest_ori="MA0000021",
                fbi="990311TB1",
                a_number="A099000311",
                transaction="sscn202600000000311",
                custody="N",
                remark="NSOR",
            ),
            minutes=150,
            by="analyst2",
            kind="IN_PROCEEDINGS",
            values={"name": "ESPECIMEN, RAUL", "dob": "1972-05-14", "arn": "A099000311"},
            finding="Proceedings opened in 2025.",
        )

    def _limited(self) -> None:
        query = self._claimed(
            Asked("NAAMLOOS, FLEUR", "19960303", sex="F", fbi="990312TB2"),
            minutes=50,
            by="analyst2",
        )
        limit_record(
            record=query.record,
            allowed=[],
            reason="A sensitive matter",
            actor=self.people["analyst2"],
            at=self.ago(40),
            channel=Channel.COMMAND,
        )

    def _unreadable(self) -> int:
        whole = message_of(Asked("PEREZ MUESTRA, JOSE", "19850505"), at=self.ago(15))
        broken = (
            whole.replace(b"PEREZ", b"P\xc9REZ"),
            whole[: len(whole) // 3],
        )
        for raw in broken:
            receive_message(raw, actor=self.switch, at=self.ago(15), channel=Channel.COMMAND)
        return len(broken)

    # endregion


def _office(code: str) -> Office:
    return Office.objects.get(code=code)


def tell_story(*, at: datetime) -> Told:
    """Tell the training story around *at*."""
    return Story(at=at).tell()


def somebody_exists() -> bool:
    """Whether the portal holds accounts already, and so must not be told a story."""
    return User.objects.exists()
