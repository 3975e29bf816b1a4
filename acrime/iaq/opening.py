"""What a message that was read becomes: which query, in which category. Writes nothing."""

import json
from dataclasses import dataclass

from acrime.iaq.clocks.targets import due_for
from acrime.iaq.message import is_fingerprint_based
from acrime.iaq.models import Encounter, InboundMessage, StatusQuery
from acrime.iaq.parsed import ParsedMessage
from acrime.iaq.policy import PROGRAM_RULES
from acrime.iaq.programs.policy import Decision, decide
from acrime.iaq.programs.querysets import InForce, submission_of
from acrime.iaq.worklist.levels import placing
from acrime.records.models import Record


@dataclass(frozen=True)
class Place:
    """Where a query belongs.

    Attributes:
        current: the table of programs by which it was decided.
        category: number of the notice's category of records.
        schedule_code: code of the notice's retention item.
        fingerprints: whether it rests on fingerprints.
    """

    decision: Decision
    current: InForce | None
    category: int
    schedule_code: str
    fingerprints: bool


def place_of(parsed: ParsedMessage, current: InForce | None) -> Place:
    """Where the query of *parsed* belongs by the programs that are in force."""
    fingerprints = is_fingerprint_based(parsed)
    table = current.table if current else None
    decision = decide(submission_of(parsed, fingerprints=fingerprints), table)
    rule = PROGRAM_RULES[decision.program]
    terms = table.terms.get(decision.program) if table else None
    return Place(
        decision=decision,
        current=current,
        category=rule.category,
        schedule_code=terms.schedule_code if terms else rule.schedule_code,
        fingerprints=fingerprints,
    )


def query_of(
    parsed: ParsedMessage, place: Place, *, record: Record, message: InboundMessage
) -> StatusQuery:
    """The query that *message* asks, not yet stored."""
    # The clock runs from when the sender's own message came in, not from when we read it.
    arrived = (message.corrects or message).received_at
    name = parsed.name
    return StatusQuery(
        record=record,
        message=message,
        program=place.decision.program,
        program_basis=place.decision.basis,
        program_rules=" ".join(place.decision.rules)[:500],
        program_table_id=place.current.pk if place.current else None,
        fingerprint_based=place.fingerprints,
        received_at=arrived,
        due_at=due_for(
            program=place.decision.program,
            no_match=False,
            received_at=arrived,
            table=place.current.table if place.current else None,
        ),
        fields=json.dumps(dict(parsed.fields)),
        notes=[
            {"field": note.field, "code": note.code.value, "text": note.explanation}
            for note in parsed.notes
        ],
        ori=parsed.ori,
        attention=parsed.atn,
        arresting_ori=parsed.arresting_ori or "",
        phone=parsed.phn or "",
        last=name.last if name else "",
        first=name.first if name else "",
        middle=name.middle if name else "",
        birth_date=parsed.dob,
        sex=parsed.sex or "",
        birth_place=parsed.pob or "",
        in_custody=parsed.cus,
        offense=parsed.off or "",
        **placing(offense=parsed.off or "", in_custody=parsed.cus),
        purpose=parsed.pur,
        fbi_number=parsed.fbi,
        a_number=parsed.arn,
        ssn=parsed.soc,
        license_number=parsed.oln,
        state_ids=" ".join(parsed.sid) or None,
        remarks=parsed.rem or None,
        transaction_number=parsed.tcn or "",
    )


def encounters_of(parsed: ParsedMessage, query: StatusQuery) -> list[Encounter]:
    """The encounters that the message of *query* lists, not yet stored."""
    return [
        Encounter(
            query=query,
            position=position,
            encounter_id=each.eid or "",
            last=each.last,
            first=each.first,
            middle=each.middle,
            birth_date=each.dob,
            birth_place=each.pob,
            sex=each.sex or "",
        )
        for position, each in enumerate(parsed.encounters, start=1)
    ]
