"""What a kiosk does when an admin asks from afar: each command once, in its time, with one reply. No screen, no network."""

from typing import Any

import pytest
from configs import config
from hypothesis import given
from hypothesis import strategies as st
from stations import Time

from broker_config.messages import Command, KioskConfig, Reply
from kiosk.commands import BUSY, MOST_REPLY_BYTES, Commands, Done, NotDone
from kiosk.outbox import OutboxFull

OWN: dict[str, Any] = config().model_dump(mode="json")


class Noting:
    """Hands that note what they were asked for. `busy`: somebody is at the screen."""

    def __init__(self) -> None:
        self.busy, self.asked = False, list[tuple[Any, ...]]()
        self.answers: dict[str, Any] = {}

    def free(self) -> bool:
        return not self.busy

    def _do(self, *asked: Any) -> Done:
        self.asked.append(asked)
        answer = self.answers.get(asked[0], Done())
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[no-any-return]

    def identify(self, seconds: float) -> Done:
        return self._do("identify", seconds)

    def restart(self) -> Done:
        return self._do("restart")

    def test_tap(self) -> Done:
        return self._do("test-tap")

    def log(self) -> Done:
        return self._do("log")

    def screenshot(self) -> Done:
        return self._do("screenshot")

    def show(self, config: KioskConfig, seconds: float) -> Done:
        return self._do("show", config.questionnaire.id, seconds)


class Asked:
    """A kiosk's commands under a clock that passes when told. `told`: the replies."""

    def __init__(self) -> None:
        self.hands, self.clock, self.told = Noting(), Time(), list[Reply]()
        self.commands = Commands(self.hands, self.told.append, self.clock)

    def ask(self, name: str, args: dict[str, Any] | None = None, *, ttl_s: float = 30, id: str = "", late_s: float = 0) -> None:  # noqa: A002 - the field's name
        command = Command(id=id or f"c{len(self.told)}-{len(self.hands.asked)}-{name}", name=name, args=args or {}, ttl_s=ttl_s)
        self.commands.take(command, self.clock.now - late_s)

    @property
    def last(self) -> tuple[bool, str]:
        return self.told[-1].ok, self.told[-1].detail


@pytest.fixture
def kiosk() -> Asked:
    return Asked()


@pytest.mark.parametrize(
    ("name", "args", "done"),
    [
        ("identify", {}, ("identify", 10)),
        ("identify", {"seconds": 60}, ("identify", 60)),
        ("restart", {}, ("restart",)),
        ("test-tap", {}, ("test-tap",)),
        ("log", {}, ("log",)),
        ("screenshot", {}, ("screenshot",)),
        ("show", {"config": OWN, "seconds": 10}, ("show", "standard", 10)),
        ("show", {"config": {k: v for k, v in OWN.items() if k != "config"}}, ("show", "standard", 60)),
    ],
)
def test_each_command_is_carried_out_once_and_has_one_reply(
    kiosk: Asked, name: str, args: dict[str, Any], done: tuple[Any, ...]
) -> None:
    for _ in range(3):
        kiosk.ask(name, args, id="cmd-1")
    assert kiosk.hands.asked == [done]
    assert [(reply.id, reply.ok) for reply in kiosk.told] == [("cmd-1", True)]


@pytest.mark.parametrize(
    ("name", "args", "why"),
    [
        ("dance", {}, "no command “dance”"),
        ("identify", {"seconds": 0}, "seconds"),
        ("identify", {"seconds": 61}, "seconds"),
        ("identify", {"second": 5}, "second"),
        ("restart", {"now": True}, "now"),
        ("show", {"seconds": 60}, "config"),
        ("show", {"config": OWN, "seconds": 9}, "seconds"),
        ("show", {"config": OWN | {"languages": []}, "seconds": 60}, "languages"),
    ],
)
def test_what_is_not_understood_is_refused_with_the_reason(kiosk: Asked, name: str, args: dict[str, Any], why: str) -> None:
    kiosk.ask(name, args)
    assert (kiosk.hands.asked, len(kiosk.told), kiosk.told[0].ok) == ([], 1, False)
    assert why in kiosk.told[0].detail


