"""The window as numbers: how large, and in which look, as its configuration and whoever stands there want it."""
# mypy: disable-error-code="import-untyped"

from typing import Any

from kivy.core.window import Window

from kiosk.screens.preview_band import band_high
from kiosk.station import Station
from kiosk.theme import Looks, Theme, theme


def panel_for(station: Station, *, plain: bool, banded: bool) -> Theme:
    """For the citizen's screens; `plain`: in nobody's look; `banded`: the mark of a preview has the uppermost part."""
    access = None if plain or station.state is None else station.state.access
    looks = Looks(access.contrast, access.larger, access.low) if access else Looks()
    display = station.config.display if station.config else {}
    whole = theme(*_size(), display, looks)
    width, height = _size()
    return theme(width, height - band_high(whole), display, looks) if banded else whole


def whole_panel(station: Station) -> Theme:
    """For what is shown in place of the citizens' screens, as the kiosk's own configuration wants it."""
    return theme(*_size(), own_display(station))


def own_display(station: Station) -> dict[str, Any]:
    """The `display` of the kiosk's own configuration, also while another is shown."""
    return station.own.display if station.own else {}


def _size() -> tuple[int, int]:
    return int(Window.width), int(Window.height)
