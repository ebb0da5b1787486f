"""A signer without a broker, and web servers with a certificate: for tests of enrolment."""

import contextlib
import http.server
import json
import socketserver
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from broker_config import pki
from broker_config.acl import BrokerError, RefusedError
from broker_config.pki import Issuer
from tests.brokers import free_port, wait_for

NAMES = ("localhost", "127.0.0.1")


class FakeSigner:
    """Answers at a socket as the signer does. `asked`: every question; `says_no`: what it answers to all but one of them;
    `refuses`: that it will not, rather than that it cannot just now."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.issuer = Issuer(*pki.new_authority("Test", datetime.now(UTC) - timedelta(days=30)))
        self.asked: list[dict[str, str]] = []
        self.owners: dict[str, str] = {}
        self.says_no = ""
        self.refuses = True
        self._server: socketserver.ThreadingUnixStreamServer | None = None

    def start(self) -> None:
        signer = self

        class Door(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.wfile.write(json.dumps(signer.answer(json.loads(self.rfile.readline()))).encode() + b"\n")

        self._server = socketserver.ThreadingUnixStreamServer(str(self.path), Door)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self.path.unlink()
            self._server = None

    def answer(self, question: dict[str, str]) -> dict[str, Any]:
        self.asked.append(question)
        if question["do"] == "authority":
            ca = self.issuer.ca
            return {"ok": True, "ca": ca, "fingerprint": pki.fingerprint(ca), "host": "broker.example.lt", "port": 8883}
        if self.says_no:
            return {"ok": False, "why": self.says_no, "refused": self.refuses}
        try:
            return {"ok": True, **self._do(question)}
        except BrokerError as error:
            return {"ok": False, "why": str(error), "refused": isinstance(error, RefusedError)}

    def _do(self, question: dict[str, str]) -> dict[str, str]:
        if question["do"] == "revoke":
            self._forget(question["kiosk"])
            return {}
        if question["do"] == "sign":
            self._forget(question["kiosk"])
            return self._issue(question["kiosk"], question["request"])
        present = pki.certificate(question["certificate"])
        kiosk = self.owners.get(f"{present.serial_number:x}")
        if kiosk is None or not pki.has_signed(present, question["request"], question["signature"]):
            raise RefusedError("This certificate is not good.")
        return {"kiosk": kiosk} | self._issue(kiosk, question["request"])

    def _issue(self, kiosk: str, request: str) -> dict[str, str]:
        made = self.issuer.client(kiosk, pki.requested_key(request), timedelta(days=90), datetime.now(UTC))
        self.owners[made.serial] = kiosk
        moments = {"issued": made.issued.isoformat(), "expires": made.expires.isoformat()}
        return {"certificate": made.certificate, "serial": made.serial, **moments}

    def _forget(self, kiosk: str) -> None:
        self.owners = {serial: owner for serial, owner in self.owners.items() if owner != kiosk}


@contextlib.contextmanager
def fake_signer(folder: Path) -> Iterator[FakeSigner]:
    signer = FakeSigner(folder / "signer.sock")
    signer.start()
    yield signer
    signer.stop()


def server_files(issuer: Issuer, folder: Path, names: tuple[str, ...] = NAMES, **when: Any) -> tuple[Path, Path]:
    """(certificate, key) of a server, by this authority."""
    key = pki.new_key()
    life, now = when.get("life", timedelta(days=30)), when.get("now", datetime.now(UTC))
    certificate = issuer.server(names, pki.public_key(key), life, now).certificate
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "server.pem").write_text(certificate)
    (folder / "server-key.pem").write_text(key)
    return folder / "server.pem", folder / "server-key.pem"


@contextlib.contextmanager
def serving_tls(app: FastAPI, certificate: Path, key: Path, port: int = 0) -> Iterator[str]:
    """The application on a real HTTPS server; yields its address."""
    port = port or free_port()
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, log_level="critical", timeout_graceful_shutdown=1,
        ssl_certfile=str(certificate), ssl_keyfile=str(key),
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_for(lambda: server.started, 10)
        yield f"https://localhost:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


class Overheard(http.server.ThreadingHTTPServer):
    """An HTTPS server that is not the collector. `answers`: by path; `heard`: (path, body) of all that was sent to it."""

    answers: dict[str, dict[str, Any]]
    heard: list[tuple[str, bytes]]


class _Ear(http.server.BaseHTTPRequestHandler):
    server: Overheard

    def do_GET(self) -> None:
        self._say(b"")

    def do_POST(self) -> None:
        self._say(self.rfile.read(int(self.headers["Content-Length"])))

    def log_message(self, *_: object) -> None:
        pass

    def _say(self, body: bytes) -> None:
        self.server.heard.append((self.path, body))
        said = self.server.answers.get(self.path)
        text = json.dumps(said or {}).encode()
        self.send_response(200 if said else 404)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


@contextlib.contextmanager
def standing_between(certificate: Path, key: Path) -> Iterator[tuple[str, Overheard]]:
    """A stranger's HTTPS server: its address, and what it says and hears."""
    server = Overheard(("127.0.0.1", 0), _Ear)
    server.answers, server.heard = {}, []
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # who is not believed is hung up on
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"https://localhost:{server.server_address[1]}", server
    server.shutdown()
    server.server_close()
