"""Pure: what the buttons of the editor do to a draft: add, remove, move, give a new id."""

import re
from collections.abc import Callable, Collection
from typing import TypeVar

from collector.draft import SIDES, Draft, DraftQuestion, DraftReason

MOST_QUESTIONS = 20
MOST_REASONS = 12

_One = TypeVar("_One")
_OF_QUESTION = re.compile(r"(up|down|remove|add-good|add-bad|same-reasons)-q([0-9]{1,3})")
_OF_REASON = re.compile(r"(up|down|remove)-q([0-9]{1,3})-(good|bad)([0-9]{1,3})")


def apply(draft: Draft, action: str) -> Draft:
    """The draft after a button: `up-q1`, `remove-q0-good2`, `add-bad-q0`. Any other action changes nothing."""
    if of_reason := _OF_REASON.fullmatch(action):
        what, number, side, at = of_reason.groups()
        return _on_question(draft, int(number), lambda one: _with(one, side, _moved(one.reasons(side), what, int(at))))
    if of_question := _OF_QUESTION.fullmatch(action):
        what, number = of_question.groups()
        if what in ("up", "down", "remove"):
            return draft.model_copy(update={"questions": _moved(draft.questions, what, int(number))})
        return _on_question(draft, int(number), lambda one: _more_reasons(one, what))
    return draft


def add(draft: Draft, question: DraftQuestion | None = None) -> Draft:
    """With one question more, at the end; an empty one where none is given."""
    if len(draft.questions) >= MOST_QUESTIONS:
        return draft
    return draft.model_copy(update={"questions": [*draft.questions, question or DraftQuestion()]})


def renew_question(draft: Draft, old: str, new: str) -> Draft:
    """Give a question another id: what was answered before stays with the old one."""
    questions = [one.model_copy(update={"id": new}) if one.id == old else one for one in draft.questions]
    return draft.model_copy(update={"questions": questions})


def renew_reason(draft: Draft, old: str, new: str) -> Draft:
    """The same for a reason, wherever it is offered."""

    def renewed(reasons: list[DraftReason]) -> list[DraftReason]:
        return [one.model_copy(update={"id": new}) if one.id == old else one for one in reasons]

    questions = [one.model_copy(update={side: renewed(one.reasons(side)) for side in SIDES}) for one in draft.questions]
    return draft.model_copy(update={"questions": questions})


def free_id(wanted: str, taken: Collection[str]) -> str:
    """`overall` → `overall-2`, `overall-2` → `overall-3`, the first that is not taken; never above 40 letters."""
    stem, _, tail = wanted.rpartition("-")
    stem, number = (stem, int(tail) + 1) if stem and re.fullmatch("[1-9][0-9]{0,3}", tail) else (wanted, 2)
    while (found := f"{stem[: 39 - len(str(number))]}-{number}") in taken:
        number += 1
    return found


def _more_reasons(question: DraftQuestion, what: str) -> DraftQuestion:
    if what == "same-reasons":
        return _with(question, "bad", list(question.good))
    side = what.removeprefix("add-")
    reasons = question.reasons(side)
    return question if len(reasons) >= MOST_REASONS else _with(question, side, [*reasons, DraftReason()])


def _with(question: DraftQuestion, side: str, reasons: list[DraftReason]) -> DraftQuestion:
    return question.model_copy(update={side: reasons})


def _on_question(draft: Draft, number: int, change: Callable[[DraftQuestion], DraftQuestion]) -> Draft:
    questions = [change(one) if at == number else one for at, one in enumerate(draft.questions)]
    return draft.model_copy(update={"questions": questions})


def _moved(rows: list[_One], what: str, at: int) -> list[_One]:
    """One row up, down or out; what lies outside stays as it is."""
    rows, to = list(rows), at + {"up": -1, "down": 1, "remove": 0}[what]
    if at < len(rows) and what == "remove":
        del rows[at]
    elif 0 <= to < len(rows) and at < len(rows):
        rows[at], rows[to] = rows[to], rows[at]
    return rows
