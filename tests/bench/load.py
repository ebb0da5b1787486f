"""A load generator that costs little: ready-made MQTT 3.1.1 packets over plain sockets.

A paho publisher would use up a core by itself and be the bottleneck of what is measured.
"""

import json
import selectors
import socket
import struct
import time
from collections import deque
from dataclasses import dataclass, field

from broker_config import topics

_PUBLISH_QOS1, _PUBACK, _PUBLISH_MASK = 0x32, 0x40, 0xF0


@dataclass
class Connection:
    """One kiosk's connection: packets to send, how many the broker has not acknowledged, how far it is receipted."""

    sock: socket.socket
    packets: deque[bytes]
    last_seq: int
    unacknowledged: int = 0
    through: int = 0
    rest: bytes = b""
    unsent: bytes = field(default=b"")


class Load:
    """Publishes every kiosk's payloads as fast as a window of unacknowledged packets allows.

    `payloads`: kiosk → its events messages; `last_seq`: kiosk → the seq that its last receipt must reach.
    """

    def __init__(self, host: str, port: int, payloads: dict[str, list[bytes]], last_seq: dict[str, int], window: int) -> None:
        self._window = window
        self._selector = selectors.DefaultSelector()
        self._connections = []
        for kiosk, messages in payloads.items():
            sock = _connected(host, port, kiosk)
            packets = deque(_publish(topics.events(kiosk), payload, 1 + n % 65535) for n, payload in enumerate(messages))
            connection = Connection(sock, packets, last_seq[kiosk])
            self._connections.append(connection)
            self._selector.register(sock, selectors.EVENT_READ, connection)

    def run(self, *, receipts: bool, timeout: float = 120) -> float:
        """Send everything; with `receipts` wait until the last one. Returns seconds."""
        began = time.perf_counter()
        for connection in self._connections:
            self._send(connection)
        while not self._is_done(receipts):
            if time.perf_counter() - began > timeout:
                raise TimeoutError("the load was not acknowledged in time")
            for key, events in self._selector.select(0.5):
                if events & selectors.EVENT_READ:
                    self._read(key.data)
                self._send(key.data)
        return time.perf_counter() - began

    def close(self) -> None:
        for connection in self._connections:
            connection.sock.close()
        self._selector.close()

    def _is_done(self, receipts: bool) -> bool:
        if receipts:
            return all(c.through >= c.last_seq for c in self._connections)
        return all(not c.packets and not c.unacknowledged for c in self._connections)

    def _send(self, c: Connection) -> None:
        while c.unsent or (c.packets and c.unacknowledged < self._window):
            if not c.unsent:
                c.unsent = c.packets.popleft()
                c.unacknowledged += 1
            try:
                c.unsent = c.unsent[c.sock.send(c.unsent) :]
            except BlockingIOError:
                break
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if c.unsent else 0)
        if self._selector.get_key(c.sock).events != wanted:
            self._selector.modify(c.sock, wanted, c)

    def _read(self, c: Connection) -> None:
        try:
            c.rest += c.sock.recv(65536)
        except BlockingIOError:
            return
        while (parsed := _packet(c.rest)) is not None:
            kind, body, c.rest = parsed
            if kind & _PUBLISH_MASK == _PUBACK:
                c.unacknowledged -= 1
            elif kind & _PUBLISH_MASK == 0x30:
                length = struct.unpack(">H", body[:2])[0]
                c.through = max(c.through, json.loads(body[2 + length :])["through"])


def _connected(host: str, port: int, kiosk: str) -> socket.socket:
    sock = socket.create_connection((host, port))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    name = _text(kiosk)
    sock.sendall(_framed(0x10, _text("MQTT") + b"\x04\xc2\x00\x00" + name + name + _text("pw")))
    assert sock.recv(4)[3] == 0, "the broker refuses the load"
    # QoS 0: a receipt that is only counted needs no acknowledgement.
    sock.sendall(_framed(0x82, b"\x00\x01" + _text(topics.receipt(kiosk)) + b"\x00"))
    sock.recv(5)
    sock.setblocking(False)
    return sock


def _publish(topic: str, payload: bytes, packet: int) -> bytes:
    return _framed(_PUBLISH_QOS1, _text(topic) + struct.pack(">H", packet) + payload)


def _text(text: str) -> bytes:
    return struct.pack(">H", len(text)) + text.encode()


def _framed(kind: int, body: bytes) -> bytes:
    length, encoded = len(body), b""
    while True:
        length, digit = divmod(length, 128)
        encoded += bytes([digit | (0x80 if length else 0)])
        if not length:
            return bytes([kind]) + encoded + body


def _packet(data: bytes) -> tuple[int, bytes, bytes] | None:
    """The first whole packet: kind, body, what follows."""
    length = shift = 0
    for place in range(1, min(5, len(data))):
        length |= (data[place] & 127) << shift
        shift += 7
        if not data[place] & 128:
            end = place + 1 + length
            return (data[0], data[place + 1 : end], data[end:]) if len(data) >= end else None
    return None
