"""What NCIC acts ask before they do anything."""

from accounts.models import User
from acrime.common.errors import ActionRefused

NCIC_CLAUSE = "ICM assessment, section 3.4 (NCIC certification)"


def require_ncic(user: User) -> None:
    """Let nobody use NCIC whose certification is not current.

    Raises:
        ActionRefused: *user* is not certified today.
    """
    if not user.standing.ncic_certified:
        raise ActionRefused(
            "Your NCIC certification is not current. An administrator records it when you have "
            "passed; until then NCIC is closed to you.",
            code="ncic-certification",
            clause=NCIC_CLAUSE,
        )
