"""Pure: a questionnaire in the making. It may be incomplete and wrong: what was typed is kept as it was typed."""

from collections.abc import Iterable, Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from broker_config.messages import SCALES, Choice, Question, Questionnaire, ReasonLists

LANGUAGES = ("lt", "en", "pl", "ru", "uk")
SIDES = ("good", "bad")
ENDS_ABOVE = 5  # a scale of more steps shows numbers, and words at its ends only

Texts = dict[str, str]


class _Typed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DraftReason(_Typed):
    """A reason as typed. `text`: by language; what is empty is left out."""

    id: str = ""
    text: Texts = {}


class DraftQuestion(_Typed):
    """A question as typed. `words`: the answers by language from the lowest value up, empty where none was typed yet."""

    id: str = ""
    scale: str = "smiley5"
    after: str = "any"
    text: Texts = {}
    words: dict[str, list[str]] = {}
    good: list[DraftReason] = []
    bad: list[DraftReason] = []
    ask_good: Texts = {}
    ask_bad: Texts = {}

    def reasons(self, side: str) -> list[DraftReason]:
        return self.good if side == "good" else self.bad

    def ask(self, side: str) -> Texts:
        return self.ask_good if side == "good" else self.ask_bad


class Draft(_Typed):
    """`languages`: those that it offers. Texts in others are kept, and left out of what is published. `interval`: as typed."""

    languages: list[str] = []
    interval: str = "5"
    comment: bool = True
    questions: list[DraftQuestion] = []


def of(questionnaire: Questionnaire, languages: Iterable[str]) -> Draft:
    """A published questionnaire to be worked on."""
    questions = [_question(question) for question in questionnaire.questions]
    return Draft(
        languages=list(languages),
        interval=str(questionnaire.interval_s),
        comment=questionnaire.comment,
        questions=questions,
    )


def questionnaire(draft: Draft, ident: str) -> Questionnaire:
    """What a kiosk would get, in the offered languages. Raises ValueError (pydantic's is one) where it cannot be built."""
    return Questionnaire.model_validate(
        {
            "id": ident,
            "questions": [_built(question, draft.languages) for question in draft.questions],
            "interval_s": int(draft.interval),
            "comment": draft.comment,
        }
    )


def steps(scale: str) -> int:
    """How many answers a scale has; five where it is not known."""
    known = SCALES.get(scale)
    return known.high - known.low + 1 if known else 5


def slots(question: DraftQuestion) -> int:
    """How many words may be typed a language: those of a scale of numbers stand at its ends. None that was typed is hidden."""
    wanted = steps(question.scale)
    room = 2 if wanted > ENDS_ABOVE else wanted
    return max([room, *(len(words) for words in question.words.values())])


def languages_in(draft: Draft) -> list[str]:
    """The usual languages, and any other that the draft has a word in."""
    found = dict.fromkeys([*LANGUAGES, *draft.languages])
    for question in draft.questions:
        texts: list[Mapping[str, object]] = [question.text, question.words, question.ask_good, question.ask_bad]
        texts += [reason.text for reason in (*question.good, *question.bad)]
        found |= dict.fromkeys(language for text in texts for language in text)
    return list(found)


def trimmed(words: Sequence[str]) -> list[str]:
    """Without the empty ones at the end."""
    kept = list(words)
    while kept and not kept[-1]:
        kept.pop()
    return kept


def _question(question: Question) -> DraftQuestion:
    lists = question.reasons
    return DraftQuestion(
        id=question.id,
        scale=question.scale,
        after=question.after,
        text=_given(question.text),
        words={language: words for language, found in question.words.items() if (words := trimmed(found))},
        good=[DraftReason(id=choice.id, text=_given(choice.text)) for choice in lists.good],
        bad=[DraftReason(id=choice.id, text=_given(choice.text)) for choice in lists.bad],
        ask_good=_given(lists.ask_good),
        ask_bad=_given(lists.ask_bad),
    )


def _built(question: DraftQuestion, languages: list[str]) -> Question:
    def of_offered(text: Texts) -> Texts:
        return {language: text[language] for language in languages if language in text}

    def choices(reasons: list[DraftReason]) -> list[Choice]:
        return [Choice(id=reason.id, text=of_offered(reason.text)) for reason in reasons]

    return Question.model_validate(
        {
            "id": question.id,
            "scale": question.scale,
            "text": of_offered(question.text),
            "words": {language: question.words[language] for language in languages if language in question.words},
            "reasons": ReasonLists(
                good=choices(question.good),
                bad=choices(question.bad),
                ask_good=of_offered(question.ask_good),
                ask_bad=of_offered(question.ask_bad),
            ),
            "after": question.after,
        }
    )


def _given(text: Texts) -> Texts:
    return {language: words for language, words in text.items() if words}
