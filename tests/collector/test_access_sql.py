"""The syntax tree says it: SQL has its homes, and what reads an office's data takes a Viewer.

The homes are the store, a kiosk's journal, and the signer's book.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
OUTBOX = ("outbox", "batches", "boots", "recovery", "wreck", "rescue", "check/folder")  # the journal, its clock, its damage
HOMES = {"collector/store", "broker_config/registry.py", *(f"kiosk/{name}.py" for name in OUTBOX)}
SQL = re.compile(
    r"\s*(SELECT\s.+\sFROM\s|SELECT\s\w+\(|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|PRAGMA\s|CREATE\s+(UNIQUE\s+)?(TABLE|INDEX)\s)",
    re.S,
)
# What belongs to one office, or tells which offices and kiosks there are.
GUARDED = re.compile(r"\b(FROM|JOIN)\s+(tally_\w+|office|counter|kiosk|presence|comment|comment_text)\b")
WRITING = re.compile(r"\s*(INSERT|UPDATE|DELETE|CREATE|PRAGMA)\b")

# Reads without a Viewer, each for its reason. Whoever adds one here says why.
FOR_NOBODY_IN_PARTICULAR = {
    "catalogue.wanted_ids": "ingest: what to publish, without the payloads",
    "configurations.days": "a place's time zone is public, and shows no data of it",
    "rollouts._reversed": "which kiosks a roll-out that is taken back went to; who may is the page's to ask",
    "rollout_steps._facts": "ingest: how the kiosks of a roll-out are",
    "catalogue.today": "a place's time zone is public, and shows no data of it",
    "catalogue.publish": "install and roll-outs: the number that a kiosk's new configuration gets",
    "catalogue.relearn": "ingest: where a kiosk stands, to judge what it says",
    "enrolments.note_enrolled": "a device that enrols: whether its kiosk is still to have one",
    "burst_limits._by_history": "ingest: how busy each kiosk is, to judge what a minute may bring",
    "presence.keep_health": "ingest: what a kiosk said before, to note what changed",
    "kiosk_register.retired": "ingest: of whom the broker keeps nothing",
    "rebuild._present": "the tallies themselves, for mending",
    "sealed.earliest": "ingest: from which day on anything is kept of anybody",
    "erasing.erase_comments": "retention: what is too old goes, whoever might see it",
    "erasing.erase_quarantine": "retention: the same of what could not be accepted",
    "erasing.hour_days": "retention: of which days there are hours to drop",
    "erasing._forget": "retention: a sealed event's comment goes with it",
    "retention.wanted": "retention: how long each office's institution keeps things",
    "sqlite.SqliteStore.refresh": "ingest: which kiosks are registered",
    "sqlite.SqliteStore.kiosks_at": "ingest: whom to wake when a visit ended at their counter",
    "sqlite.SqliteStore.office_timezones": "a place's time zone is public, and shows no data of it",
}


def parsed(folder: str) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text())


def texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every string of a piece of code, f-strings with `x` for what is put in; no docstrings."""
    inside: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            inside.add(id(node.value))
        if isinstance(node, ast.JoinedStr) and id(node) not in inside:
            parts = [str(p.value) if isinstance(p, ast.Constant) else "x" for p in node.values]
            inside |= {id(part) for part in node.values}
            yield node.lineno, "".join(parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.lineno, node.value


def functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{inner.name}", inner) for inner in node.body if isinstance(inner, ast.FunctionDef))


def takes_viewer(function: ast.FunctionDef) -> bool:
    return any(a.arg == "viewer" and a.annotation and ast.unparse(a.annotation) == "Viewer" for a in function.args.args)


def uses_viewer(function: ast.FunctionDef) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "viewer" for node in ast.walk(function))


def test_sql_has_its_homes() -> None:
    strangers = [
        f"{path}: {text[:60]}"
        for folder in ("collector", "kiosk", "broker_config", "deploy")
        for path, tree in parsed(folder)
        if not any(path.startswith(home) for home in HOMES)
        for _, text in texts(tree)
        if SQL.match(text)
    ]
    assert not strangers


