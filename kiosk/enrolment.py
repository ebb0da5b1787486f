"""How a device becomes a kiosk: a one-time code for a certificate, from a server that has proven itself first.

A code of 32 characters carries the start of the fingerprint of the installation's authority:
the authority's certificate is fetched from whoever answers, compared, and believed if it is the
one that was meant. A code of 12 characters needs a server whose certificate the system trusts,
or the authority's file. Only then the code is sent.
"""

import hmac
import ssl
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ValidationError

from broker_config import enrolment_code, pki
from broker_config.acl import BrokerError
from kiosk import https, identity
from kiosk.identity import Broker, Enrolled, Facts

AUTHORITY, ENROLMENT = "/api/v1/authority", "/api/v1/enrolment"


class NotEnrolled(RuntimeError):
    """Why not, in one sentence for whoever installs the device."""


class Given(BaseModel):
    """What the server answers to a right code; more than this may stand in it."""

    kiosk: str
    certificate: str
    ca: str
    broker: Broker


@dataclass(frozen=True, slots=True)
class _Server:
    """A server that will prove itself to `trust`. `proof`: of its authority, empty where the code has none."""

    address: https.Address
    trust: ssl.SSLContext
    proof: str


def enrol(folder: Path, code: str, server: str, ca: Path | None = None) -> Enrolled:
    """Make a key here, have it signed, and keep the identity in `folder`; an earlier one is replaced. Takes seconds.

    `ca`: the file with the authority of the server's own certificate, where the system does not know it.
    Raises NotEnrolled; then nothing here has changed.
    """
    typed = enrolment_code.normalised(code)
    if typed is None:
        raise NotEnrolled("This is no code: it has 32 letters and digits, or 12. Compare it with the sheet.")
    own = _file(ca)
    known = _known(server, typed[enrolment_code.LENGTH :], own)
    key = pki.new_key()
    place = _begin(folder, key)
    try:
        given = _given(known, typed[: enrolment_code.LENGTH], key)
        noted = Facts(kiosk=given.kiosk, server=server.strip(), broker=given.broker, server_ca=own)
        identity.finish(place, given.certificate, given.ca, noted)
    except OSError as error:
        identity.discard(place)
        raise NotEnrolled(_disk(folder, error) + " The code is used up: ask for a new one.") from None
    except ValidationError:
        identity.discard(place)
        raise NotEnrolled("The server names no kiosk that there can be: its answer makes no sense.") from None
    except BaseException:
        identity.discard(place)
        raise
    found = identity.load(folder)
    if found is None:
        raise NotEnrolled(f"What was written to {folder} cannot be read again: look at the disk.")
    return found


def _known(server: str, proof: str, own: str) -> _Server:
    """Find out whom to believe. Nothing secret is sent here."""
    try:
        address = https.address(server)
        trust = https.trusting(own, public=not own)
    except ValueError as error:
        raise NotEnrolled(str(error)) from None
    except ssl.SSLError:
        raise NotEnrolled("The file given with --ca holds no certificate of an authority in PEM.") from None
    if proof:
        authority = _authority(address, trust if own else https.believing_anybody())
        if not hmac.compare_digest(enrolment_code.proof(pki.fingerprint(authority)), proof):
            raise NotEnrolled(
                "This server is not the one that the code was made by, or the code is mistyped after its third group. "
                "Compare it with the sheet; if it is right, somebody stands in between."
            )
        trust = trust if own else https.trusting(authority)
    return _Server(address, trust, proof)


def _authority(address: https.Address, trust: ssl.SSLContext) -> str:
    answer = _ask(address, AUTHORITY, trust)
    ca = answer.body.get("ca")
    try:
        if answer.status == 200 and isinstance(ca, str) and pki.fingerprint(ca):
            return ca
    except BrokerError:
        pass
    raise NotEnrolled(answer.detail or f"The server at {address.host} has no certificates to give: check the address.")


def _given(known: _Server, code: str, key: str) -> Given:
    """Send the code and the signing request; what comes must fit the key, and the authority that was meant."""
    answer = _ask(known.address, ENROLMENT, known.trust, {"code": code, "request": pki.request(key)})
    if answer.status != 200:
        raise NotEnrolled(_refusal(answer))
    try:
        given = Given.model_validate(answer.body)
        fits = pki.certificate(given.certificate).public_key() == pki.public_key(key)
        proof = enrolment_code.proof(pki.fingerprint(given.ca))
    except (ValidationError, BrokerError):
        raise NotEnrolled("The server's answer makes no sense. Ask for a new code, and look at the server.") from None
    if not fits or (known.proof and not hmac.compare_digest(proof, known.proof)):
        raise NotEnrolled("The certificate that came is not for this device. Ask for a new code, and look at the server.")
    return given


def _ask(address: https.Address, path: str, trust: ssl.SSLContext, body: dict[str, str] | None = None) -> https.Answer:
    try:
        return https.ask(address, path, trust, body)
    except (https.Unreached, https.Untrusted) as error:
        raise NotEnrolled(str(error)) from None


def _refusal(answer: https.Answer) -> str:
    wait = f" Wait {max(1, answer.retry_s // 60)} minutes." if answer.status == 429 and answer.retry_s else ""
    return (answer.detail or f"The server refused with status {answer.status}: check its address.") + wait


def _begin(folder: Path, key: str) -> Path:
    try:
        return identity.begin(folder, key)
    except OSError as error:
        raise NotEnrolled(_disk(folder, error)) from None


def _disk(folder: Path, error: OSError) -> str:
    return f"The identity cannot be written to {folder}: {error.strerror or error}."


def _file(ca: Path | None) -> str:
    try:
        return ca.read_text() if ca else ""
    except (OSError, UnicodeDecodeError) as error:
        raise NotEnrolled(f"{ca} cannot be read: {getattr(error, 'strerror', None) or 'it is no PEM file'}.") from None
