"""Files that are whole or not there, whatever happens meanwhile."""

import os
import tempfile
from pathlib import Path


def write_whole(place: Path, content: bytes) -> None:
    """Write *content* to *place* for good. A file that is there stays as it is.

    Raises:
        OSError: it cannot be written; nothing is left of it.
    """
    descriptor, name = tempfile.mkstemp(dir=place.parent, prefix=".part-")
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link never replaces: of two writers one wins and nothing is half there.
            os.link(part, place)
        except FileExistsError:
            return
        folder = os.open(place.parent, os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        part.unlink(missing_ok=True)
