"""The rows of the lists, as the description names them."""

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, Field

from broker_config.messages import Health

Row = TypeVar("Row")
Names = Annotated[dict[str, str], Field(description="The name by language.")]
Moment = Annotated[str, Field(description="RFC 3339, UTC; empty where it never was.")]


class Rows(BaseModel, Generic[Row]):
    rows: list[Row]


class InstitutionOfOffice(BaseModel):
    id: str
    name: Names


class OfficeRow(BaseModel):
    id: str
    name: Names
    timezone: str = Field(description="IANA's name; the office's days are cut in it.")
    hours: dict[str, list[str]] = Field(description="Opening hours by weekday, `mon` to `sun`; a day that is absent is closed.")
    institution: InstitutionOfOffice


class ServiceRow(BaseModel):
    id: str
    institution: str
    name: Names
    offices: list[str] = Field(description="Where it is given, of the offices that you may see.")


class KioskRow(BaseModel):
    id: str
    status: str = Field(description="`active` or `retired`.")
    office: str
    state: Literal["online", "offline", "lost", "unknown"] = Field(description="`lost`: it vanished without a goodbye.")
    since: Moment
    wanted_config: str = Field(description="The configuration that it should show.")
    config: str = Field(description="The one that it shows, by its last health; empty where there is none.")
    health: Health | None = Field(description="What it last said of itself.")
    health_at: Moment
    counter: str | None = Field(default=None, description="For admins only; absent for everybody else.")


class QuarantineRow(BaseModel):
    id: int
    kiosk: str
    stream: str = Field(description="Empty for a message that could not be read.")
    seq: int = Field(description="0 for a message that could not be read.")
    reason: str
    payload: str = Field(description="As it came, redacted.")
    times: int = Field(description="How often the same came.")
    first_at: str
    last_at: str


class AccountingRow(BaseModel):
    """claimed = stored + quarantined + late + pending + lost + at_risk + unexplained."""

    kiosk: str
    stream: str
    claimed: int = Field(description="The highest number that the kiosk has given an event.")
    stored: int
    quarantined: int
    late: int = Field(description="Came for the first time after its day was erased: acknowledged, and not stored.")
    pending: int = Field(description="Still on the kiosk, by its own count.")
    lost: int
    at_risk: int = Field(description="Unsent in a stream that its kiosk has abandoned; after 30 days lost.")
    unexplained: int = Field(description="What does not add up.")
