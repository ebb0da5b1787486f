"""A kiosk's configuration: checked before use, saved in one step, named in the reply that refuses it."""

import contextlib
from pathlib import Path

import pytest
from configs import config
from hypothesis import given, settings
from hypothesis import strategies as st

from broker_config.messages import config_id
from kiosk import configuration


def test_a_good_one_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    assert configuration.load(path, "hall-1") is None
    configuration.save(path, config(17))
    assert configuration.load(path, "hall-1") == config(17) == configuration.check(config(17).wire(), "hall-1")
    assert configuration.load(path, "hall-2") is None
    assert [file.name for file in tmp_path.iterdir()] == ["config.json"]


def test_a_save_that_was_cut_off_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    configuration.save(path, config(1))
    (tmp_path / "config.json.new").write_bytes(config(2).wire()[:100])
    assert configuration.load(path, "hall-1") == config(1)
    configuration.save(path, config(3))
    assert configuration.load(path, "hall-1") == config(3)


def test_the_hash_covers_everything_but_its_own_field() -> None:
    whole = config(17).model_dump(mode="json")
    assert whole["config"] == config_id(17, whole)
    assert config_id(18, whole).split("-")[1] == whole["config"].split("-")[1], "the same content, another number"
    for field in sorted(set(whole) - {"config"}):
        assert config_id(17, whole | {field: "other"}) != whole["config"], field


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        (config(17).wire(), config(17).config),
        (b'{"config": "17-00000000", "colour": "red"}', "17-00000000"),
        (b'{"config": 17}', "unreadable"),
        (b'{"config": "with spaces"}', "unreadable"),
        (b'{"config": "' + b"a" * 65 + b'"}', "unreadable"),
        (b'{"config": null}', "unreadable"),
        (b"[]", "unreadable"),
        (b"17", "unreadable"),
        (b"", "unreadable"),
        (b"\xff\xff", "unreadable"),
        (b"9" * 5000, "unreadable"),
        (b"[" * 100_000, "unreadable"),
    ],
)
def test_the_name_in_a_refusal(payload: bytes, name: str) -> None:
    assert configuration.named(payload) == name


@given(st.binary(max_size=200) | st.tuples(st.integers(0, 2000), st.binary(min_size=1, max_size=3)))
@settings(max_examples=200)
def test_arbitrary_bytes_are_refused_or_good(what: bytes | tuple[int, bytes]) -> None:
    payload = what
    if isinstance(what, tuple):
        good, (place, other) = config(1).wire(), what
        payload = good[:place] + other + good[place + len(other) :]
    assert isinstance(payload, bytes)
    assert isinstance(configuration.named(payload), str)
    with contextlib.suppress(configuration.Refused):
        assert configuration.check(payload, "hall-1") == config(1)
