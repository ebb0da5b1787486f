"""A replaced file is the old one or the new one, and as private as was asked, whatever lay in the way."""

from pathlib import Path

import pytest

from broker_config import durable


@pytest.mark.parametrize(("content", "kept"), [("slaptažodis", "slaptažodis".encode()), (b"\0\1", b"\0\1")])
def test_it_is_replaced(tmp_path: Path, content: str | bytes, kept: bytes) -> None:
    path = tmp_path / "file"
    path.write_text("the old one")
    durable.replace(path, content)
    assert (path.read_bytes(), [one.name for one in tmp_path.iterdir()]) == (kept, ["file"])


def test_what_a_lost_power_left_behind_opens_nothing_to_others(tmp_path: Path) -> None:
    path, left = tmp_path / "secret", tmp_path / "secret.new"
    left.write_text("half")
    left.chmod(0o666)
    with left.open() as others:
        durable.replace(path, "whole", durable.OWNER_ONLY)
        assert others.read() == "half"
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("whole", 0o600)


def test_where_nothing_can_be_written_the_old_one_stays(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("the old one")
    (tmp_path / "file.new").mkdir()
    with pytest.raises(OSError, match=r"file\.new"):
        durable.replace(path, "another")
    assert path.read_text() == "the old one"
