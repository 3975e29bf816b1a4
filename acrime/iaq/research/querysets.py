"""Steps and papers of research, as people see them and name them."""

from accounts.models import User
from acrime.common.places import at_place
from acrime.iaq.choices import NCIC_SOURCES
from acrime.iaq.models import ResearchStep, StatusQuery
from acrime.iaq.research.models import ResearchAttachment


def paper_of(query: StatusQuery, place: int, user: User) -> ResearchAttachment | None:
    """The paper at *place*, from 1, of those of *query*'s research that *user* may see.

    A key of its row would tell how many papers there are of queries that may not be seen.

    Papers of a look into NCIC are for holders of a current certification, as what was found is.
    """
    steps = ResearchStep.objects.visible_to(user).filter(query=query)
    if not user.standing.ncic_certified:
        steps = steps.exclude(source__in=sorted(NCIC_SOURCES))
    return at_place(ResearchAttachment.objects.filter(step__in=steps), place)


def own_step(query: StatusQuery, place: int, user: User) -> ResearchStep | None:
    """The research step at *place*, from 1, of those that *user* wrote for *query*."""
    return at_place(ResearchStep.objects.filter(query=query, author=user), place)
