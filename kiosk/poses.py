"""Every screen that a citizen can meet, by name: the state that shows it. Nothing is recorded."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from broker_config.messages import KioskConfig
from kiosk import pace, visit
from kiosk.state import Access, Prompted, State

Pose = Callable[[KioskConfig, State, float], State]


def sample() -> dict[str, Any]:
    """A configuration with five languages, two questions and five services, to show or to try."""
    found: dict[str, Any] = json.loads(Path(__file__).with_name("sample.json").read_text(encoding="utf-8"))
    return found


def pose(name: str, config: KioskConfig, now: float, language: str, access: Access | None = None) -> State:
    """The state of a citizen who has come to a screen in a language and a look; `now`: monotonic seconds."""
    began = replace(visit.idle(config, now - 5), language=language, access=access or Access())
    return replace(POSES[name](config, began, now - 5), since=now - _left_alone(name), touched=None)


def _left_alone(name: str) -> float:
    return pace.BLANK_COMMENT_S - pace.WARN_S + 2 if name == "still" else 0.0


def _services(_config: KioskConfig, state: State, _now: float) -> State:
    return state


def _idle(config: KioskConfig, state: State, now: float) -> State:
    """The main question, with a service chosen where the counter has several."""
    return visit.choose_service(state, config, config.services[0].id, now) if state.screen == "services" else state


def _prompt(config: KioskConfig, state: State, now: float) -> State:
    prompted = visit.idle(config, now, None, Prompted("sample", config.services[0].id, now + 3600))
    return replace(prompted, language=state.language, access=state.access)


def _privacy(config: KioskConfig, state: State, now: float) -> State:
    return visit.read_privacy(_idle(config, state, now), now + 1)


def _reasons(config: KioskConfig, state: State, now: float) -> State:
    return visit.answer(_idle(config, state, now), config, 4, now + 1, "sample")[0]


def _chosen(config: KioskConfig, state: State, now: float) -> State:
    state = _reasons(config, state, now)
    for number, choice in enumerate(visit.reasons(visit.question(config), 4)[::2][:3]):
        state = visit.choose_reason(state, config, choice.id, now + 2 + number)
    return state


def _further(config: KioskConfig, state: State, now: float) -> State:
    return visit.skip(_reasons(config, state, now), config, now + 2)


def _comment(config: KioskConfig, state: State, now: float) -> State:
    state = _reasons(config, state, now)
    for second in range(2, 30):
        if state.screen == "comment":
            break
        state = visit.skip(state, config, now + second)
    return state


def _written(config: KioskConfig, state: State, now: float) -> State:
    return visit.write(_comment(config, state, now), "Ačiū, Žygimantai. Їжа, язык, żółć", now + 30)


def _thanks(config: KioskConfig, state: State, now: float) -> State:
    return visit.skip(_comment(config, state, now), config, now + 31)


def _removed(config: KioskConfig, state: State, now: float) -> State:
    return replace(_thanks(config, state, now), removed=("telefonas", "asmens kodas"))


POSES: dict[str, Pose] = {
    "services": _services,
    "idle": _idle,
    "prompt": _prompt,
    "privacy": _privacy,
    "reasons": _reasons,
    "chosen": _chosen,
    "further": _further,
    "comment": _comment,
    "written": _written,
    "still": _comment,
    "thanks": _thanks,
    "removed": _removed,
}
