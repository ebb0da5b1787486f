"""The look as numbers: colours with their contrast, and sizes in pixels from millimetres.

A character's height means its capital letters, seen under 0.7° at the viewing distance
(EN 301 549, 5.1.4): 6.1 mm at 500 mm. Roboto's capitals are 0.711 of its font size.
"""

import math
from dataclasses import dataclass, replace
from typing import Any

CAPITALS = 0.711
ANGLE = 0.7
DPI = 125.0
DISTANCE_MM = 500.0
GAP_MM = 5.0
TARGET_MM = 12.0
FOOT_MM = 15.0
LOW_MM = 120.0
QUESTION = 1.6
NOTE = 0.75
LARGER = 1.4
REACH_MM = 130.0
REACH = 0.6
MOST_REACH = 0.85
TINT = 0.14

Colour = tuple[float, float, float, float]


def colour(text: str) -> Colour:
    """`#RRGGBB` as red, green, blue and full opacity, each 0–1."""
    red, green, blue = (int(text[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue, 1.0


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """`a` with `share` of `b` in it: how a colour fades without becoming transparent."""
    red, green, blue = (x + (y - x) * share for x, y in zip(a[:3], b[:3], strict=True))
    return red, green, blue, 1.0


def contrast(a: Colour, b: Colour) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    low, high = sorted((_luminance(a), _luminance(b)))
    return (high + 0.05) / (low + 0.05)


def _luminance(of: Colour) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in of[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@dataclass(frozen=True, slots=True)
class Palette:
    """`steps` go from very bad to very good; `outline` rings a drawing, `feature` draws in it, `teeth` are in a smile.

    `focus` frames what a key would press. `pressed` lies under a finger, `chosen` under what
    was chosen, with their text in `on_pressed` and `on_chosen`; `mark` carries the tick of the
    chosen, `faint` frames what cannot be chosen now. `hollow`: drawings are outlines, and the
    chosen one is filled.
    """

    ink: Colour
    paper: Colour
    quiet: Colour
    line: Colour
    brand: Colour
    outline: Colour
    feature: Colour
    teeth: Colour
    focus: Colour
    pressed: Colour
    on_pressed: Colour
    chosen: Colour
    on_chosen: Colour
    mark: Colour
    faint: Colour
    steps: tuple[Colour, ...]
    hollow: bool = False

    def step(self, index: int, count: int) -> Colour:
        """The fill of the answer at `index` of `count`, 0 being the worst."""
        return self.steps[round(index * (len(self.steps) - 1) / max(1, count - 1))]


def _palette(ink: str, paper: str, quiet: str, line: str, brand: str, feature: str, steps: str) -> Palette:
    return Palette(
        ink=colour(ink),
        paper=colour(paper),
        quiet=colour(quiet),
        line=colour(line),
        brand=colour(brand),
        outline=colour(ink),
        feature=colour(feature),
        teeth=colour("#FBFAF7"),
        focus=colour(brand),
        pressed=colour(line),
        on_pressed=colour(ink),
        chosen=mix(colour(paper), colour(brand), TINT),
        on_chosen=colour(ink),
        mark=colour(brand),
        faint=colour(line),
        steps=tuple(colour(step) for step in steps.split()),
    )


def _contrast() -> Palette:
    """Black and white, and one yellow for focus: what is pressed or chosen is turned over."""
    black, white = colour("#000000"), colour("#FFFFFF")
    return Palette(
        ink=white,
        paper=black,
        quiet=white,
        line=white,
        brand=white,
        outline=white,
        feature=white,
        teeth=black,
        focus=colour("#FFD60A"),
        pressed=white,
        on_pressed=black,
        chosen=white,
        on_chosen=black,
        mark=black,
        faint=black,
        steps=(black,) * 5,
        hollow=True,
    )


# A face's features are a shade deeper than ink: on the red of "very bad" ink itself reaches only 2.9 : 1.
LIGHT = _palette("#14213D", "#FBFAF7", "#5B6477", "#DDDAD2", "#0B5D57", "#0A1020", "#C0392B #E08A2E #E7C64A #5FA777 #1F7A53")
DARK = _palette("#F2F0EA", "#11161F", "#A5ADBD", "#2B3240", "#4FB3A9", "#11161F", "#E2725F #EDA65A #EFD573 #86C49B #4FAE84")
CONTRAST = _contrast()


@dataclass(frozen=True, slots=True)
class Looks:
    """How a citizen wants to see the screen: in high contrast, with larger letters, with everything lower down."""

    contrast: bool = False
    larger: bool = False
    low: bool = False


@dataclass(frozen=True, slots=True)
class Theme:
    """One panel: its pixels, its density, the distance it is read from, its colours; `shrink` makes all letters smaller.

    Sizes are in pixels: `body` is the font size of the answers, `question` and `note` go with it.
    `height` is that of the part in which a screen stands, from the window's foot up.
    """

    width: int
    height: int
    dpi: float = DPI
    distance_mm: float = DISTANCE_MM
    palette: Palette = LIGHT
    shrink: float = 1.0
    larger: bool = False

    def mm(self, millimetres: float) -> float:
        return millimetres * self.dpi / 25.4

    def in_mm(self, pixels: float) -> float:
        return pixels * 25.4 / self.dpi

    @property
    def letters_mm(self) -> float:
        """The height that capitals should have."""
        return 2 * self.distance_mm * math.tan(math.radians(ANGLE / 2)) * (LARGER if self.larger else 1.0)

    @property
    def body(self) -> float:
        return self.mm(self.letters_mm) / CAPITALS * self.shrink

    @property
    def question(self) -> float:
        return self.body * QUESTION

    @property
    def note(self) -> float:
        return self.body * NOTE

    @property
    def gap(self) -> float:
        """Between two things that can be touched."""
        return math.ceil(self.mm(GAP_MM))

    @property
    def target(self) -> float:
        """The least height of a button."""
        return math.ceil(self.mm(TARGET_MM))

    @property
    def foot(self) -> float:
        """The height of the buttons that lead on."""
        return math.ceil(self.mm(FOOT_MM))

    @property
    def margin(self) -> float:
        """At the edges; a multiple of the grid of 8."""
        return max(16.0, min(self.width, self.height) // 32 // 8 * 8)

    @property
    def is_tall(self) -> bool:
        """Whether there is more height than the answers can use: what is asked then stands nearer to them."""
        return self.height > 1.5 * self.width and not self.larger

    @property
    def space(self) -> float:
        """Between blocks of text."""
        return self.body * 0.4


def theme(width: int, height: int, display: dict[str, Any], looks: Looks = Looks()) -> Theme:
    """The theme for a window and a configuration's `display` (`dpi`, `viewing_mm`, `theme`: light or dark)."""
    dpi, distance = _within(display.get("dpi"), DPI, 30, 400), _within(display.get("viewing_mm"), DISTANCE_MM, 100, 5000)
    palette = CONTRAST if looks.contrast else DARK if display.get("theme") == "dark" else LIGHT
    return Theme(width, reach(height, dpi, looks.low, looks.larger), dpi, distance, palette, larger=looks.larger)


def reach(height: int, dpi: float, low: bool, larger: bool = False) -> int:
    """How many pixels, from the foot of the window up, the screens have.

    When low, 0.6 of the window, but 130 mm where it has them: less would make letters smaller.
    Larger letters get up to 182 mm, though never more than 0.85 of the window.
    """
    if not low:
        return height
    least = REACH_MM * dpi / 25.4
    room = min(height * MOST_REACH, least * LARGER) if larger else 0
    return round(max(height * REACH, min(height, least), room))


def for_notices(plain: Theme) -> Theme:
    """Letters for screens of text alone: smaller only where the panel is lower than 120 mm, or than larger letters need."""
    needed = LOW_MM * (LARGER if plain.larger else 1.0)
    return replace(plain, shrink=min(1.0, plain.in_mm(plain.height) / needed))


def _within(value: Any, otherwise: float, least: float, most: float) -> float:
    """A number that a panel can have; anything else would draw letters that no memory holds."""
    return float(value) if isinstance(value, int | float) and least <= value <= most else otherwise
