"""Whatever is said to the signer, it answers with one line, and goes on."""

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broker_config.signing import Signer, SigningError
from tests.broker_config.tls_brokers import Served, served

TEXT = st.text(max_size=60)
WORD = st.sampled_from(["authority", "sign", "renew", "revoke", "", "Sign"])
VALUE = st.one_of(
    TEXT, st.none(), st.booleans(), st.integers(), st.lists(TEXT, max_size=3), st.dictionaries(TEXT, TEXT, max_size=2)
)
FIELDS = st.sampled_from(["do", "kiosk", "request", "certificate", "signature", "more"])
QUESTION = st.dictionaries(FIELDS, VALUE, max_size=5).flatmap(lambda fields: WORD.map(lambda word: fields | {"do": word}))
LINE = st.one_of(QUESTION.map(lambda said: json.dumps(said).encode()), st.binary(max_size=200), st.just(b"[" * 5000))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("fuzzed")) as one:
        yield one


def ask(path: Path, line: bytes) -> dict[str, object]:
    with socket.socket(socket.AF_UNIX) as wire:
        wire.settimeout(10)
        wire.connect(str(path))
        wire.sendall(line + b"\n")
        with wire.makefile("rb") as answers:
            said = json.loads(answers.readline())
    assert isinstance(said, dict)
    return said


@settings(max_examples=50)
@given(line=LINE)
def test_every_line_has_an_answer(running: Served, line: bytes) -> None:
    said = ask(running.installation.socket, line.replace(b"\n", b""))
    assert said["ok"] is True or (isinstance(said["why"], str) and 5 < len(said["why"]) < 400)
    assert "Traceback" not in str(said)


def test_a_line_that_never_ends(running: Served) -> None:
    with socket.socket(socket.AF_UNIX) as wire:
        wire.settimeout(10)
        wire.connect(str(running.installation.socket))
        wire.sendall(b"x" * 100_000)
        assert b"at most" in wire.recv(1000)
    assert running.signer.authority().host


def test_many_silent_clients_are_turned_away_and_the_rest_is_answered(running: Served) -> None:
    silent = [socket.socket(socket.AF_UNIX) for _ in range(30)]
    try:
        for one in silent:
            one.connect(str(running.installation.socket))
        assert running.signer.authority().host
    finally:
        for one in silent:
            one.close()


def test_questions_at_once_are_answered_in_turn(running: Served) -> None:
    said: list[str] = []
    threads = [threading.Thread(target=lambda: said.append(running.signer.authority().fingerprint)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(said) == 20
    assert len(set(said)) == 1


@pytest.mark.parametrize("answer", [b"", b"{", b"[]\n", b'{"ok": true}\n', b'{"ok": false}\n', b"\xff\n"])
def test_a_signer_that_talks_nonsense_is_one_sentence(tmp_path: Path, answer: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        server.listen()

        def speak() -> None:
            with server.accept()[0] as wire:
                wire.recv(1000)
                wire.sendall(answer)

        thread = threading.Thread(target=speak)
        thread.start()
        with pytest.raises(SigningError, match=r"signer at"):
            Signer(tmp_path / "s", 2).authority()
        thread.join(5)
