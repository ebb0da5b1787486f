"""The pages' words: gettext catalogues read by Babel, and numbers and dates in the reader's language."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from fastapi import Request

LANGUAGES = {"lt": "Lietuvių", "en": "English"}
DEFAULT = "lt"
COOKIE = "nuomone_language"
_FOLDER = Path(__file__).with_name("translations")


@dataclass(frozen=True, eq=False)
class Texts:
    """The words of one language. The source texts are English, so `en` has no catalogue."""

    language: str
    catalog: Catalog

    def gettext(self, source: str) -> str:
        message = self.catalog.get(source)
        return str(message.string) if message and message.string else source

    def ngettext(self, one: str, many: str, n: int) -> str:
        """The right plural; `%(n)s` in it is the number."""
        message = self.catalog.get(one)
        forms = message.string if message and isinstance(message.string, tuple | list) else ()
        form = forms[self._form(n)] if forms else (one if n == 1 else many)
        return form.replace("%(n)s", self.number(n))

    def name(self, names: dict[str, str]) -> str:
        """A catalogue name in this language, else in Lithuanian, else in any."""
        return names.get(self.language) or names.get(DEFAULT) or next(iter(names.values()), "")

    def number(self, value: float, digits: int = 0) -> str:
        return _number(value, digits, self.language)

    def percent(self, share: float) -> str:
        return _percent(share, self.language)

    def weekday(self, day: date) -> str:
        return format_date(day, "EEEE", locale=self.language)

    def clock(self, moment: datetime) -> str:
        return moment.strftime("%H:%M")

    def _form(self, n: int) -> int:
        """Lithuanian: 1 vertinimas, 2 vertinimai, 10 vertinimų."""
        if n % 10 == 1 and n % 100 != 11:
            return 0
        return 1 if n % 10 >= 2 and not 11 <= n % 100 <= 19 else 2


@lru_cache(10_000)
def _number(value: float, digits: int, language: str) -> str:
    """Remembered, since a page has hundreds of small numbers and Babel reads its pattern for each."""
    return format_decimal(value, format=f"#,##0.{'0' * digits}" if digits else "#,##0", locale=language)


@lru_cache(10_000)
def _percent(share: float, language: str) -> str:
    return format_percent(share, locale=language)


@lru_cache
def texts(language: str) -> Texts:
    """The words of a language: all its catalogues together, one a group of pages."""
    whole = Catalog(locale=language)
    for file in sorted((_FOLDER / language).glob("*.po")):
        with file.open("rb") as stream:
            for message in read_po(stream, locale=language):
                if message.id:
                    whole[message.id] = message
    return Texts(language, whole)


def language_of(request: Request) -> str:
    """The language asked for in the address, or chosen before, or the house's own."""
    wanted = request.query_params.get("lang") or request.cookies.get(COOKIE, "")
    return wanted if wanted in LANGUAGES else DEFAULT
