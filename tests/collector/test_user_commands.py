"""`nuomone-collector user …`: what it says, what it refuses, what it changes."""

import re
from pathlib import Path

import pytest

from collector import passwords
from collector.access import Viewer
from collector.store.audit import AuditQuery
from collector.store.sqlite import SqliteStore
from tests.collector.deliveries import NOW
from tests.collector.test_cli import Ran, collector, data, quiet_logging, says  # noqa: F401 - fixtures

PASSWORD = "ilgas slaptažodis\n"


def user(folder: Path, *words: str, stdin: str = PASSWORD) -> Ran:
    return collector(folder, "user", *words, stdin=stdin)


def done(folder: Path, *words: str, stdin: str = PASSWORD) -> str:
    ran = user(folder, *words, stdin=stdin)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stderr
    return ran.stdout


@pytest.fixture
def ona(data: Path) -> Path:  # noqa: F811
    """A folder with one head in it."""
    done(data, "add", "ona", "--office", "hall")
    return data


def test_everybody_in_a_table(ona: Path) -> None:
    done(ona, "add", "jonas", "--role", "analyst")
    done(ona, "add", "rasa")
    done(ona, "disable", "rasa")
    store = SqliteStore(ona / "collector.sqlite")
    from datetime import UTC, datetime, timedelta

    now = datetime.now(UTC)
    store.sign_in("ona", "", timedelta(hours=1), now)
    for _ in range(5):
        store.begin_try("jonas", now)
    store.close()
    head, *lines = done(ona, "list").splitlines()
    assert re.split(r"  +", head) == ["login", "role", "offices", "state", "last sign-in"]
    moment = r"\d{4}-\d\d-\d\d \d\d:\d\d"
    expected = [
        ["jonas", "analyst", "all", rf"locked until {moment}", "never"],
        ["ona", "head", "hall", "active", moment],
        ["rasa", "head", "none", "disabled", "never"],
    ]
    for line, cells in zip(lines, expected, strict=True):
        assert re.fullmatch("  +".join(cells), line), line
        assert line.index(re.split(r"  +", line)[1]) == head.index("role"), "in columns"


def test_who_is_there_already_is_not_added_again(ona: Path) -> None:
    says(user(ona, "add", "ona", "--role", "admin", stdin="kitas slaptažodis\n"), "There is a user ona already", "user reset")
    assert "head" in done(ona, "list")
    store = SqliteStore(ona / "collector.sqlite")
    assert passwords.matches(PASSWORD.strip(), store.password_hash("ona"))
    store.close()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("add", "rasa", "--office", "hal"), "There is no office hal; there are hall, north."),
        (("add", "rasa", "--role", "admin", "--office", "hall"), "Offices are for heads: an admin sees all of them."),
        (("add", "a b"), "'a b' is no user name"),
        (("add", ""), "'' is no user name"),
        (("add", "cli"), "'cli' is no user name"),
        (("change", "ona", "--role", "king"), "There is no role king; use one of admin, head, analyst, auditor."),
        (("change", "ona", "--office", "x"), "There is no office x; there are hall, north."),
        (("revoke", "ona", "0123456789"), "ona has no token 0123456789; `user tokens ona` lists them."),
        *(((command, "nobody"), "There is no user nobody; add one") for command in ("change", "disable", "enable", "reset")),
        *(((command, "nobody"), "There is no user nobody; add one") for command in ("token", "tokens")),
        (("revoke", "nobody", "x"), "There is no user nobody; add one"),
    ],
    ids=str,
)
def test_a_slip_is_one_sentence(ona: Path, words: tuple[str, ...], sentence: str) -> None:
    says(user(ona, *words), sentence)
    assert len(done(ona, "list").splitlines()) == 2


