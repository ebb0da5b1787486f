"""The web process: pages, API and live numbers in one application."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from anyio import CapacityLimiter
from anyio.to_thread import current_default_thread_limiter
from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, PackageLoader, StrictUndefined

from broker_config.tls import ClientTls
from collector.web import problems
from collector.web.access import from_here
from collector.web.api import enrolment as enrolment_api
from collector.web.api import health, lists, scores
from collector.web.charts import Pictures, bundle
from collector.web.context import Context
from collector.web.formats import FILTERS
from collector.web.headers import Application
from collector.web.listeners import Pace
from collector.web.live import Live, LiveBroker
from collector.web.pages import (
    account,
    accounts,
    api_docs,
    audit,
    catalogue,
    catalogue_files,
    comments,
    configurations,
    enrolment,
    enrolment_ends,
    every_vote,
    fleet,
    invitation,
    kiosk,
    live_total,
    misuse,
    notes,
    office,
    offices,
    period,
    quarantine,
    questionnaires,
    retention,
    sign_in,
)
from collector.web.stores import Stores

_HASHING = 2
_THREADS = 8  # each keeps a connection to the store with its cache; more would only wait for the interpreter
_LARGEST_BODY = 64 * 1024


@dataclass(frozen=True)
class WebSettings:
    """`data`: the collector's folder. `signer`: the socket of the process that signs kiosks' certificates.

    `address`: where kiosks and people find these pages from outside. The rest is for live numbers: the broker, and how
    often what is done.
    """

    data: Path
    host: str
    port: int
    username: str
    password: str
    protocol: str
    pace: Pace = field(default_factory=Pace)
    tls: ClientTls | None = None
    signer: Path | None = None
    address: str = ""


def create_app(settings: WebSettings, now: Callable[[], datetime]) -> FastAPI:
    """The application over one store and one broker."""
    stores = Stores(settings.data / "collector.sqlite")
    broker = LiveBroker(settings.host, settings.port, settings.username, settings.password, settings.protocol, settings.tls)
    live = Live(broker, live_total.Totals(stores, now), settings.pace)
    templates = Environment(loader=PackageLoader("collector.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    templates.filters.update(FILTERS)
    templates.globals["vega_url"] = bundle.URL
    pictures = Pictures()
    context = Context(
        stores,
        now,
        live,
        templates,
        CapacityLimiter(_HASHING),
        pictures,
        signer=settings.signer,
        address=settings.address,
        protocol=settings.protocol,
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = _THREADS
        live.start()
        yield
        await live.stop()
        await asyncio.to_thread(pictures.close)

    openapi = "/api/v1/openapi.json"
    app = Application(
        title="Nuomonė",
        description="What citizens say about the service of public offices: scores with their n and interval.",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=openapi,
        dependencies=[Depends(from_here)],
        max_body_size=_LARGEST_BODY,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.context = context
    problems.install(app, context)
    _include(app)
    app.mount("/static", StaticFiles(packages=[("collector.web", "static")]), name="static")
    return app


def _include(app: FastAPI) -> None:
    """Every address there is. Of two that fit, the one that comes first answers."""
    for router in (scores.router, lists.router, health.router, enrolment_api.router):
        app.include_router(router, prefix="/api/v1")
    app.include_router(health.router, include_in_schema=False)
    for pages in (api_docs, sign_in, account, audit, offices, office, period, notes, comments, misuse, live_total, bundle):
        app.include_router(pages.router)
    for pages in (
        catalogue_files,  # its addresses come before those of a thing
        catalogue,
        questionnaires,
        accounts,
        invitation,
        retention,
        fleet,
        enrolment,  # its fixed addresses come before those of a kiosk
        kiosk,
        enrolment_ends,
        configurations,
        every_vote,
        quarantine,
    ):
        app.include_router(pages.router)
