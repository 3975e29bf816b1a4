"""Files that come with a tip: told by their contents, and made anew. Pure.

A photograph tells where and with which telephone it was taken, a PDF file who wrote it: that would
tell who reports. So only what is to be seen is kept. Whatever unpacks to much more than it is, runs
something or is no picture and no PDF file is refused.
"""

import io
import re
import warnings
import zlib
from dataclasses import dataclass

import pikepdf
from PIL import Image, ImageOps

from acrime.common.errors import ActionRefused
from acrime.tips.policy import MOST_BYTES
from routine_uses.approvals.documents import media_type_of

SUFFIXES = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}
MOST_POINTS = 40_000_000
"""Of a picture: more than a good telephone's camera has."""
MOST_UNPACKED = 64 * 1024 * 1024
"""Bytes to which everything packed in a PDF file may come."""
_LAYERS = 4
_PACKED = re.compile(rb"(?<!end)stream\r?\n")
_QUALITY = 90


@dataclass(frozen=True)
class Kept:
    """A file as it is kept."""

    media_type: str
    content: bytes


def made_anew(data: bytes) -> Kept:
    """The file in *data*, with nothing but what is to be seen in it.

    Raises:
        ActionRefused: it is empty, too large, none of PDF, PNG and JPEG whatever its name says,
            damaged or locked, it holds scripts or other files, or it unpacks to too much.
    """
    if len(data) > MOST_BYTES:
        raise ActionRefused(
            f"A file has at most {MOST_BYTES // (1024 * 1024)} MB.", code="paper-too-large"
        )
    if data.startswith(b"%PDF-"):
        _refuse_bombs(data)
    found = media_type_of(data)
    if found == "application/pdf":
        return Kept(found, _plain_pdf(data))
    if found not in SUFFIXES:
        raise ActionRefused("Only PDF files and PNG or JPEG pictures are taken.", code="paper-kind")
    return Kept(found, _plain_picture(data, found))


def _refuse_bombs(data: bytes) -> None:
    left = MOST_UNPACKED
    for start in _PACKED.finditer(data):
        packed: bytes = data[start.end() :]
        for _ in range(_LAYERS):
            try:
                packed = zlib.decompressobj().decompress(packed, left + 1)
            except zlib.error:
                break
            left -= len(packed)
            if left < 0:
                raise ActionRefused(
                    "The PDF file unpacks to far more than it is. Print it to a plain PDF file "
                    "first.",
                    code="paper-bomb",
                )


def _plain_pdf(data: bytes) -> bytes:
    held = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for name in ("/Info", "/Metadata"):
            if name in pdf.trailer:
                del pdf.trailer[name]
            if name in pdf.Root:
                del pdf.Root[name]
        pdf.save(held, static_id=True)
    return held.getvalue()


def _plain_picture(data: bytes, media_type: str) -> bytes:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=["PNG", "JPEG"]) as found:
                if found.width * found.height > MOST_POINTS:
                    raise ActionRefused(
                        "The picture is too large. Make it smaller first.", code="paper-too-large"
                    )
                upright = ImageOps.exif_transpose(found)
        held = io.BytesIO()
        if media_type == "image/png":
            mode = "RGBA" if "A" in upright.getbands() or "transparency" in upright.info else "RGB"
            plain = Image.new(mode, upright.size)
            plain.paste(upright.convert(mode))
            plain.save(held, format="PNG", optimize=False)
        else:
            plain = Image.new("RGB", upright.size)
            plain.paste(upright.convert("RGB"))
            plain.save(held, format="JPEG", quality=_QUALITY)
    except ActionRefused:
        raise
    except Exception:  # noqa: BLE001  # whatever a broken picture makes the library raise
        raise ActionRefused("The file is damaged.", code="paper-damaged") from None
    return held.getvalue()
