"""How a client proves itself to the broker, and the broker to it: certificates of the installation's own authority."""

import ssl
from dataclasses import dataclass
from pathlib import Path

from broker_config.acl import BrokerError

# What OpenSSL says, on either side, and what it means for whoever reads the log; {host} is the broker's name.
_MEANINGS = (
    ("HOSTNAME MISMATCH", "the broker's certificate is not for {host}: use a name it has, or nuomone-broker renew --host {host}"),
    (
        "IP ADDRESS MISMATCH",
        "the broker's certificate is not for {host}: use a name it has, or nuomone-broker renew --host {host}",
    ),
    (
        "ALERT CERTIFICATE EXPIRED",
        "the broker refuses this certificate, which has expired: renew it, or enrol again with a new code",
    ),
    ("ALERT CERTIFICATE REVOKED", "the broker refuses this certificate, which is revoked: enrol again with a new code"),
    ("ALERT UNKNOWN CA", "the broker refuses this certificate, which is of another authority: enrol again with a new code"),
    ("ALERT CERTIFICATE REQUIRED", "the broker wants a certificate: give --ca, --certificate and --key"),
    ("ALERT PROTOCOL VERSION", "the broker wants a newer TLS than this machine has: update OpenSSL"),
    (
        "CERTIFICATE HAS EXPIRED",
        "the broker's certificate has expired, or this clock is wrong: nuomone-broker renew on the server",
    ),
    ("NOT YET VALID", "the broker's certificate is not valid yet: look at the clock of this machine"),
    ("SELF-SIGNED", "the broker's certificate is of another authority than ours: is {host} the right broker?"),
    ("SELF SIGNED", "the broker's certificate is of another authority than ours: is {host} the right broker?"),
    ("LOCAL ISSUER", "the broker's certificate is of another authority than ours: is {host} the right broker?"),
    ("CERTIFICATE SIGNATURE FAILURE", "the broker's certificate is of another authority than ours: is {host} the right broker?"),
    ("WRONG VERSION NUMBER", "{host} does not speak TLS on this port: the broker with certificates is on another, mostly 8883"),
)
_REFUSED = "the broker ended the connection without a word: it does not accept this certificate, or does not speak TLS here"


@dataclass(frozen=True, slots=True)
class ClientTls:
    """PEM files: the authority whose servers are believed, and one's own certificate with its key."""

    ca: Path
    certificate: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        """TLS 1.2 or later, the server's name checked. Raises BrokerError with one sentence."""
        try:
            context = ssl.create_default_context(cafile=str(self.ca))
            context.sslsocket_class = _Tidy
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            context.load_cert_chain(self.certificate, self.key)
        except (OSError, ssl.SSLError) as error:
            files = f"{self.ca}, {self.certificate} and {self.key}"
            raise BrokerError(f"The certificates in {files} cannot be used: {error.strerror or error}.") from error
        return context

    def load_again(self, context: ssl.SSLContext) -> None:
        """The next handshake is made with the certificate that is in the files now. Raises OSError."""
        context.load_cert_chain(self.certificate, self.key)


class _Tidy(ssl.SSLSocket):
    """Closed when its handshake fails; whoever asked for it has nothing in hand to close."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except BaseException:
            self.close()
            raise


def client_tls(ca: Path | None, certificate: Path | None, key: Path | None) -> ClientTls | None:
    """All three files, or none of them. Raises BrokerError when some are missing."""
    if ca and certificate and key:
        return ClientTls(ca, certificate, key)
    if ca or certificate or key:
        raise BrokerError("TLS needs three files: the authority's certificate, one's own certificate and its key.")
    return None


def meaning(trouble: object, host: str) -> str | None:
    """What an error of a TLS connection, or its text, means and what to do; None when it is about something else."""
    text = str(trouble).upper().replace("_", " ")
    for sign, sentence in _MEANINGS:
        if sign in text:
            return sentence.format(host=host)
    if "CONNECTION RESET" in text or "BROKEN PIPE" in text or "EOF" in text:
        return _REFUSED
    return None
