"""How a client proves itself to the broker, and the broker to it: certificates of the installation's own authority."""

import ssl
from dataclasses import dataclass
from pathlib import Path

from broker_config.acl import BrokerError


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
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            context.load_cert_chain(self.certificate, self.key)
        except (OSError, ssl.SSLError) as error:
            files = f"{self.ca}, {self.certificate} and {self.key}"
            raise BrokerError(f"The certificates in {files} cannot be used: {error.strerror or error}.") from error
        return context


def client_tls(ca: Path | None, certificate: Path | None, key: Path | None) -> ClientTls | None:
    """All three files, or none of them. Raises BrokerError when some are missing."""
    if ca and certificate and key:
        return ClientTls(ca, certificate, key)
    if ca or certificate or key:
        raise BrokerError("TLS needs three files: the authority's certificate, one's own certificate and its key.")
    return None
