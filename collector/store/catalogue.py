"""Catalogue and configurations in the store: what is in use, publishing, relearning."""

import json
from collections.abc import Iterable
from datetime import datetime
from sqlite3 import Connection
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from broker_config.messages import KioskConfig, Message, Question, utc_text
from collector.catalogue import Catalogue, CatalogueFaults, Counter, Institution, Kiosk, Office, Service
from collector.events import Placed, ReasonIds
from collector.localtime import usual_timezone
from collector.misuse import opening
from collector.store import kiosk_events, questionnaires
from collector.wanted import Content

# No collector publishes that many; above it a kiosk could use up the nine digits that a number may have.
_HIGHEST_RELEARNED = 10**8

COLUMNS = {
    "institution": ("id", "name", "weights", "questionnaire", "retention"),
    "office": ("id", "institution", "name", "timezone", "hours", "holidays", "address", "questionnaire"),
    "service": ("id", "institution", "name", "owner", "purpose", "yearly"),
    "counter": ("id", "office", "name", "services", "clerks", "questionnaire"),
    "kiosk": ("id", "counter", "questionnaire", "languages", "display"),
}
JSON_COLUMNS = {"name", "weights", "retention", "hours", "holidays", "purpose", "services", "languages", "display"}
_CONFIGURATION = (
    "INSERT {otherwise}INTO configuration (kiosk, config, number, payload, origin, valid_from, valid_to) VALUES (?,?,?,?,?,?,?)"
)

_Row = TypeVar("_Row", bound=Message)


def today(conn: Connection, now: datetime) -> str:
    """The local day where most offices are."""
    zone = usual_timezone(row[0] for row in conn.execute("SELECT timezone FROM office"))
    return now.astimezone(ZoneInfo(zone)).date().isoformat()


def load(conn: Connection, day: str, *, kiosks: bool = True) -> Catalogue:
    """What the catalogue says on a local day: everything in use, and of each questionnaire the version in force.

    Without the kiosks, of which there are thousands, where only their places matter.
    """

    def rows(table: str, model: type[_Row]) -> list[_Row]:
        columns = COLUMNS[table]
        sql = f"SELECT {', '.join(columns)} FROM {table} WHERE status='active' ORDER BY id"  # noqa: S608 - our own names
        return [model.model_validate(values(columns, row)) for row in conn.execute(sql)]

    return Catalogue(
        institutions=rows("institution", Institution),
        offices=rows("office", Office),
        services=rows("service", Service),
        counters=rows("counter", Counter),
        questionnaires=questionnaires.in_force(conn, day),
        kiosks=rows("kiosk", Kiosk) if kiosks else [],
    )


def bump_version(conn: Connection) -> None:
    """Tell every process that holds a cache of the catalogue to read it again."""
    _count(conn, "catalogue_version")


def version(conn: Connection) -> str:
    return _counted(conn, "catalogue_version")


def publishing_version(conn: Connection) -> str:
    """Another one whenever some kiosk should have another configuration than before, or none."""
    return f"{version(conn)}/{_counted(conn, 'published_version')}"


def _count(conn: Connection, what: str) -> None:
    conn.execute("INSERT INTO meta VALUES (?, '1') ON CONFLICT DO UPDATE SET value=CAST(value AS INTEGER)+1", (what,))


def _counted(conn: Connection, what: str) -> str:
    row = conn.execute("SELECT value FROM meta WHERE key=?", (what,)).fetchone()
    return row[0] if row else "0"


def placed(conn: Connection, kiosk: str, config: str) -> Placed | None:
    """A kiosk's configuration as intake needs it, or None when the collector has never seen it."""
    row = conn.execute("SELECT payload FROM configuration WHERE kiosk=? AND config=?", (kiosk, config)).fetchone()
    return _placed(KioskConfig.model_validate_json(row[0])) if row else None


def knows(conn: Connection, kiosk: str, config: str) -> bool:
    return conn.execute("SELECT 1 FROM configuration WHERE kiosk=? AND config=?", (kiosk, config)).fetchone() is not None


def wanted_ids(conn: Connection) -> dict[str, str]:
    """The number and hash of what each active kiosk should have."""
    sql = (
        "SELECT k.id, c.config FROM kiosk k JOIN configuration c INDEXED BY configuration_now ON c.kiosk = k.id "
        "AND c.valid_to IS NULL WHERE k.status='active'"
    )
    return dict(conn.execute(sql).fetchall())


def payload(conn: Connection, kiosk: str, config: str) -> str:
    """One configuration as it goes out. Raises KeyError where there is none of that id."""
    row = conn.execute("SELECT payload FROM configuration WHERE kiosk=? AND config=?", (kiosk, config)).fetchone()
    if row is None:
        raise KeyError(config)
    return str(row[0])


def note_number(conn: Connection, kiosk: str, config: str) -> None:
    """Remember that a configuration of this number is about: new ones are numbered above it."""
    number = _number(config)
    if number <= _HIGHEST_RELEARNED:
        conn.execute("UPDATE kiosk SET highest_config=max(highest_config, ?) WHERE id=?", (number, kiosk))


