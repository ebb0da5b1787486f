"""Keys on a screen: digits choose, Tab moves the focus, Enter presses, Backspace goes back; in a comment they write."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from typing import Any

from kivy.core.window import Window

from kiosk import keys
from kiosk.screens.focus import Focus
from kiosk.screens.touch import Pressable


class Keyed:
    """Hears the window's keys and acts on the app's screen as a finger would. No key leads out of the kiosk."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self.focus = Focus(app.stage)
        Window.bind(on_key_down=self._down, on_textinput=self._text)

    def close(self) -> None:
        Window.unbind(on_key_down=self._down, on_textinput=self._text)

    def _down(self, _window: Any, key: int, _scancode: int, _text: str, modifiers: list[str]) -> bool:
        """True: nobody else, Kivy's own shortcuts included, gets the key."""
        if self._app.operator.inside or self._app.stage.deaf or self._app.wakes() or {"ctrl", "alt", "meta"} & set(modifiers):
            return True
        self._app.stay()
        self._act(keys.meaning(key, modifiers, writing=self._writing))
        return True

    def _text(self, _window: Any, text: str) -> bool:
        if self._writing and not self._app.stage.deaf:
            self._app.deck.screens["comment"].type(text)
        return True

    @property
    def _writing(self) -> bool:
        return bool(self._app.front is self._app.deck.screens["comment"])

    def _act(self, meant: keys.Meaning) -> None:
        app = self._app
        if meant.act in ("next", "previous"):
            self._move(1 if meant.act == "next" else -1)
        elif meant.act == "press":
            self._press(self.focus.at or main_target(app.front))
        elif meant.act == "choose":
            self._press(numbered(app.front, meant.number))
        elif meant.act == "back":
            app.back()
        elif meant.act == "delete":
            app.deck.screens["comment"].delete()
        elif meant.act in ("speak", "louder", "quieter"):
            app.do(app.reader.key, meant.act)

    def _move(self, step: int) -> None:
        target = self.focus.move(self._app.front, step)
        self._app.draw_focus()
        if target:
            self._app.reader.say([target.spoken])

    def _press(self, target: Pressable | None) -> None:
        if target:
            self._app.by_key(lambda: target.dispatch("on_tap"))


def numbered(screen: Any, number: int) -> Pressable | None:
    """The answer, service or reason that a digit means: the value itself on a scale from 0 to 10, else the nth."""
    ids = screen.ids
    choices = ids.answers.answers if "answers" in ids else ids.tiles.tiles if "tiles" in ids else []
    at = number if len(choices) > 9 and "answers" in ids else number - 1
    return choices[at] if 0 <= at < len(choices) else None


def main_target(screen: Any) -> Pressable | None:
    """What Enter does where nothing has the focus: the button that leads on."""
    for name in ("go_on", "done", "send"):
        if name in screen.ids and screen.ids[name].text:
            return screen.ids[name]  # type: ignore[no-any-return]
    return screen if isinstance(screen, Pressable) else None
