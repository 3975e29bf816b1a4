"""How states of tips look."""

from collections.abc import Mapping

from acrime.tips.choices import Decision, TipState

TONES: Mapping[str, str] = {
    TipState.SUSPECTED: "warning",
    TipState.NEW: "info",
    TipState.TRIAGE: "info",
    TipState.REVIEW: "warning",
    TipState.OPEN: "success",
    TipState.CLOSED: "neutral",
    TipState.NOT_KEPT: "danger",
}
DECISION_TONES: Mapping[str, str] = {
    Decision.WAITS: "warning",
    Decision.GRANTED: "success",
    Decision.REFUSED: "danger",
}
