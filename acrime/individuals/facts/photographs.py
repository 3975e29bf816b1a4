"""Photographs: told by their contents, and made anew, so that nothing hidden in a file is kept."""

import hashlib
import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps

from acrime.common.errors import ActionRefused

# As it is uploaded, in bytes, and as it is kept, in points along the longer side.
MOST_UPLOADED = 5 * 1024 * 1024
LONGEST_SIDE = 1200
_FORMATS = ("JPEG", "PNG")
_QUALITY = 85
# The largest picture that is opened, in points: about four times a good camera's.
_MOST_POINTS = 50_000_000


@dataclass(frozen=True)
class Picture:
    """A picture as it is kept: JPEG, upright, without a word of where or when it was taken."""

    content: bytes
    width: int
    height: int
    sha256: str


def made_anew(data: bytes) -> Picture:
    """The picture in *data*, decoded and encoded again.

    Raises:
        ActionRefused: it is empty, too large, no JPEG or PNG picture whatever its name says,
            or damaged.
    """
    if not data:
        raise ActionRefused("The file is empty.", code="photograph-empty")
    if len(data) > MOST_UPLOADED:
        raise ActionRefused(
            f"A photograph has at most {MOST_UPLOADED // (1024 * 1024)} MB.",
            code="photograph-too-large",
        )
    try:
        picture = _opened(data)
    except ActionRefused:
        raise
    except Exception:  # noqa: BLE001  # whatever a broken picture makes the library raise
        raise ActionRefused(
            "Only JPEG and PNG pictures are taken. The file is none, or it is damaged.",
            code="photograph-kind",
        ) from None
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    held = io.BytesIO()
    # Neither the camera's notes nor a profile goes along: only points are written.
    picture.save(held, format="JPEG", quality=_QUALITY, optimize=True)
    content = held.getvalue()
    return Picture(
        content=content,
        width=picture.width,
        height=picture.height,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _opened(data: bytes) -> Image.Image:
    with warnings.catch_warnings():
        # A picture that would fill the memory is refused, not only warned of.
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(io.BytesIO(data), formats=list(_FORMATS)) as found:
            if found.width * found.height > _MOST_POINTS:
                raise ActionRefused(
                    "The picture is too large. Make it smaller first.",
                    code="photograph-too-large",
                )
            upright = ImageOps.exif_transpose(found).convert("RGBA")
    # What is transparent becomes white.
    plain = Image.new("RGB", upright.size, "white")
    plain.paste(upright, mask=upright.getchannel("A"))
    return plain
