"""Copies into the spool folder: whole or not at all, and read back."""

import errno
import hashlib
from pathlib import Path

from django.conf import settings

from acrime.common.files import write_whole
from acrime.iar.choices import DeliveryState, ProofKind
from acrime.iar.delivering.attempts import Sent, Undelivered
from acrime.iar.models import Delivery

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def put_in_spool(delivery: Delivery) -> Sent:
    """Put the text into the spool folder, whole or not at all, and read it back.

    Raises:
        Undelivered: the folder cannot be written, its disk is full, or it holds another text
            under the key.
    """
    folder = Path(settings.SPOOL_FOLDER) / delivery.target
    content = str(delivery.response.text).encode("ascii")
    place = folder / f"{delivery.key}.txt"
    try:
        # The texts are nobody else's to read on this machine.
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.mkdir(exist_ok=True, mode=0o700)
        if not place.exists():
            write_whole(place, content)
        sha256 = hashlib.sha256(place.read_bytes()).hexdigest()
    except OSError as error:
        reason = "spool-full" if error.errno in FULL else "spool-not-writable"
        raise Undelivered(reason, final=False) from None
    if sha256 != delivery.response.text_sha256:
        raise Undelivered("spool-holds-other-text", final=True)
    return Sent(
        DeliveryState.DELIVERED,
        ProofKind.READ_BACK,
        f"{delivery.target}/{place.name}, {len(content)} bytes, SHA-256 {sha256}",
    )
