"""Pure: figures as the pages draw and write them. No statistics: only places, lengths and words."""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from collector.scoring.change import Change
from collector.scoring.score import Estimate
from collector.scoring.shown import Shown
from collector.web.texts import Texts

# For each scale, from worst to best: the values of a step, its tone among the five colours, its word.
_FIVE = (((1,), 1, "Very bad"), ((2,), 2, "Bad"), ((3,), 3, "So-so"), ((4,), 4, "Good"), ((5,), 5, "Very good"))
STEPS: dict[str, tuple[tuple[tuple[int, ...], int, str], ...]] = {
    "smiley5": _FIVE,
    "stars5": _FIVE,
    "smiley4": (_FIVE[0], ((2,), 2, "Bad"), ((3,), 4, "Good"), ((4,), 5, "Very good")),
    "smiley3": (((1,), 1, "Bad"), ((2,), 3, "So-so"), ((3,), 5, "Good")),
    "thumbs": (((0,), 1, "No"), ((1,), 5, "Yes")),
    "nps11": ((tuple(range(7)), 1, "0 to 6"), ((7, 8), 3, "7 or 8"), ((9, 10), 5, "9 or 10")),
}
WORDS = tuple(dict.fromkeys(word for steps in STEPS.values() for _, _, word in steps))
_NEUTRAL = 3
NPS = "nps11"


class OfOffice(Protocol):
    """A line about one office, as the store's list gives it."""

    @property
    def office(self) -> dict[str, Any]: ...


Line = TypeVar("Line", bound=OfOffice)


@dataclass(frozen=True)
class Step:
    """One answer's part of a distribution bar of length 200 whose zero line is at 100: all good ends at 200.

    `tone`: 1 very bad – 5 very good. `share`: of all answers, 0–1.
    """

    tone: int
    word: str
    n: int
    share: float
    x: float
    width: float


def steps(shown: Shown) -> list[Step]:
    """The bar of a distribution, from worst to best: bad left of the zero line, good right, the neutral split."""
    if shown.distribution is None or shown.n == 0:
        return []
    counted = [(tone, word, sum(shown.distribution[v] for v in values)) for values, tone, word in STEPS[shown.scale]]
    left = sum(n * (1.0 if tone < _NEUTRAL else 0.5) for tone, _, n in counted if tone <= _NEUTRAL)
    found, x = list[Step](), 100 - 100 * left / shown.n
    for tone, word, n in counted:
        width = 100 * n / shown.n
        found.append(Step(tone, word, n, n / shown.n, round(x, 2), round(width, 2)))
        x += width
    return found


def bar(shown: Shown, words: Texts, *, big: bool = False) -> Markup:
    """The distribution as a picture. Written here and not in a template: a page has dozens."""
    found = steps(shown)
    told = ", ".join(f"{words.gettext(step.word)} {words.number(step.n)}" for step in found)
    drawn = "".join(
        f'<rect x="{step.x}" y="1" width="{step.width}" height="8" class="step step-{step.tone}"/>' for step in found if step.n
    )
    return Markup(  # noqa: S704 - numbers, and words that are escaped here
        f'<svg class="bar{" big" if big else ""}" viewBox="0 0 200 10" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(told)}"><line x1="0" x2="200" y1="5" y2="5" class="rail"/>{drawn}'
        '<line x1="100" x2="100" y1="0" y2="10" class="zero"/></svg>'
    )


def step_of(value: int, scale: str) -> tuple[int, str]:
    """The tone and the word of one answer."""
    return next((tone, word) for values, tone, word in STEPS[scale] if value in values)


def estimate(shown: Shown) -> Estimate | None:
    """The figure of a scale: the share of satisfied, or the net promoter score."""
    return shown.csat or shown.nps


def span(estimate: Estimate, words: Texts, scale: str = "") -> str:
    """An interval in a table: 80–90 %; of a net promoter score −3 … 12."""
    if scale == NPS:
        return f"{words.number(estimate.low)} … {words.number(estimate.high)}"
    return f"{words.number(100 * estimate.low)}–{words.percent(estimate.high)}"


def points(value: float, words: Texts, scale: str = "") -> str:
    """A difference in points, with its sign: shares in percentage points. Near zero with one decimal, so that it is not 0."""
    exact = value if scale == NPS else 100 * value
    digits = 0 if abs(exact) >= 1 else 1
    rounded = round(exact, digits)
    if not rounded:
        return "0"
    return f"{'+' if rounded > 0 else '−'}{words.number(abs(rounded), digits)}"


def points_span(change: Change, words: Texts, scale: str = "") -> str:
    """A difference's interval in points."""
    return f"{points(change.low, words, scale)} … {points(change.high, words, scale)}"


def bounds(estimate: Estimate, words: Texts) -> dict[str, str]:
    """An interval for a sentence: a language takes `low` with its percent sign or `low_number` without."""
    return {
        "low": words.percent(estimate.low),
        "low_number": words.number(100 * estimate.low),
        "high": words.percent(estimate.high),
    }


def clock_hour(key: str) -> str:
    """An hour 0–23 as 09:00–10:00."""
    return f"{int(key):02}:00–{int(key) + 1:02}:00"


def local_moment(text: str, timezone: str) -> datetime | None:
    """A stored moment (RFC 3339) in the office's own time; None for the empty text."""
    return datetime.fromisoformat(text).astimezone(ZoneInfo(timezone)) if text else None


def by_institution(lines: Iterable[Line], words: Texts) -> list[list[Line]]:
    """Lines of offices grouped by institution, both in the order of their names."""
    groups: dict[str, list[Line]] = {}
    for line in sorted(lines, key=lambda line: alphabetical(words.name(line.office["name"]))):
        groups.setdefault(line.office["institution"]["id"], []).append(line)
    return sorted(groups.values(), key=lambda group: alphabetical(words.name(group[0].office["institution"]["name"])))


def question_options(questions: dict[str, dict[str, str]], words: Texts) -> list[tuple[str, str]]:
    """(id, text) of questions in the order of their texts."""
    return sorted(((key, words.name(text)) for key, text in questions.items()), key=lambda option: alphabetical(option[1]))


def alphabetical(name: str) -> tuple[str, str]:
    """Letters before their accents: š beside s, as in a Lithuanian list."""
    plain = "".join(letter for letter in unicodedata.normalize("NFD", name.casefold()) if not unicodedata.combining(letter))
    return plain, name


FILTERS: dict[str, Callable[..., Any]] = {
    "steps": steps,
    "bar": bar,
    "step_of": step_of,
    "span": span,
    "estimate": estimate,
    "points": points,
    "points_span": points_span,
    "bounds": bounds,
    "clock_hour": clock_hour,
    "local_moment": local_moment,
    "by_institution": by_institution,
    "question_options": question_options,
}
