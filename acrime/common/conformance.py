"""What WeasyPrint leaves out of a document that is PDF/A-2a and PDF/UA-1 at once, and sealed.

It writes one of the two identifications, no scope of a table's headings, and no field for a
signature. pyHanko could add a field, but an untagged one, which PDF/UA forbids; so the field
is put in here, with its place in the structure, before the file is written.
"""

from typing import Any

import pydyf

SEAL_FIELD = "Seal"
# Printed with the page, and not to be moved or deleted (ISO 32000-1, table 165).
_PRINT_AND_LOCKED = 4 + 128
# PDF/A knows the identification of PDF/UA only by a description of its schema.
_PDF_UA = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>The part of ISO 14289 that the file follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""


def finish(_: object, pdf: pydyf.PDF) -> None:
    """Complete *pdf*, as WeasyPrint is about to write it."""
    _tell_of_pdf_ua(pdf)
    _scope_the_headings(pdf)
    _add_seal_field(pdf)
    # The writer asks every object for its bytes twice, and would compress streams twice.
    pdf.objects = [_Drawn(each) if each.free == "n" else each for each in pdf.objects]


class _Drawn(pydyf.Object):  # type: ignore[misc]  # pydyf has no type information
    """An object that is finished: its bytes are made once."""

    def __init__(self, source: pydyf.Object) -> None:
        super().__init__()
        self.number = source.number
        self._compressible: bool = source.compressible
        self._data: bytes = source.data

    @property
    def data(self) -> bytes:
        """The object in the file's own writing."""
        return self._data

    @property
    def compressible(self) -> bool:
        """Whether it may go into an object stream."""
        return self._compressible


def _at(pdf: pydyf.PDF, reference: bytes) -> Any:
    """The object that ``12 0 R`` means."""
    return pdf.objects[int(reference.split()[0])]


def _tell_of_pdf_ua(pdf: pydyf.PDF) -> None:
    metadata = _at(pdf, pdf.catalog["Metadata"])
    [told] = metadata.stream
    metadata.stream = [told.replace(b"</rdf:RDF>", _PDF_UA + b"</rdf:RDF>")]
    # To be found by whoever only looks for it, as PDF/A recommends.
    metadata.compress = False


def _scope_the_headings(pdf: pydyf.PDF) -> None:
    for element in pdf.objects:
        if isinstance(element, dict) and element.get("S") == "/TH":
            group = _at(pdf, _at(pdf, element["P"])["P"])
            element["A"]["Scope"] = "/Column" if group["S"] == "/THead" else "/Row"


def _add_seal_field(pdf: pydyf.PDF) -> None:
    """An invisible field on the first page, tagged as a form, with words for who hears it."""
    structure = _at(pdf, pdf.catalog["StructTreeRoot"])
    document = _at(pdf, structure["K"][0])
    numbers = _at(pdf, structure["ParentTree"])["Nums"]
    key = max(numbers[::2]) + 1
    page = pdf.page_references[0]
    field = pydyf.Dictionary(
        {
            "Type": "/Annot",
            "Subtype": "/Widget",
            "FT": "/Sig",
            "T": pydyf.String(SEAL_FIELD),
            "TU": pydyf.String("Electronic seal of this document"),
            "Rect": pydyf.Array([0, 0, 0, 0]),
            "F": _PRINT_AND_LOCKED,
            "P": page,
            "StructParent": key,
        }
    )
    pdf.add_object(field)
    place = pydyf.Dictionary({"Type": "/OBJR", "Obj": field.reference, "Pg": page})
    pdf.add_object(place)
    form = pydyf.Dictionary(
        {
            "Type": "/StructElem",
            "S": "/Form",
            "K": pydyf.Array([place.reference]),
            "Pg": page,
            "P": document.reference,
        }
    )
    pdf.add_object(form)
    document["K"].append(form.reference)
    numbers.extend([key, form.reference])
    _at(pdf, page).setdefault("Annots", pydyf.Array()).append(field.reference)
    pdf.catalog["AcroForm"] = pydyf.Dictionary(
        {"Fields": pydyf.Array([field.reference]), "SigFlags": 1}
    )
