"""The command lines: an error is one sentence on standard error and an exit code, never a traceback."""

import io
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from collector import passwords
from collector.__main__ import main as collector_main
from collector.store.enrolments import Certificate
from collector.store.sqlite import SqliteStore
from kiosk.__main__ import main as kiosk_main
from tests.catalogues import catalogue, document
from tests.collector.deliveries import NOW, arrived, change, rating, sent
from tests.collector.enrolling import has_device

MAINS: dict[str, Callable[[], None]] = {"collector": collector_main, "kiosk": kiosk_main}


@dataclass
class Ran:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture(autouse=True)
def quiet_logging() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def run(module: str, *words: str, stdin: str = "") -> Ran:
    """A command line in this process. Whatever it raises but its exit would be a traceback to its user."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", [module, *words])
        patch.setattr(sys, "stdin", io.StringIO(stdin))
        with pytest.raises(SystemExit) as ended:
            MAINS[module]()
    code = ended.value.code
    return Ran(code if isinstance(code, int) else int(code is not None), out.getvalue(), err.getvalue())


def run_apart(module: str, *words: str, **environment: str) -> Ran:
    """The same as a process of its own, without a display."""
    away = ("DISPLAY", "WAYLAND_DISPLAY")
    inherited = {name: value for name, value in os.environ.items() if name not in away and not name.startswith("NUOMONE")}
    command = [sys.executable, "-m", module, *words]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=18, env=inherited | environment)
    return Ran(ran.returncode, ran.stdout, ran.stderr)


def collector(folder: Path, *words: str, stdin: str = "") -> Ran:
    return run("collector", *words, "--data", str(folder), stdin=stdin)


def says(ran: Ran, *parts: str) -> None:
    """It failed with one sentence on standard error that has these parts."""
    assert ran.returncode != 0, ran.stdout
    assert ran.stdout == ""
    assert "Traceback" not in ran.stderr
    sentence = ran.stderr.strip()
    assert "\n" not in sentence, sentence
    assert sentence.endswith(".")
    for part in parts:
        assert part in sentence, sentence


@pytest.fixture
def data(tmp_path: Path, installed: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "collector.sqlite").write_bytes(installed.read_bytes())
    return folder


@pytest.mark.parametrize("content", [b"no store at all " * 300, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_broken_store(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "collector.sqlite").write_bytes(content)
    says(run_apart("collector", "migrate", "--data", str(tmp_path)), "collector.sqlite")
    says(collector(tmp_path, "rebuild"), "collector.sqlite")


def test_a_store_whose_inside_is_broken(data: Path) -> None:
    """Its header is good; a table's pages are not."""
    path = data / "collector.sqlite"
    content = bytearray(path.read_bytes())
    conn = sqlite3.connect(path)
    (page,) = conn.execute("SELECT rootpage FROM sqlite_master WHERE name='tally_hour'").fetchone()
    (size,) = conn.execute("PRAGMA page_size").fetchone()
    conn.close()
    content[(page - 1) * size : page * size] = b"\xff" * size
    path.write_bytes(content)
    says(collector(data, "rebuild"), "collector.sqlite", "malformed")


def test_remark_says_how_many_ratings_are_marked_otherwise(data: Path) -> None:
    store = SqliteStore(data / "collector.sqlite")
    store.install(catalogue(), NOW)
    sent(store, *[rating(seq, at=f"2026-11-21T09:15:{seq:02}Z") for seq in range(1, 10)])
    store.close()
    change(store, "UPDATE event SET mark=NULL, standing=0")
    assert collector(data, "rebuild").stdout.endswith("mended.\n")
    done = collector(data, "remark")
    assert (done.returncode, done.stdout) == (0, "9 ratings are marked otherwise now.\n")
    assert collector(data, "rebuild").stdout == "0 cells differed and were mended.\n"


