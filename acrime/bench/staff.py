"""People of a stage: synthetic colleagues who may enter."""

from datetime import datetime

from accounts.actions import create_user
from accounts.choices import Role
from accounts.models import Course, Office, User
from accounts.standing.actions import record_training
from acrime.common.eastern import portal_day


def colleague(
    name: str,
    role: Role,
    *,
    full_name: str,
    office: Office | None,
    at: datetime,
    supervisor: User | None = None,
    password: str | None = None,
) -> User:
    """Somebody with *role* whose training is current."""
    user = create_user(
        username=name,
        full_name=full_name,
        title="Synthetic officer",
        password=password,
        office=office,
        roles=[role],
        supervisor=supervisor,
        is_demo=True,
        actor=None,
        at=at,
    )
    record_training(
        user=user,
        course=Course.objects.get(code=Course.SYSTEM),
        passed_on=portal_day(at),
        evidence="Synthetic certificate",
        actor=None,
        at=at,
    )
    return user
