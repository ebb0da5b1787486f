"""In the browser, under the real content-security policy: a picture becomes a chart that can be pointed at."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import ChoiceLoader, DictLoader
from playwright.sync_api import Browser, Page, expect

from collector.web import charts
from collector.web.access import Here
from collector.web.app import WebSettings, create_app
from collector.web.charts import bundle
from collector.web.texts import language_of, texts
from tests.brokers import free_port, wait_for
from tests.browsers import chromium
from tests.collector.deliveries import NOW
from tests.collector.drawn_world import MONDAY, days, shown
from tests.collector.web_world import serving

PAGE = """
{% extends "base.html" %}
{% import "charts.html" as charts with context %}
{% block title %}Charts{% endblock %}
{% block styles %}<link rel="stylesheet" href="/static/charts.css">{% endblock %}
{% block scripts %}<script src="/static/charts.js" defer></script>{% endblock %}
{% block content %}
<h1>Charts</h1>
{% set asked = "office=hall&service=" %}
{% set alt = "The trend; its numbers are in the table." %}
{% call charts.chart("/drawn/trend", alt, "Satisfied by day", "The band is the interval.", asked) %}
<details><summary>The numbers</summary><p>A table.</p></details>
{% endcall %}
{% for line in range(50) %}<p>{{ line }}</p>{% endfor %}
{{ charts.chart("/drawn/rhythm", "The rhythm.", "Satisfied by hour and weekday") }}
{% endblock %}
"""
pytestmark = pytest.mark.timeout(60)  # the library takes seconds to make, and more where all cores are busy

WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@dataclass
class Watched:
    """A page with what it asked for and what it complained of."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


def _routes() -> APIRouter:
    router = APIRouter(include_in_schema=False)
    notes = [charts.Mark(MONDAY + timedelta(days=2), "Sugedo <b>eilių</b> sistema")]
    marks = [charts.Mark(MONDAY + timedelta(days=9), "Klausimynas 4")]
    cells = [charts.Cell(day, hour, shown(30 + hour, 2 + day * 3)) for day in range(5) for hour in range(8, 18)]

    @router.get("/charts")
    def page(request: Request, here: Here) -> HTMLResponse:
        return HTMLResponse(here.render(request, "drawn.html"))

    @router.get("/plain")
    def plain(request: Request, here: Here) -> HTMLResponse:
        return HTMLResponse(here.render(request, "sign_in.html", next="/", failed=False))

    @router.get("/drawn/trend.{form}")
    def trend(request: Request, here: Here, form: charts.Form, look: charts.Wanted) -> Response:
        words = texts(language_of(request))
        points = days(0, 1, 2, 3, 4, 7, 8, 9)

        def spec(theme: charts.Theme, size: charts.Size) -> charts.Spec:
            return charts.trend(points, "day", words, notes=notes, marks=marks, theme=theme, size=size)

        return charts.answer(here.pictures, spec, form, look)

    @router.get("/drawn/rhythm.{form}")
    def rhythm(request: Request, here: Here, form: charts.Form, look: charts.Wanted) -> Response:
        words = texts(language_of(request))
        return charts.answer(here.pictures, lambda theme, size: charts.rhythm(cells, words, theme=theme, size=size), form, look)

    return router


def _app(folder: Path) -> FastAPI:
    app = create_app(WebSettings(folder, "127.0.0.1", free_port(), "collector", "pw", "5"), lambda: NOW)
    app.include_router(_routes())
    environment = app.state.context.templates
    environment.loader = ChoiceLoader([DictLoader({"drawn.html": PAGE}), environment.loader])
    return app


