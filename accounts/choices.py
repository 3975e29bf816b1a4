"""Roles, and what belongs to each."""

from django.db import models


class Role(models.TextChoices):
    """What a person does here. A person may hold several roles; none means no access."""

    ANALYST = "ANALYST", "Analyst"
    SUPERVISOR = "SUPERVISOR", "Supervisor"
    FIELD_OFFICER = "FIELD_OFFICER", "Field officer"
    PRIVACY_OFFICER = "PRIVACY_OFFICER", "Privacy officer"
    RECORDS_OFFICER = "RECORDS_OFFICER", "Records officer"
    FOIA_OFFICER = "FOIA_OFFICER", "FOIA officer"
    OPR = "OPR", "OPR (internal affairs)"
    OPR_LEAD = "OPR_LEAD", "OPR lead"
    ATTORNEY = "ATTORNEY", "Attorney (OPLA)"
    ADMINISTRATOR = "ADMINISTRATOR", "Administrator"
    NCIC_SPECIALIST = "NCIC_SPECIALIST", "NCIC specialist"
    CALL_TAKER = "CALL_TAKER", "Call taker"
    INTERFACE = "INTERFACE", "Connected system"


# See everything and change nothing; what they look at is told to nobody (ICM assessment, OPR).
OVERSIGHT = frozenset({Role.OPR, Role.OPR_LEAD})

# Take lists out as files: who answers for work, for records or before a court. Each file is
# asked its purpose first.
EXPORTERS = OVERSIGHT | {
    Role.SUPERVISOR,
    Role.PRIVACY_OFFICER,
    Role.RECORDS_OFFICER,
    Role.FOIA_OFFICER,
    Role.ATTORNEY,
}


class OfficeKind(models.TextChoices):
    """What an office is for."""

    SUPPORT_CENTER = "SUPPORT_CENTER", "Law enforcement support center"
    FIELD_OFFICE = "FIELD_OFFICE", "Field office"
    HEADQUARTERS = "HEADQUARTERS", "Headquarters"
