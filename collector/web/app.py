"""The web process: pages, API and live numbers in one application."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, PackageLoader, StrictUndefined

from collector.web import problems
from collector.web.api import health, lists, scores
from collector.web.charts import Pictures, bundle
from collector.web.context import Context
from collector.web.formats import FILTERS
from collector.web.live import Live, LiveBroker
from collector.web.pages import api_docs, office, sign_in
from collector.web.stores import Stores

_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


@dataclass(frozen=True)
class WebSettings:
    """`data`: the collector's folder. The rest is the broker, for live numbers."""

    data: Path
    host: str
    port: int
    username: str
    password: str
    protocol: str


def create_app(settings: WebSettings, now: Callable[[], datetime]) -> FastAPI:
    """The application over one store and one broker."""
    live = Live(LiveBroker(settings.host, settings.port, settings.username, settings.password, settings.protocol))
    templates = Environment(loader=PackageLoader("collector.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    templates.filters.update(FILTERS)
    templates.globals["vega_url"] = bundle.URL
    pictures = Pictures()
    context = Context(Stores(settings.data / "collector.sqlite"), now, live, templates, pictures)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        live.start()
        yield
        await live.stop()
        await asyncio.to_thread(pictures.close)

    openapi = "/api/v1/openapi.json"
    app = FastAPI(
        title="Nuomonė",
        description="What citizens say about the service of public offices: scores with their n and interval.",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=openapi,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.context = context
    problems.install(app, context)
    for router in (scores.router, lists.router, health.router):
        app.include_router(router, prefix="/api/v1")
    app.include_router(health.router, include_in_schema=False)
    app.include_router(api_docs.router)
    app.include_router(sign_in.router)
    app.include_router(office.router)
    app.include_router(bundle.router)
    app.mount("/static", StaticFiles(packages=[("collector.web", "static")]), name="static")

    @app.middleware("http")
    async def _secure(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await proceed(request)
        response.headers.update(_HEADERS)
        return response

    return app
