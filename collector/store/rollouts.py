"""Roll-outs of configurations, as people start, stop and take them back. What ingest does with them is in rollout_steps."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, field
from datetime import datetime
from sqlite3 import Connection
from typing import Any

from broker_config.messages import utc_text
from collector.access import Viewer
from collector.differences import Difference, differences
from collector.rollouts import NOBODY_LEFT, STOPPED_BY_HAND, Why
from collector.store import audit
from collector.store.configurations import Change, Standing
from collector.wanted import Content

_UNDER_WAY = "state IN ('waiting', 'running')"


class RolloutRefused(ValueError):
    """Why something cannot be done. `what`: busy, nothing, state or taken; `about`: kiosk or state; `rollout`: the other one."""

    def __init__(self, what: str, about: str = "", rollout: int = 0) -> None:
        super().__init__(what)
        self.what, self.about, self.rollout = what, about, rollout


@dataclass(frozen=True)
class Plan:
    """What goes out: the kiosks with what is wanted for them, each one's stage from 1 up, and what changes, as shown."""

    kiosks: Sequence[Standing]
    stages: Mapping[str, int]
    changes: Sequence[Change]


@dataclass(frozen=True)
class Rollout:
    """`counts`: of each stage how many kiosks are in which state; `well` among them are those confirmed.

    `why`: why it stopped; `taken_back_by`: the roll-out that takes it back. Moments are RFC 3339 in UTC.
    """

    id: int
    login: str
    created: str
    starts: str
    stage: int
    stages: int
    stage_at: str
    state: str
    why: Why | None
    takes_back: int | None
    changes: list[Change]
    taken_back_by: int | None = None
    counts: dict[int, dict[str, int]] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Something will still happen with it, or a person has to decide."""
        return self.state in ("waiting", "running") or (self.state == "stopped" and self.taken_back_by is None)

    @property
    def kiosks(self) -> int:
        return sum(sum(stage.values()) for stage in self.counts.values())

    def in_state(self, *states: str) -> int:
        return sum(n for stage in self.counts.values() for state, n in stage.items() if state in states)


@dataclass(frozen=True)
class RolloutKiosk:
    """`state`: as in the store, or `well` where it is confirmed, or `away` where it was published and is not online."""

    kiosk: str
    office: str
    stage: int
    state: str
    at: str
    detail: str
    config: str
    accepted: bool


def start(conn: Connection, login: str, plan: Plan, starts: datetime, now: datetime) -> int:
    """Plan a roll-out; ingest begins it when its time has come. Raises RolloutRefused where a kiosk is in another."""
    rows = [
        (one.kiosk, plan.stages[one.kiosk], one.wanted.payload(one.kiosk, 0), one.published, one.counter)
        for one in plan.kiosks
        if isinstance(one.wanted, Content)
    ]
    ident = _add(conn, login, rows, plan.changes, starts, None, now)
    after = {"kiosks": _some([row[0] for row in rows]), "stages": max(plan.stages.values()), "starts": utc_text(starts)}
    audit.write(conn, login, "configuration.rollout", str(ident), None, after, now)
    return ident


def stop(conn: Connection, login: str, ident: int, now: datetime) -> None:
    """Nothing more goes out. What kiosks have stays."""
    _change(conn, ident, ("running",), "stopped", Why(STOPPED_BY_HAND, detail=login), now)
    audit.write(conn, login, "configuration.stop", str(ident), "running", "stopped", now)


def cancel(conn: Connection, login: str, ident: int, now: datetime) -> None:
    """One that has not begun."""
    _change(conn, ident, ("waiting",), "cancelled", None, now)
    conn.execute("UPDATE rollout_kiosk SET payload='' WHERE rollout=?", (ident,))
    audit.write(conn, login, "configuration.cancel", str(ident), "waiting", "cancelled", now)


def resume(conn: Connection, login: str, ident: int, now: datetime) -> None:
    """Go on in spite of the reason: the kiosks that stopped it are left as they are."""
    _, why = _row(conn, ident)
    if other := _taken_back_by(conn, ident):
        raise RolloutRefused("taken", rollout=other)
    sql = "SELECT kiosk FROM rollout_kiosk WHERE rollout=? AND state<>'left'"
    _refuse_busy(conn, [row[0] for row in conn.execute(sql, (ident,))], ident)
    before = json.loads(why) if why else None
    _change(conn, ident, ("stopped",), "running", None, now)
    conn.execute("UPDATE rollout_kiosk SET accepted=1 WHERE rollout=? AND state IN ('refused', 'silent')", (ident,))
    if before and before["what"] == NOBODY_LEFT:
        conn.execute("UPDATE rollout SET stage=stage+1 WHERE id=? AND stage<stages", (ident,))
    audit.write(conn, login, "configuration.resume", str(ident), {"state": "stopped", "why": before}, "running", now)


def back(conn: Connection, login: str, ident: int, now: datetime) -> int:
    """Publish to every kiosk that still has what this roll-out brought what it had before, all at once: a roll-out of its own."""
    state, _ = _row(conn, ident)
    if state not in ("running", "stopped", "done"):
        raise RolloutRefused("state", state)
    if other := _taken_back_by(conn, ident):
        raise RolloutRefused("taken", rollout=other)
    rows, changes = _reversed(conn, ident)
    if not rows:
        raise RolloutRefused("nothing")
    if state == "running":
        _change(conn, ident, ("running",), "stopped", Why(STOPPED_BY_HAND, detail=login), now)
    made = _add(conn, login, rows, changes, now, ident, now)
    after = {"rollout": made, "kiosks": _some([row[0] for row in rows])}
    audit.write(conn, login, "configuration.back", str(ident), {"state": state}, after, now)
    return made


def rollouts(conn: Connection, viewer: Viewer, limit: int = 20) -> list[Rollout]:
    """Newest first, those under way before all."""
    if not viewer.sees_fleet:
        return []
    sql = f"SELECT id FROM rollout ORDER BY {_UNDER_WAY} OR state='stopped' DESC, id DESC LIMIT ?"  # noqa: S608 - our own words
    found = [rollout(conn, viewer, row[0]) for row in conn.execute(sql, (limit,))]
    return [one for one in found if one]


def rollout(conn: Connection, viewer: Viewer, ident: int) -> Rollout | None:
    if not viewer.sees_fleet:
        return None
    sql = "SELECT id, login, created, starts, stage, stages, stage_at, state, why, takes_back, changes FROM rollout WHERE id=?"
    row = conn.execute(sql, (ident,)).fetchone()
    if row is None:
        return None
    why = Why(**json.loads(row[8])) if row[8] else None
    counts: dict[int, dict[str, int]] = {}
    sql = (
        f"SELECT r.stage, {_SHOWN}, count(*) FROM rollout_kiosk r LEFT JOIN presence p ON p.kiosk=r.kiosk "  # noqa: S608
        "WHERE r.rollout=? GROUP BY 1, 2"
    )
    for stage, state, n in conn.execute(sql, (ident,)):
        counts.setdefault(stage, {})[state] = n
    changes = [Change(tuple(Difference(*d) for d in c[0]), c[1], c[2]) for c in json.loads(row[10])]
    taken = _taken_back_by(conn, ident)
    names = ("id", "login", "created", "starts", "stage", "stages", "stage_at", "state")
    known = dict(zip(names, row, strict=False))
    return Rollout(**known, why=why, takes_back=row[9], changes=changes, taken_back_by=taken, counts=counts)


_SHOWN = (
    "CASE WHEN r.confirmed<>'' THEN 'well' "
    "WHEN r.state='published' AND coalesce(p.state, '')<>'online' THEN 'away' ELSE r.state END"
)


def rollout_kiosks(conn: Connection, viewer: Viewer, ident: int, stage: int, limit: int = 100) -> list[RolloutKiosk]:
    """The kiosks of a stage, those first that a person should look at."""
    if not viewer.sees_fleet:
        return []
    sql = (
        f"SELECT r.kiosk, coalesce(c.office, ''), r.stage, {_SHOWN}, r.at, r.detail, r.config, r.accepted FROM rollout_kiosk r "  # noqa: S608
        "LEFT JOIN presence p ON p.kiosk=r.kiosk LEFT JOIN counter c ON c.id=r.counter WHERE r.rollout=? AND r.stage=? "
        "ORDER BY r.state IN ('refused', 'silent') DESC, r.state='left' DESC, r.confirmed, r.kiosk LIMIT ?"
    )
    return [RolloutKiosk(*row) for row in conn.execute(sql, (ident, stage, limit))]


def busiest(conn: Connection, viewer: Viewer) -> list[str]:
    """Kiosks that are online, those with most votes first: where a mistake shows soonest."""
    if not viewer.sees_fleet:
        return []
    sql = (
        "SELECT p.kiosk FROM presence p LEFT JOIN (SELECT kiosk, sum(top) AS n FROM stream GROUP BY kiosk) s ON s.kiosk=p.kiosk "
        "WHERE p.state='online' ORDER BY coalesce(s.n, 0) DESC, p.kiosk"
    )
    return [row[0] for row in conn.execute(sql)]


def under_way(conn: Connection, viewer: Viewer) -> dict[str, int]:
    """Kiosks in a roll-out that waits or runs, and in which."""
    if not viewer.sees_fleet:
        return {}
    return _busy(conn, 0)


# ── inside ──────────────────────────────────────────────────────────────────────────────

_Rows = Sequence[tuple[str, int, str, str, str]]


def _add(
    conn: Connection, login: str, rows: _Rows, changes: Sequence[Change], starts: datetime, takes_back: int | None, now: datetime
) -> int:
    """`rows`: kiosk, stage, payload, what it has now, its counter."""
    if not rows:
        raise RolloutRefused("nothing")
    _refuse_busy(conn, [row[0] for row in rows], 0)
    shown = [[[astuple(one) for one in change.differences], change.kiosks, change.is_first] for change in changes]
    text = json.dumps(shown, ensure_ascii=False)
    sql = (
        "INSERT INTO rollout (login, created, starts, stage, stages, stage_at, state, why, takes_back, changes) "
        "VALUES (?, ?, ?, 0, ?, '', 'waiting', '', ?, ?)"
    )
    row = (login, utc_text(now), utc_text(starts), max(row[1] for row in rows), takes_back, text)
    ident = conn.execute(sql, row).lastrowid
    sql = "INSERT INTO rollout_kiosk (rollout, kiosk, stage, payload, before, counter) VALUES (?, ?, ?, ?, ?, ?)"
    conn.executemany(sql, [(ident, *one) for one in rows])
    return ident or 0


def _busy(conn: Connection, but: int) -> dict[str, int]:
    sql = (
        f"SELECT o.kiosk, r.id FROM rollout r JOIN rollout_kiosk o ON o.rollout=r.id WHERE r.{_UNDER_WAY} "  # noqa: S608
        "AND o.state<>'left' AND r.id<>?"
    )
    return dict(conn.execute(sql, (but,)).fetchall())


def _refuse_busy(conn: Connection, kiosks: Sequence[str], but: int) -> None:
    """No kiosk is in two roll-outs at a time."""
    busy = _busy(conn, but)
    for kiosk in kiosks:
        if kiosk in busy:
            raise RolloutRefused("busy", kiosk, busy[kiosk])


def _reversed(conn: Connection, ident: int) -> tuple[_Rows, list[Change]]:
    """What goes back where: kiosks that still have what came, and had something before."""
    sql = (
        "SELECT o.kiosk, b.payload, n.payload, n.config, k.counter FROM rollout_kiosk o JOIN kiosk k ON k.id=o.kiosk "
        "JOIN configuration n ON n.kiosk=o.kiosk AND n.config=o.config AND n.valid_to IS NULL "
        "JOIN configuration b ON b.kiosk=o.kiosk AND b.config=o.before "
        "WHERE o.rollout=? AND o.before<>o.config AND k.status='active' ORDER BY o.kiosk"
    )
    rows, found = [], dict[tuple[Difference, ...], list[str]]()
    for kiosk, before, brought, config, counter in conn.execute(sql, (ident,)):
        rows.append((kiosk, 1, before, config, counter))
        found.setdefault(differences(json.loads(brought), json.loads(before)), []).append(kiosk)
    return rows, [Change(key, kiosks, False) for key, kiosks in found.items()]


def _row(conn: Connection, ident: int) -> tuple[str, str]:
    """State, and why it stopped. Raises KeyError where there is no such roll-out."""
    row = conn.execute("SELECT state, why FROM rollout WHERE id=?", (ident,)).fetchone()
    if row is None:
        raise KeyError(ident)
    return row[0], row[1]


def _taken_back_by(conn: Connection, ident: int) -> int | None:
    row = conn.execute("SELECT id FROM rollout WHERE takes_back=? AND state<>'cancelled'", (ident,)).fetchone()
    return row[0] if row else None


def _change(conn: Connection, ident: int, states: tuple[str, ...], to: str, why: Why | None, now: datetime) -> None:
    state, _ = _row(conn, ident)
    if state not in states:
        raise RolloutRefused("state", state)
    sql = "UPDATE rollout SET state=?, why=?, stage_at=? WHERE id=?"
    conn.execute(sql, (to, _text(why), utc_text(now), ident))


def _text(why: Why | None) -> str:
    return json.dumps(asdict(why), ensure_ascii=False) if why else ""


def _some(kiosks: list[str]) -> Any:
    """For the audit log: the kiosks, or how many where they are many."""
    return kiosks if len(kiosks) <= 20 else {"number": len(kiosks), "first": kiosks[:20]}
