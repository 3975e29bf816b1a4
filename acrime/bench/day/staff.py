"""The people of the day: a process that works for some of them, by the portal's own acts.

What somebody does next stands in the database, so that one who dies in the middle goes on where
the last committed act ended. What is drawn is drawn from the query's number: a second try of the
same query comes out alike.
"""

import hashlib
import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random

from django.db import DatabaseError, close_old_connections
from django.db.models import QuerySet

from accounts.choices import Role
from accounts.models import User
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.common.errors import ActionRefused
from acrime.common.faults import described
from acrime.iaq import actions as iaq
from acrime.iaq import intake
from acrime.iaq.choices import (
    UNDECIDED,
    DeterminationState,
    MessageState,
    QueryState,
    ResearchSource,
)
from acrime.iaq.clocks.actions import say_no_match
from acrime.iaq.models import Determination, InboundMessage, StatusQuery
from acrime.iaq.policy import PROGRAM_RULES
from acrime.iaq.research.actions import note_citizenship
from acrime.iaq.research.choices import StepResult
from acrime.iaq.research.policy import checklist_of
from acrime.iaq.reviewing.actions import take_over
from acrime.iaq.worklist.actions import settle_item
from acrime.iaq.worklist.choices import ItemKind
from acrime.iaq.worklist.models import WorkItem
from acrime.iaq.worklist.tabs import tab_rows
from acrime.iar.actions import (
    Release,
    ask_for_check,
    gate_request,
    offices_for,
    recipient_of,
    release_response,
)
from acrime.individuals.models import Individual
from routine_uses.actions import DisclosureRefused
from routine_uses.approvals.actions import grant_approval
from routine_uses.approvals.choices import ApprovalKind, ApprovalState
from routine_uses.choices import Answer, ConditionKind, Program
from routine_uses.models import Approval
from routine_uses.policy import ConditionValue, Rule, suggested_letter
from routine_uses.querysets import rules_in_force

log = logging.getLogger(__name__)

# Of the first so many on the worklist somebody takes one: two take the same now and then.
AT_THE_TOP = 3
IDLE_SECONDS = 0.2
# What waits for somebody else, by row: the gate refused it, or the directory does not have the
# agency. Each process finds that out for itself, and does not try it for ever.
_LEFT: set[int] = set()
# Some at the top wait for a second person's check; the others need not wait for that.
READY_LOOKED_AT = 12
# Research that waits for a paper file takes longer than the time that there is.
LONG_RESEARCH = timedelta(hours=5)


