"""Pure: the next step of a staged roll-out, from what is known of its kiosks.

A stage is published; each of its kiosks applies the configuration, refuses it or says
nothing. When every one that is online has applied it and has been well for a while, the
next stage follows. What goes wrong stops the whole, with the reason.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

State = Literal["waiting", "running", "stopped", "done", "cancelled"]
KioskState = Literal["waiting", "published", "applied", "refused", "silent", "left"]
Verdict = Literal["left", "waiting", "pending", "away", "confirmed", "accepted", "bad"]

STOPPED_BY_HAND = "hand"
NOBODY_LEFT = "nobody"


@dataclass(frozen=True, slots=True)
class Pace:
    """`observe_s`: how long a kiosk is watched after it applied a configuration, at least one health (60 s) long.

    `still_s`: two healths so far apart must not count the same frames (an idle screen draws one every 10 s).
    `most`: how many configurations go out in one step, so that events need not wait.
    """

    observe_s: float = 90.0
    still_s: float = 30.0
    most: int = 500

    @property
    def silent_s(self) -> float:
        """Three healths that should have come; never so short that a busy moment is taken for silence."""
        return max(10.0, 2 * self.observe_s)


@dataclass(frozen=True, slots=True)
class KioskFacts:
    """One kiosk of a stage that was begun, not yet confirmed. Moments are aware.

    `at`: since when it is in `state`; `was_online`: when it was published; `online`: its presence now, since
    `presence_at`; `heard`: its newest health; neither is before the collector began to listen. `seen_at`: its newest
    health under this configuration; `still`: the frames on its screen stand still; `gone`: `retired`, `moved` or
    `replaced` where it is no longer the roll-out's business; `accepted`: a person said to go on in spite of it.
    """

    kiosk: str
    stage: int
    state: KioskState
    at: datetime
    detail: str = ""
    accepted: bool = False
    was_online: bool = False
    online: bool = False
    presence_at: datetime | None = None
    heard: datetime | None = None
    seen_at: datetime | None = None
    still: bool = False
    gone: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a roll-out stands. `confirmed`: how many kiosks of the present stage are known to be well."""

    state: State
    stage: int
    stages: int
    starts: datetime
    confirmed: int = 0


@dataclass(frozen=True, slots=True)
class Why:
    """Why it stopped. `what`: refused, lost, quiet, still, unanswered, nobody, hand; `detail`: the kiosk's own words."""

    what: str
    kiosk: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What to do in one transaction. `marks`: kiosk → new state and detail."""

    state: State
    stage: int
    why: Why | None = None
    publish: tuple[str, ...] = ()
    confirm: tuple[str, ...] = ()
    marks: tuple[tuple[str, KioskState, str], ...] = ()


def decide(progress: Progress, kiosks: Sequence[KioskFacts], now: datetime, pace: Pace) -> Step:
    """`kiosks`: the unconfirmed ones of all stages up to the present. Nothing is published but by a running roll-out."""
    if progress.state == "waiting" and now >= progress.starts:
        return Step("running", 1)
    if progress.state != "running":
        return Step(progress.state, progress.stage)
    judged = [(kiosk, judge(kiosk, now, pace)) for kiosk in kiosks]
    confirm = tuple(kiosk.kiosk for kiosk, verdict in judged if verdict == "confirmed")
    marks: tuple[tuple[str, KioskState, str], ...] = tuple(
        (kiosk.kiosk, "left", kiosk.gone) for kiosk, verdict in judged if verdict == "left" and kiosk.state != "left"
    )
    bad = [kiosk for kiosk, verdict in judged if verdict == "bad"]
    if bad:
        why = min((_why(kiosk, now, pace) for kiosk in bad), key=lambda why: (why.what != "refused", why.kiosk))
        marks += tuple((k.kiosk, "silent", _why(k, now, pace).what) for k in bad if k.state in ("published", "applied"))
        return Step("stopped", progress.stage, why, (), confirm, marks)
    here = [(kiosk, verdict) for kiosk, verdict in judged if kiosk.stage == progress.stage]
    waiting = [kiosk.kiosk for kiosk, verdict in here if verdict == "waiting"]
    if waiting:
        return Step("running", progress.stage, None, tuple(waiting[: pace.most]), confirm, marks)
    state, stage, nobody = _onward(progress, [verdict for _, verdict in here])
    return Step(state, stage, nobody, (), confirm, marks)


def judge(kiosk: KioskFacts, now: datetime, pace: Pace) -> Verdict:
    """What one kiosk means for the roll-out."""
    if kiosk.gone or kiosk.state == "left":
        return "left"
    if kiosk.state == "waiting":
        return "waiting"
    if kiosk.state in ("refused", "silent"):
        return "accepted" if kiosk.accepted else "bad"
    if _why(kiosk, now, pace).what:
        return "bad"
    if kiosk.state == "applied" and kiosk.seen_at and kiosk.seen_at >= kiosk.at + timedelta(seconds=pace.observe_s):
        return "confirmed"
    return "pending" if kiosk.online and not _is_quiet(kiosk, now, pace) else "away"


def stages_of(kiosks: Iterable[tuple[str, str]], first: str) -> dict[str, int]:
    """Kiosks, each with its office → their stages: the first one, then its office, then all; no stage is empty."""
    offices = dict(kiosks)
    wanted = {k: 1 if k == first else 2 if office == offices[first] else 3 for k, office in offices.items()}
    order = {stage: n for n, stage in enumerate(sorted(set(wanted.values())), 1)}
    return {kiosk: order[stage] for kiosk, stage in wanted.items()}


def _onward(progress: Progress, verdicts: list[Verdict]) -> tuple[State, int, Why | None]:
    """The first stage needs a kiosk that is well with it; later ones wait only for kiosks that are online."""
    if "pending" in verdicts:
        return "running", progress.stage, None
    if progress.stage == 1 and not progress.confirmed and not {"confirmed", "accepted"} & set(verdicts):
        if "away" in verdicts:
            return "running", progress.stage, None
        if progress.stages > 1:
            return "stopped", progress.stage, Why(NOBODY_LEFT)
    if progress.stage < progress.stages:
        return "running", progress.stage + 1, None
    return "done", progress.stage, None


def _why(kiosk: KioskFacts, now: datetime, pace: Pace) -> Why:
    """What is wrong with a kiosk that the configuration went to; `what` is empty where nothing is."""
    return Why(_ailment(kiosk, now, pace), kiosk.kiosk, kiosk.detail if kiosk.state == "refused" else "")


def _ailment(kiosk: KioskFacts, now: datetime, pace: Pace) -> str:
    if kiosk.state in ("refused", "silent"):
        return "refused" if kiosk.state == "refused" else kiosk.detail
    here = kiosk.was_online or kiosk.state == "applied"
    if here and not kiosk.online:
        return "lost"
    if here and _is_quiet(kiosk, now, pace):
        return "quiet"
    if kiosk.still:
        return "still"
    since = max(moment for moment in (kiosk.at, kiosk.presence_at) if moment)
    listened = kiosk.online and not _is_quiet(kiosk, now, pace)
    if kiosk.state == "published" and listened and now - since >= timedelta(seconds=pace.silent_s):
        return "unanswered"
    return ""


def _is_quiet(kiosk: KioskFacts, now: datetime, pace: Pace) -> bool:
    heard = max(moment for moment in (kiosk.at, kiosk.heard) if moment)
    return now - heard > timedelta(seconds=pace.silent_s)
