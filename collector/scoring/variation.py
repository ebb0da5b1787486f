"""Pure: how much days differ, and what share is to be expected of the next one.

Days of the same weekday differ by more than the chance of who comes in; a chart that forgets it cries wolf
(D. B. Laney, Quality Engineering 14, 2002). So a day has a share of its own, from a beta distribution around the usual
one, and its answers follow from that: the beta-binomial (J. G. Skellam, JRSS B 10, 1948). Its ρ is the part of the
variance that is the day's own; a day with n ratings tells as much as n/(1 + (n − 1)ρ) independent ones
(J. C. Kleinman, JASA 68, 1973).

A dozen days hardly show ρ. Instead of one guess, every ρ of a grid is believed as far as it explains the days (the
posterior predictive distribution: A. Gelman et al., Bayesian Data Analysis, 3rd ed., 2013, ch. 1 and 5). With a short
history what is expected is therefore wide by itself.
"""

from collections.abc import Sequence
from functools import cache
from math import exp, lgamma, log
from operator import mul
from typing import NamedTuple

RHOS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
# Before any day is seen. Chosen by simulation, so that ordinary days stay silent up to ρ = 0.02.
TYPICAL = (0.02, 0.03, 0.06, 0.15, 0.30, 0.26, 0.13, 0.05)
# A service may differ from its office's typical ρ: each step of the grid away from it is less likely by this.
STEP_AWAY = 0.4
# A day's own noise beyond this many ratings (± 1.8 points) is not worth the reckoning.
MOST_RATINGS = 2000
# A ρ believed less than this changes no figure that is shown.
UNHEARD = 1e-6


class Day(NamedTuple):
    """Positive answers and all answers of one day."""

    positive: int
    n: int


class Expected(NamedTuple):
    """The next day's share under one ρ: a beta distribution. `fit`: log-likelihood of the history under that ρ."""

    fit: float
    a: float
    b: float


class Believed(NamedTuple):
    """How far one ρ is believed (the weights of a history sum to 1), and the next day's share under it."""

    weight: float
    a: float
    b: float


def expect(history: Sequence[Day]) -> list[Expected]:
    """The next day's share under each of `RHOS`. Every day of the history has ratings."""
    return [_under(rho, history) for rho in RHOS]


def believe(services: Sequence[Sequence[Expected]]) -> list[list[Believed]]:
    """Weigh the ρ of every service of one office. What is typical of the office is learnt from its other services."""
    told = [_of_typical(expected) for expected in services]
    together = [sum(column) for column in zip(*told, strict=True)]
    return [
        _weigh(expected, [total - own for total, own in zip(together, mine, strict=True)])
        for expected, mine in zip(services, told, strict=True)
    ]


def chances(believed: Sequence[Believed], n: int) -> list[float]:
    """The chance of 0, 1, … n positive answers of n."""
    chance = [0.0] * (n + 1)
    for weight, a, b in believed:
        if weight > UNHEARD:
            _add(chance, weight, a, b)
    return chance


def _under(rho: float, history: Sequence[Day]) -> Expected:
    worth = [1 / (1 + (day.n - 1) * rho) for day in history]
    good = 0.5 + sum(w * day.positive for w, day in zip(worth, history, strict=True))
    bad = 0.5 + sum(w * (day.n - day.positive) for w, day in zip(worth, history, strict=True))
    middle = good / (good + bad)
    unknown = 1 / (good + bad + 1)
    spread = 1 / (rho + unknown - rho * unknown) - 1
    return Expected(_fit(history, middle, 1 / rho - 1, good, bad), middle * spread, (1 - middle) * spread)


def _fit(history: Sequence[Day], middle: float, strength: float, good: float, bad: float) -> float:
    """log ∫ likelihood, by likelihood · prior / posterior at one point (J. Besag, Biometrika 76, 1989); Jeffreys' prior."""
    a, b = middle * strength, (1 - middle) * strength
    per_day = lgamma(strength) - lgamma(a) - lgamma(b)
    likelihood = sum(
        per_day + lgamma(day.positive + a) + lgamma(day.n - day.positive + b) - lgamma(day.n + strength) for day in history
    )
    return likelihood + _log_density(middle, 0.5, 0.5) - _log_density(middle, good, bad)


def _of_typical(expected: Sequence[Expected]) -> list[float]:
    """The log-likelihood of a history by what is typical, the history's own ρ being anywhere around it."""
    best = max(one.fit for one in expected)
    likelihood = [exp(one.fit - best) for one in expected]
    return [log(sum(map(mul, near, likelihood))) for near in _nearness()]


def _weigh(expected: Sequence[Expected], evidence: Sequence[float]) -> list[Believed]:
    most, best = max(evidence), max(one.fit for one in expected)
    typical = [prior * exp(e - most) for prior, e in zip(TYPICAL, evidence, strict=True)]
    own = [sum(map(mul, typical, column)) for column in zip(*_nearness(), strict=True)]
    weights = [prior * exp(one.fit - best) for prior, one in zip(own, expected, strict=True)]
    total = sum(weights)
    return [Believed(weight / total, one.a, one.b) for weight, one in zip(weights, expected, strict=True)]


@cache
def _nearness() -> list[list[float]]:
    """Row: what is typical. Column: the chance of a service's own ρ."""
    steps = range(len(RHOS))
    rows = [[STEP_AWAY ** abs(own - typical) for own in steps] for typical in steps]
    return [[one / sum(row) for one in row] for row in rows]


def _add(chance: list[float], weight: float, a: float, b: float) -> None:
    """Add the beta-binomial, term by term outwards from its middle, where no term is too small for a float."""
    n = len(chance) - 1
    start = round(n * a / (a + b))
    first = weight * exp(_log_chance(start, n, a, b))
    term = first
    chance[start] += term
    for x in range(start, n):
        term *= (n - x) * (x + a) / ((x + 1) * (n - x - 1 + b))
        chance[x + 1] += term
    term = first
    for x in range(start, 0, -1):
        term *= x * (n - x + b) / ((n - x + 1) * (x - 1 + a))
        chance[x - 1] += term


def _log_chance(x: int, n: int, a: float, b: float) -> float:
    ways = lgamma(n + 1) - lgamma(x + 1) - lgamma(n - x + 1)
    return ways + lgamma(x + a) + lgamma(n - x + b) - lgamma(n + a + b) + lgamma(a + b) - lgamma(a) - lgamma(b)


def _log_density(at: float, a: float, b: float) -> float:
    """Of a beta distribution."""
    return lgamma(a + b) - lgamma(a) - lgamma(b) + (a - 1) * log(at) + (b - 1) * log(1 - at)
