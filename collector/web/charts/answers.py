"""A chart's two addresses: the same path with `.svg` for the picture, with `.json` for the browser to draw."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends
from fastapi.responses import JSONResponse, Response

from collector.web.charts.frame import Size, Spec, Theme
from collector.web.charts.pictures import Pictures

Form = Literal["svg", "json"]


@dataclass(frozen=True)
class Look:
    """How a chart is asked for: `?theme=dark&size=narrow`."""

    theme: Theme = "light"
    size: Size = "wide"


Wanted = Annotated[Look, Depends()]


def answer(pictures: Pictures, spec_of: Callable[[Theme, Size], Spec], form: Form, look: Look) -> Response:
    """The chart in the form asked for, kept by the reader's own browser only."""
    spec, headers = spec_of(look.theme, look.size), {"Cache-Control": "private, max-age=60", "Vary": "Cookie"}
    if form == "json":
        return JSONResponse(spec, headers=headers)
    return Response(pictures.svg(spec), media_type="image/svg+xml", headers=headers)
