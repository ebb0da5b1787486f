"""A kiosk that we did not write: the shell script at the end of CONTRACT.md, with nothing but mosquitto_pub and mosquitto_sub."""

import os
import re
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

from tests.delivery.scenes import scene


@pytest.mark.timeout(60)
def test_its_ratings_are_stored_receipted_and_counted(tmp_path: Path) -> None:
    contract = (files("broker_config") / "CONTRACT.md").read_text()
    (tmp_path / "kiosk.sh").write_text(re.findall(r"```sh\n(.*?)```", contract, re.DOTALL)[0])
    with scene(tmp_path) as system:
        system.ingest()
        here = os.environ | {"KIOSK": "north-1", "PASSWORD": "pw", "PORT": str(system.settings.port)}
        for value in (5, 5, 2):
            # It ends well only when it has seen its receipt.
            subprocess.run(["sh", "kiosk.sh", str(value)], cwd=tmp_path, env=here, check=True, timeout=30)
        assert system.counted(offices=("north",)) == 3
        rows = system.accounting()
        assert [(row["kiosk"], row["claimed"], row["stored"], row["unexplained"]) for row in rows] == [("north-1", 3, 3, 0)]
        assert system.rebuild() == 0
