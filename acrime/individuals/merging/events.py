"""Events of merges."""

from acrime.audit.events import declare

MERGE_PROPOSED = declare("individual.merge.proposed", "Proposed to merge two individuals")
MERGE_REFUSED = declare("individual.merge.refused", "Refused to merge two individuals")
MERGED = declare("individual.merge.done", "Merged two individuals")
UNDO_PROPOSED = declare("individual.unmerge.proposed", "Proposed to undo a merge")
UNDO_REFUSED = declare("individual.unmerge.refused", "Refused to undo a merge")
UNDONE = declare("individual.unmerge.done", "Undid a merge")
