"""The sets of questions that ship, each a questionnaire in five languages: where a new one may start from.

`core5` is the usual one. `nps` is there and off: citizens have no other provider, so it is offered last and with a warning.
"""

from functools import cache
from pathlib import Path

from broker_config.messages import Questionnaire

NAMES = ("core5", "smiley4", "trust", "nps")


@cache
def question_set(name: str) -> Questionnaire:
    """One of NAMES. Raises KeyError for another name."""
    if name not in NAMES:
        raise KeyError(name)
    return Questionnaire.model_validate_json(Path(__file__).with_name(f"{name}.json").read_bytes())
