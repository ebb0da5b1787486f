"""Pure: up to which moment an office's comments are shown, however often a page is loaded.

Services are shown of finished days only. Comments of today are shown in lots: what came
before the last full hour, and within the hour again after five more ratings. So whoever
watches the counter and reloads the page learns of a lot, never of a single citizen.
"""

from dataclasses import dataclass
from datetime import datetime

LOT = 5


@dataclass(frozen=True)
class Settled:
    """Comments of the minutes before `until` are shown; `n` ratings of that local day were in by then."""

    until: datetime
    n: int


def settled(before: Settled | None, hour: Settled, n: int, now: datetime) -> Settled:
    """What holds now. `before`: what held at the last look, if that is known; `hour`: the beginning of the local hour.

    Without memory (after a restart, in another process) it is the hour that holds: less is shown, never more.
    """
    newest = hour if before is None or before.until < hour.until else before
    return Settled(now, n) if n - newest.n >= LOT else newest
