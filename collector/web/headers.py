"""What every answer says to the browser: whom to believe, what to keep. Outside of everything, so on faults too."""

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_NO_USE_OF = (
    *("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen", "geolocation", "gyroscope"),
    *("magnetometer", "microphone", "midi", "payment", "picture-in-picture", "screen-wake-lock", "usb", "xr-spatial-tracking"),
)
_ALWAYS = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _NO_USE_OF),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_KEYS = "/invitation/"  # such an address is a key
_HSTS = "max-age=31536000"


class SecurityHeaders:
    """Adds the headers to the first message of an answer; what streams after it is not touched.

    Figures are private: nothing is kept but static files, and what a page says of itself.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_ALWAYS)
                if scope["path"].startswith(_KEYS):
                    headers["Referrer-Policy"] = "no-referrer"
                if scope["scheme"] == "https":
                    headers["Strict-Transport-Security"] = _HSTS
                static = scope["path"].startswith("/static/") and message["status"] in (200, 304)
                headers.setdefault("Cache-Control", "public, max-age=300" if static else "no-store")
            await send(message)

        await self._app(scope, receive, sending)


class Application(FastAPI):
    """FastAPI with the headers around the whole of it."""

    def build_middleware_stack(self) -> ASGIApp:
        return SecurityHeaders(super().build_middleware_stack())
