"""How an action says no. A refused action raises; it never returns quietly."""

from django.http import Http404


class ActionRefused(Exception):
    """An action that the rules do not allow.

    The message is written for the person who tried and holds no personal data.

    Attributes:
        code: stable, for programs.
        clause: the rule's source, where one applies, such as ``5 U.S.C. 552a(b)(3)``.
    """

    def __init__(self, message: str, *, code: str, clause: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.clause = clause


class NotThere(ActionRefused, Http404):
    """What was asked for does not exist, or the person may not see it: the same answer."""

    def __init__(self) -> None:
        super().__init__("There is nothing here under that number.", code="not-found")
