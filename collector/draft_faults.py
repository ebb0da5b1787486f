"""Pure: what keeps a draft from being published. A fault has a kind, the field it is about, and what belongs in its sentence."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from broker_config.messages import SCALES, Questionnaire
from broker_config.topics import IDENTIFIER
from collector.draft import SIDES, Draft, DraftQuestion, DraftReason, steps
from collector.draft_changes import MOST_QUESTIONS
from collector.publishable import LONGEST_WORD

LONGEST_PAUSE_S = 3600
NUMBERED = "nps11"


@dataclass(frozen=True)
class Fault:
    """`at`: where it is mended, a field's name in the form; `renew`: the id that a new one may replace, and what it is of."""

    kind: str
    at: str = ""
    values: dict[str, str] = field(default_factory=dict)
    renew: tuple[str, str] | None = None


@dataclass
class Known:
    """What was ever published: scales by question, wordings by question or reason and language, and where they stand."""

    scales: dict[str, set[str]] = field(default_factory=dict)
    questions: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    words: dict[tuple[str, str], list[list[str]]] = field(default_factory=dict)
    reasons: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def ids(self, what: str) -> set[str]:
        """Of questions, or of reasons."""
        return set(self.scales) if what == "question" else {ident for ident, _ in self.reasons}


def known(published: Iterable[Questionnaire], scales: Iterable[tuple[str, str]] = ()) -> Known:
    """`scales`: what the store says of questions that kiosks were configured with, as (id, scale)."""
    found = Known()
    for ident, scale in scales:
        found.scales.setdefault(ident, set()).add(scale)
    for questionnaire in published:
        for question in questionnaire.questions:
            found.scales.setdefault(question.id, set()).add(question.scale)
            for language, text in question.text.items():
                found.questions.setdefault((question.id, language), []).append(text)
            for language, words in question.words.items():
                found.words.setdefault((question.id, language), []).append(words)
            for choice in (*question.reasons.good, *question.reasons.bad):
                for language, text in choice.text.items():
                    found.reasons.setdefault((choice.id, language), []).append(text)
    return found


def faults(draft: Draft, published: Known) -> list[Fault]:
    """All of them, in the order of the form."""
    return [*incomplete(draft), *_changed(draft, published)]


def incomplete(draft: Draft) -> list[Fault]:
    """What a kiosk could not show: texts that are missing, words too long, ids that are none."""
    found = [*_of_whole(draft)]
    seen: set[str] = set()
    for number, question in enumerate(draft.questions):
        found += _of_question(draft, number, question)
        if question.id and question.id in seen:
            found.append(Fault("id-twice", f"q{number}-id", {"id": question.id}))
        seen.add(question.id)
    return found


def _of_whole(draft: Draft) -> Iterator[Fault]:
    if not draft.languages:
        yield Fault("no-languages", "languages")
    if not re.fullmatch("[0-9]{1,4}", draft.interval) or int(draft.interval) > LONGEST_PAUSE_S:
        yield Fault("interval", "interval", {"typed": draft.interval})
    if not draft.questions:
        yield Fault("no-questions")
    if len(draft.questions) > MOST_QUESTIONS:
        yield Fault("many-questions", f"q{MOST_QUESTIONS}-id")
    if draft.questions and draft.questions[0].after != "any":
        yield Fault("main-after", "q0-after")


def _of_question(draft: Draft, number: int, question: DraftQuestion) -> Iterator[Fault]:
    at = f"q{number}"
    about = {"number": str(number + 1)}
    if not _is_id(question.id):
        yield Fault("question-id", f"{at}-id", about | {"id": question.id})
    if question.scale not in SCALES:
        yield Fault("scale", f"{at}-scale", about)
    if question.after not in ("any", "good", "bad"):
        yield Fault("after", f"{at}-after", about)
    for language in draft.languages:
        if not question.text.get(language):
            yield Fault("no-text", f"{at}-text-{language}", about | {"language": language})
    yield from _of_words(draft, question, at, about)
    for side in SIDES:
        yield from _of_reasons(draft, question, side, at, about)


