"""What an answer would look like under a wording, with values that nobody has. Pure."""

from collections.abc import Mapping
from datetime import date

from acrime.iaq.conclusions import RECORD_FIELDS, RecordValue, ResponseKind, fields_of
from acrime.iar.text import ResponseFacts, compose_response

_QUERY = (
    "ORI/WVFBIID00 ATN/ORI=VT0000007",
    "NAM/SPECIMEN, AVERY LEE",
    "DOB/19790415 CUS/Y OFF/0399 PUR/C POB/XX SEX/F",
)
_TEXTS: Mapping[str, str] = {
    "name": "SPECIMEN, AVERY LEE",
    "pob_code": "HONDU",
    "pob_name": "HONDURAS",
    "arn": "A099000000",
    "fco": "NRC",
    "class_of_admission": "F1",
    "charge_code": "I7A1",
    "charge_name": "THE CHARGE IN WORDS",
}


def specimen(kind: ResponseKind) -> str:
    """The text of an answer of *kind* that carries every value it may carry.

    Raises:
        ResponseRefused: the wording cannot be composed.
    """
    return compose_response(
        ResponseFacts(
            kind=kind,
            query_id="IAQ-0000-0000-0000",
            received_text="01/02/26 09:00:00 AM",
            query_lines=_QUERY,
            record={field.key: _value(field.key) for field in fields_of(kind)},
            requesting_ori="WVFBIID00",
            requesting_agency="AGENCY OF THE DIRECTORY",
        )
    )


def _value(key: str) -> RecordValue:
    field = RECORD_FIELDS[key]
    if field.kind == "date":
        return date(2020, 1, 2)
    if field.kind == "flag":
        return True
    text = _TEXTS.get(key) or field.label.upper()[: field.max_length]
    if field.kind == "identifier" or (field.kind == "list" and field.pattern):
        text = _TEXTS.get(key, "9900000001"[: field.max_length])
    return (text,) if field.kind == "list" else text
