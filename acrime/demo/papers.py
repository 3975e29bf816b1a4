"""Papers that people of the story attach."""

import io

import pikepdf


def empty_paper() -> bytes:
    """A PDF file of one empty page: a synthetic order, letter or waiver."""
    held = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(612, 792))
        made.save(held)
    return held.getvalue()
