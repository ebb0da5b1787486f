"""What the catalogue says that kiosks show, against what was published to them and what they answered."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection
from zoneinfo import ZoneInfo

from broker_config.messages import utc_text
from collector.access import Viewer
from collector.catalogue import Catalogue, Kiosk, Office, Places
from collector.differences import Difference, differences
from collector.store import catalogue, kiosk_events
from collector.wanted import Content, Fault, Wanted, rest_of


@dataclass(frozen=True)
class Says:
    """What the catalogue says: of each time zone the day, of each day what kiosks show."""

    days: dict[str, str]
    by_day: dict[str, Wanted]

    def of(self, kiosk: str, timezone: str) -> Content | Fault:
        wanted = self.by_day[self.days[timezone]]
        return wanted.of(wanted.places.kiosks[kiosk]) if kiosk in wanted.places.kiosks else Fault("place")

    @property
    def offices(self) -> dict[str, Office]:
        return next(iter(self.by_day.values())).places.offices if self.by_day else {}


@dataclass(frozen=True, slots=True)
class Standing:
    """One kiosk. `published`: the number and hash that it should show, since `since`; `answer` to it: applied, refused
    (`detail` says why) or empty; `on_screen`: what it shows as far as is known; `online`: its presence.

    `wanted`: what the catalogue says, or why nothing can be made of it; `differs`: that is something else than published.
    """

    kiosk: str
    counter: str
    office: str
    published: str
    since: str
    answer: str
    answered: str
    detail: str
    on_screen: str
    online: bool
    wanted: Content | Fault
    differs: bool

    @property
    def fault(self) -> Fault | None:
        return self.wanted if isinstance(self.wanted, Fault) else None


@dataclass(frozen=True)
class Change:
    """The same difference at one or many kiosks. `is_first`: they have no configuration yet."""

    differences: tuple[Difference, ...]
    kiosks: list[str]
    is_first: bool


@dataclass(frozen=True)
class Answer:
    """One configuration of a kiosk. `until` is empty for the present one; `origin`: catalogue or, relearned, kiosk."""

    config: str
    since: str
    until: str
    origin: str
    answer: str
    answered: str
    detail: str


@dataclass(frozen=True)
class ConfigurationOf:
    """A kiosk's configuration for its own page. `rollout`: the one that it is part of now, waiting or running."""

    standing: Standing
    differences: tuple[Difference, ...]
    answers: list[Answer]
    rollout: int | None


def days(conn: Connection, now: datetime, day: str = "") -> dict[str, str]:
    """Of each office's time zone the local day, or for all the one given."""
    zones = [row[0] for row in conn.execute("SELECT DISTINCT timezone FROM office ORDER BY timezone")]
    return {zone: day or now.astimezone(ZoneInfo(zone)).date().isoformat() for zone in zones}


def says(conn: Connection, days: dict[str, str]) -> Says:
    scales = _scales(conn)
    return Says(days, {day: Wanted(Places(catalogue.load(conn, day)), scales) for day in sorted(set(days.values()))})


def standings(conn: Connection, viewer: Viewer, said: Says, office: str = "", kiosk: str = "") -> list[Standing]:
    """Every kiosk in use, of one office or all, or one; nothing for those who may not see the fleet."""
    if not viewer.sees_fleet:
        return []
    sql = (
        "SELECT k.id, c.id, o.id, o.timezone, coalesce(g.config, ''), coalesce(g.number, 0), coalesce(g.valid_from, ''), "
        "coalesce(g.answer, ''), coalesce(g.answered, ''), coalesce(g.detail, ''), coalesce(p.state, ''), "
        "coalesce(p.health_at, ''), coalesce(json_extract(p.health, '$.config'), '') "
        "FROM kiosk k JOIN counter c ON c.id=k.counter JOIN office o ON o.id=c.office "
        "LEFT JOIN configuration g INDEXED BY configuration_now ON g.kiosk=k.id AND g.valid_to IS NULL "
        "LEFT JOIN presence p ON p.kiosk=k.id "
        "WHERE k.status='active' AND ? IN ('', o.id) AND ? IN ('', k.id) ORDER BY k.id"
    )
    return [_standing(row, said) for row in conn.execute(sql, (office, kiosk))]


