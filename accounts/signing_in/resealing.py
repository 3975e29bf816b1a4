"""Secrets of second factors lie sealed inside a column that allauth writes."""

import base64
import json
from typing import Any

from django.db import connection, transaction

from accounts.signing_in.adapters import PLACE
from acrime.common.resealing import BATCH, Batch, is_current, register_place, resealed
from acrime.common.sealed import UnableToOpen

# Where allauth keeps what it had sealed: an app's key, and what recovery codes are made of.
_SEALED = ("secret", "seed")


class SecondFactors:
    """The sealed parts of allauth's authenticators."""

    name = "mfa_authenticator.data"
    table = "mfa_authenticator"

    def left(self) -> int:
        """How many authenticators hold a value that is not sealed with the first key."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT data FROM mfa_authenticator")
            return sum(bool(_waiting(_read(data))) for (data,) in cursor.fetchall())

    def step(self, after: int) -> Batch:
        """Seal the next authenticators again, in one transaction."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, data FROM mfa_authenticator WHERE id > %s "
                "ORDER BY id LIMIT %s FOR UPDATE",
                [after, BATCH],
            )
            rows = [(key, _read(data)) for key, data in cursor.fetchall()]
            done, unopened = 0, []
            for key, data in rows:
                if not (waiting := _waiting(data)):
                    continue
                try:
                    data |= {name: _again(data[name]) for name in waiting}
                except UnableToOpen:
                    unopened.append(key)
                    continue
                cursor.execute(
                    "UPDATE mfa_authenticator SET data = %s WHERE id = %s", [json.dumps(data), key]
                )
                done += 1
        return Batch(rows[-1][0] if rows else None, done, unopened)


def _read(data: Any) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(data) if isinstance(data, str) else data
    return read


def _waiting(data: dict[str, Any]) -> list[str]:
    return [name for name in _SEALED if name in data and not is_current(_bytes(data[name]))]


def _again(text: str) -> str:
    return base64.b64encode(resealed(_bytes(text), place=PLACE)).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)


register_place(SecondFactors)
