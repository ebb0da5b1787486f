"""A thing of the catalogue as a form: what was typed, as JSON values of the thing, and back."""

import re
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.datastructures import FormData

from collector.holidays import FIRST_YEAR, LAST_YEAR, public_holidays
from collector.inventory import KINDS, PARENTS
from collector.publishable import WEEKDAYS

LANGUAGES = ("lt", "en", "pl", "ru", "uk")  # those of a kiosk; others are kept where a file brought them
_TIME = re.compile(r"([0-9]{1,2})(?:[:.]?([0-9]{2}))?")


async def _posted(request: Request) -> FormData:
    return await request.form()


Posted = Annotated[FormData, Depends(_posted)]


def fresh(kind: str, parent: str) -> dict[str, Any]:
    """The values of a new thing's empty form."""
    empty: dict[str, Any] = {"id": "", "name": {}, **({PARENTS[kind]: parent} if kind in PARENTS else {})}
    fields = KINDS[kind].model_fields
    return {name: field.get_default(call_default_factory=True) for name, field in fields.items() if name not in empty} | empty


def typed(kind: str, form: FormData, before: dict[str, Any]) -> dict[str, Any]:
    """What was typed over what was there; numbers that are none stay as they are, for `read_thing` to complain of."""
    values = dict(before)
    for field in KINDS[kind].model_fields:
        if field in ("name", "purpose"):
            values[field] = _texts(form, field, before.get(field, {}))
        elif field in _READ:
            values[field] = _READ[field](form)
        elif field in form:
            values[field] = str(form[field]).strip()
    return values | ({"id": before["id"]} if before.get("id") else {})


def languages_of(values: dict[str, Any]) -> list[str]:
    """The languages that a form has fields for."""
    return list(dict.fromkeys([*LANGUAGES, *values.get("name", {}), *values.get("purpose", {})]))


def public_days(year: str) -> list[str]:
    """Lithuania's public holidays of a year; none where the year is none."""
    number = int(year) if re.fullmatch("[0-9]{4}", year.strip()) else 0
    return [day.isoformat() for day in public_holidays(number)] if FIRST_YEAR <= number <= LAST_YEAR else []


def _texts(form: FormData, field: str, before: dict[str, str]) -> dict[str, str]:
    known = dict.fromkeys([*LANGUAGES, *before])
    found = {language: " ".join(str(form.get(f"{field}:{language}", "")).split()) for language in known}
    return {language: text for language, text in found.items() if text}


def _hours(form: FormData) -> dict[str, list[str]]:
    spans = {day: [_time(str(form.get(f"hours:{day}:{end}", ""))) for end in ("from", "to")] for day in WEEKDAYS}
    return {day: span for day, span in spans.items() if any(span)}


def _time(text: str) -> str:
    """`8`, `8.00` and `800` as 08:00; what is no time stays as it is, to be complained of."""
    found = _TIME.fullmatch(text.strip())
    return f"{int(found[1]):02}:{found[2] or '00'}" if found else text.strip()[:20]


def _holidays(form: FormData) -> list[str]:
    return sorted({day for day in re.split(r"[\s,;]+", str(form.get("holidays", ""))) if day})


def _weights(form: FormData) -> dict[str, Any]:
    found = {name.removeprefix("weights:"): str(form[name]).strip() for name in form if name.startswith("weights:")}
    return {question: _decimal(text) for question, text in found.items() if text}


def _decimal(text: str) -> float | str:
    return float(text.replace(",", ".")) if re.fullmatch(r"[0-9]{1,6}([.,][0-9]{1,6})?", text) else text


def _number(text: str, empty: int) -> int | str:
    digits = re.sub(r"\s", "", text)
    return int(digits) if re.fullmatch("[0-9]{1,12}", digits) else (text if digits else empty)


_READ: dict[str, Callable[[FormData], Any]] = {
    "hours": _hours,
    "holidays": _holidays,
    "weights": _weights,
    "services": lambda form: list(dict.fromkeys(map(str, form.getlist("services")))),
    "clerks": lambda form: _number(str(form.get("clerks", "")), 1),
    "yearly": lambda form: _number(str(form.get("yearly", "")), 0),
}
