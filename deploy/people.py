"""The demo's inventions: identities at the broker, users of the pages, their passwords; the same at every start with a folder."""

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from endings import DemoError

from broker_config import durable
from broker_config.acl import Identity
from collector import passwords
from collector.access import User, Viewer
from collector.catalogue import Catalogue
from collector.store.sqlite import SqliteStore

SERVERS = ("collector", "observer", "queue")
USERS = (
    User("admin", "admin", frozenset()),
    User("vadovas", "head", frozenset({"aptarnavimas"})),
    User("parama", "head", frozenset({"socialine-parama", "paramos-centras"})),
    User("analitikas", "analyst", frozenset()),
    User("auditorius", "auditor", frozenset()),
)


@dataclass(frozen=True)
class Secrets:
    """What a second start with the same folder must find again."""

    passwords: dict[str, str]
    token: str


def known_secrets(data: Path, catalogue: Catalogue) -> Secrets:
    """What the folder holds, or new ones that are kept there. Raises DemoError where the file is broken."""
    file = data / "secrets.json"
    names = [*SERVERS, *(kiosk.id for kiosk in catalogue.kiosks), *(user.login for user in USERS)]
    try:
        kept = json.loads(file.read_text())
        return Secrets({name: str(kept["passwords"][name]) for name in names}, str(kept["token"]))
    except FileNotFoundError:
        return _keep(data, {name: secrets.token_urlsafe(9) for name in names}, "")
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise DemoError(f"{file} cannot be read: remove the folder {data}, or give another with DATA=.") from None


def identities(catalogue: Catalogue, known: Secrets) -> tuple[Identity, ...]:
    """Everybody whom the broker lets in."""
    fixed = tuple(Identity(name, name, known.passwords[name]) for name in SERVERS)  # type: ignore[arg-type]
    return fixed + tuple(Identity("kiosk", kiosk.id, known.passwords[kiosk.id]) for kiosk in catalogue.kiosks)


def install(data: Path, catalogue: Catalogue, known: Secrets) -> str:
    """Put catalogue and users into a new store; what was changed in it since stays. The admin's token, always the same."""
    folder = data / "collector"
    folder.mkdir(exist_ok=True)
    store = SqliteStore(folder / "collector.sqlite")
    store.migrate()
    now = datetime.now(UTC)
    if store.catalogue_version() == "0":
        store.install(catalogue, now)
    token = known.token
    if not (token and store.user_by_token(token, "api", now)):
        for user in USERS:
            store.put_user(user, passwords.hashed(known.passwords[user.login]))
        token = store.grant("admin", "api", timedelta(days=365), now)
        _keep(data, known.passwords, token)
    store.close()
    return token


def in_use(data: Path, catalogue: Catalogue) -> list[str]:
    """The catalogue's kiosks that nobody has retired."""
    store = SqliteStore(data / "collector" / "collector.sqlite")
    active = {one.kiosk.id for one in store.registered(Viewer("demo", "admin", None)) if not one.is_retired}
    store.close()
    return [kiosk.id for kiosk in catalogue.kiosks if kiosk.id in active]


def _keep(data: Path, known: dict[str, str], token: str) -> Secrets:
    durable.replace(data / "secrets.json", json.dumps({"passwords": known, "token": token}, indent=1), durable.OWNER_ONLY)
    return Secrets(known, token)
