"""manage.py relay: hand outbox messages to the workers until told to stop."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from acrime.common.relay import run_until


class Command(BaseCommand):
    help = "Hand due outbox messages to the workers until SIGTERM or Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, lambda *_: stop.set())
        run_until(stop)
