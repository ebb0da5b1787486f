"""Every page of the demo, with those that say no or have nothing to show, and who opens it."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.demos import password_of
from tests.readers import Reader, reading

WIDTHS = (390, 768, 1440)
SCHEMES = ("light", "dark")
VIEWS = [(width, scheme) for width in (WIDTHS[0], WIDTHS[-1]) for scheme in SCHEMES]
_HALL = "/offices/aptarnavimas"


class Page(NamedTuple):
    """`login` is empty for nobody."""

    login: str
    path: str
    status: int = 200


PAGES = (
    Page("", "/sign-in"),
    Page("", "/api/v1/docs"),
    Page("", "/nowhere", 404),
    Page("vadovas", _HALL),
    Page("vadovas", f"{_HALL}?day=2025-01-04"),
    Page("vadovas", f"{_HALL}/period"),
    Page("vadovas", f"{_HALL}/period?kind=quarter&service=social-benefits&question=overall&raw=true"),
    Page("vadovas", f"{_HALL}/period?kind=month&day=2025-01-04"),
    Page("vadovas", f"{_HALL}/comments"),
    Page("vadovas", f"{_HALL}/comments?q=aiskiai&side=bad&raw=1"),
    Page("vadovas", f"{_HALL}/comments?hidden=1"),
    Page("vadovas", f"{_HALL}/misuse"),
    Page("vadovas", "/account?done=password"),
    Page("vadovas", "/offices/migracija", 404),
    Page("vadovas", "/audit", 403),
    Page("vadovas", f"{_HALL}/period?kind=range&from=2026-02-01&to=2026-01-01", 422),
    Page("auditorius", "/"),
    Page("auditorius", f"{_HALL}/comments"),
    Page("auditorius", "/offices"),
    Page("auditorius", "/offices?kind=month&day=2025-01-04"),
    Page("auditorius", "/services"),
    Page("auditorius", "/services/social-benefits"),
    Page("auditorius", "/audit"),
    Page("auditorius", "/configurations"),
    Page("auditorius", "/configurations/kiosks"),
    Page("auditorius", "/audit?login=niekas"),
    Page("auditorius", "/accounting"),
    Page("auditorius", "/quarantine"),
    Page("admin", "/fleet"),
    Page("admin", "/fleet?q=niekas"),
    Page("admin", "/fleet/aptarnavimas-1"),
    Page("admin", "/fleet/aptarnavimas-1/settings"),
    Page("admin", "/fleet/aptarnavimas-1/retire"),
    Page("admin", "/fleet/new"),
    Page("admin", "/fleet/codes"),
    Page("admin", "/catalogue"),
    Page("admin", "/catalogue/services"),
    Page("admin", "/catalogue/files"),
    Page("admin", "/catalogue/offices/archyvas"),
    Page("admin", "/catalogue/counters/aptarnavimas-langelis-1"),
    Page("admin", "/catalogue/new/services"),
    Page("admin", "/questionnaires"),
    Page("admin", "/questionnaires/core5/1"),
    Page("admin", "/questionnaires/core5/assign"),
    Page("admin", "/users"),
    Page("admin", "/users/vadovas"),
    Page("admin", "/retention"),
    Page("admin", "/retention/marijampole?comments_days=30&events_months=3"),
    Page("admin", "/retention/marijampole?comments_days=daug&events_months=3", 422),
)


def visited(browser: Browser, demo: dict[str, Any], **profile: Any) -> Iterator[tuple[Reader, Page]]:
    """Each page, opened by whom it is for, with everything unfolded; complaints come up when somebody leaves."""
    for login, pages in groupby(PAGES, lambda page: page.login):
        with reading(browser, demo["url"], **profile) as reader:
            if login:
                reader.sign_in(login, password_of(demo, login))
            for page in pages:
                assert reader.go(page.path) == page.status, page
                reader.page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
                yield reader, page


def looks_right(reader: Reader, width: int, scheme: str) -> None:
    """What anybody finds at one width and in one colour scheme: nothing sticks out, and axe finds nothing."""
    fits(reader, width)
    reader.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    found = Axe().run(reader.page, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, f"{reader.page.url} {width} {scheme}\n{found.generate_report()}"


def fits(reader: Reader, width: int) -> None:
    reader.page.set_viewport_size({"width": width, "height": 900})
    wide = reader.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width, f"{reader.page.url} is {wide} px wide at {width} px"
