"""The pages' words: gettext catalogues read by Babel, and numbers and dates in the reader's language."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from fastapi import Request

from collector.periods import Period

LANGUAGES = {"lt": "Lietuvių", "en": "English"}
DEFAULT = "lt"
COOKIE = "nuomone_language"
_PERIODS = {
    "month": {"lt": "y 'm'. LLLL", "en": "LLLL y"},
    "quarter": {"lt": "y 'm'. QQQQ", "en": "'Quarter' Q 'of' y"},
    "year": {"lt": "y 'metai'", "en": "y"},
}
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

    def weekday_short(self, weekday: int) -> str:
        """0 is Monday."""
        return format_date(date(2024, 1, 1 + weekday), "ccc", locale=self.language)

    def period(self, period: Period) -> str:
        """A period by its name: a week and a range by their days, a month, quarter and year in words."""
        if period.kind in _PERIODS:
            return format_date(period.first, _PERIODS[period.kind][self.language], locale=self.language)
        first, last = period.first.isoformat(), period.last.isoformat()
        if period.kind == "week":
            return f"{period.first:%G-W%V} ({first} – {last})"
        return first if first == last else f"{first} – {last}"

    def language_name(self, code: str) -> str:
        """A kiosk's language by its name in this one."""
        try:
            return Locale.parse(code).get_display_name(self.language) or code
        except (UnknownLocaleError, ValueError):
            return code

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


def texts_of(request: Request) -> Texts:
    """The words of the reader's language."""
    return texts(language_of(request))


def language_of(request: Request) -> str:
    """The language asked for in the address, or chosen before, or the house's own."""
    wanted = request.query_params.get("lang") or request.cookies.get(COOKIE, "")
    return wanted if wanted in LANGUAGES else DEFAULT
