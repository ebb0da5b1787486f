"""Erasing what is older than the cuts, in portions that are a short transaction each.

The order makes every moment a true one: first the cut is written down, from when on nothing of those days is taken in
any more; then comments lose their words and days their events, portion by portion; what an interrupted run left is
found by the next.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from sqlite3 import Connection
from typing import Any, NamedTuple

from collector.events import Context, Kind, Standing
from collector.localtime import UNDATED, local
from collector.retention import Cut, start_of
from collector.store import comments, sealed
from collector.store.contexts import Contexts
from collector.tallies import GRAINS, SUM_GRAINS, Changes, Key, Tallied, spread

PORTION = 500
_ROWS = (
    "SELECT seq, kind, minute, context, value, detail, standing, mark FROM event INDEXED BY {index} "
    "WHERE stream=? AND {kinds} AND minute<? AND (minute, seq) > (?, ?) ORDER BY minute, seq LIMIT ?"
)
_RATINGS = _ROWS.format(index="event_minute", kinds="kind = 1")
_FOLLOWING = _ROWS.format(index="event_follow", kinds="kind IN (2, 3)")
PASSES = (_RATINGS, _FOLLOWING)
_MERGED_PAGES = 200

At = tuple[int, int]  # a minute, and a seq
BEGINNING: At = (-(2**62), 0)


class Place(NamedTuple):
    """A stream, and the minute from which on all that its kiosk gave is to be kept; earlier some of it goes."""

    stream: int
    before: int


def begin(conn: Connection, wanted: dict[str, Cut]) -> None:
    """Write down the cuts of offices; none moves back."""
    present = sealed.cuts(conn)
    sql = (
        "INSERT INTO erasure (office, comments, events, done) VALUES (?, ?, ?, 0) "
        "ON CONFLICT DO UPDATE SET comments=excluded.comments, events=excluded.events, done=0"
    )
    for office, one in wanted.items():
        later = present.get(office, Cut()).later(one)
        conn.execute(sql, (office, later.comments, later.events))


def finish(conn: Connection, offices: Iterable[str]) -> None:
    """A run is through: months that are sealed as a whole need no second account."""
    for office in offices:
        conn.execute("UPDATE erasure SET done=1 WHERE office=?", (office,))
        sql = "DELETE FROM sealed_cell WHERE office=? AND period < (SELECT substr(events, 1, 7) FROM erasure WHERE office=?)"
        conn.execute(sql, (office, office))


def unfinished(conn: Connection) -> set[str]:
    return {office for (office,) in conn.execute("SELECT office FROM erasure WHERE done=0")}


# ── words ───────────────────────────────────────────────────────────────────────────────


def erase_comments(conn: Connection, office: str, timezone: str, before: str) -> int:
    """Take the words of an office's next comments from before a local day; 0 when there are none left."""
    sql = (
        "SELECT id FROM comment WHERE office=:office AND place < :place "
        "AND (day < :before OR (day = :undated AND minute < :minute)) ORDER BY place LIMIT :most"
    )
    minute = start_of(before, timezone)
    bounds = {"place": minute + 2 * 1440 << 20, "minute": minute, "most": PORTION // 2}
    found = conn.execute(sql, {"office": office, "before": before, "undated": UNDATED} | bounds).fetchall()
    comments.delete(conn, [ident for (ident,) in found])
    return len(found)


def erase_quarantine(conn: Connection, office: str, moment: str) -> int:
    """Drop what the kiosks of an office brought before a moment (RFC 3339 in UTC) and could not be accepted."""
    kiosks = "SELECT k.id FROM kiosk k JOIN counter c ON c.id = k.counter WHERE c.office=?"
    return conn.execute(f"DELETE FROM quarantine WHERE kiosk IN ({kiosks}) AND first_at < ?", (office, moment)).rowcount  # noqa: S608


def tidy_index(conn: Connection, *, first: bool) -> bool:
    """Write some pages of the index of words anew without what was erased. True while there is more to do."""
    before = conn.total_changes
    conn.execute(
        "INSERT INTO comment_text (comment_text, rank) VALUES ('merge', ?)", (-_MERGED_PAGES if first else _MERGED_PAGES,)
    )
    return conn.total_changes - before >= 2


# ── events ──────────────────────────────────────────────────────────────────────────────


def places(conn: Connection, wanted: dict[str, Cut]) -> list[Place]:
    """The streams that may hold events from before the cuts."""
    before: dict[str, int] = {}
    for kiosk, office, timezone in conn.execute("SELECT DISTINCT kiosk, office, timezone FROM context").fetchall():
        if office in wanted and wanted[office].events:
            before[kiosk] = max(before.get(kiosk, -(2**62)), start_of(wanted[office].events, timezone))
    streams = conn.execute("SELECT id, kiosk FROM stream ORDER BY id").fetchall()
    return [Place(stream, before[kiosk]) for stream, kiosk in streams if kiosk in before]


def seal(conn: Connection, contexts: Contexts, sql: str, place: Place, after: At) -> tuple[int, At | None]:
    """Seal the next events of a stream. Returns how many, and after which to go on; None at the end."""
    rows = conn.execute(sql, (place.stream, place.before, *after, PORTION)).fetchall()
    cuts = sealed.cuts(conn)
    gone = [row for row in rows if _is_over(contexts.get(row[3]), row[2], cuts)]
    _remember(conn, ((contexts.get(row[3]), row) for row in gone), cuts)
    _forget(conn, place.stream, gone)
    return len(gone), (rows[-1][2], rows[-1][0]) if len(rows) == PORTION else None


def seal_between(conn: Connection, stream: int) -> int:
    """Seal what lies between sealed events and has no day: voids, and refusals that are in quarantine no more."""
    sql = "SELECT seq FROM event WHERE stream=? AND kind <= 3 ORDER BY seq LIMIT 1"
    row = conn.execute(sql, (stream,)).fetchone()
    row = row or conn.execute("SELECT max(last) FROM sealed WHERE stream=?", (stream,)).fetchone()
    sql = (
        "SELECT seq, kind FROM event e WHERE stream=? AND seq < ? AND kind > 3 AND NOT EXISTS "
        "(SELECT 1 FROM quarantine q JOIN stream s ON s.id=e.stream WHERE q.kiosk=s.kiosk AND q.stream=s.stream AND q.seq=e.seq) "
        "LIMIT ?"
    )
    found = conn.execute(sql, (stream, row[0] or 0, PORTION)).fetchall()
    conn.executemany("DELETE FROM event WHERE stream=? AND seq=?", ((stream, seq) for seq, _ in found))
    was = [(seq, "quarantined" if kind == Kind.QUARANTINED else "stored") for seq, kind in found]
    _count_less(conn, stream, was)
    sealed.add(conn, stream, was)
    return len(found)


def hour_days(conn: Connection, first: str, before: str) -> Iterator[str]:
    """The days from `first` until before `before` of which tallies by the hour are kept, one seek each."""
    sql = "SELECT min(day) FROM tally_hour WHERE day >= ?"
    (day,) = conn.execute(sql, (first,)).fetchone()
    while day is not None and day < before:
        yield day
        (day,) = conn.execute(sql.replace(">=", ">"), (day,)).fetchone()


def drop_hours(conn: Connection, day: str, offices: list[str]) -> None:
    """The tally by the hour, service, kiosk and language is kept as long as the events; the coarser ones stay."""
    conn.execute("DELETE FROM tally_hour WHERE day=? AND office IN (SELECT value FROM json_each(?))", (day, json.dumps(offices)))


def _is_over(context: Context, minute: int, cuts: dict[str, Cut]) -> bool:
    return local(minute, context.timezone).day < cuts.get(context.office, Cut()).events


def _forget(conn: Connection, stream: int, gone: list[Any]) -> None:
    worded = [(stream, row[0]) for row in gone if row[1] == Kind.COMMENT]
    for key in worded:
        comments.delete(conn, [ident for (ident,) in conn.execute("SELECT id FROM comment WHERE stream=? AND seq=?", key)])
    conn.executemany("DELETE FROM event WHERE stream=? AND seq=?", ((stream, row[0]) for row in gone))
    was = [(row[0], "stored") for row in gone]
    _count_less(conn, stream, was)
    sealed.add(conn, stream, was)


def _count_less(conn: Connection, stream: int, was: list[tuple[int, str]]) -> None:
    """The stream's own counts are those of its rows; what is sealed is counted by its ranges."""
    counts = Counter(what for _, what in was)
    sql = "UPDATE stream SET stored=stored-?, quarantined=quarantined-? WHERE id=?"
    conn.execute(sql, (counts["stored"], counts["quarantined"], stream))


def _remember(conn: Connection, gone: Iterable[tuple[Context, Any]], cuts: dict[str, Cut]) -> None:
    """Add what these events count for to the account of mixed tallies."""
    changes = Changes()
    for context, (_, kind, minute, _, value, detail, standing, mark) in gone:
        if kind != Kind.COMMENT:
            changes.add(Tallied(Kind(kind), minute, context, value, detail or "", Standing(standing), mark or ""))
    # What a kiosk brought in a day is an operator's figure: it is kept as long as the events.
    _take_away(conn, changes.sums.pop("kiosk_day", {}))
    for grain, cells in changes.ratings().items():
        for key, counts in cells.items():
            _add_cell(conn, grain, GRAINS[grain], key, spread(counts), cuts)
    for grain, sums in changes.sums.items():
        for key, n in sums.items():
            _add_cell(conn, grain, SUM_GRAINS[grain], key, (n,), cuts)


def _take_away(conn: Connection, kiosk_days: Mapping[Key, int]) -> None:
    for key, n in kiosk_days.items():
        conn.execute("UPDATE tally_kiosk_day SET n=n-? WHERE day=? AND kiosk=?", (n, *key))
        conn.execute("DELETE FROM tally_kiosk_day WHERE day=? AND kiosk=? AND n=0", key)


def _add_cell(
    conn: Connection, grain: str, names: tuple[str, ...], key: Key, counts: tuple[int, ...], cuts: dict[str, Cut]
) -> None:
    found = dict(zip(names, key, strict=True))
    office, period = str(found["office"]), str(found.get("month") or found.get("day"))
    if period not in (UNDATED, cuts[office].events[:7]):
        return
    text = json.dumps(key)
    row = conn.execute("SELECT counts FROM sealed_cell WHERE grain=? AND key=?", (grain, text)).fetchone()
    sums = [a + b for a, b in zip(counts, json.loads(row[0]) if row else (0,) * len(counts), strict=True)]
    conn.execute("INSERT OR REPLACE INTO sealed_cell VALUES (?, ?, ?, ?, ?)", (grain, text, office, period, json.dumps(sums)))
