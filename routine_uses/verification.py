"""The short code by which a disclosure record on paper can be told from a forged one.

The code is a keyed hash over the facts that the accounting row holds, so that neither
the paper nor the row can be altered without the code ceasing to fit. It is written in
the alphabet of record numbers, in groups of four, the last character a check.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from acrime.common.numbers import ALPHABET

if TYPE_CHECKING:
    from routine_uses.models import Disclosure

_SALT = "acrime.routine_uses.verification"
_BODY = 15
_GROUP = 4


def canonical(facts: Mapping[str, Any]) -> bytes:
    """*facts* as bytes that are the same wherever they are computed."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def facts_hash(facts: Mapping[str, Any]) -> str:
    """SHA-256 of the facts, in hexadecimal."""
    return hashlib.sha256(canonical(facts)).hexdigest()


def code_for(facts: Mapping[str, Any]) -> str:
    """The verification code of *facts*, such as ``7K3M-9QX4-0ABC-DEF5``: 75 bits."""
    return _code(facts, secret=settings.SECRET_KEY)


def fits(code: str, facts: Mapping[str, Any]) -> bool:
    """Whether *code* belongs to *facts*, under the present key or an earlier one."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(constant_time_compare(code, _code(facts, secret=secret)) for secret in secrets)


def tidied(text: str) -> str:
    """A code as a person typed it, in the form it is printed in."""
    kept = "".join(text.upper().split()).replace("-", "").translate(str.maketrans("ILO", "110"))
    return "-".join(kept[at : at + _GROUP] for at in range(0, len(kept), _GROUP))


def is_complete(code: str) -> bool:
    """Whether *code* has a code's shape and its check character fits: no slip of the pen."""
    body = code.replace("-", "")
    return len(body) == _BODY + 1 and set(body) <= set(ALPHABET) and body[-1] == _check(body[:-1])


def _code(facts: Mapping[str, Any], *, secret: str | bytes) -> str:
    digest = salted_hmac(_SALT, canonical(facts), secret=secret, algorithm="sha256").digest()
    number = int.from_bytes(digest, "big")
    body = "".join(ALPHABET[number >> 5 * place & 31] for place in range(_BODY))
    return tidied(body + _check(body))


def _check(body: str) -> str:
    # Odd weights have inverses modulo 32, so any one wrong character shows; the weights
    # differ between neighbours, so most swaps do too.
    return ALPHABET[
        sum((2 * place + 1) * ALPHABET.index(char) for place, char in enumerate(body)) % 32
    ]


def facts_of(disclosure: "Disclosure") -> dict[str, Any]:
    """What the accounting says of *disclosure*: the facts that the code and hash cover."""
    superseding = (
        {"supersedes": disclosure.supersedes.number, "because": disclosure.superseding_reason}
        if disclosure.supersedes
        else {}
    )
    terms = (
        {"terms": [[term["code"], term["version"]] for term in disclosure.terms]}
        if disclosure.terms
        else {}
    )
    # Entries of no category are told as before there were any: their hashes stay.
    series = (
        {
            "series": {
                "number": disclosure.series_number,
                "category": disclosure.series_category,
                "interval": disclosure.series_interval,
                "statement": disclosure.series_statement,
            }
        }
        if disclosure.series_number
        else {}
    )
    return (
        superseding
        | terms
        | series
        | {
            "number": disclosure.number,
            "disclosed_at": disclosure.disclosed_at.astimezone(UTC).isoformat(
                timespec="microseconds"
            ),
            "nature": disclosure.nature,
            "purpose": disclosure.purpose,
            "method": disclosure.method,
            "fields": sorted(disclosure.fields),
            "recipient": {
                "name": disclosure.recipient_name,
                "address": disclosure.recipient_address,
                "type": disclosure.recipient_type,
            },
            "paragraph": disclosure.paragraph,
            "letter": disclosure.letter,
            "clause": disclosure.clause,
            "conditions": disclosure.conditions,
            "override_reason": disclosure.override_reason,
            "notice_version": disclosure.notice_version_id,
            "discloser": {
                "id": disclosure.discloser_id,
                "name": disclosure.discloser_name,
                "title": disclosure.discloser_title,
                "office": disclosure.discloser_office,
            },
            "accuracy_checked_by": disclosure.accuracy_checked_by_name,
            "statement": disclosure.statement,
            "records": [
                list(pair)
                for pair in zip(disclosure.record_ids, disclosure.record_numbers, strict=True)
            ],
        }
    )
