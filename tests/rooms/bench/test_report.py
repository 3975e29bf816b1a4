"""The report: lines for people, a list for programs, and which figures are meant."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from acrime.bench.figures import FIGURES, chosen
from acrime.bench.measure import WARM_UP, each_taken, medians, must_agree, percentile
from acrime.bench.report import HEADING, Result, write_report

RESULT = Result("visibility.list", 1.5, 0.75, "ms", "25 of 100 records")


def test_the_file_is_a_list_of_figures(tmp_path: Path) -> None:
    file = tmp_path / "made" / "bench.json"

    write_report(file, [RESULT])

    assert json.loads(file.read_text(encoding="utf-8")) == [
        {
            "name": "visibility.list",
            "ours": 1.5,
            "baseline": 0.75,
            "ratio": 2.0,
            "unit": "ms",
            "note": "25 of 100 records",
        }
    ]


def test_a_figure_is_one_line_below_its_heading() -> None:
    line = RESULT.line()

    assert line.split() == [
        *("visibility.list", "1.50", "0.75", "2.00x", "ms:", "25", "of", "100", "records")
    ]
    assert line.index("ms:") == HEADING.index("unit")


def test_names_are_stable() -> None:
    assert set(FIGURES) == {
        "visibility.list",
        "visibility.chief",
        "visibility.count",
        "visibility.worklist",
        "visibility.vs_guardian",
        "audit.view_event",
        "audit.write",
        "audit.seal",
        "audit.verify",
        "gate.disclose",
        "pdf.disclosure_record",
        "pdf.sealed_record",
        "iaq.ingest",
        "iaq.batches",
        "load.individuals",
        "search.exact",
        "search.fuzzy.p50",
        "search.fuzzy.p95",
        "search.fuzzy.recall25",
        "search.visibility",
        "search.portal",
        "search.index_size",
        "page.search",
        "page.worklist",
    }


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("", list(FIGURES)),
        ("visibility", [name for name in FIGURES if name.startswith("visibility.")]),
        ("visibility.list, gate.disclose", ["gate.disclose", "visibility.list"]),
    ],
)
def test_figures_are_chosen_by_name_or_beginning(asked: str, meant: list[str]) -> None:
    assert chosen(asked) == meant


def test_an_unknown_figure_is_told() -> None:
    with pytest.raises(CommandError, match="no figure 'visib'"):
        call_command("bench", "--figures=gate,visib", stdout=StringIO())


def test_only_local_and_test_portals_take_figures() -> None:
    class Elsewhere:
        local = test = False

    with (
        override_settings(ENVIRONMENT=Elsewhere()),
        pytest.raises(CommandError, match="only in a local or test portal"),
    ):
        call_command("bench", stdout=StringIO())


def test_acts_take_turns_and_the_first_ones_do_not_count() -> None:
    called: list[tuple[str, int]] = []

    def act(name: str) -> Callable[[int], None]:
        return lambda turn: called.append((name, turn))

    taken = medians(act("ours"), act("baseline"), rounds=2)

    assert len(taken) == 2
    assert called[:4] == [("ours", 0), ("baseline", 0), ("baseline", 1), ("ours", 1)]
    assert [turn for name, turn in called if name == "ours"] == list(range(WARM_UP + 2))


def test_every_turn_is_told() -> None:
    moments = iter(range(100))
    taken = each_taken(lambda turn: None, rounds=4, clock=lambda: next(moments))

    assert taken == [[1000.0] * 4]


@pytest.mark.parametrize(("share", "time"), [(0.5, 51.0), (0.95, 96.0), (0.0, 1.0), (1.0, 100.0)])
def test_a_percentile_is_one_of_the_times(share: float, time: float) -> None:
    assert percentile([float(each) for each in range(100, 0, -1)], share) == time


def test_sides_that_differ_are_no_figure() -> None:
    must_agree([1], [1])
    with pytest.raises(RuntimeError):
        must_agree([1], [2])
