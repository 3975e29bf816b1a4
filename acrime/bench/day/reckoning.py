"""The day added up anew: from what was sent, what arrived outside, and the bare rows.

Nothing here asks the portal's own rules. Whatever does not add up is a sentence in ``wrong``.
"""

import hashlib
from calendar import timegm
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from acrime.bench.day.asked import (
    HOURS,
    NO_MATCH_HOURS,
    OWN_HOURS,
    UNKNOWN_ORI,
    Sending,
    Sort,
)
from acrime.bench.day.endpoints import Call
from acrime.bench.day.rows import Row, Rows
from routine_uses.choices import UNDECIDED_PROGRAM, Program

READABLE = frozenset({Sort.NEW, Sort.REPEATED, Sort.CHANGED})
TAKEN = frozenset({200, 202})


@dataclass(frozen=True)
class Outside:
    """What is known outside the portal at the end.

    Attributes:
        sendings: every message that was sent.
        calls: what the other end took.
        acknowledged: keys of copies whose acknowledgement was handed to the portal.
        spool: the folder where copies lie.
        slack: how late something may be told of: a beat, and a process that was dead.
    """

    sendings: Sequence[Sending]
    calls: Sequence[Call]
    acknowledged: frozenset[str]
    spool: Path
    slack: timedelta