def test_only_the_homes_open_a_database() -> None:
    for folder in ("collector", "kiosk", "broker_config"):
        for path, tree in parsed(folder):
            opened = [
                node.lineno
                for node in ast.walk(tree)
                if isinstance(node, ast.Call) and ast.unparse(node.func) in ("sqlite3.connect", "sqlite_utils.Database")
            ]
            assert not opened or any(path.startswith(home) for home in HOMES), f"{path}:{opened}"


def test_the_search_finds_sql() -> None:
    found = [text for path, tree in parsed("collector/store") for _, text in texts(tree) if SQL.match(text)]
    assert len(found) > 40
    assert any("tally_" in text for text in found)


def reading_functions() -> dict[str, ast.FunctionDef]:
    """Functions of the store in which an office's data is read, by module and name."""
    return {
        f"{Path(path).stem}.{name}": function
        for path, tree in parsed("collector/store")
        for name, function in functions(tree)
        if any(GUARDED.search(text) and not WRITING.match(text) for _, text in texts(function))
    }


def test_what_reads_an_offices_data_takes_a_viewer_and_asks_it() -> None:
    reading = reading_functions()
    assert {
        "listings.offices",
        "listings.services",
        "listings.kiosks",
        "scores._cells",
        "scores._reason_cells",
        "comments._tended",
        "comments._enough",
    } <= set(reading)
    unguarded = {name for name, function in reading.items() if not (takes_viewer(function) and uses_viewer(function))}
    assert unguarded == set(FOR_NOBODY_IN_PARTICULAR), "a Viewer is missing, or the list is out of date"


def test_the_stores_own_methods_pass_the_viewer_on() -> None:
    (tree,) = [tree for path, tree in parsed("collector/store") if path.endswith("/pages.py")]
    guarded = {
        name
        for path, module in parsed("collector/store")
        for name, function in functions(module)
        if takes_viewer(function) and not path.endswith(("/sqlite.py", "/pages.py"))
    }
    passing = 0
    for name, method in functions(tree):
        calls = [node for node in ast.walk(method) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
        for call in calls:
            assert isinstance(call.func, ast.Attribute)
            if ast.unparse(call.func.value) != "self" and call.func.attr in guarded:
                assert takes_viewer(method), name
                assert any(ast.unparse(argument) == "viewer" for argument in call.args), name
                passing += 1
    assert passing >= 10


def test_no_page_and_no_list_makes_a_viewer_of_its_own() -> None:
    """In the web a Viewer comes from the session or the token, in one place."""
    makers = {
        path
        for path, tree in parsed("collector/web")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("Viewer", "Viewer.of")
    }
    assert makers == {"collector/web/access.py"}


VIEWERS = {"ApiViewer", "FleetViewer", "PageViewer", "FormViewer", "AuditViewer", "AdminViewer", "AdminFormViewer"}
OPEN = {
    "api_docs.docs",
    "bundle.vega",
    "invitation.form",
    "invitation.accept",
    "sign_in.form",
    "sign_in.sign_in",
    "sign_in.language",
    "health.healthz",
    "health.readyz",
    "health.metrics",
    "enrolment.authority",
    "enrolment.enrolment",
    "enrolment.renewal",
}


def test_every_route_asks_who_is_there() -> None:
    routes: dict[str, list[str]] = {}
    forms: set[str] = set()
    for path, tree in parsed("collector/web"):
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any(
                "router." in ast.unparse(d) for d in node.decorator_list
            ):
                name = f"{Path(path).stem}.{node.name}"
                routes[name] = [ast.unparse(a.annotation) for a in node.args.args if a.annotation]
                if "/pages/" in path and not any(ast.unparse(d).startswith("router.get(") for d in node.decorator_list):
                    forms.add(name)
    assert {"scores.scores", "lists.offices", "office.page", "offices.start", "sign_in.sign_out"} <= set(routes)
    unasked = {name for name, kinds in routes.items() if not VIEWERS & set(kinds)}
    assert unasked == OPEN
    unsigned = {name for name in forms if not {"FormViewer", "AdminFormViewer"} & set(routes[name])}
    assert unsigned == {"sign_in.sign_in", "invitation.accept"}
