"""What an admin's browser sends to the catalogue's pages, and what is in the catalogue afterwards."""

import hashlib
import re
from typing import Any

from collector.access import Viewer
from collector.store.audit import AuditQuery
from tests.collector.web_world import World

ADMIN = Viewer("admin", "admin", None)
SEEN = re.compile(r'name="seen" value="([0-9a-f]*)"')


def thing(web: World, kind: str, ident: str) -> dict[str, Any] | None:
    store = web.store()
    found = store.thing(ADMIN, kind, ident)
    store.close()
    return found.thing.model_dump(mode="json") | {"status": found.status} if found else None


def actions(web: World) -> list[tuple[str, str, str]]:
    store = web.store()
    rows = [(row.login, row.action, row.subject) for row in store.audit_rows(ADMIN, AuditQuery()) if "catalogue" in row.action]
    store.close()
    return rows


def seen(page: Any) -> str:
    found = SEEN.search(page.text)
    assert found
    return found[1]


def form_of(web: World, path: str) -> dict[str, str]:
    """What a browser would send back of a thing's form, untouched."""
    page = web.page(path, "admin").text
    fields = dict(re.findall(r'<input id="[^"]*" name="([^"]+)" value="([^"]*)"', page))
    fields |= dict(re.findall(r'<input name="(hours[^"]+)"[^>]* value="([^"]*)"', page))
    fields |= dict(re.findall(r'<select id="\w+" name="(\w+)".*?<option value="([^"]*)" selected', page, re.S))
    found = SEEN.search(page)
    assert found
    return fields | {"seen": found[1]}


def upload(web: World, kind: str, content: bytes, name: str = "list.csv", login: str = "admin") -> Any:
    web.client.cookies.clear()
    session = web.sessions[login]
    data = {"csrf": hashlib.sha256(b"csrf:" + session.encode()).hexdigest(), "kind": kind}
    headers = {"Accept": "text/html", "Cookie": f"nuomone_session={session}; nuomone_language=en"}
    return web.client.post(
        "/catalogue/files", data=data, files={"file": (name, content)}, headers=headers, follow_redirects=False
    )
