"""What is old is erased, and nothing else changes: tallies, accounting, receipts, whatever comes again."""

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from collector.access import Viewer
from collector.catalogue import Retention
from collector.localtime import UNDATED, local
from collector.retention import months_before
from collector.store.sqlite import SqliteStore
from collector.tallies import GRAINS, SUM_GRAINS
from tests.collector.deliveries import NOW
from tests.collector.test_tallies import BY_EXAMPLE, Sent, copy, send, tallies, visits

ADMIN = Viewer("ona", "admin", None)
HEAD = Viewer("jonas", "head", frozenset({"hall"}))
MONTH = Retention(comments_days=3650, events_months=1)
WORDS = "Aukštadvarietis"


def keep(store: SqliteStore, retention: Retention) -> None:
    assert store.change_retention(ADMIN, "city", retention, NOW)


def fresh(installed: Path, folder: Path) -> SqliteStore:
    (folder / "erasures.jsonl").unlink(missing_ok=True)
    store = copy(installed, folder)
    keep(store, MONTH)
    return store


def accounts(store: SqliteStore) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["kiosk"], row["stream"]): row for row in store.accounting(NOW)}


def without_hours(found: dict[str, list[tuple[Any, ...]]], before: str) -> dict[str, list[tuple[Any, ...]]]:
    """The tallies less the hours of sealed days and the use of each kiosk, which go with the events."""
    kiosk_days = [row for row in found["tally_kiosk_day"] if before <= row[0] < UNDATED]
    return found | {"tally_hour": [row for row in found["tally_hour"] if row[0] >= before], "tally_kiosk_day": kiosk_days}


def of_days(found: dict[str, list[tuple[Any, ...]]], before: str) -> dict[str, list[tuple[Any, ...]]]:
    """The cells of days before one."""
    with_day = {f"tally_{grain}": key.index("day") for grain, key in (GRAINS | SUM_GRAINS).items() if "day" in key}
    return {
        table: [row for row in found[table] if row[place] < before]
        for table, place in with_day.items()
        if table not in ("tally_hour", "tally_kiosk_day")
    }


def local_day(event: dict[str, Any]) -> str:
    minute = int(datetime.fromisoformat(event["at"]).timestamp()) // 60
    return local(minute, "Europe/Vilnius").day


# A run on one of these days cuts before, between and in the midst of what `visits` draws, and through its midnight.
RUNS = st.sampled_from(
    [datetime(2026, 11, 26, 3, tzinfo=UTC), datetime(2026, 12, 1, 3, tzinfo=UTC), datetime(2026, 12, 31, 3, tzinfo=UTC)]
)
FEWER = settings(BY_EXAMPLE, max_examples=25)


@given(visits(), RUNS, st.data())
@FEWER
def test_erasing_and_sending_everything_again_changes_no_figure(
    installed: Path, tmp_path: Path, given: list[Sent], run: datetime, data: st.DataObject
) -> None:
    store = fresh(installed, tmp_path)
    send(store, data.draw(st.permutations(given), label="order"), 3, 2)
    before, counted, receipts = tallies(store), accounts(store), store.receipts()
    cut_day = months_before(run.date(), 1).isoformat()
    erased = store.run_retention(run)
    old = [event for _, _, event in given if event["type"] != "void" and local_day(event) < cut_day]
    assert erased.events >= len(old)
    assert without_hours(tallies(store), cut_day) == without_hours(before, cut_day)
    assert (store.rebuild(), accounts(store), store.receipts()) == (0, counted, receipts)
    send(store, data.draw(st.permutations(given + given[:3]), label="again"), 2, 2)
    assert without_hours(tallies(store), cut_day) == without_hours(before, cut_day)
    assert (store.rebuild(), accounts(store), store.receipts()) == (0, counted, receipts)
    assert store.remark(run) == 0
    assert not store.quarantine()
    store.close()


@given(visits(), RUNS, st.data())
@FEWER
def test_a_run_between_any_two_arrivals_leaves_every_event_accounted_for(
    installed: Path, tmp_path: Path, given: list[Sent], run: datetime, data: st.DataObject
) -> None:
    store = fresh(installed, tmp_path)
    order = data.draw(st.permutations(given), label="order")
    split = data.draw(st.integers(0, len(order)), label="arrived before the run")
    send(store, order[:split], 2, 2)
    cut_day = months_before(run.date(), 1).isoformat()
    store.run_retention(run)
    frozen = of_days(tallies(store), cut_day)
    send(store, order, 2, 1)
    found = tallies(store)
    assert of_days(found, cut_day) == frozen, "a sealed day stands"
    assert store.rebuild() == 0
    late = [e for _, _, e in order[split:] if e["type"] != "void" and local_day(e) < cut_day]
    counted = accounts(store)
    assert sum(row["late"] for row in counted.values()) == len(late)
    assert sum(row["stored"] for row in counted.values()) == len(given) - len(late)
    assert all(row["unexplained"] == row["lost"] == row["quarantined"] == 0 for row in counted.values())
    assert all(through == counted[kiosk, stream]["claimed"] for kiosk, stream, through, *_ in map(_receipt, store.receipts()))
    cut_visits = {(k, e["visit"]) for k, _, e in given if e["type"] != "void" and local_day(e) < cut_day}
    if not any((k, e.get("visit")) in cut_visits for k, _, e in order[split:]):
        straight = fresh_elsewhere(installed, tmp_path, given)
        assert without_hours(found, cut_day) == without_hours(straight, cut_day)
    store.close()


def _receipt(receipt: Any) -> tuple[str, str, int]:
    return receipt.kiosk, receipt.stream, receipt.through


def fresh_elsewhere(installed: Path, folder: Path, given: Sequence[Sent]) -> dict[str, list[tuple[Any, ...]]]:
    path = folder / "straight.sqlite"
    for old in folder.glob("straight.sqlite*"):
        old.unlink()
    shutil.copy(installed, path)
    other = SqliteStore(path)
    send(other, given, 200, 100)
    found = tallies(other)
    other.close()
    return found
