"""When a kiosk asks for its next certificate: early enough, seldom, and never so that anything waits for it."""

import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_config import pki
from broker_config.pki import Issuer
from kiosk import identity
from kiosk.identity import Broker, Enrolled, Facts
from kiosk.renewal import NotRenewed, Renewal, due, renew
from tests.brokers import wait_for

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LIFE = timedelta(days=90)


class Device:
    """A kiosk whose clock the test moves; `tries`: the moments at which it asked."""

    def __init__(self, folder: Path, answer: Callable[[Path], Enrolled]) -> None:
        self.moment = 1000.0
        self.tries: list[float] = []
        self.start = datetime.now(UTC)

        def ask(folder: Path) -> Enrolled:
            self.tries.append(self.moment)
            return answer(folder)

        jitter = random.Random(1)
        self.renewal = Renewal(folder, now=self.now, monotonic=lambda: self.moment, jitter=jitter, ask=ask)

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.moment - 1000)

    def live(self, days: float, step_s: float = 1200.0) -> list[Enrolled]:
        """Days pass; the new identities that came."""
        fresh = []
        for _ in range(round(days * 86400 / step_s)):
            self.moment += step_s
            found = self.renewal.step()
            thread = self.renewal._thread
            if thread:
                thread.join()
                found = found or self.renewal.step()
            fresh += [found] if found else []
        return fresh


def enrolled(folder: Path) -> Path:
    issuer = Issuer(*pki.new_authority("Test", datetime.now(UTC)))
    key = pki.new_key()
    made = issuer.client("hall-1", pki.public_key(key), LIFE, datetime.now(UTC))
    facts = Facts(kiosk="hall-1", server="https://127.0.0.1:1", broker=Broker(host="x", port=1))
    identity.finish(identity.begin(folder, key), made.certificate, issuer.ca, facts)
    return folder


def never(_folder: Path) -> Enrolled:
    raise NotRenewed("The server is away.")


def renewed(folder: Path) -> Enrolled:
    enrolled(folder)
    found = identity.load(folder)
    assert found is not None
    return found


@given(st.floats(0, 2))
def test_a_third_of_its_life_before_the_end(part: float) -> None:
    assert due(NOW, NOW + LIFE, NOW + LIFE * part) == (LIFE * part >= LIFE * (2 / 3) or part > 2 / 3)


def test_nothing_is_asked_before_that(tmp_path: Path) -> None:
    device = Device(enrolled(tmp_path), never)
    device.live(59.5)
    assert device.tries == []


def test_then_about_once_a_day_and_at_the_end_about_once_an_hour(tmp_path: Path) -> None:
    device = Device(enrolled(tmp_path), never)
    device.live(86.5)
    gaps = [later - earlier for earlier, later in zip(device.tries, device.tries[1:], strict=False)]
    assert 20 <= len(device.tries) <= 36
    assert all(0.74 * 86400 <= gap <= 1.27 * 86400 for gap in gaps)
    days = len(device.tries)
    device.live(3)
    assert 50 <= len(device.tries) - days <= 110, "in the last three days once an hour"


def test_an_answer_is_handed_out_once_and_asked_for_no_more(tmp_path: Path) -> None:
    def answer(folder: Path) -> Enrolled:
        device.start = datetime.now(UTC) - timedelta(seconds=device.moment - 1000)  # the new one begins by the real clock
        return renewed(folder)

    device = Device(enrolled(tmp_path), answer)
    fresh = device.live(70)
    assert len(device.tries) == len(fresh) == 1


def test_whoever_steps_never_waits_for_the_answer(tmp_path: Path) -> None:
    let = threading.Event()

    def slow(folder: Path) -> Enrolled:
        assert let.wait(10)
        return renewed(folder)

    device = Device(enrolled(tmp_path), slow)
    device.moment += 61 * 86400
    device.renewal.step()
    device.moment += 700
    device.renewal.step()
    assert device.renewal._thread is not None
    assert device.renewal.step() is None
    let.set()
    assert wait_for(device.renewal.step) == identity.load(tmp_path)


def test_a_fault_in_the_asking_ends_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def fault(_folder: Path) -> Enrolled:
        raise KeyError("surprise")

    device = Device(enrolled(tmp_path), fault)
    device.live(63)
    assert len(device.tries) >= 2


def test_a_server_that_is_away_leaves_all_as_it_was(tmp_path: Path) -> None:
    before = identity.load(enrolled(tmp_path))
    files = sorted(tmp_path.rglob("*"))
    with pytest.raises(NotRenewed, match="cannot be reached"):
        renew(tmp_path)
    assert identity.load(tmp_path) == before
    assert sorted(tmp_path.rglob("*")) == files


def test_a_device_without_an_identity_asks_nothing(tmp_path: Path) -> None:
    device = Device(tmp_path, never)
    device.live(2)
    assert device.tries == []
    with pytest.raises(NotRenewed):
        renew(tmp_path)
