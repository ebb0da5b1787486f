"""The authority at work: it signs for kiosks, renews, revokes, and has the broker obey at once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from broker_config import pki, topics
from broker_config.acl import BrokerError, RefusedError
from broker_config.pki import Issued, Issuer
from broker_config.registry import Registry

_MOST_A_DAY = 20


class Gate(Protocol):
    """The broker's door, as the authority uses it. Everything raises BrokerError."""

    def revoke(self, crl: str) -> None:
        """From now on nobody on this list gets a new connection."""

    def admit(self, kiosks: list[str]) -> None:
        """From now on these kiosks, and no others, may say and hear anything."""

    def end_connection(self, kiosk: str) -> None:
        """The open connection of a kiosk ends; whoever held it is told nothing."""


class Authority:
    """`reserved`: names of servers, which no kiosk may bear."""

    def __init__(
        self, issuer: Issuer, registry: Registry, gate: Gate, reserved: frozenset[str], now: Callable[[], datetime]
    ) -> None:
        self._issuer, self._registry, self._gate, self._reserved, self._now = issuer, registry, gate, reserved, now

    @property
    def ca(self) -> str:
        return self._issuer.ca

    def open(self) -> None:
        """Tell the broker what the book says; at every start, since the last change may have been cut short."""
        self._publish_list()
        self._gate.admit(self._registry.kiosks(self._now()))

    def sign(self, kiosk: str, request: str) -> Issued:
        """The one good certificate of a kiosk, which may connect with it when this returns. Its older ones are good no more."""
        if not topics.is_identifier(kiosk):
            raise RefusedError(f"{kiosk[:60]!r} is no kiosk's id: use a-z, 0-9 and '-', at most 40.")
        if kiosk in self._reserved:
            raise RefusedError(f"{kiosk} is the name of a server at the broker: a kiosk needs another id.")
        now = self._now()
        made = self._issuer.client(kiosk, pki.requested_key(request), pki.KIOSK_LIFE, now)
        self._registry.add(kiosk, made, instead=True, now=now)
        self._publish_list()
        self._gate.admit(self._registry.kiosks(now))
        try:
            self._gate.end_connection(kiosk)
        except BrokerError:
            # Else the device of before stays connected under a name that is let in.
            self._registry.revoke(kiosk, now)
            self._publish_list()
            self._gate.admit(self._registry.kiosks(now))
            raise
        return made

    def renew(self, certificate: str, request: str, signature: str) -> tuple[str, Issued]:
        """(kiosk, its next certificate), for whoever holds the key of a good one. The old one stays good until it expires:
        an answer that is lost must not shut the kiosk out."""
        now = self._now()
        held = pki.certificate(certificate)
        kiosk = self._registry.owner(f"{held.serial_number:x}", now)
        if kiosk is None or not self._issuer.is_own(held) or pki.common_name(held) != kiosk:
            raise RefusedError("This certificate is not good any more: enrol the kiosk again with a new code.")
        if not pki.has_signed(held, request, signature):
            raise RefusedError("The request for renewal is not signed by the certificate's key.")
        if self._registry.how_many_since(kiosk, now - timedelta(days=1)) >= _MOST_A_DAY:
            raise RefusedError(f"{kiosk} was given {_MOST_A_DAY} certificates within a day: it renews too often.")
        made = self._issuer.client(kiosk, pki.requested_key(request), pki.KIOSK_LIFE, now)
        self._registry.add(kiosk, made, instead=False, now=now)
        return kiosk, made

    def revoke(self, kiosk: str) -> None:
        """Harmless when it is repeated, or when there is nothing to revoke."""
        if not topics.is_identifier(kiosk) or kiosk in self._reserved:
            raise RefusedError(f"{kiosk[:60]!r} is no kiosk's id.")
        self._registry.revoke(kiosk, self._now())
        try:
            self._publish_list()
            # While it is still admitted, so that its last will can tell everybody that it is gone.
            self._gate.end_connection(kiosk)
        finally:
            self._gate.admit(self._registry.kiosks(self._now()))

    def _publish_list(self) -> None:
        now = self._now()
        number, since = self._registry.next_list((now - pki.BACKDATED).replace(microsecond=0))
        self._gate.revoke(self._issuer.revocations(self._registry.revoked(now), number, since))
