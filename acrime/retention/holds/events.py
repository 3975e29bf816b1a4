"""Events of holds. Texts of a hold stay with it; an event tells its number and codes."""

from acrime.audit.events import declare

PLACED = declare("hold.placed", "Placed a hold")
WIDENED = declare("hold.widened", "Added to what a hold names")
REVIEWED = declare("hold.reviewed", "Reviewed a hold and kept it")
CUSTODIAN_NAMED = declare("hold.custodian.named", "Named another custodian of a hold")
AUTHORITY_NAMED = declare("hold.authority.named", "Named another authority of a hold")
RELEASE_ASKED = declare("hold.release.asked", "Asked for the release of a hold")
RELEASE_REFUSED = declare("hold.release.refused", "Refused to release a hold")
RELEASED = declare("hold.released", "Released a hold")
LETTER_WRITTEN = declare("hold.letter.written", "Wrote a letter to the custodian of a hold")
LETTER_ACKNOWLEDGED = declare(
    "hold.letter.acknowledged", "Acknowledged a letter as custodian of a hold"
)
MATTER_OPENED = declare("matter.opened", "Opened a matter that holds can be on")
MATTER_WIDENED = declare("matter.widened", "Added records or people to a matter")
# Looks at holds, of which no record's owner is told: they show numbers and no contents.
HOLDS_LISTED = declare("holds.listed", "Saw a list of holds")
HOLD_VIEWED = declare("hold.viewed", "Looked at a hold")
LETTER_TAKEN = declare("hold.letter.taken", "Took a letter of a hold out")
MATTER_VIEWED = declare("matter.viewed", "Looked at a matter")
