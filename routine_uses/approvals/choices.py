"""Codes of approvals."""

from django.db import models


class ApprovalKind(models.TextChoices):
    """What is asked of somebody else before something may leave."""

    CHIEF_PRIVACY_OFFICER = "CHIEF_PRIVACY_OFFICER", "Approval of the Chief Privacy Officer"
    COUNSEL = "COUNSEL", "Consultation of counsel"
    WAIVER = "WAIVER", "Written waiver of the individual"
    HEAD_REQUEST = "HEAD_REQUEST", "Written request of the agency's head"
    COURT_ORDER = "COURT_ORDER", "Order of a court"
    NOTICE_LETTER = "NOTICE_LETTER", "Notice to the individual's last known address"
    CONSENT = "CONSENT", "Consent or request of the individual"
    ASSURANCE = "ASSURANCE", "Written assurance of statistical use"
    VAWA_EXCEPTION = "VAWA_EXCEPTION", "Exception of 8 U.S.C. 1367(b)"
    ASYLUM_EXCEPTION = "ASYLUM_EXCEPTION", "Consent or exception of 8 CFR 208.6"
    UNSEALING_ORDER = "UNSEALING_ORDER", "Order that opens a sealed record"
    JUVENILE_EXCEPTION = "JUVENILE_EXCEPTION", "Exception of 18 U.S.C. 5038"
    ACCURACY = "ACCURACY", "Check of accuracy"


class ApprovalState(models.TextChoices):
    """What was decided. Lapsing and use follow from dates and from the accounting."""

    WAITING = "WAITING", "Waits for a decision"
    GRANTED = "GRANTED", "Granted"
    REFUSED = "REFUSED", "Refused"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"


class Standing(models.TextChoices):
    """How an approval stands at a moment."""

    WAITING = "WAITING", "Waits for a decision"
    GRANTED = "GRANTED", "Granted, not used yet"
    USED = "USED", "Used"
    REFUSED = "REFUSED", "Refused"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"
    EXPIRED = "EXPIRED", "Expired"
