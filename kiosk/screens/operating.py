"""The operator's screens within the kiosk's app."""
# mypy: disable-error-code="import-untyped"

from typing import Any

from kivy.core.window import Window

from kiosk.pin import Lockout, find
from kiosk.screens.operator import Operator
from kiosk.service_facts import ServiceFacts, gather
from kiosk.theme import Theme, theme


def operator_for(app: Any) -> Operator:
    """The way from the held corner to the service screen and back; its screens have the whole window."""
    lockout = Lockout(app.folder / "lockout.json")

    def bring(screen: Any) -> None:
        app.shown, app.front, app.stage.reach = "service", screen, 0
        app.keyed.focus.leave()
        app.stage.bring(screen)

    def panel() -> Theme:
        return theme(int(Window.width), int(Window.height), app.display)

    def language() -> str:
        return app.station.config.languages[0] if app.station.config else "lt"

    def facts() -> ServiceFacts:
        station, link, time = app.station, app.wires.link(), app.wires.clock()
        counts = {"frames": app.frames.count, "lockouts": lockout.lockouts}
        return gather(station.outbox, station.config, language(), link, time, panel(), **counts)

    return Operator(
        bring=bring,
        leave=app.show_anew,
        pin=lambda: find(app.folder, app.display),
        lockout=lockout,
        facts=facts,
        language=language,
        panel=panel,
    )
