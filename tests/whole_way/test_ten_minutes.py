"""Each role's ten minutes over the demo's citizens, in the real browser, in both languages."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.browsers import chromium
from tests.demos import api, password_of, tap_on_spare
from tests.readers import Reader, agrees, opened, reading

pytestmark = pytest.mark.timeout(120)
HALL, HOME, CENTRE, MIGRATION = "aptarnavimas", "socialine-parama", "paramos-centras", "migracija"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def reader(request: pytest.FixtureRequest, five_weeks: dict[str, Any], browser: Browser) -> Iterator[Reader]:
    """Whoever the test's parameter names, signed in."""
    with reading(browser, five_weeks["url"], viewport={"width": 1440, "height": 900}) as one:
        one.sign_in(request.param, password_of(five_weeks, request.param))
        one.look()
        yield one


def whoever(*logins: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("reader", logins, indirect=True)


@whoever("vadovas")
def test_the_head_of_an_office(reader: Reader) -> None:
    assert reader.page.url.endswith(f"/offices/{HALL}"), "who heads one office comes straight to it"
    _morning(reader)
    _in_english(reader)
    _any_period(reader)
    _a_note(reader)
    _comments(reader, HALL)
    _side_by_side(reader, 1)
    _token(reader)
    assert {reader.refused(f"/offices/{MIGRATION}{page}") for page in ("", "/period", "/comments", "/misuse", "/live")} == {404}
    assert reader.refused("/audit") == 403
    assert reader.page.locator("a[href='/audit']").count() == 0
    _sign_out(reader)


@pytest.mark.proof
@whoever("parama")
def test_the_head_of_two_offices(reader: Reader) -> None:
    assert {HOME, CENTRE} == _offices_named(reader)
    reader.press("a[href^='/language/en']")
    reader.press(f"a[href='/offices/{CENTRE}']")
    _morning(reader)
    _in_lithuanian(reader)
    _any_period(reader)
    _a_note(reader)
    _comments(reader, CENTRE)
    _side_by_side(reader, 2)
    assert reader.refused(f"/offices/{HALL}") == 404
    assert reader.refused("/audit") == 403
    _sign_out(reader)


@pytest.mark.proof
@whoever("analitikas")
def test_the_analyst(reader: Reader) -> None:
    assert len(_offices_named(reader)) == 12
    _side_by_side(reader, 12)
    reader.go(f"/offices/{MIGRATION}")
    _morning(reader)
    _in_english(reader)
    _any_period(reader)
    _only_reads(reader, HALL)
    assert reader.refused("/audit") == 403
    _token(reader)
    _sign_out(reader)


@whoever("auditorius")
def test_the_auditor(reader: Reader) -> None:
    assert len(_offices_named(reader)) == 12
    last = date.fromisoformat(_today()) - timedelta(days=1)  # days that are over: nobody taps between the page and its file
    reader.go(f"/offices/{HALL}/misuse?from={last - timedelta(days=27)}&to={last}")
    assert sum(int(cell) for cell in reader.page.locator("table.ledger").first.locator("td.number").all_inner_texts()) > 0
    lines = reader.page.locator("table.ledger").nth(1).locator("tbody tr").count()
    assert len(reader.download("a.csv")) == lines
    _in_english(reader)
    _only_reads(reader, HALL)
    _audit_log(reader, "sign-in", "signed in")
    _sign_out(reader)


@whoever("admin")
def test_the_admin(reader: Reader) -> None:
    assert len(_offices_named(reader)) == 12
    reader.press(f"a[href='/offices/{HALL}']")
    _morning(reader)
    _in_english(reader)
    reader.press("nav.local a[href$='/period']")
    _a_note(reader)
    _comments(reader, HALL)
    _audit_log(reader, "comment.hide", "comment hidden")
    _sign_out(reader)


@whoever("vadovas")
def test_a_tap_at_the_kiosk_shows_on_the_open_page(reader: Reader, five_weeks: dict[str, Any], tmp_path: Path) -> None:
    expect(reader.page.locator("[data-link=open]")).to_be_visible()
    before = reader.number("[data-show=n]") if reader.page.locator("[data-show=n]").is_visible() else 0
    tap_on_spare(tmp_path, five_weeks, 1)
    stored = sum(row["n"] for row in api(five_weeks, f"scores?office={HALL}&from={_today()}&to={_today()}"))
    assert stored > before
    reader.page.wait_for_function(
        "n => Number(document.querySelector('[data-show=n]').textContent.replace(/\\D/g, '')) >= n", arg=stored
    )


# ── what a person does ──────────────────────────────────────────────────────────────────


def _offices_named(reader: Reader) -> set[str]:
    """The start page of who sees several offices: a line for each."""
    lines = reader.page.locator("table.offices tbody th a")
    expect(reader.page.locator(".standout").first).to_be_visible()
    return {str(line.get_attribute("href")).rpartition("/")[2] for line in lines.all()}


def _morning(reader: Reader) -> None:
    """In ten seconds: was yesterday normal? In ten minutes: what to mend."""
    page = reader.page
    assert re.fullmatch(r"\d+\s?%", reader.text(".big .value"))
    assert re.search(r"\d+.*\d+", reader.text(".figure .interval"))
    assert re.search(r"\d+.*\d+", reader.text(".usual")), "five weeks are enough to say what is usual"
    expect(page.locator(".standout").first).to_be_visible()
    for column, key in (("satisfied", "percent"), ("n", "n")):
        for sort in (f"-{column}", column):
            reader.press(page.locator("#services a.sort").and_(page.locator(f"[href$='sort={sort}']")))
            shown = [value for line in reader.lines("#services") if (value := getattr(line, key)) is not None]
            assert len(shown) > 1
            assert shown == sorted(shown, reverse=sort.startswith("-")), sort
    agrees(reader.download("#services a.csv"), reader.lines("#services"))
    agrees(reader.download("#hours a.csv"), reader.lines("#hours"))
    assert page.locator(".reasons tbody tr").count() > 1
    assert page.locator("#comments blockquote").count() > 0
    assert page.locator("#kiosks li").count() > 0


def _in_english(reader: Reader) -> None:
    _in_the_other_language(reader, "en")


def _in_lithuanian(reader: Reader) -> None:
    _in_the_other_language(reader, "lt")


def _in_the_other_language(reader: Reader, language: str) -> None:
    """The same page with the same figures, in other words."""
    before, digits = reader.page.url, _digits(reader)
    reader.press(f"a[href^='/language/{language}']")
    assert reader.page.url == before
    expect(reader.page.locator("html")).to_have_attribute("lang", language)
    assert _digits(reader) == digits


def _digits(reader: Reader) -> list[str]:
    """All figures of the tables."""
    return [re.sub(r"\D", "", cell) for cell in reader.page.locator("td.number").all_inner_texts()]


def _any_period(reader: Reader) -> None:
    page = reader.page
    reader.press("nav.local a[href$='/period']")
    for kind in ("day", "week", "quarter", "year", "month"):
        reader.press(f"nav.kinds a[href*='kind={kind}']")
        expect(page.locator(f"nav.kinds a[href*='kind={kind}']")).to_have_attribute("aria-current", "true")
    reader.press("a[rel=prev]")
    reader.press("a[rel=next]")
    last = date.fromisoformat(_today()) - timedelta(days=1)
    form = opened(page.locator(".asked details"))
    form.locator("#from").fill((last - timedelta(days=27)).isoformat())
    form.locator("#to").fill(last.isoformat())
    reader.press(form.locator("button"))
    assert f"to={last}" in page.url
    counted, marked = reader.number(".figure .n"), reader.number(".flagged")
    _charts(reader)
    agrees(reader.download("#services a.csv"), reader.lines("#services"))
    opened(page.locator(".trend details"))
    agrees(reader.download(".trend a.csv"), reader.lines(".trend"))
    reader.press(".flagged a[href*='raw=true']")
    assert reader.number(".figure .n") == counted + marked
    reader.press(".flagged a[href*='/misuse']")
    assert page.locator(".both dd").count() == 2
    assert sum(int(n) for n in page.locator("table.ledger").first.locator("td.number").all_inner_texts()) >= marked
    page.go_back()
    form = opened(page.locator(".asked details"))
    form.locator("#service").select_option(index=1)
    form.locator("#question").select_option(index=1)
    reader.press(form.locator("button"))
    assert reader.number(".figure .n") < counted
    assert page.locator(".only a").count() == 2
    reader.press(page.locator(".only a").last)
    reader.press(page.locator(".only a").first)
    reader.press(".flagged a[href]:not([href*='misuse'])")
    assert reader.number(".figure .n") == counted


def _charts(reader: Reader) -> None:
    """Both become charts that say their numbers where they are pointed at."""
    for chart in reader.page.locator("figure.chart").all():
        chart.scroll_into_view_if_needed()
        expect(chart).to_have_class(re.compile(r"\blive\b"), timeout=30_000)
    tile = reader.page.locator(".rhythm .drawn .mark-rect path").first
    tile.evaluate("tile => tile.scrollIntoView({block: 'center', behavior: 'instant'})")
    box = tile.bounding_box()
    assert box
    reader.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(reader.page.locator("#vg-tooltip-element.visible")).to_contain_text(re.compile(r"\d"))


def _a_note(reader: Reader) -> None:
    words = "Sugedo eilių sistema"
    form = opened(reader.page.locator("#notes details"))
    form.locator("#note-text").fill(words)
    reader.press(form.locator("button"))
    note = reader.page.locator("#notes li").filter(has_text=words)
    expect(note).to_have_count(1)
    reader.page.reload()
    expect(note).to_contain_text(words)
    reader.press(note.locator("button"))
    expect(note).to_have_count(0)


def _comments(reader: Reader, office: str) -> None:
    """Search without diacritics, answer for one, hide it and show it again."""
    page = reader.page
    reader.press("nav.local a[href$='/comments']")
    page.fill("#q", "aiskiai")
    reader.press(".search button")
    assert set(page.locator("mark").all_inner_texts()) == {"aiškiai"}
    found = reader.number("#found")
    assert len(reader.download("a[download]")) == page.locator(".tended li").count()
    ident = page.locator(".tended li").first.get_attribute("id")
    comment = page.locator(f"#{ident}")
    reader.press(comment.locator("button[value=done]"))
    expect(comment.locator("button[value=done]")).to_have_attribute("aria-pressed", "true")
    fold = opened(comment.locator("details"))
    fold.locator("input[name=reason]").fill("Vardas tekste")
    reader.press(fold.locator("button"))
    expect(comment).to_have_count(0)
    assert reader.number("#found") == found - 1
    reader.go(f"/offices/{office}/comments?hidden=1")
    expect(comment).to_contain_text("Vardas tekste")
    reader.press(comment.locator(".plain"))
    reader.go(f"/offices/{office}/comments?q=aiskiai")
    assert reader.number("#found") == found
    expect(comment.locator("button[value=done]")).to_have_attribute("aria-pressed", "true")
    reader.press(comment.locator("button[value=new]"))


def _only_reads(reader: Reader, office: str) -> None:
    """Who answers for no office finds nothing to write, and is refused where he tries."""
    for page in ("/period", "/comments"):
        reader.go(f"/offices/{office}{page}")
        assert reader.page.locator("main form[method=post]").count() == 0
    assert reader.refused(f"/offices/{office}/comments?hidden=1") == 403
    csrf = reader.page.locator("header [name=csrf]").get_attribute("value")
    fields = {"csrf": str(csrf), "day": "2026-01-02", "text": "Ne mano", "state": "done", "reason": "Ne mano"}
    for path in ("notes", "notes/1/remove", "comments/1/state", "comments/1/hide", "comments/1/show"):
        assert reader.context.request.post(f"/offices/{office}/{path}", form=fields, max_redirects=0).status == 403, path


def _side_by_side(reader: Reader, offices: int) -> None:
    page = reader.page
    reader.press("nav.places a[href='/offices']")
    reader.press("a[rel=prev]")  # days that are over: nobody taps between the page and its file
    rows = reader.download("a.csv")
    assert len(rows) == offices
    agrees(rows, reader.lines("table.bands"))
    reader.press("nav.places a[href='/services']")
    reader.press("ul.lines a")
    assert 1 <= page.locator("table.bands tbody tr").count() <= offices


def _token(reader: Reader) -> None:
    """Made for a program, works for it, and is worth nothing once revoked."""
    page = reader.page
    reader.press("a[href='/account']")
    page.fill("#label", "Ryto ataskaita")
    reader.press(page.locator("form[action='/account/tokens'] button"))
    bearer = {"Authorization": f"Bearer {reader.text('#token')}"}
    with httpx.Client(base_url=reader.url, trust_env=False, headers=bearer) as program:
        assert len(program.get("/api/v1/offices").json()["rows"]) >= 1
        reader.press(page.locator("tr", has_text="Ryto ataskaita").locator("button"))
        expect(page.locator("[role=status]")).to_be_visible()
        assert program.get("/api/v1/offices").status_code == 401


def _audit_log(reader: Reader, action: str, words: str) -> None:
    reader.press("nav.places a[href='/audit']")
    assert not [said for said in reader.page.locator("td.action").all_inner_texts() if "." in said], "codes are for programs"
    reader.page.locator("#action").select_option(action)
    reader.press("form.filters button")
    assert set(reader.page.locator("td.action").all_inner_texts()) == {words}
    assert len(reader.download("a[download]")) == reader.page.locator("table.audit tbody tr").count()


def _sign_out(reader: Reader) -> None:
    """And nobody who sits down at the same screen finds anything with the Back button."""
    reader.press("header form button")
    assert reader.page.url.endswith("/sign-in")
    reader.page.go_back()
    reader.page.wait_for_url("**/sign-in**")
    assert reader.page.locator("table, .figure, nav.local").count() == 0


def _today() -> str:
    """By the clock of the offices."""
    return datetime.now(ZoneInfo("Europe/Vilnius")).date().isoformat()
