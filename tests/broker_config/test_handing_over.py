"""What root gives to Mosquitto's account: the files that it has just written, and nothing that a link points to."""

import os
import pwd
from pathlib import Path

import pytest

from broker_config import mosquitto
from broker_config.mosquitto import Settings


def test_a_link_that_the_brokers_account_planted_hands_nothing_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[str, bool]] = []

    def chown(path: Path, _user: int, _group: int, *, follow_symlinks: bool) -> None:
        given.append((Path(path).name, follow_symlinks))

    monkeypatch.setattr(mosquitto, "current_account", lambda: "root")
    monkeypatch.setattr(pwd, "getpwnam", lambda _name: pwd.getpwuid(os.geteuid()))
    monkeypatch.setattr(os, "chown", chown)
    folder = tmp_path / "broker"
    folder.mkdir()
    (tmp_path / "secret").write_text("key")
    (folder / "planted").symlink_to(tmp_path / "secret")
    mosquitto.write(Settings(folder, (), user="mosquitto"))
    assert {name for name, _ in given} == {"broker", "kept", "mosquitto.conf", "acl", "passwords"}
    assert not any(follows for _, follows in given)
    assert folder.stat().st_mode & 0o777 == 0o711, "the account finds its files by name, and makes none beside them"