@dataclass
class Reckoning:
    """What came of the day.

    Attributes:
        counts: figures, by a part of the report and what they count.
        desks: what waits at the end: number, on which desk, and why.
        wrong: what does not add up; empty after a good day.
    """

    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    desks: list[tuple[str, str, str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def count(self, part: str, **counts: int) -> None:
        """Add figures to a part of the report."""
        named = {name.replace("_", " "): number for name, number in counts.items()}
        self.counts[part] = self.counts.get(part, {}) | named

    def unless(self, holds: bool, sentence: str) -> bool:
        """Note *sentence* as wrong unless it *holds*; returns whether it does."""
        if not holds:
            self.wrong.append(sentence)
        return holds


def reckon(rows: Rows, outside: Outside) -> Reckoning:
    """Add the day up."""
    found = Reckoning()
    queries = _messages(found, rows, outside)
    _clocks(found, rows, outside, queries)
    _answers(found, rows, queries)
    _releases(found, rows)
    _copies(found, rows, outside)
    _nothing_beside(found, rows, outside)
    _outbox(found, rows)
    found.count("desks", **Counter(desk.replace(" ", "_") for _, desk, _ in found.desks))
    return found


# --- Nothing lost ------------------------------------------------------------------------------


def _messages(found: Reckoning, rows: Rows, outside: Outside) -> dict[int, Sending]:
    """Every message is kept and opened its query, one; returns the sending of each query."""
    kept = {row["original_sha256"]: row for row in rows["messages"]}
    opened = rows.by("queries", "message_id")
    of_query: dict[int, Sending] = {}
    firsts: dict[str, list[Sending]] = {}
    for sending in outside.sendings:
        firsts.setdefault(hashlib.sha256(sending.raw).hexdigest(), []).append(sending)
    for sha256, group in firsts.items():
        told = f"message {group[0].serial} ({group[0].sort})"
        if not found.unless(
            all(each.answered_at for each in group), f"{told} was never answered"
        ) or not found.unless(sha256 in kept, f"{told} is not kept: lost"):
            continue
        message = kept[sha256]
        tries = sum(each.tries for each in group)
        found.unless(
            len(group) <= message["times_received"] <= tries,
            f"{told} came {message['times_received']} times by the portal's count and was sent "
            f"{tries} times",
        )
        numbers = {each.answer.get("number") for each in group}
        own = opened.get(message["id"], [])
        if group[0].sort in READABLE:
            found.unless(len(own) == 1, f"{told} opened {len(own)} queries")
            if len(own) == 1:
                found.unless(
                    numbers == {own[0]["number"]},
                    f"{told} is {own[0]['number']} and its sender was told {numbers}",
                )
                of_query[own[0]["id"]] = min(group, key=lambda each: each.sent_at or rows.at)
        else:
            found.unless(not own, f"{told} opened a query")
            found.unless(
                numbers == {message["number"]},
                f"{told} is {message['number']} and its sender was told {numbers}",
            )
            _unread(found, message, told)
    found.unless(
        len(kept) == len(firsts) == len(rows["messages"]),
        f"{len(firsts)} different messages were sent and {len(rows['messages'])} are kept",
    )
    found.count(
        "messages",
        sent=len(outside.sendings),
        tries=sum(each.tries for each in outside.sendings),
        different=len(firsts),
        queries=len(of_query),
        **Counter(str(each.sort).replace(" ", "_") for each in outside.sendings),
    )
    return of_query


def _unread(found: Reckoning, message: Row, told: str) -> None:
    if message["state"] == "REFUSED":
        found.desks.append((message["number"], "message desk", message["refusal_code"]))
    else:
        found.unless(message["state"] == "SETTLED", f"{told} is {message['state']}")


# --- Clocks ------------------------------------------------------------------------------------


def _clocks(
    found: Reckoning, rows: Rows, outside: Outside, of_query: Mapping[int, Sending]
) -> None:
    """Each due time is the hours of its program after the receipt, and people were told of it."""
    items = rows.by("items", "query_id")
    warned = late = in_time = 0
    for query in rows["queries"]:
        sending = of_query.get(query["id"])
        if sending is None:
            continue
        told, program = query["number"], query["program"]
        decided = sending.program == UNDECIDED_PROGRAM != program
        found.unless(
            program == (Program.NONCRIMINAL if decided else sending.program),
            f"{told} is {program} and should be {sending.program}",
        )
        if decided:
            found.unless(query["program_basis"] == "PERSON", f"{told}: no person decided it")
        longer = query["no_match"] and program not in OWN_HOURS
        hours = NO_MATCH_HOURS if longer else HOURS[program]
        due = _passed(query["received_at"], hours)
        found.unless(query["due_at"] == due, f"{told} is due {query['due_at']} and should be {due}")
        found.unless(
            not query["no_match"] or (sending.fingerprints and not sending.encounters),
            f"{told} has no match though it has one",
        )
        first, last = sending.sent_at, sending.answered_at
        found.unless(
            bool(first and last and first <= query["received_at"] <= last),
            f"{told} was received {query['received_at']}, and sent between {first} and {last}",
        )
        for item in items.get(query["id"], []):
            _told_in_time(found, query, item)
        own = {item["kind"] for item in items.get(query["id"], []) if item["due_at"] == due}
        ended = query["answered_at"] or rows.at
        for kind, since in (
            ("DUE_SOON", due - timedelta(hours=hours) / 4),
            ("LATE", due),
        ):
            if ended < since:
                found.unless(kind not in own, f"{told}: told of {kind} and answered before")
            elif ended > since + outside.slack:
                found.unless(kind in own, f"{told}: nobody was told of {kind}")
        warned += "DUE_SOON" in own
        late += "LATE" in own
        in_time += bool(query["answered_at"] and query["answered_at"] <= due)
    found.count(
        "clocks",
        checked=len(of_query),
        answered_in_time=in_time,
        warned=warned,
        told_late=late,
        longer_for_no_match=sum(row["no_match"] for row in rows["queries"]),
    )


def _passed(start: datetime, hours: int) -> datetime:
    """So many hours that pass: seconds since 1970, which no summer time bends."""
    seconds = timegm(start.utctimetuple()) + hours * 3600
    return datetime.fromtimestamp(seconds, tz=UTC).replace(microsecond=start.microsecond)


def _told_in_time(found: Reckoning, query: Row, item: Row) -> None:
    """Nobody is told too early, of any due time that the query ever had."""
    possible = {
        _passed(query["received_at"], hours): hours for hours in {*HOURS.values(), NO_MATCH_HOURS}
    }
    told = f"{query['number']}: told of {item['kind']} for {item['due_at']}"
    if not found.unless(item["due_at"] in possible, f"{told}, which was never its due time"):
        return
    quarter = timedelta(hours=possible[item["due_at"]]) / 4
    since = item["due_at"] - (quarter if item["kind"] == "DUE_SOON" else timedelta())
    found.unless(item["made_at"] >= since, f"{told} too early, at {item['made_at']}")
    found.unless(
        query["answered_at"] is None or item["made_at"] <= query["answered_at"],
        f"{told} after it was answered",
    )


# --- Answers -----------------------------------------------------------------------------------


def _answers(found: Reckoning, rows: Rows, of_query: Mapping[int, Sending]) -> None:
    """Every query is answered, once, by the rules of review, or waits where somebody sees it."""
    responses = rows.by("responses", "query_id")
    drafts = rows.by("determinations", "query_id")
    steps = rows.by("steps", "query_id")
    checks = rows.by("checks", "record_id")
    for query in rows["queries"]:
        told, own = query["number"], responses.get(query["id"], [])
        found.unless(query["id"] in of_query, f"{told} was opened by no message of the day")
        if query["state"] != "RELEASED":
            found.unless(not own, f"{told} is {query['state']} and has an answer")
            found.unless(query["answered_at"] is None, f"{told} is open and was answered")
            waits = [row["state"] for row in checks.get(query["id"], [])]
            found.desks.append((told, *_desk(query, waits)))
            continue
        if not found.unless(len(own) == 1, f"{told} has {len(own)} answers"):
            continue
        found.unless(
            query["answered_at"] == own[0]["released_at"], f"{told} was answered at another time"
        )
        final = [row for row in drafts.get(query["id"], []) if row["state"] == "APPROVED"]
        found.unless(
            [row["id"] for row in final] == [own[0]["determination_id"]],
            f"{told} was answered by another determination than the approved one",
        )
        looked = any(row["result"] != "NOT_AVAILABLE" for row in steps.get(query["id"], []))
        found.unless(looked, f"{told} was answered without research")
        for row in final:
            _reviewed(found, query, row)
    states = Counter(query["state"] for query in rows["queries"])
    found.count(
        "queries",
        all=len(rows["queries"]),
        answered=states["RELEASED"],
        on_a_desk=sum(states.values()) - states["RELEASED"],
        returned_once=sum(row["state"] == "RETURNED" for row in rows["determinations"]),
        looked_at_once_more=sum(
            row["first_reviewer_id"] is not None for row in rows["determinations"]
        ),
    )
    programs = Counter(query["program"] for query in rows["queries"])
    found.count("programs", **programs)


def _desk(query: Row, waits: Sequence[str]) -> tuple[str, str]:
    """Where an open query waits, and for what."""
    if query["program"] == UNDECIDED_PROGRAM:
        return "programs", "a supervisor decides the program"
    if query["state"] == "RECEIVED":
        return "worklist", "nobody has taken it on"
    if query["state"] == "CLAIMED":
        return "being researched", f"with {query['worker']}"
    if query["state"] == "IN_REVIEW":
        return "to review", "a second person, or a supervisor's further look"
    if query["ori"] == UNKNOWN_ORI:
        return "ready to release", "its sender is not in the directory"
    if "WAITING" in waits:
        return "ready to release", "the check of accuracy waits"
    return "ready to release", "somebody releases it"


def _reviewed(found: Reckoning, query: Row, row: Row) -> None:
    told = query["number"]
    found.unless(
        row["reviewer_id"] not in (None, row["author_id"]), f"{told} was not reviewed by another"
    )
    if row["kind"] == "CITIZEN" or query["citizenship_claimed"]:
        found.unless(bool(row["further"]), f"{told} speaks of a citizen and was looked at once")
    if row["further"]:
        three = {row["author_id"], row["reviewer_id"], row["first_reviewer_id"]}
        found.unless(
            None not in three and len(three) == 3, f"{told}: the further look is no third person's"
        )


# --- Releases ----------------------------------------------------------------------------------


def _releases(found: Reckoning, rows: Rows) -> None:
    """What left is accounted for, with its form; what stays inside has no accounting."""
    accounted = {row["number"]: row for row in rows["disclosures"]}
    numbers = {row["id"]: row["number"] for row in rows["queries"]}
    events = {(row["kind"], row["record_number"]): row["times"] for row in rows["events"]}
    programs = {row["id"]: row["program"] for row in rows["queries"]}
    used: Counter[str] = Counter()
    for response in rows["responses"]:
        told = response["number"]
        inside = programs[response["query_id"]] == Program.SEX_OFFENDER
        found.unless(response["inside_only"] == inside, f"{told}: inside or not?")
        for kind, number in (
            ("iar.response.released", told),
            ("iaq.query.answered", numbers[response["query_id"]]),
        ):
            times = events.get((kind, number), 0)
            found.unless(times == 1, f"{told}: {times} events {kind}")
        if inside:
            found.unless(not response["disclosure_number"], f"{told} stays inside, accounted for")
            continue
        used[response["disclosure_number"]] += 1
        row = accounted.get(response["disclosure_number"])
        if row is None:
            found.wrong.append(f"{told} left without an accounting")
            continue
        found.unless(
            {told, numbers[response["query_id"]]} <= set(row["record_numbers"]),
            f"{told}: its accounting names other records",
        )
        found.unless(
            row["disclosed_at"] == response["released_at"]
            and row["discloser_id"] == response["released_by_id"]
            and row["paragraph"] == "b3"
            and all(row[name] for name in ("letter", "purpose", "recipient_name"))
            and bool(row["recipient_address"]),
            f"{told}: its accounting lacks something",
        )
        found.unless(
            bytes(row["begins"]) == b"%PDF-" and row["sha256"] == row["document_sha256"],
            f"{told}: the form of its accounting is not the one that was written",
        )
        found.unless(
            row["recipient_type"] == "FEDERAL"
            or row["accuracy_checked_by_id"] not in (None, row["discloser_id"]),
            f"{told} went to a local agency unchecked",
        )
    found.unless(
        set(used) == set(accounted) and set(used.values()) <= {1},
        "accountings and answers that left are not one to one",
    )
    made = sum(row["times"] for row in rows["events"] if row["kind"] == "disclosure.made")
    found.unless(made == len(accounted), f"{made} events tell of {len(accounted)} disclosures")
    found.count(
        "releases",
        answers=len(rows["responses"]),
        accounted_for=len(accounted),
        forms=len(accounted),
        inside_only=sum(row["inside_only"] for row in rows["responses"]),
    )


# --- Copies ------------------------------------------------------------------------------------


def _copies(found: Reckoning, rows: Rows, outside: Outside) -> None:
    """Each copy arrived, and that can be seen outside; or it is on a desk."""
    responses = {row["id"]: row for row in rows["responses"]}
    proofs = rows.by("proofs", "delivery_id")
    calls: dict[str, list[Call]] = {}
    for call in outside.calls:
        calls.setdefault(call.key, []).append(call)
    waiting = {row["key"] for row in rows["outbox"]}
    wanted: Counter[tuple[int, str]] = Counter()
    for copy in rows["copies"]:
        told, response = copy["key"], responses[copy["response_id"]]
        wanted[(response["id"], copy["destination"])] += 1
        kinds = {row["kind"] for row in proofs.get(copy["id"], [])}
        if told in outside.acknowledged:
            found.unless(
                "ACKNOWLEDGEMENT" in kinds, f"{told} was acknowledged, and the portal does not know"
            )
        if copy["state"] == "DELIVERED":
            found.unless(bool(kinds), f"{told} is delivered without a proof")
            _arrived(found, copy, response, calls.get(told, []), kinds, outside)
        elif copy["state"] == "FAILED":
            found.desks.append((told, "desk of delivery", f"failed: {copy['last_error']}"))
        elif copy["state"] == "SENT":
            found.desks.append((told, "desk of delivery", "not acknowledged yet"))
        else:
            found.unless(
                copy["state"] == "QUEUED" and any(key.startswith(told) for key in waiting),
                f"{told} is {copy['state']} and nothing is done about it",
            )
            found.desks.append((told, "on its way", copy["last_error"] or "not tried yet"))
    for response in rows["responses"]:
        to = ["FIELD_OFFICE"] if response["inside_only"] else ["FIELD_OFFICE", "REQUESTER"]
        for destination in ("FIELD_OFFICE", "REQUESTER"):
            found.unless(
                wanted[(response["id"], destination)] == (destination in to),
                f"{response['number']} has {wanted[(response['id'], destination)]} copies for "
                f"{destination}",
            )
    states = Counter(copy["state"] for copy in rows["copies"])
    found.count(
        "copies",
        all=len(rows["copies"]),
        tried_more_than_once=sum(copy["attempts"] > 1 for copy in rows["copies"]),
        **{name.lower(): number for name, number in states.items()},
    )


def _arrived(
    found: Reckoning,
    copy: Row,
    response: Row,
    calls: Sequence[Call],
    kinds: set[str],
    outside: Outside,
) -> None:
    told = copy["key"]
    if copy["channel"] == "SPOOL":
        place = outside.spool / copy["target"] / f"{told}.txt"
        there = hashlib.sha256(place.read_bytes()).hexdigest() if place.is_file() else ""
        found.unless(there == response["text_sha256"], f"{told} does not lie in the spool whole")
        found.unless("READ_BACK" in kinds, f"{told}: nobody has read it back")
    else:
        took = [call for call in calls if call.status in TAKEN]
        found.unless(bool(took), f"{told} is delivered and nobody took it")
        found.unless(
            "ACKNOWLEDGEMENT" in kinds or any(call.status == 200 for call in took),
            f"{told} is delivered, and was only taken in",
        )


def _nothing_beside(found: Reckoning, rows: Rows, outside: Outside) -> None:
    """Whatever lies outside is a copy of an answer that may be there, in its own words."""
    responses = {row["id"]: row for row in rows["responses"]}
    copies = {row["key"]: (row, responses[row["response_id"]]) for row in rows["copies"]}
    outs = [
        *((call.key, call.sha256, f"call of {call.way}", "") for call in outside.calls),
        *(
            (
                place.stem,
                hashlib.sha256(place.read_bytes()).hexdigest(),
                f"file in {place.parent.name}",
                place.parent.name,
            )
            for place in sorted(outside.spool.glob("*/*.txt"))
            if place.parent.name != "acks"
        ),
    ]
    for key, sha256, where, target in outs:
        if not found.unless(key in copies, f"{where}: {key} is no copy of any answer"):
            continue
        copy, response = copies[key]
        found.unless(sha256 == response["text_sha256"], f"{where}: {key} has another text")
        found.unless(not target or target == copy["target"], f"{where}: {key} belongs elsewhere")
        if response["inside_only"]:
            found.unless(
                target.startswith("office-"), f"{where}: {key} was to stay inside the agency"
            )
    found.count(
        "outside",
        calls=len(outside.calls),
        calls_without_answer=sum(call.status == 0 for call in outside.calls),
        calls_refused=sum(call.status >= 400 for call in outside.calls),
        texts_kept_by_key=len({call.key for call in outside.calls}),
        files=len(outs) - len(outside.calls),
        acknowledgements=len(outside.acknowledged),
    )
    strays = [row for row in rows["replies"] if row["state"] == "WAITING"]
    for reply in strays:
        found.desks.append((reply["number"], "desk of replies", "it fits no answer"))


def _outbox(found: Reckoning, rows: Rows) -> None:
    """Nothing was given up in silence, and nothing that is due waits."""
    for row in rows["outbox"]:
        told = f"message {row['id']} of the outbox ({row['topic']})"
        if found.unless(row["failed_at"] is None, f"{told} was given up: {row['last_error']}"):
            found.unless(
                row["available_at"] > rows.at or row["topic"] == "iar.deliver",
                f"{told} is due and was not done",
            )
    found.count("outbox", waiting_for_its_time=len(rows["outbox"]))
