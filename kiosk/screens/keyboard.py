"""The keyboard on the screen: its keys are made once, and only their texts are swapped."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

import math
from collections.abc import Callable
from typing import Any

from kivy.clock import Clock
from kivy.properties import NumericProperty, ObjectProperty
from kivy.uix.widget import Widget

from kiosk.keyboard import layouts
from kiosk.keyboard.layouts import ROWS, Board, Key
from kiosk.screens.caps import Cap, DeleteCap, ShiftCap
from kiosk.texts import texts
from kiosk.theme import LOW_MM, Theme

GAP_MM = 2.0
KEY_MM = 12.0
LOW_KEY_MM = 9.0  # on panels lower than LOW_MM
HIGHEST_MM = 20.0
WIDEST_MM = 300.0  # the whole keyboard: hands need not travel further
HOLD_S = 0.5
AGAIN_S = 0.1
TURNS: dict[str, Callable[[Board], Board]] = {
    "shift": layouts.press_shift,
    "page": layouts.press_page,
    "languages": layouts.press_languages,
}


class Keyboard(Widget):
    """Dispatches `on_text(character)` and `on_delete`; a delete key that is held repeats."""

    theme = ObjectProperty(Theme(1280, 800), rebind=True)
    gap = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        self.register_event_type("on_text")
        self.register_event_type("on_delete")
        super().__init__(**kwargs)
        self.board, self._language, self._before = Board(), "", ""
        self._held: tuple[Any, Cap] | None = None
        self._plain: list[Cap] = []
        self._shift, self._delete = self._made(ShiftCap()), self._made(DeleteCap())
        again = Clock.create_trigger(self._repeat, AGAIN_S, interval=True)
        self._hold, self._again = Clock.create_trigger(lambda _: again(), HOLD_S), again
        self._repeated = False
        self._delete.bind(pressed=self._delete_held)
        self.bind(pos=self.place, size=self.place)

    def on_text(self, text: str) -> None:
        """For others to bind to."""

    def on_delete(self) -> None:
        """For others to bind to."""

    @property
    def caps(self) -> list[Cap]:
        """The keys in use."""
        return [cap for cap in self.children if cap.kind]

    def show(self, languages: list[str], language: str, theme: Theme) -> None:
        """Take a citizen's language and a panel. While these stay, so does the layout that the citizen has chosen."""
        fresh = layouts.board(languages, language)
        same = (language, fresh.languages) == (self._language, self.board.languages)
        if same and theme == self.theme:
            return
        self.theme, self.gap, self._language = theme, gap_of(theme), language
        self.board = self.board if same else fresh
        self.place()

    def take(self, board: Board, theme: Theme) -> None:
        """Show a board that is none of a citizen's."""
        if (board, theme) != (self.board, self.theme):
            self.board, self.theme, self.gap, self._language = board, theme, gap_of(theme), ""
            self.place()

    def follow(self, before: str) -> None:
        """Know the text up to the cursor: a sentence may begin there."""
        was, self._before = self.shifted, before
        if self.shifted != was:
            self._label()

    def reset(self) -> None:
        """Let go of every key; forget shift, page and the layout that was chosen."""
        if self._held:
            touch, cap = self._held
            cap.finish(touch, typing=False)
        self._held, self._before = None, ""
        self.board = layouts.board(self.board.languages, self._language)
        self.place()

    @property
    def shifted(self) -> bool:
        """Whether the next letter is a capital."""
        return layouts.is_shifted(self.board, self._before)

    # ── fingers ─────────────────────────────────────────────────────────────────────────

    def on_touch_down(self, touch: Any) -> bool:
        """Two thumbs overlap: as the second comes down, the first one's letter is typed, so that they keep their order."""
        cap = next((cap for cap in self.caps if cap.collide_point(*touch.pos)), None)
        if cap is None:
            return False
        if self._held:
            earlier, held = self._held
            held.finish(earlier)
        taken = cap.on_touch_down(touch)
        self._held = (touch, cap) if taken else None
        return taken

    def _tapped(self, cap: Cap) -> None:
        if cap.kind in TURNS:
            self._turn(TURNS[cap.kind](self.board))
        elif cap.kind == "language":
            self._turn(layouts.choose_language(self.board, cap.value))
        elif cap.kind == "delete":
            if not self._repeated:
                self.dispatch("on_delete")
        else:
            text = cap.value
            self._turn(layouts.press_char(self.board))
            self.dispatch("on_text", text)

    def _delete_held(self, _: Any, pressed: bool) -> None:
        self._hold.cancel()
        self._again.cancel()
        if pressed:
            self._repeated = False
            self._hold()

    def _repeat(self, *_: Any) -> None:
        self._repeated = True
        self.dispatch("on_delete")

    # ── what is shown ───────────────────────────────────────────────────────────────────

    def place(self, *_: Any) -> None:
        """Set sizes and places from the room there is."""
        gap, wide = self.gap, min(self.width, self.theme.mm(WIDEST_MM))
        high = (self.height - (ROWS - 1) * gap) / ROWS
        rows = self._rows()
        self._label()
        for number, row in enumerate(rows):
            at, pitch = self.x + (self.width - wide) / 2, (wide + gap) / layouts.columns([key for key, _ in row])
            foot = round(self.top - (number + 1) * high - number * gap)
            for key, cap in row:
                left, at = round(at), at + key.width * pitch
                if cap:
                    cap.pos, cap.size, cap.reach = (left, foot), (round(at - gap) - left, math.floor(high)), gap / 2

        side = min((min(cap.size) for cap in self.caps if cap.kind == "char"), default=high)
        for cap in self.caps:
            cap.fit(side)

    def _turn(self, board: Board) -> None:
        """Take what a key has led to: other texts, and other places only with another page or layout."""
        before, self.board = self.board, board
        if (before.language, before.page) != (board.language, board.page):
            self.place()
        elif before != board:
            self._label()

    def _label(self) -> None:
        rows = self._rows()
        used = [cap for row in rows for _, cap in row if cap]
        for cap in self.children:
            if cap not in used:
                cap.kind = cap.text = ""
        for row in rows:
            for key, cap in row:
                if cap:
                    self._put(key, cap)
        self._shift.chosen, self._shift.locked = self.shifted, self.board.shift == "lock"

    def _put(self, key: Key, cap: Cap) -> None:
        own = texts(self._language)
        words = {"space": own.key_space, "delete": own.key_delete, "shift": "Shift"}
        cap.palette, cap.kind = self.theme.palette, key.kind
        cap.spoken = words.get(key.kind, key.text)
        cap.text = "" if key.kind in ("shift", "delete") else cap.spoken
        cap.value = " " if key.kind == "space" else key.value or key.text
        cap.chosen = (key.kind, key.value) == ("language", self.board.language)

    def _rows(self) -> list[list[tuple[Key, Cap | None]]]:
        """Every key with the widget that shows it; more are made where there are too few."""
        rows, spare = layouts.rows(self.board, self.shifted), iter(list(self._plain))

        def cap_for(key: Key) -> Cap | None:
            special = {"shift": self._shift, "delete": self._delete, "blank": None}
            return special[key.kind] if key.kind in special else next(spare, None) or self._another()

        return [[(key, cap_for(key)) for key in row] for row in rows]

    def _another(self) -> Cap:
        cap: Cap = self._made(Cap())
        self._plain.append(cap)
        return cap

    def _made(self, cap: Any) -> Any:
        cap.bind(on_tap=self._tapped)
        self.add_widget(cap)
        return cap


def gap_of(theme: Theme) -> float:
    """Pixels between two keys."""
    return math.ceil(theme.mm(GAP_MM))


def least_high(theme: Theme) -> float:
    """The least height of the whole keyboard in pixels, with keys of 12 mm, or 9 mm on a low panel."""
    key = LOW_KEY_MM if theme.in_mm(theme.height) < LOW_MM else KEY_MM
    return _high(math.ceil(theme.mm(key)), theme)


def most_high(theme: Theme) -> float:
    """The greatest height that is of use."""
    return _high(math.floor(theme.mm(HIGHEST_MM)), theme)


def _high(key: float, theme: Theme) -> float:
    return ROWS * key + (ROWS - 1) * gap_of(theme)
