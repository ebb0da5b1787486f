"""Lists: offices, services, kiosks, quarantine, accounting."""

from typing import Any

from fastapi import APIRouter

from collector.web.access import ApiViewer, FleetViewer, Here

router = APIRouter(tags=["lists"])

Rows = dict[str, list[dict[str, Any]]]


@router.get("/offices")
def offices(here: Here, viewer: ApiViewer) -> Rows:
    """The offices that you may see."""
    return {"rows": here.stores.reading().offices(viewer)}


@router.get("/services")
def services(here: Here, viewer: ApiViewer) -> Rows:
    """All services, and at which of your offices each is given."""
    return {"rows": here.stores.reading().services(viewer)}


@router.get("/kiosks")
def kiosks(here: Here, viewer: ApiViewer) -> Rows:
    """The kiosks of your offices, with presence, health and configuration."""
    return {"rows": here.stores.reading().kiosks(viewer)}


@router.get("/quarantine")
def quarantine(here: Here, _viewer: FleetViewer) -> Rows:
    """The newest 1,000 quarantined events and messages."""
    return {"rows": here.stores.reading().quarantine()}


@router.get("/accounting")
def accounting(here: Here, _viewer: FleetViewer) -> Rows:
    """Every kiosk's streams: claimed = stored + quarantined + pending + lost + at_risk + unexplained."""
    return {"rows": here.stores.reading().accounting(here.now())}
