"""Lists: offices, services, kiosks, quarantine, accounting."""

from typing import Any

from fastapi import APIRouter

from collector.web.access import ApiViewer, FleetViewer, Here
from collector.web.api.answers import SIGNED_IN, problems
from collector.web.api.rows import AccountingRow, KioskRow, OfficeRow, QuarantineRow, Rows, ServiceRow

router = APIRouter(tags=["lists"], dependencies=SIGNED_IN, responses=problems(401))

_Found = dict[str, list[dict[str, Any]]]


@router.get("/offices", response_model=Rows[OfficeRow])
def offices(here: Here, viewer: ApiViewer) -> _Found:
    """The offices that you may see."""
    return {"rows": here.stores.reading().offices(viewer)}


@router.get("/services", response_model=Rows[ServiceRow])
def services(here: Here, viewer: ApiViewer) -> _Found:
    """All services, and at which of your offices each is given."""
    return {"rows": here.stores.reading().services(viewer)}


@router.get("/kiosks", response_model=Rows[KioskRow], response_model_exclude_unset=True)
def kiosks(here: Here, viewer: ApiViewer) -> _Found:
    """The kiosks of your offices, with presence, health and configuration."""
    return {"rows": here.stores.reading().kiosks(viewer)}


@router.get("/quarantine", response_model=Rows[QuarantineRow], responses=problems(403))
def quarantine(here: Here, _viewer: FleetViewer) -> _Found:
    """The newest 1,000 quarantined events and messages, for admins and auditors."""
    return {"rows": here.stores.reading().quarantine()}


@router.get("/accounting", response_model=Rows[AccountingRow], responses=problems(403))
def accounting(here: Here, _viewer: FleetViewer) -> _Found:
    """Every kiosk's streams, for admins and auditors.

    claimed = stored + quarantined + late + pending + lost + at_risk + unexplained.
    """
    return {"rows": here.stores.reading().accounting(here.now())}
