"""What large blocks took goes back to the system, however many small ones were made between them and stay."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
GROWN = """
import sys
from kiosk.window import frugal
from tests.processes import resident_mb
if sys.argv[1] == "giving":
    frugal()
before, kept = resident_mb(), []
for _ in range(5):
    large = []
    for _ in range(400):
        large.append(bytearray(100_000))
        kept.append(bytearray(600))
    del large
print(resident_mb() - before)
"""


def grown(how: str) -> float:
    command = [sys.executable, "-c", GROWN, how]
    told = subprocess.run(command, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True, timeout=15)
    return float(told.stdout)


def test_large_blocks_leave_nothing_behind() -> None:
    assert grown("giving") < 4
    assert grown("keeping") > 20, "the C library does it by itself now"
