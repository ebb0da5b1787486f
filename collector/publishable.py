"""Pure: what a catalogue must say before a kiosk may show it: hours, words and every text in every language.

Each function yields a sentence a fault.
"""

import re
from collections.abc import Iterable

from broker_config.messages import SCALES, Question, Questionnaire

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_WORD = 12
ENDS_ABOVE = 5  # a scale of more steps shows numbers

_TIME = re.compile("([01][0-9]|2[0-3]):[0-5][0-9]|24:00")


def hours_faults(hours: dict[str, list[str]]) -> Iterable[str]:
    """Opening hours: `{"mon": ["08:00", "17:00"]}`."""
    for day, span in hours.items():
        if day not in WEEKDAYS:
            yield f"hours: there is no weekday {day}, use {', '.join(WEEKDAYS)}."
        elif len(span) != 2 or not all(_TIME.fullmatch(time) for time in span) or span[0] >= span[1]:
            yield f'hours: {day} must be two times like ["08:00", "17:00"], the earlier first.'


def questionnaire_faults(questionnaire: Questionnaire) -> Iterable[str]:
    """Each question once, and for each step of its scale one answer, of words that fit under a face.

    A scale of numbers may have two: the words of its ends.
    """
    seen: set[str] = set()
    for question in questionnaire.questions:
        if question.id in seen:
            yield f"question {question.id} is there twice."
        seen.add(question.id)
        steps = SCALES[question.scale].high - SCALES[question.scale].low + 1
        for language, answers in question.words.items():
            if len(answers) != steps and not (steps > ENDS_ABOVE and len(answers) == 2):
                yield f"question {question.id} has {len(answers)} answers in {language}, its scale has {steps} steps."
            for word in (word for answer in answers for word in answer.split() if len(word) > LONGEST_WORD):
                yield f"question {question.id}: the word {word} in {language} has more than {LONGEST_WORD} letters."


def language_faults(questionnaire: Questionnaire, languages: Iterable[str]) -> Iterable[str]:
    """Every text that the questionnaire has must be there in every language that the kiosk offers."""
    for question in questionnaire.questions:
        for language in languages:
            for what in _missing(question, language):
                yield f"question {question.id} has no {what} in {language}."


def languages_of(questionnaire: Questionnaire) -> list[str]:
    """The languages in which nothing is missing."""
    known = dict.fromkeys(language for question in questionnaire.questions for language in question.text)
    return [language for language in known if not any(language_faults(questionnaire, [language]))]


def _missing(question: Question, language: str) -> Iterable[str]:
    reasons = question.reasons
    if not question.text.get(language):
        yield "text"
    if question.words and not question.words.get(language):
        yield "answers"
    for what, text in (("ask_good", reasons.ask_good), ("ask_bad", reasons.ask_bad)):
        if text and not text.get(language):
            yield what
    for choice in (*reasons.good, *reasons.bad):
        if not choice.text.get(language):
            yield f"reason {choice.id}"
