"""Who listens to which office's total, and telling them. One read of an office serves all its listeners on a side.

Everything here runs on the event loop but for the reads, which take turns in one thread:
a listener costs no thread and no connection to the store.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import structlog
from sse_starlette import ServerSentEvent

from collector.access import Viewer

log = structlog.get_logger()

Side = tuple[str, bool]  # an office, and whether it is looked at from inside
Read = Callable[[Viewer, str], str]
Again = Callable[[], Viewer | None]
T = TypeVar("T")

_AT_A_TIME = 50  # reads or checks in one turn of the thread: changing threads costs more than a read


@dataclass(frozen=True)
class Pace:
    """Seconds. `gap_s`: between two reads of an office; `check_s`: between two looks at who may still listen.

    `lasts_s`: a connection ends after it, and the browser makes a new one; so even a client
    that died behind a proxy without a word holds nothing for good.
    """

    gap_s: float = 0.2
    check_s: float = 25.0
    lasts_s: float = 3600.0


class Listener:
    """One connection. Iterating gives what it is to be told, ready to be sent: of each office only the newest."""

    __slots__ = ("_changed", "_ended", "_fresh", "_told", "again", "sides", "until", "viewer")

    def __init__(self, viewer: Viewer, offices: Iterable[str], again: Again, until: float) -> None:
        self.viewer, self.again, self.until = viewer, again, until
        self.sides: tuple[Side, ...] = tuple((office, viewer.is_inside(office)) for office in offices)
        self._told: dict[str, bytes] = {}
        self._fresh: set[str] = set()
        self._changed = asyncio.Event()
        self._ended = False

    def tell(self, office: str, message: bytes) -> None:
        """What was said already is not said again."""
        if self._told.get(office) != message:
            self._told[office] = message
            self._fresh.add(office)
            self._changed.set()

    def end(self) -> None:
        self._ended = True
        self._changed.set()

    def may_go_on(self) -> bool:
        """Asks again who is there: the session may have ended, the user be disabled, an office taken away."""
        viewer = self.again()
        return viewer is not None and all(
            viewer.may_see(office) and viewer.is_inside(office) == inside for office, inside in self.sides
        )

    def __aiter__(self) -> "Listener":
        return self

    async def __anext__(self) -> bytes:
        while not (self._fresh or self._ended):
            self._changed.clear()
            await self._changed.wait()
        if self._ended:
            raise StopAsyncIteration
        fresh, self._fresh = self._fresh, set()
        return b"".join(self._told[office] for office in sorted(fresh))


class Listeners:
    """`read` gives an office's total for a viewer as JSON; it is called in a thread of its own, one call at a time."""

    def __init__(self, read: Read, pace: Pace) -> None:
        self._read, self._pace = read, pace
        self._all: set[Listener] = set()
        self._sides: dict[Side, set[Listener]] = {}
        self._woken: set[str] = set()
        self._waking = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "live")
        self._tasks: list[asyncio.Task[None]] = []

    def __len__(self) -> int:
        return len(self._all)

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._telling()), asyncio.create_task(self._checking())]

    def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        for listener in self._all:
            listener.end()
        self._thread.shutdown(wait=False, cancel_futures=True)

    @contextmanager
    def listening(self, viewer: Viewer, offices: Iterable[str], again: Again) -> Iterator[Listener]:
        """A listener that is told the offices' totals now and whenever they change; `again` says who it is by then."""
        listener = Listener(viewer, offices, again, asyncio.get_running_loop().time() + self._pace.lasts_s)
        self._all.add(listener)
        for side in listener.sides:
            self._sides.setdefault(side, set()).add(listener)
        self.wake(office for office, _ in listener.sides)
        try:
            yield listener
        finally:
            self._release(listener)

    def wake(self, offices: Iterable[str]) -> None:
        """These offices' totals may have changed."""
        self._woken.update(offices)
        self._waking.set()

    def _release(self, listener: Listener) -> None:
        self._all.discard(listener)
        for side in listener.sides:
            self._sides[side].discard(listener)
            if not self._sides[side]:
                del self._sides[side]

    async def _telling(self) -> None:
        """The first change after a quiet time is told at once; in a storm an office is read once a gap."""
        while True:
            await self._waking.wait()
            self._waking.clear()
            woken, self._woken = self._woken, set()
            sides = [side for side in self._sides if side[0] in woken]
            for start in range(0, len(sides), _AT_A_TIME):
                await self._tell(sides[start : start + _AT_A_TIME])
            await asyncio.sleep(self._pace.gap_s)

    async def _tell(self, sides: list[Side]) -> None:
        """Read each as one of its listeners, whoever it is: what an office shows depends on the side alone."""
        viewers = {side: next(iter(self._sides[side])).viewer for side in sides if side in self._sides}
        messages = await self._in_thread(lambda: {side: self._message(viewer, side[0]) for side, viewer in viewers.items()})
        for side, message in (messages or {}).items():
            for listener in self._sides.get(side, ()):
                listener.tell(side[0], message)

    def _message(self, viewer: Viewer, office: str) -> bytes:
        return ServerSentEvent(self._read(viewer, office), event="total").encode()

    async def _checking(self) -> None:
        """Who may not listen any more is let go, and so is whoever cannot be checked.

        All is read again too: a day ends without a tap, and the broker may be away.
        """
        while True:
            await asyncio.sleep(self._pace.check_s)
            present = list(self._all)
            for start in range(0, len(present), _AT_A_TIME):
                await self._check(present[start : start + _AT_A_TIME])
            self.wake(office for office, _ in self._sides)

    async def _check(self, some: list[Listener]) -> None:
        allowed = await self._in_thread(lambda: {listener for listener in some if listener.may_go_on()}) or set()
        now = asyncio.get_running_loop().time()
        for listener in some:
            if listener not in allowed or now >= listener.until:
                listener.end()

    async def _in_thread(self, work: Callable[[], T]) -> T | None:
        """None when it failed, for which there is a line in the log: whatever it was, the others are still to be told."""
        future = asyncio.get_running_loop().run_in_executor(self._thread, work)
        await asyncio.wait([future])
        if error := future.exception():
            log.error("live numbers could not be read; trying again", error=repr(error))
            return None
        return future.result()
