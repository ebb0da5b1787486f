"""The comment screen alone on the session's window, with fingers and with a state that follows it."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Self

from configs import config
from frames import frame

LANGUAGES = ["lt", "en", "pl", "ru", "uk"]
SIZES = [(1280, 800), (1920, 1080), (1080, 1920), (800, 480)]


@dataclass
class Told:
    """What of a visit's state the screen is shown."""

    language: str = "lt"
    comment: str = ""


class Desk:
    """A citizen before the comment screen. `told`: what it dispatched, in order."""

    def __init__(self, window: Any, languages: list[str] | None = None) -> None:
        from kiosk.screens import load
        from kiosk.screens.comment import Comment
        from kiosk.screens.stage import Stage

        for name in ("touch", "keyboard", "comment"):
            load(name)
        self.window, self.stage, self.screen = window, Stage(), Comment()
        self.app = SimpleNamespace(stage=self.stage)
        self.config = config(languages=languages or LANGUAGES)
        self.screen.bind(on_write=self._write)
        for name in ("on_send", "on_skip", "on_back"):
            self.screen.bind(**{name: lambda _, name=name: self.told.append((name,))})
        window.add_widget(self.stage)
        self.fresh()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.window.remove_widget(self.stage)

    def fresh(self) -> None:
        """Another citizen comes to the first panel."""
        self.told: list[tuple[str, ...]] = []
        self.state, self.display = Told(), dict[str, Any]()
        self.screen.clear()
        moved = self.stage.bring(self.screen) or tuple(self.window.size) != (1280, 800)
        self.resize(1280, 800) if moved else self.show()

    def _write(self, _: Any, text: str) -> None:
        self.told.append(("on_write", text))
        self.state.comment = text
        self.show()

    def show(self, *, back: bool = True, **state: str) -> None:
        """As the app does, whenever the state has changed."""
        from kiosk.theme import theme

        for name, value in state.items():
            setattr(self.state, name, value)
        panel = theme(int(self.window.width), int(self.window.height), self.display)
        self.screen.show(self.config, self.state, back, panel)

    def resize(self, width: int, height: int, **display: Any) -> None:
        self.window.size, self.display = (width, height), display
        self.show()
        self.settle()

    def settle(self) -> None:
        for _ in range(3):
            self.frame()

    def frame(self) -> None:
        frame()

    # ── what is there ───────────────────────────────────────────────────────────────────

    @property
    def text(self) -> str:
        return str(self.screen.ids.field.text)

    @property
    def keyboard(self) -> Any:
        return self.screen.ids.keyboard

    def key(self, value: str) -> Any:
        """The key that types a character, or that of a kind."""
        return next(cap for cap in self.keyboard.caps if value in (cap.kind, cap.value) and value)

    def characters(self) -> list[str]:
        return [cap.value for cap in self.keyboard.caps if cap.kind == "char"]

    # ── fingers ─────────────────────────────────────────────────────────────────────────

    def press(self, x: float, y: float) -> Any:
        from kivy.base import EventLoop
        from kivy.input.motionevent import MotionEvent

        class Finger(MotionEvent):  # type: ignore[misc]
            def depack(self, args: dict[str, float]) -> None:
                self.sx, self.sy, self.profile = args["x"], args["y"], ["pos"]
                super().depack(args)

        finger = Finger("test", 1, self._at(x, y), is_touch=True, type_id="touch")
        EventLoop.post_dispatch_input("begin", finger)
        return finger

    def slide(self, finger: Any, x: float, y: float) -> None:
        from kivy.base import EventLoop

        finger.move(self._at(x, y))
        EventLoop.post_dispatch_input("update", finger)

    def lift(self, finger: Any) -> None:
        from kivy.base import EventLoop

        EventLoop.post_dispatch_input("end", finger)

    def tap(self, widget: Any) -> None:
        self.lift(self.press(*widget.center))

    def write(self, keys: str) -> None:
        """Tap key after key; '^' is shift."""
        for one in keys:
            self.tap(self.key("shift" if one == "^" else one))

    def _at(self, x: float, y: float) -> dict[str, float]:
        return {"x": x / (self.window.width - 1), "y": y / (self.window.height - 1)}
