"""The window's one widget: the ground, the screen in front, and the corner that proves that frames are drawn."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from collections.abc import Callable
from typing import Any

from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.graphics import Color, Rectangle
from kivy.properties import NumericProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens.touch import Pressable
from kiosk.theme import LIGHT, Colour, Palette, mix

CORNER_PX = 2
DIMMED = 0.8
BLACK = (0.0, 0.0, 0.0, 1.0)


class Stage(FloatLayout):
    """Shows one screen at a time.

    `deaf` while touches still mean the screen before; `hears_again` is told when that is over.
    `touched` hears of every touch, and may take it.
    `reach`: how many pixels from the foot up the screen has, 0 for all; the rest is ground.
    `over`: what lies in front of every screen.
    """

    reach = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.deaf = self.dimmed = False
        self.screen: Any = None
        self.over: list[Any] = []
        self.touched: Callable[[], bool] = lambda: False
        self.hears_again: Callable[[], None] = lambda: None
        self._deafness: Any = None
        self._palette, self._beat = LIGHT, False
        with self.canvas.before:
            self._ground = Color(*LIGHT.paper)
            self._area = Rectangle(size=self.size)
        with self.canvas.after:
            self._corner = Color(*LIGHT.paper)
            Rectangle(pos=(0, 0), size=(CORNER_PX, CORNER_PX))
            self._dark = Color(0, 0, 0, 0)
            self._night = Rectangle(size=self.size)
        self.bind(size=self._spread, reach=self._spread)

    def paint(self, palette: Palette) -> None:
        """Take a palette's ground; the corner stays as different from it as it was."""
        self._palette = palette
        self._ground.rgba = palette.paper
        self._recolour()

    def beat(self) -> None:
        """Recolour the corner: one real frame follows, however still the screen is."""
        self._beat = not self._beat
        self._recolour()

    @property
    def corner(self) -> Colour:
        """The colour that the corner has on the screen in the next frame, whatever has changed since the beat."""
        return mix(tuple(self._corner.rgba), BLACK, self._dark.a)

    def dim(self, dimmed: bool) -> None:
        """Take most of the light away, or give it back."""
        if dimmed != self.dimmed:
            self.dimmed, self._dark.a = dimmed, DIMMED if dimmed else 0

    def bring(self, screen: Any) -> bool:
        """Put a screen in front; False when it is there already."""
        if self.screen is screen and screen.parent is self:
            return False
        self.let_go()
        if self.screen:
            self.remove_widget(self.screen)
        self.screen = screen
        self.add_widget(screen, index=len(self.over))
        self._spread()
        return True

    def deafen(self, seconds: float) -> None:
        """Hear nothing for a while; an earlier while that would end within it no longer counts."""
        if self._deafness:
            self._deafness.cancel()
        self.deaf = True
        self.let_go()
        self._deafness = Clock.schedule_once(self._hear, seconds)

    def let_go(self) -> None:
        """What fingers rest on is no longer under them: their release presses nothing."""
        for touch in EventLoop.touches:
            alive = [held for reference in touch.grab_list if (held := reference()) is not None]
            for held in alive:  # a finger may outlive what it came down on
                touch.ungrab(held)
                if isinstance(held, Pressable):
                    held.pressed = False

    def cover(self, widget: Any) -> None:
        """Lay something in front of every screen, for good."""
        self.over.append(widget)
        self.add_widget(widget)

    def on_touch_down(self, touch: Any) -> bool:
        return self.touched() or self.deaf or bool(super().on_touch_down(touch))

    def _hear(self, *_: Any) -> None:
        self.deaf = False
        self.hears_again()

    def _recolour(self) -> None:
        self._corner.rgba = self._palette.line if self._beat else self._palette.paper

    def _spread(self, *_: Any) -> None:
        self._area.size = self._night.size = self.size
        if self.screen:
            self.screen.size_hint_y, self.screen.height = None, min(self.reach or self.height, self.height)
