"""A device enrols itself over real HTTPS, and gives its code to nobody who is not the server."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from broker_config import enrolment_code, pki
from broker_config.pki import Issuer
from collector.web.api.enrolment import REFUSED
from kiosk import https, identity
from kiosk.__main__ import app
from kiosk.enrolment import NotEnrolled, enrol
from tests.brokers import free_port
from tests.collector.enrolling import Enrolling, enrolling, installed_at
from tests.signers import server_files, standing_between

STRANGER = Issuer(*pki.new_authority("Stranger", datetime.now(UTC)))


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Enrolling]:
    folder = tmp_path_factory.mktemp("web")
    with enrolling(installed_at(folder / "template.sqlite"), folder) as made:
        yield made


@pytest.fixture(autouse=True)
def nobody_tried(web: Enrolling) -> None:
    store = web.store()
    store._conn.execute("DELETE FROM enrolment_try")
    store.close()


def refused(folder: Path, code: str, server: str, ca: Path | None = None) -> str:
    """Why not; and nothing is left of the attempt."""
    before = sorted(folder.rglob("*"))
    with pytest.raises(NotEnrolled) as told:
        enrol(folder, code, server, ca)
    assert sorted(folder.rglob("*")) == before
    return str(told.value)


def test_with_a_whole_code_the_server_is_known_by_its_fingerprint(web: Enrolling, tmp_path: Path) -> None:
    code = enrolment_code.grouped(web.code("hall-1")).lower()
    found = enrol(tmp_path, code, web.url)
    assert found == identity.load(tmp_path)
    assert (found.kiosk, found.server) == ("hall-1", web.url)
    assert (found.address.host, found.address.port, found.address.username) == ("broker.example.lt", 8883, "hall-1")
    assert found.address.tls is not None
    assert found.address.tls.ca.read_text() == web.signer.issuer.ca


def test_the_key_is_in_no_request_and_neither_is_the_proof(
    web: Enrolling, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    real = https.ask
    monkeypatch.setattr(https, "ask", lambda *told: [sent.append(json.dumps(told[3:])), real(*told)][1])
    code = web.code("hall-1")
    enrol(tmp_path, code, web.url)
    key = (tmp_path / "identity" / identity.KEY).read_text()
    lines = [line for line in key.splitlines() if "-----" not in line]
    assert len(sent) == 2
    assert "BEGIN CERTIFICATE REQUEST" in sent[1]
    assert lines
    assert not any(line in body for line in lines for body in sent)
    assert not any("PRIVATE" in body or code[12:] in body for body in sent)
    assert not any("PRIVATE" in str(question) for question in web.signer.asked)


def test_with_the_short_code_the_authority_is_given_as_a_file(web: Enrolling, tmp_path: Path) -> None:
    ca = tmp_path / "ca.pem"
    ca.write_text(web.signer.issuer.ca)
    code = web.code("hall-2")[: enrolment_code.LENGTH]
    assert "nobody whom this device trusts" in refused(tmp_path, code, web.url)
    assert enrol(tmp_path / "data", code, web.url, ca).kiosk == "hall-2"


def test_a_second_enrolment_replaces_the_first(web: Enrolling, tmp_path: Path) -> None:
    enrol(tmp_path, web.code("hall-1"), web.url)
    assert enrol(tmp_path, web.code("hall-2"), web.url).kiosk == "hall-2"
    with pytest.raises(NotEnrolled, match="used already"):
        enrol(tmp_path, used(web), web.url)
    assert identity.load(tmp_path) is not None, "what was before stays where nothing new comes"


def used(web: Enrolling) -> str:
    code = web.code("hall-1")
    assert web.enrol(code).status_code == 200
    return code


# ── somebody stands between ─────────────────────────────────────────────────────────────


def test_a_stranger_with_an_authority_of_his_own_does_not_get_the_code(web: Enrolling, tmp_path: Path) -> None:
    with standing_between(*server_files(STRANGER, tmp_path / "stranger")) as (url, stranger):
        stranger.answers["/api/v1/authority"] = {"ca": STRANGER.ca, "fingerprint": pki.fingerprint(web.signer.issuer.ca)}
        assert "not the one that the code was made by" in refused(tmp_path, web.code("hall-1"), url)
        assert stranger.heard == [("/api/v1/authority", b"")]


def test_a_stranger_who_passes_on_the_right_authority_does_not_get_the_code(web: Enrolling, tmp_path: Path) -> None:
    with standing_between(*server_files(STRANGER, tmp_path / "stranger")) as (url, stranger):
        stranger.answers["/api/v1/authority"] = {"ca": web.signer.issuer.ca, "fingerprint": "0" * 64}
        assert "nobody whom this device trusts" in refused(tmp_path, web.code("hall-1"), url)
        assert stranger.heard == [("/api/v1/authority", b"")]


def test_a_kiosk_of_the_same_authority_is_no_server(web: Enrolling, tmp_path: Path) -> None:
    """Whoever stole a device has a certificate that the authority signed, and cannot pose as the server with it."""
    key = pki.new_key()
    stolen = web.signer.issuer.client("hall-1", pki.public_key(key), timedelta(days=1), datetime.now(UTC)).certificate
    (tmp_path / "stolen.pem").write_text(stolen)
    (tmp_path / "stolen.key").write_text(key)
    with standing_between(tmp_path / "stolen.pem", tmp_path / "stolen.key") as (url, stranger):
        stranger.answers["/api/v1/authority"] = {"ca": web.signer.issuer.ca, "fingerprint": "0" * 64}
        refused(tmp_path, web.code("hall-1"), url)
        assert [path for path, _ in stranger.heard] == ["/api/v1/authority"]


def test_the_servers_name_and_time_must_be_right(web: Enrolling, tmp_path: Path) -> None:
    early, late = datetime.now(UTC) + timedelta(days=2), datetime.now(UTC) - timedelta(days=2)
    cases = (
        (server_files(web.signer.issuer, tmp_path / "name", ("elsewhere.example",)), "for another name"),
        (
            server_files(web.signer.issuer, tmp_path / "late", life=timedelta(days=1), now=late),
            "has ended, or this device's clock",
        ),
        (server_files(web.signer.issuer, tmp_path / "early", now=early), "not valid yet by this device's clock: set the clock"),
    )
    for files, sentence in cases:
        with standing_between(*files) as (url, stranger):
            stranger.answers["/api/v1/authority"] = {"ca": web.signer.issuer.ca, "fingerprint": "0" * 64}
            assert sentence in refused(tmp_path, web.code("hall-1"), url)
            assert [path for path, _ in stranger.heard] == ["/api/v1/authority"]


def test_a_mistyped_proof_or_code_is_told(web: Enrolling, tmp_path: Path) -> None:
    code = web.code("hall-1")
    other = "0" if code[-1] != "0" else "1"
    assert "mistyped after its third group" in refused(tmp_path, code[:-1] + other, web.url)
    assert REFUSED["wrong"] in refused(tmp_path, enrolment_code.new() + code[12:], web.url)
    assert "32 letters and digits, or 12" in refused(tmp_path, code[:-1], web.url)


def test_an_answer_for_another_key_is_not_kept(web: Enrolling, tmp_path: Path) -> None:
    """Even from the right server."""
    with standing_between(*server_files(web.signer.issuer, tmp_path / "right")) as (url, server):
        ca = web.signer.issuer.ca
        server.answers["/api/v1/authority"] = {"ca": ca}
        server.answers["/api/v1/enrolment"] = {"kiosk": "hall-1", "certificate": ca, "ca": ca, "broker": {"host": "x", "port": 1}}
        assert "not for this device" in refused(tmp_path, web.code("hall-1"), url)
        server.answers["/api/v1/enrolment"] = {"kiosk": "hall-1"}
        assert "makes no sense" in refused(tmp_path, web.code("hall-1"), url)


# ── what else goes wrong ────────────────────────────────────────────────────────────────


def test_addresses_that_cannot_be(web: Enrolling, tmp_path: Path) -> None:
    code = web.code("hall-1")
    for server, sentence in (
        ("http://nuomone.example.lt", "is not encrypted: whoever listens on the way would have the code"),
        ("ftp://x", "is no address of a server"),
        ("https://", "is no address of a server"),
        ("https://user:pw@localhost", "is no address of a server"),
        ("https://localhost:99999", "is no address of a server"),
        (f"https://localhost:{free_port()}", "cannot be reached"),
        ("https://no-such-name.invalid", "The name no-such-name.invalid is not known"),
    ):
        assert sentence in refused(tmp_path, code, server)
    assert enrol(tmp_path, code, web.url).kiosk == "hall-1", "the code is still good"


def test_a_disk_that_takes_nothing_uses_up_no_code(web: Enrolling, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    code = web.code("hall-1")
    assert "cannot be written" in refused(tmp_path / "data", code, web.url)
    assert enrol(tmp_path / "other", code, web.url).kiosk == "hall-1"


def test_a_server_that_speaks_nonsense(web: Enrolling, tmp_path: Path) -> None:
    with standing_between(*server_files(web.signer.issuer, tmp_path / "odd")) as (url, odd):
        assert "has no certificates to give" in refused(tmp_path, web.code("hall-1"), url)
        odd.answers["/api/v1/authority"] = {"ca": "x" * 100_000}
        assert "has no certificates to give" in refused(tmp_path, web.code("hall-1"), url)


def test_too_many_tries_are_told_with_the_wait(web: Enrolling, tmp_path: Path) -> None:
    for _ in range(10):
        web.enrol(enrolment_code.new())
    told = refused(tmp_path, web.code("hall-1"), web.url)
    assert told.startswith(REFUSED["often"])
    assert told.endswith(("Wait 59 minutes.", "Wait 60 minutes."))


def test_the_command(web: Enrolling, tmp_path: Path) -> None:
    arguments = ["enrol", web.code("hall-3"), "--server", web.url, "--data", str(tmp_path)]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0
    assert "This device is hall-3 now" in done.stdout
    again = CliRunner().invoke(app, arguments)
    assert (again.exit_code, again.stderr.strip()) == (1, REFUSED["used"])
