"""The other end of deliveries: agencies that take answers, and fail in every way.

What each call brought and what was answered is kept, for the reckoning at the end.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Longer than the portal waits for an answer.
HANGS_SECONDS = 4.0
LATE_SECONDS = 0.4


@dataclass(frozen=True)
class Call:
    """One attempt that reached the other end. ``status`` 0: nothing was answered."""

    way: str
    key: str
    sha256: str
    status: int


class OtherEnd:
    """A server for all agencies, each with a way of its own (the first part of the path)."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        # Copies that were taken in, waiting to be acknowledged.
        self.to_acknowledge: list[str] = []
        self.down = threading.Event()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.host = f"127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Take nothing any more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, way: str, key: str, body: bytes) -> int:
        """What is answered to a call, after it was kept; 0 for nothing at all."""
        sha256 = hashlib.sha256(body).hexdigest()
        with self._lock:
            seen = sum(call.key == key for call in self.calls)
            status = int(WAYS[way](key, seen))
            if self.down.is_set() and status:
                status = HTTPStatus.SERVICE_UNAVAILABLE
            self.calls.append(Call(way, key, sha256, status))
            if status == HTTPStatus.ACCEPTED and way == "acknowledges":
                self.to_acknowledge.append(key)
        if way == "hangs" and not seen:
            time.sleep(HANGS_SECONDS)
        if way == "late":
            time.sleep(LATE_SECONDS)
        return status

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        other_end = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = other_end.answer(
                    self.path.strip("/"), self.headers["Idempotency-Key"], body
                )
                self.close_connection = True
                if not status:
                    # It has the text, and the line goes dead before it can say so.
                    return
                try:
                    self.send_response(status)
                    self.end_headers()
                    self.wfile.write(f"synthetic answer {status}".encode())
                except OSError:
                    pass  # The caller has not waited.

            def log_message(self, format: str, *_: object) -> None:
                """Keep quiet."""

        return Handler


def _some(key: str, of: int) -> bool:
    return hashlib.sha256(key.encode()).digest()[0] % of == 0


def _steady(key: str, seen: int) -> int:
    """Takes it, but fails for some at the first try."""
    return HTTPStatus.BAD_GATEWAY if _some(key, 4) and not seen else HTTPStatus.OK


def _drops(_: str, seen: int) -> int:
    """Takes it and drops the connection; at the second try it answers."""
    return HTTPStatus.OK if seen else 0


def _hangs(_: str, seen: int) -> int:
    """Takes it and says so only when nobody listens any more; then at once."""
    return HTTPStatus.OK


def _refuses(key: str, _: int) -> int:
    """Wants nothing of some for good; the copy is for a person then."""
    return HTTPStatus.FORBIDDEN if _some(key, 3) else HTTPStatus.OK


def _acknowledges(_: str, __: int) -> int:
    """Takes it in and tells later what became of it."""
    return HTTPStatus.ACCEPTED


WAYS: Mapping[str, Callable[[str, int], int]] = {
    "steady": _steady,
    "drops": _drops,
    "hangs": _hangs,
    "late": _steady,
    "refuses": _refuses,
    "acknowledges": _acknowledges,
}
