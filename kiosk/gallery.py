"""Pictures of every screen, without a display: `python -m kiosk.gallery OUTDIR`.

One process draws one size: SDL's offscreen surface cannot grow after its start.
"""
# mypy: disable-error-code="import-untyped"

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

SIZES = ((1280, 800), (1920, 1080), (1080, 1920), (800, 480))
SETTLED = 8  # frames after which a new text has pushed everything to its place
LANGUAGES = ("lt", "en", "pl", "ru", "uk")
CHIPS = (
    ("waiting-time", "Laukimo laikas", "Waiting time"),
    ("staff", "Darbuotojų elgesys", "Staff attitude"),
    ("information", "Informacijos aiškumas", "Clarity of information"),
    ("problem-solved", "Klausimo sprendimas", "Solving my problem"),
    ("ease", "Paprastumas, dokumentai", "Ease, paperwork"),
    ("opening-hours", "Darbo laikas", "Opening hours"),
    ("premises", "Patalpos, prieinamumas", "Premises, accessibility"),
    ("other", "Kita", "Other"),
)
SERVICES = (
    ("Gyvenamosios vietos deklaravimas", "Declaring a place of residence"),
    ("Pažymos apie deklaruotą gyvenamąją vietą", "Certificates of declared residence"),
    ("Prašymai ir skundai", "Requests and complaints"),
    ("Žemės nuoma", "Land lease"),
    ("Asmenų su negalia poreikių vertinimas", "Assessment of needs of persons with disabilities"),
)
_WHY = [{"id": name, "text": {"lt": lt, "en": en}} for name, lt, en in CHIPS]
_SERVICES = [{"id": f"service-{n}", "name": {"lt": lt, "en": en}} for n, (lt, en) in enumerate(SERVICES)]
SAMPLE: dict[str, Any] = {
    "kiosk": "sample",
    "office": {
        "id": "sample",
        "name": {"lt": "Marijampolės savivaldybės administracija", "en": "Marijampolė Municipality Administration"},
        "timezone": "Europe/Vilnius",
    },
    "counter": "",
    "services": _SERVICES[:1],
    "languages": list(LANGUAGES),
    "questionnaire": {
        "id": "sample",
        "questions": [
            {
                "id": "overall",
                "scale": "smiley5",
                "text": {"lt": "Kaip vertinate šiandienos aptarnavimą?", "en": "How was the service today?"},
                "words": {
                    "lt": ["Labai blogai", "Blogai", "Vidutiniškai", "Gerai", "Labai gerai"],
                    "en": ["Very bad", "Bad", "So-so", "Good", "Very good"],
                },
                "reasons": {
                    "good": _WHY,
                    "bad": _WHY,
                    "ask_good": {"lt": "Kas pavyko?", "en": "What went well?"},
                    "ask_bad": {"lt": "Kas nepavyko?", "en": "What went wrong?"},
                },
            },
            {
                "id": "trust",
                "scale": "thumbs",
                "text": {
                    "lt": "Ar po šio apsilankymo labiau pasitikite įstaiga?",
                    "en": "After this visit, do you trust this institution more?",
                },
                "words": {"lt": ["Ne", "Taip"], "en": ["No", "Yes"]},
            },
        ],
    },
}


def main(arguments: list[str]) -> None:
    """Draw all sizes into a folder, one process each."""
    if not arguments:
        sys.exit("Where to? python -m kiosk.gallery OUTDIR")
    out = Path(arguments[0])
    out.mkdir(parents=True, exist_ok=True)
    if len(arguments) == 2:
        width, height = map(int, arguments[1].split("x"))
        draw(out, width, height)
        return
    for width, height in SIZES:
        subprocess.run([sys.executable, "-m", "kiosk.gallery", str(out), f"{width}x{height}"], check=True)


