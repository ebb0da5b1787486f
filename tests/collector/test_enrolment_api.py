"""Enrolment and renewal over HTTP: what a program that pretends to be a kiosk gets, and what it never gets."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from broker_config import enrolment_code, pki
from collector.access import Viewer
from collector.web.api.enrolment import REFUSED
from tests.collector.enrolling import Enrolling, enrolling

ADMIN = Viewer("admin", "admin", None)


@pytest.fixture(scope="module")
def shared(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Enrolling]:
    with enrolling(installed, tmp_path_factory.mktemp("enrolment"), tls=False) as made:
        yield made


@pytest.fixture
def web(shared: Enrolling) -> Enrolling:
    """As if nobody had come before."""
    store = shared.store()
    for table in ("enrolment", "enrolment_try", "certificate"):
        store._conn.execute(f"DELETE FROM {table}")
    store._conn.execute("UPDATE kiosk SET status='active'")
    store.close()
    shared.signer.asked.clear()
    shared.signer.says_no, shared.signer.refuses = "", True
    return shared


def asked(web: Enrolling, what: str) -> int:
    return sum(question["do"] == what for question in web.signer.asked)


def test_a_right_code_gives_a_certificate_for_the_kiosk_of_the_code(web: Enrolling) -> None:
    key = pki.new_key()
    code = enrolment_code.grouped(web.code("hall-1")).lower()
    answer = web.enrol(code, key=key)
    assert answer.status_code == 200, answer.text
    given = answer.json()
    certificate = pki.certificate(given["certificate"])
    assert pki.common_name(certificate) == given["kiosk"] == "hall-1"
    assert certificate.public_key() == pki.public_key(key)
    assert given["broker"] == {"host": "broker.example.lt", "port": 8883, "protocol": "5"}
    assert (given["server"], given["ca"]) == (web.url, web.signer.issuer.ca)
    store = web.store()
    kept = store.certificate(ADMIN, "hall-1")
    store.close()
    assert kept is not None
    assert int(kept.serial, 16) == certificate.serial_number


def test_each_refusal_has_its_sentence(web: Enrolling) -> None:
    code = web.code("hall-1")
    assert web.enrol(code).status_code == 200
    used, wrong = web.enrol(code), web.enrol(enrolment_code.new())
    old = web.code("hall-1")
    web.code("hall-1")
    void = web.enrol(old)
    for answer, why in ((used, "used"), (wrong, "wrong"), (void, "expired"), (web.enrol("no code at all"), "wrong")):
        assert answer.status_code == 403
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"] == REFUSED[why]
    assert asked(web, "sign") == 1


def test_after_ten_guesses_the_eleventh_is_told_when_to_come_again(web: Enrolling) -> None:
    right = web.code("hall-1")
    for _ in range(10):
        assert web.enrol(enrolment_code.new()).status_code == 403
    for code in (enrolment_code.new(), right):
        answer = web.enrol(code)
        assert (answer.status_code, answer.json()["detail"]) == (429, REFUSED["often"])
        assert 3500 < int(answer.headers["retry-after"]) <= 3600
    assert asked(web, "sign") == 0
    web.world.clock.now += timedelta(hours=1)
    assert web.enrol(right).status_code == 200
    web.world.clock.now -= timedelta(hours=1)


def test_where_the_signer_is_away_the_code_stays_good(web: Enrolling) -> None:
    code = web.code("hall-1")
    web.signer.stop()
    answer = web.enrol(code)
    assert answer.status_code == 503
    assert "signer" in answer.json()["detail"]
    web.signer.start()
    web.signer.says_no = "The signing request is not signed by its own key."
    assert (web.enrol(code).status_code, web.enrol(code).json()["detail"]) == (422, web.signer.says_no)
    web.signer.says_no = ""
    assert web.enrol(code).status_code == 200


def test_a_new_device_takes_the_place_of_the_old_one(web: Enrolling) -> None:
    first = web.enrol(web.code("hall-1")).json()["certificate"]
    web.enrol(web.code("hall-1"))
    serial = f"{pki.certificate(first).serial_number:x}"
    assert serial not in web.signer.owners
    store = web.store()
    rows = store._conn.execute("SELECT serial FROM certificate WHERE kiosk='hall-1' AND revoked <> ''").fetchall()
    store.close()
    assert rows == [(serial,)]


def renewal(web: Enrolling, key: str, certificate: str, signer_key: str = "") -> tuple[int, dict[str, str]]:
    request = pki.request(pki.new_key())
    signature = pki.signed_by(signer_key or key, request)
    answer = web.post("/renewal", certificate=certificate, request=request, signature=signature)
    return answer.status_code, answer.json()


def test_a_certificate_is_renewed_for_who_holds_its_key(web: Enrolling) -> None:
    key = pki.new_key()
    certificate = web.enrol(web.code("hall-1"), key=key).json()["certificate"]
    status, given = renewal(web, key, certificate)
    assert status == 200
    assert pki.common_name(pki.certificate(given["certificate"])) == "hall-1"
    assert given["ca"] == web.signer.issuer.ca
    assert renewal(web, key, certificate, signer_key=pki.new_key())[0] == 403, "signed by another key"
    store = web.store()
    store.retire_kiosk(ADMIN, "hall-1", web.world.clock.now)
    store.close()
    status, refusal = renewal(web, key, certificate)
    assert status == 403
    assert "Enrol the device" in refusal["detail"]
    web.signer.stop()
    assert renewal(web, key, certificate)[0] == 503
    web.signer.start()


def test_a_signer_that_cannot_just_now_is_asked_again_later(web: Enrolling) -> None:
    """A full disk is no revocation: a kiosk that is told so would wait for a code for ever."""
    key = pki.new_key()
    certificate = web.enrol(web.code("hall-1"), key=key).json()["certificate"]
    code = web.code("hall-2")
    web.signer.says_no, web.signer.refuses = "The signer cannot write its files; its log says why.", False
    status, answer = renewal(web, key, certificate)
    assert (status, answer["detail"]) == (503, web.signer.says_no)
    assert web.enrol(code).status_code == 503
    web.signer.says_no = ""
    assert web.enrol(code).status_code == 200, "the code is still good"
    assert renewal(web, key, certificate)[0] == 200


def test_the_authority_is_public(web: Enrolling) -> None:
    answer = web.world.client.get("/api/v1/authority")
    assert answer.json() == {"ca": web.signer.issuer.ca, "fingerprint": pki.fingerprint(web.signer.issuer.ca)}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"code": "0" * 12},
        {"code": "0" * 81, "request": "x"},
        {"code": "0" * 12, "request": "x" * 8193},
        {"code": "0" * 12, "request": ""},
        {"code": ["0" * 12], "request": "x"},
        {"code": "0" * 12, "request": "x", "kiosk": "hall-1"},
    ],
    ids=["empty", "no request", "long code", "long request", "empty request", "no text", "a field too many"],
)
def test_what_makes_no_sense_is_no_try(web: Enrolling, body: dict[str, object]) -> None:
    right = web.code("hall-1")
    for _ in range(11):
        assert web.post("/enrolment", **body).status_code == 422
    assert web.enrol(right).status_code == 200


def test_a_body_of_megabytes_is_not_read(web: Enrolling) -> None:
    answer = web.world.client.post("/api/v1/enrolment", content=b"x" * 2_000_000, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


def test_a_page_of_another_site_enrols_nothing(web: Enrolling) -> None:
    body = {"code": web.code("hall-1"), "request": pki.request(pki.new_key())}
    answer = web.world.client.post("/api/v1/enrolment", json=body, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert asked(web, "sign") == 0


def test_an_installation_with_passwords_says_so(installed: Path, tmp_path: Path) -> None:
    from tests.collector.web_world import world

    with world(installed, tmp_path) as plain:
        for method, path in (("GET", "authority"), ("POST", "enrolment"), ("POST", "renewal")):
            body = {"code": "0" * 12, "request": "x", "certificate": "x", "signature": "x"}
            wanted = {"enrolment": ("code", "request"), "renewal": ("certificate", "request", "signature"), "authority": ()}
            sent = {key: body[key] for key in wanted[path]}
            answer = plain.client.request(method, f"/api/v1/{path}", json=sent or None)
            assert answer.status_code == 503
            assert "passwords instead of certificates" in answer.json()["detail"]
