"""The page for whoever writes a program against the API: readable by everybody."""

import json

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from collector.web.access import SIGN_IN, Here, viewer_or_none
from collector.web.api.described import by_tag
from collector.web.problems import problem

router = APIRouter(include_in_schema=False)


@router.get("/api/v1/docs")
def docs(request: Request, here: Here) -> HTMLResponse:
    """Written from the same description that programs get."""
    viewer_or_none(request)
    address = str(request.base_url).rstrip("/")
    refused = json.dumps(json.loads(bytes(problem(401, SIGN_IN).body)), ensure_ascii=False, indent=1)
    return HTMLResponse(
        here.render(request, "api_docs.html", tags=by_tag(request.app.openapi()), address=address, problem=refused)
    )
