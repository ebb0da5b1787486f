"""The window's one widget: the ground, the screen in front, and the corner that proves that frames are drawn."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from typing import Any

from kivy.graphics import Color, Rectangle
from kivy.properties import NumericProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.theme import LIGHT, Palette

CORNER_PX = 2


class Stage(FloatLayout):
    """Shows one screen at a time. `deaf` while touches still mean the screen before.

    `reach`: how many pixels from the foot up the screen has, 0 for all; the rest is ground.
    """

    reach = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.deaf = False
        self._palette, self._beat = LIGHT, False
        with self.canvas.before:
            self._ground = Color(*LIGHT.paper)
            self._area = Rectangle(size=self.size)
        with self.canvas.after:
            self._corner = Color(*LIGHT.paper)
            Rectangle(pos=(0, 0), size=(CORNER_PX, CORNER_PX))
        self.bind(size=self._spread, reach=self._spread)

    def paint(self, palette: Palette) -> None:
        """Take a palette's ground."""
        self._palette = palette
        self._ground.rgba = self._corner.rgba = palette.paper

    def beat(self) -> None:
        """Recolour the corner: one real frame follows, however still the screen is."""
        self._beat = not self._beat
        self._corner.rgba = self._palette.line if self._beat else self._palette.paper

    def bring(self, screen: Any) -> bool:
        """Put a screen in front; False when it is there already."""
        if self.children == [screen]:
            return False
        self.clear_widgets()
        self.add_widget(screen)
        self._spread()
        return True

    def on_touch_down(self, touch: Any) -> bool:
        return self.deaf or bool(super().on_touch_down(touch))

    def _spread(self, *_: Any) -> None:
        self._area.size = self.size
        for screen in self.children:
            screen.size_hint_y, screen.height = None, min(self.reach or self.height, self.height)
