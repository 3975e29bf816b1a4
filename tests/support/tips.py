"""Tips in each state, made by the portal's own acts. Nobody here is real."""

import io
from datetime import datetime, timedelta

from PIL import Image

from accounts.models import User
from accounts.standing.policy import portal_day
from acrime.tips import actions
from acrime.tips.choices import CameBy, LineAct, Matter, Speech, TipState
from acrime.tips.line.actions import decide_change, propose_change
from acrime.tips.models import LineChange, Tip
from acrime.tips.receiving.actions import Person, Receipt, Source, Told, receive_public, write_down
from acrime.tips.receiving.attachments import Kept, made_anew
from acrime.tips.receiving.marks import new_mark
from acrime.tips.referring.actions import prepare_referral
from routine_uses.choices import Field
from routine_uses.models import Recipient

REPORTER = Source(
    name="Perpetua Dawnwhistle",
    telephone="(802) 555-0147",
    email="perpetua@dawnwhistle.example",
    other="Under the stone by the gate",
    may_contact=True,
)
SECRETS = ("dawnwhistle", "555-0147", "8025550147", "perpetua", "stone by the gate")
"""What tells who reported, in small letters."""
TEXT = (
    "Behind the bakery of synthetic Osterburg somebody sells false papers every Friday night. "
    "I, Perpetua Dawnwhistle, saw it from my window; call me at 802.555.0147."
)
WHOM = Person(name="Oldrich Testwright", description="Tall, red hat", place="The bakery")


def picture(
    *, width: int = 20, height: int = 20, kind: str = "JPEG", mode: str = "RGB", exif: bool = False
) -> bytes:
    """A picture; with *exif* it tells who took it. In *mode* ``1`` large ones are made soon."""
    held = io.BytesIO()
    more = {}
    if exif:
        notes = Image.Exif()
        notes[0x013B] = REPORTER.name
        more["exif"] = notes.tobytes()
    Image.new(mode, (width, height), "teal").save(held, format=kind, **more)
    return held.getvalue()


def kept_picture() -> Kept:
    """A picture as it is kept."""
    return made_anew(picture())


def told(text: str = TEXT, *, source: Source = REPORTER, files: int = 1, **more: str) -> Told:
    """What somebody tells, with who they are and a picture."""
    return Told(
        text=text,
        persons=(WHOM,),
        happened=more.get("happened", "Every Friday night"),
        place=more.get("place", "Behind the bakery"),
        matter=Matter.DOCUMENTS,
        files=(kept_picture(),) * files,
        source=source,
    )


def open_line(*, keeper: User, second: User, at: datetime) -> LineChange:
    """The tip line, opened by two people."""
    change = propose_change(
        act=LineAct.OPEN,
        reason="The center opens its tip line",
        keeper=keeper,
        actor=keeper,
        at=at,
    )
    decide_change(change=change, agrees=True, actor=second, at=at)
    return LineChange.objects.get(pk=change.pk)


def close_line(*, actor: User, second: User, at: datetime) -> None:
    """The tip line, closed by two people."""
    change = propose_change(
        act=LineAct.CLOSE,
        reason="A successor takes over",
        instead="Call the synthetic successor at 802-555-0100.",
        actor=actor,
        at=at,
    )
    decide_change(change=change, agrees=True, actor=second, at=at)


def from_public(what: Told | None = None, *, at: datetime, trap: bool = False) -> Receipt:
    """A tip that came by the public form, written in a minute."""
    mark = new_mark(at - timedelta(minutes=1))
    return receive_public(told=what or told(), mark=mark, trap_filled=trap, at=at)


def phoned(what: Told | None = None, *, actor: User, at: datetime, mark: str = "1") -> Tip:
    """A tip that *actor* wrote down on the telephone."""
    receipt = write_down(
        told=what or told(),
        came_by=CameBy.PHONE,
        received_on=portal_day(at),
        mark=mark,
        actor=actor,
        at=at,
    )
    return fresh(receipt.tip)


def in_triage(tip: Tip, *, actor: User, at: datetime) -> Tip:
    """*tip*, taken on by *actor*."""
    if tip.state == TipState.NEW:
        actions.take_tip(tip=tip, actor=actor, at=at)
    return fresh(tip)


def followed_up(tip: Tip, *, actor: User, at: datetime, answer: str = Speech.NONE) -> Tip:
    """*tip* after the question of (e)(7)."""
    answer_of(in_triage(tip, actor=actor, at=at), answer, actor=actor, at=at)
    return fresh(tip)


def answer_of(
    tip: Tip, answer: str, *, actor: User, at: datetime, ground: str = "Long enough to say why."
) -> None:
    """The answer to the question of (e)(7)."""
    actions.answer_speech(
        tip=tip, answer=answer, ground=ground, matter=Matter.DOCUMENTS, actor=actor, at=at
    )


def referred(tip: Tip, recipient: Recipient, *, actor: User, at: datetime) -> None:
    """A referral of *tip* that is prepared."""
    prepare_referral(
        tip=tip,
        recipient=recipient,
        text="False papers are said to be sold behind a bakery in synthetic Osterburg.",
        fields=[Field.TIP.value, Field.NAME.value],
        actor=actor,
        at=at,
    )


def fresh(tip: Tip) -> Tip:
    """*tip* as the database has it."""
    found: Tip = Tip.objects.with_details().get(pk=tip.pk)
    return found
