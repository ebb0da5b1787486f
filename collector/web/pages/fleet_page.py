"""Pure: which kiosks the fleet's page shows, in which order, a page at a time; and the same as a table's cells."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil

from collector.fleet_state import NEEDS
from collector.web.fleet_now import Fleet, Line
from collector.web.formats import alphabetical

PAGE = 100
COLUMNS = (
    *("kiosk", "institution", "office", "counter", "state", "since", "needs", "silent", "last_tap", "today", "usual"),
    *(
        "waiting",
        "clock",
        "clock_offset_ms",
        "screen_still_since",
        "disk_free_mb",
        "version",
        "config_wanted",
        "config",
        "answer",
    ),
    "health_at",
)
_MOST = len(NEEDS)


@dataclass(frozen=True)
class Asked:
    """The address's filters. `need`: a word of NEEDS, `any` or `silent`. `sort`: a word of SORTS, falling with `-` before it."""

    q: str = ""
    state: str = ""
    need: str = ""
    institution: str = ""
    office: str = ""
    version: str = ""
    config: str = ""
    sort: str = "need"
    page: int = 1


@dataclass(frozen=True)
class FleetPage:
    """`rows`: one page of the `found` ones. `all`: in use; `needy`: how many of those need somebody; `silent` though open."""

    rows: list[Line]
    found: list[Line]
    all: int
    needy: int
    silent: int
    pages: int
    page: int
    versions: list[str]
    newest: str


def build(fleet: Fleet, asked: Asked) -> FleetPage:
    """What the page shows of a fleet."""
    in_use = [line for line in fleet.lines if line.judged.state != "retired"]
    sought = alphabetical(asked.q)[0].split()
    found = [line for line in (fleet.lines if asked.state == "retired" else in_use) if _is_asked_for(line, asked, sought)]
    falling = asked.sort.startswith("-")
    found.sort(key=SORTS.get(asked.sort.removeprefix("-"), _by_need), reverse=falling)
    pages = max(1, ceil(len(found) / PAGE))
    page = min(max(1, asked.page), pages)
    return FleetPage(
        rows=found[(page - 1) * PAGE : page * PAGE],
        found=found,
        all=len(in_use),
        needy=sum(bool(line.judged.needs) for line in in_use),
        silent=sum(line.judged.silent for line in in_use),
        pages=pages,
        page=page,
        versions=sorted({str(line.facts.health["version"]) for line in in_use if line.facts.health}, reverse=True),
        newest=fleet.newest,
    )


def cells(line: Line) -> Sequence[object]:
    """A kiosk as one line of a CSV file, by COLUMNS."""
    f, j = line.facts, line.judged
    health = f.health
    told = (health["pending"], j.clock, health["clock"]["offset_ms"]) if health else ("", "", "")
    return (
        *(f.id, line.place.institution, f.office, f.counter, j.state, f.since, " ".join(j.needs), int(j.silent)),
        *(minute_text(f.last_tap), f.today, "" if f.usual is None else f.usual, *told, f.still_since),
        *((health["disk_free_mb"], health["version"]) if health else ("", "")),
        *(f.wanted, health["config"] if health else "", f.answer, f.health_at),
    )


def minute_text(minute: int) -> str:
    """A minute since 1970 UTC as RFC 3339; '' for none."""
    return f"{datetime.fromtimestamp(60 * minute, UTC):%Y-%m-%dT%H:%MZ}" if minute else ""


def _is_asked_for(line: Line, asked: Asked, sought: list[str]) -> bool:
    facts, judged, place = line
    return (
        (not asked.state or judged.state == asked.state)
        and (not asked.need or _has_need(line, asked.need))
        and (not asked.institution or place.institution == asked.institution)
        and (not asked.office or facts.office == asked.office)
        and (not asked.version or (bool(facts.health) and facts.health["version"] == asked.version))
        and (not asked.config or judged.differs)
        and (not sought or _is_said(line, sought))
    )


def _has_need(line: Line, need: str) -> bool:
    if need == "any":
        return bool(line.judged.needs)
    return line.judged.silent if need == "silent" else need in line.judged.needs


def _is_said(line: Line, sought: list[str]) -> bool:
    """Whatever the language of the reader: an office has several names."""
    said = " ".join((line.facts.id, line.facts.office, line.facts.counter, *line.place.name.values()))
    plain = alphabetical(said)[0]
    return all(part in plain for part in sought)


def _by_need(line: Line) -> tuple[int, int, str, str]:
    """Worst first: by the gravest need, then how many, then the longest in that state."""
    needs = line.judged.needs
    return (NEEDS.index(needs[0]) if needs else _MOST, -len(needs), line.facts.since, line.facts.id)


def _told(name: str) -> Callable[[Line], tuple[bool, float, str]]:
    return lambda line: (not line.facts.health, line.facts.health[name] if line.facts.health else 0, line.facts.id)


def _offset(line: Line) -> tuple[int, int, str]:
    clock = line.facts.health["clock"] if line.facts.health else None
    rank = 0 if clock is None else 1 if not clock["synced"] else 2
    return (rank, -abs(clock["offset_ms"] or 0) if clock else 0, line.facts.id)


SORTS: dict[str, Callable[[Line], tuple[object, ...]]] = {
    "need": _by_need,
    "id": lambda line: (line.facts.id,),
    "office": lambda line: (alphabetical(line.place.name.get("lt", line.place.id)), line.facts.id),
    "state": lambda line: (line.judged.state, line.facts.since, line.facts.id),
    "tap": lambda line: (line.facts.last_tap, line.facts.id),
    "today": lambda line: (line.facts.today - (line.facts.usual or 0), line.facts.id),
    "waiting": _told("pending"),
    "clock": _offset,
    "screen": lambda line: (not line.facts.still_since, line.facts.still_since, line.facts.id),
    "disk": _told("disk_free_mb"),
    "version": lambda line: (str(line.facts.health.get("version", "")), line.facts.id),
    "config": lambda line: (not line.judged.differs, line.facts.wanted_at, line.facts.id),
}
