"""The folder that stands for a broker in a local portal, with tasks that are there whole.

The transport as it comes writes a task where it is read from: a worker that looks at that moment
finds half of it and ends.
"""

import os
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Puts a task in its place when it is written."""

    # Named as the transport itself names it, which its own base does otherwise.
    def _put(  # type: ignore[override]
        self, queue: str, payload: dict[str, Any], **_: Any
    ) -> None:
        folder = Path(self.data_folder_out)
        name = f"{round(monotonic() * 1000)}_{uuid4()}.{queue}.msg"
        part = folder / f".{name}.part"
        part.write_bytes(str_to_bytes(dumps(payload)))
        os.replace(part, folder / name)


class Transport(filesystem.Transport):
    """A folder as a broker."""

    Channel = Channel
