"""Codes of responses, deliveries, replies and what follows an answer."""

from django.db import models


class Destination(models.TextChoices):
    """To whom a copy goes."""

    REQUESTER = "REQUESTER", "Requesting agency"
    FIELD_OFFICE = "FIELD_OFFICE", "Responsible field office"


class DeliveryState(models.TextChoices):
    """Where a copy stands."""

    QUEUED = "QUEUED", "Queued"
    SENT = "SENT", "Sent, not confirmed"
    DELIVERED = "DELIVERED", "Delivered"
    FAILED = "FAILED", "Failed"
    GIVEN_UP = "GIVEN_UP", "Given up"


class ProofKind(models.TextChoices):
    """How it is known that a copy arrived."""

    READ_BACK = "READ_BACK", "Read back from the spool folder"
    ANSWER = "ANSWER", "The receiver's own answer"
    ACKNOWLEDGEMENT = "ACKNOWLEDGEMENT", "An acknowledgement that came back"
    OTHER_MEANS = "OTHER_MEANS", "Delivered by other means"


class ReplySort(models.TextChoices):
    """What came back."""

    ACKNOWLEDGEMENT = "ACKNOWLEDGEMENT", "Acknowledgement"
    ECHO = "ECHO", "Response as the receiver has it"
    UNREADABLE = "UNREADABLE", "Cannot be read"


class ReplyState(models.TextChoices):
    """What became of something that came back. Each is kept whole."""

    MATCHED = "MATCHED", "Matched"
    WAITING = "WAITING", "Waits for a person"
    SETTLED = "SETTLED", "Settled by a person"


class AmendReason(models.TextChoices):
    """Why an answer is amended. The words leave with it; a person's own words do not."""

    LATER_RECORD = "LATER_RECORD", "A record was found that was not known before"
    ANOTHER_PERSON = "ANOTHER_PERSON", "The record is about another person"
    WRONG_VALUE = "WRONG_VALUE", "A value was wrong"
    STATUS_CHANGED = "STATUS_CHANGED", "The status has changed since"
    CORRECTED_RECORD = "CORRECTED_RECORD", "The record was corrected under the Privacy Act"


class AmendmentState(models.TextChoices):
    """Where an amendment stands."""

    OPEN = "OPEN", "Being worked"
    RELEASED = "RELEASED", "Released"
    DROPPED = "DROPPED", "Dropped"


class Outcome(models.TextChoices):
    """What the field office did about an answer."""

    ACTION_TAKEN = "ACTION_TAKEN", "Action taken"
    NO_ACTION = "NO_ACTION", "No action"
    REFERRED = "REFERRED", "Referred to somebody else"
