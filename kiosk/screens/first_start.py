"""A device that is no kiosk yet: whoever installs it types the server's address and a one-time code."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from typing import Any

from kivy.graphics import Color, InstructionGroup, SmoothRoundedRectangle
from kivy.properties import BooleanProperty
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from kiosk import code_entry
from kiosk.keyboard import layouts
from kiosk.operator_texts import TRANSLATED, operator_texts
from kiosk.screens.comment import SendButton
from kiosk.screens.field import Field
from kiosk.screens.first_start_fit import place
from kiosk.screens.keyboard import Keyboard
from kiosk.screens.touch import TextButton
from kiosk.texts import own_name
from kiosk.theme import Theme

LANGUAGES = (*TRANSLATED, "en")


class Entry(Field):
    """A line to be typed into, with its frame; a finger on it dispatches `on_chosen`."""

    def __init__(self, **kwargs: Any) -> None:
        self.register_event_type("on_chosen")
        super().__init__(multiline=False, write_tab=False, background_color=(0, 0, 0, 0), **kwargs)
        self.theme = Theme(1280, 800)
        self._rim, self._outer, self._paper, self._inner = Color(), SmoothRoundedRectangle(), Color(), SmoothRoundedRectangle()
        behind = InstructionGroup()  # before Kivy's own, whose last colour is the letters'
        for one in (self._rim, self._outer, self._paper, self._inner):
            behind.add(one)
        self.canvas.before.insert(0, behind)
        self.bind(pos=self.frame, size=self.frame, focus=self.frame)

    def on_chosen(self) -> None:
        """For others to bind to."""

    def on_touch_down(self, touch: Any) -> bool:
        if self.collide_point(*touch.pos):
            self.dispatch("on_chosen")
        return bool(super().on_touch_down(touch))

    def frame(self, *_: Any) -> None:
        """The one that is typed into has a frame in the brand's colour, and a firmer one."""
        palette, rim = self.theme.palette, max(2.0, self.theme.mm(0.3)) * (2 if self.focus else 1)
        self._rim.rgba, self._paper.rgba = palette.brand if self.focus else palette.quiet, palette.paper
        self.foreground_color, self.cursor_color = palette.ink, palette.brand
        self.cursor_width = max(2, self.font_size * 0.06)
        radius = min(16.0, self.height / 4)
        self._outer.pos, self._outer.size, self._outer.radius = self.pos, self.size, [radius]
        self._inner.pos, self._inner.radius = (self.x + rim, self.y + rim), [max(1.0, radius - rim)]
        self._inner.size = max(0, self.width - 2 * rim), max(0, self.height - 2 * rim)
        self.padding = [self.font_size * 0.5, max(0, (self.height - self.line_height) / 2)]


