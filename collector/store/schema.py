"""The tables, as numbered migrations. A released migration is never edited: a change is a new one."""

from collections import Counter

from sqlite_utils import Database, Migrations

from collector.events import Answer, Kind
from collector.localtime import NO_DAY, local
from collector.store import (
    comments,
    schema_admin,
    schema_catalogue,
    schema_fleet,
    schema_mending,
    schema_people,
    schema_retention,
    schema_rollouts,
)
from collector.store.contexts import Contexts
from collector.tallies import GRAINS, KIOSK_GRAINS, LEDGER_GRAINS, REASON_GRAINS, VALUES

migrations = Migrations("collector")

_INTEGERS = {"hour", "weekday", "main", "standing"}

_CATALOGUE = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE institution (id TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT;
CREATE TABLE office (
  id TEXT PRIMARY KEY, institution TEXT NOT NULL REFERENCES institution(id), name TEXT NOT NULL,
  timezone TEXT NOT NULL, hours TEXT NOT NULL
) STRICT;
CREATE TABLE service (id TEXT PRIMARY KEY, institution TEXT NOT NULL REFERENCES institution(id), name TEXT NOT NULL) STRICT;
CREATE TABLE counter (
  id TEXT PRIMARY KEY, office TEXT NOT NULL REFERENCES office(id), name TEXT NOT NULL, services TEXT NOT NULL
) STRICT;
CREATE TABLE questionnaire (id TEXT PRIMARY KEY, payload TEXT NOT NULL) STRICT;
CREATE TABLE question (id TEXT PRIMARY KEY, scale TEXT NOT NULL) STRICT;
CREATE TABLE kiosk (
  id TEXT PRIMARY KEY, counter TEXT NOT NULL REFERENCES counter(id), questionnaire TEXT NOT NULL REFERENCES questionnaire(id),
  languages TEXT NOT NULL, display TEXT NOT NULL, highest_config INTEGER NOT NULL DEFAULT 0,
  status TEXT NOT NULL CHECK (status IN ('active', 'retired'))
) STRICT;
CREATE TABLE configuration (
  kiosk TEXT NOT NULL, config TEXT NOT NULL, number INTEGER NOT NULL, payload TEXT NOT NULL,
  origin TEXT NOT NULL CHECK (origin IN ('catalogue', 'kiosk')), valid_from TEXT NOT NULL, valid_to TEXT,
  PRIMARY KEY (kiosk, config)
) STRICT;
CREATE TABLE presence (
  kiosk TEXT PRIMARY KEY, state TEXT NOT NULL DEFAULT '', session TEXT NOT NULL DEFAULT '',
  state_at TEXT NOT NULL DEFAULT '', health TEXT NOT NULL DEFAULT '{}',
  health_at TEXT NOT NULL DEFAULT '', reply TEXT NOT NULL DEFAULT '{}', reply_at TEXT NOT NULL DEFAULT ''
) STRICT;
"""

_ACCESS = """
CREATE TABLE user (
  login TEXT PRIMARY KEY, password TEXT NOT NULL, role TEXT NOT NULL, offices TEXT NOT NULL, disabled INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE token (
  sha256 TEXT PRIMARY KEY, login TEXT NOT NULL REFERENCES user(login), kind TEXT NOT NULL CHECK (kind IN ('session', 'api')),
  expires TEXT NOT NULL
) STRICT;
"""

_EVENTS = """
CREATE TABLE stream (
  id INTEGER PRIMARY KEY, kiosk TEXT NOT NULL, stream TEXT NOT NULL,
  through INTEGER NOT NULL DEFAULT 0, top INTEGER NOT NULL DEFAULT 0, first_seen TEXT NOT NULL, last_seen TEXT NOT NULL,
  claimed INTEGER NOT NULL DEFAULT 0, claimed_through INTEGER NOT NULL DEFAULT 0, claimed_pending INTEGER NOT NULL DEFAULT 0,
  UNIQUE (kiosk, stream)
) STRICT;
CREATE TABLE context (
  id INTEGER PRIMARY KEY, kiosk TEXT NOT NULL, config TEXT NOT NULL, office TEXT NOT NULL, timezone TEXT NOT NULL,
  counter TEXT NOT NULL, service TEXT NOT NULL, question TEXT NOT NULL, scale TEXT NOT NULL, main INTEGER NOT NULL,
  language TEXT NOT NULL,
  trigger TEXT NOT NULL, undated INTEGER NOT NULL,
  UNIQUE (kiosk, config, office, timezone, counter, service, question, scale, main, language, trigger, undated)
) STRICT;
CREATE TABLE event (
  stream INTEGER NOT NULL, seq INTEGER NOT NULL, kind INTEGER NOT NULL, minute INTEGER, visit INTEGER, context INTEGER,
  value INTEGER, standing INTEGER, mark TEXT, digest INTEGER NOT NULL, detail TEXT, PRIMARY KEY (stream, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_visit ON event (visit) WHERE visit IS NOT NULL;
CREATE INDEX event_comment ON event (minute) WHERE kind = 3;
CREATE TABLE lost (stream INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (stream, first)) STRICT;
CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY, kiosk TEXT NOT NULL, stream TEXT NOT NULL, seq INTEGER NOT NULL, sha256 TEXT NOT NULL,
  reason TEXT NOT NULL, payload BLOB NOT NULL, times INTEGER NOT NULL, first_at TEXT NOT NULL, last_at TEXT NOT NULL,
  UNIQUE (kiosk, stream, seq, sha256)
) STRICT;
CREATE TABLE tally_visit (
  office TEXT NOT NULL, service TEXT NOT NULL, day TEXT NOT NULL, hour INTEGER NOT NULL,
  visits INTEGER NOT NULL, waited_s INTEGER NOT NULL, served_s INTEGER NOT NULL, PRIMARY KEY (day, office, service, hour)
) STRICT, WITHOUT ROWID;
CREATE TABLE quarantine_overflow (kiosk TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT;
"""


def tally_table(grain: str, key: tuple[str, ...], counts: list[str]) -> str:
    """The DDL of a tally: its key first, period before place, then a column a count."""
    columns = [f"{name} {'INTEGER' if name in _INTEGERS else 'TEXT'} NOT NULL" for name in key]
    columns += [f"{name} INTEGER NOT NULL" for name in counts]
    return f"CREATE TABLE tally_{grain} ({', '.join(columns)}, PRIMARY KEY ({', '.join(key)})) STRICT, WITHOUT ROWID;"


_COUNTS = [f"c{value}" for value in range(VALUES)]


def _run(db: Database, statements: str) -> None:
    for statement in statements.split(";"):
        if statement.strip():
            db.execute(statement)


@migrations()
def m001_first(db: Database) -> None:
    first = ("hour", "day", "month", "rhythm", "office_month")
    tallies = [tally_table(grain, GRAINS[grain], _COUNTS) for grain in first]
    tallies += [tally_table(grain, key, ["n"]) for grain, key in REASON_GRAINS.items()]
    _run(db, _CATALOGUE + _ACCESS + _EVENTS + "".join(tallies))


_PERIODS = """
CREATE TABLE audit (
  id INTEGER PRIMARY KEY, at TEXT NOT NULL, login TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL,
  before TEXT NOT NULL, after TEXT NOT NULL
) STRICT;
CREATE TABLE note (
  id INTEGER PRIMARY KEY, office TEXT NOT NULL REFERENCES office(id), day TEXT NOT NULL, text TEXT NOT NULL,
  login TEXT NOT NULL, written TEXT NOT NULL
) STRICT;
CREATE INDEX note_office ON note (office, day);
ALTER TABLE institution ADD COLUMN weights TEXT NOT NULL DEFAULT '{}';
ALTER TABLE counter ADD COLUMN clerks INTEGER NOT NULL DEFAULT 1;
"""


@migrations()
def m002_periods(db: Database) -> None:
    """Any period in few rows: an office's days by themselves, and its months by counter, trigger and language."""
    grains = ("office_day", "facet_month")
    _run(db, _PERIODS + "".join(tally_table(grain, GRAINS[grain], _COUNTS) for grain in grains))
    sums = ", ".join(f"sum({count})" for count in _COUNTS)
    month = "CASE day WHEN 'undated' THEN day ELSE substr(day, 1, 7) END"
    for grain, source, key in (("office_day", "day", "day"), ("facet_month", "hour", month)):
        rest = ", ".join(GRAINS[grain][1:])
        db.execute(f"INSERT INTO tally_{grain} SELECT {key}, {rest}, {sums} FROM tally_{source} GROUP BY {key}, {rest}")  # noqa: S608


_MISUSE = """
CREATE TABLE burst_limit (
  kiosk TEXT NOT NULL, day TEXT NOT NULL, limits TEXT NOT NULL, PRIMARY KEY (kiosk, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_minute ON event (stream, minute) WHERE kind = 1;
"""


@migrations()
def m003_misuse(db: Database) -> None:
    """The ledger of marks, filled from the events; what a minute may have; a kiosk's ratings by their minute."""
    _run(db, _MISUSE + tally_table("misuse", LEDGER_GRAINS["misuse"], ["n"]))
    sql = (
        "SELECT e.minute, c.timezone, c.undated, c.office, c.kiosk, e.mark FROM event e JOIN context c ON c.id = e.context "
        "WHERE e.kind = 1 AND e.standing = 1 AND e.mark IS NOT NULL AND c.main = 1"
    )
    cells: Counter[tuple[str | int, ...]] = Counter()
    for minute, timezone, undated, office, kiosk, mark in db.execute(sql):
        when = NO_DAY if undated else local(minute, timezone)
        cells.update((office, when.day, when.hour, kiosk, rule) for rule in mark.split())
    rows = ((*key, n) for key, n in cells.items())
    db.conn.executemany("INSERT INTO tally_misuse VALUES (?, ?, ?, ?, ?, ?)", rows)


_SIGNING_IN = """
ALTER TABLE user ADD COLUMN signed_in TEXT NOT NULL DEFAULT '';
ALTER TABLE token ADD COLUMN label TEXT NOT NULL DEFAULT '';
ALTER TABLE token ADD COLUMN created TEXT NOT NULL DEFAULT '';
ALTER TABLE token ADD COLUMN used TEXT NOT NULL DEFAULT '';
CREATE INDEX token_login ON token (login);
DELETE FROM token WHERE kind='session';
CREATE TABLE wrong_try (sha256 TEXT NOT NULL, at TEXT NOT NULL) STRICT;
CREATE INDEX wrong_try_login ON wrong_try (sha256, at);
CREATE INDEX wrong_try_at ON wrong_try (at);
CREATE INDEX audit_action ON audit (action);
"""


@migrations()
def m004_signing_in(db: Database) -> None:
    """When a token was made and last used, and the wrong tries to sign in. Sessions of before have no use noted: they end."""
    _run(db, _SIGNING_IN)


_COMMENTS = """
CREATE TABLE comment (
  id INTEGER PRIMARY KEY AUTOINCREMENT, stream INTEGER NOT NULL, seq INTEGER NOT NULL, office TEXT NOT NULL,
  service TEXT NOT NULL, question TEXT NOT NULL, scale TEXT NOT NULL, value INTEGER NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('good', 'bad')), language TEXT NOT NULL, day TEXT NOT NULL, morning INTEGER NOT NULL,
  minute INTEGER NOT NULL, place INTEGER GENERATED ALWAYS AS ((minute << 20) + (id & 1048575)) VIRTUAL,
  rated INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'noted', 'done')),
  hidden TEXT, hidden_by TEXT, hidden_at TEXT, UNIQUE (stream, seq)
) STRICT;
CREATE INDEX comment_place ON comment (office, place, hidden, state, side, language, service);
CREATE VIRTUAL TABLE comment_text USING fts5(
  office, words, tokenize="unicode61 remove_diacritics 2 tokenchars '-'", prefix='2 3 4'
);
DROP INDEX event_comment;
"""


@migrations()
def m005_comments(db: Database) -> None:
    """Comments by themselves, newest first within their office, with an index of their words.

    `place`: the order of a page, and the row of the index; `rated`: the office's ratings of that day when it came.
    """
    contexts = Contexts(db.conn)
    sql = "SELECT stream, seq, minute, context, value, detail FROM event WHERE kind = 3 ORDER BY minute, stream, seq"
    stored = db.execute(sql).fetchall()
    _run(db, _COMMENTS)
    for stream, seq, minute, context, value, text in stored:
        shared = contexts.get(context)
        comments.add(db.conn, [(stream, Answer(seq, Kind.COMMENT, minute, 0, shared, value, "", 0, text or ""))])


@migrations()
def m006_admin(db: Database) -> None:
    """The catalogue's whole inventory, versions of questionnaires, enrolment, commands, staged roll-outs of configurations."""
    _run(db, schema_admin.TABLES)


@migrations()
def m011_catalogue(db: Database) -> None:
    """Catalogue files on their way in."""
    _run(db, schema_catalogue.TABLES)


@migrations()
def m007_fleet(db: Database) -> None:
    """What a stream holds is counted where it changes; taps by kiosk and day; screens that stand still."""
    _run(db, schema_fleet.TABLES + tally_table("kiosk_day", KIOSK_GRAINS["kiosk_day"], ["n"]))
    db.execute(schema_fleet.KIOSK_DAYS)


@migrations()
def m008_rollouts(db: Database) -> None:
    """What a roll-out remembers of its kiosks; every kiosk's present configuration without its payload."""
    _run(db, schema_rollouts.TABLES)


@migrations()
def m012_people(db: Database) -> None:
    """Invitations."""
    _run(db, schema_people.TABLES)


@migrations()
def m013_retention(db: Database) -> None:
    """How far the offices are erased, sealed seqs, and an index by which old reasons and comments are found."""
    _run(db, schema_retention.TABLES)


@migrations()
def m014_mending(db: Database) -> None:
    """Languages that are complete; nothing kept of roll-outs that are over but what went out; whose overflow is a stranger's."""
    _run(db, schema_mending.STRANGE)
    schema_mending.complete_languages(db.conn)
    schema_mending.forget(db.conn)
