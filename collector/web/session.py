"""The browser's session: its cookie, and what a form of it carries."""

import hashlib

from fastapi import Request

COOKIE = "nuomone_session"


def csrf_token(request: Request) -> str:
    """What a form of this session carries: nobody without the session's cookie can know it."""
    return hashlib.sha256(b"csrf:" + request.cookies.get(COOKIE, "").encode()).hexdigest()
