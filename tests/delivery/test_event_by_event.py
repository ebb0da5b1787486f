"""A batch that gets no receipt three times is sent event by event, so that one bad event never blocks the rest."""

import json
import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from kiosk.delivery import Delivery
from kiosk.flight import Flight
from kiosk.outbox import Outbox
from tests.delivery.scenes import Carrier, rating, receipt

BATCH, EVENTS, BAD = 10, 30, 14


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    journal = Outbox(tmp_path / "outbox.sqlite", "hall-1", "test")
    journal.extend([rating() for _ in range(EVENTS)], "1-00000000")
    yield journal
    journal.close()


class Swallowing:
    """A collector that says nothing to a batch of several with the bad event in it; to it alone only where `takes_alone`."""

    def __init__(self, outbox: Outbox, *, takes_alone: bool) -> None:
        self.outbox, self.takes_alone = outbox, takes_alone
        self.held: set[int] = set()

    def take(self, batches: list[list[int]], delivery: Delivery, now: float) -> None:
        for seqs in batches:
            if BAD in seqs and (len(seqs) > 1 or not self.takes_alone):
                continue
            self.held |= set(seqs)
            through = next(seq for seq in range(EVENTS + 2) if seq + 1 not in self.held)
            delivery.obey(receipt(self.outbox.stream().id, through), now)


def _run(outbox: Outbox, collector: Swallowing, hours: float) -> list[tuple[float, list[int]]]:
    """What went out when, while a clock runs in steps of a second."""
    delivery, carrier = Delivery(outbox, batch_events=BATCH, jitter=random.Random(7)), Carrier(room=3)
    sent = []
    for now in range(int(hours * 3600)):
        delivery.send(carrier, float(now))
        batches = carrier.take()
        sent += [(float(now), batch) for batch in batches]
        collector.take(batches, delivery, float(now))
    return sent


def test_after_three_batches_without_a_receipt_single_events_go_out_in_order(outbox: Outbox) -> None:
    collector = Swallowing(outbox, takes_alone=True)
    sent = [batch for _, batch in _run(outbox, collector, 0.5)]
    bad = [batch for batch in sent if BAD in batch]
    assert [len(batch) for batch in bad] == [BATCH, BATCH, BATCH, 1]
    singles = [batch[0] for batch in sent if len(batch) == 1]
    assert singles == sorted(singles) == list(range(11, 21))
    assert sent[-1] == list(range(21, 31))
    assert collector.held == set(range(1, EVENTS + 1))
    assert outbox.depth(outbox.stream()) == 0


def test_an_event_that_is_never_receipted_does_not_keep_the_later_ones(outbox: Outbox) -> None:
    collector = Swallowing(outbox, takes_alone=False)
    sent = _run(outbox, collector, 2)
    assert collector.held == set(range(1, EVENTS + 1)) - {BAD}
    assert outbox.stream().through == BAD - 1
    tries = [now for now, batch in sent if BAD in batch]
    pauses = [after - before for before, after in pairwise(tries)]
    assert min(pauses) >= 5
    assert 150 < max(pauses) <= 302
    assert len(tries) < 80


def test_new_events_go_out_while_an_old_one_gets_no_receipt(outbox: Outbox) -> None:
    collector = Swallowing(outbox, takes_alone=False)
    _run(outbox, collector, 0.1)
    delivery, carrier = Delivery(outbox, batch_events=BATCH), Carrier()
    delivery.send(carrier, 0.0)
    carrier.take()
    seq = outbox.append(rating(), "1-00000000")
    delivery.send(carrier, 0.1)
    assert carrier.take() == [[seq]]


def test_a_receipt_within_the_batch_is_progress_for_the_cursor_only() -> None:
    """1..10 is on its way; a receipt for 4 leaves it there, and the retry begins above 4."""
    flight, jitter = Flight(), random.Random(1)
    flight.sent(1, 10, 0.0, jitter)
    flight.receipted(4, 1.0, jitter)
    assert flight.batches == [(1, 10)]
    assert flight.overdue(5.0)
    flight.retry(4)
    assert (flight.cursor, flight.batches, flight.wait_until) == (4, [], None)


def test_a_batch_is_repeated_above_its_receipt_when_the_carrier_had_no_room(outbox: Outbox) -> None:
    delivery, carrier = Delivery(outbox, batch_events=BATCH), Carrier(room=2)
    delivery.send(carrier, 0.0)
    assert [batch[0] for batch in carrier.take()] == [1, 11]
    delivery.send(carrier, 0.1)
    assert json.loads(carrier.payloads[0])["events"][0]["seq"] == 21
