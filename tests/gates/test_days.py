"""A day is a day of Washington: late in its evening the date elsewhere is tomorrow's."""

import ast

from tests.support.source import working_modules

# Whose day is taken as it is, and why that is right.
REVIEWED = {
    "acrime/audit/exporting.py: first": "The first day of a partition, which begins in UTC.",
    "acrime/audit/partitions.py: at": "Partitions of the ledger begin in UTC.",
    "acrime/bench/figures/iaq.py: stage.at": "A synthetic day.",
    "acrime/iaq/layouts/text.py: received_local": "In Washington's time already.",
    "acrime/iaq/research/views.py: eastern": "In Washington's time already.",
    "acrime/iar/following/views.py: now": "In Washington's time already.",
    "acrime/oversight/querysets.py: moment": "Partitions of the ledger begin in UTC.",
    "routine_uses/accounts_of/forms.py: local": "In Washington's time already.",
}


def test_the_day_of_a_moment_is_taken_where_it_is() -> None:
    found = {
        f"{module.path}: {ast.unparse(node.func.value)}"
        for module in working_modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "date"
        and not node.args
        and isinstance(node.func.value, ast.Name | ast.Attribute)
    }
    assert found == set(REVIEWED)
