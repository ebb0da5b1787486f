"""`nuomone-kiosk preview`: every screen of a configuration as a picture, drawn without a display, a network or an outbox."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from broker_config.messages import SCALES, KioskConfig
from kiosk import configuration, visit
from kiosk.state import State

LEAST, MOST = 240, 4096
STEP_S = 1.0  # between two touches; two within half a second are one


def preview(
    config: Annotated[Path, typer.Argument(help="A configuration as the collector publishes it, with or without its id.")],
    out: Annotated[Path, typer.Argument(help="The folder for the pictures: SCREEN-LANGUAGE.png")],
    size: Annotated[str, typer.Option(help="The screen's size in pixels.")] = "1280x800",
    language: Annotated[list[str] | None, typer.Option(help="May be given several times; all of them by default.")] = None,
) -> None:
    """Draw every screen of a configuration as a picture."""
    try:
        given = configuration.read(config)
    except configuration.Refused as reason:
        raise _fail(f"{config} cannot be shown: {reason}.") from None
    if unknown := [one for one in language or () if one not in given.languages]:
        raise _fail(f"The configuration does not offer {', '.join(unknown)}, but {', '.join(given.languages)}.")
    width, height = _size(size)
    try:
        out.mkdir(parents=True, exist_ok=True)
        draw(given, out, (width, height), language or given.languages)
    except ImportError as missing:
        raise _fail(
            f"The kiosk's screens are not installed here ({missing.name} is missing): pip install nuomone[kiosk]."
        ) from None
    except OSError as error:
        raise _fail(f"The pictures cannot be written to {out}: {error.strerror or error}.") from None


def draw(config: KioskConfig, out: Path, size: tuple[int, int], languages: list[str]) -> None:
    """Each screen in each language, as `SCREEN-LANGUAGE.png`. Once in a process: its window cannot change its size."""
    from kiosk.offscreen import offscreen, picture
    from kiosk.outbox import Outbox
    from kiosk.station import Station

    with tempfile.TemporaryDirectory() as folder:
        configuration.save(Path(folder) / "config.json", config)
        outbox = Outbox(Path(folder) / "outbox.sqlite", config.kiosk, "preview")
        station = Station(Path(folder), outbox)
        app = offscreen(Path(folder), size, station)
        for language in languages:
            now = station._monotonic()
            for name, state in screens(config, language, now):
                station.state = replace(state, since=now, touched=None)
                app.refresh()
                picture(out / f"{name}-{language}.png", colours=None)
        app.on_stop()
        outbox.close()


def screens(config: KioskConfig, language: str, now: float) -> Iterator[tuple[str, State]]:
    """What a citizen can meet, by name: the services where there are several, the question, the reasons for the best and the
    worst answer, each further question with its own reasons, the comment, and thanks."""
    first = replace(visit.idle(config, now), language=language)
    if first.screen == "services":
        yield "services", first
        first = visit.choose_service(first, config, config.services[0].id, now + STEP_S)
    yield "question", first
    met = set[str]()
    for side, value in zip(("good", "bad"), _ends(config, 0), strict=True):
        for name, state in _onwards(config, first, value, side, now + 2 * STEP_S):
            if name not in met:
                met.add(name)
                yield name, state


def _onwards(config: KioskConfig, first: State, value: int, side: str, now: float) -> Iterator[tuple[str, State]]:
    """What follows one answer to the main question, everything else being passed over."""
    state, _ = visit.answer(first, config, value, now, "preview")
    while state.screen != "thanks":
        now += STEP_S
        if state.screen == "rating":
            further = f"further-{state.asked}"
            yield further, state
            for own, answer in zip(("good", "bad"), _ends(config, state.asked), strict=True):
                told, _ = visit.answer(state, config, answer, now, "preview")
                if told.screen == "reasons":
                    yield f"{further}-reasons-{own}", told
        else:
            yield f"reasons-{side}" if state.screen == "reasons" else state.screen, state
        state = visit.skip(state, config, now)
    yield "thanks", state


def _ends(config: KioskConfig, asked: int) -> tuple[int, int]:
    """The best answer to a question, and the worst."""
    scale = SCALES[visit.question(config, asked).scale]
    return scale.high, scale.low


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    sides = [int(side) for side in (width, height) if side.isascii() and side.isdigit() and len(side) < 6]
    if len(sides) != 2 or not all(LEAST <= side <= MOST for side in sides):
        raise _fail(f"The size {text} is none; write it as 1280x800, each side from {LEAST} to {MOST}.")
    return sides[0], sides[1]


def _fail(sentence: str) -> typer.Exit:
    typer.echo(sentence, err=True)
    return typer.Exit(1)
