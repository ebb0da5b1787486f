"""Prints the part of `requirements.lock` that a kiosk needs, hashes included; the lock has the collector's and the tests' too.

pip is asked which packages those are: with the lock's versions, and without installing anything.
"""

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[2]


def main() -> None:
    """Needs pip 22.2 or newer in the Python that runs it."""
    pins = {
        normal(pin.split("==")[0]): pin for pin in re.split(r"\n(?=[a-z0-9])", (ROOT / "requirements.lock").read_text().strip())
    }
    print("\n".join(pins[name] for name in sorted(needed(pins.values()))))


def needed(pins: Iterable[str]) -> set[str]:
    """Names of the kiosk's packages and of all that they depend on."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = project["project"]["dependencies"] + project["project"]["optional-dependencies"]["kiosk"]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as constraints:
        constraints.write("\n".join(pin.split(" \\")[0] for pin in pins))
        constraints.flush()
        command = [
            "-m",
            "pip",
            "--disable-pip-version-check",
            "-q",
            "install",
            "--dry-run",
            "--ignore-installed",
            "--report",
            "-",
        ]
        command += ["-c", constraints.name, *wanted, *project["build-system"]["requires"]]
        told = subprocess.run([sys.executable, *command], check=True, capture_output=True, text=True).stdout
    return {normal(one["metadata"]["name"]) for one in json.loads(told)["install"]}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    main()
