"""A day as an address or a form writes it."""

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

FIRST, LAST = date(1990, 1, 1), date(2199, 12, 31)


def _written(text: object) -> object:
    """Only 2026-11-21: a number would be taken for seconds since 1970."""
    if isinstance(text, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError("write a day as 2026-11-21")
    return text


def _near(day: date) -> date:
    """Years from a period and years to it are days as well."""
    if not FIRST <= day <= LAST:
        raise ValueError(f"choose a day from {FIRST} to {LAST}")
    return day


AnyDay = Annotated[date, BeforeValidator(_written)]
Day = Annotated[AnyDay, AfterValidator(_near)]
