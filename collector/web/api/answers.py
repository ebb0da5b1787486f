"""What the description says of every operation: who may ask, and how a refusal looks."""

from typing import Any, Literal

from fastapi import Security
from fastapi.security import APIKeyCookie, HTTPBearer
from pydantic import BaseModel, Field

from collector.web.session import NAME


class Problem(BaseModel):
    """An error after RFC 9457."""

    type: Literal["about:blank"] = Field(description="The status says what kind of problem it is.")
    title: str = Field(description="The status in words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="A sentence that says what to do.")


# Only described here: `collector.web.access` does the checking. Either of the two will do.
SIGNED_IN = [
    Security(HTTPBearer(scheme_name="token", description="A user's API token.", auto_error=False)),
    Security(
        APIKeyCookie(
            name=NAME,
            scheme_name="session",
            description="The browser's session; over https the cookie begins with __Host-.",
            auto_error=False,
        )
    ),
]

_SAYS = {
    401: "Nobody is signed in, or the token is unknown or has expired.",
    403: "This user's role may not see it.",
    422: "A parameter makes no sense; the detail names it.",
    503: "Not ready; the detail says why.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The refusals of an operation."""
    content = {"application/problem+json": {"schema": Problem.model_json_schema()}}
    return {status: {"description": _SAYS[status], "content": content} for status in statuses}
