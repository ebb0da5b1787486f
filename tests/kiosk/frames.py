"""Kivy's time on the session's window: it passes with the frames that a test draws, so that nothing is waited for."""

FRAME_S = 1 / 30


class DrawnTime:
    """Seconds that pass when told."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def take_over_time() -> None:
    from kivy.clock import Clock

    Clock.time = DrawnTime(Clock.time())
    Clock._max_fps = 0


def frame() -> None:
    """Draw one frame, a thirtieth of a second after the one before."""
    from kivy.base import EventLoop
    from kivy.clock import Clock
    from kivy.graphics.opengl import glFinish

    Clock.time.now += FRAME_S
    EventLoop.idle()
    glFinish()
