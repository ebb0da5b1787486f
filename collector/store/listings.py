"""Lists for pages and API: offices, services, kiosks, quarantine."""

import json
from sqlite3 import Connection
from typing import Any

from broker_config.messages import Health, QueueVisit
from collector.access import Viewer
from collector.store import questionnaires

ROTATING = 3


def offices(conn: Connection, viewer: Viewer, office: str = "") -> list[dict[str, Any]]:
    """The offices that the viewer may see, or one of them."""
    sql = (
        "SELECT o.id, o.name, o.timezone, o.hours, i.id, i.name "
        "FROM office o JOIN institution i ON i.id = o.institution WHERE ? IN ('', o.id) ORDER BY o.id"
    )
    return [
        {
            "id": row[0],
            "name": json.loads(row[1]),
            "timezone": row[2],
            "hours": json.loads(row[3]),
            "institution": {"id": row[4], "name": json.loads(row[5])},
        }
        for row in conn.execute(sql, (office,))
        if viewer.may_see(row[0])
    ]


def services(conn: Connection, viewer: Viewer) -> list[dict[str, Any]]:
    """Every service in use: what is on offer is public. `offices`: where it is, of those that the viewer may see."""
    where: dict[str, set[str]] = {}
    for office, given in conn.execute("SELECT office, services FROM counter WHERE status = 'active'"):
        for service in json.loads(given) if viewer.may_see(office) else ():
            where.setdefault(service, set()).add(office)
    rows = conn.execute("SELECT id, institution, name FROM service WHERE status = 'active' ORDER BY id")
    return [
        {"id": ident, "institution": institution, "name": json.loads(name), "offices": sorted(where.get(ident, ()))}
        for ident, institution, name in rows
    ]


def kiosks(conn: Connection, viewer: Viewer, office: str = "") -> list[dict[str, Any]]:
    """Kiosks, of one office or all, with their presence and the configuration that they should have and have.

    The counter is for admins.
    """
    sql = (
        "SELECT k.id, k.status, c.office, c.id, coalesce(p.state, ''), coalesce(p.state_at, ''), coalesce(p.health, '{}'), "
        "coalesce(p.health_at, ''), coalesce(g.config, '') FROM kiosk k JOIN counter c ON c.id = k.counter "
        "LEFT JOIN presence p ON p.kiosk = k.id "
        "LEFT JOIN configuration g ON g.kiosk = k.id AND g.valid_to IS NULL WHERE ? IN ('', c.office) ORDER BY k.id"
    )
    return [_kiosk(row, viewer) for row in conn.execute(sql, (office,)) if viewer.may_see(row[2])]


def kiosk_counts(conn: Connection, viewer: Viewer) -> dict[str, tuple[int, int]]:
    """How many kiosks in use every office has, and how many of them are online."""
    sql = (
        "SELECT c.office, count(*), sum(coalesce(p.state, '') = 'online') FROM kiosk k JOIN counter c ON c.id = k.counter "
        "LEFT JOIN presence p ON p.kiosk = k.id WHERE k.status = 'active' GROUP BY c.office"
    )
    return {office: (every, online) for office, every, online in conn.execute(sql) if viewer.may_see(office)}


def counters(conn: Connection, viewer: Viewer, office: str) -> list[dict[str, Any]]:
    """The counters of an office whose figures this viewer may see: the admin all, others where three or more clerks rotate."""
    sql = "SELECT id, name, clerks FROM counter WHERE office = ? ORDER BY id"
    rows = conn.execute(sql, (office,)).fetchall() if viewer.may_see(office) else []
    return [
        {"id": ident, "name": json.loads(name), "clerks": clerks}
        for ident, name, clerks in rows
        if viewer.is_admin or clerks >= ROTATING
    ]


