"""`make demo`. Importing the whole system takes half a second: whoever changes his mind in it sees no traceback."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # before this folder, in which kiosk/ is something else

from endings import DemoError, on_signals


def main() -> int:
    on_signals(lambda *_: os._exit(0))  # nothing has been started yet
    import options  # noqa: PLC0415 - see above

    try:
        wanted = options.read(sys.argv[1:])
    except DemoError as error:
        print(error, file=sys.stderr)
        return 1
    if wanted.end_with_parent:
        from broker_config.tied import tie  # noqa: PLC0415 - see above

        tie(os.getppid())
    import whole_system  # noqa: PLC0415 - see above

    return whole_system.run(wanted)


if __name__ == "__main__":
    sys.exit(main())
