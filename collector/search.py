"""Pure: what a reader's words find in a text. Marks above and below letters make no difference, nor do capitals.

Text and query go through the same functions before the index sees either, so an index
never has to know more than letters and digits, and no query can be wrong.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

LONGEST_QUERY = 200  # characters that are looked at
SHORTEST_PREFIX = 2  # letters: one letter alone is a word, not the beginning of every word

_WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+")
_PART = re.compile(r'"([^"]*)"|([^"\s]+)')
# Letters that Unicode does not see as a plain letter with a mark.
_PLAIN = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe"})


class Term(NamedTuple):
    """Words, folded, that must stand side by side; where `prefix`, the last need only begin so."""

    words: tuple[str, ...]
    prefix: bool


class Word(NamedTuple):
    """A folded word and where it stands in its text."""

    folded: str
    start: int
    end: int


def fold(text: str) -> str:
    """Small letters without marks: `Ačiū` and `aciu` are the same, as are `ё` and `е`, `ł` and `l`."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).translate(_PLAIN)


def words(text: str) -> Iterator[Word]:
    """The words of a text, in order."""
    for found in _WORD.finditer(text):
        folded = "".join(filter(str.isalnum, fold(found[0])))
        if folded:
            yield Word(folded, found.start(), found.end())


def indexed(text: str) -> str:
    """A text as an index takes it: its folded words with a space between."""
    return " ".join(word.folded for word in words(text))


def terms(query: str) -> list[Term]:
    """What a query asks for; all of it must be in a text. Words begin so (`laik` finds `laiko`), `"quoted words"` are exact."""
    found = []
    for quoted, loose in _PART.findall(query[:LONGEST_QUERY]):
        folded = tuple(word.folded for word in words(quoted or loose))
        if folded:
            found.append(Term(folded, not quoted and len(folded[-1]) >= SHORTEST_PREFIX))
    return found


def pieces(text: str, wanted: list[Term]) -> list[tuple[str, bool]]:
    """A text cut where what was looked for begins and ends: (piece, found). Joined they are the text."""
    cuts, at = list[tuple[str, bool]](), 0
    for start, end in _spans(list(words(text)), wanted):
        cuts += [(text[at:start], False)] if start > at else []
        cuts.append((text[start:end], True))
        at = end
    return [*cuts, (text[at:], False)] if at < len(text) else cuts


def _spans(found: list[Word], wanted: list[Term]) -> Iterator[tuple[int, int]]:
    """Where terms stand, the longest at each word, never two over each other."""
    at = 0
    while at < len(found):
        length = max((len(term.words) for term in wanted if _stands(term, found[at : at + len(term.words)])), default=0)
        if length:
            yield found[at].start, found[at + length - 1].end
        at += length or 1


def _stands(term: Term, run: list[Word]) -> bool:
    given = tuple(word.folded for word in run)
    if len(given) != len(term.words) or given[:-1] != term.words[:-1]:
        return False
    return given[-1].startswith(term.words[-1]) if term.prefix else given[-1] == term.words[-1]
