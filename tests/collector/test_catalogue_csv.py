"""Lists of the catalogue as CSV files: there and back without a change, and every fault with its line."""

import csv
import io
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.catalogue import Catalogue, Counter, Institution, Kiosk, Office, Service
from collector.catalogue_cells import COLUMNS
from collector.catalogue_csv import MOST_ROWS, FileFaults, Plan, plan, table
from collector.inventory import LISTS, Thing, of, replaced, suggested_id
from collector.web.csv import csv_response
from collector.web.pages.catalogue_words import SENTENCES, sentence
from collector.web.texts import texts
from tests import catalogues


@lru_cache
def catalogue() -> Catalogue:
    return catalogues.catalogue()


NASTY = [
    "=1+1",
    "@x",
    "+370",
    "-5",
    "'=x",
    "''@",
    "'",
    "\ttab",
    '"',
    'a "b" c',
    "a;b,c",
    "dvi\neilutės",
    "ž\r\nš",
    "\rx",
    "ąčęėįšųūž 😀",
    "'x",
]
WORDS = st.sampled_from(NASTY) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20
)
TEXTS = st.dictionaries(st.sampled_from(["lt", "en", "pl", "ru"]), WORDS.filter(str.strip), max_size=4)


def exported(kind: str, known: Catalogue) -> bytes:
    columns, rows = table(kind, of(known, kind).values())
    return bytes(csv_response("x.csv", columns, rows).body)


