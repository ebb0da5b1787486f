"""`nuomone-collector user …`: who may sign in. Every change is audited as done by `cli`."""

import sys
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from collector import passwords
from collector.access import ROLES, Role, User, is_login
from collector.commands import Data, fail, now, open_store
from collector.localtime import usual_timezone
from collector.store.sqlite import SqliteStore
from collector.store.tokens import MOST
from collector.store.users import Account

app = typer.Typer(no_args_is_help=True, help="Who may sign in.")

BY = "cli"
Offices = Annotated[list[str] | None, typer.Option("--office", help="For a head: an office of his; may be repeated.")]


@app.command("add")
def add(login: str, role: str = "head", office: Offices = None, data: Data = Path("data")) -> None:
    """Add a user; asks for the password, or reads it from standard input."""
    _new_login(login)
    _role(role)
    store = open_store(data)
    if store.account(login, now()):
        raise fail(f"There is a user {login} already: `user reset` gives a new password, `user change` a role or offices.")
    user = _user(store, login, role, office or ())
    if not store.add_user(user, passwords.hashed(_password(login)), BY, now()):
        raise fail(f"There is a user {login} already: somebody else added one just now.")


@app.command("invite")
def invite(
    login: str,
    role: str = "head",
    office: Offices = None,
    address: Annotated[
        str, typer.Option(envvar="NUOMONE_ADDRESS", help="Where people find the pages.")
    ] = "http://127.0.0.1:8000",
    data: Data = Path("data"),
) -> None:
    """Print a link, good for 7 days and once, by which a new user chooses his own password; it is shown only now."""
    _new_login(login)
    _role(role)
    store = open_store(data)
    token = store.invite_user(_user(store, login, role, office or ()), BY, now())
    if token is None:
        raise fail(f"There is a user {login} already: `user reset` gives a new password, `user change` a role or offices.")
    typer.echo(f"{address.rstrip('/')}/invitation/{token}")


@app.command("change")
def change(login: str, role: str = "", office: Offices = None, data: Data = Path("data")) -> None:
    """Give a user another role, or offices instead of those he has; holds from his next page on."""
    store, account = _known(data, login)
    role = role or account.user.role
    kept = account.user.offices if role == "head" else ()
    store.change_user(_user(store, login, role, kept if office is None else office), BY, now())


@app.command("list")
def list_users(data: Data = Path("data")) -> None:
    """Everybody: login, role, offices, state, last sign-in."""
    store = open_store(data)
    zone = ZoneInfo(usual_timezone(store.office_timezones().values()))
    rows = [_line(account, zone) for account in store.accounts(now())]
    _table(("login", "role", "offices", "state", "last sign-in"), rows)


@app.command("disable")
def disable(login: str, data: Data = Path("data")) -> None:
    """Let a user in no more; his sessions and tokens end at once."""
    store, _ = _known(data, login)
    store.switch_user(login, True, BY, now())


@app.command("enable")
def enable(login: str, data: Data = Path("data")) -> None:
    """Let a disabled user in again with his password, or one locked after wrong tries."""
    store, _ = _known(data, login)
    store.switch_user(login, False, BY, now())


@app.command("reset")
def reset(login: str, data: Data = Path("data")) -> None:
    """Give a user a new password; his sessions and tokens end, a lock after wrong tries opens."""
    store, _ = _known(data, login)
    store.reset_password(login, passwords.hashed(_password(login)), BY, now())


@app.command("token")
def token(
    login: str,
    days: Annotated[int, typer.Option(min=1, max=3650)] = 365,
    label: Annotated[str, typer.Option(help="What it is for.")] = "",
    data: Data = Path("data"),
) -> None:
    """Print a new API token of a user; it is shown only now."""
    store, account = _known(data, login)
    if account.disabled:
        raise fail(f"{login} is disabled; `user enable {login}` first.")
    made = store.grant_api(login, label, timedelta(days=days), BY, now())
    if made is None:
        raise fail(f"{login} has {MOST} tokens already: `user revoke` one that is no longer used.")
    typer.echo(made)


@app.command("tokens")
def tokens(login: str, data: Data = Path("data")) -> None:
    """A user's API tokens: id, label, made, last used, end."""
    store, _ = _known(data, login)
    zone = ZoneInfo(usual_timezone(store.office_timezones().values()))
    rows = [
        (found.id, found.label or "-", *(_minute(at, zone) for at in (found.created, found.used, found.expires)))
        for found in store.api_tokens(login, now())
    ]
    _table(("id", "label", "made", "last used", "ends"), rows)


@app.command("revoke")
def revoke(login: str, token_id: str, data: Data = Path("data")) -> None:
    """End one of a user's API tokens, by its id as `user tokens` says it."""
    store, _ = _known(data, login)
    if not store.revoke_api(login, token_id, BY, now()):
        raise fail(f"{login} has no token {token_id}; `user tokens {login}` lists them.")


def _known(data: Path, login: str) -> tuple[SqliteStore, Account]:
    store = open_store(data)
    account = store.account(login, now())
    if account is None:
        raise fail(f"There is no user {login}; add one with `nuomone-collector user add {login}`.")
    return store, account


def _new_login(login: str) -> None:
    if not is_login(login):
        raise fail(f"{login!r} is no user name: use letters, digits and . _ @ + -, at most 64, and not 'cli'.")


def _role(role: str) -> Role:
    if role not in ROLES:
        raise fail(f"There is no role {role}; use one of {', '.join(ROLES)}.")
    chosen: Role = role
    return chosen


def _user(store: SqliteStore, login: str, role: str, offices: Collection[str]) -> User:
    chosen = _role(role)
    if offices and chosen != "head":
        raise fail(f"Offices are for heads: {'an' if chosen[0] == 'a' else 'a'} {chosen} sees all of them.")
    known = sorted(store.office_timezones())
    for office in offices:
        if office not in known:
            raise fail(f"There is no office {office}; there are {', '.join(known) or 'none yet: import a catalogue'}.")
    return User(login, chosen, frozenset(offices))


def _password(login: str) -> str:
    password = typer.prompt("Password", hide_input=True) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    fault = passwords.fault(password, login)
    if fault:
        raise fail(fault)
    return str(password)


def _line(account: Account, zone: ZoneInfo) -> tuple[str, ...]:
    user = account.user
    offices = ", ".join(sorted(user.offices)) or "none" if user.role == "head" else "all"
    waiting = "active" if account.joined else "invited" if account.invited else "invitation over"
    locked = f"locked until {account.opens.astimezone(zone):%Y-%m-%d %H:%M}" if account.opens else waiting
    return user.login, user.role, offices, "disabled" if account.disabled else locked, _minute(account.signed_in, zone)


def _minute(at: str, zone: ZoneInfo) -> str:
    return f"{datetime.fromisoformat(at).astimezone(zone):%Y-%m-%d %H:%M}" if at else "never"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
