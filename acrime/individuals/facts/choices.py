"""Codes of what is known of a person."""

from django.db import models

from routine_uses.choices import Protection


class TelephoneKind(models.TextChoices):
    """Whose telephone it is."""

    MOBILE = "MOBILE", "Mobile"
    HOME = "HOME", "Home"
    WORK = "WORK", "Work"
    OTHER = "OTHER", "Other"


class Status(models.TextChoices):
    """What a source says of somebody's citizenship or immigration status."""

    CITIZEN = "CITIZEN", "U.S. citizen"
    RESIDENT = "RESIDENT", "Lawful permanent resident"
    CONDITIONAL = "CONDITIONAL", "Conditional permanent resident"
    REFUGEE = "REFUGEE", "Refugee"
    ASYLEE = "ASYLEE", "Granted asylum"
    NONIMMIGRANT = "NONIMMIGRANT", "Admitted as a nonimmigrant"
    PAROLEE = "PAROLEE", "Paroled"
    TEMPORARY = "TEMPORARY", "Temporary protected status"
    APPLICANT = "APPLICANT", "Application pending"
    PROCEEDINGS = "PROCEEDINGS", "In removal proceedings"
    ORDERED = "ORDERED", "Ordered removed"
    REMOVED = "REMOVED", "Removed"
    NONE = "NONE", "Present without lawful status"
    UNKNOWN = "UNKNOWN", "Not known to the source"


class HistoryKind(models.TextChoices):
    """What a source says of somebody's criminal history (the notice's records, category 3)."""

    ARREST = "ARREST", "Arrest"
    CHARGE = "CHARGE", "Current charge"
    CONVICTION = "CONVICTION", "Conviction"
    CUSTODY = "CUSTODY", "Custodial status"
    REGISTRATION = "REGISTRATION", "Registration as a sexual offender"
    OTHER = "OTHER", "Other"


class About(models.TextChoices):
    """What a dated fact is about."""

    PROTECTION = "PROTECTION", "Special protection"
    STANDING = "STANDING", "Privacy Act standing"
    CATEGORY = "CATEGORY", "Category of individual"


class PrivacyStanding(models.TextChoices):
    """How the Privacy Act applies to somebody. The statute covers citizens and residents."""

    CITIZEN = "USC", "U.S. citizen"
    RESIDENT = "LPR", "Lawful permanent resident"
    COVERED = "JRA", "Covered person under the Judicial Redress Act"
    BY_POLICY = "POLICY", "Covered by the mixed-system policy"
    OTHER = "OTHER", "None of these"
    UNKNOWN = "UNKNOWN", "Not known"


class Category(models.TextChoices):
    """The notice's categories of individuals; the third names two sides of a tip."""

    CRIMINAL = "1A", "1 A – Subject of a criminal justice inquiry"
    REGISTRANT = "1B", "1 B – Registrant as a sexual offender"
    BACKGROUND = "1C", "1 C – Subject of a background check"
    FIREARM = "1D", "1 D – Applicant for a firearm"
    WANTED = "2", "2 – Subject of an ICE warrant or lookout in NCIC"
    TIPSTER = "3R", "3 – Reported a tip"
    TIP_SUBJECT = "3S", "3 – Subject of a tip"
    OFFICER = "4", "4 – Officer or other personnel of a criminal justice agency"


CODES: dict[str, type[models.TextChoices]] = {
    About.PROTECTION: Protection,
    About.STANDING: PrivacyStanding,
    About.CATEGORY: Category,
}
"""What each kind of dated fact may say."""

# Where the statute itself answers, no policy is relied on.
NEED_NO_POLICY = (
    PrivacyStanding.CITIZEN,
    PrivacyStanding.RESIDENT,
    PrivacyStanding.UNKNOWN,
)
