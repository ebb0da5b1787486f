"""The identity on the device's disk: whole or not there, the old one or the new one."""

import contextlib
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from broker_config import durable, pki
from broker_config.pki import Issuer
from kiosk import identity
from kiosk.identity import Broker, Facts

ISSUER = Issuer(*pki.new_authority("Test", datetime.now(UTC)))


def certified(key: str) -> str:
    return ISSUER.client("hall-1", pki.public_key(key), timedelta(days=90), datetime.now(UTC)).certificate


def kept(folder: Path, server: str = "https://one.example") -> str:
    """Become somebody; the key."""
    key = pki.new_key()
    facts = Facts(kiosk="hall-1", server=server, broker=Broker(host="broker.example", port=8883))
    identity.finish(identity.begin(folder, key), certified(key), ISSUER.ca, facts)
    return key


def test_what_was_kept_is_found_and_its_key_is_its_owners_alone(tmp_path: Path) -> None:
    assert identity.load(tmp_path) is None
    assert identity.validity(tmp_path) is None
    key = kept(tmp_path / "new")
    found = identity.load(tmp_path / "new")
    assert found is not None
    assert (found.kiosk, found.server) == ("hall-1", "https://one.example")
    address = found.address
    assert (address.host, address.port, address.username, address.protocol) == ("broker.example", 8883, "hall-1", "5")
    assert address.tls is not None
    assert address.tls.key.read_text() == key
    assert stat.S_IMODE(address.tls.key.stat().st_mode) == 0o600
    assert stat.S_IMODE(address.tls.key.parent.stat().st_mode) == 0o700
    validity = identity.validity(tmp_path / "new")
    assert validity is not None
    assert 89 < (validity[1] - datetime.now(UTC)).total_seconds() / 86400 < 90


def test_a_second_enrolment_replaces_and_leaves_nothing_of_the_first(tmp_path: Path) -> None:
    first = kept(tmp_path)
    kept(tmp_path, "https://two.example")
    found = identity.load(tmp_path)
    assert found is not None
    assert found.server == "https://two.example"
    assert len(list(tmp_path.iterdir())) == 2, "the link and one folder"
    assert not any(first in file.read_text() for file in tmp_path.rglob("*.*") if file.is_file())


@pytest.mark.parametrize("step", range(1, 11))
def test_a_crash_at_any_step_leaves_the_old_one_or_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Each call that changes the disk is one that may be the last."""
    kept(tmp_path, "https://old.example")
    calls = 0

    def counted(real: Any) -> Any:
        def call(*args: Any, **more: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls >= step:
                raise PowerCut
            return real(*args, **more)

        return call

    for owner, name in (
        (durable, "replace"), (os, "fsync"), (Path, "symlink_to"), (Path, "replace"), (identity.shutil, "rmtree"),
    ):  # fmt: skip
        monkeypatch.setattr(owner, name, counted(getattr(owner, name)))
    with contextlib.suppress(PowerCut):
        kept(tmp_path, "https://new.example")
    monkeypatch.undo()
    found = identity.load(tmp_path)
    assert found is not None
    assert found.server in ("https://old.example", "https://new.example")
    kept(tmp_path, "https://newest.example")
    assert {path.name for path in tmp_path.iterdir()} == {"identity", (tmp_path / "identity").readlink().name}


class PowerCut(BaseException):
    """Nothing after this was done."""


@pytest.mark.parametrize("file", [identity.KEY, identity.CERTIFICATE, identity.CA, identity.FACTS])
@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe", b"{}"], ids=["gone", "empty", "bytes", "other"])
def test_a_damaged_identity_is_none(tmp_path: Path, file: str, content: bytes | None) -> None:
    kept(tmp_path)
    place = (tmp_path / "identity").resolve()
    (place / file).unlink()
    if content is not None:
        (place / file).write_bytes(content)
    assert identity.load(tmp_path) is None


def test_a_folder_that_was_copied_with_its_links_followed_is_replaced_too(tmp_path: Path) -> None:
    kept(tmp_path)
    place = (tmp_path / "identity").resolve()
    (tmp_path / "identity").unlink()
    place.rename(tmp_path / "identity")
    assert identity.load(tmp_path) is not None
    kept(tmp_path, "https://two.example")
    found = identity.load(tmp_path)
    assert found is not None
    assert found.server == "https://two.example"
