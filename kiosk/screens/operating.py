"""The operator's screens within the kiosk's app."""

from typing import Any

from kiosk.pin import Lockout, find
from kiosk.screens.operator import Operator
from kiosk.screens.panel import own_display, whole_panel
from kiosk.service_facts import ServiceFacts, gather
from kiosk.theme import Theme


def operator_for(app: Any) -> Operator:
    """The way from the held corner to the service screen and back; its screens have the whole window."""
    lockout = Lockout(app.folder / "lockout.json")

    def bring(screen: Any) -> None:
        app.show_aside("service", screen)

    def panel() -> Theme:
        return whole_panel(app.station)

    def language() -> str:
        return app.station.own.languages[0] if app.station.own else "lt"

    def facts() -> ServiceFacts:
        station, link, time = app.station, app.wires.link(), app.wires.clock()
        counts = {"frames": app.frames.count, "lockouts": lockout.lockouts}
        return gather(station.outbox, station.own, language(), link, time, panel(), **counts)

    return Operator(
        bring=bring,
        leave=app.show_anew,
        pin=lambda: find(app.folder, own_display(app.station)),
        lockout=lockout,
        facts=facts,
        language=language,
        panel=panel,
    )
