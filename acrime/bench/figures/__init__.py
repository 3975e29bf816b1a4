"""Every figure, by its stable name, in the order in which they are taken."""

from collections.abc import Callable, Mapping

from acrime.bench.figures import audit, gate, iaq, load, page, pdf, search, visibility
from acrime.bench.report import Result
from acrime.bench.stage import Stage

FIGURES: Mapping[str, Callable[[Stage], Result]] = {
    "visibility.worklist": visibility.worklist,
    "audit.view_event": audit.view_event,
    "audit.write": audit.write,
    "page.worklist": page.worklist,
    "gate.disclose": gate.disclose,
    "pdf.disclosure_record": pdf.disclosure_record,
    "pdf.sealed_record": pdf.sealed_record,
    "iaq.ingest": iaq.ingest,
    "iaq.batches": iaq.batches,
    # These make the table of records larger for themselves, so they come last.
    "visibility.list": visibility.newest_list,
    "visibility.chief": visibility.chiefs_list,
    "visibility.count": visibility.counted,
    "visibility.vs_guardian": visibility.against_guardian,
    # These commit events from connections of their own.
    "audit.seal": audit.seal,
    "audit.verify": audit.verify,
    # These write synthetic people, once for all of them.
    "load.individuals": load.individuals,
    "search.exact": search.exact,
    "search.fuzzy.p50": search.fuzzy_p50,
    "search.fuzzy.p95": search.fuzzy_p95,
    "search.fuzzy.recall25": search.recall,
    "search.visibility": search.visibility,
    "search.portal": search.portal,
    "search.index_size": search.index_size,
    "page.search": page.search,
}

# Figures on people: they look at no query.
OF_PEOPLE = ("load.", "search.", "page.search")


def chosen(asked: str) -> list[str]:
    """The names that *asked* means: names and their beginnings, with commas between.

    Nothing asked means all of them. ``visibility`` means every ``visibility.…``.

    Raises:
        KeyError: one of them means no figure.
    """
    wanted = [part.strip() for part in asked.split(",") if part.strip()]
    for part in wanted:
        if not any(_means(part, name) for name in FIGURES):
            raise KeyError(part)
    return [name for name in FIGURES if not wanted or any(_means(part, name) for part in wanted)]


def _means(part: str, name: str) -> bool:
    return name == part or name.startswith(f"{part}.")
