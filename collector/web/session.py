"""The browser's session: its cookie, and what a form of it carries."""

import hashlib
from datetime import timedelta

from fastapi import Request, Response

LASTS = timedelta(hours=12)
NAME = "nuomone_session"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def is_secure(request: Request) -> bool:
    """False only on plain HTTP to this very machine, as in the demo: a cookie goes nowhere else unencrypted."""
    return request.url.scheme == "https" or request.url.hostname not in _LOOPBACK


def token_of(request: Request) -> str:
    """The session's token; empty without one."""
    return request.cookies.get(_name(request), "")


def keep(request: Request, answer: Response, token: str) -> None:
    """Give the browser its session."""
    lasts = int(LASTS.total_seconds())
    answer.set_cookie(_name(request), token, max_age=lasts, httponly=True, samesite="lax", secure=is_secure(request))


def drop(request: Request, answer: Response) -> None:
    answer.delete_cookie(_name(request), httponly=True, samesite="lax", secure=is_secure(request))


def csrf_token(request: Request) -> str:
    """What a form of this session carries: nobody without the session's cookie can know it."""
    return hashlib.sha256(b"csrf:" + token_of(request).encode()).hexdigest()


def _name(request: Request) -> str:
    """With the prefix no neighbour under the same domain can plant a cookie of this name."""
    return f"__Host-{NAME}" if is_secure(request) else NAME


def own_path(path: str) -> str:
    """Only a path of this site: never away to another host."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"
