"""Seals as links of a chain: what each says, what it is signed with, and whether it holds.

A link's header says which events it vouches for; its head is the hash of the head before it
and of the header; the head is signed. So every head vouches for all that came before it.
Events are hashed together as a tree: entries to nodes of 256, nodes to the root.

This module knows neither Django nor the database, so that an export can be checked with
nothing but Python and the ``cryptography`` package.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from acrime.audit.canonical import ENTRY_BYTES, FORM, FORMS

SEGMENT = "segment"
RETIREMENT = "retirement"

# Before the first link.
NOTHING = bytes(32)
NODE_ENTRIES = 256

# What is hashed or signed as one kind of thing is never taken for another.
_NODE, _ROOT, _ROOTS, _HEAD = b"node\0", b"root\0", b"roots\0", b"acrime ledger head\0"
_SIGNED = b"acrime ledger seal\0"

Place = tuple[int, int]
"""Where an event stands in the order of the ledger: its transaction and its id."""


class NotALink(ValueError):
    """A line or a row that is no link of a chain."""


@dataclass(frozen=True)
class Header:
    """What a link says.

    Attributes:
        kind: ``segment`` (these events are there) or ``retirement`` (this month's were dropped).
        month: of the events, ``2026-11``, in UTC.
        after, until: the run of the sealer: from that place on, up to but without the other.
        count: how many events; of a retirement, all that the month's segments held.
        first, last: their lowest and highest id in the order of the ledger.
        root: of the tree of entries; of a retirement, over the roots of the month's segments.
        content: over all that the events hold; empty in a retirement.
        earliest: when the first of them happened.
        sealed_at: in UTC, to the microsecond.
        key: name of the signing key.
    """

    sequence: int
    kind: str
    month: str
    after: Place
    until: Place
    count: int
    first: int
    last: int
    root: str
    content: str
    earliest: str
    sealed_at: str
    key: str
    form: int = FORM

    def text(self) -> str:
        """The one way to write it down."""
        return json.dumps(vars(self), sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True)
class Link:
    """A header in its place in the chain, signed."""

    header: Header
    previous: bytes
    head: bytes
    signature: bytes

    @cached_property
    def computed_head(self) -> bytes:
        """What the head has to be."""
        return hashlib.sha256(_HEAD + self.previous + self.header.text().encode()).digest()

    def line(self) -> str:
        """As it stands in the file of heads and in exports."""
        return json.dumps(
            {
                "header": json.loads(self.header.text()),
                "previous": self.previous.hex(),
                "head": self.head.hex(),
                "signature": base64.b64encode(self.signature).decode(),
            },
            separators=(",", ":"),
        )


def link(header: Header, *, previous: bytes, key: Ed25519PrivateKey) -> Link:
    """*header* as the next link after *previous*, signed with *key*."""
    unsigned = Link(header, previous, NOTHING, b"")
    head = unsigned.computed_head
    return replace(unsigned, head=head, signature=key.sign(_SIGNED + head))


def link_from(data: Mapping[str, Any]) -> Link:
    """The link of a line that was read.

    Raises:
        NotALink: something is missing, left over or of another form.
    """
    try:
        return Link(
            header_from(json.dumps(data["header"], sort_keys=True, separators=(",", ":"))),
            bytes.fromhex(data["previous"]),
            bytes.fromhex(data["head"]),
            base64.b64decode(data["signature"], validate=True),
        )
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise NotALink("This is no link of the ledger's chain.") from None


def header_from(text: str) -> Header:
    """The header that was written down as *text*.

    Raises:
        NotALink: it is written in another way, or of another form.
    """
    try:
        values = json.loads(text)
        for name in ("after", "until"):
            values[name] = (int(values[name][0]), int(values[name][1]))
        header = Header(**values)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        raise NotALink("This is no header of a seal.") from None
    if header.text() != text or header.form not in FORMS:
        raise NotALink("This header is not written as headers are.")
    return header


def root_of(entries: bytes) -> str:
    """The root of the tree over packed entries, in hexadecimal."""
    step = ENTRY_BYTES * NODE_ENTRIES
    nodes = [
        hashlib.sha256(_NODE + entries[at : at + step]).digest()
        for at in range(0, len(entries), step)
    ]
    return hashlib.sha256(_ROOT + b"".join(nodes)).hexdigest()


def root_of_roots(roots: list[str]) -> str:
    """One root over the roots of a month's segments, in hexadecimal."""
    return hashlib.sha256(_ROOTS + b"".join(map(bytes.fromhex, roots))).hexdigest()


class Keys:
    """Public keys by their names, and whether they signed a link."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        """Take raw public keys of 32 bytes."""
        self._keys = {name: Ed25519PublicKey.from_public_bytes(key) for name, key in keys.items()}

    def signed(self, link: Link) -> bool:
        """Whether the key that the link names signed its head."""
        key = self._keys.get(link.header.key)
        if key is None:
            return False
        try:
            key.verify(link.signature, _SIGNED + link.head)
        except InvalidSignature:
            return False
        return True

    def knows(self, name: str) -> bool:
        """Whether there is a key called *name*."""
        return name in self._keys


def keys_from(text: str) -> dict[str, bytes]:
    """Raw keys from ``name:base64`` pairs, commas between.

    Raises:
        ValueError: a pair is malformed, a name is there twice or a key is not 32 bytes.
    """
    found: dict[str, bytes] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        name, _, encoded = pair.partition(":")
        key = base64.b64decode(encoded, validate=True)
        if not 0 < len(name) < 16 or len(key) != 32 or name in found:
            raise ValueError("Keys are name:base64 pairs of 32 bytes with distinct names.")
        found[name] = key
    return found


def public_key(private: bytes) -> bytes:
    """The raw public key of a raw private one."""
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
