"""What earlier migrations and programs left otherwise than it should be.

`quarantine_overflow.strange`: how many of the counted messages came while the kiosk was not registered.
"""

import json
from sqlite3 import Connection

from broker_config.messages import Questionnaire
from collector.publishable import languages_of

STRANGE = """
ALTER TABLE quarantine_overflow ADD COLUMN strange INTEGER NOT NULL DEFAULT 0;
UPDATE quarantine_overflow SET strange=n WHERE kiosk NOT IN (SELECT id FROM kiosk)
"""
_OVER = """
UPDATE rollout_kiosk SET payload='' WHERE state NOT IN ('waiting')
  OR rollout IN (SELECT id FROM rollout WHERE state IN ('done', 'cancelled'));
UPDATE command SET args=json_remove(args, '$.config.display.service_pin')
  WHERE json_type(args, '$.config.display.service_pin') IS NOT NULL
"""


def complete_languages(conn: Connection) -> None:
    """A questionnaire of before there were versions had every language of its first question put down as complete."""
    sql = "SELECT questionnaire, version, payload, languages FROM questionnaire_version WHERE state<>'draft'"
    for ident, number, payload, noted in conn.execute(sql).fetchall():
        complete = languages_of(Questionnaire.model_validate_json(payload))
        if set(complete) != set(json.loads(noted)):
            row = (json.dumps(complete), ident, number)
            conn.execute("UPDATE questionnaire_version SET languages=? WHERE questionnaire=? AND version=?", row)


def forget(conn: Connection) -> None:
    """What roll-outs that are over were to bring, and the hashes of service PINs in what was shown of changes and sent."""
    for statement in _OVER.split(";"):
        conn.execute(statement)
    sql = "SELECT id, changes FROM rollout WHERE instr(changes, 'service_pin') > 0"
    for ident, text in conn.execute(sql).fetchall():
        shown = [[[_without_hash(one) for one in told], *rest] for told, *rest in json.loads(text)]
        conn.execute("UPDATE rollout SET changes=? WHERE id=?", (json.dumps(shown, ensure_ascii=False), ident))


def _without_hash(difference: list[str]) -> list[str]:
    what, about, before, after = difference
    if (what, about) != ("display", "service_pin"):
        return difference
    return [what, about, "…" if before else "", "…" if after else ""]
