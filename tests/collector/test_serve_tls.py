"""The collector at a broker with certificates, and its pages over HTTPS, as `nuomone-broker init` makes both."""

import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from collector.__main__ import app
from tests.broker_config.tls_brokers import Served, made, served
from tests.brokers import free_port, wait_for
from tests.system import Process


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("tls")) as one:
        yield one


@pytest.mark.proof
@pytest.mark.timeout(60)  # broker, signer, ingest and web start for it
def test_both_halves_connect_and_the_pages_are_on_https(broker: Served, tmp_path: Path) -> None:
    port, folder = free_port(), broker.folder
    web, own = broker.server("web"), broker.server("collector")
    told = {
        "NUOMONE_BROKER_HOST": "localhost",
        "NUOMONE_BROKER_PORT": str(broker.port),
        "NUOMONE_BROKER_CA": str(own.ca),
        "NUOMONE_BROKER_CERTIFICATE": str(own.certificate),
        "NUOMONE_BROKER_KEY": str(own.key),
        "NUOMONE_WEB_CERTIFICATE": str(web.certificate),
        "NUOMONE_WEB_KEY": str(web.key),
        "NUOMONE_HTTPS_CERTIFICATE": str(folder / "https" / "web.crt"),
        "NUOMONE_HTTPS_KEY": str(folder / "https" / "web.key"),
        "NUOMONE_SIGNER": str(broker.installation.socket),
    }
    process = Process(["-m", "collector", "serve", "--data", str(tmp_path), "--port", str(port)], tmp_path / "log", told)
    trust = ssl.create_default_context(cafile=str(broker.installation.ca))
    try:
        wait_for(lambda: ready(f"https://localhost:{port}/readyz", trust), 30)
        wait_for(lambda: "event=connected" in process.text())
        with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
            urllib.request.urlopen(f"https://localhost:{port}/readyz", timeout=5, context=ssl.create_default_context())
        assert "is lost" not in process.text()
        assert process.stop() == 0
    finally:
        process.kill()


def ready(url: str, trust: ssl.SSLContext) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2, context=trust) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--ca", "ca.crt"], "TLS needs three files"),
        (["--ca", "none", "--certificate", "none", "--key", "none"], "cannot be used"),
        (["--https-key", "web.key"], "HTTPS needs two files"),
        (["--https-certificate", "none", "--https-key", "none"], "HTTPS is not possible"),
    ],
)
def test_files_that_are_missing_are_one_sentence(tmp_path: Path, options: list[str], why: str) -> None:
    done = CliRunner().invoke(app, ["web", "--data", str(tmp_path), "--port", str(free_port()), *options])
    assert done.exit_code == 1
    assert why in str(done.exception)


def test_a_certificate_whose_key_is_anothers(tmp_path: Path) -> None:
    folder = made(tmp_path / "b").folder
    files = ["--https-certificate", str(folder / "https" / "web.crt"), "--https-key", str(folder / "broker" / "server.key")]
    done = CliRunner().invoke(app, ["web", "--data", str(tmp_path), "--port", str(free_port()), *files])
    assert "HTTPS is not possible" in str(done.exception)
