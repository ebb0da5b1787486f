"""Addresses of the pages as somebody might type them, mangle them, or try them on purpose, for hypothesis to draw."""

from typing import Any, NamedTuple
from urllib.parse import urlencode

from hypothesis import strategies as st

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
DAYS = (
    *("2026-11-20", "2026-11-21", "2026-11-01", "2026-10-31", "2025-11-20", "2026-02-28", "2024-02-29", "2026-12-31"),
    *("0001-01-01", "0001-01-08", "9999-12-31", "9999-12-01", "2026-02-30", "2026-W47", "2026-11", "today", "undated", ""),
    *("0", "-1", "1e9", "1795341162", "99999999999999", "inf", "nan", "２０２６-11-21", "2026-11-20T10:00:00Z", " 2026-11-20"),
)
IDS = (
    "hall",
    "north",
    "residence-declaration",
    "social-benefits",
    "archive",
    "overall",
    "advise",
    "",
    "other",
    "x" * 40,
    "x" * 41,
)
NUMBERS = ("0", "1", "2", "-1", "10000", "10001", "9223372036854775807", "9223372036854775808", "1.5", "", "one", "１")
ODD = (
    "'",
    '"',
    "%",
    "_",
    "*",
    "\\",
    "\0",
    "<script>",
    "{{7*7}}",
    "%(n)s",
    "../..",
    "š" * 300,
    "a" * 5000,
    "😀",
    "\u202e",
    "\r\nX: y",
)
VALUES: dict[str, tuple[str, ...]] = {
    "kind": ("day", "week", "month", "quarter", "year", "range", "", "eon"),
    "day": DAYS,
    "from": DAYS,
    "to": DAYS,
    "question": IDS,
    "service": IDS,
    "office": IDS,
    "raw": ("true", "false", "1", "0", "2", ""),
    "sort": ("n", "-n", "name", "-name", "satisfied", "-satisfied", "change", "-change", "--n", "-", ""),
    "format": ("html", "csv", "xml", ""),
    "table": ("services", "hours", "questions", "trend", "rhythm", "language", "trigger", "counter", "offices", "misuse", "x"),
    "q": ("salės", "sales", "paslaptis", '"Salės žodžiai"', '"', "a*", "NEAR(a b)", "a OR b", "-", "ab cd ef gh"),
    "side": ("good", "bad", ""),
    "state": ("new", "noted", "done", "", "lost"),
    "language": ("lt", "en", "xx", ""),
    "hidden": ("0", "1", ""),
    "page": NUMBERS,
    "before": NUMBERS,
    "login": ("admin", "head-hall", "", "*"),
    "action": ("sign-in", "note.add", ""),
    "done": ("password", "revoked", "x"),
    "next": ("/offices/north", "//elsewhere.example", "https://elsewhere.example/", "/\\elsewhere", ""),
    "lang": ("lt", "en", "pl", ""),
    "theme": ("light", "dark", "x"),
    "size": ("wide", "narrow", "x"),
    "unknown": ("",),
}
OF_AN_OFFICE = ("", "/period", "/comments", "/misuse", "/trend.json", "/trend.svg", "/rhythm.json", "/rhythm.svg", "/trend.png")
PATHS = (
    *("/", "/offices", "/services", "/services/social-benefits", "/services/x", "/account", "/audit", "/sign-in", "/nowhere"),
    *(f"/offices/{office}{page}" for office in ("hall", "north", "x") for page in OF_AN_OFFICE),
)


class Address(NamedTuple):
    """A path and what stands behind its question mark."""

    path: str
    query: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.path}?{urlencode(self.query, doseq=True)}" if self.query else self.path


def _value(name: str) -> st.SearchStrategy[Any]:
    one = st.one_of(st.sampled_from(VALUES[name]), st.sampled_from(VALUES[name]), st.sampled_from(ODD), TEXT)
    return st.one_of(one, one, one, st.lists(one, max_size=3))


ADDRESSES = st.builds(
    Address,
    st.sampled_from(PATHS),
    st.dictionaries(st.sampled_from(sorted(VALUES)), st.none(), max_size=5).flatmap(
        lambda names: st.fixed_dictionaries({name: _value(name) for name in names})
    ),
)
