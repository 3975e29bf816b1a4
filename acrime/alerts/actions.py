"""What owners, the people they ask, and OPR do about looks."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import OuterRef, Subquery

from accounts.models import User
from acrime.alerts import events
from acrime.alerts.choices import AlertState, Finding, MailPace, ReferralState, Reply
from acrime.alerts.models import (
    Alert,
    AlertDigest,
    AlertMail,
    AlertQuestion,
    Referral,
    ReferralNote,
)
from acrime.alerts.policy import FOLLOWING, REPLIES, why_not_ask
from acrime.alerts.querysets import records_of
from acrime.audit.actions import RequestFacts, record_event
from acrime.audit.choices import Channel
from acrime.common import outbox
from acrime.common.errors import ActionRefused, NotThere
from acrime.common.numbers import new_number

MAIL = "alerts.mail-digest"
A_DAY = timedelta(days=1)
# Two runs of the task never look for owners at the same time.
_DIGEST_LOCK = 0x616C657274


# region: the owner
@transaction.atomic
def mark_read(*, owner: User, at: datetime, keys: Iterable[UUID] | None = None) -> int:
    """Mark the owner's alerts read, all of them or those with *keys*; returns how many were not.

    Keys of other people's alerts are as good as none.
    """
    rows = Alert.objects.filter(owner=owner, read_at__isnull=True)
    if keys is not None:
        rows = rows.filter(key__in=list(keys))
    return rows.update(read_at=at, open=False)


@transaction.atomic
def set_expected(
    *, key: UUID, owner: User, at: datetime, facts: RequestFacts | None = None
) -> None:
    """Say that the look was expected. A question that waits is withdrawn.

    Raises:
        NotThere: the owner has no such alert.
        ActionRefused: the look was reported to OPR.
    """
    alert = _own(key, owner)
    if alert.state(at) == AlertState.EXPECTED:
        return
    _may(Reply.EXPECTED, alert, at)
    question = AlertQuestion.objects.select_for_update().filter(alert=alert).first()
    if question is not None and question.waits:
        question.withdrawn_at = at
        question.save(update_fields=["withdrawn_at"])
        _event(events.WITHDRAWN, owner, at, facts, alert=alert)
    alert.expected_at = at
    _settle(alert, at, "expected_at")
    _event(events.EXPECTED, owner, at, facts, alert=alert)


@transaction.atomic
def ask_why(
    *, key: UUID, owner: User, text: str, at: datetime, facts: RequestFacts | None = None
) -> AlertQuestion:
    """Ask the viewer why. Asked again, the first question stands.

    Raises:
        NotThere: the owner has no such alert.
        ActionRefused: the owner has replied otherwise, or nobody can be asked.
    """
    alert = _own(key, owner)
    asked_before = AlertQuestion.objects.filter(alert=alert).first()
    if asked_before is not None and asked_before.waits:
        return asked_before
    _may(Reply.ASK, alert, at)
    if refusal := why_not_asked(alert, owner):
        raise ActionRefused(refusal, code="cannot-ask")
    question = AlertQuestion.objects.create(
        alert=alert,
        asked=alert.viewer,
        text=text.strip(),
        asked_at=at,
        due_at=at + timedelta(days=settings.ANSWER_DAYS),
    )
    _settle(alert, at)
    _event(events.ASKED, owner, at, facts, alert=alert)
    return question


def why_not_asked(alert: Alert, owner: User) -> str:
    """Why the viewer of *alert* cannot be asked, in words; blank where the viewer can."""
    viewer = alert.viewer
    return why_not_ask(
        viewer_active=viewer.is_active,
        viewer_roles=viewer.roles,
        something_shown=records_of(alert, owner).filter(times_shown__gt=0).exists(),
    )


@transaction.atomic
def report_look(
    *, key: UUID, owner: User, text: str, at: datetime, facts: RequestFacts | None = None
) -> Referral:
    """Report the look to OPR. The viewer is told nothing, now or later.

    Raises:
        NotThere: the owner has no such alert.
        ActionRefused: no words are given.
    """
    alert = _own(key, owner)
    if alert.reported_at is not None:
        return Referral.objects.get(alert=alert)
    _may(Reply.REPORT, alert, at)
    _need_words(text, "Say what makes you suspect misuse.")
    referral = _report(
        reporter=owner, text=text, about=alert.viewer, alert=alert, at=at, facts=facts
    )
    # A question that waits stays as it is: were it withdrawn, the viewer could tell.
    alert.reported_at = at
    _settle(alert, at, "reported_at")
    return referral


@transaction.atomic
def choose_mail(
    *, user: User, pace: MailPace, at: datetime, facts: RequestFacts | None = None
) -> None:
    """Choose how often to be written to."""
    AlertMail.objects.update_or_create(user=user, defaults={"pace": pace, "chosen_at": at})
    _event(events.MAIL_CHOSEN, user, at, facts, details={"pace": pace.value})


# endregion
# region: whoever is asked, and whoever suspects
@transaction.atomic
def answer_question(
    *, key: UUID, actor: User, text: str, at: datetime, facts: RequestFacts | None = None
) -> None:
    """Answer why one looked. The first answer stands; the owner finds it unread.

    Raises:
        NotThere: *actor* was asked no such question, or it was withdrawn.
        ActionRefused: no words, or it is answered with other words.
    """
    question = (
        AlertQuestion.objects.select_for_update(of=("self",))
        .select_related("alert")
        .filter(key=key, asked=actor, withdrawn_at__isnull=True)
        .first()
    )
    if question is None:
        raise NotThere
    _need_words(text, "Say in your own words why you looked.")
    if question.answered_at is not None:
        if str(question.answer) == text.strip():
            return
        raise ActionRefused(
            "You have answered this already; the first answer stands.", code="answered-already"
        )
    question.answer = text.strip()
    question.answered_at = at
    question.save(update_fields=["answer", "answered_at"])
    # Unread again, and due for the next e-mail.
    Alert.objects.filter(pk=question.alert_id).update(read_at=None, digest=None)
    _event(events.ANSWERED, actor, at, facts, alert=question.alert)


@transaction.atomic
def report_misuse(
    *,
    reporter: User,
    about: str,
    record_number: str,
    text: str,
    at: datetime,
    facts: RequestFacts | None = None,
) -> Referral:
    """Report suspected misuse to OPR without an alert.

    Whether *about* or *record_number* exist is told to nobody but OPR.

    Raises:
        ActionRefused: no words are given.
    """
    _need_words(text, "Say what makes you suspect misuse.")
    account = User.objects.filter(username__iexact=about.strip()).first()
    return _report(
        reporter=reporter,
        text=text,
        about=account,
        about_text=about.strip(),
        record_number=record_number,
        at=at,
        facts=facts,
    )


# endregion
# region: OPR
@transaction.atomic
def take_up(
    *, number: str, actor: User, at: datetime, facts: RequestFacts | None = None
) -> Referral:
    """Take a report up.

    Raises:
        NotThere: there is no such report for *actor*.
        ActionRefused: somebody has taken it up.
    """
    referral = _report_of(number, actor)
    _move(referral, ReferralState.IN_REVIEW, "Somebody has taken this report up already.")
    referral.taken_by, referral.taken_at = actor, at
    referral.save(update_fields=["state", "taken_by", "taken_at"])
    _event(events.REFERRAL_TAKEN, actor, at, facts, referral=referral)
    return referral


@transaction.atomic
def add_note(
    *, number: str, actor: User, text: str, at: datetime, facts: RequestFacts | None = None
) -> None:
    """Add a note to a report that is in review.

    Raises:
        NotThere: there is no such report for *actor*.
        ActionRefused: no words, or the report is not in review.
    """
    referral = _report_of(number, actor)
    _in_review(referral)
    _need_words(text, "Write the note.")
    # A form sent twice writes one note.
    latest = referral.notes.order_by("-pk").first()
    if latest and latest.author_id == actor.pk and str(latest.text) == text.strip():
        return
    ReferralNote.objects.create(referral=referral, author=actor, text=text.strip(), written_at=at)
    _event(events.REFERRAL_NOTED, actor, at, facts, referral=referral)


@transaction.atomic
def close_referral(
    *,
    number: str,
    actor: User,
    finding: Finding,
    text: str,
    at: datetime,
    facts: RequestFacts | None = None,
) -> None:
    """Close a report with a finding and the words that explain it.

    Raises:
        NotThere: there is no such report for *actor*.
        ActionRefused: no words, or the report is not in review.
    """
    referral = _report_of(number, actor)
    _in_review(referral)
    _need_words(text, "Say what the finding rests on.")
    _move(referral, ReferralState.CLOSED, "The report is not in review.")
    referral.finding = finding
    referral.closed_by, referral.closed_at = actor, at
    referral.save(update_fields=["state", "finding", "closed_by", "closed_at"])
    ReferralNote.objects.create(referral=referral, author=actor, text=text.strip(), written_at=at)
    _event(
        events.REFERRAL_CLOSED, actor, at, facts, referral=referral, details={"finding": finding}
    )


def write_look(
    *, actor: User, at: datetime, referral: Referral | None = None, facts: RequestFacts | None
) -> None:
    """Write down that somebody of OPR looked at one report, or at the list of them."""
    kind = events.REFERRALS_LISTED if referral is None else events.REFERRAL_VIEWED
    _event(kind, actor, at, facts, referral=referral)


# endregion
# region: e-mail
@transaction.atomic
def queue_digests(*, at: datetime) -> int:
    """Queue an e-mail for each owner who has something new and was not written to lately.

    Returns how many were queued. One owner is written to at most once each
    ``DIGEST_MINUTES``, or once a day for those who chose so.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_DIGEST_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    new = Alert.objects.unread().filter(digest__isnull=True)
    latest = AlertDigest.objects.filter(owner=OuterRef("pk")).order_by("-queued_at")
    owners = (
        User.objects.filter(pk__in=new.values("owner"), is_active=True)
        .exclude(email="")
        .annotate(latest=Subquery(latest.values("queued_at")[:1]))
        .select_related("alert_mail")
        .order_by("pk")
    )
    return sum(_queue_digest(owner, at=at) for owner in owners if _is_due(owner, at=at))


