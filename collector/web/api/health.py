"""Liveness, readiness and metrics, for whoever operates the server."""

import time
from collections.abc import Iterator
from typing import Literal

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from pydantic import BaseModel

from collector.store.base import StoreError
from collector.web.access import Here
from collector.web.api.answers import problems
from collector.web.context import Context
from collector.web.problems import problem

router = APIRouter(tags=["operation"])

_STARTED = time.monotonic()


class Alive(BaseModel):
    status: Literal["ok"]


class Ready(BaseModel):
    status: Literal["ready"]


@router.get("/healthz")
async def healthz() -> Alive:
    """Alive."""
    return Alive(status="ok")


@router.get("/readyz", response_model=Ready, responses=problems(503))
def readyz(here: Here) -> Ready | JSONResponse:
    """The store is writable and the broker is connected."""
    try:
        with here.stores.writing() as store:
            ready = store.is_ready()
    except (StoreError, OSError):
        ready = False
    if not ready:
        return problem(503, "The store cannot be written.")
    if not here.live.is_connected:
        return problem(503, "The broker is not connected.")
    return Ready(status="ready")


@router.get("/metrics", response_class=PlainTextResponse)
def metrics(here: Here) -> Response:
    """For Prometheus."""
    registry = CollectorRegistry()
    registry.register(_Metrics(here))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class _Metrics(Collector):
    """Totals of the accounting, read when asked for, or a few seconds before."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def collect(self) -> Iterator[Metric]:
        totals = self._context.fleets.totals(self._context.stores.reading(), self._context.now())
        for name, total in totals.items():
            yield GaugeMetricFamily(f"nuomone_events_{name}", f"Events {name}, over all streams.", value=total)
        connected = int(self._context.live.is_connected)
        yield GaugeMetricFamily("nuomone_broker_connected", "1 when the web is connected.", value=connected)
        yield GaugeMetricFamily("nuomone_uptime_seconds", "Since the web process began.", value=time.monotonic() - _STARTED)
