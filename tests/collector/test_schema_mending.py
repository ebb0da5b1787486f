"""A store as earlier versions left it, brought up to this one."""

import json
from typing import Any

from collector.store.sqlite import SqliteStore
from tests.catalogues import document
from tests.collector.deliveries import NOW, change, rows


def mended(store: SqliteStore) -> None:
    """The last migration once more."""
    change(store, "ALTER TABLE quarantine_overflow DROP COLUMN strange")
    change(store, "DELETE FROM _sqlite_migrations WHERE name='m014_mending'")
    store.migrate()


def test_a_language_is_complete_when_every_text_is_there(store: SqliteStore) -> None:
    first = document()["questionnaires"][0]
    kept = json.loads(json.dumps(first))
    kept["questions"][0]["text"]["pl"] = "Tylko pierwsze pytanie"
    change(store, "UPDATE questionnaire_version SET payload=?, languages=?", json.dumps(kept), json.dumps(["lt", "en", "pl"]))
    mended(store)
    assert [json.loads(text) for (text,) in rows(store, "SELECT languages FROM questionnaire_version")] == [["lt", "en"]]


def test_what_is_over_and_what_nobody_should_see_goes(store: SqliteStore) -> None:
    told = [[["display", "service_pin", "", "scrypt$1"], ["display", "dpi", "96", "125"]], ["hall-1"], False]
    added = (
        "INSERT INTO rollout (login, created, starts, stage, stages, stage_at, state, why, changes) "
        "VALUES ('a', '', '', 1, 1, '', ?, '', ?)"
    )
    for state in ("done", "stopped"):
        change(store, added, state, json.dumps([told]))
    for rollout, kiosk, state in (
        (1, "hall-1", "left"),
        (1, "hall-2", "published"),
        (2, "hall-1", "waiting"),
        (2, "hall-2", "applied"),
    ):
        change(
            store,
            "INSERT INTO rollout_kiosk (rollout, kiosk, stage, payload, state) VALUES (?, ?, 1, 'x', ?)",
            rollout,
            kiosk,
            state,
        )
    change(store, "INSERT INTO quarantine_overflow (kiosk, n) VALUES ('hall-1', 3), ('stranger', 4)")
    args: dict[str, Any] = {"config": {"display": {"service_pin": "scrypt$1", "dpi": 96}}, "seconds": 60}
    for name, said in (("show", args), ("identify", {"seconds": 9})):
        store.send_command("a", "hall-1", name, said, 30.0, NOW)
    mended(store)
    shown = [json.loads(text) for (text,) in rows(store, "SELECT changes FROM rollout")]
    assert shown == [[[[["display", "service_pin", "", "…"], ["display", "dpi", "96", "125"]], ["hall-1"], False]]] * 2
    assert rows(store, "SELECT rollout, kiosk FROM rollout_kiosk WHERE payload<>''") == [(2, "hall-1")], "it may go on"
    assert rows(store, "SELECT * FROM quarantine_overflow") == [("hall-1", 3, 0), ("stranger", 4, 4)]
    sent = [json.loads(text) for (text,) in rows(store, "SELECT args FROM command ORDER BY rowid")]
    assert sent == [{"config": {"display": {"dpi": 96}}, "seconds": 60}, {"seconds": 9}]