def draw(out: Path, width: int, height: int) -> None:
    """All screens of one size, in both languages and palettes."""
    os.environ["SDL_VIDEODRIVER"] = "offscreen"
    with tempfile.TemporaryDirectory() as folder:
        app = offscreen(Path(folder), (width, height))
        for palette in ("light", "dark"):
            _configure(app, {**SAMPLE, "display": {"theme": palette}})
            for language in ("lt", "en"):
                for name in ("rating", "pressed", "reasons", "chosen", "further", "thanks", "broken"):
                    _pose(app, name, language)
                    picture(out / f"{name}-{width}x{height}-{language}-{palette}.png")
            for many in (2, 5, 24):
                several = [{**_SERVICES[n % 5], "id": f"service-{n}"} for n in range(many)]
                _configure(app, {**SAMPLE, "services": several, "display": {"theme": palette}})
                for name in ("services", "serviced"):
                    _pose(app, name, "lt")
                    picture(out / f"{name}-{many}-{width}x{height}-{palette}.png")
        app.station.state = app.station.config = None
        _pose(app, "waiting", "lt")
        picture(out / f"waiting-{width}x{height}.png")
        for scale in ("smiley4", "smiley3", "nps11", "stars5", "thumbs"):
            question = {**SAMPLE["questionnaire"]["questions"][0], "scale": scale, "words": {}}
            _configure(app, {**SAMPLE, "questionnaire": {"id": "sample", "questions": [question]}})
            _pose(app, "rating", "lt")
            picture(out / f"scale-{scale}-{width}x{height}.png")


def offscreen(folder: Path, size: tuple[int, int], station: Any = None, wires: Any = None) -> Any:
    """A kiosk that draws without a display, built but not run. For this process's one window."""
    from kiosk.window import Frames, Wires, prepare

    prepare(folder, size, fullscreen=False)
    from kivy.base import EventLoop
    from kivy.clock import Clock

    from kiosk.app import KioskApp

    app = KioskApp(station or _station(folder), folder, wires or Wires(), Frames())
    EventLoop.ensure_window()
    EventLoop.window.add_widget(app.build())
    EventLoop.start()
    Clock._max_fps = 0  # nothing to wait for between two frames
    return app


def picture(path: Path) -> None:
    """What the window shows, as a PNG."""
    from PIL import Image

    size, pixels = shown()
    Image.frombytes("RGBA", size, pixels).transpose(Image.Transpose.FLIP_TOP_BOTTOM).convert("RGB").save(path, optimize=True)


def shown() -> tuple[tuple[int, int], bytes]:
    """Draw once and read the pixels back, lowest row first."""
    from kivy.base import EventLoop
    from kivy.core.window import Window
    from kivy.graphics import opengl

    for _ in range(SETTLED):
        EventLoop.idle()
        opengl.glFinish()
    Window.canvas.ask_update()
    Window.dispatch("on_draw")
    opengl.glFinish()
    width, height = (int(n) for n in Window.size)
    return (width, height), opengl.glReadPixels(0, 0, width, height, opengl.GL_RGBA, opengl.GL_UNSIGNED_BYTE)


def _station(folder: Path) -> Any:
    from kiosk.outbox import Outbox
    from kiosk.station import Station

    return Station(folder, Outbox(folder / "outbox.db", "sample", "sample"))


def _configure(app: Any, payload: dict[str, Any]) -> None:
    from broker_config.messages import KioskConfig, config_id

    whole = KioskConfig.model_validate({**payload, "config": "1-00000000"}).model_dump(mode="json")
    app.station.propose(KioskConfig.model_validate({**whole, "config": config_id(1, whole)}).wire())
    app.station.dismiss()
    app.station.tick()


def _pose(app: Any, name: str, language: str) -> None:
    """Bring a citizen to a screen; nothing is recorded."""
    from dataclasses import replace

    from kiosk import visit

    app.broken = name == "broken"
    config = app.station.config
    if config:
        state = replace(visit.idle(config, app.station._monotonic() - 2), language=language)
        if name == "serviced":
            state = visit.choose_service(state, config, "service-1", state.since + 1)
        elif name in ("reasons", "chosen", "further", "thanks"):
            state, _ = visit.answer(state, config, 4, state.since, "sample")
            for number in range(3 if name == "chosen" else 0):
                state = visit.choose_reason(state, config, CHIPS[2 * number][0], state.since + 0.6)
        if name in ("further", "thanks"):
            state = visit.skip(state, config, state.since + 0.6)
        if name == "thanks":
            state = visit.skip(state, config, state.since + 0.6)
        app.station.state = state
    app.refresh()
    answers = app.rating.ids.answers
    answers.light(answers.answers[3] if name == "pressed" else None)


if __name__ == "__main__":
    main(sys.argv[1:])
