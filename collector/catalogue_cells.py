"""Pure: the columns of the catalogue's files, and how each of their cells is written and read.

Nothing is stripped from names, and cells that a spreadsheet would run are guarded in a way
that can be undone: what was exported and is imported again changes nothing.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from collector.inventory import Fault, Thing, fault
from collector.publishable import WEEKDAYS

_RUN = ("=", "+", "-", "@", "\t", "\r")  # what `collector.web.csv` puts an apostrophe before
_UNSEEN = {"service_pin"}  # the hash of what opens a kiosk's service screen: kept, and in no file
_SPAN = re.compile(r"(\w+) +([0-9]{2}:[0-9]{2}) ?[-–] ?([0-9]{2}:[0-9]{2})")


class Column(NamedTuple):
    """`form`: how a cell is written; a column of `languages` is one a language, as `name:lt`. `meaning`: for the guide."""

    name: str
    form: str
    meaning: str
    needed: bool = False


_ID = Column("id", "id", "Lower-case letters, digits and hyphens, at most 40; never changed.", needed=True)
_NAME = Column("name", "languages", "The name in each language; `name:lt` is always there.", needed=True)
_QUESTIONNAIRE = Column("questionnaire", "id", "The id of the questionnaire that is asked here; empty: the next one above says.")
COLUMNS: dict[str, tuple[Column, ...]] = {
    "institution": (
        _ID,
        _NAME,
        _QUESTIONNAIRE,
        Column("weights", "weights", "What each question counts in the weighted index: `overall=2; trust=1`."),
    ),
    "office": (
        _ID,
        Column("institution", "id", "The id of its institution.", needed=True),
        _NAME,
        Column("address", "text", "Where it is."),
        Column("timezone", "text", "`Europe/Vilnius` where it is not said."),
        Column("hours", "hours", "`mon 08:00-17:00; tue 08:00-17:00`; a day that is not named is closed."),
        Column("holidays", "ids", "`2026-12-24; 2026-12-25`"),
        _QUESTIONNAIRE,
    ),
    "counter": (
        _ID,
        Column("office", "id", "The id of its office.", needed=True),
        _NAME,
        Column("services", "ids", "The ids of the services that are given here: `residence-declaration; archive`."),
        Column("clerks", "number", "How many clerks take turns; 1 where it is not said."),
        _QUESTIONNAIRE,
    ),
    "service": (
        _ID,
        Column("institution", "id", "The id of its institution.", needed=True),
        _NAME,
        Column("owner", "text", "Who answers for it."),
        Column("purpose", "languages", "What it is for, in each language."),
        Column("yearly", "number", "How often a year it is given; 0 or empty where nobody knows."),
    ),
    "kiosk": (
        _ID,
        Column("counter", "id", "The id of the counter that it stands at.", needed=True),
        _QUESTIONNAIRE,
        Column("languages", "ids", "In the order of the screen: `lt; en`."),
        Column("display", "json", "How its screen looks, as JSON; see the kiosk's guide. A PIN stays as it is."),
    ),
}


def columns_of(kind: str, things: Sequence[Thing]) -> Iterator[str]:
    for column in COLUMNS[kind]:
        if column.form != "languages":
            yield column.name
            continue
        spoken = [language for thing in things for language in getattr(thing, column.name)]
        yield from (f"{column.name}:{language}" for language in dict.fromkeys(["lt", "en", *sorted(spoken)]))


def cells_apart(kind: str, theirs: Thing, yours: Thing) -> list[tuple[str, str, str]]:
    """(column, its cell, the other's) of all columns in which two things differ."""
    one, other = cells_of(kind, theirs), cells_of(kind, yours)
    columns = dict.fromkeys([*one, *other])
    return [(name, one.get(name, ""), other.get(name, "")) for name in columns if one.get(name, "") != other.get(name, "")]


def cells_of(kind: str, thing: Thing) -> dict[str, str]:
    """A thing as cells, by column."""
    cells: dict[str, str] = {}
    for column in COLUMNS[kind]:
        value = getattr(thing, column.name)
        if column.form == "languages":
            cells |= {f"{column.name}:{language}": text for language, text in value.items()}
        else:
            cells[column.name] = _WRITERS[column.form](value)
    return cells


def take(kind: str, cells: dict[str, str], values: dict[str, Any]) -> Iterator[Fault]:
    """Put the cells of a line into the values of its thing; columns that are not there leave theirs alone."""
    forms = {column.name: column.form for column in COLUMNS[kind]}
    for name, cell in cells.items():
        field, _, language = name.partition(":")
        if language:
            texts = dict(values.get(field, {})) | {language: cell}
            values[field] = {key: text for key, text in texts.items() if text.strip()}
            continue
        if not cell.strip() and field in ("languages", "timezone", "clerks"):
            continue  # empty is not a value of theirs: the default, or what it was
        try:
            found = _READERS[forms[field]](cell)
            kept = {key: old for key, old in values.get(field, {}).items() if key in _UNSEEN} if forms[field] == "json" else {}
            values[field] = kept | found if kept else found
        except (ValueError, RecursionError):
            yield fault(f"cell-{forms[field]}", field, cell=cell[:60])


def _ids(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def _hours(cell: str) -> dict[str, list[str]]:
    hours: dict[str, list[str]] = {}
    for part in _ids(cell):
        found = _SPAN.fullmatch(part.lower())
        if not found or found[1] in hours or found[1] not in WEEKDAYS:
            raise ValueError(part)
        hours[found[1]] = [found[2], found[3]]
    return hours


def _weights(cell: str) -> dict[str, float]:
    pairs = [part.partition("=") for part in _ids(cell)]
    return {name.strip(): float(weight.replace(",", ".")) for name, _, weight in pairs}


def _number(cell: str) -> int:
    digits = re.sub(r"\s", "", cell)
    if digits and not re.fullmatch("[0-9]{1,18}", digits):
        raise ValueError(cell)
    return int(digits or 0)


def _object(cell: str) -> dict[str, Any]:
    found = json.loads(cell or "{}", parse_constant=_no_json)
    if isinstance(found, dict):
        return found
    raise ValueError(cell)


def _no_json(name: str) -> None:
    raise ValueError(name)


def _write_hours(hours: dict[str, list[str]]) -> str:
    return "; ".join(
        f"{day} {'-'.join(hours[day])}" for day in (*WEEKDAYS, *sorted(hours.keys() - set(WEEKDAYS))) if day in hours
    )


def _write_object(value: dict[str, Any]) -> str:
    seen = {key: one for key, one in value.items() if key not in _UNSEEN}
    return json.dumps(seen, ensure_ascii=False) if seen else ""


_WRITERS: dict[str, Callable[[Any], str]] = {
    "id": str,
    "text": str,
    "number": str,
    "ids": "; ".join,
    "hours": _write_hours,
    "weights": lambda weights: "; ".join(f"{name}={repr(weight).removesuffix('.0')}" for name, weight in weights.items()),
    "json": _write_object,
}
_READERS: dict[str, Callable[[str], Any]] = {
    "id": str.strip,
    "text": str,
    "number": _number,
    "ids": _ids,
    "hours": _hours,
    "weights": _weights,
    "json": _object,
}


def guarded(cell: str) -> str:
    """One apostrophe more before those that stand before a formula, so that the guard's own can be told from them."""
    return f"'{cell}" if cell.startswith("'") and cell.lstrip("'").startswith(_RUN) else cell


def unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_RUN) else cell
