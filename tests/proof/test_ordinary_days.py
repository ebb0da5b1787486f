"""An ordinary day says nothing at least 19 days of 20, for many kinds of offices: the figures of docs/method.md."""

from itertools import product

import numpy as np
import pytest
from scipy import stats

from tests.collector.ordinary_days import Office, saying

SHARES, RATINGS = (0.5, 0.82, 0.95, 0.99), (12, 54, 200)


@pytest.mark.proof
@pytest.mark.timeout(600)
@pytest.mark.parametrize("rho", [0.0, 0.005, 0.02])
@pytest.mark.parametrize("history", [4, 13])
@pytest.mark.parametrize(("services", "each"), [(1, 2000), (5, 400), (30, 80)])
def test_ordinary_days_say_nothing(services: int, each: int, history: int, rho: float) -> None:
    random = np.random.default_rng([services, history, round(1000 * rho)])
    said = {(share, n): saying(Office(services, share, rho, n, history), each, random) for share, n in product(SHARES, RATINGS)}
    days = each * len(said)
    rate, highest = sum(said.values()) / days, max(said.values()) / each
    print(f"{services} services, {history} weeks, rho {rho}: {rate:.2%} of {days} days, at most {highest:.1%}")
    assert sum(said.values()) <= 0.05 * days
    most = stats.binom.ppf(0.9999, each, 0.05)
    assert all(count <= most for count in said.values()), said