def lines(*rows: dict[str, str]) -> bytes:
    """A file of these rows, with the columns that they name."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO(newline="")
    csv.DictWriter(text, names, lineterminator="\r\n").writeheader()
    csv.DictWriter(text, names, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def faults(kind: str, content: bytes, known: Catalogue | None = None, retired: tuple[str, ...] = ()) -> list[tuple[int, str]]:
    with pytest.raises(FileFaults) as caught:
        plan(kind, content, known or catalogue(), retired)
    for _, one in caught.value.faults:
        for language in ("lt", "en"):
            assert sentence(texts(language), one).endswith((".", "00.", "1."))
    return [(line, one.code) for line, one in caught.value.faults]


# ── there and back ──────────────────────────────────────────────────────────────────────


@settings(max_examples=40, deadline=None)
@given(
    name=TEXTS, text=WORDS, purpose=TEXTS, weights=st.dictionaries(st.sampled_from(["overall", "advise"]), st.floats(0.001, 1000))
)
def test_what_is_exported_and_imported_again_changes_nothing(
    name: dict[str, str], text: str, purpose: dict[str, str], weights: dict[str, float]
) -> None:
    hours = {"sun": ["10:00", "24:00"], "mon": ["08:00", "17:00"]}
    known = catalogue()
    things: dict[str, Thing] = {
        "institution": Institution(id="city", name=name, weights=weights, questionnaire="core5"),
        "office": Office(
            id="hall", institution="city", name=name, address=text, hours=hours, holidays=["2026-12-24", "2026-12-25"]
        ),
        "service": Service(id="archive", institution="city", name=name, owner=text, purpose=purpose, yearly=1200),
        "counter": Counter(id="hall-window", office="hall", name=name, services=["archive", "social-benefits"], clerks=4),
        "kiosk": Kiosk(
            id="hall-1", counter="hall-window", languages=["lt"], display={"qr": text, "dpi": 96.5, "service_pin": "h"}
        ),
    }
    for kind, thing in things.items():
        odd = replaced(known, kind, [thing])
        for content in (exported(kind, odd), exported(kind, odd).replace(b"\xef\xbb\xbf", b"")):
            found = plan(kind, content, odd)
            assert (found.changes, found.left_alone) == ((), 0), kind
            assert found.untouched == len(of(odd, kind))


@pytest.mark.parametrize("kind", COLUMNS)
def test_a_list_put_into_an_empty_catalogue_makes_it_anew(kind: str) -> None:
    known = catalogue()
    without = Catalogue(**(vars(known) | {LISTS[kind]: []}))
    if kind == "kiosk":
        assert [change.after for change in plan(kind, exported(kind, known), without).changes] == known.kiosks
    else:
        bare = Catalogue(**(vars(without) | {"kiosks": []}))
        assert [change.after for change in plan(kind, exported(kind, known), bare).changes] == list(of(known, kind).values())


def test_a_pin_is_in_no_file_and_stays() -> None:
    kiosk = Kiosk(id="hall-1", counter="hall-window", questionnaire="core5", display={"service_pin": "$argon2", "dpi": 96})
    known = replaced(catalogue(), "kiosk", [kiosk])
    assert b"argon2" not in exported("kiosk", known)
    row = {"id": "hall-1", "counter": "hall-window", "display": '{"dpi": 120}'}
    (change,) = plan("kiosk", lines(row), known).changes
    assert isinstance(change.after, Kiosk)
    assert change.after.display == {"service_pin": "$argon2", "dpi": 120}


# ── what a file would change ────────────────────────────────────────────────────────────


def office(**cells: str) -> dict[str, str]:
    return {"id": "hall", "institution": "city", "name:lt": "Gyventojų aptarnavimo skyrius"} | cells


def test_columns_that_are_not_there_are_left_alone_and_empty_cells_empty() -> None:
    row = office(**{"name:en": ""})
    (change,) = plan("office", lines(row), catalogue()).changes
    assert change.cells == (("name:en", "Citizens' hall", ""),)
    (change,) = plan("office", lines(office(**{"name:pl": "Hala"})), catalogue()).changes
    assert change.cells == (("name:pl", "", "Hala"),)
    assert change.after.model_dump()["name"]["en"] == "Citizens' hall"


def test_a_semicolon_and_a_dash_and_spaces_are_taken_too() -> None:
    text = "ID ;institution; Name:LT ;hours;holidays\n hall ;city;Salė;MON 08:00–17:00;2026-12-24\n"
    (change,) = plan("office", text.encode(), catalogue()).changes
    assert isinstance(change.after, Office)
    assert (change.after.name["lt"], change.after.hours, change.after.holidays) == (
        "Salė",
        {"mon": ["08:00", "17:00"]},
        ["2026-12-24"],
    )


def test_the_plan_says_line_and_counts() -> None:
    rows = [office(), office(id="south", **{"name:lt": "Du\nžodžiai"}), office(id="west")]
    found: Plan = plan("office", lines(*rows), catalogue())
    assert [(change.line, change.before, change.after.id) for change in found.changes] == [(3, None, "south"), (5, None, "west")]
    assert (found.untouched, found.left_alone) == (1, 1)
    other = plan("office", lines(*rows[:2]), catalogue())
    assert found.version != other.version
    assert found.version == plan("office", lines(*rows), catalogue()).version


# ── faults ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", [(0, "empty")]),
        (b"\n\n", [(0, "empty")]),
        ("id,institution,name:lt\nhall,city,Salė\nx,city,".encode() + b"\xe0\xe8\n", [(3, "encoding")]),
        ("id,institution,name:lt\n".encode("utf-16"), [(0, "encoding")]),
        (b"id,institution,name:lt\nhall,city,a\0b\n", [(2, "control")]),
        (b'id,institution,name:lt\nhall,city,"Sal\n', [(2, "quotes")]),
        (b'id,institution,name:lt\nhall,city,"Sal"x\n', [(2, "quotes")]),
        (b"id,institution,name:lt\nhall," + b"x" * 140_000 + b",y\n", [(2, "quotes")]),
        (b"id,institution\nhall,city\n", [(1, "column-missing")]),
        (b"institution,name:lt\ncity,x\n", [(1, "column-missing")]),
        (b"id,id,institution,name:lt\nhall,hall,city,x\n", [(1, "column-twice")]),
        (b"id,institution,name:lt,password\nhall,city,x,y\n", [(1, "column-unknown")]),
        (b"id,institution,name:lt,name:english\nhall,city,x,y\n", [(1, "column-unknown")]),
        (b"id,institution,name:lt,address:lt\nhall,city,x,y\n", [(1, "column-unknown")]),
        (b"id,institution,name:lt\nhall,city\n\nx,city,y,z\n", [(2, "cells"), (4, "cells")]),
        (b"\x89PNG\r\n\x1a\n\0\0\0", [(1, "encoding")]),
    ],
)
def test_a_file_that_is_no_list(content: bytes, expected: list[tuple[int, str]]) -> None:
    assert faults("office", content) == expected


def test_too_many_lines() -> None:
    content = b"id,institution,name:lt\n" + b"x,city,y\n" * (MOST_ROWS + 1)
    assert faults("office", content) == [(0, "rows-many")]


@pytest.mark.parametrize(
    ("kind", "cells", "code"),
    [
        ("office", office(id="Hall"), "id"),
        ("office", office(id=""), "id"),
        ("office", office(id="=1+1"), "id"),
        ("office", office(**{"name:lt": " "}), "name-missing"),
        ("office", office(**{"name:lt": "x" * 201}), "too-long"),
        ("office", office(**{"name:lt": "a\x07"}), "control"),
        ("office", office(institution="moon"), "no-institution"),
        ("office", office(institution=""), "no-institution"),
        ("office", office(timezone="Mars/Olympus"), "timezone"),
        ("office", office(hours="mon 8-17"), "cell-hours"),
        ("office", office(hours="mon 08:00-17:00; mon 09:00-10:00"), "cell-hours"),
        ("office", office(hours="fun 08:00-17:00"), "cell-hours"),
        ("office", office(hours="mon 17:00-08:00"), "hours"),
        ("office", office(hours="mon 08:00-25:00"), "hours"),
        ("office", office(holidays="24.12.2026"), "holiday"),
        ("office", office(holidays="2026-02-30"), "holiday"),
        ("office", office(questionnaire="nothing"), "no-questionnaire"),
        ("counter", {"id": "hall-window", "office": "hall", "name:lt": "L", "services": "archive; nothing"}, "no-service"),
        ("counter", {"id": "hall-window", "office": "hall", "name:lt": "L", "clerks": "0"}, "number"),
        ("counter", {"id": "hall-window", "office": "hall", "name:lt": "L", "clerks": "three"}, "cell-number"),
        ("service", {"id": "archive", "institution": "city", "name:lt": "A", "yearly": "-1"}, "cell-number"),
        ("service", {"id": "archive", "institution": "city", "name:lt": "A", "yearly": "9" * 18}, "number"),
        ("institution", {"id": "city", "name:lt": "M", "weights": "overall=nan"}, "weight"),
        ("institution", {"id": "city", "name:lt": "M", "weights": "overall"}, "cell-weights"),
        ("kiosk", {"id": "collector", "counter": "hall-window"}, "id-reserved"),
        ("kiosk", {"id": "hall-1", "counter": "nowhere"}, "no-counter"),
        ("kiosk", {"id": "hall-1", "counter": "hall-window", "display": "[1]"}, "cell-json"),
        ("kiosk", {"id": "hall-1", "counter": "hall-window", "display": "[" * 90_000}, "cell-json"),
        ("kiosk", {"id": "hall-1", "counter": "hall-window", "display": '{"dpi": NaN}'}, "cell-json"),
        ("kiosk", {"id": "hall-1", "counter": "hall-window", "questionnaire": ""}, "nothing-asked"),
        ("kiosk", {"id": "hall-1", "counter": "hall-window", "languages": "lt; pl"}, "not-in-language"),
        ("kiosk", {"id": "hall-1", "counter": "hall-window", "languages": "lietuvių"}, "value"),
    ],
)
def test_a_line_that_is_wrong(kind: str, cells: dict[str, str], code: str) -> None:
    assert faults(kind, lines(cells)) == [(2, code)]


def test_every_line_is_judged_and_the_same_id_stands_once() -> None:
    rows = [office(), office(id="hall"), office(id="No"), office(id="gone"), office(id="x", institution="")]
    found = faults("office", lines(*rows), retired=("gone",))
    assert found == [(3, "id-twice"), (4, "id"), (5, "id-retired"), (6, "no-institution")]


def test_a_change_that_would_leave_kiosks_without_their_questionnaire_is_refused() -> None:
    known = catalogues.catalogue(kiosks=[{"id": "hall-1", "counter": "hall-window"}], institutions=[
        {"id": "city", "name": {"lt": "M"}, "questionnaire": "core5"}
    ])  # fmt: skip
    row = {"id": "city", "name:lt": "M", "questionnaire": ""}
    assert faults("institution", lines(row), known) == [(0, "nothing-asked")]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(sorted(COLUMNS)))
def test_no_bytes_are_a_fault_of_ours(content: bytes, kind: str) -> None:
    with pytest.raises(FileFaults):
        plan(kind, content, catalogue())


# ── ids, words, the guide ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "ident"),
    [
        ("Gyventojų aptarnavimo skyrius", "gyventoju-aptarnavimo-skyrius"),
        ("Šunskų  seniūnija – Žąsys!", "sunsku-seniunija-zasys"),
        ("Langelis Nr. 3", "langelis-nr-3"),
        ("x" * 50, "x" * 40),
        ("🙂", ""),
        ("", ""),
    ],
)
def test_an_id_is_made_of_the_name(name: str, ident: str) -> None:
    assert suggested_id(name) == ident


def test_a_taken_id_is_numbered() -> None:
    taken = {"sale", "sale-2"}
    assert suggested_id("Salė", taken.__contains__) == "sale-3"


def test_every_fault_has_its_sentence() -> None:
    source = "".join(
        Path(f"collector/{name}.py").read_text() for name in ("inventory", "catalogue_csv", "catalogue_cells", "store/inventory")
    )
    codes = {part.split('"')[0] for part in source.split('fault("')[1:]}
    assert codes <= set(SENTENCES)
    assert len(codes) > 20


def test_the_guide_has_every_column() -> None:
    guide = Path("docs/catalogue.md").read_text()
    for kind, columns in COLUMNS.items():
        of_kind = guide.split(f"### {LISTS[kind]}.csv")[1].split("###")[0]
        for column in columns:
            name = f"{column.name}:lt" if column.form == "languages" else column.name
            needed = "yes" if column.needed else ""
            assert f"| `{name}` | {needed} | {column.meaning} |" in of_kind, f"{kind} {name}"
        assert of_kind.count("\n| `") == len(columns)
