"""The web server: uvicorn, over HTTPS where a certificate is given."""

import contextlib
import ssl
import sys
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from broker_config.acl import BrokerError

_NOT_STARTED = 3  # as uvicorn's own command ends


@dataclass(frozen=True, slots=True)
class Https:
    """PEM files; the certificate is followed by those of its issuers."""

    certificate: Path
    key: Path


def https(certificate: Path | None, key: Path | None) -> Https | None:
    """Both, or none of them. Raises BrokerError when they cannot be used."""
    if not certificate and not key:
        return None
    if not certificate or not key:
        raise BrokerError("HTTPS needs two files: the certificate and its key.")
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key)
    except OSError as error:
        raise BrokerError(f"HTTPS is not possible with {certificate} and {key}: {error.strerror or error}.") from error
    return Https(certificate, key)


def serve(app: FastAPI, host: str, port: int, secured: Https | None) -> None:
    """Until SIGTERM or SIGINT."""
    config = uvicorn.Config(app, host=host, port=port, log_level="warning", timeout_graceful_shutdown=1)
    if secured:
        config.ssl_certfile, config.ssl_keyfile = str(secured.certificate), str(secured.key)
    config.load()
    if config.ssl:
        config.ssl.minimum_version = ssl.TLSVersion.TLSv1_2
    server = uvicorn.Server(config)
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(_NOT_STARTED)
