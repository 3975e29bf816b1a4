"""The folder in which receivers of the spool leave what comes back.

A file is read once and then moved beside: nothing is deleted. Names that begin with a dot are
files that somebody is still writing.
"""

import logging
from datetime import datetime
from pathlib import Path

from django.conf import settings

from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from acrime.common.faults import described
from acrime.iar.replies.actions import KEPT_BYTES, receive_reply

log = logging.getLogger(__name__)

FOLDER = "acks"
DONE = "done"
REFUSED = "refused"
MOST_AT_ONCE = 500


def read_folder(*, at: datetime) -> int:
    """Take in what lies in the folder, oldest name first; returns how many files were taken.

    A file that cannot be taken now stays where it is and is tried the next time.
    """
    folder = Path(settings.SPOOL_FOLDER) / FOLDER
    if not folder.is_dir():
        return 0
    taken = 0
    for place in sorted(each for each in folder.iterdir() if _is_whole(each))[:MOST_AT_ONCE]:
        try:
            # Beyond what is kept, one byte more tells that it is too large.
            with place.open("rb") as file:
                raw = file.read(KEPT_BYTES + 1)
            receive_reply(raw, at=at, channel=Channel.JOB)
            _put_aside(place, DONE)
            taken += 1
        except ActionRefused:
            _put_aside(place, REFUSED)
        except OSError as error:
            log.warning("a reply in the folder could not be taken: %s", described(error))
    return taken


def _is_whole(place: Path) -> bool:
    return place.is_file() and not place.is_symlink() and not place.name.startswith(".")


def _put_aside(place: Path, name: str) -> None:
    aside = place.parent / name
    aside.mkdir(mode=0o700, exist_ok=True)
    place.replace(aside / place.name)
