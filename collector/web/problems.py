"""Errors as RFC 9457 problem details for programs, and as a page for people."""

import http
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from collector.web.context import Context


class SignInNeeded(Exception):
    """A page was asked for by nobody."""


def problem(status: int, detail: str) -> JSONResponse:
    """One problem; `detail` is a sentence that says what to do."""
    body = {"type": "about:blank", "title": http.HTTPStatus(status).phrase, "status": status, "detail": detail}
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def install(app: FastAPI, context: Context) -> None:
    """Answer every error in the form that the asker understands."""

    def answer(request: Request, status: int, detail: str) -> Response:
        if request.url.path.startswith("/api/") or "text/html" not in request.headers.get("accept", ""):
            return problem(status, detail)
        return HTMLResponse(context.render(request, "error.html", status=status, detail=detail), status)

    @app.exception_handler(SignInNeeded)
    async def _sign_in(request: Request, _error: SignInNeeded) -> Response:
        if request.method != "GET":  # a form cannot be sent again by an address
            return RedirectResponse("/sign-in", 303)
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/sign-in?next={quote(request.url.path + query)}", 303)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        response = answer(request, error.status_code, str(error.detail))
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        return answer(request, 422, f"{'.'.join(map(str, first['loc']))}: {first['msg']}.")

    @app.exception_handler(Exception)
    async def _fault(request: Request, _error: Exception) -> Response:
        return answer(request, 500, "Something went wrong here; it has been logged. Please try again.")