def _is_due(owner: User, *, at: datetime) -> bool:
    chosen = getattr(owner, "alert_mail", None)
    daily = chosen is not None and chosen.pace == MailPace.DAILY
    wait = A_DAY if daily else timedelta(minutes=settings.DIGEST_MINUTES)
    latest: datetime | None = owner.latest  # type: ignore[attr-defined]
    return latest is None or at - latest >= wait


def _queue_digest(owner: User, *, at: datetime) -> bool:
    """Queue one e-mail, if the owner still sees a record of what is new."""
    unread = Alert.objects.told_to(owner).unread()
    if not unread.filter(digest__isnull=True).exists():
        return False
    digest = AlertDigest.objects.create(owner=owner, waiting=unread.count(), queued_at=at)
    Alert.objects.filter(owner=owner, read_at__isnull=True, digest__isnull=True).update(
        digest=digest
    )
    outbox.enqueue(topic=MAIL, key=f"digest-{digest.key}", payload={"digest": digest.pk}, at=at)
    return True


def note_sent(*, digest: AlertDigest, at: datetime) -> None:
    """Note that a mail server took the e-mail."""
    digest.sent_at = at
    digest.save(update_fields=["sent_at"])
    record_event(
        kind=events.MAIL_SENT,
        actor=None,
        at=at,
        channel=Channel.JOB,
        details={"digest": str(digest.key)},
    )


