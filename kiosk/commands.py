"""What an admin asks of this kiosk from afar: each command once, within its time to live, with one reply.

A command comes in by `take`, in whatever thread drives the kiosk; `tick` carries out what waits for the screen to
be free. What is done is the hands': a kiosk with a screen has others than a simulated one.
"""

import sqlite3
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import Field, ValidationError

from broker_config.messages import Command, KioskConfig, Message, Reply
from kiosk import configuration
from kiosk.outbox import OutboxFull

MOST_REPLY_BYTES = 60_000
REMEMBERED = 200
BUSY = "Somebody is at the screen."

Arguments = TypeVar("Arguments", bound=Message)


class NotDone(RuntimeError):
    """Why a command was not carried out, in one sentence."""


class Nothing(Message):
    """A command without arguments."""


class Identify(Message):
    seconds: Annotated[float, Field(ge=1, le=60)] = 10


class Show(Message):
    """`config`: a configuration; what it says of its number and hash does not matter."""

    config: dict[str, Any]
    seconds: Annotated[float, Field(ge=10, le=300)] = 60


@dataclass(frozen=True, slots=True)
class Done:
    """What the reply carries, and what comes after the reply."""

    data: dict[str, Any] | None = None
    detail: str = "done"
    then: Callable[[], object] | None = None


class Hands(Protocol):
    """What a kiosk can do when asked. Each may raise NotDone; `free`: nobody is at the screen, no operator either."""

    def free(self) -> bool: ...
    def identify(self, seconds: float) -> Done: ...
    def restart(self) -> Done: ...
    def test_tap(self) -> Done: ...
    def log(self) -> Done: ...
    def screenshot(self) -> Done: ...
    def show(self, config: KioskConfig, seconds: float) -> Done: ...


@dataclass(frozen=True, slots=True)
class Order:
    """A command that was understood: how it is carried out, and until when, in monotonic seconds."""

    id: str
    act: Callable[[], Done]
    until: float
    waits: bool


class Commands:
    """Those of one kiosk. `reply` is called once for each command, `now` gives the monotonic seconds of `take`'s `arrived`."""

    def __init__(self, hands: Hands, reply: Callable[[Reply], None], now: Callable[[], float]) -> None:
        self._hands, self._reply, self._now = hands, reply, now
        self._seen: deque[str] = deque(maxlen=REMEMBERED)
        self._waiting: deque[Order] = deque()

    def take(self, command: Command, arrived: float) -> None:
        """Carry out a command, or keep it until the screen is free. One seen before or expired is nothing at all."""
        if command.id in self._seen or self._now() >= arrived + command.ttl_s:
            return
        self._seen.append(command.id)
        try:
            order = understood(command, self._hands, arrived)
        except NotDone as reason:
            self._refuse(command.id, str(reason))
            return
        if order.waits and (self._waiting or not self._hands.free()):
            self._waiting.append(order)
        else:
            self._carry_out(order)

    def tick(self) -> None:
        """Let time pass: what waited is carried out in its order, or refused once its time is over."""
        now = self._now()
        for order in [one for one in self._waiting if now >= one.until]:
            self._waiting.remove(order)
            self._refuse(order.id, BUSY)
        while self._waiting and self._hands.free():
            self._carry_out(self._waiting.popleft())

    def _carry_out(self, order: Order) -> None:
        try:
            done = order.act()
        except (NotDone, OutboxFull) as reason:
            self._refuse(order.id, str(reason))
            return
        except (sqlite3.Error, OSError) as error:
            self._refuse(order.id, f"The disk takes nothing: {error}.")
            return
        reply = Reply(id=order.id, ok=True, detail=done.detail, data=done.data)
        if len(reply.wire()) > MOST_REPLY_BYTES:
            self._refuse(order.id, "The answer is too large to be sent.")
            return
        self._reply(reply)
        if done.then:
            done.then()

    def _refuse(self, name: str, reason: str) -> None:
        self._reply(Reply(id=name, ok=False, detail=reason[:2000]))


def understood(command: Command, hands: Hands, arrived: float) -> Order:
    """What a command means. Raises NotDone where it means nothing here."""
    match command.name:
        case "identify":
            seconds = _arguments(Identify, command).seconds
            act, waits = lambda: hands.identify(seconds), True
        case "show":
            show = _arguments(Show, command)
            config = _configuration(show.config)
            act, waits = lambda: hands.show(config, show.seconds), True
        case "restart" | "test-tap" | "log" | "screenshot" as name:
            _arguments(Nothing, command)
            plain = {
                "restart": hands.restart,
                "test-tap": hands.test_tap,
                "log": hands.log,
                "screenshot": lambda: _while_free(hands),
            }
            act, waits = plain[name], name == "restart"
        case name:
            raise NotDone(f"This kiosk knows no command “{name}”.")
    return Order(command.id, act, arrived + command.ttl_s, waits)


def _while_free(hands: Hands) -> Done:
    """A picture is taken of nobody's answers."""
    if not hands.free():
        raise NotDone(BUSY)
    return hands.screenshot()


def _configuration(given: dict[str, Any]) -> KioskConfig:
    try:
        return configuration.made(given)
    except configuration.Refused as reason:
        raise NotDone(f"The configuration cannot be shown: {reason}.") from None


def _arguments(kind: type[Arguments], command: Command) -> Arguments:
    try:
        return kind.model_validate(command.args)
    except ValidationError as error:
        first = error.errors()[0]
        what = ".".join(map(str, first["loc"])) or "args"
        raise NotDone(f"The command “{command.name}” does not take these arguments: {what}: {first['msg']}.") from None
