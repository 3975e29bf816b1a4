"""What a page costs beside its query."""

from typing import Any

from django.test import Client
from django.urls import reverse

from acrime.bench.crowd import questions
from acrime.bench.figures.search import ranked, wanted_of
from acrime.bench.measure import medians
from acrime.bench.report import Result
from acrime.bench.stage import OPEN, Stage
from acrime.common.pages import PAGE_SIZE
from acrime.iaq.models import StatusQuery
from acrime.iaq.worklist.tabs import tab_rows

HOST = "127.0.0.1"
HTTP_OK = 200


def worklist(stage: Stage) -> Result:
    """The worklist through every middleware, with its event, and its bare queryset."""
    client = _signed_in(stage)
    address = reverse("iaq:list")

    def page(_: int) -> Any:
        answer = client.get(address)
        if answer.status_code != HTTP_OK:
            raise RuntimeError(f"The worklist answered {answer.status_code}.")
        return answer

    def rows(_: int) -> list[StatusQuery]:
        # One more than is shown: that is how the page knows whether there is a next one.
        return list(tab_rows("open", stage.analyst)[: PAGE_SIZE + 1])

    took, bare = medians(page, rows, rounds=stage.rounds)
    return Result(
        "page.worklist",
        took,
        bare,
        "ms",
        f"{PAGE_SIZE} of {stage.scale // OPEN} open queries as a page, signed in, its event "
        "committed, and as a bare queryset",
    )


def search(stage: Stage) -> Result:
    """Somebody looked for on the page, and the statements of that search."""
    asked = questions(stage)
    client = _signed_in(stage)
    address = reverse("individuals:search")

    def page(turn: int) -> Any:
        each = asked[turn % len(asked)]
        year, month, day = each.born or ("", "", "")
        typed = {"last": each.last, "first": each.first, "middle": each.middle, "advanced": "1"}
        born = {"born_0": str(month), "born_1": str(day), "born_2": str(year)}
        answer = client.post(address, typed | born)
        if answer.status_code != HTTP_OK:
            raise RuntimeError(f"The search answered {answer.status_code}.")
        return answer

    def statements(turn: int) -> list[int]:
        return ranked(wanted_of(asked[turn % len(asked)]), stage.analyst)

    took, bare = medians(page, statements, rounds=min(stage.rounds, len(asked)))
    return Result(
        "page.search",
        took,
        bare,
        "ms",
        f"up to {PAGE_SIZE} of {stage.people} people as a page, signed in, its event committed, "
        "and the bare statements",
    )


def _signed_in(stage: Stage) -> Client:
    """A browser in which the analyst has signed in by the pages for it."""
    client = Client(headers={"host": HOST})
    client.post(reverse("accounts:banner"))
    client.post(
        reverse("accounts:sign-in"),
        {"username": stage.analyst.username, "password": stage.password},
    )
    return client
