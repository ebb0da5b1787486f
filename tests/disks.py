"""A real small file system that can be filled and made read-only."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


class SmallDisk:
    """`folder` is the root of a tmpfs of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Until not one byte more can be written."""
        for size in (4096, 1):
            with contextlib.suppress(OSError), self._ballast.open("ab", buffering=0) as file:
                while file.write(bytes(size)):
                    pass

    def free(self) -> None:
        self._ballast.unlink()

    def read_only(self, yes: bool) -> None:
        """Possible while nothing on it is open for writing."""
        subprocess.run(["mount", "-o", f"remount,{'ro' if yes else 'rw'}", str(self.folder)], check=True, timeout=5)


@contextlib.contextmanager
def small_disk(folder: Path, size: str = "1m") -> Iterator[SmallDisk]:
    """A tmpfs in `folder`. Skips the test where mounting is not allowed: it takes root."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)], capture_output=True, timeout=5)
    if done.returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True, timeout=5)
