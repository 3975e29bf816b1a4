"""Codes of records in NCIC.

Files, results and reasons are those of the NIEM 5.0.1 NCIC code lists FILE, HIT, RPS and EXL, as
far as they concern wanted people. Message keys of the Immigration Violator File are not public;
none is kept here.
"""

from django.db import models


class NcicFile(models.TextChoices):
    """Which file of NCIC."""

    WANTED_PERSON = "W", "Wanted Person File"
    IMMIGRATION_VIOLATOR = "N", "Immigration Violator File"


class ViolatorCategory(models.TextChoices):
    """The categories of the Immigration Violator File."""

    DEPORTED_FELON = "DEPORTED_FELON", "Deported felon"
    ABSCONDER = "ABSCONDER", "Absconder"
    # The program ended in 2016: what was entered under it is history and is not entered anew.
    NSEERS = "NSEERS", "NSEERS violator (history)"


class EntryState(models.TextChoices):
    """Where a record stands."""

    DRAFT = "DRAFT", "Being prepared"
    TO_CHECK = "TO_CHECK", "Waits for the second check"
    CHECKED = "CHECKED", "Checked, to be entered"
    ENTERED = "ENTERED", "In NCIC"
    LOCATED = "LOCATED", "In NCIC, located"
    CLEARED = "CLEARED", "Cleared, to be removed"
    REMOVED = "REMOVED", "Removed from NCIC"
    WITHDRAWN = "WITHDRAWN", "Given up before entry"


class DocumentKind(models.TextChoices):
    """What an attachment is."""

    WARRANT = "WARRANT", "Criminal arrest warrant"
    ORDER = "ORDER", "Administrative order or warrant"
    FINGERPRINTS = "FINGERPRINTS", "Fingerprints"
    PHOTOGRAPH = "PHOTOGRAPH", "Photograph"
    OTHER = "OTHER", "Other supporting paper"


class CheckPurpose(models.TextChoices):
    """What a document was compared for."""

    ENTRY = "ENTRY", "Second check before entry"
    VALIDATION = "VALIDATION", "Validation"
    HIT = "HIT", "Confirmation of a hit"


class TransactionKind(models.TextChoices):
    """What was done in NCIC."""

    ENTER = "ENTER", "Entered"
    VALIDATE = "VALIDATE", "Validated"
    LOCATE = "LOCATE", "Located"
    CLEAR = "CLEAR", "Cleared"
    REMOVE = "REMOVE", "Removed"


class LocateResult(models.TextChoices):
    """What became of the person, as whoever located them said (list HIT)."""

    ARRESTED_ON_IT = "1", "1 – Arrested on the charge of this record"
    ARRESTED_ON_OTHER = "2", "2 – Arrested on another charge"
    DETAINER = "3", "3 – Detainer filed"
    HELD = "4", "4 – Held for extradition"
    NOT_EXTRADITED = "6", "6 – Released: the entering agency refused to extradite"
    NOT_CONFIRMED = "9", "9 – Released: unable to confirm wanted status"


class RemovalReason(models.TextChoices):
    """Why a record was cleared or removed (list RPS), and one reason of the portal's own."""

    ADMIN_CLOSING = "ADMIN CLOSING", "The case was closed administratively"
    CASE_DROPPED = "CASE DROPPED", "The case was dropped"
    HIT_NCIC = "HIT NCIC", "Located by a hit in NCIC"
    LOCATED = "LOCATED", "Located by a hit in another system"
    NOT_WANTED = "NOT WANTED", "No valid warrant had been issued"
    OTHER_MEANS = "OTHER MEANS", "Found by other means than a hit"
    WARRANT_DISMISSED = "WARRANT DISMISSED", "The warrant or order was dismissed"
    # Not of the list: a record that is not validated in time is purged by NCIC itself.
    PURGED = "PURGED", "Purged by NCIC because it was not validated in time"


class Extradition(models.TextChoices):
    """From where ICE would have the person brought (list EXL)."""

    FELONY_FULL = "01", "01 – Felony: full extradition"
    FELONY_LIMITED = "02", "02 – Felony: limited"
    FELONY_SURROUNDING = "03", "03 – Felony: surrounding states only"
    FELONY_IN_STATE = "04", "04 – Felony: in-state pick-up only"
    FELONY_ARRANGED = "05", "05 – Felony: arrangements pending"
    FELONY_PENDING = "06", "06 – Felony: determination pending"
    FULL = "A", "A – Misdemeanor: full extradition"
    LIMITED = "B", "B – Misdemeanor: limited"
    SURROUNDING = "C", "C – Misdemeanor: surrounding states only"
    IN_STATE = "D", "D – Misdemeanor: in-state pick-up only"
    ARRANGED = "E", "E – Misdemeanor: arrangements pending"
    PENDING = "F", "F – Misdemeanor: determination pending"
