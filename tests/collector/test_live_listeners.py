"""One read of an office is for all its listeners on a side; in a storm it is read once a gap."""

import asyncio
import contextlib
import json
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable

from collector.access import Viewer
from collector.web.listeners import Listener, Listeners, Pace

HEAD = Viewer("head", "head", frozenset({"hall"}))
ANALYST = Viewer("analyst", "analyst", None)
GAP_S = 0.1


class Reads:
    """A store in which every read finds another total; counts the reads."""

    def __init__(self) -> None:
        self.by_side: Counter[tuple[str, bool]] = Counter()
        self.threads: set[str] = set()
        self.fails = False
        self.failed = threading.Event()

    def __call__(self, viewer: Viewer, office: str) -> str:
        self.by_side[office, viewer.is_inside(office)] += 1
        self.threads.add(threading.current_thread().name)
        if self.fails:
            self.failed.set()
            raise OSError("no disk")
        return json.dumps({"office": office, "n": self.by_side.total()})


async def heard(listener: Listener) -> str:
    return (await asyncio.wait_for(anext(listener), 5)).decode()


def play(scene: Callable[[Listeners, Reads, contextlib.ExitStack], Awaitable[None]], pace: Pace) -> Reads:
    reads = Reads()

    async def run() -> None:
        listeners = Listeners(reads, pace)
        listeners.start()
        with contextlib.ExitStack() as stack:
            await scene(listeners, reads, stack)
        listeners.stop()

    asyncio.run(run())
    return reads


def test_hundreds_of_listeners_cost_one_read_a_side() -> None:
    async def scene(listeners: Listeners, reads: Reads, stack: contextlib.ExitStack) -> None:
        many = [
            stack.enter_context(listeners.listening(viewer, ["hall"], lambda: None))
            for viewer in (HEAD, ANALYST)
            for _ in range(200)
        ]
        first = [await heard(listener) for listener in many]
        assert len(set(first)) == 2
        listeners.wake(["hall"])
        second = [await heard(listener) for listener in many]
        assert len(set(second)) == 2
        assert reads.by_side == {("hall", True): 2, ("hall", False): 2}

    reads = play(scene, Pace(gap_s=GAP_S))
    assert len(reads.threads) == 1


def test_a_storm_is_read_once_a_gap_and_its_last_word_is_told() -> None:
    async def scene(listeners: Listeners, reads: Reads, stack: contextlib.ExitStack) -> None:
        listener = stack.enter_context(listeners.listening(HEAD, ["hall"], lambda: HEAD))
        await heard(listener)
        began = time.monotonic()
        while time.monotonic() - began < 5 * GAP_S:
            listeners.wake(["hall"])
            await asyncio.sleep(0)
        at_most = (time.monotonic() - began) / GAP_S + 2
        while (said := await heard(listener)) and f'"n": {reads.by_side.total()}' not in said:
            pass
        assert 3 <= reads.by_side.total() <= at_most + 1

    play(scene, Pace(gap_s=GAP_S))


def test_what_nobody_listens_to_is_not_read() -> None:
    async def scene(listeners: Listeners, reads: Reads, stack: contextlib.ExitStack) -> None:
        listener = stack.enter_context(listeners.listening(HEAD, ["hall"], lambda: HEAD))
        await heard(listener)
        listeners.wake(["north", "hall"])
        await heard(listener)
        assert set(reads.by_side) == {("hall", True)}

    play(scene, Pace(gap_s=0.01))


def test_a_store_that_fails_for_a_while_ends_nothing() -> None:
    async def scene(listeners: Listeners, reads: Reads, stack: contextlib.ExitStack) -> None:
        listener = stack.enter_context(listeners.listening(HEAD, ["hall"], lambda: HEAD))
        await heard(listener)
        reads.fails = True
        listeners.wake(["hall"])
        assert await asyncio.to_thread(reads.failed.wait, 5)
        reads.fails = False
        assert await heard(listener), "read again without another tap"

    play(scene, Pace(gap_s=0.01, check_s=0.1))


def test_who_cannot_be_checked_is_let_go() -> None:
    def gone() -> Viewer:
        raise OSError("no disk")

    async def scene(listeners: Listeners, _reads: Reads, stack: contextlib.ExitStack) -> None:
        unsure = stack.enter_context(listeners.listening(HEAD, ["hall"], gone))
        with contextlib.suppress(StopAsyncIteration):
            while True:
                await heard(unsure)

    play(scene, Pace(gap_s=0.01, check_s=0.05))


def test_the_same_total_is_not_told_twice_and_of_several_only_the_newest() -> None:
    async def scene() -> None:
        listener = Listener(HEAD, ["hall"], lambda: HEAD, 0)
        listener.tell("hall", b"1")
        listener.tell("hall", b"2")
        assert await heard(listener) == "2"
        listener.tell("hall", b"2")
        listener.tell("hall", b"3")
        assert await heard(listener) == "3"

    asyncio.run(scene())
