"""What every page and API function needs: the store, the clock, the live scores, the templates, the charts' pictures."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request
from jinja2 import Environment

from collector.web.charts import Pictures
from collector.web.live import Live
from collector.web.session import csrf_token
from collector.web.stores import Stores
from collector.web.texts import language_of, texts


@dataclass(frozen=True)
class Context:
    """Built once by `create_app`."""

    stores: Stores
    now: Callable[[], datetime]
    live: Live
    templates: Environment
    pictures: Pictures

    def render(self, request: Request, template: str, **values: Any) -> str:
        """A page in the reader's language."""
        words = texts(language_of(request))
        shared = {"request": request, "viewer": getattr(request.state, "viewer", None), "t": words, "_": words.gettext}
        shared |= {"ngettext": words.ngettext, "csrf": csrf_token(request)}
        return self.templates.get_template(template).render(shared | values)