def relearn(conn: Connection, config: KioskConfig, now: datetime) -> bool:
    """Keep a configuration that a kiosk says it applied and that this store lost (restored from a backup).

    Only where its hash is right and it puts the kiosk in the office that the catalogue
    says: no kiosk can talk itself into another office. True when it was new.
    """
    note_number(conn, config.kiosk, config.config)
    sql = "SELECT c.office FROM kiosk k JOIN counter c ON c.id = k.counter WHERE k.id=?"
    office = conn.execute(sql, (config.kiosk,)).fetchone()
    if not config.hash_is_right or office is None or office[0] != config.office.id or _contradicts(conn, config):
        return False
    if not _is_zone(config.office.timezone) or _number(config.config) > _HIGHEST_RELEARNED:
        return False
    moment = utc_text(now)
    row = (config.kiosk, config.config, _number(config.config), config.wire().decode(), "kiosk", moment, moment)
    new = conn.execute(_CONFIGURATION.format(otherwise="OR IGNORE "), row).rowcount > 0
    if new:
        _keep_questions(conn, config.model_dump(mode="json")["questionnaire"]["questions"])
        bump_version(conn)
    return new


def publish(conn: Connection, kiosk: str, content: Content, now: datetime) -> tuple[str, bool]:
    """Make `content` what a kiosk should have, numbered above every number seen. Returns its id.

    False beside it where the kiosk should have just that already.
    """
    moment = utc_text(now)
    sql = (
        "SELECT max(k.highest_config, coalesce((SELECT max(number) FROM configuration WHERE kiosk=k.id), 0)) "
        "FROM kiosk k WHERE k.id=?"
    )
    number = conn.execute(sql, (kiosk,)).fetchone()[0] + 1
    current = conn.execute("SELECT config, number FROM configuration WHERE kiosk=? AND valid_to IS NULL", (kiosk,)).fetchone()
    if current and content.config_id(kiosk, current[1]) == current[0]:
        return current[0], False
    config = content.config_id(kiosk, number)
    conn.execute("UPDATE configuration SET valid_to=? WHERE kiosk=? AND valid_to IS NULL", (moment, kiosk))
    row = (kiosk, config, number, content.payload(kiosk, number), "catalogue", moment, None)
    conn.execute(_CONFIGURATION.format(otherwise=""), row)
    _keep_questions(conn, content.body["questionnaire"]["questions"])
    kiosk_events.note(conn, kiosk, "config.published", config, now)
    _count(conn, "published_version")
    return config, True


def _keep_questions(conn: Connection, questions: Iterable[dict[str, Any]]) -> None:
    conn.executemany("INSERT OR IGNORE INTO question VALUES (?, ?)", [(q["id"], q["scale"]) for q in questions])


def check_scales(conn: Connection, catalogue: Catalogue) -> None:
    """What was answered on one scale and what is answered on another may never be added together. Raises CatalogueFaults."""
    known = dict(conn.execute("SELECT id, scale FROM question").fetchall())
    faults = [
        f"questionnaires, row {number}: question {q.id} was {known[q.id]} before: a changed scale needs a new id."
        for number, questionnaire in enumerate(catalogue.questionnaires, 1)
        for q in questionnaire.questions
        if known.get(q.id, q.scale) != q.scale
    ]
    if faults:
        raise CatalogueFaults(faults)


def _contradicts(conn: Connection, config: KioskConfig) -> bool:
    known = dict(conn.execute("SELECT id, scale FROM question").fetchall())
    return any(known.get(q.id, q.scale) != q.scale for q in config.questionnaire.questions)


def _placed(config: KioskConfig) -> Placed:
    return Placed(
        kiosk=config.kiosk,
        config=config.config,
        office=config.office.id,
        timezone=config.office.timezone,
        counter=config.counter,
        services=frozenset(service.id for service in config.services),
        scales={question.id: question.scale for question in config.questionnaire.questions},
        reasons={question.id: _reason_ids(question) for question in config.questionnaire.questions},
        main=config.questionnaire.questions[0].id,
        interval_ms=config.questionnaire.interval_s * 1000,
        opening=opening(config.hours),
    )


def _reason_ids(question: Question) -> ReasonIds:
    lists = question.reasons
    return ReasonIds(frozenset(choice.id for choice in lists.good), frozenset(choice.id for choice in lists.bad))


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _number(config: str) -> int:
    return int(config.split("-", maxsplit=1)[0])


def put(conn: Connection, table: str, rows: Iterable[Message]) -> None:
    """Write rows of the catalogue over those with the same id, and take them into use."""
    for row in rows:
        values = row.model_dump(mode="json")
        _upsert(conn, table, {name: _text(values[name]) for name in COLUMNS[table]} | {"status": "active"})


def _upsert(conn: Connection, table: str, row: dict[str, str | int]) -> None:
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    changes = ", ".join(f"{name}=excluded.{name}" for name in row)
    conn.execute(f"INSERT INTO {table} ({names}) VALUES ({marks}) ON CONFLICT DO UPDATE SET {changes}", list(row.values()))  # noqa: S608


def values(columns: tuple[str, ...], row: tuple[Any, ...]) -> dict[str, Any]:
    return {name: json.loads(value) if name in JSON_COLUMNS else value for name, value in zip(columns, row, strict=True)}


def _text(value: Any) -> str | int:
    return value if isinstance(value, str | int) else json.dumps(value, ensure_ascii=False)