# endregion


def _own(key: UUID, owner: User) -> Alert:
    alert = (
        Alert.objects.told_to(owner)
        .select_for_update(of=("self",))
        .select_related("viewer")
        .filter(key=key)
        .first()
    )
    if alert is None:
        raise NotThere
    return alert


def _may(reply: Reply, alert: Alert, at: datetime) -> None:
    state = alert.state(at)
    if reply not in REPLIES[state]:
        raise ActionRefused(
            f"You have replied to this alert already: {state.label.lower()}.", code="wrong-state"
        )


def _settle(alert: Alert, at: datetime, *changed: str) -> None:
    """Whoever replies has read it, and further looks are a new alert."""
    alert.open = False
    alert.read_at = alert.read_at or at
    alert.save(update_fields=["open", "read_at", *changed])


def _report(
    *,
    reporter: User,
    text: str,
    about: User | None,
    at: datetime,
    facts: RequestFacts | None,
    about_text: str = "",
    record_number: str = "",
    alert: Alert | None = None,
) -> Referral:
    referral = Referral.objects.create(
        number=new_number("REF", at=at),
        reporter=reporter,
        reported_at=at,
        alert=alert,
        about=about,
        about_text=about_text,
        record_number=record_number,
        text=text.strip(),
    )
    _event(events.MISUSE_REPORTED, reporter, at, facts, referral=referral)
    return referral


def _report_of(number: str, actor: User) -> Referral:
    referral: Referral | None = (
        Referral.objects.worked_by(actor)
        .select_for_update(of=("self",))
        .filter(number=number)
        .first()
    )
    if referral is None:
        raise NotThere
    return referral


def _in_review(referral: Referral) -> None:
    if referral.state != ReferralState.IN_REVIEW:
        raise ActionRefused("The report is not in review.", code="wrong-state")


def _move(referral: Referral, state: ReferralState, refusal: str) -> None:
    if state not in FOLLOWING[ReferralState(referral.state)]:
        raise ActionRefused(refusal, code="wrong-state")
    referral.state = state


def _need_words(text: str, message: str) -> None:
    if not text.strip():
        raise ActionRefused(message, code="no-words")


def _event(
    kind: str,
    actor: User,
    at: datetime,
    facts: RequestFacts | None,
    *,
    alert: Alert | None = None,
    referral: Referral | None = None,
    details: dict[str, str] | None = None,
) -> None:
    named = dict(details or {})
    if alert is not None:
        named["alert"] = str(alert.key)
    if referral is not None:
        named["referral"] = referral.number
    record_event(kind=kind, actor=actor, at=at, channel=Channel.PAGE, details=named, facts=facts)