def drawn(number: str, what: str) -> float:
    """From 0 to 1: what fate has for *what* of the record *number*."""
    digest = hashlib.sha256(f"{number} {what}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def left_for_tomorrow(number: str) -> bool:
    """Whether a supervisor leaves the program of this query undecided today."""
    return drawn(number, "tomorrow") < 0.15


def takes_long(number: str) -> bool:
    """Whether the research of this query takes longer than its time."""
    return drawn(number, "long") < 0.04


def work(*, names: Sequence[str], seed: int) -> None:
    """Work for the people *names* until the process is ended."""
    random = Random(seed)  # noqa: S311  # a simulation
    while True:
        # A supervisor reviews what three write.
        leads = [name for name in names if not name.startswith("analyst")]
        name = random.choice(leads if random.random() < 0.5 else names)
        try:
            done = Sitting(name, random).one_act()
        except ActionRefused as refusal:
            # Somebody else was faster, or a rule says no: what a person would read on the page.
            log.info("refused %s: %s", name, refusal.code)
            done = False
        except DatabaseError as error:
            log.warning("the database failed %s: %s", name, described(error))
            close_old_connections()
            done = False
        if not done:
            time.sleep(IDLE_SECONDS)


class Sitting:
    """What one person does next, from a fresh look at the database."""

    def __init__(self, name: str, random: Random) -> None:
        self.user = User.objects.get(username=name)
        self.random = random

    def one_act(self) -> bool:
        """Do one thing; False where there is nothing to do."""
        acts: list[Callable[[datetime], bool]] = [self._release, self._research, self._take]
        if self.user.has_role(Role.SUPERVISOR):
            acts = [
                self._check,
                self._review,
                self._decide_program,
                self._answer_for_late,
                self._settle_message,
                self._release,
                self._research,
                self._take_over,
            ]
        # What is under way goes before what is new, and not always in the same order.
        self.random.shuffle(first := acts[:-1])
        return any(act(clock.now()) for act in (*first, acts[-1]))

    # --- Research -------------------------------------------------------------------------

    def _take(self, at: datetime) -> bool:
        # Undecided ones wait for a supervisor first.
        waiting = tab_rows("waiting", self.user).exclude(program=UNDECIDED)[:AT_THE_TOP]
        if not (rows := list(waiting)):
            return False
        iaq.claim_query(query=self.random.choice(rows), actor=self.user, at=at)
        return True

    def _research(self, at: datetime) -> bool:
        mine = tab_rows("mine", self.user).filter(state=QueryState.CLAIMED)
        for query in mine[:AT_THE_TOP]:
            number = query.record.number
            if takes_long(number) and at < (query.claimed_at or at) + LONG_RESEARCH:
                continue
            if query.determinations.exists() or not self._unusual(query, number, at):
                self._look_and_hand_in(query, number)
            return True
        return False

    def _unusual(self, query: StatusQuery, number: str, at: datetime) -> bool:
        """What happens to some before they are researched; True where that was all for now."""
        matched = query.no_match or not query.fingerprint_based or query.encounters.exists()
        if not matched and drawn(number, "no match") < 0.7:
            say_no_match(query=query, reason="The prints matched nobody.", actor=self.user, at=at)
            return True
        if not query.citizenship_claimed and drawn(number, "citizen") < 0.04:
            note_citizenship(query=query, reason="Says so.", actor=self.user, at=at)
            return True
        if drawn(number, "back") < 0.02 and query.claimed_at and self.random.random() < 0.5:
            iaq.put_back(query=query, reason="End of the shift.", actor=self.user, at=at)
            return True
        return False

    def _look_and_hand_in(self, query: StatusQuery, number: str) -> None:
        if query.last and not query.record.subjects.exists():
            self._say_who(query)
        looked = set(query.research_steps.values_list("source", flat=True))
        for source in checklist_of(query.program).required:
            if source in looked:
                continue
            at = clock.now()
            iaq.add_research_step(
                query=query,
                source=ResearchSource(source),
                looked_at=at,
                result=StepResult.FOUND if query.last else StepResult.NOT_FOUND,
                finding="One synthetic record." if query.last else "Nothing.",
                actor=self.user,
                at=at,
            )
        kind, values = conclusion(query, number)
        iaq.submit_determination(
            query=query,
            kind=kind,
            values=values,
            basis="As the steps show.",
            actor=self.user,
            at=clock.now(),
        )

    def _say_who(self, query: StatusQuery) -> None:
        found = iaq.find_subjects(query=query, actor=self.user, at=clock.now())
        for hit in found.shown:
            if any(number.asked for number in hit.person.numbers):
                iaq.link_individual(
                    query=query,
                    individual=Individual.objects.select_related("record").get(pk=hit.person.pk),
                    reason="Shares a number.",
                    actor=self.user,
                    at=clock.now(),
                )
                return
        iaq.create_subject(
            query=query,
            reason="Nobody known shares a number.",
            despite="Other numbers.",
            actor=self.user,
            at=clock.now(),
        )

    def _take_over(self, at: datetime) -> bool:
        """Now and then a supervisor goes on with what somebody else has had for long."""
        old = (
            StatusQuery.objects.visible_to(self.user)
            .filter(state=QueryState.CLAIMED, claimed_at__lt=at - LONG_RESEARCH)
            .exclude(claimed_by=self.user)
            .by_urgency()
            .first()
        )
        if old is None or self.random.random() < 0.8:
            return False
        take_over(query=old, reason="It lay too long.", actor=self.user, at=at)
        return True

    # --- Review and release ---------------------------------------------------------------

    def _review(self, at: datetime) -> bool:
        rows = tab_rows("review", self.user).exclude(program=UNDECIDED)[:AT_THE_TOP]
        if not (found := list(rows)):
            return False
        query = self.random.choice(found)
        number = query.record.number
        versions = query.determinations.count()
        if versions == 1 and drawn(number, "return") < 0.06:
            iaq.return_determination(
                query=query, reason="Say more of the basis.", actor=self.user, at=at
            )
        else:
            iaq.approve_determination(query=query, actor=self.user, at=at)
        return True

    def _release(self, at: datetime) -> bool:
        for query in tab_rows("ready", self.user).exclude(pk__in=_LEFT)[:READY_LOOKED_AT]:
            determination = query.determinations.filter(state=DeterminationState.APPROVED).first()
            try:
                if determination and self._release_one(query, determination, at):
                    return True
            except DisclosureRefused as refusal:
                # It stays under "Ready to release".
                log.warning("%s: %s %s", query.record.number, refusal.code, refusal.message)
                _LEFT.add(query.pk)
        return False

    def _release_one(self, query: StatusQuery, determination: Determination, at: datetime) -> bool:
        office = self.random.choice(offices_for(query))
        inside = PROGRAM_RULES[query.program].inside_only
        letter, attested = "", {}
        if not inside:
            recipient = recipient_of(query)
            if recipient is None:
                # It stays under "Ready to release" until the directory has the agency.
                _LEFT.add(query.pk)
                return False
            asked = gate_request(query, determination, recipient)
            rules = rules_in_force(at)
            letter = suggested_letter(asked, rules)
            attested = answers(rules[letter]) if letter else {}
            if recipient.type != "FEDERAL" and not self._is_checked(determination, letter, at):
                return self._ask(query, determination, letter, at)
        release_response(
            query=query,
            release=Release(
                office=office, letter=letter, computed_letter=letter, attested=attested
            ),
            actor=self.user,
            at=at,
        )
        return True

    def _is_checked(self, determination: Determination, letter: str, at: datetime) -> bool:
        return self._checks(ApprovalState.GRANTED, determination, letter, at).exists()

    def _ask(
        self, query: StatusQuery, determination: Determination, letter: str, at: datetime
    ) -> bool:
        if self._checks(ApprovalState.WAITING, determination, letter, at).exists():
            return False
        ask_for_check(
            query=query, letter=letter, reason="To a local agency.", actor=self.user, at=at
        )
        return True

    def _checks(
        self, state: ApprovalState, determination: Determination, letter: str, at: datetime
    ) -> QuerySet[Approval]:
        return Approval.objects.filter(
            kind=ApprovalKind.ACCURACY,
            state=state,
            letter=letter,
            mark=f"determination {determination.pk}",
            expires_at__gt=at,
        )

    def _check(self, at: datetime) -> bool:
        waiting = (
            Approval.objects.filter(
                kind=ApprovalKind.ACCURACY, state=ApprovalState.WAITING, expires_at__gt=at
            )
            .exclude(requested_by=self.user)
            .order_by("pk")
        )
        if not (rows := list(waiting[:AT_THE_TOP])):
            return False
        grant_approval(
            approval=self.random.choice(rows),
            reason="Compared with the index.",
            findings={},
            actor=self.user,
            at=at,
            channel=Channel.PAGE,
        )
        return True

    # --- Desks ----------------------------------------------------------------------------

    def _decide_program(self, at: datetime) -> bool:
        waiting = (
            StatusQuery.objects.visible_to(self.user)
            .filter(program=UNDECIDED, state=QueryState.RECEIVED)
            .by_urgency()
        )
        for query in waiting[: 10 * AT_THE_TOP]:
            if not left_for_tomorrow(query.record.number):
                iaq.change_program(
                    query=query,
                    program=Program.NONCRIMINAL,
                    reason="The words speak of a background check.",
                    actor=self.user,
                    at=at,
                )
                return True
        return False

    def _answer_for_late(self, at: datetime) -> bool:
        late = WorkItem.objects.visible_to(self.user).waiting().filter(kind=ItemKind.LATE)
        item = late.in_order().first()
        if item is None or self.random.random() < 0.5:
            return False
        settle_item(
            number=item.query.record.number,
            kind=ItemKind.LATE,
            note="It is being worked.",
            actor=self.user,
            at=at,
        )
        return True

    def _settle_message(self, at: datetime) -> bool:
        """Some that nobody could read are settled; the others stay on the desk."""
        refused = InboundMessage.objects.filter(state=MessageState.REFUSED).order_by("pk")
        for message in refused[: 10 * AT_THE_TOP]:
            if drawn(message.number, "settled") < 0.5:
                intake.settle_message(
                    original=message, note="Called the sender.", actor=self.user, at=at
                )
                return True
        return False


def answers(rule: Rule) -> dict[str, ConditionValue]:
    """What a person answers for on the page of a release."""
    given: dict[str, ConditionValue] = {}
    for condition in rule.conditions:
        if condition.kind == ConditionKind.ATTESTED:
            by_answer: dict[str, ConditionValue] = {
                Answer.YES.value: True,
                Answer.CHOICE.value: next(iter(condition.accepted), ""),
                Answer.REFERENCE.value: "Synthetic paper 1",
            }
            given[condition.key] = by_answer[condition.answer]
    return given


def conclusion(query: StatusQuery, number: str) -> tuple[str, dict[str, object]]:
    """What is concluded of *query*: a kind and its values."""
    fate = drawn(number, "conclusion")
    if not query.last or fate < 0.1:
        return "MORE_INFORMATION_NEEDED", {"needed": ["A DATE OF BIRTH OR A NUMBER"]}
    if fate < 0.35:
        return "NO_RECORD", {}
    who: dict[str, object] = {
        "name": f"{query.last}, {query.first}",
        "dob": query.birth_date.isoformat() if query.birth_date else "1970-01-01",
    }
    if fate < 0.45:
        return "CITIZEN", who | {"citizenship": "NATURALIZATION"}
    if fate < 0.55:
        return "NONIMMIGRANT_IN_STATUS", who | {"class_of_admission": "F1"}
    if fate < 0.65:
        return "APPLICATION_PENDING", who
    numbered = who | {"arn": str(query.a_number or "A090000001")}
    if fate < 0.75:
        return "IN_PROCEEDINGS", numbered
    if fate < 0.85:
        return "PREVIOUSLY_REMOVED", numbered | {"date_removed": "2019-05-02"}
    if fate < 0.92:
        return "FINAL_ORDER", numbered | {"order_date": "2020-02-03"}
    return "LAWFUL_PERMANENT_RESIDENT", numbered
