"""Files that are sent to the portal: none is taken in that is larger than any page asks for."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler


class CeilingUploadHandler(FileUploadHandler):
    """Refuses a request with files by its length, before a byte of it is read.

    Without it a file of any size would be written to the disk before a page could look at it.
    """

    def handle_raw_input(
        self, input_data: Any, META: Mapping[str, Any], content_length: int, *_: Any, **__: Any
    ) -> None:
        """Look at the length.

        Raises:
            RequestDataTooBig: it is above ``DATA_UPLOAD_MAX_MEMORY_SIZE``.
        """
        if content_length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig("The files are larger than anything that is taken in.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Leave what comes to the handlers behind this one."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the handlers behind this one."""
