"""Every text of the pages has its Lithuanian words, and the plurals are right."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from babel.messages.extract import extract
from jinja2 import Environment, nodes

import collector.web
from collector.web.access import ADMINS_ONLY
from collector.web.formats import WORDS
from collector.web.pages import accounts, retention
from collector.web.pages.account import FAULTS
from collector.web.texts import texts

FOLDER = Path(collector.web.__file__).parent
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
# A language may take the number with its percent sign or without.
SAME = {"low_number": "low"}


def _used() -> Iterator[tuple[str, ...]]:
    """The texts of all templates, those that Python hands them, as (one,) or (one, many)."""
    for file in sorted((FOLDER / "templates").glob("*.html")):
        with file.open("rb") as stream:
            found = extract("jinja2.ext:babel_extract", stream, {"_": None, "ngettext": (1, 2)}, options={"trim_blocks": "true"})
            for _line, text, _comments, _context in found:
                yield text if isinstance(text, tuple) else (text,)
    for file in sorted(FOLDER.rglob("*.py")):
        with file.open("rb") as stream:
            yield from ((text,) for _line, text, _comments, _context in extract("python", stream, {"gettext": None}))
    for word in (*WORDS, *FAULTS, *accounts.FAULTS, *retention.FAULTS, ADMINS_ONLY):
        yield (word,)
    pages = [*(FOLDER / "pages").glob("*.py"), FOLDER / "problems.py", FOLDER / "access.py"]
    for file in pages:
        with file.open("rb") as stream:
            yield from ((text,) for _line, text, _comments, _context in extract("python", stream, {"_": None}))
        for detail in re.findall(r'(?:HTTPException|answer)\((?:request, )?\d+, "([^"]+)"\)', file.read_text()):
            yield (detail,)


def _names(text: str) -> set[str]:
    return {SAME.get(name, name) for name in PLACEHOLDER.findall(text)}


@pytest.mark.parametrize("source", sorted(set(_used())), ids=lambda source: source[0][:40])
def test_every_text_has_lithuanian_words_with_the_same_placeholders(source: tuple[str, ...]) -> None:
    message = texts("lt").catalog.get(source[0])
    assert message is not None
    assert message.string
    forms = (message.string,) if isinstance(message.string, str) else message.string
    assert len(forms) == (3 if len(source) == 2 else 1)
    assert all(forms)
    assert {frozenset(_names(form)) for form in forms} == {frozenset(_names(source[0]))}


def test_no_lithuanian_text_is_left_over() -> None:
    used = {source[0] for source in _used()}
    assert {m.id if isinstance(m.id, str) else m.id[0] for m in texts("lt").catalog if m.id} - used == set()


def test_the_templates_have_no_bare_words() -> None:
    """What is read on a page goes through `_()`: between the tags of a template stands no word but the product's name."""
    for file in (FOLDER / "templates").glob("*.html"):
        data = "".join(node.data for node in Environment().parse(file.read_text()).find_all(nodes.TemplateData))
        words = re.findall(r"[^\W\d_]{3,}", " ".join(re.findall(r">([^<>]*)<", data)))
        assert set(words) <= {"Nuomonė", "NPS", "CSV"}, file.name


@pytest.mark.parametrize(
    ("n", "words"),
    [
        (0, "0 vertinimų"),
        (1, "1 vertinimas"),
        (2, "2 vertinimai"),
        (9, "9 vertinimai"),
        (10, "10 vertinimų"),
        (11, "11 vertinimų"),
        (12, "12 vertinimų"),
        (19, "19 vertinimų"),
        (20, "20 vertinimų"),
        (21, "21 vertinimas"),
        (22, "22 vertinimai"),
        (110, "110 vertinimų"),
        (111, "111 vertinimų"),
        (112, "112 vertinimų"),
        (121, "121 vertinimas"),
        (1022, "1\u00a0022 vertinimai"),
    ],
)
def test_lithuanian_plurals(n: int, words: str) -> None:
    assert texts("lt").ngettext("%(n)s rating", "%(n)s ratings", n) == words


def test_the_catalogue_names_the_same_plural_rule() -> None:
    catalog = texts("lt").catalog
    assert catalog.num_plurals == 3
    assert "n%10>=2" in str(catalog.plural_expr)


def test_english_plurals() -> None:
    said = [texts("en").ngettext("%(n)s rating", "%(n)s ratings", n) for n in (0, 1, 2, 21)]
    assert said == ["0 ratings", "1 rating", "2 ratings", "21 ratings"]


def test_numbers_and_days_are_written_in_the_readers_way() -> None:
    lt, en = texts("lt"), texts("en")
    assert (lt.percent(0.864), en.percent(0.864)) == ("86\u00a0%", "86%")
    assert (lt.number(79.577, 1), en.number(79.577, 1)) == ("79,6", "79.6")
    assert (lt.weekday(date(2026, 11, 20)), en.weekday(date(2026, 11, 20))) == ("penktadienis", "Friday")


def test_a_name_falls_back_to_lithuanian_and_then_to_any() -> None:
    assert texts("en").name({"lt": "Archyvas", "en": "Archive"}) == "Archive"
    assert texts("en").name({"lt": "Archyvas"}) == "Archyvas"
    assert texts("en").name({"pl": "Archiwum"}) == "Archiwum"
