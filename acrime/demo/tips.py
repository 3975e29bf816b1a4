"""The story of the tip line: opened by two people, tips in each state, who reported kept apart."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from accounts.models import User
from accounts.standing.policy import portal_day
from acrime.audit.choices import Channel
from acrime.demo.papers import drawn_face
from acrime.individuals.actions import PersonFacts
from acrime.individuals.choosing.actions import Part, enter, look_for
from acrime.individuals.facts.choices import Category
from acrime.individuals.search import wanted_of
from acrime.records.choices import SubjectRole
from acrime.tips import actions
from acrime.tips.choices import CameBy, LineAct, Matter, Result, Speech, StepKind
from acrime.tips.line.actions import decide_change, propose_change
from acrime.tips.models import Tip
from acrime.tips.policy import SCHEDULE
from acrime.tips.receiving.actions import Person, Source, Told, receive_public, write_down
from acrime.tips.receiving.attachments import made_anew
from acrime.tips.receiving.marks import new_mark
from acrime.tips.referring.actions import prepare_referral
from routine_uses.choices import Field
from routine_uses.models import Recipient

POLICE = "VT0000007"
_BAKERY = (
    "Behind the bakery in synthetic Osterburg a man sells false residence papers every Friday "
    "night, from the back of a green van. I am Delphine Fauxnom from number 12 and I see it from "
    "my kitchen."
)


def tell_of_tips(people: Mapping[str, User], *, at: datetime) -> None:
    """The line opens, and a week of tips comes in."""
    _open(people, at=at - timedelta(days=9))
    week = _Week(people, at)
    week.followed_up()
    week.not_to_be_kept()
    week.closed()
    week.alike()
    week.perhaps_none()


def _open(people: Mapping[str, User], *, at: datetime) -> None:
    change = propose_change(
        act=LineAct.OPEN,
        reason="The center takes tips from the public",
        keeper=people["supervisor"],
        actor=people["supervisor"],
        at=at,
    )
    decide_change(change=change, agrees=True, actor=people["privacy"], at=at + timedelta(hours=2))


class _Week:
    """Tips in the order in which they came."""

    def __init__(self, people: Mapping[str, User], at: datetime) -> None:
        self.people, self.at = people, at

    def followed_up(self) -> None:
        """A named reporter; the question answered, somebody linked, a referral prepared."""
        at, analyst = self.at - timedelta(days=5), self.people["analyst"]
        tip = self._public(
            Told(
                text=_BAKERY,
                persons=(
                    Person("Basil Pseudonym", "About forty, red cap, green van", "At the bakery"),
                ),
                happened="Every Friday night",
                place="Behind the bakery, Osterburg",
                matter=Matter.DOCUMENTS,
                files=(made_anew(drawn_face()),),
                source=Source("Delphine Fauxnom", "(802) 555-0112", may_contact=True),
            ),
            at=at,
        )
        self._answered(tip, analyst, Speech.NONE, "", Matter.DOCUMENTS, at=at)
        later = at + timedelta(hours=3)
        person = PersonFacts(last="PSEUDONYM", first="BASIL", birth_date=date(1986, 5, 4))
        look_for(record=tip.record, wanted=wanted_of(person), actor=analyst, at=later)
        enter(
            record=tip.record,
            person=person,
            part=Part(SubjectRole.SUBJECT, Category.TIP_SUBJECT, SCHEDULE, "A tip"),
            reason="The van is registered to this name.",
            despite="Another date of birth.",
            actor=analyst,
            at=later,
            channel=Channel.COMMAND,
        )
        actions.add_step(
            tip=tip,
            kind=StepKind.RESEARCH,
            text="The van was seen at two other markets.",
            actor=analyst,
            at=later,
        )
        prepare_referral(
            tip=tip,
            recipient=Recipient.objects.get(ori=POLICE),
            text="False papers are said to be sold behind the bakery in Osterburg on Fridays.",
            fields=[Field.TIP.value],
            actor=analyst,
            at=later,
        )

    def not_to_be_kept(self) -> None:
        """About who spoke at a meeting: waits for a second person."""
        at, analyst = self.at - timedelta(days=4), self.people["analyst"]
        tip = self._public(
            Told(
                text="My neighbor spoke against the new law at the meeting in the parish hall.",
                persons=(Person("Ludmilla Invented", "", "Next door"),),
                matter=Matter.OTHER,
            ),
            at=at,
        )
        ground = "It tells what somebody said at a public meeting, and of no violation."
        self._answered(tip, analyst, Speech.NOT_KEPT, ground, Matter.OTHER, at=at)

    def closed(self) -> None:
        """Told on the telephone, looked into, nothing found."""
        at, calls = self.at - timedelta(days=3), self.people["calls"]
        receipt = write_down(
            told=Told(
                text="A moving firm is said to bring untaxed cigarettes over the lake.",
                place="The old ferry landing",
                matter=Matter.CUSTOMS,
                source=Source("Corwin Madeup", "(802) 555-0188"),
            ),
            came_by=CameBy.PHONE,
            received_on=portal_day(at),
            mark="demo",
            actor=calls,
            at=at,
            channel=Channel.COMMAND,
        )
        analyst = self.people["analyst2"]
        self._answered(receipt.tip, analyst, Speech.NONE, "", Matter.CUSTOMS, at=at)
        actions.close_tip(
            tip=receipt.tip,
            result=Result.NOTHING,
            note="The landing was watched for two nights.",
            actor=analyst,
            at=at + timedelta(days=2),
        )

    def alike(self) -> None:
        """The bakery again, from somebody who stays unknown; and one in another language."""
        self._public(
            Told(
                text="Behind the bakery in synthetic Osterburg a man sells false residence papers "
                "on Friday night, from the back of a green van.",
                place="Osterburg",
                matter=Matter.DOCUMENTS,
            ),
            at=self.at - timedelta(hours=30),
        )
        self._public(
            Told(text="在市场上，有人每个星期天出售假的驾驶执照。他穿着蓝色的外套。", place="市场"),
            at=self.at - timedelta(hours=5),
        )

    def perhaps_none(self) -> None:
        """Advertising, which a person looks at."""
        links = " ".join(f"https://shop{n}.example.invalid" for n in range(5))
        self._public(Told(text=f"Best prices for everything! {links}"), at=self.at)

    def _public(self, told: Told, *, at: datetime) -> Tip:
        mark = new_mark(at - timedelta(minutes=3))
        receipt = receive_public(told=told, mark=mark, trap_filled=False, at=at)
        found: Tip = Tip.objects.select_related("record__schedule_item").get(pk=receipt.tip.pk)
        return found

    def _answered(
        self, tip: Tip, analyst: User, answer: str, ground: str, matter: str, *, at: datetime
    ) -> None:
        actions.take_tip(tip=tip, actor=analyst, at=at + timedelta(hours=1))
        actions.answer_speech(
            tip=tip,
            answer=answer,
            ground=ground,
            matter=matter,
            actor=analyst,
            at=at + timedelta(hours=2),
        )
