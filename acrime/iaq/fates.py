"""What becomes of queries, the messages that brought them and the work on them."""

from acrime.common.fates import Fate, apart, destroyed, kept, store

destroyed("acrime.StatusQuery", "record", beside="message")
destroyed(
    "acrime.InboundMessage",
    "query__record",
    "corrections__query__record",
    beside="corrects",
    why="What was received goes with the query that it became; a message that became none is "
    "settled on the desk.",
)
for _label in (
    "acrime.Encounter",
    "acrime.Determination",
    "acrime.ResearchStep",
    "acrime.OffensePlacement",
    "acrime.WorkItem",
):
    destroyed(_label, "query__record")
destroyed("acrime.ResearchAttachment", "step__query__record")
destroyed("acrime.SystemQuestion", "query__record", beside="step")
kept(
    "acrime.SavedView",
    schedule="ACCESS-RIGHTS",
    why="One person's choice of filters, as long as they use it; it names no record.",
    envelope="id owner saved_at",
    other="name filters",
)
apart(
    "acrime.ConclusionVersion",
    "acrime.ConclusionProposal",
    "acrime.ProgramTable",
    "acrime.SamplingRate",
    why="Wordings and rules, which speak of no record.",
)
apart(
    "acrime.SystemHealth",
    "acrime.IntakeFolder",
    why="How a connected system fares, and how much waits in a folder.",
)
store(
    "spool_folder",
    fate=Fate.GONE,
    why="Copies of responses, each in a file under the key of its delivery, and messages that wait "
    "to be taken in.",
)
store(
    "connectors",
    fate=Fate.APART,
    why="Folders that stand for connected systems; they are asked and not written to.",
)
