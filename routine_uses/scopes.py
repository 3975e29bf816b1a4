"""What one disclosure is about, as plain values: records, recipient, fields and ground. Pure."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class DisclosedRecord:
    """A record that something is disclosed from, as plain values.

    ``persons`` are the numbers of the people it is about, which stand on the disclosure record.
    ``made_by_it`` marks one that the disclosure itself makes, such as the response that
    leaves: it is accounted, and nobody can have approved it before.
    """

    record_id: int
    number: str
    persons: tuple[str, ...] = ()
    made_by_it: bool = False


@dataclass(frozen=True)
class Scope:
    """What an approval is asked for and covers: this and nothing else.

    Attributes:
        mark: the state of the contents, where the calling room knows one, such as the
            determination that a response rests on.
    """

    record_ids: frozenset[int]
    recipient_id: int
    fields: frozenset[str]
    paragraph: str
    letter: str
    purpose: str
    mark: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of the scope in one written form, to find it by."""
        form = json.dumps(
            [
                sorted(self.record_ids),
                self.recipient_id,
                sorted(self.fields),
                self.paragraph,
                self.letter,
                self.purpose,
                self.mark,
            ]
        )
        return hashlib.sha256(form.encode()).hexdigest()


def scope_of(
    records: Iterable[DisclosedRecord],
    *,
    recipient_id: int,
    fields: Iterable[str],
    paragraph: str,
    letter: str,
    purpose: str,
    mark: str = "",
) -> Scope:
    """The scope of a disclosure from *records*; one that it makes itself is left out."""
    return Scope(
        record_ids=frozenset(each.record_id for each in records if not each.made_by_it),
        recipient_id=recipient_id,
        fields=frozenset(fields),
        paragraph=paragraph,
        letter=letter,
        purpose=purpose,
        mark=mark,
    )
