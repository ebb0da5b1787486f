"""A small file replaced in one step: whoever reads it, and whenever the power goes, it is the old one or the new one."""

import contextlib
import os
from pathlib import Path

OWNER_ONLY = 0o600


def replace(path: Path, content: bytes | str, mode: int = 0o644) -> None:
    """On the disk before the name changes; text in UTF-8. Raises OSError.

    The fresh file is made anew, so that nobody's who may not read the content holds it open.
    """
    fresh = path.with_name(f"{path.name}.new")
    with contextlib.suppress(FileNotFoundError):
        fresh.unlink()
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
