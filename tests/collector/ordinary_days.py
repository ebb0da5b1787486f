"""Simulated days: every service has its usual share, and its days differ by more than chance."""

from dataclasses import dataclass

import numpy as np

from collector.scoring.standout import Candidate, stands_out
from collector.scoring.variation import Day


@dataclass(frozen=True)
class Office:
    """`rho`: the part of a day's variance that is the day's own. `n`: ratings a day on average. `days`: the history."""

    services: int
    share: float
    rho: float
    n: int
    days: int

    def candidates(self, random: np.random.Generator) -> list[Candidate]:
        """A day of the office, as a whole too where it has several services."""
        services = [self._service(random) for _ in range(self.services)]
        found = [Candidate(f"service-{at}", days[0], days[1:]) for at, days in enumerate(services)]
        if self.services == 1:
            return found
        whole = [Day(sum(d.positive for d in same), sum(d.n for d in same)) for same in zip(*services, strict=True)]
        return [*found, Candidate("", whole[0], whole[1:])]

    def _service(self, random: np.random.Generator) -> list[Day]:
        n = np.maximum(random.poisson(self.n, self.days + 1), 3)
        positive = random.binomial(n, self._shares(random))
        return [Day(int(x), int(of)) for x, of in zip(positive, n, strict=True)]

    def _shares(self, random: np.random.Generator) -> np.ndarray:
        if self.rho == 0 or self.share in {0, 1}:
            return np.full(self.days + 1, self.share)
        strength = 1 / self.rho - 1
        return random.beta(self.share * strength, (1 - self.share) * strength, self.days + 1)


def saying(office: Office, days: int, random: np.random.Generator) -> int:
    """How many of so many ordinary days say anything."""
    return sum(bool(stands_out(office.candidates(random))) for _ in range(days))