def _of_words(draft: Draft, question: DraftQuestion, at: str, about: dict[str, str]) -> Iterator[Fault]:
    """Numbers may go without words; where they have some, those of the two ends or one for each."""
    wanted = steps(question.scale)
    numbered = question.scale == NUMBERED
    if numbered and not any(question.words.get(language) for language in draft.languages):
        return
    for language in draft.languages:
        words = question.words.get(language, [])
        right = 2 if numbered and len(words) <= 2 else wanted
        for step in (step for step in range(right) if step >= len(words) or not words[step]):
            yield Fault("no-word", f"{at}-word{step}-{language}", about | {"answer": str(step + 1), "language": language})
        for step in range(right, len(words)):
            yield Fault("extra-word", f"{at}-word{step}-{language}", about | {"language": language})
        for step, word in enumerate(words):
            yield from _too_long(word, f"{at}-word{step}-{language}", about | {"language": language})


def _too_long(answer: str, where: str, about: dict[str, str]) -> Iterator[Fault]:
    for word in answer.split():
        if len(word) > LONGEST_WORD:
            yield Fault("long-word", where, about | {"word": word, "letters": str(len(word)), "most": str(LONGEST_WORD)})


def _of_reasons(draft: Draft, question: DraftQuestion, side: str, at: str, about: dict[str, str]) -> Iterator[Fault]:
    asked, kind = question.ask(side), f"no-ask-{side}"
    for language in draft.languages:
        if any(map(asked.get, draft.languages)) and not asked.get(language):
            yield Fault(kind, f"{at}-ask_{side}-{language}", about | {"language": language})
    seen: set[str] = set()
    for row, reason in enumerate(question.reasons(side)):
        here = about | {"reason": reason.id or str(row + 1)}
        if not _is_id(reason.id):
            yield Fault("reason-id", f"{at}-{side}{row}-id", here)
        elif reason.id in seen:
            yield Fault("reason-twice", f"{at}-{side}{row}-id", here)
        seen.add(reason.id)
        for language in draft.languages:
            if not reason.text.get(language):
                yield Fault("no-reason", f"{at}-{side}{row}-text-{language}", here | {"language": language})


def _changed(draft: Draft, published: Known) -> Iterator[Fault]:
    """A changed wording or scale is a new question id: what was answered to other words is not added to it."""
    for number, question in enumerate(draft.questions):
        yield from _changed_question(draft, number, question, published)
    yield from _changed_reasons(draft, published)


def _changed_question(draft: Draft, number: int, question: DraftQuestion, published: Known) -> Iterator[Fault]:
    at, renew = f"q{number}", ("question", question.id)
    scales = published.scales.get(question.id, {question.scale})
    if question.scale not in scales:
        yield Fault("scale-changed", f"{at}-scale", {"id": question.id, "before": ", ".join(sorted(scales))}, renew)
    for language in draft.languages:
        before, now = published.questions.get((question.id, language)), question.text.get(language)
        if before and now and now not in before:
            values = {"id": question.id, "language": language, "before": before[-1], "now": now}
            yield Fault("text-changed", f"{at}-text-{language}", values, renew)
        words, said = published.words.get((question.id, language)), question.words.get(language)
        if words and said and question.scale in scales and said not in words:
            values = {"id": question.id, "language": language, "before": " · ".join(words[-1]), "now": " · ".join(said)}
            yield Fault("words-changed", f"{at}-word0-{language}", values, renew)


def _changed_reasons(draft: Draft, published: Known) -> Iterator[Fault]:
    """A reason has one name wherever it is counted, so one wording a language."""
    here: dict[tuple[str, str], str] = {}
    told: set[tuple[tuple[str, str], str]] = set()
    for where, reason in _reasons(draft):
        for language in (language for language in draft.languages if reason.id and reason.text.get(language)):
            key, now = (reason.id, language), reason.text[language]
            if (key, now) in told:
                continue
            told.add((key, now))
            values = {"id": reason.id, "language": language, "now": now}
            before = published.reasons.get(key)
            if before and now not in before:
                yield Fault("reason-changed", f"{where}-text-{language}", values | {"before": before[-1]}, ("reason", reason.id))
            elif here.setdefault(key, now) != now:
                yield Fault("reason-differs", f"{where}-text-{language}", values | {"before": here[key]})


def _reasons(draft: Draft) -> Iterator[tuple[str, DraftReason]]:
    for number, question in enumerate(draft.questions):
        for side in SIDES:
            yield from ((f"q{number}-{side}{row}", reason) for row, reason in enumerate(question.reasons(side)))


_is_id: Callable[[str], re.Match[str] | None] = re.compile(IDENTIFIER).fullmatch
