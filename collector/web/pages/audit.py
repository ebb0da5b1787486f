"""The audit log, for admins and auditors."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, Response

from collector.localtime import usual_timezone
from collector.store.audit import AuditQuery
from collector.web.access import AuditViewer, Here
from collector.web.csv import csv_response
from collector.web.formats import local_moment

router = APIRouter(include_in_schema=False)

PAGE = 100


@router.get("/audit")
def page(
    request: Request,
    here: Here,
    viewer: AuditViewer,
    login: str = "",
    action: str = "",
    from_: Annotated[str, Query(alias="from")] = "",
    to: str = "",
    before: Annotated[int | None, Query(ge=0, le=2**63 - 1)] = None,
    format: str = "",  # noqa: A002 - the address's word
) -> Response:
    """Newest first, a hundred at a time; `before` is the id from which older ones are asked for."""
    store = here.stores.reading()
    zone = usual_timezone(store.office_timezones().values())
    first, last = _start(from_, zone), _start(to, zone, days=1)
    found = store.audit_rows(viewer, AuditQuery(login.strip(), action, first, last, before, PAGE + 1))
    rows = found[:PAGE]
    if format == "csv":
        lines = [
            (_second(row.at, zone), row.login, row.action, row.subject, in_words(row.before), in_words(row.after)) for row in rows
        ]
        return csv_response(_name(from_, to), ("at", "login", "action", "subject", "before", "after"), lines)
    asked = {"login": login.strip(), "action": action, "from": from_, "to": to}
    filters = {name: value for name, value in asked.items() if value}
    return HTMLResponse(
        here.render(
            request,
            "audit.html",
            rows=rows,
            actions=store.audit_actions(viewer),
            asked=asked,
            timezone=zone,
            newest=_address(filters) if before is not None else "",
            older=_address(filters | {"before": rows[-1].id}) if len(found) > PAGE else "",
            csv=_address(filters | ({} if before is None else {"before": before}) | {"format": "csv"}),
            in_words=in_words,
        )
    )


def in_words(value: Any) -> str:
    """What was kept of a change, as one line: `offices: hall, north; role: head`."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return "; ".join(f"{name}: {in_words(part)}" for name, part in value.items())
    if isinstance(value, list):
        return ", ".join(in_words(part) for part in value)
    return str(value)


def _start(day: str, zone: str, days: int = 0) -> datetime | None:
    """The moment at which a local day begins, or the one so many days later; None where none is given."""
    if not day:
        return None
    try:
        return datetime.combine(date.fromisoformat(day) + timedelta(days=days), time(), ZoneInfo(zone))
    except (ValueError, OverflowError):
        raise HTTPException(422, "A day is written as 2026-11-21.") from None


def _second(at: str, zone: str) -> str:
    return f"{local_moment(at, zone):%Y-%m-%d %H:%M:%S}"


def _address(values: dict[str, Any]) -> str:
    return f"/audit?{urlencode(values)}"


def _name(first: str, last: str) -> str:
    return "-".join(filter(None, ("audit", first, last))) + ".csv"
