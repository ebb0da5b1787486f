"""Pure: intervals. Each function names the source of its formula."""

from math import hypot, sqrt
from typing import NamedTuple

Z95 = 1.959964


class Interval(NamedTuple):
    low: float
    high: float


def wilson(positive: float, n: float, z: float = Z95) -> Interval | None:
    """Wilson's score interval for a share, as fractions 0–1 (E. B. Wilson, JASA 22, 1927). None for n = 0."""
    if n <= 0:
        return None
    middle = 2 * positive + z * z
    spread = z * sqrt(z * z + 4 * positive * (1 - positive / n))
    below = 2 * (n + z * z)
    return Interval(max(0.0, (middle - spread) / below), min(1.0, (middle + spread) / below))


def newcombe(positive_a: float, n_a: float, positive_b: float, n_b: float, z: float = Z95) -> Interval | None:
    """The interval of the difference of two shares a − b (R. G. Newcombe, Statistics in Medicine 17, 1998, method 10)."""
    a, b = wilson(positive_a, n_a, z), wilson(positive_b, n_b, z)
    if a is None or b is None:
        return None
    share_a, share_b = positive_a / n_a, positive_b / n_b
    low = share_a - share_b - sqrt((share_a - a.low) ** 2 + (b.high - share_b) ** 2)
    high = share_a - share_b + sqrt((a.high - share_a) ** 2 + (share_b - b.low) ** 2)
    return Interval(max(-1.0, low), min(1.0, high))


def mean_index(counts: dict[float, int], z: float = Z95) -> tuple[float, Interval | None] | None:
    """The mean of indices 0–100 with its interval, from {index: count}; s with n − 1. No interval for n = 1, None for n = 0."""
    n = sum(counts.values())
    if n == 0:
        return None
    mean = sum(index * count for index, count in counts.items()) / n
    if n == 1:
        return mean, None
    s = sqrt(sum(count * (index - mean) ** 2 for index, count in counts.items()) / (n - 1))
    half = z * s / sqrt(n)
    return mean, Interval(max(0.0, mean - half), min(100.0, mean + half))


def nps(promoters: int, detractors: int, n: int, z: float = Z95) -> tuple[float, Interval] | None:
    """Net promoter score −100…100 with its interval; SE = 100·√((p + d − (p − d)²)/n)."""
    if n == 0:
        return None
    value = 100 * (promoters - detractors) / n
    half = z * _nps_error(promoters, detractors, n)
    return value, Interval(max(-100.0, value - half), min(100.0, value + half))


def nps_difference(
    promoters_a: int, detractors_a: int, n_a: int, promoters_b: int, detractors_b: int, n_b: int, z: float = Z95
) -> Interval | None:
    """The normal interval of the difference a − b of two net promoter scores, −200…200. None where either n is 0."""
    if n_a == 0 or n_b == 0:
        return None
    value = 100 * ((promoters_a - detractors_a) / n_a - (promoters_b - detractors_b) / n_b)
    half = z * hypot(_nps_error(promoters_a, detractors_a, n_a), _nps_error(promoters_b, detractors_b, n_b))
    return Interval(max(-200.0, value - half), min(200.0, value + half))


def _nps_error(promoters: int, detractors: int, n: int) -> float:
    p, d = promoters / n, detractors / n
    return 100 * sqrt((p + d - (p - d) ** 2) / n)
