"""A new certificate before the old one ends, for a new key. In a thread of its own: neither screen nor link waits for it.

Asked for when a third of the certificate's life is left, then once a day until it comes, each
device at its own time; in its last three days once an hour. A server that is away for a month
stops no kiosk.
"""

import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from broker_config.acl import BrokerError
from kiosk import https, identity
from kiosk.identity import Enrolled

log = structlog.get_logger()

RENEWAL = "/api/v1/renewal"
LEFT = 1 / 3
DAY_S, HOUR_S = 86_400.0, 3_600.0
FIRST_S = 600.0
LAST_DAYS = timedelta(days=3)
LOOK_S = 60.0
_JOIN_S = 8.0


class NotRenewed(RuntimeError):
    """Why not, in one sentence for the log."""


def renew(folder: Path) -> Enrolled:
    """Ask for the next certificate and become it. Raises NotRenewed; then nothing here has changed."""
    from broker_config import pki

    key = pki.new_key()
    place = None
    try:
        known = identity.facts(folder)
        present = folder / identity.NAME
        ca, old_key = (present / identity.CA).read_text(), (present / identity.KEY).read_text()
        request = pki.request(key)
        place = identity.begin(folder, key)
        sent = {
            "certificate": (present / identity.CERTIFICATE).read_text(),
            "request": request,
            "signature": pki.signed_by(old_key, request),
        }
        trust = https.trusting(known.server_ca, ca, public=not known.server_ca)
        certificate = _answer(https.ask(https.address(known.server), RENEWAL, trust, sent), key, ca)
        identity.finish(place, certificate, ca, known)
    except (https.Unreached, https.Untrusted, OSError, ValueError, BrokerError) as error:
        _discard(place)
        raise NotRenewed(str(error)) from None
    except BaseException:
        _discard(place)
        raise
    found = identity.load(folder)
    if found is None:
        raise NotRenewed("The new certificate cannot be read again: look at the disk.")
    return found


def due(starts: datetime, ends: datetime, now: datetime) -> bool:
    """Whether a third of a certificate's life, or less, is left."""
    return ends - now <= (ends - starts) * LEFT


class Renewal:
    """When to ask, and the asking. `step` is called often and returns at once."""

    def __init__(
        self,
        folder: Path,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        jitter: random.Random | None = None,
        ask: Callable[[Path], Enrolled] = renew,
    ) -> None:
        self._folder, self._now, self._monotonic, self._ask = folder, now, monotonic, ask
        self._jitter = jitter or random.Random()  # noqa: S311 - spreads the fleet over the day, guards nothing
        self._thread: threading.Thread | None = None
        self._fresh: Enrolled | None = None
        self._look_at, self._try_at = 0.0, 0.0
        self.expires = self._validity()[1]

    def step(self) -> Enrolled | None:
        """The new identity, once; None while there is none."""
        if self._thread and not self._thread.is_alive():
            self._thread = None
            fresh, self._fresh = self._fresh, None
            self.expires = self._validity()[1]
            return fresh
        moment = self._monotonic()
        if self._thread is None and moment >= self._look_at:
            self._look_at = moment + LOOK_S
            self._look(moment)
        return None

    def stop(self) -> None:
        """Let an answer that is on its way be kept: the server has given the certificate already."""
        if self._thread:
            self._thread.join(_JOIN_S)

    def _look(self, moment: float) -> None:
        starts, ends = self._validity()
        now = self._now()
        if ends is None or starts is None or not due(starts, ends, now):
            self._try_at = 0.0
            return
        if not self._try_at:
            self._try_at = moment + self._jitter.random() * FIRST_S
        if moment >= self._try_at:
            self._try_at = moment + (HOUR_S if ends - now <= LAST_DAYS else DAY_S) * self._jitter.uniform(0.75, 1.25)
            if now >= ends:
                log.error("this device's certificate has ended: enrol it with a new code", ended=ends.isoformat())
            self._thread = threading.Thread(target=self._run, name="renewal", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        try:
            self._fresh = self._ask(self._folder)
            log.info("the certificate is renewed")
        except NotRenewed as error:
            log.warning("the certificate is not renewed; it is tried again", reason=str(error))
        except Exception:
            log.exception("the certificate is not renewed; it is tried again")

    def _validity(self) -> tuple[datetime, datetime] | tuple[None, None]:
        return identity.validity(self._folder) or (None, None)


def _answer(answer: https.Answer, key: str, ca: str) -> str:
    """The certificate, which fits the key and is of the authority that is known."""
    from broker_config import pki

    certificate, authority = answer.body.get("certificate"), answer.body.get("ca")
    if answer.status != 200 or not isinstance(certificate, str) or not isinstance(authority, str):
        raise NotRenewed(answer.detail or f"The server refused with status {answer.status}.")
    if pki.fingerprint(authority) != pki.fingerprint(ca):
        raise NotRenewed("Another authority has signed than the one that this device knows: enrol it anew.")
    if pki.certificate(certificate).public_key() != pki.public_key(key):
        raise NotRenewed("The certificate that came is not for this device's key.")
    return certificate


def _discard(place: Path | None) -> None:
    if place:
        identity.discard(place)