@pytest.fixture(scope="module")
def url(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("charts")
    (folder / "collector.sqlite").write_bytes(installed.read_bytes())
    with serving(_app(folder)) as address:
        httpx.get(f"{address}{bundle.URL}", trust_env=False, timeout=50)  # made now, once for all tests
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture
def watched(browser: Browser, url: str) -> Iterator[Any]:
    contexts = []

    def opened(path: str = "/charts?lang=en", before: Any = None, **options: Any) -> Watched:
        context = browser.new_context(base_url=url, **({"viewport": WIDE} | options))
        contexts.append(context)
        seen = Watched(context.new_page())
        seen.page.on("request", lambda request: seen.asked.append(request.url))
        seen.page.on("console", lambda said: seen.complaints.append(said.text) if said.type in ("error", "warning") else None)
        seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        if before:
            before(seen.page)
        seen.page.goto(path)
        return seen

    yield opened
    for context in contexts:
        context.close()


def live(page: Page, number: int = 0) -> None:
    """Wait until a chart is interactive."""
    expect(page.locator("figure").nth(number)).to_have_class(re.compile(r"\blive\b"), timeout=30_000)


def point_at(page: Page, mark: str, number: int) -> None:
    """Move the pointer onto one drawn thing. (An unseen line has no place of its own for Playwright.)"""
    thing = page.locator(mark).nth(number)
    thing.evaluate("thing => thing.scrollIntoView({block: 'center', behavior: 'instant'})")
    box = thing.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def drawing(page: Page) -> str:
    return page.locator("figure.live .drawn svg").first.inner_html().upper()


COLUMNS = ".drawn .mark-rule line[opacity='0']"
TOOLTIP = "#vg-tooltip-element.visible"


def test_a_chart_becomes_live_and_says_its_numbers_and_asks_nobody_else(watched: Any, url: str) -> None:
    seen = watched()
    live(seen.page)
    point_at(seen.page, COLUMNS, 0)
    tooltip = seen.page.locator(TOOLTIP)
    for said in ("2026-11-02", "89%", "77–95%", "Ratings", "45"):
        expect(tooltip).to_contain_text(said)
    assert seen.page.locator(COLUMNS).count() == 7, "the column pointed at lights up"
    expect(seen.page.get_by_role("img", name="The trend; its numbers are in the table.")).to_have_count(1)
    assert seen.complaints == []
    assert [address for address in seen.asked if not address.startswith(url)] == []


def test_a_note_is_said_as_it_was_written(watched: Any) -> None:
    seen = watched()
    live(seen.page)
    point_at(seen.page, ".drawn .mark-symbol.layer_3_marks path", 0)
    expect(seen.page.locator(TOOLTIP)).to_have_text("Sugedo <b>eilių</b> sistema")


def test_it_speaks_the_pages_language(watched: Any) -> None:
    seen = watched("/charts?lang=lt")
    live(seen.page)
    point_at(seen.page, COLUMNS, 0)
    expect(seen.page.locator(TOOLTIP)).to_contain_text("Patenkinti")
    expect(seen.page.locator(TOOLTIP)).to_contain_text("89\u00a0%")


def test_only_a_chart_that_is_seen_is_drawn_and_the_library_comes_once(watched: Any) -> None:
    seen = watched(viewport={"width": 390, "height": 300})
    live(seen.page)
    assert not any("rhythm.json" in address for address in seen.asked)
    seen.page.locator("figure").nth(1).scroll_into_view_if_needed()
    live(seen.page, 1)
    point_at(seen.page, ".drawn .mark-rect path", 0)
    expect(seen.page.locator(TOOLTIP)).to_contain_text("Weekday")
    assert sum("/static/vega-" in address for address in seen.asked) == 1
    assert seen.complaints == []


def test_a_page_without_a_chart_never_loads_the_library(watched: Any) -> None:
    seen = watched("/plain")
    seen.page.wait_for_load_state("networkidle")
    assert not any("vega" in address or "charts" in address for address in seen.asked)


def test_dark_and_narrow_follow_the_screen(watched: Any) -> None:
    seen = watched()
    live(seen.page)
    assert "#0B5D57" in drawing(seen.page)
    seen.page.emulate_media(color_scheme="dark")
    wait_for(lambda: "#4FB3A9" in drawing(seen.page))
    assert "#0B5D57" not in drawing(seen.page)
    seen.page.set_viewport_size(PHONE)
    svg = seen.page.locator("figure.live .drawn svg").first
    wait_for(lambda: float(svg.get_attribute("width") or 0) < 390)
    expect(seen.page.locator("figure.live .drawn")).to_have_count(seen.page.locator("figure.live").count())
    assert seen.page.evaluate("document.documentElement.scrollWidth") == 390
    assert seen.complaints == []


def test_paper_gets_the_light_picture(watched: Any) -> None:
    seen = watched()
    live(seen.page)
    seen.page.emulate_media(media="print")
    expect(seen.page.locator("figure.live picture").first).to_be_visible()
    expect(seen.page.locator("figure.live .drawn").first).to_be_hidden()


@pytest.mark.parametrize(
    ("options", "asked"), [({}, ""), ({"viewport": PHONE, "color_scheme": "dark"}, "size=narrow&theme=dark")]
)
def test_without_javascript_there_is_the_picture(watched: Any, options: dict[str, Any], asked: str) -> None:
    seen = watched(java_script_enabled=False, **options)
    picture = seen.page.locator("figure img").first
    expect(picture).to_be_visible()
    assert (picture.evaluate("img => img.naturalWidth")) > 0
    assert picture.evaluate("img => img.currentSrc").endswith(f"trend.svg?office=hall&service=&lang=en{asked and '&' + asked}")
    assert not any("vega" in address for address in seen.asked)


@pytest.mark.parametrize("missing", ["**/static/vega-*.js", "**/drawn/trend.json*"])
def test_the_picture_stays_when_anything_fails(watched: Any, missing: str) -> None:
    def without(page: Page) -> None:
        page.route(missing, lambda route: route.fulfill(status=500))

    def failed(seen: Watched) -> bool:
        return any("500" in complaint for complaint in seen.complaints)

    seen = watched(before=without)
    wait_for(lambda: seen.page.evaluate("1") and failed(seen))
    expect(seen.page.locator("figure img").first).to_be_visible()
    expect(seen.page.locator("figure").first).not_to_have_class(re.compile("live"))


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Auckland"])
def test_a_day_is_the_same_day_in_every_time_zone(watched: Any, zone: str) -> None:
    seen = watched(timezone_id=zone)
    live(seen.page)
    labels = seen.page.locator(".drawn .mark-text.role-axis-label text").all_text_contents()
    assert labels[:2] == ["11-02", "11-03"]


def test_axe_finds_nothing(watched: Any) -> None:
    seen = watched()
    live(seen.page)
    assert Axe().run(seen.page).response["violations"] == []


def test_the_library_is_kept_for_ever_under_its_version(url: str, browser: Browser) -> None:
    answer = browser.new_page().request.get(f"{url}{bundle.URL}")
    assert answer.ok
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert "vegaEmbed" in answer.text()
    assert browser.new_page().request.get(f"{url}/static/vega-0.0.0.js").status == 404
