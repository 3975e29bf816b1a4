"""Clients that write events as fast as they can, as a program of its own.

``python writers.py CLIENTS SECONDS``: reads the database's address from standard input,
says ``ready``, begins at the next line, and prints how many events were written.
"""

import sys
from threading import Barrier, Thread
from time import monotonic

import psycopg

INSERT = """
INSERT INTO audit_event (kind, occurred_at, actor_name, channel, outcome, record_id,
                         record_number, purpose, criteria, matched_ids, displayed_ids, details,
                         source_address, session_tag, request_id)
VALUES ('record.viewed', now(), 'analyst-0', 'PAGE', 'DONE', %(record)s, 'IAQ-2026-7K3M-9QX4',
        '', '{}', '{}', ARRAY[%(record)s::bigint], '{}', '10.1.2.3', '0123456789abcdef',
        '0123456789abcdef0123456789abcdef')
"""


def main(clients: int, seconds: float) -> int:
    """Run *clients* for so many seconds; returns how many events they committed."""
    address = sys.stdin.readline().strip()
    written = [0] * clients
    together = Barrier(clients + 1)

    def client(number: int) -> None:
        with psycopg.connect(address, autocommit=True) as own:
            own.execute("SELECT 1")
            together.wait()
            together.wait()
            end = monotonic() + seconds
            while monotonic() < end:
                own.execute(INSERT, {"record": number + 1})
                written[number] += 1

    threads = [Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    together.wait()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    together.wait()
    for thread in threads:
        thread.join()
    return sum(written)


if __name__ == "__main__":
    sys.stdout.write(f"{main(int(sys.argv[1]), float(sys.argv[2]))}\n")
