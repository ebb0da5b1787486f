"""A kiosk in one process without a screen, to be killed: `tap V` on stdin; `confirmed SEQ V` once the answer is durable.

python headless_kiosk.py FOLDER KIOSK PORT
"""

import queue
import socket
import sys
import threading
import time
from pathlib import Path

from broker_config.messages import Reply
from kiosk.connection import BrokerAddress
from kiosk.link import Link, Timing
from kiosk.outbox import Outbox
from kiosk.station import Station

BRISK = Timing(health_s=0.1, probe_s=0.5, lower_s=0.5, reconnect_s=0.05, reconnect_most_s=0.3)


class Headless:
    def __init__(self, folder: Path, kiosk: str, port: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.outbox = Outbox(folder / "outbox.sqlite", kiosk, "test")
        self.station = Station(folder, self.outbox)
        self.link = Link(
            self.outbox,
            BrokerAddress("127.0.0.1", port, kiosk, "pw"),
            config_id=lambda: self.station.config.config if self.station.config else "",
            on_config=self.station.propose,
            timing=BRISK,
        )
        self.lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.wake_in, self.wake_out = socket.socketpair()

    def run(self) -> None:
        threading.Thread(target=self._read, daemon=True).start()
        said = False
        while True:
            self.link.run_once(time.monotonic, 0.05, self.wake_in)
            applied = self.station.tick()
            if applied:
                self.link.reply(Reply(id=applied.config, ok=True, detail="applied", data=applied.model_dump(mode="json")))
            if self.station.config and not said:
                said = True
                print("ready", flush=True)
            while not self.lines.empty():
                line = self.lines.get()
                if not line:
                    return
                self._tap(int(line.split()[1]))

    def _tap(self, value: int) -> None:
        self.station.dismiss()
        if self.station.answer(value):
            print("confirmed", self.outbox.stream().last_seq, value, flush=True)

    def _read(self) -> None:
        for line in sys.stdin:
            self.lines.put(line)
            self.wake_out.send(b".")
        self.lines.put("")
        self.wake_out.send(b".")


if __name__ == "__main__":
    Headless(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])).run()
