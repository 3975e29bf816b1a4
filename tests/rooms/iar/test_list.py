"""The list of responses."""

import pytest

from acrime.audit.models import AuditEvent
from tests.conftest import Browser


@pytest.mark.parametrize("asked", ["%00", "DOE,+JANE", "x" * 2000, ""])
def test_an_unknown_way_to_narrow_the_list_is_passed_over(asked: str, as_analyst: Browser) -> None:
    assert as_analyst.get(f"/responses/?show={asked}").status_code == 200
    event = AuditEvent.objects.get(kind="record.listed")
    assert event.criteria == {"List": "Responses", "Show": "All"}
