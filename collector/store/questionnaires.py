"""Questionnaires and their versions: draft → published → retired. What was published is never changed.

`valid_from`: the first local day on which a version is asked, empty for at once. In force
is the newest published version whose day has come.
"""

import json
from datetime import datetime
from sqlite3 import Connection

from broker_config.messages import Questionnaire, utc_text
from collector.publishable import languages_of


def put_published(conn: Connection, questionnaire: Questionnaire, now: datetime) -> None:
    """From a catalogue file: a new published version, asked at once, where the newest published one differs."""
    payload = questionnaire.wire().decode()
    sql = "SELECT version, payload FROM questionnaire_version WHERE questionnaire=? AND state='published' ORDER BY version DESC"
    newest = conn.execute(sql, (questionnaire.id,)).fetchone()
    if newest and newest[1] == payload:
        return
    sql = "SELECT coalesce(max(version), 0) + 1 FROM questionnaire_version WHERE questionnaire=?"
    version = conn.execute(sql, (questionnaire.id,)).fetchone()[0]
    row = (questionnaire.id, version, "published", payload, json.dumps(languages_of(questionnaire)), "", "", utc_text(now))
    conn.execute("INSERT INTO questionnaire_version VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)


def in_force(conn: Connection, day: str) -> list[Questionnaire]:
    """Of each questionnaire the version that is asked on a local day."""
    sql = (
        "SELECT payload, max(version) FROM questionnaire_version "
        "WHERE state='published' AND valid_from <= ? GROUP BY questionnaire ORDER BY questionnaire"
    )
    return [Questionnaire.model_validate_json(payload) for payload, _ in conn.execute(sql, (day,))]


def ever_published(conn: Connection) -> list[Questionnaire]:
    """Every version that was ever asked, older ones first: the names of what stands in old figures."""
    sql = "SELECT payload FROM questionnaire_version WHERE state <> 'draft' ORDER BY questionnaire, version"
    return [Questionnaire.model_validate_json(payload) for (payload,) in conn.execute(sql)]
