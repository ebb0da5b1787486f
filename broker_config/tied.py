"""Children that do not outlive their parent, however it ends: `python tied.py PARENT PROGRAM ARGUMENT…` becomes PROGRAM.

A step of its own between parent and program, since Python advises against code in a child
that was forked from a process with threads.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def tied(command: list[str]) -> list[str]:
    """The command line that runs `command` as a child of this process, and gives it SIGTERM when this process has gone.

    Also when that was by SIGKILL. Linux counts the thread that starts the child as its
    parent: start it from one that stays. A program that changes its account is let go. On
    other systems the command is as it was.
    """
    if sys.platform != "linux":
        return command
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *command]


def tie(parent: int) -> None:
    """From now on this process gets SIGTERM when `parent` has gone; when it has gone already, the process ends at once."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)


if __name__ == "__main__":
    tie(int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 - the command line is our own
