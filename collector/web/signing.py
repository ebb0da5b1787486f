"""The web's way to the process that signs: a few calls at once, and refusals told apart from a signer that is not there.

The web holds no key of the authority: whoever took it over could have any kiosk signed for while he is in, and could not
take the key away.
"""

from pathlib import Path

from broker_config.messages import utc_text
from broker_config.signing import RefusedSigningError, Signed, Signer, SigningError
from collector.store.enrolments import Certificate

NO_SIGNER = "This installation has passwords instead of certificates: its kiosks are not enrolled."


def signer_of(socket: Path | None) -> Signer:
    """Raises SigningError where the installation has no signer."""
    if socket is None:
        raise SigningError(NO_SIGNER)
    return Signer(socket)


def is_refusal(error: SigningError) -> bool:
    """True when the signer answered with no; False when it gave no answer, or could not do it just then."""
    return isinstance(error, RefusedSigningError)


def as_kept(signed: Signed) -> Certificate:
    """What the store notes of a certificate."""
    return Certificate(signed.serial, utc_text(signed.issued), utc_text(signed.expires), "")
