"""What an operator does to the device: start the program again, switch the device off."""

import os
import shlex
import subprocess
from typing import NoReturn

RESTART = 75
POWEROFF = "systemctl poweroff"
PATIENCE_S = 10.0


class NotDone(RuntimeError):
    """Why the device did not obey, in one sentence."""


def restart() -> NoReturn:
    """End the process with exit code 75; systemd starts it again. Call it in the main thread: it raises SystemExit."""
    raise SystemExit(RESTART)


def shut_down() -> None:
    """Run the command in NUOMONE_POWEROFF (`systemctl poweroff`) and wait at most 10 s for it. Raises NotDone."""
    command = os.environ.get("NUOMONE_POWEROFF") or POWEROFF
    try:
        done = subprocess.run(
            shlex.split(command), check=False, capture_output=True, text=True, timeout=PATIENCE_S, stdin=subprocess.DEVNULL
        )
    except (OSError, ValueError) as error:
        raise NotDone(f"The command “{command}” cannot be run: {error}.") from error
    except subprocess.TimeoutExpired:
        raise NotDone(f"The command “{command}” did not end within {PATIENCE_S:.0f} s.") from None
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise NotDone(f"The command “{command}” failed with code {done.returncode}{': ' + said[-1].rstrip('.') if said else ''}.")