def test_a_folder_that_cannot_be_one(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    says(collector(file, "migrate"), f"The folder {file} cannot be used")
    says(collector(file / "below", "migrate"), f"The folder {file / 'below'} cannot be used")
    (tmp_path / "collector.sqlite").mkdir()
    says(collector(tmp_path, "migrate"), "collector.sqlite cannot be opened")


def test_a_catalogue_that_is_not_there_or_has_faults(data: Path, tmp_path: Path) -> None:
    says(
        collector(data, "catalogue", "import", str(tmp_path / "none.json")),
        "none.json cannot be read: No such file or directory.",
    )
    says(collector(data, "catalogue", "import", str(tmp_path)), "cannot be read: Is a directory.")
    file = tmp_path / "catalogue.json"
    changed = document()
    changed["kiosks"][0] |= {"counter": "attic"}
    changed["kiosks"][1] |= {"questionnaire": "long"}
    file.write_text(json.dumps(changed))
    ran = collector(data, "catalogue", "import", str(file))
    assert ran.returncode == 1
    assert ran.stderr.splitlines() == [
        "Nothing was imported:",
        "kiosks, row 1 (hall-1): there is no counter attic.",
        "kiosks, row 2 (hall-2): there is no questionnaire long.",
    ]
    file.write_text(json.dumps(document()))
    ran = collector(data, "catalogue", "import", str(file))
    assert (ran.returncode, ran.stdout) == (0, "Imported; 0 kiosks get a new configuration.\n")


def test_a_catalogue_that_leaves_kiosks_out_says_whose_doors_are_still_open(data: Path, tmp_path: Path) -> None:
    store = SqliteStore(data / "collector.sqlite")
    has_device(store, "hall-1", Certificate("a1", "2026-11-21T12:00:00.000Z", "2027-02-19T12:00:00.000Z", ""), NOW)
    store.close()
    file = tmp_path / "catalogue.json"
    file.write_text(json.dumps(document(kiosks=document()["kiosks"][2:])))
    assert collector(data, "catalogue", "import", str(file)).stdout.splitlines() == [
        "Imported; 0 kiosks get a new configuration.",
        "Retired, since the file does not name them: hall-1, hall-2.",
        "The broker still lets their devices in until you revoke their certificates: /fleet/hall-1/revoke.",
    ]


def test_a_question_with_another_scale_than_before(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "catalogue.json"
    changed = document()
    changed["questionnaires"][0]["questions"][0] |= {"scale": "stars5"}
    file.write_text(json.dumps(changed))
    ran = collector(data, "catalogue", "import", str(file))
    assert ran.returncode == 1
    assert ran.stderr.startswith("Nothing was imported:\nquestionnaires, row 1: question overall was smiley5 before")


def test_users(data: Path) -> None:
    says(
        collector(data, "user", "add", "ona", "--role", "king", stdin="long enough\n"),
        "There is no role king; use one of admin, head, analyst, auditor.",
    )
    says(collector(data, "user", "add", "ona", stdin="short\n"), "A password needs at least 8 characters.")
    says(collector(data, "user", "token", "ona"), "There is no user ona; add one with `nuomone-collector user add ona`.")
    assert collector(data, "user", "add", "ona", "--office", "hall", stdin="ilgas slaptažodis\n").returncode == 0
    ran = collector(data, "user", "token", "ona")
    assert ran.returncode == 0
    store = SqliteStore(data / "collector.sqlite")
    user = store.user_by_token(ran.stdout.strip(), "api", NOW)
    assert user is not None
    assert (user.login, user.role, user.offices) == ("ona", "head", frozenset({"hall"}))
    kept = store.password_hash("ona")
    store.close()
    assert passwords.matches("ilgas slaptažodis", kept)
    assert not passwords.matches("ilgas slaptažodi", kept)


@pytest.mark.parametrize("days", ["99999999999", "-1", "3000000"])
def test_a_token_for_a_time_that_does_not_exist(data: Path, days: str) -> None:
    collector(data, "user", "add", "ona", stdin="ilgas slaptažodis\n")
    ran = collector(data, "user", "token", "ona", "--days", days)
    assert ran.returncode != 0
    assert ran.stdout == ""
    assert "Traceback" not in ran.stderr


def test_a_store_that_somebody_else_holds(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collector.store.sqlite._BUSY_S", 0.05)
    other = sqlite3.connect(data / "collector.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    ran = collector(data, "quarantine", "replay")
    other.close()
    says(ran, "takes nothing now: database is locked")


def test_quarantine_is_listed_and_a_strangers_messages_are_discarded(data: Path) -> None:
    store = SqliteStore(data / "collector.sqlite")
    arrived(store, b'{"stream": "junk"}', kiosk="stranger-7")
    store.close()
    listed = collector(data, "quarantine", "list").stdout
    assert "stranger-7\tnot registered\t1 messages since" in listed
    assert "the kiosk is not registered, or retired" in listed
    assert collector(data, "quarantine", "discard", "stranger-7").stdout == "1 messages discarded.\n"
    assert "stranger-7" not in collector(data, "quarantine", "list").stdout


@pytest.mark.parametrize("command", ["ingest", "serve"])
def test_a_collectors_name_that_is_no_topic(data: Path, command: str) -> None:
    says(collector(data, command, "--name", "Bad Name"), "'Bad Name'")


# ── the kiosk ───────────────────────────────────────────────────────────────────────────


def kiosk(folder: Path, *words: str, name: str = "hall-1") -> Ran:
    return run("kiosk", "run", "--kiosk", name, "--data", str(folder), *words)


def test_a_kiosk_id_that_is_none(tmp_path: Path) -> None:
    says(kiosk(tmp_path, name="Hall 1"), "'Hall 1' is no kiosk id: use a-z, 0-9 and '-', at most 40.")
    says(run("kiosk", "run", "--kiosk", "hall-1"), "Where does this kiosk keep its data?")


@pytest.mark.parametrize("size", ["big", "1280", "1280x", "x800", "-1x5", "1280x800x2", "²x²"])
def test_a_size_that_is_none(tmp_path: Path, size: str) -> None:
    says(kiosk(tmp_path, f"--size={size}"), f"The size {size} is none; write it as 1280x800.")


def test_a_kiosks_folder_that_cannot_be_used(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    says(kiosk(file), f"The folder {file} cannot be used")


def test_a_rescue_that_cannot_be(tmp_path: Path) -> None:
    says(run("kiosk", "rescue", str(tmp_path / "none"), "--data", str(tmp_path)), f"There is no file {tmp_path / 'none'}.")


def test_no_display(tmp_path: Path) -> None:
    words = ("run", "--kiosk", "hall-1", "--data", str(tmp_path), "--size=800x480")
    ran = run_apart("kiosk", *words, SDL_VIDEODRIVER="x11", KIVY_NO_ARGS="1")
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr
    assert "display" in ran.stderr.lower()
    assert len(ran.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("content", [None, "", pytest.param("{}"), "[1]", '[{"id": "hall-1"}]', '{"role": 1}'])
def test_a_simulation_without_identities(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "identities.json"
    if content is not None:
        file.write_text(content)
    ran = run("kiosk", "simulate", "--identities", str(file), "--data", str(tmp_path))
    says(ran, "identities")
