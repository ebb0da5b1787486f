"""Questionnaires and their versions: draft → published → retired. What was published is never changed.

`valid_from`: the first local day on which a version is asked, empty for at once. In force
is the newest published version whose day has come. A draft's payload is a `Draft`, any other's a `Questionnaire`.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection
from typing import Any, Literal

from broker_config.messages import Questionnaire, utc_text
from collector import draft as drafts
from collector.draft import Draft
from collector.draft_faults import Known, known
from collector.publishable import languages_of

State = Literal["draft", "published", "retired"]
_COLUMNS = "questionnaire, version, state, payload, languages, valid_from, login, changed"


@dataclass(frozen=True)
class Version:
    """`payload`: JSON. `languages`: offered by a draft, complete in others. `changed`: RFC 3339 in UTC, by `login`."""

    questionnaire: str
    version: int
    state: State
    payload: str
    languages: list[str]
    valid_from: str
    login: str
    changed: str

    @property
    def revision(self) -> str:
        """Changes with what it says: whoever saves tells which he saw."""
        return hashlib.sha256(self.payload.encode()).hexdigest()[:16]

    @property
    def as_draft(self) -> Draft:
        """What it says, as the editor and the preview take it."""
        if self.state == "draft":
            return Draft.model_validate_json(self.payload)
        return drafts.of(self.as_questionnaire, self.languages)

    @property
    def as_questionnaire(self) -> Questionnaire:
        """What was published. Raises ValidationError for a draft."""
        return Questionnaire.model_validate_json(self.payload)


def versions(conn: Connection) -> list[Version]:
    """All of them, by questionnaire, newest first."""
    sql = f"SELECT {_COLUMNS} FROM questionnaire_version ORDER BY questionnaire, version DESC"  # noqa: S608 - our own names
    return [_version(row) for row in conn.execute(sql)]


def version(conn: Connection, questionnaire: str, number: int) -> Version | None:
    sql = f"SELECT {_COLUMNS} FROM questionnaire_version WHERE questionnaire=? AND version=?"  # noqa: S608 - our own names
    row = conn.execute(sql, (questionnaire, number)).fetchone()
    return _version(row) if row else None


def add_version(conn: Connection, row: Version) -> int:
    """Put it in under the next number of its questionnaire, whatever number it says; returns that."""
    sql = "SELECT coalesce(max(version), 0) + 1 FROM questionnaire_version WHERE questionnaire=?"
    number: int = conn.execute(sql, (row.questionnaire,)).fetchone()[0]
    values = (
        row.questionnaire,
        number,
        row.state,
        row.payload,
        json.dumps(row.languages),
        row.valid_from,
        row.login,
        row.changed,
    )
    conn.execute("INSERT INTO questionnaire_version VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
    return number


def put_published(conn: Connection, questionnaire: Questionnaire, login: str, now: datetime) -> int:
    """A new published version, asked at once; returns its number."""
    payload, languages = questionnaire.wire().decode(), languages_of(questionnaire)
    return add_version(conn, Version(questionnaire.id, 0, "published", payload, languages, "", login, utc_text(now)))


def in_force(conn: Connection, day: str, without: tuple[str, int] = ("", 0)) -> list[Questionnaire]:
    """Of each questionnaire the version that is asked on a local day. `without`: one version, as if it were retired."""
    sql = (
        "SELECT payload, max(version) FROM questionnaire_version "
        "WHERE state='published' AND valid_from <= ? AND (questionnaire, version) <> (?, ?) "
        "GROUP BY questionnaire ORDER BY questionnaire"
    )
    return [Questionnaire.model_validate_json(payload) for payload, _ in conn.execute(sql, (day, *without))]


def ever_published(conn: Connection) -> list[Questionnaire]:
    """Every version that was ever asked, older ones first: the names of what stands in old figures."""
    sql = "SELECT payload FROM questionnaire_version WHERE state <> 'draft' ORDER BY questionnaire, version"
    return [Questionnaire.model_validate_json(payload) for (payload,) in conn.execute(sql)]


def known_wordings(conn: Connection) -> Known:
    """Every wording and scale that was published, and the scale of every question that a kiosk was configured with."""
    return known(ever_published(conn), conn.execute("SELECT id, scale FROM question"))


def _version(row: tuple[Any, ...]) -> Version:
    questionnaire, number, state, payload, languages, *rest = row
    return Version(questionnaire, number, state, payload, json.loads(languages), *rest)
