"""Every path that an application answers, so that a test can say that it has tried them all."""

import re
from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount, compile_path


def paths(app: FastAPI, method: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Each route's path as it is written, and what matches it; mounted files answer GET."""
    for route in iter_route_contexts(app.routes):
        assert route.path is not None
        if isinstance(route.original_route, Mount) and method == "GET":
            yield route.path, compile_path(route.path + "/{path:path}")[0]
        elif method in (route.methods or ()):
            yield route.path, compile_path(route.path)[0]
