"""One-time codes as they are handed out: made, kept as a hash, and drawn; shown in one answer and nowhere else."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

import segno
from fastapi import Request
from markupsafe import Markup

from broker_config import enrolment_code
from broker_config.messages import utc_text
from collector.catalogue import Kiosk
from collector.web.context import Context
from collector.web.signing import signer_of


@dataclass(frozen=True)
class Code:
    """`code`: in groups of four, with the proof of the server; `qr`: the same with the server's address, as SVG."""

    kiosk: Kiosk
    code: str
    server: str
    until: str
    qr: Markup


def server_address(request: Request, here: Context) -> str:
    """Where kiosks find this server."""
    return here.address or str(request.base_url).rstrip("/")


def fingerprint(here: Context) -> str:
    """Of the authority, by which a device knows this server. Raises SigningError."""
    return signer_of(here.signer).authority().fingerprint


def made(request: Request, here: Context, login: str, kiosks: list[Kiosk], proof: str) -> list[Code]:
    """A code for each kiosk. `proof`: the authority's fingerprint."""
    server, now = server_address(request, here), here.now()
    codes = []
    with here.stores.writing() as store:
        for kiosk in kiosks:
            code = enrolment_code.new()
            until = store.put_code(kiosk.id, code, login, now)
            codes.append(_drawn(kiosk, enrolment_code.with_proof(code, proof), server, until))
    return codes


def _drawn(kiosk: Kiosk, code: str, server: str, until: datetime) -> Code:
    return Code(kiosk, enrolment_code.grouped(code), server, utc_text(until), qr(server, code))


def qr(server: str, code: str) -> Markup:
    """Dark on white in every colour scheme; attributes only, for the pages allow no inline style."""
    content = f"nuomone:enrol?{urlencode({'server': server, 'code': code})}"
    drawn = segno.make(content, error="m", micro=False)
    return Markup(drawn.svg_inline(light="#fff", border=3, omitsize=True, svgclass="qr", lineclass=None))  # noqa: S704 - our own