@pytest.mark.parametrize("command", ["add", "reset"])
@pytest.mark.parametrize(
    ("password", "sentence"),
    [("short", "at least 8"), ("x" * 1001, "at most 1,000"), ("Jonas.Jonaitis", "cannot be the password"), ("", "at least 8")],
)
def test_a_password_that_is_none(data: Path, command: str, password: str, sentence: str) -> None:  # noqa: F811
    if command == "reset":
        done(data, "add", "jonas.jonaitis")
    says(user(data, command, "jonas.jonaitis", stdin=f"{password}\n"), sentence)


def test_a_reset_opens_a_locked_login_with_the_new_password(ona: Path) -> None:
    from datetime import UTC, datetime

    store = SqliteStore(ona / "collector.sqlite")
    now = datetime.now(UTC)
    for _ in range(5):
        assert store.begin_try("ona", now) is None
    assert store.sign_in_opens("ona", now)
    done(ona, "reset", "ona", stdin="visai kitas\n")
    assert store.sign_in_opens("ona", now) is None
    assert passwords.matches("visai kitas", store.password_hash("ona"))
    store.close()


def test_a_disabled_user_gets_no_token_and_an_enabled_one_has_his_password_again(ona: Path) -> None:
    done(ona, "disable", "ona")
    says(user(ona, "token", "ona"), "ona is disabled")
    store = SqliteStore(ona / "collector.sqlite")
    assert store.password_hash("ona") is None
    done(ona, "enable", "ona")
    assert passwords.matches(PASSWORD.strip(), store.password_hash("ona"))
    store.close()


def test_another_role_or_other_offices(ona: Path) -> None:
    done(ona, "change", "ona", "--office", "north")
    assert re.search("ona +head +north", done(ona, "list"))
    done(ona, "change", "ona", "--role", "auditor")
    assert re.search("ona +auditor +all", done(ona, "list"))
    done(ona, "change", "ona", "--role", "head")
    assert re.search("ona +head +none", done(ona, "list"))


def test_tokens_are_listed_without_themselves_and_revoked(ona: Path) -> None:
    token = done(ona, "token", "ona", "--label", "vakaro ataskaita", "--days", "30").strip()
    listed = done(ona, "tokens", "ona")
    assert token not in listed
    token_id, label, _made, used, _ends = re.split(r"  +", listed.splitlines()[1])
    assert (label, used) == ("vakaro ataskaita", "never")
    store = SqliteStore(ona / "collector.sqlite")
    assert store.user_by_token(token, "api", NOW) is not None
    done(ona, "revoke", "ona", token_id)
    assert store.user_by_token(token, "api", NOW) is None
    store.close()
    assert len(done(ona, "tokens", "ona").splitlines()) == 1


def test_all_of_it_is_audited_as_done_here(ona: Path) -> None:
    done(ona, "change", "ona", "--role", "analyst")
    done(ona, "token", "ona")
    (line,) = done(ona, "tokens", "ona").splitlines()[1:]
    done(ona, "revoke", "ona", line.split()[0])
    for command in ("reset", "disable", "enable"):
        done(ona, command, "ona")
    store = SqliteStore(ona / "collector.sqlite")
    found = store.audit_rows(Viewer("auditor", "auditor", None), AuditQuery(login="cli"))
    store.close()
    names = ["user.add", "user.change", "token.grant", "token.revoke", "user.reset", "user.disable", "user.enable"]
    assert [row.action for row in reversed(found)] == names
    assert {row.subject for row in found} == {"ona"}


def test_an_invited_user_gets_a_link_and_chooses_for_himself(data: Path) -> None:  # noqa: F811
    said = done(data, "invite", "rasa", "--office", "hall").strip()
    address, _, token = said.rpartition("/invitation/")
    assert address == "http://127.0.0.1:8000"
    assert "invited" in done(data, "list")
    store = SqliteStore(data / "collector.sqlite")
    assert (store.password_hash("rasa"), store.accept_invitation(token, "hash", NOW)) == (None, "rasa")
    store.close()
    says(user(data, "invite", "rasa"), "There is a user rasa already", "user reset")
    says(user(data, "invite", "cli"), "'cli' is no user name", "")
