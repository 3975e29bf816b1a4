"""What becomes of tips and of who reported them."""

from acrime.common.fates import apart, destroyed, kept

destroyed("acrime.Tip", "record", blanked="same_as")
for _label in (
    "acrime.TipPerson",
    "acrime.TipFile",
    "acrime.TipStep",
    "acrime.TipReferral",
    "acrime.TipStrike",
):
    destroyed(_label, "tip__record")
destroyed("acrime.TipSource", "record", needed="tip")
destroyed("acrime.TipExportItem", "record")
kept(
    "acrime.TipExport",
    schedule="ACCOUNTING",
    why="That tips were handed over to a successor, and by whom.",
    envelope="id recipient proposed_by proposed_at decision decided_by decided_at",
    other="reason",
)
kept(
    "acrime.TipExportPart",
    "items__record",
    schedule="ACCOUNTING",
    why="What was handed over is accounted for; the copy of it here goes with the first of its "
    "records.",
    envelope="id export kind sha256 records made_by made_at inside disclosure_number",
    blanked="content",
)
apart(
    "acrime.LineChange",
    "acrime.SourceWindow",
    why="Whether the line is open, and how much comes from an address within ten minutes.",
)
