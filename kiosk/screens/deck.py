"""All screens of a visit, made once and bound to what the app does."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from collections.abc import Callable, Mapping
from typing import Any

from broker_config.messages import KioskConfig
from kiosk import pace
from kiosk.screens import load
from kiosk.screens.answers import Answers  # noqa: F401 - the kv files name it
from kiosk.screens.comment import Comment
from kiosk.screens.foot import Foot  # noqa: F401 - the kv files name it
from kiosk.screens.notice import Notice
from kiosk.screens.privacy import Privacy
from kiosk.screens.rating import Rating
from kiosk.screens.reasons import Reasons
from kiosk.screens.services import Services
from kiosk.screens.still import Still
from kiosk.screens.thanks import Thanks
from kiosk.screens.tick import Tick  # noqa: F401 - the kv files name it
from kiosk.screens.tiles import Tiles  # noqa: F401 - the kv files name it
from kiosk.state import State
from kiosk.station import Station
from kiosk.theme import Theme, for_notices

_FILES = ("touch", "tiles", "services", "rating", "reasons", "keyboard", "comment", "thanks", "privacy", "notice", "still")


class Deck:
    """`acts`: what each event of a screen does, by its name; a screen that does not know one is left alone."""

    def __init__(self, acts: Mapping[str, Callable[..., None]], *, speaks: bool) -> None:
        for name in _FILES:
            load(name)
        self.notice, self.still = Notice(), Still()
        self.screens: dict[str, Any] = {
            "services": Services(),
            "rating": Rating(),
            "reasons": Reasons(),
            "comment": Comment(),
            "thanks": Thanks(),
            "privacy": Privacy(),
        }
        for screen in (*self.screens.values(), self.still):
            for event, act in acts.items():
                if screen.is_event_type(event):
                    screen.bind(**{event: lambda _, *what, act=act: act(*what)})
        for name in ("services", "rating"):
            self.screens[name].ids.foot.speaks = speaks

    def screen(self, name: str, station: Station, left: float | None, theme: Theme, *, back: bool, sorry: bool) -> Any:
        """The screen of a name, or the notice in its place; `sorry`: a citizen's answer was just lost."""
        state, config, kiosk = station.state, station.config, station.outbox.kiosk
        if state is None or config is None:
            return self.waiting(kiosk, theme)
        if name == "broken":
            return self.broken(kiosk, state.language if sorry else config.languages[0], sorry, theme)
        return self.asked(state, left or 0.0, theme) if name == "still" else self.labelled(config, state, back, theme)

    def labelled(self, config: KioskConfig, state: State, back: bool, theme: Theme) -> Any:
        """The screen that belongs to a state, with everything on it set."""
        screen = self.screens[state.screen]
        screen.show(config, state, back, theme)
        return screen

    def asked(self, state: State, left: float, theme: Theme) -> Any:
        """The question whether `left` seconds are enough."""
        written = bool(state.comment.strip() or state.chosen)
        may = pace.may_extend(state)
        self.still.show(left, state.language, for_notices(theme), written=written, may_go_on=may)
        return self.still

    def waiting(self, kiosk: str, theme: Theme) -> Any:
        """The notice of a kiosk without a configuration."""
        self.notice.waiting(kiosk, for_notices(theme))
        return self.notice

    def broken(self, kiosk: str, language: str, sorry: bool, theme: Theme) -> Any:
        """The notice of a kiosk that cannot keep answers; `sorry`: one was just lost."""
        self.notice.broken(kiosk, language, for_notices(theme), sorry=sorry)
        return self.notice


def acts_of(app: Any) -> dict[str, Callable[..., None]]:
    """What each event of a screen does, by its name."""
    station, do = app.station, app.do
    return {
        "on_answer": app.answer,
        "on_language": lambda code: do(station.choose_language, code),
        "on_access": app.choose_access,
        "on_privacy": lambda: do(station.read_privacy),
        "on_service": lambda service: do(station.choose_service, service),
        "on_turn": lambda page: do(station.turn, int(page)),
        "on_reason": lambda reason: do(station.choose_reason, reason),
        "on_done": lambda: app.give(station.done),
        "on_write": app.write,
        "on_send": lambda: app.give(station.send),
        "on_skip": lambda: do(station.skip),
        "on_back": app.back,
        "on_tap": lambda: do(station.dismiss),
        "on_go_on": lambda: do(station.extend),
        "on_close": lambda: app.give(station.close),
    }
