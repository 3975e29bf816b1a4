"""What OPR filters the ledger by."""

from django.db import models


class Group(models.TextChoices):
    """Kinds of events in plain words."""

    LOOKED = "looked", "Looked at something"
    SEARCHED = "searched", "Searched"
    EXPORTED = "exported", "Took something out (file, print, document)"
    CHANGED = "changed", "Changed something"
    SIGNED_IN = "signed-in", "Signed in and out"
    REFUSED = "refused", "Was refused"
    ADMINISTRATION = "administration", "Administration"
    OVERSIGHT = "oversight", "Read the ledger (OPR)"
    SYSTEM = "system", "Done by the portal itself"


class FileFormat(models.TextChoices):
    """What an export comes as."""

    CSV = "csv", "CSV, for a spreadsheet"
    JSONL = "jsonl", "JSON Lines, for a program"
