"""Offices side by side and one service across offices: bands, never places that chance decides."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.collector.deliveries import NOW, rating, sent
from tests.collector.test_period_page import csv_rows
from tests.collector.web_world import World, world

MONTH = {"kind": "month", "day": "2026-11-20", "lang": "en"}


@pytest.fixture(scope="module")
def shared(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """hall: 150 mostly good answers; north: 150 mostly bad ones."""
    with world(installed, tmp_path_factory.mktemp("bands"), NOW + timedelta(days=1)) as found:
        store = found.store()
        for kiosk, good in (("hall-2", 9), ("north-1", 3)):
            votes = [
                rating(
                    n,
                    value=5 if n % 10 < good else 1,
                    at=f"2026-11-{1 + n % 19:02}T{6 + n % 9:02}:15:00Z",
                    visit=f"6b1e77c2a90d{n:04x}",
                    gap_ms=600_000,
                    service="social-benefits",
                )
                for n in range(1001, 1151)
            ]
            sent(store, *votes, kiosk=kiosk, stream="22222222d0a84f6e8a3b5c7d9e0f1a2b")
        store.close()
        yield found


def test_offices_that_differ_are_in_bands_of_their_own(shared: World) -> None:
    found = {row["office"]: row for row in csv_rows(shared.page("/offices", "analyst", **MONTH, format="csv"))}
    assert (found["hall"]["band"], found["hall"]["place_from"], found["hall"]["place_to"]) == ("1", "1", "1")
    assert (found["north"]["band"], found["north"]["place_from"], found["north"]["place_to"]) == ("2", "2", "2")
    text = shared.page("/offices", "analyst", **MONTH).text
    assert text.index("Citizens&#39; hall") < text.index("North eldership")
    assert "place 1 of 2" in text


def test_offices_with_few_ratings_are_not_ordered(shared: World) -> None:
    text = shared.page("/offices", "head-both", kind="day", day="2026-11-20", lang="en").text
    assert "Not ordered: fewer than 100 ratings" in text
    assert "place 1" not in text


def test_a_head_sees_his_offices_only(shared: World) -> None:
    text = shared.page("/offices", "head-north", **MONTH).text
    assert "North eldership" in text
    assert "Citizens" not in text


def test_one_service_across_offices(shared: World) -> None:
    found = {row["office"]: row for row in csv_rows(shared.page("/services/social-benefits", "analyst", **MONTH, format="csv"))}
    assert (found["hall"]["n"], found["north"]["n"]) == ("153", "154")
    only = csv_rows(shared.page("/services/residence-declaration", "analyst", **MONTH, format="csv"))
    assert [row["office"] for row in only] == ["hall"]
    assert shared.page("/services/nothing", "analyst").status_code == 404


def test_services_are_listed_with_the_viewers_offices(shared: World) -> None:
    text = shared.page("/services", "head-hall", lang="en").text
    assert "Social benefits" in text
    assert "1 office" in text


def test_who_heads_several_offices_first_sees_a_line_for_each(shared: World) -> None:
    text = shared.page("/", "head-both", lang="en").text
    assert "Citizens&#39; hall" in text
    assert "North eldership" in text
    assert shared.page("/", "head-hall").headers["location"] == "/offices/hall"
    assert "No office has been given to you yet." in shared.page("/", "head-none", lang="en").text
