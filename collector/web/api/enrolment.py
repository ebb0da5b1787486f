"""How a kiosk becomes known: its one-time code for a certificate, and a new certificate before the old one ends.

Open to all: a kiosk proves itself by its code, or by the certificate that it has.
"""

import math
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from anyio import to_thread
from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field

from broker_config import enrolment_code
from broker_config.signing import Authority, Signed, SigningError
from collector.store.enrolments import Claim, Refused
from collector.web.access import Here
from collector.web.api.answers import problems
from collector.web.context import Context
from collector.web.signing import as_kept, is_refusal, signer_of

router = APIRouter(tags=["enrolment"])

_Found = TypeVar("_Found")

Pem = Annotated[str, Field(min_length=1, max_length=8192)]

REFUSED = {
    "wrong": "This code is not known. Compare it with the one on the sheet, or ask an administrator for a new one.",
    "used": "This code has been used already: it opens the door once. Ask an administrator for a new one.",
    "expired": "This code holds no more: it is older than a day, or a newer one was made. Ask an administrator for a new one.",
    "often": "There were too many wrong codes. Please wait, and try again then.",
}
NO_RENEWAL = "This certificate is not renewed: it has ended, or was revoked. Enrol the device with a new code."


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AuthorityAnswer(_Body):
    ca: str = Field(description="The authority's certificate, PEM.")
    fingerprint: str = Field(description="SHA-256 of its DER, 64 lower hex digits.")


class EnrolmentRequest(_Body):
    code: Annotated[str, Field(max_length=80, description="The code as it was given out; only its first 12 characters matter.")]
    request: Annotated[Pem, Field(description="A signing request, PEM. Its subject is ignored.")]


class BrokerAnswer(_Body):
    host: str
    port: int
    protocol: str = Field(description="The MQTT version: 5 or 3.1.1.")


class EnrolmentAnswer(_Body):
    kiosk: str = Field(description="The kiosk that this device is from now on, also its name at the broker.")
    certificate: str = Field(description="The device's certificate, PEM.")
    ca: str = Field(description="The authority's certificate, PEM.")
    broker: BrokerAnswer
    server: str = Field(description="Where to ask for the next certificate.")


class RenewalRequest(_Body):
    certificate: Annotated[Pem, Field(description="The present certificate, PEM.")]
    request: Annotated[Pem, Field(description="A signing request of a new key, PEM.")]
    signature: Annotated[
        str,
        Field(max_length=1024, description="Over the request's bytes, by the present certificate's key: ECDSA, SHA-256, base64."),
    ]


class RenewalAnswer(_Body):
    certificate: str = Field(description="The next certificate, PEM.")
    ca: str = Field(description="The authority's certificate, PEM.")


def _says(status: int, text: str) -> dict[int | str, dict[str, Any]]:
    return {status: problems(422)[422] | {"description": text}}


_OUT_OF_REACH = _says(503, "The process that signs certificates is not reached, or there is none here.")
_SENSELESS = (
    _says(400, "The body is no JSON in UTF-8.")
    | {413: {"description": "The body is too large to be read."}}
    | _says(422, "A field makes no sense, or the signing request cannot be used; the detail says why.")
)


@router.get("/authority", response_model=AuthorityAnswer, responses=_OUT_OF_REACH)
async def authority(here: Here) -> dict[str, str]:
    """The installation's certificate authority. Compare its fingerprint with one that you trust."""
    found = await _in_thread(here, _authority)
    return {"ca": found.ca, "fingerprint": found.fingerprint}


@router.post(
    "/enrolment",
    response_model=EnrolmentAnswer,
    responses=_says(403, "The code is wrong, used or expired; the detail says which.")
    | _says(429, "Ten wrong codes within an hour, of whomever; Retry-After says for how many seconds nobody is heard.")
    | _OUT_OF_REACH
    | _SENSELESS,
)
async def enrolment(request: Request, here: Here, body: EnrolmentRequest) -> dict[str, Any]:
    """A certificate for a one-time code. Older certificates of the kiosk are revoked by that."""
    kiosk, signed, found = await _in_thread(here, _enrol, body)
    server = here.address or str(request.base_url).rstrip("/")
    broker = {"host": found.host, "port": found.port, "protocol": here.protocol}
    return {"kiosk": kiosk, "certificate": signed.certificate, "ca": found.ca, "broker": broker, "server": server}


@router.post(
    "/renewal",
    response_model=RenewalAnswer,
    responses=_says(403, "The certificate has ended, was revoked, or the signature is not by its key.")
    | _OUT_OF_REACH
    | _SENSELESS,
)
async def renewal(here: Here, body: RenewalRequest) -> dict[str, str]:
    """The next certificate of a kiosk whose present one still holds."""
    return await _in_thread(here, _renew, body)


async def _in_thread(here: Context, work: Callable[..., _Found], *args: object) -> _Found:
    """A signer that hangs holds up other kiosks, and nobody's page."""
    return await to_thread.run_sync(lambda: work(here, *args), limiter=here.signing)


def _authority(here: Context) -> Authority:
    try:
        return signer_of(here.signer).authority()
    except SigningError as error:
        raise HTTPException(503, str(error)) from None


def _enrol(here: Context, body: EnrolmentRequest) -> tuple[str, Signed, Authority]:
    found = _authority(here)  # before the code is used up
    claim = _claimed(here, body.code)
    try:
        signed = signer_of(here.signer).sign(claim.kiosk, body.request)
    except SigningError as error:
        with here.stores.writing() as store:
            store.release_code(claim)
        raise HTTPException(422 if is_refusal(error) else 503, str(error)) from None
    with here.stores.writing() as store:
        if store.note_enrolled(claim, as_kept(signed), here.now()):
            return claim.kiosk, signed, found
    _unsign(here, claim.kiosk)
    raise HTTPException(403, REFUSED["expired"])


def _unsign(here: Context, kiosk: str) -> None:
    """The kiosk was revoked or retired while its certificate was being signed: nobody has it yet, and nobody gets it."""
    try:
        signer_of(here.signer).revoke(kiosk)
    except SigningError as error:
        raise HTTPException(503, str(error)) from None


def _claimed(here: Context, typed: str) -> Claim:
    """Anything typed is a try, and a wrong one is counted before it is answered."""
    code = enrolment_code.normalised(typed) or typed
    with here.stores.writing() as store:
        claim = store.claim_code(code[: enrolment_code.LENGTH], here.now())
    if not isinstance(claim, Refused):
        return claim
    if claim.opens:
        wait_s = max(1, math.ceil((claim.opens - here.now()).total_seconds()))
        raise HTTPException(429, REFUSED[claim.why], headers={"Retry-After": str(wait_s)})
    raise HTTPException(403, REFUSED[claim.why])


def _renew(here: Context, body: RenewalRequest) -> dict[str, str]:
    try:
        signer = signer_of(here.signer)
        kiosk, signed = signer.renew(body.certificate, body.request, body.signature)
        ca = signer.authority().ca
    except SigningError as error:
        if is_refusal(error):
            raise HTTPException(403, NO_RENEWAL) from None
        raise HTTPException(503, str(error)) from None
    with here.stores.writing() as store:
        if not store.note_renewed(kiosk, as_kept(signed), here.now()):
            raise HTTPException(403, NO_RENEWAL)
    return {"certificate": signed.certificate, "ca": ca}
