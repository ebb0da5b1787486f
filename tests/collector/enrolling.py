"""A world with a signer: its application over HTTP for pages, and over HTTPS for kiosks."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from broker_config import enrolment_code, pki
from broker_config.pki import Issuer
from collector import passwords
from collector.store.enrolments import Certificate, Claim
from collector.store.sqlite import SqliteStore
from collector.web.app import WebSettings, create_app
from tests.brokers import free_port
from tests.catalogues import catalogue
from tests.collector.deliveries import NOW
from tests.collector.web_world import PASSWORD, USERS, Clock, World, serving
from tests.signers import FakeSigner, fake_signer, server_files, serving_tls


@dataclass
class Enrolling:
    """`url`: over HTTPS, with a certificate of the signer's authority; `address`: as the pages name it."""

    world: World
    signer: FakeSigner
    folder: Path
    url: str

    def store(self) -> SqliteStore:
        return self.world.store()

    def code(self, kiosk: str) -> str:
        """A fresh code, with the proof of the server."""
        code = enrolment_code.new()
        store = self.store()
        store.put_code(kiosk, code, "admin", self.world.clock.now)
        store.close()
        return enrolment_code.with_proof(code, pki.fingerprint(self.signer.issuer.ca))

    def enrol(self, code: str, **more: Any) -> httpx.Response:
        return self.post("/enrolment", code=code, request=pki.request(more.pop("key", "") or pki.new_key()), **more)

    def post(self, path: str, **body: Any) -> httpx.Response:
        self.world.client.cookies.clear()
        return self.world.client.post(f"/api/v1{path}", json=body)


def has_device(store: SqliteStore, kiosk: str, certificate: Certificate, now: datetime) -> None:
    """A device has used a code of the kiosk and holds this certificate."""
    code = enrolment_code.new()
    store.put_code(kiosk, code, "admin", now)
    claim = store.claim_code(code, now)
    assert isinstance(claim, Claim)
    assert store.note_enrolled(claim, certificate, now)


def installed_at(path: Path) -> Path:
    """A migrated store with the small catalogue, to be copied."""
    store = SqliteStore(path)
    store.migrate()
    store.install(catalogue(), NOW)
    store.close()
    return path


def application(folder: Path, clock: Clock, signer: Path | None, address: str) -> FastAPI:
    settings = WebSettings(folder, "127.0.0.1", free_port(), "collector", "pw", "5", signer=signer, address=address)
    return create_app(settings, lambda: clock.now)


@contextmanager
def enrolling(installed: Path, folder: Path, tls: bool = True) -> Iterator[Enrolling]:
    """A world with a signer that has no broker."""
    with fake_signer(folder) as signer, web_of(installed, folder, signer.path, signer.issuer, tls) as (made, url):
        yield Enrolling(made, signer, folder, url)


@contextmanager
def web_of(installed: Path, folder: Path, signer: Path, issuer: Issuer, tls: bool = True) -> Iterator[tuple[World, str]]:
    """A world whose clock is the real one, as certificates need it, and its address over HTTPS."""
    path = folder / "collector.sqlite"
    shutil.copy(installed, path)
    clock = Clock(datetime.now(UTC))
    store = SqliteStore(path)
    for user in USERS:
        store.put_user(user, passwords.hashed(PASSWORD) if user.login == "admin" else "")
    sessions = {user.login: store.grant(user.login, "session", timedelta(days=1), clock.now) for user in USERS}
    store.close()
    port = free_port()
    address = f"https://localhost:{port}"
    app = application(folder, clock, signer, address)
    with serving(app) as url, httpx.Client(base_url=url, trust_env=False, timeout=10) as client:
        made = World(client, path, {}, sessions, app, clock)
        if not tls:
            yield made, address
            return
        files = server_files(issuer, folder / "server")
        with serving_tls(application(folder, clock, signer, address), *files, port=port):
            yield made, address
