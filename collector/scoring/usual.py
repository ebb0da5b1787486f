"""Pure: what is usual. Where the share of a day with n ratings lies, given earlier days of the same weekday.

Days differ by more than the chance of who comes in: a p-chart that forgets this cries wolf (D. B. Laney, Quality
Engineering 14, 2002). So a day's share is drawn from a beta distribution around the usual share and the day's answers
from it: the beta-binomial (J. G. Skellam, JRSS B 10, 1948). How much days differ, ρ, is hardly known from a dozen
of them; instead of one guess every ρ counts by how well it explains the days (a posterior predictive distribution,
A. Gelman et al., Bayesian Data Analysis, 3rd ed., ch. 5). With few days the range is therefore wide by itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import exp, lgamma, log
from typing import NamedTuple

from collector.scoring.score import FEWEST

FEWEST_DAYS = 4
FEWEST_RATINGS = 4 * FEWEST
MOST_RATINGS = 2000
SPREADS = {0.001: 0.15, 0.005: 0.2, 0.01: 0.2, 0.02: 0.2, 0.05: 0.15, 0.1: 0.07, 0.2: 0.03}


class Day(NamedTuple):
    """Positive answers and all answers of one day."""

    positive: int
    n: int


@dataclass(frozen=True)
class Usual:
    """Fractions 0–1. `middle`: the earlier days' share; `low`–`high`: where a day lies; `days`: from how many."""

    middle: float
    low: float
    high: float
    days: int


class Beta(NamedTuple):
    """What is held of a day's share under one ρ, and how far that ρ is believed."""

    weight: float
    a: float
    b: float


def usual_range(days: Sequence[Day], n: int, level: float = 0.95) -> Usual | None:
    """Where the share of a day with n ratings lies with probability `level`, given earlier days of the same weekday.

    None without ratings, and where the history is short: under four days, or under forty ratings.
    """
    history = enough(days)
    if history is None or n < 1:
        return None
    size, outside = min(n, MOST_RATINGS), (1 - level) / 2
    upward = list(accumulate(_mixture(believed(history), size)))
    low = next(x for x, chance in enumerate(upward) if chance > outside)
    high = next(x for x, chance in enumerate(upward) if chance >= 1 - outside)
    middle = sum(day.positive for day in history) / sum(day.n for day in history)
    return Usual(middle, min(low / size, middle), max(high / size, middle), len(history))


def enough(days: Sequence[Day]) -> list[Day] | None:
    """The days with ratings, if they are enough to call anything usual."""
    history = [day for day in days if day.n > 0]
    return history if len(history) >= FEWEST_DAYS and sum(day.n for day in history) >= FEWEST_RATINGS else None


def believed(history: Sequence[Day]) -> list[Beta]:
    """The next day's share: one beta distribution for every ρ, weighted by how well that ρ explains the history."""
    explained = [_explain(history, rho) for rho in SPREADS]
    best = max(fit for fit, _, _ in explained)
    weights = [prior * exp(fit - best) for prior, (fit, _, _) in zip(SPREADS.values(), explained, strict=True)]
    total = sum(weights)
    return [Beta(weight / total, a, b) for weight, (_, a, b) in zip(weights, explained, strict=True)]


def tails(today: Day, held: Sequence[Beta]) -> tuple[float, float]:
    """The chance of as few positive answers as today's or fewer, and of as many or more."""
    size = min(today.n, MOST_RATINGS)
    x = round(today.positive * size / today.n)
    fewer = sum(beta.weight * _at_most(x, size, beta.a, beta.b) for beta in held)
    more = sum(beta.weight * _at_most(size - x, size, beta.b, beta.a) for beta in held)
    return min(1.0, fewer), min(1.0, more)


def _explain(history: Sequence[Day], rho: float) -> tuple[float, float, float]:
    strength = 1 / rho - 1
    worth = [day.n / (1 + (day.n - 1) * rho) for day in history]
    good = 0.5 + sum(w * day.positive / day.n for w, day in zip(worth, history, strict=True))
    bad = 0.5 + sum(w * (day.n - day.positive) / day.n for w, day in zip(worth, history, strict=True))
    middle = good / (good + bad)
    a, b = middle * strength, (1 - middle) * strength
    start = lgamma(strength) - lgamma(a) - lgamma(b)
    fit = sum(start + lgamma(day.positive + a) + lgamma(day.n - day.positive + b) - lgamma(day.n + strength) for day in history)
    fit -= _log_density(middle, good, bad) - _log_density(middle, 0.5, 0.5)
    known = 1 / (good + bad + 1)
    spread = rho + known - rho * known
    return fit, middle * (1 / spread - 1), (1 - middle) * (1 / spread - 1)


def _log_density(at: float, a: float, b: float) -> float:
    return lgamma(a + b) - lgamma(a) - lgamma(b) + (a - 1) * log(at) + (b - 1) * log(1 - at)


def _at_most(x: int, n: int, a: float, b: float) -> float:
    term = exp(_log_chance(x, n, a, b))
    total = term
    for k in range(x, 0, -1):
        term *= k * (n - k + b) / ((n - k + 1) * (k - 1 + a))
        total += term
        if term < 1e-12 * total:
            break
    return total


def _log_chance(x: int, n: int, a: float, b: float) -> float:
    ways = lgamma(n + 1) - lgamma(x + 1) - lgamma(n - x + 1)
    return ways + lgamma(x + a) + lgamma(n - x + b) - lgamma(n + a + b) + lgamma(a + b) - lgamma(a) - lgamma(b)


def _mixture(held: Sequence[Beta], n: int) -> Iterator[float]:
    for x in range(n + 1):
        yield sum(beta.weight * exp(_log_chance(x, n, beta.a, beta.b)) for beta in held)