def test_an_expired_command_is_nothing_at_all(kiosk: Asked) -> None:
    kiosk.ask("test-tap", ttl_s=5, late_s=5)
    assert (kiosk.hands.asked, kiosk.told) == ([], [])
    kiosk.ask("test-tap", ttl_s=5, late_s=4.9)
    assert (kiosk.hands.asked, kiosk.last) == ([("test-tap",)], (True, "done"))


@pytest.mark.parametrize(("name", "args"), [("identify", {}), ("restart", {}), ("show", {"config": OWN})])
def test_what_needs_the_screen_waits_until_nobody_is_there(kiosk: Asked, name: str, args: dict[str, Any]) -> None:
    kiosk.hands.busy = True
    kiosk.ask(name, args, ttl_s=30)
    kiosk.clock.now += 29
    kiosk.commands.tick()
    assert (kiosk.hands.asked, kiosk.told) == ([], [])
    kiosk.hands.busy = False
    kiosk.commands.tick()
    assert (kiosk.hands.asked[0][0], kiosk.last) == (name, (True, "done"))
    kiosk.commands.tick()
    assert len(kiosk.told) == 1


def test_what_waits_too_long_is_refused_and_not_carried_out_later(kiosk: Asked) -> None:
    kiosk.hands.busy = True
    kiosk.ask("restart", ttl_s=30)
    kiosk.clock.now += 30
    kiosk.commands.tick()
    assert kiosk.last == (False, BUSY)
    kiosk.hands.busy = False
    kiosk.commands.tick()
    assert (kiosk.hands.asked, len(kiosk.told)) == ([], 1)


def test_a_picture_is_refused_at_once_while_somebody_is_there_and_a_tap_and_the_log_are_not(kiosk: Asked) -> None:
    kiosk.hands.busy = True
    kiosk.ask("screenshot")
    assert (kiosk.last, kiosk.hands.asked) == ((False, BUSY), [])
    kiosk.ask("test-tap")
    kiosk.ask("log")
    assert kiosk.hands.asked == [("test-tap",), ("log",)]


def test_the_reply_comes_before_the_end(kiosk: Asked) -> None:
    order: list[str] = []
    kiosk.commands = Commands(kiosk.hands, lambda reply: order.append(f"reply {reply.ok}"), kiosk.clock)
    kiosk.hands.answers["restart"] = Done(then=lambda: order.append("end"))
    kiosk.ask("restart")
    assert order == ["reply True", "end"]


@pytest.mark.parametrize("trouble", [NotDone("no screen"), OutboxFull("no screen"), OSError("no screen")])
def test_what_goes_wrong_is_told(kiosk: Asked, trouble: Exception) -> None:
    kiosk.hands.answers["test-tap"] = trouble
    kiosk.ask("test-tap")
    assert not kiosk.last[0]
    assert "no screen" in kiosk.last[1]


def test_no_reply_is_larger_than_a_message(kiosk: Asked) -> None:
    kiosk.hands.answers["log"] = Done({"text": "ž" * MOST_REPLY_BYTES})
    kiosk.ask("log")
    assert not kiosk.last[0]
    assert len(kiosk.told[0].wire()) < 500


@given(
    st.lists(st.tuples(st.sampled_from(["identify", "restart", "log", "wait", "come", "go"]), st.integers(0, 20)), max_size=40)
)
def test_whatever_comes_when_every_command_in_time_has_exactly_one_reply(moves: list[tuple[str, int]]) -> None:
    kiosk, asked = Asked(), list[str]()
    for number, (move, seconds) in enumerate(moves):
        kiosk.clock.now += seconds
        kiosk.hands.busy = {"come": True, "go": False}.get(move, kiosk.hands.busy)
        if move in ("identify", "restart", "log"):
            asked.append(f"c{number}")
            kiosk.ask(move, id=f"c{number}")
        kiosk.commands.tick()
    kiosk.clock.now += 31
    kiosk.commands.tick()
    assert sorted(reply.id for reply in kiosk.told) == sorted(asked)
    assert len(kiosk.hands.asked) == sum(reply.ok for reply in kiosk.told)
