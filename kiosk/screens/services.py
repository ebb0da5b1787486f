"""What the citizen came for: the idle screen of a counter with several services."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from dataclasses import replace
from typing import Any

from kivy.properties import NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from broker_config.messages import KioskConfig
from kiosk.screens.foot import fits, foot_high
from kiosk.screens.tiles import LINE_EM, SHRINKS, Grid, grid_for, lines_of
from kiosk.state import State
from kiosk.texts import said, texts
from kiosk.theme import Theme

MOST = 8
FEWEST = 6
PAGER = 1.6  # how much wider than high its buttons are


class Services(BoxLayout):
    """Dispatches `on_service(id)`, '' for any other; `on_turn(number)`; `on_language(code)`."""

    theme = ObjectProperty(Theme(1280, 800), rebind=True)
    office = StringProperty("")
    title = StringProperty("")
    place = StringProperty("")
    page = NumericProperty(0)
    pager = NumericProperty(PAGER)

    def __init__(self, **kwargs: Any) -> None:
        for name in ("on_service", "on_turn", "on_language", "on_access"):
            self.register_event_type(name)
        super().__init__(**kwargs)

    def on_service(self, service: str) -> None:
        """For others to bind to."""

    def on_turn(self, page: int) -> None:
        """For others to bind to."""

    def on_language(self, language: str) -> None:
        """For others to bind to."""

    def on_access(self, name: str) -> None:
        """For others to bind to."""

    def show(self, config: KioskConfig, state: State, _back: bool, theme: Theme) -> None:
        """Label everything; every page ends with the choice of another service."""
        self.theme, grid, each = fitted(config, theme)
        language, pages = state.language, -(-len(config.services) // each)
        self.page = min(state.page, pages - 1)
        shown = config.services[self.page * each : (self.page + 1) * each]
        self.office, self.title = said(config.office.name, language), texts(language).services_title
        choices = [(one.id, said(one.name, language)) for one in shown]
        self.ids.tiles.show([*choices, ("", texts(language).other_service)], self.theme, grid, checkable=False)
        self.ids.earlier.text = "‹" if self.page else ""
        self.ids.later.text = "›" if self.page < pages - 1 else ""
        self.place = f"{self.page + 1} / {pages}" if pages > 1 else ""
        self.ids.foot.show(config.languages, state, self.theme)


def fitted(config: KioskConfig, plain: Theme) -> tuple[Theme, Grid, int]:
    """The theme with letters that fit in every language, the grid, and how many services stand on a page."""
    count = len(config.services)
    names = [said(one.name, code) for one in config.services for code in config.languages]
    names += [texts(code).other_service for code in config.languages]
    titles, offices = (
        [texts(code).services_title for code in config.languages],
        [said(config.office.name, c) for c in config.languages],
    )
    last: tuple[Theme, Grid, int] = replace(plain, shrink=SHRINKS[-1]), Grid(2, 4), MOST - 1
    for shrink in SHRINKS:
        panel = replace(plain, shrink=shrink)
        wide = panel.width - 2 * panel.margin
        title, office = lines_of(titles, wide / panel.question, bold=True), lines_of(offices, wide / panel.note)
        text = (title * panel.question + office * panel.note) * LINE_EM
        if not fits(config.languages, panel):
            continue
        for cells in [count + 1] if count < MOST else [MOST, FEWEST]:
            foot = foot_high(config.languages, panel) + (panel.target + panel.gap if cells <= count else 0)
            high = panel.height - 2 * panel.margin - text - 2 * panel.space - panel.gap - foot
            grid = grid_for(names, cells, panel, high, (1, 2, 3), checkable=False)
            if title and office and grid:
                return panel, grid, cells - 1
    return last
