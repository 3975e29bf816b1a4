"""What every act on a detainer shares: who works with them, the locked row, the next state."""

from accounts.models import User
from acrime.common.errors import ActionRefused
from acrime.detainers.choices import DetainerState
from acrime.detainers.models import Detainer
from acrime.detainers.policy import WORKERS, may_follow


def require_worker(actor: User) -> None:
    """Let nobody act on a detainer whose role does not.

    Raises:
        ActionRefused: the role.
    """
    if not actor.has_role(*WORKERS):
        raise ActionRefused("Your role does not work with detainers.", code="not-a-worker")


def locked_detainer(detainer: Detainer, actor: User) -> Detainer:
    """The row of *detainer* with its envelope, held until the transaction ends.

    Raises:
        ActionRefused: the actor's role does not work with detainers.
    """
    require_worker(actor)
    found: Detainer = (
        Detainer.objects.select_for_update(of=("self", "record"))
        .select_related("record", "agency")
        .get(pk=detainer.pk)
    )
    return found


def move(detainer: Detainer, state: DetainerState, *, refusal: str) -> None:
    """Bring *detainer* to *state*; the caller saves.

    Raises:
        ActionRefused: it does not come there from where it stands.
    """
    if not may_follow(detainer.state, state, edition=detainer.edition):
        raise ActionRefused(refusal, code="wrong-state")
    detainer.state = state
