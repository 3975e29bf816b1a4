"""Events of the wizard, and of what the privacy office makes of refusals."""

from acrime.audit.events import declare

DISCLOSURE_PREPARED = declare("disclosure.prepared", "Began to prepare a disclosure", look=True)
DISCLOSURE_DISCARDED = declare("disclosure.discarded", "Discarded a prepared disclosure")
REFUSALS_LISTED = declare("disclosure.refusals.listed", "Saw refused disclosures", look=True)
REFUSAL_REVIEWED = declare("disclosure.refusal.reviewed", "Reviewed a refused disclosure")
