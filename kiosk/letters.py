"""How wide words are in the kiosk's font."""
# mypy: disable-error-code="import-untyped"

from collections.abc import Iterable
from functools import lru_cache

from kivy.core.text import Label as Letters


def longest_em(texts: Iterable[str], *, bold: bool = False) -> float:
    """The width of the longest unbreakable word at font size 1."""
    return max((word_em(word, bold) for text in texts for word in text.split()), default=0.01)


@lru_cache(maxsize=4096)
def word_em(word: str, bold: bool) -> float:
    """A word's width at font size 1."""
    width: float = Letters(font_size=100, bold=bold).get_extents(word)[0]
    return width / 100


def widest_em(texts: Iterable[str]) -> float:
    """The width of the longest text in one line at font size 1."""
    return max((word_em(text, False) for text in texts), default=0.01)
