"""`GET /scores`: sums of tallies by the dimensions asked for, each with n and interval."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from pydantic import BaseModel, Field

from collector.scoring.score import METRIC, Estimate
from collector.scoring.shown import Shown, show
from collector.store.base import Histogram, ScoreQuery
from collector.web.access import ApiViewer, Here
from collector.web.api.answers import SIGNED_IN, problems
from collector.web.days import AnyDay

router = APIRouter(tags=["scores"], dependencies=SIGNED_IN, responses=problems(401, 422))

By = Literal["office", "service", "question", "day", "week", "month", "hour"]


class EstimateOut(BaseModel):
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float


class ScoreRow(BaseModel):
    """One combination of the dimensions in `by`; those not asked for are absent."""

    office: str | None = Field(default=None, description="Absent unless asked for, as are all the dimensions.")
    service: str | None = Field(default=None, description="Empty where no service was named.")
    day: str | None = Field(default=None, description="2026-11-21, in the office's time zone, or `undated`.")
    week: str | None = Field(default=None, description="2026-W47, or `undated`.")
    month: str | None = Field(default=None, description="2026-11.")
    hour: int | None = Field(
        default=None, description="Local hour, 0–23. Kept as long as single ratings are: older days have none."
    )
    question: str
    scale: str = Field(description="`smiley5`, `smiley4`, `smiley3`, `stars5`, `thumbs` or `nps11`.")
    n: int = Field(description="Ratings counted; without `raw=1` those marked as possible misuse are left out.")
    flagged: int = Field(description="Ratings marked as possible misuse.")
    distribution: dict[str, int] | None = Field(description="Ratings by value of the scale.")
    csat: EstimateOut | None = Field(
        description="Share of good answers, 0–1, with Wilson's interval; null for `nps11` and below n = 10."
    )
    index: float | None = Field(description="Mean index, 0–100; null below n = 10.")
    nps: EstimateOut | None = Field(description="Promoters minus detractors, −100…100; for `nps11` only.")
    suppressed: bool = Field(description="Below n = 10 only n is shown outside of the office.")


class Scores(BaseModel):
    metric: int = Field(description="The version of the formulas.")
    from_: str | None = Field(alias="from")
    to: str | None
    rows: list[ScoreRow]


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
    office: Annotated[list[str], Query(description="Only these offices.")] = [],  # noqa: B006 - FastAPI copies it
    service: Annotated[list[str], Query(description="Only these services.")] = [],  # noqa: B006
    question: Annotated[list[str], Query(description="These questions instead of the main one.")] = [],  # noqa: B006
    from_: Annotated[AnyDay | None, Query(alias="from", description="First local day.", examples=["2026-11-01"])] = None,
    to: Annotated[AnyDay | None, Query(description="Last local day, included.", examples=["2026-11-21"])] = None,
    by: Annotated[list[By], Query(description="A dimension of the rows.", examples=[["office", "day"]])] = [],  # noqa: B006
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
