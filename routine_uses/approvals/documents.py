"""What may be attached to an approval: told by the contents of a file, not by its name. Pure."""

import io
import warnings
from collections.abc import Iterator

import pikepdf
from PIL import Image

from acrime.common.errors import ActionRefused
from routine_uses.approvals.models import MOST_BYTES

MOST_DOCUMENTS = 5
LONGEST_NAME = 120
SUFFIXES = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/tiff": "tiff",
}
# What a PDF file can do beyond showing pages and leading to a place or an address.
_ACTIONS = frozenset(
    {
        "/JavaScript",
        "/Launch",
        "/SubmitForm",
        "/ImportData",
        "/Rendition",
        "/RichMediaExecute",
        "/Movie",
        "/Sound",
        "/GoToE",
        "/GoToR",
    }
)
_ANNOTATIONS = frozenset({"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/3D"})
_IMAGES = {"PNG": "image/png", "JPEG": "image/jpeg", "TIFF": "image/tiff"}


def media_type_of(data: bytes) -> str:
    """What *data* is: a PDF file, or a PNG, JPEG or TIFF picture.

    Raises:
        ActionRefused: it is empty, too large, none of these, damaged, locked by a password,
            or a PDF file that holds scripts, other acts or other files, wherever in it.
    """
    if not data:
        raise ActionRefused("The file is empty.", code="paper-empty")
    if len(data) > MOST_BYTES:
        raise ActionRefused(
            f"A file has at most {MOST_BYTES // (1024 * 1024)} MB.", code="paper-too-large"
        )
    if data.startswith(b"%PDF-"):
        _look_into_pdf(data)
        return "application/pdf"
    return _kind_of_picture(data)


def tidied_name(name: str) -> str:
    """The last part of a file's name, printable and not too long."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(char for char in last if char.isprintable()).strip()
    return shown[-LONGEST_NAME:] or "paper"


def _look_into_pdf(data: bytes) -> None:
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            pages = len(pdf.pages)
            active = _is_active(pdf)
    except pikepdf.PasswordError:
        raise ActionRefused("The PDF file is locked by a password.", code="paper-locked") from None
    except pikepdf.PdfError:
        raise _damaged() from None
    if not pages:
        raise _damaged()
    if active:
        raise ActionRefused(
            "The PDF file holds scripts or other files. Print it to a plain PDF file first.",
            code="paper-active",
        )


def _is_active(pdf: pikepdf.Pdf) -> bool:
    """Whether anything in *pdf* acts by itself, runs something, or carries another file.

    Every object is looked at, wherever it hangs: pages, annotations, fields, outlines. What a
    reader of the paper follows by hand, a link to a place or an address, is no act.
    """
    names = pdf.Root.get("/Names", pikepdf.Dictionary())
    opened = pdf.Root.get("/OpenAction")
    acts = isinstance(opened, pikepdf.Dictionary) and opened.get("/S") != "/GoTo"
    if acts or "/AA" in pdf.Root or "/JavaScript" in names or "/EmbeddedFiles" in names:
        return True
    return any(_does_something(each) for whole in pdf.objects for each in _dictionaries(whole))


def _dictionaries(whole: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """*whole* and what lies in it, as far as these are dictionaries; references are not followed.

    What is referred to is an object of the file by itself, and looked at as such.
    """
    waiting = [whole]
    while waiting:
        here = waiting.pop()
        if isinstance(here, pikepdf.Array):
            inside = list(here.as_list())
        elif isinstance(here, pikepdf.Dictionary | pikepdf.Stream):
            yield here
            inside = [here[key] for key in here.keys()]  # noqa: SIM118  # no mapping
        else:
            continue
        waiting += [
            each for each in inside if isinstance(each, pikepdf.Object) and not each.is_indirect
        ]


def _does_something(found: pikepdf.Object) -> bool:
    by_event = found.get("/AA")
    return (
        str(found.get("/S", "")) in _ACTIONS
        or str(found.get("/Subtype", "")) in _ANNOTATIONS
        or "/XFA" in found
        or isinstance(found.get("/EF"), pikepdf.Dictionary)
        # A font or a picture may be called AA; only actions have a kind.
        or (
            isinstance(by_event, pikepdf.Dictionary)
            and any(
                isinstance(by_event[key], pikepdf.Dictionary) and "/S" in by_event[key]
                for key in by_event.keys()  # noqa: SIM118  # no mapping
            )
        )
    )


def _kind_of_picture(data: bytes) -> str:
    try:
        with warnings.catch_warnings():
            # A picture that would fill the memory is refused, not only warned of.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=list(_IMAGES)) as picture:
                kind = picture.format or ""
                picture.verify()
    except Exception:  # noqa: BLE001  # whatever a broken picture makes the library raise
        if data[:4] in (b"\x89PNG", b"II*\x00", b"MM\x00*") or data[:3] == b"\xff\xd8\xff":
            raise _damaged() from None
        raise ActionRefused(
            "Only PDF files and PNG, JPEG or TIFF pictures are taken. The file is none, "
            "whatever its name says.",
            code="paper-kind",
        ) from None
    return _IMAGES[kind]


def _damaged() -> ActionRefused:
    return ActionRefused("The file is damaged.", code="paper-damaged")