def questionnaire_changes(conn: Connection, viewer: Viewer, office: str) -> list[str]:
    """The moments (UTC, RFC 3339) at which a kiosk of the office began to ask something else than before."""
    sql = (
        "SELECT g.valid_from, json_extract(g.payload, '$.questionnaire.questions') AS asked, "
        "lag(json_extract(g.payload, '$.questionnaire.questions')) OVER (PARTITION BY g.kiosk ORDER BY g.number) AS before "
        "FROM configuration g WHERE json_extract(g.payload, '$.office.id') = ? "
        "AND g.kiosk IN (SELECT kiosk FROM context WHERE office = ?)"
    )
    rows = conn.execute(sql, (office, office)).fetchall() if viewer.may_see(office) else []
    return sorted({moment for moment, asked, before in rows if before is not None and asked != before})


def questions(conn: Connection) -> dict[str, dict[str, str]]:
    """The text of every question that a questionnaire asks, by id."""
    texts: dict[str, dict[str, str]] = {}
    for questionnaire in questionnaires.ever_published(conn):
        texts |= {q.id: dict(q.text) for q in questionnaire.questions}
    return texts


def service_names(conn: Connection) -> dict[str, dict[str, str]]:
    return {ident: json.loads(name) for ident, name in conn.execute("SELECT id, name FROM service ORDER BY id")}


def services_at(conn: Connection, viewer: Viewer, office: str) -> list[str]:
    """The services that are given at an office's counters."""
    rows = conn.execute("SELECT services FROM counter WHERE office = ?", (office,)).fetchall() if viewer.may_see(office) else []
    return sorted({service for (given,) in rows for service in json.loads(given)})


def weights(conn: Connection, viewer: Viewer, office: str) -> dict[str, float]:
    """What each question counts in the weighted index of an office's institution; empty where it set none."""
    sql = "SELECT i.weights FROM institution i WHERE i.id = (SELECT institution FROM office WHERE id = ?)"
    row = conn.execute(sql, (office,)).fetchone() if viewer.may_see(office) else None
    return json.loads(row[0]) if row else {}


def _kiosk(row: tuple[Any, ...], viewer: Viewer) -> dict[str, Any]:
    ident, status, office, counter, state, state_at, health, health_at, wanted = row
    kiosk = {
        "id": ident,
        "status": status,
        "office": office,
        "state": state or "unknown",
        "since": state_at,
        "wanted_config": wanted,
        "config": json.loads(health).get("config", ""),
        "health": Health.model_validate_json(health).model_dump(mode="json") if health != "{}" else None,
        "health_at": health_at,
    }
    return kiosk | {"counter": counter} if viewer.is_admin else kiosk


def quarantine(conn: Connection, limit: int = 1000) -> list[dict[str, Any]]:
    """The newest quarantined events (`seq` above 0) and messages (`seq` 0), with reason and payload."""
    sql = "SELECT id, kiosk, stream, seq, reason, payload, times, first_at, last_at FROM quarantine ORDER BY id DESC LIMIT ?"
    names = ("id", "kiosk", "stream", "seq", "reason", "payload", "times", "first_at", "last_at")
    rows = [dict(zip(names, row, strict=True)) for row in conn.execute(sql, (limit,))]
    return [row | {"payload": row["payload"].decode("utf-8", "replace")} for row in rows]


def reason_names(conn: Connection) -> dict[str, dict[str, str]]:
    names: dict[str, dict[str, str]] = {}
    for questionnaire in questionnaires.ever_published(conn):
        for question in questionnaire.questions:
            names |= {choice.id: choice.text for choice in (*question.reasons.bad, *question.reasons.good)}
    return names


def keep_visit(conn: Connection, visit: QueueVisit, day: str, hour: int) -> None:
    """(office, service, day, hour) → visits, and seconds waited and served in all."""
    sql = (
        "INSERT INTO tally_visit (office, service, day, hour, visits, waited_s, served_s) VALUES (?, ?, ?, ?, 1, ?, ?) "
        "ON CONFLICT DO UPDATE SET visits=visits+1, waited_s=waited_s+excluded.waited_s, served_s=served_s+excluded.served_s"
    )
    conn.execute(sql, (visit.office, visit.service, day, hour, visit.waited_s, visit.served_s))
