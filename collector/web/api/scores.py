"""`GET /scores`: sums of tallies by the dimensions asked for, each with n and interval."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from pydantic import BaseModel, Field

from collector.scoring.score import METRIC, Estimate
from collector.scoring.shown import Shown, show
from collector.store.base import Histogram, ScoreQuery
from collector.web.access import ApiViewer, Here

router = APIRouter(tags=["scores"])

By = Literal["office", "service", "question", "day", "week", "month", "hour"]


class EstimateOut(BaseModel):
    value: float
    low: float
    high: float


class ScoreRow(BaseModel):
    """One combination of the dimensions in `by`; those not asked for are absent."""

    office: str | None = None
    service: str | None = None
    day: str | None = None
    week: str | None = None
    month: str | None = None
    hour: int | None = None
    question: str
    scale: str
    n: int
    flagged: int
    distribution: dict[str, int] | None
    csat: EstimateOut | None
    index: float | None
    nps: EstimateOut | None
    suppressed: bool


class Scores(BaseModel):
    metric: int
    from_: str | None = Field(alias="from")
    to: str | None
    rows: list[ScoreRow]


Ids = Annotated[list[str], Query()]
_PARAMETERS = {"office", "service", "question", "from", "to", "by", "raw"}


def known_parameters(request: Request) -> None:
    """A filter with a slip in its name must not silently be none."""
    unknown = sorted(set(request.query_params) - _PARAMETERS)
    if unknown:
        raise HTTPException(422, f"There is no parameter {unknown[0]}; there are {', '.join(sorted(_PARAMETERS))}.")


@router.get("/scores", response_model=Scores, response_model_exclude_unset=True, dependencies=[Depends(known_parameters)])
def scores(
    here: Here,
    viewer: ApiViewer,
    office: Ids = [],  # noqa: B006 - FastAPI copies it
    service: Ids = [],  # noqa: B006
    question: Ids = [],  # noqa: B006
    from_: Annotated[date | None, Query(alias="from", description="First local day.")] = None,
    to: Annotated[date | None, Query(description="Last local day, included.")] = None,
    by: Annotated[list[By], Query()] = [],  # noqa: B006
    raw: Annotated[int, Query(ge=0, le=1, description="1 counts flagged ratings too.")] = 0,
) -> dict[str, Any]:
    """Without a question named, the figures of the main question; a day without ratings is absent."""
    if from_ and to and from_ > to:
        raise HTTPException(422, "`from` is after `to`: exchange them.")
    first, last = from_.isoformat() if from_ else None, to.isoformat() if to else None
    offices, services, questions = (tuple(filter(None, ids)) for ids in (office, service, question))  # `office=` asks for all
    query = ScoreQuery(offices, services, questions, first, last, tuple(dict.fromkeys(by)))
    found = here.stores.reading().histograms(viewer, query)
    inside = viewer.offices is not None  # a head sees nothing but his own offices
    rows = [row_json(h, show(h, inside=inside, raw=bool(raw))) for h in found]
    return {"metric": METRIC, "from": first, "to": last, "rows": rows}


def row_json(histogram: Histogram, shown: Shown) -> dict[str, Any]:
    """One row as the contract names its fields."""
    distribution = shown.distribution
    return histogram.place | {
        "question": histogram.question,
        "scale": histogram.scale,
        "n": shown.n,
        "flagged": shown.flagged,
        "distribution": None if distribution is None else {str(value): n for value, n in distribution.items()},
        "csat": _estimate(shown.csat),
        "index": shown.index,
        "nps": _estimate(shown.nps),
        "suppressed": shown.suppressed,
    }


def _estimate(estimate: Estimate | None) -> dict[str, float] | None:
    return None if estimate is None else {"value": estimate.value, "low": estimate.low, "high": estimate.high}
