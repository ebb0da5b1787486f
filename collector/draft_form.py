"""Pure: a draft as the fields of a form, and back. `q0-text-lt` is the first question's text in Lithuanian."""

import re
from collections.abc import Iterable

from collector.draft import SIDES, Draft, DraftQuestion, DraftReason, Texts, languages_in, slots, trimmed

Fields = list[tuple[str, str]]

_FIELD = re.compile(r"q(?P<question>[0-9]{1,3})-(?P<rest>.+)")
_WORD = re.compile(r"word(?P<word>[0-9]|10)-(?P<language>[a-z]{2,3})")
_TEXT = re.compile(r"(?P<what>text|ask_good|ask_bad)-(?P<language>[a-z]{2,3})")
_REASON = re.compile(r"(?P<side>good|bad)(?P<reason>[0-9]{1,3})-(?:id|text-(?P<language>[a-z]{2,3}))")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


def fields(draft: Draft) -> Fields:
    """Every field of the form, in its order, empty ones too."""
    languages = languages_in(draft)
    found = [("languages", language) for language in draft.languages]
    found += [("interval", draft.interval), *([("comment", "yes")] if draft.comment else [])]
    for number, question in enumerate(draft.questions):
        found += [(f"q{number}-{name}", value) for name, value in _fields_of(question, languages)]
    return found


def read(typed: Iterable[tuple[str, str]]) -> Draft:
    """The draft that a form says; fields that it does not know change nothing."""
    languages: dict[str, None] = {}
    once: dict[str, str] = {}
    questions: dict[int, dict[str, str]] = {}
    for name, value in typed:
        field = _FIELD.fullmatch(name)
        text = " ".join(value.split())
        if field:
            questions.setdefault(int(field["question"]), {})[field["rest"]] = text
        elif name != "languages":
            once[name] = text
        elif _LANGUAGE.fullmatch(text):
            languages[text] = None
    return Draft(
        languages=list(languages),
        interval=once.get("interval", ""),
        comment="comment" in once,
        questions=[_question(rows) for _, rows in sorted(questions.items())],
    )


def changes(before: Draft, after: Draft) -> tuple[dict[str, str], dict[str, str]]:
    """The fields that differ, as they were and as they are."""
    old, new = _named(before), _named(after)
    differing = [name for name in {**old, **new} if old.get(name, "") != new.get(name, "")]
    return {name: old.get(name, "") for name in differing}, {name: new.get(name, "") for name in differing}


def _named(draft: Draft) -> dict[str, str]:
    return dict(fields(draft)) | {"languages": ", ".join(draft.languages)}


def _fields_of(question: DraftQuestion, languages: list[str]) -> Fields:
    found = [("id", question.id), ("scale", question.scale), ("after", question.after)]
    found += [(f"text-{language}", question.text.get(language, "")) for language in languages]
    for language in languages:
        words = question.words.get(language, [])
        found += [(f"word{at}-{language}", words[at] if at < len(words) else "") for at in range(slots(question))]
    for side in SIDES:
        found += [(f"ask_{side}-{language}", question.ask(side).get(language, "")) for language in languages]
        for at, reason in enumerate(question.reasons(side)):
            found += [(f"{side}{at}-id", reason.id)]
            found += [(f"{side}{at}-text-{language}", reason.text.get(language, "")) for language in languages]
    return found


def _question(rows: dict[str, str]) -> DraftQuestion:
    texts: dict[str, Texts] = {"text": {}, "ask_good": {}, "ask_bad": {}}
    words: dict[str, dict[int, str]] = {}
    for name, value in rows.items():
        if (word := _WORD.fullmatch(name)) and value:
            words.setdefault(word["language"], {})[int(word["word"])] = value
        elif (text := _TEXT.fullmatch(name)) and value:
            texts[text["what"]][text["language"]] = value
    return DraftQuestion(
        id=rows.get("id", ""),
        scale=rows.get("scale", ""),
        after=rows.get("after", ""),
        words={language: trimmed([found.get(at, "") for at in range(max(found) + 1)]) for language, found in words.items()},
        good=_reasons(rows, "good"),
        bad=_reasons(rows, "bad"),
        **texts,
    )


def _reasons(rows: dict[str, str], side: str) -> list[DraftReason]:
    ids: dict[int, str] = {}
    texts: dict[int, Texts] = {}
    for name, value in rows.items():
        field = _REASON.fullmatch(name)
        if not field or field["side"] != side:
            continue
        at = int(field["reason"])
        ids.setdefault(at, "")
        if field["language"] is None:
            ids[at] = value
        elif value:
            texts.setdefault(at, {})[field["language"]] = value
    return [DraftReason(id=ids[at], text=texts.get(at, {})) for at in sorted(ids)]
