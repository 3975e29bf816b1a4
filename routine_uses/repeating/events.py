"""Events of repeating disclosures. They hold numbers and codes only."""

from acrime.audit.events import declare

SERIES_PROPOSED = declare("series.proposed", "Proposed a category of repeating disclosures")
SERIES_APPROVED = declare("series.approved", "Approved a category of repeating disclosures")
SERIES_REFUSED = declare("series.refused", "Refused a category of repeating disclosures")
SERIES_ENDED = declare("series.ended", "Ended a category of repeating disclosures")
