"""The web process of a system under measurement."""

import os

from tests.processes import children, command_line
from tests.system import System


def pid_of(system: System) -> int:
    """Of the web process that serves this system's store."""
    return next(pid for pid in children(os.getpid()) if "web" in (line := command_line(pid)) and str(system.data) in line)
