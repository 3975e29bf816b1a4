"""A paper that acts, runs something or carries another file is none, wherever that hangs in it."""

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from acrime.common.errors import ActionRefused
from routine_uses.approvals.documents import media_type_of


def paper(change: Callable[[pikepdf.Pdf, pikepdf.Page], None], *, packed: bool = False) -> bytes:
    """A PDF file of one page, changed; its objects packed into streams where that is wanted."""
    held = io.BytesIO()
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    with pikepdf.new() as made:
        made.add_blank_page()
        change(made, made.pages[0])
        made.save(held, object_stream_mode=mode)
    return held.getvalue()


def act(kind: str, **more: Any) -> Dictionary:
    return Dictionary(S=Name(f"/{kind}"), **more)


def script() -> Dictionary:
    return act("JavaScript", JS="app.alert(1)")


def linked(action: Dictionary) -> Dictionary:
    return Dictionary(
        Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=action, Border=Array([0])
    )


def annotated(annotation: Callable[[], Dictionary]) -> Callable[[pikepdf.Pdf, pikepdf.Page], None]:
    def change(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
        page.obj.Annots = Array([pdf.make_indirect(annotation())])

    return change


def with_field(more: Callable[[], dict[str, Any]]) -> Callable[[pikepdf.Pdf, pikepdf.Page], None]:
    def change(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
        field = pdf.make_indirect(Dictionary(FT=Name.Tx, T="amount", **more()))
        pdf.Root.AcroForm = Dictionary(Fields=Array([field]))

    return change


def page_opens(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    page.obj.AA = Dictionary(O=act("URI", URI="https://example.org/seen"))


def outlined(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    entry = pdf.make_indirect(Dictionary(Title="First", A=act("Launch", F="calc.exe")))
    pdf.Root.Outlines = Dictionary(Type=Name.Outlines, First=entry, Last=entry, Count=1)


def dynamic(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Array(), XFA=pdf.make_stream(b"<xdp/>"))


def carried(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    inside = pdf.make_indirect(Dictionary(F=pdf.make_stream(b"MZ")))
    pdf.Root.AF = Array([pdf.make_indirect(Dictionary(Type=Name.Filespec, F="a.exe", EF=inside))])


def later(kind: str) -> Dictionary:
    return act(
        "URI", URI="https://example.org/", Next=Array([act("Named", N=Name.Print), act(kind)])
    )


ACTIVE: dict[str, Callable[[pikepdf.Pdf, pikepdf.Page], None]] = {
    "a page that acts when it opens": page_opens,
    "an annotation with a script": annotated(lambda: linked(script())),
    "an annotation that starts a program": annotated(lambda: linked(act("Launch", F="calc.exe"))),
    "an annotation that sends a form": annotated(
        lambda: linked(act("SubmitForm", F="https://x.example"))
    ),
    "an annotation that takes data in": annotated(lambda: linked(act("ImportData", F="a.fdf"))),
    "an annotation that opens another file": annotated(lambda: linked(act("GoToR", F="b.pdf"))),
    "an annotation that plays": annotated(lambda: linked(act("Rendition", JS="app.alert(1)"))),
    "an annotation that acts when it is passed": annotated(
        lambda: Dictionary(Type=Name.Annot, Subtype=Name.Link, AA=Dictionary(E=script()))
    ),
    "a second act behind a harmless one": annotated(lambda: linked(later("JavaScript"))),
    "a file on the page": annotated(
        lambda: Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment)
    ),
    "a field that computes": with_field(lambda: {"AA": Dictionary(K=script())}),
    "a field with a script": with_field(lambda: {"A": script()}),
    "a form that is a program": dynamic,
    "an outline that starts a program": outlined,
    "a file beside the page": carried,
}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
@pytest.mark.parametrize("change", ACTIVE.values(), ids=ACTIVE)
def test_what_acts_is_refused(
    change: Callable[[pikepdf.Pdf, pikepdf.Page], None], packed: bool
) -> None:
    with pytest.raises(ActionRefused) as refused:
        media_type_of(paper(change, packed=packed))
    assert refused.value.code == "paper-active"


def nothing(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    """As it is."""


def drawn_with_names(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    """A font and a picture whose names look like acts."""
    font = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type1,
        BaseFont=Name.Helvetica,
        FontDescriptor=Dictionary(Type=Name.FontDescriptor, FontName=Name.Helvetica),
    )
    picture = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 1, 1]))
    picture.Group = Dictionary(S=Name.Transparency)
    page.obj.Resources = Dictionary(Font=Dictionary(AA=font), XObject=Dictionary(AA=picture))


def structured(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    """Tags of a page that can be read aloud."""
    part = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Link))
    pdf.Root.StructTreeRoot = Dictionary(Type=Name.StructTreeRoot, K=Array([part]))


def opens_at_a_page(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    pdf.Root.OpenAction = act("GoTo", D=Array([page.obj, Name.Fit]))


QUIET: dict[str, Callable[[pikepdf.Pdf, pikepdf.Page], None]] = {
    "a page": nothing,
    "names that look like acts": drawn_with_names,
    "tags": structured,
    "a place to open at": opens_at_a_page,
    "a link to an address": annotated(lambda: linked(act("URI", URI="https://www.uscourts.gov/"))),
    "a link to a place": annotated(lambda: linked(act("GoTo", D=Array([0, Name.Fit])))),
    "a field to fill in": with_field(lambda: {"V": "12"}),
}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
@pytest.mark.parametrize("change", QUIET.values(), ids=QUIET)
def test_what_only_shows_and_leads_is_taken(
    change: Callable[[pikepdf.Pdf, pikepdf.Page], None], packed: bool
) -> None:
    assert media_type_of(paper(change, packed=packed)) == "application/pdf"
