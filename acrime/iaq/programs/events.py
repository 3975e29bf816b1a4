"""Events of program tables."""

from acrime.audit.events import declare

LOADED = declare("iaq.programs.loaded", "Loaded the programs that come with the product")
BEGUN = declare("iaq.programs.begun", "Began a change of the program rules")
CHANGED = declare("iaq.programs.changed", "Changed a draft of the program rules")
PROPOSED = declare("iaq.programs.proposed", "Proposed a change of the program rules")
PUT_IN_FORCE = declare("iaq.programs.put-in-force", "Put program rules in force")
REFUSED = declare("iaq.programs.refused", "Refused a change of the program rules")
WITHDRAWN = declare("iaq.programs.withdrawn", "Withdrew a change of the program rules")
DECIDED = declare("iaq.program.decided", "Decided the program of the query", shred=("purpose",))
