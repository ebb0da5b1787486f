"""Pure: a score in the reader's language, for what a chart says under the pointer."""

from collector.scoring.score import Estimate
from collector.scoring.shown import Shown
from collector.web.texts import Texts


def estimate(shown: Shown) -> Estimate | None:
    """What a chart draws: the share of satisfied 0–1, or for `nps11` the NPS −100…100; None below 10 ratings."""
    return shown.nps if shown.scale == "nps11" else shown.csat


def said(shown: Shown, words: Texts) -> dict[str, str]:
    """`score`, `interval` and `n` as they are read."""
    found, n = estimate(shown), words.number(shown.n)
    if found is None:
        return {"score": words.gettext("too few yet"), "interval": "–", "n": n}
    if shown.scale == "nps11":
        interval = f"{signed(found.low, words)} … {signed(found.high, words)}"
        return {"score": signed(found.value, words), "interval": interval, "n": n}
    return {
        "score": words.percent(found.value),
        "interval": f"{words.number(100 * found.low)}–{words.percent(found.high)}",
        "n": n,
    }


def signed(value: float, words: Texts) -> str:
    """A whole number with the minus sign that the axis has."""
    return words.number(value).replace("-", "−")


def titles(is_nps: bool, words: Texts) -> dict[str, str]:
    """What the three are called."""
    return {
        "score": "NPS" if is_nps else words.gettext("Satisfied"),
        "interval": words.gettext("Almost certainly"),
        "n": words.gettext("Ratings"),
    }
