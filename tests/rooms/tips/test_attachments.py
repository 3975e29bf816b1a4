"""Files: told by their contents, nothing hidden kept, bombs and scripts refused."""

import io
import zipfile
import zlib

import pikepdf
import pytest
from PIL import Image

from acrime.common.errors import ActionRefused
from acrime.tips.policy import MOST_BYTES
from acrime.tips.receiving.attachments import made_anew
from tests import factories
from tests.support import tips


def pdf(**parts: object) -> bytes:
    with pikepdf.new() as made:
        made.add_blank_page()
        for name, value in parts.items():
            made.Root[f"/{name}"] = value
        held = io.BytesIO()
        made.save(held)
    return held.getvalue()


def bomb() -> bytes:
    packed = zlib.compress(b"\x00" * (80 * 1024 * 1024), 1)
    return factories.PAPER.replace(
        b"trailer",
        b"4 0 obj<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream endobj\ntrailer"
        % (len(packed), packed),
    )


def zipped() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("evidence.txt", b"\x00" * 10_000_000)
    return held.getvalue()


def locked() -> bytes:
    held = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.save(held, encryption=pikepdf.Encryption(owner="x", user="y"))
    return held.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "paper-empty"),
        (b"x" * (MOST_BYTES + 1), "paper-too-large"),
        (zipped(), "paper-kind"),
        (bomb(), "paper-bomb"),
        (b"<script>alert(1)</script>", "paper-kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "paper-kind"),
        (b"MZ\x90\x00" + b"\x00" * 100, "paper-kind"),
        (b"GIF89a" + b"\x00" * 20, "paper-kind"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 20, "paper-damaged"),
        (b"\xff\xd8\xff" + b"\x00" * 20, "paper-damaged"),
        (tips.picture(kind="TIFF"), "paper-kind"),
        (tips.picture(kind="PNG", mode="1", width=7000, height=7000), "paper-too-large"),
        (pdf(OpenAction=pikepdf.Dictionary(S=pikepdf.Name.JavaScript)), "paper-active"),
        (locked(), "paper-locked"),
        (b"%PDF-1.7\nnothing else", "paper-damaged"),
    ],
    ids=[
        *("empty", "too large", "zip bomb", "pdf bomb", "script", "svg", "program", "gif"),
        *(
            "broken png",
            "broken jpeg",
            "tiff",
            "huge picture",
            "pdf script",
            "locked",
            "broken pdf",
        ),
    ],
)
def test_refused(data: bytes, code: str) -> None:
    with pytest.raises(ActionRefused) as refusal:
        made_anew(data)
    assert refusal.value.code == code


def test_what_hides_in_a_photograph_is_not_kept() -> None:
    data = tips.picture(exif=True)
    assert tips.REPORTER.name.encode() in data
    kept = made_anew(data)
    assert kept.media_type == "image/jpeg"
    assert tips.REPORTER.name.encode() not in kept.content
    with Image.open(io.BytesIO(kept.content)) as found:
        assert (found.size, dict(found.getexif())) == ((20, 20), {})


def test_what_hides_in_a_paper_is_not_kept() -> None:
    with pikepdf.new() as made:
        made.add_blank_page()
        made.docinfo["/Author"] = tips.REPORTER.name
        with made.open_metadata() as notes:
            notes["dc:creator"] = [tips.REPORTER.name]
        held = io.BytesIO()
        made.save(held)
    assert tips.REPORTER.name.encode() in held.getvalue()
    kept = made_anew(held.getvalue())
    with pikepdf.open(io.BytesIO(kept.content)) as found:
        assert "/Info" not in found.trailer
        assert "/Metadata" not in found.Root
        assert len(found.pages) == 1
    assert tips.REPORTER.name.encode() not in kept.content


def test_a_picture_with_holes_keeps_them() -> None:
    held = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(held, format="PNG")
    with Image.open(io.BytesIO(made_anew(held.getvalue()).content)) as found:
        assert found.mode == "RGBA"
