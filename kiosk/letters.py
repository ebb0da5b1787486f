"""How wide words are in the kiosk's font."""
# mypy: disable-error-code="import-untyped"

import math

from kivy.core.text import Label as Letters


def longest_em(words: list[str]) -> float:
    """The width of the longest unbreakable word at font size 1."""
    letters = Letters(font_size=100)
    return max((math.ceil(letters.get_extents(word)[0]) / 100 for text in words for word in text.split()), default=0.01)