class FirstStart(Widget):
    """Dispatches `on_register(server, code)` and `on_language(code)`. `busy` while the answer is awaited."""

    busy = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        for name in ("on_register", "on_language"):
            self.register_event_type(name)
        super().__init__(**kwargs)
        self.theme, self.language, self.said, self._typed = Theme(1280, 800), LANGUAGES[0], operator_texts(LANGUAGES[0]), ""
        self.title = Label(bold=True, halign="left", valign="middle")
        self.message = Label(halign="left", valign="middle")
        self.names = [Label(halign="left", valign="middle") for _ in range(2)]
        self.server, self.code = Entry(limit=code_entry.LONGEST_ADDRESS), Entry(limit=100)
        self.register, self.keyboard = SendButton(framed=True, bold=True), Keyboard()
        self.languages = [TextButton(value=one, text=own_name(one)) for one in LANGUAGES]
        for one in (self.title, self.message, *self.names, self.server, self.code, self.register, *self.languages, self.keyboard):
            self.add_widget(one)
        self._bind()
        self.choose(self.server)

    def on_register(self, server: str, code: str) -> None:
        """For others to bind to."""

    def on_language(self, code: str) -> None:
        """For others to bind to."""

    def show(self, language: str, theme: Theme) -> None:
        """Label everything in a language, for a panel; what was typed stays."""
        self.theme, self.language, self.said = theme, language, operator_texts(language)
        self.title.text, self.register.text = self.said.first_title, self.said.first_register
        self.names[0].text, self.names[1].text = self.said.first_server, self.said.first_code
        self.tell("")

    def tell(self, message: str) -> None:
        """Say what has happened; '' for what is to be done."""
        self.message.text = message or self.said.first_ask
        self.message.bold = bool(message)
        self.place()

    def prefill(self, server: str) -> None:
        """The address is known: only the code is missing."""
        self.server.text = server[: code_entry.LONGEST_ADDRESS]
        self.choose(self.code if server else self.server)

    def choose(self, entry: Entry) -> None:
        """This one is typed into."""
        for one in (self.server, self.code):
            one.focus = one is entry
        self.keyboard.take(layouts.installers(capitals=entry is self.code), self.theme)

    def turn(self) -> None:
        """To the other field."""
        self.choose(self.code if self.server.focus else self.server)

    def type(self, text: str) -> None:
        """A key, on the screen or a real one. What a scanner types is put where it belongs, wherever the cursor is."""
        if self.busy:
            return
        self._typed = (self._typed + text)[-600:]
        self._entry.insert_text(text)

    def delete(self) -> None:
        if self.busy:
            return
        if self._entry.before.endswith("-") and self._entry is self.code:
            self._entry.do_backspace()
        self._entry.do_backspace()

    def enter(self) -> None:
        """Enter: what was scanned fills both fields; then to the code, or on."""
        found, self._typed = code_entry.scanned(self._typed), ""
        if found and not self.busy:
            self.server.text, self.code.text = found
            self.edited()
        elif not self.code.focus:
            self.choose(self.code)
            return
        self.press()

    def press(self) -> None:
        """Register, where both fields have what they need."""
        if not self.register.faint:
            self.dispatch("on_register", code_entry.address(self.server.text), self.code.text)

    def edited(self, *_: Any) -> None:
        """Show the code in groups; let it be sent once it is whole."""
        shown, at = code_entry.typed(self.code.text, self.code.cursor_index())
        if shown != self.code.text:
            self.code.text = shown
            self.code.cursor = self.code.get_cursor_from_index(at)
        ready = bool(code_entry.address(self.server.text)) and code_entry.is_whole(self.code.text)
        self.register.faint = self.busy or not ready

    def on_busy(self, *_: Any) -> None:
        self.edited()
        if self.busy:
            self.tell(self.said.first_busy)

    def place(self, *_: Any) -> None:
        """Set colours, sizes and places from the room there is, once there are words."""
        if not self.title.text:
            return
        palette = self.theme.palette
        self.title.color, self.message.color = palette.ink, palette.ink if self.message.bold else palette.quiet
        for label in self.names:
            label.color = palette.quiet
        for button in (self.register, *self.languages):
            button.palette = palette
        for button in self.languages:
            button.chosen = button.value == self.language
        for entry in (self.server, self.code):
            entry.theme = self.theme
        place(self)
        self.keyboard.take(layouts.installers(capitals=self.code.focus), self.theme)

    @property
    def _entry(self) -> Entry:
        return self.code if self.code.focus else self.server

    def _bind(self) -> None:
        self.bind(pos=self.place, size=self.place)
        self.register.solid = True
        self.register.bind(on_tap=lambda _: self.press())
        self.keyboard.bind(on_text=lambda _, text: self.type(text), on_delete=lambda _: self.delete())
        for button in self.languages:
            button.bind(on_tap=lambda tapped: self.dispatch("on_language", tapped.value))
        for entry in (self.server, self.code):
            entry.bind(on_edit=self.edited, on_chosen=self.choose)
