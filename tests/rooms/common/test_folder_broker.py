"""The folder that stands for a broker: a task is there whole or not at all."""

import threading
from pathlib import Path

from kombu import Connection

MESSAGES = 200
# So long that writing it takes a while.
LONG = "x" * 200_000


def test_who_reads_while_it_is_written_finds_whole_tasks(tmp_path: Path) -> None:
    folder = str(tmp_path)
    options = {"data_folder_in": folder, "data_folder_out": folder, "control_folder": folder}

    def connected() -> Connection:
        return Connection(
            "filesystem://",
            transport="acrime.config.folder:Transport",
            transport_options=options | {"polling_interval": 0.001},
        )

    def write() -> None:
        with connected() as connection, connection.SimpleQueue("tasks") as queue:
            for number in range(MESSAGES):
                queue.put({"number": number, "long": LONG})

    writer = threading.Thread(target=write)
    writer.start()
    found = []
    with connected() as connection, connection.SimpleQueue("tasks") as queue:
        for _ in range(MESSAGES):
            # Half a task would be no JSON and raise.
            message = queue.get(timeout=20)
            found.append(message.payload["number"])
            message.ack()
    writer.join()
    assert sorted(found) == list(range(MESSAGES))
    assert not list(tmp_path.glob("*.part"))
