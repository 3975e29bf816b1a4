"""The verbs about who reported a tip."""

from accounts.models import User
from acrime.common.errors import ActionRefused
from acrime.tips import policy
from acrime.tips.choices import TipState
from acrime.tips.models import TipSource


def require_linkable(*, source: TipSource, actor: User) -> None:
    """Let nobody be linked as the reporter of a tip that is not kept.

    Raises:
        ActionRefused: it is not, or the actor's role takes no tips.
    """
    if not actor.has_role(*policy.TAKERS):
        raise ActionRefused("Your role takes no tips.", code="not-your-role")
    if source.tip.state == TipState.NOT_KEPT:
        raise ActionRefused("The tip is not kept.", code="wrong-state", clause=policy.SPEECH_CLAUSE)
