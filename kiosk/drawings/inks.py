"""The colours of pictures, plain, chosen and faded. Pure: their contrast is tested without a window."""

from dataclasses import dataclass

from kiosk.theme import Colour, Palette, mix

FADED = 0.42
FADED_FILL = 0.82
TILE_TINT = 0.25


@dataclass(frozen=True, slots=True)
class Inks:
    """The colours of one picture; `feature` is drawn on `fill`, `teeth` on `feature`, `number` on the fill of a tile."""

    outline: Colour
    fill: Colour
    feature: Colour
    teeth: Colour
    number: Colour


def inks(palette: Palette, fill: Colour, look: str) -> Inks:
    """How a picture is coloured: `plain`, `chosen`, or `faded` towards the ground while another one is chosen."""
    whole = Inks(palette.outline, fill, palette.feature, palette.teeth, palette.ink)
    if look == "chosen":
        turned = Inks(palette.outline, palette.outline, palette.paper, palette.outline, palette.paper)
        return turned if palette.hollow else whole
    if look == "faded":
        line, ground = mix(palette.outline, palette.paper, FADED), mix(fill, palette.paper, FADED_FILL)
        return Inks(line, ground, line, ground, line)
    return whole
