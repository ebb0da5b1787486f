"""An office over any period: what the page says, by whom it may be read, and that its address holds its state."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from collector.catalogue import read
from collector.scoring.score import METRICS
from tests.catalogues import document
from tests.collector.deliveries import NOW, rating, reasons, rows, sent
from tests.collector.web_world import World, world

PERIOD = "/offices/hall/period"
TOMORROW = NOW + timedelta(days=1)  # the world's votes are of the 20th and 21st: days that are over
DAY = {"kind": "day", "day": "2026-11-20", "lang": "en"}


@pytest.fixture(scope="module")
def shared(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(installed, tmp_path_factory.mktemp("period"), TOMORROW) as found:
        store = found.store()
        october = [
            rating(n, value=5, at=f"2026-10-{1 + n % 28:02}T09:15:00Z", visit=f"6b1e77c2a90d{n:04x}", gap_ms=600_000)
            for n in range(101, 161)
        ]
        sent(store, *october, kiosk="hall-2")
        store.close()
        yield found


@pytest.fixture
def own(installed: Path, tmp_path: Path) -> Iterator[World]:
    with world(installed, tmp_path, TOMORROW) as found:
        yield found


def csv_rows(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_raw_switch_counts_what_was_marked_and_says_so(shared: World) -> None:
    filtered = shared.page(PERIOD, "head-hall", **DAY).text
    raw = shared.page(PERIOD, "head-hall", **DAY, raw="true").text
    assert "10 ratings" in filtered
    assert "2 ratings were marked as possible misuse and are left out." in filtered
    assert "12 ratings" in raw
    assert "2 ratings were marked as possible misuse and are counted here." in raw


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ({"kind": "day", "day": "2026-11-20"}, "2026-11-20"),
        ({"kind": "week", "day": "2026-11-20"}, "2026-W47 (2026-11-16 – 2026-11-22)"),
        ({"kind": "month", "day": "2026-11-20"}, "November 2026"),
        ({"kind": "quarter", "day": "2026-11-20"}, "Quarter 4 of 2026"),
        ({"kind": "year", "day": "2026-11-20"}, "2026"),
        ({"from": "2026-10-05", "to": "2026-11-20"}, "2026-10-05 – 2026-11-20"),
    ],
)
def test_every_kind_of_period_has_its_name(shared: World, address: dict[str, str], name: str) -> None:
    assert f'class="period-title">{name}</h2>' in shared.page(PERIOD, "head-hall", lang="en", **address).text


def test_a_month_is_compared_with_the_one_before_and_a_year_ago(shared: World) -> None:
    text = shared.page(PERIOD, "head-hall", kind="month", day="2026-11-20", lang="en").text
    before = text[text.index("Before:") : text.index("A year ago:")]
    assert "October 2026" in before
    assert "60 ratings" in before
    assert "change, in points:" in before  # 60 of 60 then, far fewer now
    assert "−" in before
    assert "nothing was rated then" in text[text.index("A year ago:") :]


def test_a_change_that_may_be_chance_has_no_number(shared: World) -> None:
    text = shared.page(PERIOD, "head-hall", kind="day", day="2026-11-20", lang="en").text
    assert "nothing was rated then" in text or "too few to compare" in text
    csv_answer = shared.page(PERIOD, "head-hall", **DAY, format="csv", table="services")
    assert {row["change"] for row in csv_rows(csv_answer)} == {""}


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ({"from": "2026-11-20", "to": "2026-11-01"}, "The first day is after the last: please exchange them."),
        ({"from": "2026-11-20"}, "A free period needs both its first and its last day."),
        ({"from": "1990-01-01", "to": "2026-11-20"}, "Please ask for twenty years at most."),
        ({"kind": "day", "day": "1990-01-01"}, None),
        ({"kind": "year", "day": "2199-12-31"}, None),
    ],
)
def test_odd_periods_get_a_sentence_and_never_a_fault(shared: World, address: dict[str, str], sentence: str | None) -> None:
    answer = shared.page(PERIOD, "head-hall", lang="en", **address)
    assert answer.status_code == (422 if sentence else 200)
    assert sentence is None or sentence in answer.text


def test_the_csv_says_what_the_screen_says(shared: World) -> None:
    by_service = csv_rows(shared.page(PERIOD, "head-hall", kind="month", day="2026-11-20", format="csv", table="services"))
    (declared,) = [row for row in by_service if row["services"] == "residence-declaration"]
    assert (declared["n"], declared["flagged"], declared["shown"]) == ("10", "2", "all")
    assert float(declared["satisfied"]) == 0.8
    assert sum(int(declared[f"answers_{value}"]) for value in range(1, 6)) == 10


def test_reasons_and_the_start_page_are_files_too(shared: World) -> None:
    found = csv_rows(shared.page(PERIOD, "head-hall", kind="month", day="2026-11-20", format="csv", table="reasons"))
    assert {(row["side"], row["reason"], row["n"]) for row in found} == {("good", "staff", "1"), ("good", "waiting-time", "1")}
    day = csv_rows(shared.page("/offices/hall", "head-hall", day="2026-11-20", format="csv"))
    assert [(row["service"], row["n"], row["week_n"]) for row in day] == [("residence-declaration", "10", "10")]
    offices = csv_rows(shared.page("/", "head-both", format="csv"))
    assert ("hall", "10") in {(row["office"], row["n"]) for row in offices}


def test_outside_the_office_small_cells_are_n_alone_in_the_csv_too(shared: World) -> None:
    inside = csv_rows(shared.page(PERIOD, "head-hall", kind="month", day="2026-11-20", format="csv", table="services"))
    outside = csv_rows(shared.page(PERIOD, "analyst", kind="month", day="2026-11-20", format="csv", table="services"))
    few = {row["services"]: row for row in outside}["social-benefits"]
    assert (few["n"], few["shown"], few["answers_5"], few["satisfied"]) == ("3", "suppressed", "", "")
    assert {row["services"]: row for row in inside}["social-benefits"]["answers_5"] == "3"


def test_today_waits_until_it_is_over(own: World) -> None:
    """Whoever looks again and again must not see what a single citizen tapped."""
    own.clock.now = TOMORROW - timedelta(hours=15)  # still the 21st in Vilnius
    address = {"kind": "day", "day": "2026-11-21", "lang": "en"}
    text = own.page(PERIOD, "head-hall", **address).text
    assert "Nothing was rated in this period." in text
    month = own.page(PERIOD, "head-hall", kind="month", day="2026-11-21", lang="en").text
    assert "Days up to 2026-11-20." in month
    assert "10 ratings" in month
    for table in ("services", "hours", "questions", "language", "trend"):
        assert csv_rows(own.page(PERIOD, "head-hall", **address, format="csv", table=table)) == []
    one = own.page(PERIOD, "head-hall", **address, service="social-benefits").text
    assert "Nothing was rated in this period." in one
    own.clock.now = TOMORROW
    assert len(csv_rows(own.page(PERIOD, "head-hall", **address, format="csv", table="services"))) == 1


def test_tomorrow_tells_nothing_of_today(own: World) -> None:
    """Today is not shown as the day before tomorrow, nor as part of what a service or question is compared with."""
    own.clock.now = TOMORROW - timedelta(hours=15)
    for more in ({"service": "social-benefits"}, {"question": "overall"}, {}):
        text = own.page(PERIOD, "head-hall", kind="day", day="2026-11-22", lang="en", **more).text
        assert "Before:" not in text
        assert "3 ratings" not in text


def test_a_morning_page_is_of_a_day_that_is_over(own: World) -> None:
    own.clock.now = TOMORROW - timedelta(hours=15)
    today = own.page("/offices/hall", "head-hall", day="2026-11-21", lang="en").text
    assert 'data-day="2026-11-20"' in today
    assert "social-benefits" not in today
    ledger = own.page("/offices/hall/misuse", "head-hall", kind="day", day="2026-11-21", lang="en").text
    assert "Nothing was rated in this period." in ledger


@pytest.mark.parametrize("few", [3, 9, 10])
def test_a_small_day_with_much_history_has_its_page(own: World, few: int) -> None:
    """What is usual is known, but the day has too few for a share."""
    store, kept = own.store(), {"service": "social-benefits"}
    votes = [
        rating(n, value=5, at=f"2026-{day}T08:{n % 50:02}:00Z", visit=f"8b1e77c2a90d{n:04x}", gap_ms=600_000, **kept)
        for n, day in enumerate([day for day in ("10-16", "10-23", "10-30", "11-06", "11-13") for _ in range(20)], 1001)
    ]
    votes += [
        rating(n, value=4, at=f"2026-11-20T08:{n % 50:02}:00Z", visit=f"8b1e77c2a90d{n:04x}", gap_ms=600_000, **kept)
        for n in range(1101, 1101 + few)
    ]
    sent(store, *votes, kiosk="north-1", stream="33333333d0a84f6e8a3b5c7d9e0f1a2b")
    store.close()
    text = own.page("/offices/north", "head-north", day="2026-11-20", lang="en").text
    assert f"{few} ratings" in text
    assert ("such a weekday" in text) == (few >= 10)


def test_a_language_that_nobody_knows_is_named_by_its_code(own: World) -> None:
    store = own.store()
    votes = [rating(n, language="xx", at=f"2026-11-20T09:{n % 60:02}:00Z", visit=f"9b1e77c2a90d{n:04x}") for n in range(301, 313)]
    sent(store, *votes)
    store.close()
    text = own.page(PERIOD, "head-hall", kind="day", day="2026-11-20", lang="en").text
    assert 'id="language-title"' in text
    assert ">xx<" in text.replace(" ", "").replace("\n", "")


def test_reasons_of_few_stay_inside_the_office(own: World) -> None:
    """Outside, the ten that open them are unmarked ratings of days that are over."""
    store = own.store()
    sent(store, *[rating(n, value=1, at="2026-11-19T09:15:00Z", gap_ms=100) for n in range(401, 420)])
    marked = reasons(430, value=1, visit="5b1e77c2a90d0191", at="2026-11-19T09:15:00Z")
    sent(store, rating(429, value=1, visit="5b1e77c2a90d01ad", at="2026-11-19T09:30:00Z"), marked)
    sent(store, reasons(431, value=1, visit="5b1e77c2a90d01ad", at="2026-11-19T09:30:00Z"))
    store.close()
    address = {"kind": "day", "day": "2026-11-19", "lang": "en", "raw": "true"}
    assert "is named most when the rating is low" in own.page(PERIOD, "head-hall", **address).text
    assert "is named most" not in own.page(PERIOD, "analyst", **address).text


def test_a_range_that_would_meet_itself_a_year_ago_is_not_compared(shared: World) -> None:
    text = shared.page(PERIOD, "head-hall", lang="en", **{"from": "2024-01-01", "to": "2026-11-20"}).text
    assert "A year ago:" not in text


def test_another_question_is_no_change(own: World) -> None:
    store = own.store()
    sent(store, *[rating(n, at=f"2026-10-20T09:{n % 60:02}:00Z", value=5, visit=f"ab1e77c2a90d{n:04x}") for n in range(501, 531)])
    other = document()
    other["questionnaires"][0]["questions"][0]["id"] = "served"
    store.install(read(json.dumps(other).encode()), NOW)
    asked = {"question": "served", "value": 1}
    sent(
        store,
        *[rating(n, at=f"2026-11-19T09:{n % 60:02}:00Z", visit=f"bb1e77c2a90d{n:04x}", **asked) for n in range(601, 631)],
    )
    store.close()
    text = own.page(PERIOD, "head-hall", kind="month", day="2026-11-20", lang="en").text
    compared = text[text.index("Before:") : text.index("</ul>", text.index("Before:"))]
    assert "change, in points" not in compared
    assert "–" in compared


@pytest.mark.parametrize(
    "address",
    [
        "/offices/hall?day=0001-01-01",
        "/offices/hall/period?kind=week&day=9999-12-31",
        "/offices/hall/trend.json?kind=year&day=9999-12-31",
        "/offices?kind=week&day=9999-12-31",
        "/offices/hall/misuse?kind=week&day=9999-12-31",
    ],
)
def test_days_ages_away_are_refused_in_words(shared: World, address: str) -> None:
    assert shared.page(address, "head-hall").status_code == 422


def test_the_address_keeps_what_was_chosen(shared: World) -> None:
    text = shared.page(PERIOD, "head-hall", kind="month", day="2026-11-20", raw="true", sort="name", lang="en").text
    assert "kind=week&amp;day=2026-11-20&amp;raw=true&amp;sort=name" in text
    assert "raw=true&amp;sort=-n" in text
    assert "format=csv&amp;table=services" in text


def test_services_stand_in_the_order_asked_for(shared: World) -> None:
    def order(sort: str) -> list[str]:
        answer = shared.page(PERIOD, "head-hall", kind="month", day="2026-11-20", sort=sort, format="csv", table="services")
        return [row["services"] for row in csv_rows(answer)]

    assert order("-n") == ["residence-declaration", "social-benefits"]
    assert order("n") == ["social-benefits", "residence-declaration"]
    assert order("-name") == list(reversed(order("name")))
    assert order("nonsense") == order("-n")


def test_every_question_stands_by_itself(shared: World) -> None:
    found = csv_rows(shared.page(PERIOD, "head-hall", kind="month", day="2026-11-20", format="csv", table="questions"))
    assert {row["questions"]: row["n"] for row in found} == {"overall": "13", "advise": "3"}
    advise = shared.page(PERIOD, "head-hall", kind="month", day="2026-11-20", question="advise", lang="en").text
    assert "Only the question" in advise
    assert "3 ratings" in advise


def test_a_counter_is_shown_only_where_clerks_rotate(own: World) -> None:
    address = {"kind": "month", "day": "2026-11-20", "lang": "en"}
    store = own.store()
    for clerks in (1, 3):
        changed = document()
        changed["counters"].append(
            {"id": "hall-desk", "office": "hall", "name": {"lt": "Stalas"}, "services": ["social-benefits"]}
        )
        changed["kiosks"][1]["counter"] = "hall-desk"
        for counter in changed["counters"]:
            counter["clerks"] = clerks
        store.install(read(json.dumps(changed).encode()), NOW)
        if clerks == 1:
            votes = [
                rating(n, service="social-benefits", at=f"2026-11-20T09:{n:02}:00Z", visit=f"7b1e77c2a90d{n:04x}", gap_ms=60_000)
                for n in range(1, 31)
            ]
            sent(store, *votes, kiosk="hall-2")
            assert 'id="counter-title"' not in own.page(PERIOD, "head-hall", **address).text
            assert 'id="counter-title"' in own.page(PERIOD, "admin", **address).text
    store.close()
    found = csv_rows(own.page(PERIOD, "head-hall", **address, format="csv", table="counter"))
    assert {row["counter"]: row["n"] for row in found} == {"hall-desk": "30", "hall-window": "13"}


def test_a_changed_questionnaire_is_marked_on_its_day(own: World) -> None:
    store = own.store()
    changed = document()
    changed["questionnaires"][0]["questions"][0]["text"]["en"] = "How was it?"
    store.install(read(json.dumps(changed).encode()), NOW - timedelta(days=3))
    store.close()
    text = own.page(PERIOD, "head-hall", kind="month", day="2026-11-20", lang="en").text
    assert '<time datetime="2026-11-18">2026-11-18</time> a kiosk began to ask something else' in text


def test_the_institutions_weights_make_an_index_and_what_few_answered_is_left_out(own: World) -> None:
    weighted = document()
    weighted["institutions"][0]["weights"] = {"overall": 2, "advise": 1}
    store = own.store()
    store.install(read(json.dumps(weighted).encode()), NOW)
    store.close()
    text = own.page(PERIOD, "head-hall", kind="month", day="2026-11-20", lang="en").text
    assert "Index by the institution&#39;s weights:" in text
    assert "Too few answers yet, left out: “Name”." in " ".join(text.split()).replace("</p>", "")
    assert "weights:" not in own.page(PERIOD, "head-hall", kind="month", day="2026-11-20", question="advise", lang="en").text


def test_a_new_version_of_the_formulas_is_a_mark_on_the_trend(own: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(METRICS, 2, date(2026, 11, 12))
    text = own.page(PERIOD, "head-hall", kind="month", day="2026-11-20", lang="en").text
    assert '<time datetime="2026-11-12">2026-11-12</time> a new version of the formulas began' in text
    chart = own.page("/offices/hall/trend.json", "head-hall", kind="month", day="2026-11-20", lang="en").text
    assert "another formula" in chart


class TestNotes:
    def write(self, own: World, login: str, **fields: str) -> Any:
        whole = {"day": "2026-11-19", "text": "Sugedo  eilių sistema", "next": f"{PERIOD}?kind=month&day=2026-11-20"} | fields
        return own.post("/offices/hall/notes", login, **whole)

    def test_a_head_writes_one_and_takes_it_away(self, own: World) -> None:
        assert self.write(own, "head-hall").status_code == 303
        text = own.page(PERIOD, "head-hall", kind="month", day="2026-11-20").text
        assert "Sugedo eilių sistema" in text
        ((ident,),) = rows(own.store(), "SELECT id FROM note")
        assert own.post(f"/offices/hall/notes/{ident}/remove", "head-hall").status_code == 303
        assert "Sugedo" not in own.page(PERIOD, "head-hall", kind="month", day="2026-11-20").text
        actions = rows(own.store(), "SELECT login, action FROM audit WHERE action LIKE 'note.%' ORDER BY id")
        assert actions == [("head-hall", "note.add"), ("head-hall", "note.remove")]

    @pytest.mark.parametrize(("login", "status"), [("head-north", 404), ("analyst", 403), ("auditor", 403), ("admin", 303)])
    def test_who_may_write(self, own: World, login: str, status: int) -> None:
        assert self.write(own, login).status_code == status
        assert len(rows(own.store(), "SELECT 1 FROM note")) == (status == 303)

    def test_another_offices_note_cannot_be_taken_away(self, own: World) -> None:
        self.write(own, "head-hall")
        ((ident,),) = rows(own.store(), "SELECT id FROM note")
        assert own.post(f"/offices/north/notes/{ident}/remove", "head-north").status_code == 404
        assert len(rows(own.store(), "SELECT 1 FROM note")) == 1

    @pytest.mark.parametrize("fields", [{"text": "   "}, {"text": "x" * 201}, {"day": "yesterday"}])
    def test_a_note_without_words_or_day_is_refused(self, own: World, fields: dict[str, str]) -> None:
        assert self.write(own, "head-hall", **fields).status_code == 422
        assert rows(own.store(), "SELECT 1 FROM note") == []

    def test_a_note_is_text_and_no_markup(self, own: World) -> None:
        self.write(own, "head-hall", text="<script>alert(1)</script>")
        text = own.page(PERIOD, "head-hall", kind="month", day="2026-11-20").text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
