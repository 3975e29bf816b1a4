"""Which terms go along with a disclosure: by its content, its recipient and its ground. Pure.

The reviewed table is ``tests/tables/redisclosure_terms.csv``; the words of each term stand,
with their clauses, in ``reference/redisclosure_terms.toml``.
"""

from collections.abc import Mapping

from routine_uses.choices import (
    AgencyTag,
    Field,
    Paragraph,
    Protection,
    Purpose,
    RecipientType,
)
from routine_uses.policy import DisclosureRequest

NOT_A_DETAINER = "NOT_A_DETAINER"
IDENTITY_SHARING = "IDENTITY_SHARING"
SAME_LIMITS = "SAME_LIMITS"
STATISTICS_ONLY = "STATISTICS_ONLY"
NO_BAIL_BOND = "NO_BAIL_BOND"

# In the order in which they are printed.
BY_PROTECTION: Mapping[str, str] = {
    Protection.VAWA.value: "PROTECTED_APPLICANT",
    Protection.ASYLUM.value: "ASYLUM",
    Protection.VISA.value: "VISA_RECORDS",
    Protection.SEALED.value: "SEALED",
    Protection.JUVENILE.value: "JUVENILE",
}

# Who might take a word about a person's status for a request to hold that person.
MIGHT_HOLD = frozenset(
    {
        RecipientType.FEDERAL.value,
        RecipientType.STATE.value,
        RecipientType.LOCAL.value,
        RecipientType.TRIBAL.value,
        RecipientType.TERRITORIAL.value,
        RecipientType.FOREIGN.value,
        RecipientType.INTERNATIONAL.value,
        RecipientType.COURT.value,
    }
)
OF_STATUS = frozenset(
    {
        Field.CITIZENSHIP.value,
        Field.IMMIGRATION_STATUS.value,
        Field.REMOVAL_STATUS.value,
        Field.REMOVAL_HISTORY.value,
        Field.DETAINER_EXISTENCE.value,
        Field.CUSTODY_STATUS.value,
        Field.CUSTODY_LOCATION.value,
    }
)
# The letter under which a detainer is placed: there it is one.
DETAINER_LETTER = "M"

# The sharing policy governs state, local and tribal agencies and no federal one; the FBI hands
# answers to fingerprint-based queries on to whoever asked.
UNDER_THE_SHARING_POLICY = frozenset(
    {RecipientType.STATE.value, RecipientType.LOCAL.value, RecipientType.TRIBAL.value}
)
OF_IDENTITY = frozenset(
    {
        Field.NAME.value,
        Field.ALIASES.value,
        Field.DATE_OF_BIRTH.value,
        Field.PLACE_OF_BIRTH.value,
        Field.COUNTRY_OF_BIRTH.value,
        Field.SEX.value,
        Field.PHOTOGRAPH.value,
        Field.FINGERPRINTS.value,
        Field.FINGERPRINT_ID.value,
        Field.FBI_NUMBER.value,
        Field.QUERY_ECHO.value,
    }
)


def terms_for(request: DisclosureRequest) -> tuple[str, ...]:
    """Codes of the terms that go along with *request*, in the order in which they are printed."""
    found = []
    recipient = request.recipient
    if (
        recipient.type in MIGHT_HOLD
        and request.fields & OF_STATUS
        and request.letter != DETAINER_LETTER
    ):
        found.append(NOT_A_DETAINER)
    handed_on = (
        recipient.tag == AgencyTag.FBI_CJIS.value
        and request.purpose == Purpose.FINGERPRINT_QUERY.value
    )
    if request.fields & OF_IDENTITY and (handed_on or recipient.type in UNDER_THE_SHARING_POLICY):
        found.append(IDENTITY_SHARING)
    found += [
        code for protection, code in BY_PROTECTION.items() if protection in request.protections
    ]
    if recipient.type == RecipientType.CONTRACTOR.value and request.letter == "F":
        found.append(SAME_LIMITS)
    if request.paragraph == Paragraph.B5.value:
        found.append(STATISTICS_ONLY)
    if request.letter == "EE":
        found.append(NO_BAIL_BOND)
    return tuple(found)
