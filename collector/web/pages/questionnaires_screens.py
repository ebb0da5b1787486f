"""Pure: what the imitation of a kiosk's screen shows: its answers, and where a text is too long for it."""

from dataclasses import dataclass

from broker_config.messages import SCALES
from collector.draft import Draft, DraftQuestion, slots, steps
from collector.web.formats import STEPS

# Letters that fit, counted on the kiosk's own pictures at 1280 × 800; where there is JavaScript the page measures instead.
QUESTION_LETTERS = 68
REASON_LETTERS = 34
REASON_WORD = 15
_TONES = (1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 5)


@dataclass(frozen=True)
class Answer:
    """`tone`: 1 very bad – 5 very good. `field`: where its word is typed, empty where it has none."""

    value: int
    tone: int
    field: str


def answers(number: int, question: DraftQuestion, language: str) -> list[Answer]:
    """The answers of a question from the lowest up, each with the field of its word."""
    scale = question.scale if question.scale in SCALES else "smiley5"
    tones = _TONES if scale == "nps11" else [tone for _, tone, _ in STEPS[scale]]
    count, typed = steps(scale), slots(question)
    ends_only = typed < count
    found = []
    for at in range(count):
        slot = (0 if at == 0 else 1 if at == count - 1 else None) if ends_only else at
        field = "" if slot is None else f"q{number}-word{slot}-{language}"
        found.append(Answer(SCALES[scale].low + at, tones[at], field))
    return found


def too_long(number: int, question: DraftQuestion, language: str) -> set[str]:
    """The fields whose text does not fit on a screen of the usual size."""
    at = f"q{number}"
    found = {f"{at}-text-{language}"} if len(question.text.get(language, "")) > QUESTION_LETTERS else set()
    for side in ("good", "bad"):
        if len(question.ask(side).get(language, "")) > QUESTION_LETTERS:
            found.add(f"{at}-ask_{side}-{language}")
        for row, reason in enumerate(question.reasons(side)):
            text = reason.text.get(language, "")
            if len(text) > REASON_LETTERS or any(len(word) > REASON_WORD for word in text.split()):
                found.add(f"{at}-{side}{row}-text-{language}")
    return found


def all_too_long(draft: Draft, languages: list[str]) -> set[str]:
    """The same for the whole draft."""
    found: set[str] = set()
    for number, question in enumerate(draft.questions):
        for language in languages:
            found |= too_long(number, question, language)
    return found
