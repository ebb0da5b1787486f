"""Pure: what is different between two configurations, field by field, for a person to read."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from collector.publishable import WEEKDAYS


@dataclass(frozen=True, slots=True)
class Difference:
    """`what`: a word for the field, such as `office.name`; `about`: which one (a language, a question, a day).

    `before`, `after`: texts, empty for nothing.
    """

    what: str
    about: str
    before: str
    after: str


def differences(before: dict[str, Any] | None, after: dict[str, Any]) -> tuple[Difference, ...]:
    """Two payloads as dicts, from where a kiosk stands to how its screen looks. Number, hash and kiosk are left out."""
    old = before or {}
    return tuple(
        _unseen(found)
        for part in (_place, _services, _languages, _questionnaire, _display, _hours)
        for found in part(old, after)
        if found.before != found.after
    )


def _place(old: dict[str, Any], new: dict[str, Any]) -> Iterable[Difference]:
    office, other = old.get("office", {}), new["office"]
    yield Difference("office", "", office.get("id", ""), other["id"])
    yield from _texts("office.name", "", office.get("name", {}), other["name"])
    yield Difference("timezone", "", office.get("timezone", ""), other["timezone"])
    yield Difference("counter", "", old.get("counter", ""), new["counter"])


def _services(old: dict[str, Any], new: dict[str, Any]) -> Iterable[Difference]:
    before, after = _by_id(old.get("services", [])), _by_id(new["services"])
    for ident, service in before.items():
        if ident not in after:
            yield Difference("service.removed", ident, _some(service["name"]), "")
    for ident, service in after.items():
        if ident not in before:
            yield Difference("service.added", ident, "", _some(service["name"]))
        else:
            yield from _texts("service.name", ident, before[ident]["name"], service["name"])
    yield from _order("services.order", "", before, after)


def _languages(old: dict[str, Any], new: dict[str, Any]) -> Iterable[Difference]:
    yield Difference("languages", "", ", ".join(old.get("languages", [])), ", ".join(new["languages"]))


def _questionnaire(old: dict[str, Any], new: dict[str, Any]) -> Iterable[Difference]:
    before, after = old.get("questionnaire", {}), new["questionnaire"]
    yield Difference("questionnaire", "", before.get("id", ""), after["id"])
    asked, asks = _by_id(before.get("questions", [])), _by_id(after["questions"])
    for ident, question in asked.items():
        if ident not in asks:
            yield Difference("question.removed", ident, _some(question["text"]), "")
    for ident, question in asks.items():
        if ident not in asked:
            yield Difference("question.added", ident, "", _some(question["text"]))
        else:
            yield from _question(ident, asked[ident], question)
    yield from _order("questions.order", "", asked, asks)
    yield Difference("interval", "", _text(before.get("interval_s")), _text(after.get("interval_s")))
    yield Difference("comment", "", _yes(before), _yes(after))


def _question(ident: str, old: dict[str, Any], new: dict[str, Any]) -> Iterable[Difference]:
    yield from _texts("question.text", ident, old["text"], new["text"])
    words, others = old.get("words", {}), new.get("words", {})
    yield from _texts("question.words", ident, _joined(words), _joined(others))
    yield Difference("question.after", ident, old.get("after", "any"), new.get("after", "any"))
    for side in ("bad", "good"):
        yield from _reasons(side, ident, old.get("reasons", {}), new.get("reasons", {}))


def _reasons(side: str, ident: str, old: dict[str, Any], new: dict[str, Any]) -> Iterable[Difference]:
    yield from _texts(f"reasons.ask.{side}", ident, old.get(f"ask_{side}", {}), new.get(f"ask_{side}", {}))
    before, after = _by_id(old.get(side, [])), _by_id(new.get(side, []))
    for reason in before:
        if reason not in after:
            yield Difference(f"reason.removed.{side}", ident, _some(before[reason]["text"]), "")
    for reason, choice in after.items():
        if reason not in before:
            yield Difference(f"reason.added.{side}", ident, "", _some(choice["text"]))
        else:
            yield from _texts("reason.text", reason, before[reason]["text"], choice["text"])
    yield from _order(f"reasons.order.{side}", ident, before, after)


def _display(old: dict[str, Any], new: dict[str, Any]) -> Iterable[Difference]:
    yield from _fields("display", old.get("display", {}), new.get("display", {}))


def _unseen(found: Difference) -> Difference:
    """That the service PIN is another one is said; its hash could be tried until the PIN is found, and stays out of sight."""
    if (found.what, found.about) != ("display", "service_pin"):
        return found
    return Difference(found.what, found.about, "…" if found.before else "", "…" if found.after else "")


def _hours(old: dict[str, Any], new: dict[str, Any]) -> Iterable[Difference]:
    before, after = old.get("hours", {}), new.get("hours", {})
    for day in WEEKDAYS:
        yield Difference("hours", day, "–".join(before.get(day, ())), "–".join(after.get(day, ())))
    closed, closes = set(before.get("holidays", ())), set(after.get("holidays", ()))
    yield Difference("holidays.removed", "", ", ".join(sorted(closed - closes)), "")
    yield Difference("holidays.added", "", "", ", ".join(sorted(closes - closed)))


def _fields(what: str, old: dict[str, Any], new: dict[str, Any]) -> Iterable[Difference]:
    for name in dict.fromkeys((*old, *new)):
        yield Difference(what, name, _text(old.get(name)), _text(new.get(name)))


def _texts(what: str, about: str, old: dict[str, str], new: dict[str, str]) -> Iterable[Difference]:
    for language in dict.fromkeys((*old, *new)):
        named = f"{about}, {language}" if about else language
        yield Difference(what, named, old.get(language, ""), new.get(language, ""))


def _order(what: str, about: str, old: dict[str, Any], new: dict[str, Any]) -> Iterable[Difference]:
    """What stays may come in another order."""
    before, after = [ident for ident in old if ident in new], [ident for ident in new if ident in old]
    yield Difference(what, about, ", ".join(before), ", ".join(after))


def _by_id(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in rows}


def _joined(words: dict[str, list[str]]) -> dict[str, str]:
    return {language: " · ".join(answers) for language, answers in words.items()}


def _some(names: dict[str, str]) -> str:
    return names.get("lt") or next(iter(names.values()), "")


def _yes(questionnaire: dict[str, Any]) -> str:
    return "yes" if questionnaire.get("comment", bool(questionnaire)) else ""


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_text(part)}" for name, part in value.items())
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    return str(value)
