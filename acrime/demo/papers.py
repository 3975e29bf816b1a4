"""Papers and pictures that people of the story attach."""

import io

import pikepdf
from PIL import Image, ImageDraw


def empty_paper() -> bytes:
    """A PDF file of one empty page: a synthetic order, letter or waiver."""
    held = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(612, 792))
        made.save(held)
    return held.getvalue()


def drawn_face() -> bytes:
    """A PNG picture of nobody: a head and shoulders, drawn."""
    picture = Image.new("RGB", (480, 600), "#dfe1e2")
    pencil = ImageDraw.Draw(picture)
    pencil.ellipse((150, 110, 330, 340), fill="#a9aeb1")
    pencil.pieslice((60, 360, 420, 840), 180, 360, fill="#71767a")
    held = io.BytesIO()
    picture.save(held, format="PNG")
    return held.getvalue()
