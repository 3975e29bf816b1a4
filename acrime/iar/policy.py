"""What leaves with a response, and whose field office answers for it. Pure."""

from collections.abc import Mapping

from routine_uses.choices import Field, Program, Purpose

# Which fields of the accounting each value of the record block is.
FIELDS_OF_RECORD: Mapping[str, Field] = {
    "name": Field.NAME,
    "dob": Field.DATE_OF_BIRTH,
    "pob_code": Field.COUNTRY_OF_BIRTH,
    "pob_name": Field.COUNTRY_OF_BIRTH,
    "arn": Field.A_NUMBER,
    "fco": Field.RESPONSIBLE_OFFICE,
    "fbi": Field.FBI_NUMBER,
    "sid": Field.STATE_ID,
    "doe": Field.ENTRY_HISTORY,
    "ffn": Field.PARENTS_NAMES,
    "mfn": Field.PARENTS_NAMES,
    "class_of_admission": Field.IMMIGRATION_STATUS,
    "resident_since": Field.IMMIGRATION_STATUS,
    "citizenship": Field.IMMIGRATION_STATUS,
    "citizen_since": Field.IMMIGRATION_STATUS,
    "admitted_on": Field.ENTRY_HISTORY,
    "admitted_until": Field.IMMIGRATION_STATUS,
    "duration_of_status": Field.IMMIGRATION_STATUS,
    "application_date": Field.IMMIGRATION_STATUS,
    "order_date": Field.REMOVAL_STATUS,
    "charging_document": Field.REMOVAL_STATUS,
    "charging_date": Field.REMOVAL_STATUS,
    "court": Field.REMOVAL_STATUS,
    "hearing_date": Field.REMOVAL_STATUS,
    "date_removed": Field.REMOVAL_HISTORY,
    "charge_code": Field.REMOVAL_HISTORY,
    "charge_name": Field.REMOVAL_HISTORY,
    "port_departed": Field.REMOVAL_HISTORY,
    "multiple_removals": Field.REMOVAL_HISTORY,
    "no_lawful_return": Field.REMOVAL_HISTORY,
    "cri": Field.REMARKS,
    "fins": Field.FINGERPRINT_ID,
    "needed": Field.REMARKS,
    "remarks": Field.REMARKS,
}

# Every response echoes the query, names its number and states a status.
ALWAYS = (Field.QUERY_ECHO, Field.QUERY_REFERENCE, Field.IMMIGRATION_STATUS)


def disclosed_fields(record: Mapping[str, object]) -> list[str]:
    """The fields that a response with these record values discloses, in a fixed order."""
    told = {FIELDS_OF_RECORD[key] for key, value in record.items() if value}
    return [field.value for field in Field if field in told or field in ALWAYS]


def purpose_of(*, program: str, fingerprint_based: bool) -> Purpose:
    """The purpose under which an answer leaves."""
    if fingerprint_based:
        return Purpose.FINGERPRINT_QUERY
    return {
        Program.BRADY: Purpose.FIREARM_CHECK,
        Program.SPECIAL_EVENT: Purpose.EVENT_SCREENING,
        Program.OPM: Purpose.SUITABILITY,
        Program.NONCRIMINAL: Purpose.SUITABILITY,
    }.get(Program(program), Purpose.STATUS_VERIFICATION)


def state_of(ori: str) -> str:
    """The state code that an ORI begins with."""
    return ori[:2]
