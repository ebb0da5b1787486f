"""What every page and API function needs: the store, the clock, the live scores, the templates, the charts' pictures."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from anyio import CapacityLimiter
from fastapi import Request
from jinja2 import Environment

from collector.web.charts import Pictures
from collector.web.fleet_now import Fleets
from collector.web.kiosk_pictures import KioskPictures
from collector.web.live import Live
from collector.web.remembered import Past
from collector.web.session import csrf_token
from collector.web.stores import Stores
from collector.web.texts import language_of, texts


@dataclass(frozen=True)
class Context:
    """Built once by `create_app`. `hashing`: how many passwords are checked at once.

    `signer`: the socket of the process that signs certificates, None where kiosks have passwords. `address`: of these
    pages from outside, empty where it is the one asked for. `signing`: how many wait for the signer at once.
    """

    stores: Stores
    now: Callable[[], datetime]
    live: Live
    templates: Environment
    hashing: CapacityLimiter
    pictures: Pictures
    past: Past = field(default_factory=Past)
    fleets: Fleets = field(default_factory=Fleets)
    signer: Path | None = None
    address: str = ""
    protocol: str = "5"
    signing: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(2))
    kiosk_pictures: KioskPictures = field(default_factory=KioskPictures)

    def render(self, request: Request, template: str, **values: Any) -> str:
        """A page in the reader's language."""
        words = texts(language_of(request))
        shared = {"request": request, "viewer": getattr(request.state, "viewer", None), "t": words, "_": words.gettext}
        shared |= {"ngettext": words.ngettext, "csrf": csrf_token(request), "link": _linker(request)}
        return self.templates.get_template(template).render(shared | values)


def _linker(request: Request) -> Callable[..., str]:
    """`link(sort="-n", day=None)`: this page's address with other parameters, those that are None left out."""
    present = {key: value for key, value in request.query_params.items() if key not in ("format", "table")}

    def link(path: str = "", **changes: object) -> str:
        wanted: dict[str, object] = present | {_named(key): value for key, value in changes.items()}
        query = urlencode({key: value for key, value in wanted.items() if value not in (None, "")})
        return f"{path or request.url.path}{'?' if query else ''}{query}"

    return link


def _named(key: str) -> str:
    """`from` is a word of Python."""
    return key.removesuffix("_")
