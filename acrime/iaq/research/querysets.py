"""Papers of research, as people see them."""

from accounts.models import User
from acrime.iaq.choices import NCIC_SOURCES
from acrime.iaq.models import ResearchStep, StatusQuery
from acrime.iaq.research.models import ResearchAttachment


def paper_of(query: StatusQuery, paper: int, user: User) -> ResearchAttachment | None:
    """The paper of *query*'s research, if *user* may see it.

    Papers of a look into NCIC are for holders of a current certification, as what was found is.
    """
    steps = ResearchStep.objects.visible_to(user).filter(query=query)
    if not user.standing.ncic_certified:
        steps = steps.exclude(source__in=sorted(NCIC_SOURCES))
    return ResearchAttachment.objects.filter(pk=paper, step__in=steps).first()
