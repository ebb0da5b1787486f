"""A day as an address or a form writes it."""

import re
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator


def _written(text: object) -> object:
    """Only 2026-11-21: a number would be taken for seconds since 1970."""
    if isinstance(text, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError("write a day as 2026-11-21")
    return text


Day = Annotated[date, BeforeValidator(_written)]
