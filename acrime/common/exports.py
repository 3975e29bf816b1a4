"""Lists taken out as files: for a purpose that is asked first, and safe to open.

A room says which rows and columns, and how the event is written. The event comes before
the first byte: the file is made whole, after it, and sent in one piece.
"""

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from acrime.common.eastern import EASTERN
from acrime.common.rendering import UswdsForm

Row = TypeVar("Row")

NOTICE = (
    "Privacy Act material (5 U.S.C. 552a), system of records DHS/ICE-007. Keep it locked away. "
    "Only for people inside DHS: what goes to anybody else is disclosed through the portal."
)
# What a spreadsheet takes for the beginning of a formula, also in the wide forms.
_FORMULA = "=+-@＝＋－＠|"
_NOT_PRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]+")


class ExportForm(UswdsForm, forms.Form):
    """What the file is for. The answer becomes part of the ledger's event."""

    purpose = forms.CharField(
        label="What you need the file for",
        help_text="For example the number of the request or audit. Leave people's names out.",
        max_length=200,
        widget=forms.Textarea,
    )


@dataclass(frozen=True)
class Export(Generic[Row]):
    """A list to take out.

    Attributes:
        name: what the file's name begins with, in small letters.
        title: what the list is, as filtered.
        rows: what the person may see of it, in the list's order.
        columns: headings, and what each shows of a row.
        back: address of the list.
    """

    name: str
    title: str
    rows: "QuerySet[Any, Row]"
    columns: Mapping[str, Callable[[Row], object]]
    back: str


def export_page(
    request: HttpRequest,
    export: Export[Row],
    *,
    by: str,
    username: str,
    at: datetime,
    write_down: Callable[[Sequence[Row], str], None],
) -> HttpResponse:
    """The question what it is for; once answered, the file.

    Args:
        by: who takes it out, as the file says.
        write_down: writes the event, from the rows and the purpose; if it fails, nothing leaves.
    """
    form = ExportForm(request.POST if request.method == "POST" else None)
    ceiling = settings.EXPORT_ROWS
    if not form.is_valid():
        context = {"form": form, "export": export, "ceiling": ceiling}
        return render(request, "export.html", context, status=422 if form.is_bound else 200)
    rows = list(export.rows[: ceiling + 1])
    cut, rows = len(rows) > ceiling, rows[:ceiling]
    write_down(rows, form.cleaned_data["purpose"])
    local = at.astimezone(EASTERN)
    heading = [
        NOTICE,
        f"{export.title}. Exported by {by}, {local:%Y-%m-%d %H:%M:%S %Z}.",
        f"The first {ceiling} rows only; the list goes on."
        if cut
        else f"{len(rows)} rows, all of the list.",
    ]
    owner = re.sub(r"[^a-z0-9]+", "-", username.lower()).strip("-")
    file = f"{export.name}-{local:%Y%m%d-%H%M%S}-{owner}-privacy-act-material.csv"
    return HttpResponse(
        as_csv(heading, export.columns, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{file}"'},
    )


def as_csv(
    heading: Sequence[str],
    columns: Mapping[str, Callable[[Row], object]],
    rows: Sequence[Row],
) -> bytes:
    """The file: lines of *heading*, the header row, the rows; UTF-8 with its mark."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([cell(line)] for line in heading)
    writer.writerow([cell(name) for name in columns])
    writer.writerows([cell(show(row)) for show in columns.values()] for row in rows)
    return text.getvalue().encode("utf-8-sig", errors="replace")


def cell(value: object) -> str:
    """*value* as the text of one cell, which no spreadsheet takes for a formula."""
    if isinstance(value, datetime):
        return f"{value.astimezone(EASTERN):%Y-%m-%d %H:%M %Z}"
    text = _NOT_PRINTABLE.sub(" ", "" if value is None else str(value))
    return f"'{text}" if text.lstrip().startswith(tuple(_FORMULA)) else text
