"""Codes of tips."""

from django.db import models

from routine_uses.choices import Field


class CameBy(models.TextChoices):
    """How a tip came."""

    WEB = "WEB", "Public form"
    PHONE = "PHONE", "Telephone"
    MAIL = "MAIL", "Mail"
    SYSTEM = "SYSTEM", "Another system"


class TipState(models.TextChoices):
    """Where a tip stands."""

    SUSPECTED = "SUSPECTED", "Perhaps no tip"
    NEW = "NEW", "Waits for triage"
    TRIAGE = "TRIAGE", "In triage"
    REVIEW = "REVIEW", "Waits for a second person"
    OPEN = "OPEN", "Followed up"
    CLOSED = "CLOSED", "Closed"
    NOT_KEPT = "NOT_KEPT", "Not kept"


class Sign(models.TextChoices):
    """Why somebody has to look whether it is a tip at all."""

    TRAP = "TRAP", "A field was filled in that nobody sees"
    HURRIED = "HURRIED", "The form came back faster than anybody writes"
    NO_MARK = "NO_MARK", "It did not come from a form of ours"
    LINKS = "LINKS", "It holds many addresses of other sites"


class Matter(models.TextChoices):
    """What a tip is about."""

    IMMIGRATION = "IMMIGRATION", "Immigration"
    CUSTOMS = "CUSTOMS", "Customs, smuggling or trade"
    TRAFFICKING = "TRAFFICKING", "Trafficking or exploitation of people"
    DOCUMENTS = "DOCUMENTS", "False documents or identity"
    EMPLOYMENT = "EMPLOYMENT", "Unlawful employment"
    SECURITY = "SECURITY", "Threat to security"
    OTHER = "OTHER", "Something else"


class Speech(models.TextChoices):
    """What is answered to the question of 5 U.S.C. 552a(e)(7)."""

    NONE = "NONE", "No: it describes nothing of the kind"
    STATUTE = "STATUTE", "Yes, and a statute expressly authorizes keeping it"
    INDIVIDUAL = "INDIVIDUAL", "Yes, and the person themselves authorized it"
    PERTINENT = (
        "PERTINENT",
        "Yes, and it is pertinent to and within the scope of an authorized law enforcement "
        "activity",
    )
    NOT_KEPT = "NOT_KEPT", "Yes, and none of these holds: it must not be kept"


class StepKind(models.TextChoices):
    """What was done with a tip."""

    LEAD = "LEAD", "Lead for an investigation"
    CONTACT = "CONTACT", "Talked with somebody"
    RESEARCH = "RESEARCH", "Looked something up"
    NOTE = "NOTE", "Note"


class Result(models.TextChoices):
    """What came of a tip."""

    ACTED = "ACTED", "Led to an investigation or another measure"
    REFERRED = "REFERRED", "Referred to another agency"
    NOTHING = "NOTHING", "Looked into, nothing found"
    TOO_LITTLE = "TOO_LITTLE", "Says too little to act on"
    NOT_OURS = "NOT_OURS", "Nothing that ICE or DHS enforces"
    DUPLICATE = "DUPLICATE", "The same as another tip"
    NO_TIP = "NO_TIP", "No tip: advertising or nonsense"


class LineAct(models.TextChoices):
    """What is to happen to the tip line."""

    OPEN = "OPEN", "Open for intake"
    CLOSE = "CLOSE", "Close for intake"


class Decision(models.TextChoices):
    """What a second person said."""

    WAITS = "WAITS", "Waits for a second person"
    GRANTED = "GRANTED", "Approved"
    REFUSED = "REFUSED", "Refused"


class PartKind(models.TextChoices):
    """What a file for a successor holds."""

    TIPS = "TIPS", "Tips"
    SOURCES = "SOURCES", "Who reported them"


REFERRED_FIELDS = (
    Field.TIP,
    Field.NAME,
    Field.ALIASES,
    Field.DATE_OF_BIRTH,
    Field.ADDRESS,
    Field.TELEPHONE,
    Field.CITIZENSHIP,
)
"""What a referral can carry. Who gave the tip is not among it."""
