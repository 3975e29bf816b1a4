"""What becomes of people: they follow the last record about them, and all of this goes along."""

from acrime.common.fates import destroyed

destroyed(
    "acrime.Individual",
    "record",
    blanked="merged_into",
    why="Follows the last record about the person.",
)
for _label in (
    "acrime.IndividualName",
    "acrime.BirthDate",
    "acrime.BirthPlace",
    "acrime.Address",
    "acrime.Telephone",
    "acrime.Identifier",
    "acrime.Photograph",
    "acrime.IndividualFact",
):
    destroyed(_label, "individual__record")
destroyed("acrime.StatusEntry", "individual__record", beside="replaces")
destroyed("acrime.HistoryEntry", "individual__record", beside="replaces")
destroyed("acrime.SearchName", "individual__record", beside="name")
destroyed("acrime.SearchWord", last="acrime.SearchName.tokens", why="A word that no name has.")
destroyed("acrime.SearchWordVariant", last="acrime.SearchWord.word", why="As its word.")
destroyed(
    "acrime.PersonSearch",
    "record",
    "chosen__record",
    blanked="shown",
    why="Whom a search showed, by number; a number among them that is gone is taken out.",
)
destroyed("acrime.IndividualMerge", "survivor__record", "absorbed__record")
destroyed("acrime.MergedRow", "merge__survivor__record", "merge__absorbed__record")
