"""The combined response of an answer, from what its query tells."""

from acrime.common.eastern import EASTERN
from acrime.iaq.models import Encounter, StatusQuery
from acrime.iar.combined import CombinedFacts, IdentEncounter, compose_combined
from acrime.iar.models import StatusResponse
from acrime.iar.policy import state_of
from routine_uses.redisclosure.texts import in_words

VISA = "VISA_RECORDS"


def combined_of(response: StatusResponse) -> str:
    """The message in which the state gets *response*; blank where there is none.

    There is none where nothing leaves, and for queries that did not come from fingerprints.
    """
    query = response.query
    if response.inside_only or not query.fingerprint_based:
        return ""
    [visa] = in_words([VISA])
    return compose_combined(
        CombinedFacts(
            sent_on=response.released_at.astimezone(EASTERN).date(),
            state=state_of(query.arresting_ori or query.ori),
            control_number=query.transaction_number,
            state_id=next(iter(query.state_id_list), ""),
            name=_name(query.last, query.first, query.middle),
            requesting_ori=query.arresting_ori or query.ori,
            visa_terms=(f"{visa.title.upper()} ({visa.clause})", *visa.paragraphs),
            encounters=_encounters(query),
            response=str(response.text),
        )
    )


def _encounters(query: StatusQuery) -> tuple[IdentEncounter, ...]:
    return tuple(_encounter(each) for each in query.encounters.order_by("position"))


def _encounter(each: Encounter) -> IdentEncounter:
    return IdentEncounter(
        eid=each.encounter_id,
        name=_name(each.last, each.first, each.middle),
        born=f"{each.birth_date:%Y%m%d}" if each.birth_date else "",
        birth_place=each.birth_place,
        sex=each.sex,
    )


def _name(last: str, first: str, middle: str) -> str:
    given = " ".join(part for part in (first, middle) if part)
    return f"{last},{given}" if last else ""
