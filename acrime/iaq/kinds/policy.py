"""What the wording of a kind must and may not say, and how two versions differ. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from acrime.iaq.conclusions import LONGEST_WORD, RECORD_FIELDS, ResponseKind, is_printable

WIDTH = 72
"""Longest line of a message in columns."""

MAX_LABEL = 60
MAX_LEAD = 300
MAX_PARAGRAPH = 600
MAX_PARAGRAPHS = 10

# What divides the parts of a response: a wording with it could be read as another part.
RESERVED = (
    "****",
    "QUERY MESSAGE TEXT ENDS",
    "BASED ON THE INFORMATION PROVIDED",
    "IMPORTANT NOTICE",
    "AMENDED RESPONSE",
    "REQUESTING ORI INFORMATION",
    "LESC QUERY ID",
    "IAQ RECEIVED",
    "END OF RESPONSE",
    "LIMITED OFFICIAL USE",
)

# What no later version of a kind may leave out, however it is worded otherwise.
MUST_SAY: Mapping[str, tuple[str, ...]] = {
    "NO_RECORD": ("DOES NOT MEAN THAT THE PERSON IS A CITIZEN",),
    "CITIZEN": ("CITIZEN",),
}

_CODE = re.compile(r"[A-Z][A-Z_]{2,39}")
_TAG = re.compile(
    r"(?:^|\s)(?:"
    + "|".join(sorted({re.escape(each.tag) for each in RECORD_FIELDS.values() if each.tag}))
    + ")"
)
_DASH = re.compile(r"(?:^|\s)-")


@dataclass(frozen=True)
class WordingProblem:
    """Why a kind cannot be put in force as it stands. ``part`` is the field of the form."""

    part: str
    code: str
    explanation: str


def wording_problems(kind: ResponseKind) -> tuple[WordingProblem, ...]:
    """Everything that speaks against *kind* as a whole, in the order of its parts."""
    return tuple(_problems(kind))


@dataclass(frozen=True)
class Difference:
    """One part of a kind that differs between two versions."""

    part: str
    before: str
    after: str


def differences(old: ResponseKind | None, new: ResponseKind) -> tuple[Difference, ...]:
    """What *new* changes against *old*; against none, all that it says."""
    before = _parts(old) if old else {}
    return tuple(
        Difference(part, before.get(part, ""), after)
        for part, after in _parts(new).items()
        if before.get(part, "") != after
    )


def _problems(kind: ResponseKind) -> Iterator[WordingProblem]:
    if not _CODE.fullmatch(kind.code):
        yield WordingProblem("code", "wrong-form", "Capitals and underscores, 3 to 40 of them.")
    if not 0 < len(kind.label) <= MAX_LABEL:
        yield WordingProblem("label", "wrong-length", f"From 1 to {MAX_LABEL} characters.")
    if not 0 < len(kind.headline) <= WIDTH:
        yield WordingProblem(
            "headline", "wrong-length", f"From 1 to {WIDTH} characters: it must fit one line."
        )
    if not 0 < len(kind.lead) <= MAX_LEAD:
        yield WordingProblem("lead", "wrong-length", f"From 1 to {MAX_LEAD} characters.")
    if len(kind.closing) > MAX_PARAGRAPHS:
        yield WordingProblem("closing", "too-many", f"At most {MAX_PARAGRAPHS} paragraphs.")
    if not kind.closing:
        yield WordingProblem("closing", "missing", "Say what does not follow from the answer.")
    if any(len(each) > MAX_PARAGRAPH for each in kind.closing):
        yield WordingProblem(
            "closing", "wrong-length", f"At most {MAX_PARAGRAPH} characters in a paragraph."
        )
    for part, text in (
        ("headline", kind.headline),
        ("lead", kind.lead),
        *(("closing", each) for each in kind.closing),
    ):
        yield from _text_problems(part, text)
    said = " ".join(" ".join((kind.headline, *kind.closing)).upper().split())
    for words in MUST_SAY.get(kind.code, ()):
        if words not in said:
            yield WordingProblem("closing", "must-say", f"This kind must say: {words}.")
    yield from _field_problems(kind)


def _text_problems(part: str, text: str) -> Iterator[WordingProblem]:
    if not is_printable(text):
        yield WordingProblem(
            part, "unprintable-text", "Use plain English letters, digits and punctuation only."
        )
    if any(len(word) > LONGEST_WORD for word in text.split()):
        yield WordingProblem(part, "long-word", f"No word of more than {LONGEST_WORD} letters.")
    if any(words in text.upper() for words in RESERVED):
        yield WordingProblem(part, "reserved-words", "These words are part of the layout.")
    if part == "lead" and (_TAG.search(text) or _DASH.search(text)):
        yield WordingProblem(
            part, "reserved-words", "A tag or a dash would be read as a value of the record."
        )


def _field_problems(kind: ResponseKind) -> Iterator[WordingProblem]:
    required, optional = kind.required_fields, kind.optional_fields
    if set(required) & set(optional):
        yield WordingProblem("fields", "twice", "A field is either required or optional.")
    if not {*required, *optional} <= RECORD_FIELDS.keys():
        yield WordingProblem("fields", "unknown-field", "A field is not one of the record.")
        return
    if any(RECORD_FIELDS[key].kind == "flag" for key in required):
        yield WordingProblem("fields", "flag-required", "A tick cannot be required.")
    if kind.code == "MORE_INFORMATION_NEEDED" and "needed" not in required:
        yield WordingProblem("fields", "must-say", "This kind must say what is needed.")
    if kind.needs_person and not {"name", "dob"} <= set(required):
        yield WordingProblem(
            "fields", "nobody-named", "What speaks of a person needs name and date of birth."
        )


def _parts(kind: ResponseKind) -> dict[str, str]:
    def labels(keys: tuple[str, ...]) -> str:
        return "; ".join(RECORD_FIELDS[key].label for key in RECORD_FIELDS if key in keys)

    return {
        "Label": kind.label,
        "Conclusion": kind.headline,
        "Lead": kind.lead,
        "Required values": labels(kind.required_fields),
        "Optional values": labels(kind.optional_fields),
        "Notice": "\n".join(kind.closing),
        "Needs a linked individual": "Yes" if kind.needs_person else "No",
        "Reviewed by a supervisor": "Yes" if kind.supervisor_reviews else "No",
    }
