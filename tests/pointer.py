"""A pointer and a keyboard that press at a known moment: XTest, without a process of its own for each event."""

import ctypes
from typing import Any, Self


class _ClientMessage(ctypes.Structure):
    """Xlib's XClientMessageEvent, as long as any XEvent."""

    _fields_ = (
        ("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int), ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong), ("message_type", ctypes.c_ulong), ("format", ctypes.c_int), ("data", ctypes.c_long * 5),
        ("rest", ctypes.c_long * 12),
    )  # fmt: skip


class Pointer:
    """Moves, presses and releases on a display.

    `after_ms` is how long the X server waits before it makes the event: it keeps the time, nobody sleeps.
    """

    def __init__(self, display: str) -> None:
        self._x11, self._test = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXtst.so.6")
        pointer, number = ctypes.c_void_p, ctypes.c_int
        self._x11.XOpenDisplay.restype, self._x11.XOpenDisplay.argtypes = pointer, [ctypes.c_char_p]
        self._x11.XFlush.argtypes = self._x11.XCloseDisplay.argtypes = [pointer]
        self._x11.XSync.argtypes = [pointer, number]
        self._x11.XStringToKeysym.restype, self._x11.XStringToKeysym.argtypes = ctypes.c_ulong, [ctypes.c_char_p]
        self._x11.XKeysymToKeycode.restype, self._x11.XKeysymToKeycode.argtypes = ctypes.c_ubyte, [pointer, ctypes.c_ulong]
        self._test.XTestFakeMotionEvent.argtypes = [pointer, number, number, number, ctypes.c_ulong]
        self._test.XTestFakeButtonEvent.argtypes = [pointer, ctypes.c_uint, number, ctypes.c_ulong]
        self._test.XTestFakeKeyEvent.argtypes = [pointer, ctypes.c_uint, number, ctypes.c_ulong]
        self._display = self._x11.XOpenDisplay(display.encode())
        assert self._display, f"no display {display}"

    def move(self, x: int, y: int, after_ms: int = 0) -> None:
        self._test.XTestFakeMotionEvent(self._display, -1, x, y, after_ms)
        self._x11.XFlush(self._display)

    def press(self, button: int = 1, after_ms: int = 0) -> None:
        self._button(button, 1, after_ms)

    def release(self, button: int = 1, after_ms: int = 0) -> None:
        self._button(button, 0, after_ms)

    def tap(self, x: int, y: int, button: int = 1, after_ms: int = 0) -> None:
        self.move(x, y, after_ms)
        self.press(button)
        self.release(button)

    def key_down(self, name: str, after_ms: int = 0) -> None:
        """`name`: as X calls it, `Escape` or `a`."""
        self._key(name, 1, after_ms)

    def key_up(self, name: str, after_ms: int = 0) -> None:
        self._key(name, 0, after_ms)

    def key(self, name: str, *held: str, after_ms: int = 0) -> None:
        """Press and release a key while others are held."""
        for number, one in enumerate((*held, name)):
            self.key_down(one, 0 if number else after_ms)
        for one in (name, *reversed(held)):
            self.key_up(one)

    def ask_to_close(self, window: int) -> None:
        """What Alt+F4 comes to where there is a window manager."""
        atom = self._x11.XInternAtom
        atom.restype, atom.argtypes = ctypes.c_ulong, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
        protocols, delete = (atom(self._display, name, 0) for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW"))
        message = _ClientMessage(type=33, window=window, message_type=protocols, format=32)
        message.data[0] = delete
        send = self._x11.XSendEvent
        send.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_long, ctypes.POINTER(_ClientMessage)]
        assert send(self._display, window, 0, 0, ctypes.byref(message))
        self.sync()

    def sync(self) -> None:
        """Wait until the X server has made all of it."""
        self._x11.XSync(self._display, 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._x11.XCloseDisplay(self._display)

    def _button(self, button: int, down: int, after_ms: int) -> None:
        self._test.XTestFakeButtonEvent(self._display, button, down, after_ms)
        self._x11.XFlush(self._display)

    def _key(self, name: str, down: int, after_ms: int) -> None:
        keysym: Any = self._x11.XStringToKeysym(name.encode())
        code = self._x11.XKeysymToKeycode(self._display, keysym)
        assert code, f"this keyboard has no {name}"
        self._test.XTestFakeKeyEvent(self._display, code, down, after_ms)
        self._x11.XFlush(self._display)
