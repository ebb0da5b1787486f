"""The real kiosk; it says on standard output when a frame reached the screen, and how long each answer took to be durable.

python -m tests.bench.screen run …, as `nuomone-kiosk`
"""

import time
from typing import Any

from kiosk import __main__ as kiosk
from kiosk.network import Network
from kiosk.outbox import Outbox


def _timed(extend: Any) -> Any:
    def told(*what: Any, **more: Any) -> Any:
        began = time.perf_counter()
        seqs = extend(*what, **more)
        print(f"durable {1000 * (time.perf_counter() - began)}", flush=True)
        return seqs

    return told


def _tells_flips(start: Any) -> Any:
    def told(network: Network, app: Any) -> None:
        from kivy.core.window import Window

        Window.bind(on_flip=lambda *_: print(f"flip {time.monotonic()}", flush=True))
        start(network, app)

    return told


if __name__ == "__main__":
    Outbox.extend = _timed(Outbox.extend)  # type: ignore[method-assign]
    Network.start = _tells_flips(Network.start)  # type: ignore[method-assign]
    kiosk.main()
