"""One tap, once: the plainest way through the real broker and the real ingest process."""

from pathlib import Path

from tests.system import System


def test_a_tap_is_counted_once_and_receipted(tmp_path: Path) -> None:
    with System(tmp_path) as system:
        system.ingest()
        kiosk = system.kiosk()
        kiosk.wait_for_config()
        kiosk.tap(5)
        kiosk.wait_until_drained()
        assert system.counted() == 1
        system.wait_until(lambda: system.accounting()[0]["claimed"] == 1)
        assert system.adds_up()
        assert system.rebuild() == 0
