"""The browser's charts: vega, vega-lite and vega-embed out of vl-convert's wheel, as one file."""

import gzip
import subprocess
from functools import cache
from importlib.metadata import version
from threading import Lock

from fastapi import APIRouter, Request
from fastapi.responses import Response

from collector.web.charts.pictures import COMMAND

URL = f"/static/vega-{version('vl-convert-python')}.js"
router = APIRouter(include_in_schema=False)

_lock = Lock()


@router.get(URL)
def vega(request: Request) -> Response:
    """0.9 MB, made in two seconds when the first page with a chart asks; its address changes with its version."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    with _lock:
        packed = _packed()
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(gzip.decompress(packed), media_type="text/javascript", headers=headers)
    return Response(packed, media_type="text/javascript", headers=headers | {"Content-Encoding": "gzip"})


@cache
def _packed() -> bytes:
    made = subprocess.run([*COMMAND, "bundle"], check=True, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    return gzip.compress(made.stdout)