def _standing(row: tuple[str, ...], said: Says) -> Standing:
    kiosk, counter, office, zone, published, number, since, answer, answered, detail, state, health_at, health = row
    wanted = said.of(kiosk, zone)
    differs = isinstance(wanted, Content) and wanted.config_id(kiosk, int(number)) != published
    on_screen = published if answer == "applied" and answered >= health_at else health
    online = state == "online"
    return Standing(kiosk, counter, office, published, since, answer, answered, detail, on_screen, online, wanted, differs)


def changes(conn: Connection, differing: Iterable[Standing]) -> list[Change]:
    """Kiosks grouped by what will be different for them, the largest group first."""
    found: dict[tuple[bool, tuple[Difference, ...]], list[str]] = {}
    known: dict[tuple[str, int], tuple[Difference, ...]] = {}
    for one in differing:
        if isinstance(one.wanted, Content):
            payload = catalogue.payload(conn, one.kiosk, one.published) if one.published else ""
            pair = (rest_of(payload), id(one.wanted))
            if pair not in known:
                before = json.loads(payload) if payload else None
                known[pair] = differences(before, one.wanted.body)
            found.setdefault((not payload, known[pair]), []).append(one.kiosk)
    return [Change(key[1], kiosks, key[0]) for key, kiosks in sorted(found.items(), key=lambda item: -len(item[1]))]


def of_kiosk(conn: Connection, viewer: Viewer, said: Says, kiosk: str) -> ConfigurationOf | None:
    """What a kiosk should show, was given and answered; None for one that is not in use or not the viewer's to see."""
    standing = next(iter(standings(conn, viewer, said, kiosk=kiosk)), None)
    if standing is None:
        return None
    sql = (
        "SELECT config, valid_from, coalesce(valid_to, ''), origin, answer, answered, detail FROM configuration "
        "WHERE kiosk=? ORDER BY number DESC LIMIT 20"
    )
    answers = [Answer(*row) for row in conn.execute(sql, (kiosk,))]
    sql = (
        "SELECT r.id FROM rollout r JOIN rollout_kiosk o ON o.rollout=r.id "
        "WHERE o.kiosk=? AND r.state IN ('waiting', 'running') AND o.state<>'left'"
    )
    rollout = conn.execute(sql, (kiosk,)).fetchone()
    change = changes(conn, [standing] if standing.differs else [])
    return ConfigurationOf(standing, change[0].differences if change else (), answers, rollout[0] if rollout else None)


def wanted_of(conn: Connection, known: Catalogue) -> Wanted:
    """What a catalogue says for its kiosks, for many of them at once."""
    return Wanted(Places(known), _scales(conn))


def first(conn: Connection, kiosk: Kiosk, wanted: Wanted, now: datetime) -> Fault | None:
    """Publish what the catalogue says to a kiosk that never had a configuration; the Fault where none can be made."""
    if conn.execute("SELECT 1 FROM configuration WHERE kiosk=?", (kiosk.id,)).fetchone():
        return None
    content = wanted.of(kiosk)
    if isinstance(content, Fault):
        return content
    catalogue.publish(conn, kiosk.id, content, now)
    return None


def _scales(conn: Connection) -> dict[str, str]:
    return dict(conn.execute("SELECT id, scale FROM question").fetchall())


def answered(conn: Connection, kiosk: str, reply: str, now: datetime) -> None:
    """A kiosk's reply, as JSON, to a configuration that this store published: applied or refused.

    Once it is applied a refusal changes nothing: it is on the screen.
    """
    said = json.loads(reply)
    answer, moment = ("applied" if said["ok"] else "refused"), utc_text(now)
    detail = "" if said["ok"] else said["detail"]
    known = conn.execute("SELECT answer FROM configuration WHERE kiosk=? AND config=?", (kiosk, said["id"])).fetchone()
    if known is None or (known[0] == "applied" and answer == "refused"):
        return
    if known[0] != answer:
        sql = "UPDATE configuration SET answer=?, answered=?, detail=? WHERE kiosk=? AND config=?"
        conn.execute(sql, (answer, moment, detail, kiosk, said["id"]))
        kiosk_events.note(conn, kiosk, f"config.{answer}", f"{said['id']} {detail}".strip(), now)
    sql = (
        "UPDATE rollout_kiosk SET state=?, at=?, detail=?, accepted=0, frames=-1 "
        "WHERE kiosk=? AND config=? AND state IN ('published', 'silent', 'refused') AND state<>?"
    )
    conn.execute(sql, (answer, moment, detail, kiosk, said["id"], answer))
