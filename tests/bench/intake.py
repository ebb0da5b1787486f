"""Throughput of the intake: single taps against a bare paho subscriber, and a backlog in batches of 100."""

import json
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from broker_config.messages import utc_text
from broker_config.mosquitto import Mosquitto
from tests.bench.load import Load
from tests.bench.report import Figure, at_least
from tests.brokers import wait_for
from tests.catalogues import catalogue
from tests.system import System

_BARE = """
import sys, time
import paho.mqtt.client as mqtt
port, wanted = int(sys.argv[1]), int(sys.argv[2])
client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
client.username_pw_set("collector", "pw")
seen = 0
def on_message(*_):
    global seen
    seen += 1
    if seen == wanted:
        print("done", flush=True)
        client.disconnect()
client.on_message = on_message
client.on_connect = lambda *_: client.subscribe("nuomone/v1/kiosk/+/events", 1)
client.on_subscribe = lambda *_: print("ready", flush=True)
client.connect("127.0.0.1", port)
client.loop_forever()
"""


def run(rounds: int = 3) -> dict[str, Figure]:
    """The three figures, each from its own system in a folder of its own."""
    few, many = _ratio(40, 30_000, rounds), _ratio(1000, 30_000, rounds)
    limit = "paho's packet handling in one thread, which both sides have"
    return {
        "taps_from_40_kiosks": at_least(few, "of bare paho", 0.7, limit),
        "taps_from_1000_kiosks": at_least(many, "of bare paho", 0.4, "one retained receipt per kiosk and second"),
        "backlog": at_least(_backlog(rounds), "ratings/s", 30_000, "pydantic, SQLite and Python in one process"),
    }


def _ratio(kiosks: int, taps: int, rounds: int) -> float:
    """Taps a second published → committed → receipted, as a share of what a bare subscriber takes; median of rounds."""
    ratios = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder, _system(Path(folder), kiosks) as system:
            bare = _bare(system, _singles(system, kiosks, taps), taps)
            ours = _ours(system, _singles(system, kiosks, taps))
            ratios.append(bare / ours)
            print(f"  {kiosks} kiosks: bare {taps / bare:,.0f}/s, durable and receipted {taps / ours:,.0f}/s")
    return statistics.median(ratios)


def _backlog(rounds: int, kiosks: int = 40, batches: int = 60) -> float:
    rates = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder, _system(Path(folder), kiosks) as system:
            seconds = _ours(system, _batches(system, kiosks, batches, 100))
            rates.append(kiosks * batches * 100 / seconds)
            print(f"  backlog: {rates[-1]:,.0f} ratings/s")
    return statistics.median(rates)


def _system(folder: Path, kiosks: int) -> System:
    names = tuple(f"hall-{n}" for n in range(kiosks))
    listed = [{"id": name, "counter": "hall-window", "questionnaire": "core5"} for name in names]
    system = System(folder, catalogue(kiosks=listed), names)
    # A bare subscriber gets no second chance: the broker must not drop what waits for it.
    system.settings = replace(system.settings, max_queued=1_000_000, max_queued_bytes=2**31 - 1)
    system.broker = Mosquitto(system.settings)
    return system


def _bare(system: System, payloads: dict[str, list[bytes]], taps: int) -> float:
    command = [sys.executable, "-c", _BARE, str(system.settings.port), str(taps)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as bare:
        assert bare.stdout
        assert bare.stdout.readline() == "ready\n"
        load = Load("127.0.0.1", system.settings.port, payloads, dict.fromkeys(payloads, 0), 50)
        began = time.perf_counter()
        load.run(receipts=False)
        assert bare.stdout.readline() == "done\n"
        seconds = time.perf_counter() - began
        load.close()
    return seconds


def _ours(system: System, payloads: dict[str, list[bytes]]) -> float:
    ingest = system.ingest()
    last = {kiosk: _last_seq(messages[-1]) for kiosk, messages in payloads.items()}
    load = Load("127.0.0.1", system.settings.port, payloads, last, 50)
    seconds = load.run(receipts=True)
    load.close()
    ingest.stop()
    wait_for(lambda: system.counted() == sum(last.values()))
    return seconds


def _singles(system: System, kiosks: int, taps: int) -> dict[str, list[bytes]]:
    return _messages(system, kiosks, taps // kiosks, 1)


def _batches(system: System, kiosks: int, batches: int, size: int) -> dict[str, list[bytes]]:
    return _messages(system, kiosks, batches, size)


def _messages(system: System, kiosks: int, messages: int, size: int) -> dict[str, list[bytes]]:
    """Ratings as kiosks give them, of two services in two languages: live taps of this day, or the backlog of many days."""
    began = datetime.now(UTC) - (timedelta(minutes=messages + 1) if size == 1 else timedelta(days=messages * size / 27 + 1))
    with system.store() as store:
        configs = store.wanted_ids()
    made = {}
    for n in range(kiosks):
        kiosk, stream = f"hall-{n}", secrets.token_hex(16)
        made[kiosk] = [
            _message(
                stream, configs[kiosk], [_rating(seq, _moment(began, seq, live=size == 1)) for seq in range(first, first + size)]
            )
            for first in range(1, messages * size + 1, size)
        ]
    return made


def _message(stream: str, config: str, events: list[str]) -> bytes:
    return f'{{"stream":"{stream}","oldest":1,"config":"{config}","events":[{",".join(events)}]}}'.encode()


def _moment(began: datetime, seq: int, *, live: bool) -> datetime:
    """A minute between live taps, since more of them are a burst; in a backlog 27 visits a day, 17 minutes apart."""
    day, place = divmod(seq, 27)
    return began + (timedelta(minutes=seq) if live else timedelta(days=day, minutes=17 * place))


def _rating(seq: int, at: datetime) -> str:
    service = ("residence-declaration", "social-benefits")[seq % 3 == 0]
    language = "en" if seq % 20 == 0 else "lt"
    return (
        f'{{"seq":{seq},"type":"rating","at":"{utc_text(at)}","clock":"synced","visit":"{secrets.token_hex(8)}",'
        f'"gap_ms":{60000 + seq},"service":"{service}","question":"overall","value":{1 + seq % 5},'
        f'"language":"{language}","trigger":"tap"}}'
    )


def _last_seq(message: bytes) -> int:
    return int(json.loads(message)["events"][-1]["seq"])
