"""The ways to see and hear the screen better, at the right of the foot; on a small panel folded into one."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from dataclasses import replace
from typing import Any

from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.icons import Icon
from kiosk.state import Access
from kiosk.texts import texts
from kiosk.theme import LOW_MM, Theme

NAMES = ("contrast", "larger", "speak", "lower")
FOLDED_MM = 200.0
TERSE_MM = 200.0  # below it larger letters leave room for little else
_SAYS = {"privacy": "privacy_title"}


class AccessBar(BoxLayout):
    """Dispatches `on_access(name)`: one of `NAMES`, `access` to fold and unfold them, or `privacy` for the notice."""

    def __init__(self, **kwargs: Any) -> None:
        self.register_event_type("on_access")
        super().__init__(size_hint_x=None, **kwargs)
        self._all = {name: Icon(name=name, size_hint_x=None) for name in ("privacy", "access", *NAMES)}
        for icon in self._all.values():
            icon.bind(on_tap=lambda tapped: self.dispatch("on_access", tapped.name))

    def on_access(self, name: str) -> None:
        """For others to bind to."""

    @property
    def icons(self) -> dict[str, Icon]:
        return {icon.name: icon for icon in reversed(self.children)}

    def show(self, access: Access, language: str, theme: Theme, *, unfolded: bool, speaks: bool) -> None:
        """Mark what is on. `speaks`: the device has a voice."""
        small = is_small(theme)
        names = ["privacy"] * (is_low(theme) and not unfolded) + ["access"] * small
        names += [name for name in NAMES if (unfolded or not small) and (speaks or name != "speak")]
        if names != list(self.icons):
            self.clear_widgets()
            for name in names:
                self.add_widget(self._all[name])
        own = texts(language)
        for icon in self.children:
            volume = icon.name == "speak" and access.volume
            icon.says = own.volume.format(step=volume) if volume else getattr(own, _SAYS.get(icon.name, icon.name))
            icon.chosen = unfolded if icon.name == "access" else is_on(access, icon.name)
            icon.palette, icon.level, icon.width = theme.palette, access.volume, theme.target
        self.spacing = theme.gap
        self.width = len(names) * theme.target + (len(names) - 1) * theme.gap


def is_on(access: Access, name: str) -> bool:
    """Whether a way to see or hear is in force."""
    ways = {"contrast": access.contrast, "larger": access.larger, "lower": access.low, "speak": access.volume > 0}
    return ways.get(name, False)


def changed(access: Access, name: str) -> Access:
    """On becomes off and off on; the voice goes from off to middle, loud, quiet and off."""
    if name == "speak":
        return replace(access, volume={0: 2, 2: 3, 3: 1, 1: 0}[access.volume])
    field = {"contrast": "contrast", "larger": "larger", "lower": "low"}[name]
    return replace(access, **{field: not is_on(access, name)})


def is_low(theme: Theme) -> bool:
    """Where the notice on anonymity is an icon too, since a line that can be touched would take the answers' height."""
    return theme.in_mm(theme.height) < (TERSE_MM if theme.larger else LOW_MM)


def is_small(theme: Theme) -> bool:
    """Where four icons would take the languages' room."""
    return theme.in_mm(theme.width) < FOLDED_MM


def bar_px(theme: Theme) -> float:
    """The width of the bar as it stands folded, or whole on a large panel."""
    count = (1 if is_small(theme) else len(NAMES)) + is_low(theme)
    return count * theme.target + (count - 1) * theme.gap
