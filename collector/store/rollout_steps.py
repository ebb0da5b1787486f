"""One step of a roll-out: facts from the store → the pure decision → what it says, all in one transaction of ingest's."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from sqlite3 import Connection
from typing import Any

from broker_config.messages import utc_text
from collector.rollouts import KioskFacts, Pace, Progress, Step, decide
from collector.store import audit, catalogue
from collector.wanted import Content, rest_of

_NEVER = datetime(2000, 1, 1, tzinfo=UTC)
# A kiosk is given something else when its present configuration is neither what this roll-out gave it, nor what it was to
# follow, nor the same as what is planned for it: an older plan never goes out over what somebody published since.
_REST = "substr({0}.payload, instr({0}.payload, ',\"office\":'))"
_REPLACED = (
    "CASE o.state WHEN 'waiting' THEN o.before<>coalesce(g.config, '') "
    f"AND coalesce({_REST.format('g')}, '')<>{_REST.format('o')} ELSE o.config<>coalesce(g.config, '') END"
)


def due(conn: Connection, now: datetime) -> list[int]:
    """Roll-outs with something to look after."""
    sql = "SELECT id FROM rollout WHERE state='running' OR (state='waiting' AND starts<=?) ORDER BY id"
    return [row[0] for row in conn.execute(sql, (utc_text(now),))]


def step(conn: Connection, ident: int, now: datetime, listening: datetime, pace: Pace) -> None:
    """Look, decide and do. `listening`: since when this collector hears kiosks; silence of before is its own."""
    progress = _progress(conn, ident)
    if progress.state == "waiting":
        _do(conn, ident, progress, decide(progress, [], now, pace), {}, now, pace)
        progress = _progress(conn, ident)
    _note_frames(conn, ident)
    facts = _facts(conn, ident, progress.stage, listening, pace)
    _do(conn, ident, progress, decide(progress, list(facts.values()), now, pace), facts, now, pace)


def _progress(conn: Connection, ident: int) -> Progress:
    sql = (
        "SELECT state, stage, stages, starts, (SELECT count(*) FROM rollout_kiosk o "
        "WHERE o.rollout=r.id AND o.stage=r.stage AND o.confirmed<>'') FROM rollout r WHERE id=?"
    )
    state, stage, stages, starts, confirmed = conn.execute(sql, (ident,)).fetchone()
    return Progress(state, stage, stages, datetime.fromisoformat(starts), confirmed)


def _note_frames(conn: Connection, ident: int) -> None:
    """How many frames a screen had shown when it was first heard of under the new configuration; of kiosks that have one."""
    sql = (
        "UPDATE rollout_kiosk AS o SET frames=json_extract(p.health, '$.screen.frames'), frames_at=p.health_at FROM presence p "
        "WHERE o.rollout=? AND o.state='applied' AND o.confirmed='' AND o.frames=-1 AND p.kiosk=o.kiosk AND p.health_at>o.at "
        "AND json_extract(p.health, '$.config')=o.config AND json_extract(p.health, '$.screen.name')<>'none'"
    )
    conn.execute(sql, (ident,))


def _facts(conn: Connection, ident: int, stage: int, listening: datetime, pace: Pace) -> dict[str, KioskFacts]:
    sql = (
        "SELECT o.kiosk, o.stage, o.state, o.at, o.detail, o.accepted, o.was_online, coalesce(p.state, ''), "  # noqa: S608 - our own words
        "coalesce(p.state_at, ''), coalesce(p.health_at, ''), coalesce(json_extract(p.health, '$.config'), '')=o.config, "
        "coalesce(json_extract(p.health, '$.screen.frames'), -1)=o.frames, o.frames_at, k.status, k.counter<>o.counter, "
        f"{_REPLACED} FROM rollout_kiosk o LEFT JOIN kiosk k ON k.id=o.kiosk "
        "LEFT JOIN presence p ON p.kiosk=o.kiosk "
        "LEFT JOIN configuration g INDEXED BY configuration_now ON g.kiosk=o.kiosk AND g.valid_to IS NULL "
        "WHERE o.rollout=? AND o.stage<=? AND o.confirmed='' AND o.state<>'left'"
    )
    return {row[0]: _kiosk(row, listening, pace) for row in conn.execute(sql, (ident, stage))}


def _kiosk(row: tuple[Any, ...], listening: datetime, pace: Pace) -> KioskFacts:
    kiosk, stage, state, at, detail, accepted, was_online, presence, presence_at, health_at, is_its, same, frames_at, *place = row
    status, moved, replaced = place
    health = _moment(health_at)
    gone = "retired" if status != "active" else "moved" if moved and state == "waiting" else ""
    return KioskFacts(
        kiosk,
        stage,
        state,
        _moment(at) or _NEVER,
        detail,
        bool(accepted),
        bool(was_online),
        presence == "online",
        max(_moment(presence_at) or _NEVER, listening),
        max(health or _NEVER, listening),
        health if is_its else None,
        bool(same and frames_at and health and (health - _at(frames_at)).total_seconds() >= pace.still_s),
        gone or ("replaced" if replaced else ""),
    )


def _do(conn: Connection, ident: int, was: Progress, step: Step, facts: dict[str, KioskFacts], now: datetime, pace: Pace) -> None:
    moment = utc_text(now)
    sql = "UPDATE rollout_kiosk SET state=?, detail=?, at=? WHERE rollout=? AND kiosk=?"
    conn.executemany(sql, [(state, detail, moment, ident, kiosk) for kiosk, state, detail in step.marks])
    left = [(ident, kiosk) for kiosk, state, _ in step.marks if state == "left"]
    conn.executemany("UPDATE rollout_kiosk SET payload='' WHERE rollout=? AND kiosk=?", left)
    sql = "UPDATE rollout_kiosk SET confirmed=? WHERE rollout=? AND kiosk=?"
    conn.executemany(sql, [(moment, ident, kiosk) for kiosk in step.confirm])
    _publish(conn, ident, [facts[kiosk] for kiosk in step.publish], now, pace)
    if (step.state, step.stage) != (was.state, was.stage):
        why = json.dumps(asdict(step.why), ensure_ascii=False) if step.why else ""
        sql = "UPDATE rollout SET state=?, stage=?, stage_at=?, why=? WHERE id=?"
        conn.execute(sql, (step.state, step.stage, moment, why, ident))
    if step.state == "done":  # what it takes back is not gone on with any more
        conn.execute("UPDATE rollout_kiosk SET payload='' WHERE rollout=(SELECT takes_back FROM rollout WHERE id=?)", (ident,))
    if step.why:
        audit.write(conn, "", "configuration.stop", str(ident), "running", {"state": "stopped", **asdict(step.why)}, now)


def _publish(conn: Connection, ident: int, kiosks: list[KioskFacts], now: datetime, pace: Pace) -> None:
    """What was planned goes out, numbered now. Who should have just that already keeps it, with the answer that he gave."""
    contents: dict[str, Content] = {}
    for kiosk in kiosks:
        sql = (
            "SELECT o.payload, coalesce(g.config, ''), coalesce(g.answer, ''), coalesce(g.detail, '') FROM rollout_kiosk o "
            "LEFT JOIN configuration g ON g.kiosk=o.kiosk AND g.valid_to IS NULL WHERE o.rollout=? AND o.kiosk=?"
        )
        payload, before, answer, detail = conn.execute(sql, (ident, kiosk.kiosk)).fetchone()
        content = contents.setdefault(rest_of(payload), Content.from_payload(payload))
        config, new = catalogue.publish(conn, kiosk.kiosk, content, now)
        state, detail = ("published", "") if new or not answer else (answer, detail)
        online = kiosk.online and kiosk.heard is not None and (now - kiosk.heard).total_seconds() <= pace.silent_s
        # What went out is kept as a configuration, and nowhere twice: of thousands of kiosks it is a hundred megabytes.
        sql = (
            "UPDATE rollout_kiosk SET state=?, detail=?, config=?, before=?, at=?, was_online=?, payload='' "
            "WHERE rollout=? AND kiosk=?"
        )
        conn.execute(sql, (state, detail, config, before, utc_text(now), online, ident, kiosk.kiosk))


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _moment(text: str) -> datetime | None:
    return _at(text) if text else None
