"""The message switch of the day: it sends until it is answered, as a switch does."""

import http.client
import json
import threading
import time
from collections.abc import Sequence

from acrime.bench.day.asked import Sending
from acrime.bench.day.time import DayClock

ANSWERED = frozenset({200, 201, 422})
# So long is waited for an answer, and before the next try (real seconds).
PATIENCE_SECONDS = 10.0
PAUSE_SECONDS = 0.3


class Switch:
    """Sends messages at their times, several at once.

    Args:
        port: where the portal listens on this machine.
    """

    def __init__(
        self, sendings: Sequence[Sending], *, port: int, token: str, clock: DayClock, lines: int = 4
    ) -> None:
        self._waiting = list(reversed(sendings))
        self._port, self._token, self._clock = port, token, clock
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._send, daemon=True) for _ in range(lines)]

    def start(self) -> None:
        """Begin the day."""
        for thread in self._threads:
            thread.start()

    def is_done(self) -> bool:
        """Whether everything was sent and answered."""
        return not any(thread.is_alive() for thread in self._threads)

    def stop(self) -> None:
        """Send nothing more."""
        self._stop.set()

    def post(self, path: str, raw: bytes, media_type: str) -> tuple[int, dict[str, str]]:
        """Send *raw* once and return the status and what was answered.

        Raises:
            OSError, http.client.HTTPException: no whole answer came.
        """
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_SECONDS)
        try:
            line.request(
                "POST",
                path,
                raw,
                {
                    "Host": "127.0.0.1",
                    "Authorization": f"Bearer {self._token}",
                    "Content-Type": media_type,
                },
            )
            answer = line.getresponse()
            said = answer.read()
        finally:
            line.close()
        try:
            return answer.status, json.loads(said)
        except ValueError:
            return answer.status, {}

    def _send(self) -> None:
        while not self._stop.is_set():
            with self._lock:
                if not self._waiting:
                    return
                sending = self._waiting.pop()
            self._stop.wait(self._clock.seconds_until(sending.due_at))
            while not self._stop.is_set() and not self._is_taken(sending):
                time.sleep(PAUSE_SECONDS)

    def _is_taken(self, sending: Sending) -> bool:
        sending.sent_at = sending.sent_at or self._clock.now()
        sending.tries += 1
        try:
            sending.status, sending.answer = self.post(
                "/api/v1/iaq/", sending.raw, sending.media_type
            )
        except (OSError, http.client.HTTPException):
            return False
        if sending.status not in ANSWERED:
            return False
        sending.answered_at = self._clock.now()
        return True
