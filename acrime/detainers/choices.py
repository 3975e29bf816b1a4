"""Codes of detainers."""

from django.db import models

from routine_uses.choices import Purpose


class Edition(models.TextChoices):
    """Which form it was issued on. Since April 2, 2017 only one may be used."""

    I247A = "I-247A", "I-247A (since April 2, 2017)"
    I247D = "I-247D", "I-247D (before April 2, 2017)"
    I247N = "I-247N", "I-247N (before April 2, 2017)"
    I247X = "I-247X", "I-247X (before April 2, 2017)"
    I247 = "I-247", "I-247 (earlier)"


class Rule(models.TextChoices):
    """What a paper says of the 48 hours."""

    PLAIN = "PLAIN", "48 hours, weekends and holidays included"
    WORKING = "WORKING", "48 hours without Saturdays, Sundays and federal holidays"
    NO_HOLD = "NO_HOLD", "It asks for notice of the release and not to hold"


class Box(models.TextChoices):
    """Which box is marked. One of them is, and never both."""

    PROBABLE_CAUSE = "1", "Box 1: probable cause that the person is removable"
    TRANSFERRED = "2", "Box 2: DHS transferred the person for a proceeding or investigation"


class Basis(models.TextChoices):
    """What the finding of probable cause rests on."""

    FINAL_ORDER = "FINAL_ORDER", "A final order of removal"
    PENDING = "PENDING", "Removal proceedings that are pending"
    BIOMETRIC = "BIOMETRIC", "A biometric match, with a check of federal databases"
    EVIDENCE = "EVIDENCE", "Statements to an officer, or other reliable evidence"


class WarrantForm(models.TextChoices):
    """The signed warrant that goes with it."""

    I200 = "I-200", "I-200, warrant for arrest"
    I205 = "I-205", "I-205, warrant of removal"


class OfficerTitle(models.TextChoices):
    """Officers who may issue a detainer (8 CFR 287.7(b))."""

    DEPORTATION = "DEPORTATION", "Deportation officer"
    SPECIAL_AGENT = "SPECIAL_AGENT", "Special agent"
    BORDER_PATROL = "BORDER_PATROL", "Border Patrol agent"
    ENFORCEMENT = "ENFORCEMENT", "Immigration enforcement agent"
    INSPECTOR = "INSPECTOR", "Immigration inspector"
    ADJUDICATIONS = "ADJUDICATIONS", "Adjudications officer"
    SUPERVISING = "SUPERVISING", "Supervisor or manager of these officers"
    DESIGNATED = "DESIGNATED", "Immigration officer designated to issue detainers"


class Zone(models.TextChoices):
    """The clock of the place of custody: its midnights part working days from others."""

    EASTERN = "America/New_York", "Eastern"
    CENTRAL = "America/Chicago", "Central"
    MOUNTAIN = "America/Denver", "Mountain"
    ARIZONA = "America/Phoenix", "Mountain, Arizona (clocks never change)"
    PACIFIC = "America/Los_Angeles", "Pacific"
    ALASKA = "America/Anchorage", "Alaska"
    HAWAII = "Pacific/Honolulu", "Hawaii"
    ATLANTIC = "America/Puerto_Rico", "Puerto Rico and Virgin Islands"
    CHAMORRO = "Pacific/Guam", "Guam and Northern Mariana Islands"
    SAMOA = "Pacific/Pago_Pago", "American Samoa"


class DetainerState(models.TextChoices):
    """Where a detainer stands."""

    DRAFT = "DRAFT", "Being prepared"
    TO_ISSUE = "TO_ISSUE", "Waits for the issuing officer"
    ISSUED = "ISSUED", "Issued, not placed"
    PLACED = "PLACED", "Placed"
    ACTED_ON = "ACTED_ON", "Acted on"
    LIFTED = "LIFTED", "Lifted"
    WITHDRAWN = "WITHDRAWN", "Given up before it was issued"


class ReleaseKind(models.TextChoices):
    """What a time of release is."""

    EXPECTED = "EXPECTED", "Expected: the agency says when it will be"
    ACTUAL = "ACTUAL", "Actual: from then on only the detainer holds the person"


class Service(models.TextChoices):
    """How the copy was served on the person."""

    IN_PERSON = "IN_PERSON", "In person"
    MAIL = "MAIL", "By the facility's mail for inmates"
    OTHER = "OTHER", "In another way"


class LiftReason(models.TextChoices):
    """Why a detainer was lifted; the portal's own words."""

    NOT_REMOVABLE = "NOT_REMOVABLE", "There is no probable cause any more"
    CITIZEN = "CITIZEN", "The person is, or may be, a citizen of the United States"
    NO_CUSTODY = "NO_CUSTODY", "DHS will not take custody"
    HOURS_ENDED = "HOURS_ENDED", "The 48 hours ended, and DHS did not take custody"
    TRANSFERRED = "TRANSFERRED", "The person went to another agency"
    REPLACED = "REPLACED", "Another detainer takes its place"
    COURT = "COURT", "A court ordered it"
    ERROR = "ERROR", "It was issued by mistake"
    OTHER = "OTHER", "Another reason, in the note"


class RemovalStatus(models.TextChoices):
    """Where removal proceedings stand, as a notice tells it."""

    NONE = "None are pending."
    PENDING = "They are pending."
    ORDERED = "Removal is ordered."
    DEPARTURE = "Voluntary departure is granted."
    REMOVED = "The person was removed."


class CustodyStatus(models.TextChoices):
    """Who has the person in custody, as a notice tells it."""

    OTHER = "In the custody of another agency."
    DHS = "In the custody of DHS."
    NONE = "In no custody that is known."


class NoticeKind(models.TextChoices):
    """What is told about a detainer, and to whom."""

    PLACEMENT = "PLACEMENT", "Placement with the agency that has custody"
    LIFTING = "LIFTING", "Word to that agency that it is lifted"
    STATUS = "STATUS", "Notice to the justice system"


PURPOSES = {
    NoticeKind.PLACEMENT: Purpose.DETAINER,
    NoticeKind.LIFTING: Purpose.JUSTICE_INTEGRITY,
    NoticeKind.STATUS: Purpose.JUSTICE_INTEGRITY,
}
"""What each is disclosed for."""
