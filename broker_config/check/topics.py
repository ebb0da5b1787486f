"""What is tried: topics of an invented kiosk and office, whose messages nobody takes for anything, and none is retained."""

import json

from broker_config import topics

INVENTED = "check-invented"
OF_KIOSK = {
    kind: f"{topics.ROOT}/kiosk/{INVENTED}/{kind}"
    for kind in ("events", "state", "health", "reply", "receipt", "config", "command", "prompt")
}
OF_OTHERS = {
    "the state of another collector": topics.collector_state(INVENTED),
    "an office's score": topics.score(INVENTED),
    "a queue system's visits": topics.visits(INVENTED),
}
SYSTEM = "$SYS/check"
TRIED = (*OF_KIOSK.values(), *OF_OTHERS.values())


def payload(who: str) -> bytes:
    """The same each time, so that a collector that gets it after all quarantines it once."""
    return json.dumps({"nuomone-broker check": who}).encode()
