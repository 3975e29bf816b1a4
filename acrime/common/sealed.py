"""Sealed values: authenticated encryption with named, rotating keys, and keyed lookup.

A sealed value is ``length of key name | key name | nonce | AES-256-GCM text``. The
first key of ``ACRIME_SEALING_KEYS`` seals; every listed key opens. The field's name
is bound in as associated data, so that a value cannot be moved to another column.
"""

import hashlib
import hmac
import os
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

_NONCE_BYTES = 12

if TYPE_CHECKING:
    _BinaryField = models.BinaryField[Any, Any]
else:
    _BinaryField = models.BinaryField


class UnableToOpen(Exception):
    """The value was sealed with a key that is not listed, or was tampered with."""


@lru_cache(maxsize=16)
def _cipher(key: bytes) -> AESGCM:
    """Setting a key up takes longer than opening a number with it."""
    return AESGCM(key)


def seal(value: bytes, *, place: str) -> bytes:
    """*value* sealed for *place* (such as ``iaq.InboundMessage.original``)."""
    key = settings.ENVIRONMENT.sealing_keys[0]
    name = key.name.encode()
    nonce = os.urandom(_NONCE_BYTES)
    return (
        bytes([len(name)]) + name + nonce + _cipher(key.key).encrypt(nonce, value, place.encode())
    )


def unseal(sealed: bytes, *, place: str) -> bytes:
    """The value that was sealed for *place*.

    Raises:
        UnableToOpen: no listed key has the stored name, or the value does not verify.
    """
    length = sealed[0] if sealed else 0
    name, rest = sealed[1 : 1 + length], sealed[1 + length :]
    keys = {key.name.encode(): key.key for key in settings.ENVIRONMENT.sealing_keys}
    if name not in keys:
        raise UnableToOpen("The sealing key of this value is not among ACRIME_SEALING_KEYS.")
    try:
        return _cipher(keys[name]).decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError):
        raise UnableToOpen("A sealed value does not verify.") from None


def lookup_digest(kind: str, normal: str) -> bytes:
    """Keyed hash of an identifier in normal form, for exact lookup only."""
    return hmac.digest(settings.ENVIRONMENT.lookup_key, f"{kind}:{normal}".encode(), hashlib.sha256)


class SealedBytesField(_BinaryField):
    """Bytes that lie sealed in the database."""

    def place(self) -> str:
        """What is bound into each of its values."""
        return f"{self.model._meta.label}.{self.attname}"

    def get_lookup(self, lookup_name: str) -> Any:
        # Each seal differs, so any comparison would quietly find nothing.
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is not None:
            value = seal(bytes(value), place=self.place())
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else unseal(bytes(value), place=self.place())

    def value_to_string(self, obj: Any) -> str:
        raise TypeError("Sealed values are not serialised.")


class SealedTextField(SealedBytesField):
    """Text that lies sealed in the database."""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        encoded = None if value is None else str(value).encode()
        return super().get_db_prep_value(encoded, connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        opened = super().from_db_value(value, expression, connection)
        return None if opened is None else opened.decode()
