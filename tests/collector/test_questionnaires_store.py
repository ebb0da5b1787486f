"""Versions of questionnaires in the store: who may change what when, from which day one is asked, and where."""

from datetime import timedelta
from sqlite3 import Connection
from typing import Any

import pytest

from collector import draft as drafts
from collector.access import Viewer
from collector.assignment import asking, chosen_now, source, within
from collector.catalogue import Places
from collector.draft import LANGUAGES, Draft
from collector.question_sets import NAMES, question_set
from collector.store import catalogue
from collector.store.assigning import revision
from collector.store.audit import AuditQuery
from collector.store.drafts import Outcome, Wanted, judged
from collector.store.sqlite import SqliteStore
from tests.collector.deliveries import NOW, change, wanted_configs

TODAY, TOMORROW = "2026-11-21", "2026-11-22"
ADMIN = Viewer("admin", "admin", None)


def start(store: SqliteStore, name: str = "trust", ident: str = "trust", languages: Any = LANGUAGES) -> int:
    outcome = store.start_draft("ona", ident, drafts.of(question_set(name), languages), NOW)
    assert outcome.said == "done"
    return outcome.version


def wanted(version: int, ident: str = "trust", **changes: Any) -> Wanted:
    return Wanted(ident, version, "ona", NOW, **changes)


def draft_of(store: SqliteStore, version: int, ident: str = "trust") -> Draft:
    found = store.questionnaire_version(ident, version)
    assert found
    return found.as_draft


def published(
    store: SqliteStore, name: str = "trust", ident: str = "trust", valid_from: str = "", languages: Any = LANGUAGES
) -> int:
    version = start(store, name, ident, languages)
    outcome = store.publish_draft(wanted(version, ident, valid_from=valid_from), TODAY)
    assert outcome.said == "done", outcome
    return version


def states(store: SqliteStore, ident: str = "trust") -> dict[int, str]:
    return {one.version: one.state for one in store.questionnaire_versions() if one.questionnaire == ident}


def assign(store: SqliteStore, ident: str = "trust", seen: str = "", **places: set[str]) -> Outcome:
    here = store.catalogue_on(TODAY)
    chosen = chosen_now(here, ident) | {kind: frozenset(ids) for kind, ids in places.items()}
    was = seen or revision(here, within(here, "city"))
    return store.assign_questionnaire(wanted(0, ident, revision=was), "city", chosen, TODAY)


def asks(store: SqliteStore, kiosk: str) -> tuple[str, tuple[str, str] | None]:
    places = Places(store.catalogue_on(TODAY))
    return places.questionnaire_of(places.kiosks[kiosk]), source(places, places.kiosks[kiosk])


def audited(store: SqliteStore) -> list[tuple[str, str]]:
    return [(row.action, row.subject) for row in reversed(store.audit_rows(ADMIN, AuditQuery())) if row.login == "ona"]


def test_a_kiosk_without_a_place_keeps_nobody_from_asking(store: SqliteStore) -> None:
    """As a store of before may have it: a counter was retired under its kiosk."""
    store._conn.execute("UPDATE counter SET status='retired' WHERE id='north-window'")
    here = store.catalogue_on(TODAY)
    (lost,) = [kiosk for kiosk in here.kiosks if kiosk.id == "north-1"]
    assert source(Places(here), lost) is None
    assert [kiosk.id for kiosk in asking(here, "core5")] == ["hall-1", "hall-2", "hall-3", "hall-4"]
    version = published(store)
    assert assign(store, institution={"city"}).said == "done"
    assert store.config_trying(question_set("trust"), "north-1", TODAY) is None
    assert store.retire_questionnaire(wanted(version), TODAY).said == "done"


@pytest.mark.parametrize("name", NAMES)
def test_every_set_that_ships_publishes_as_it_is(store: SqliteStore, name: str) -> None:
    # core5 is there, and its reasons have other names in the small catalogue: a reason's name is one everywhere.
    store._conn.execute("DELETE FROM questionnaire_version")
    store._conn.execute("DELETE FROM question")
    version = start(store, name, name)
    assert store.publish_draft(wanted(version, name), TODAY).said == "done"
    (found,) = [one for one in store.questionnaire_versions() if one.questionnaire == name]
    assert (found.state, found.languages) == ("published", list(LANGUAGES))
    assert found.as_questionnaire == question_set(name)


def test_a_draft_is_saved_published_and_then_never_changed(store: SqliteStore) -> None:
    version = start(store)
    draft = draft_of(store, version)
    longer = draft.model_copy(update={"interval": "9"})
    assert store.save_draft(wanted(version), longer).said == "done"
    assert store.publish_draft(wanted(version), TODAY).said == "done"
    row = store.questionnaire_version("trust", version)
    for refused in (
        store.save_draft(wanted(version), draft),
        store.delete_draft(wanted(version)),
        store.publish_draft(wanted(version, valid_from=TOMORROW), TODAY),
    ):
        assert refused.said == "gone"
    assert store.questionnaire_version("trust", version) == row
    assert row
    assert row.as_questionnaire.interval_s == 9
    assert store.retire_questionnaire(wanted(version), TODAY).said == "done"
    assert store.retire_questionnaire(wanted(version), TODAY).said == "gone"
    assert states(store) == {version: "retired"}
    assert audited(store) == [
        ("questionnaire.draft", "trust 1"),
        ("questionnaire.draft", "trust 1"),
        ("questionnaire.publish", "trust 1"),
        ("questionnaire.retire", "trust 1"),
    ]


def test_a_save_that_changes_nothing_is_not_audited_and_one_that_does_says_what(store: SqliteStore) -> None:
    version = start(store)
    draft = draft_of(store, version)
    store.save_draft(wanted(version), draft)
    assert len(audited(store)) == 1
    store.save_draft(wanted(version), draft.model_copy(update={"interval": "7"}))
    row = store.audit_rows(ADMIN, AuditQuery(limit=1))[0]
    assert (row.before, row.after) == ({"interval": "5"}, {"interval": "7"})


def test_of_two_admins_the_second_is_told(store: SqliteStore) -> None:
    version = start(store)
    seen = store.questionnaire_version("trust", version)
    assert seen
    one, other = (seen.as_draft.model_copy(update={"interval": number}) for number in ("7", "8"))
    assert store.save_draft(wanted(version, revision=seen.revision), one).said == "done"
    assert store.save_draft(wanted(version, revision=seen.revision), other).said == "stale"
    assert store.publish_draft(wanted(version, revision=seen.revision), TODAY).said == "stale"
    assert draft_of(store, version).interval == "7"


def test_an_id_is_taken_once_and_a_questionnaire_has_one_draft(store: SqliteStore) -> None:
    published(store)
    assert store.start_draft("ona", "trust", Draft(), NOW).said == "refused"
    first, again = store.copy_to_draft("ona", "trust", NOW), store.copy_to_draft("ona", "trust", NOW)
    assert (first.version, again.version) == (2, 2)
    assert draft_of(store, 2) == draft_of(store, 1)
    assert store.copy_to_draft("ona", "nothing", NOW).said == "gone"
    assert store.delete_draft(wanted(2)).said == "done"
    assert states(store) == {1: "published"}


def test_what_is_missing_keeps_it_a_draft(store: SqliteStore) -> None:
    version = start(store)
    broken = draft_of(store, version).model_copy(update={"interval": "soon"})
    store.save_draft(wanted(version), broken)
    outcome = store.publish_draft(wanted(version), TODAY)
    assert (outcome.said, [fault.kind for fault in outcome.faults]) == ("refused", ["interval"])
    assert draft_of(store, version) == broken


@pytest.mark.parametrize(
    ("valid_from", "kinds"), [("2026-11-20", ["past-day"]), ("21.11.2026", ["no-day"]), ("2026-02-30", ["no-day"])]
)
def test_a_day_that_is_over_or_none_is_refused(store: SqliteStore, valid_from: str, kinds: list[str]) -> None:
    version = start(store)
    outcome = store.publish_draft(wanted(version, valid_from=valid_from), TODAY)
    assert [fault.kind for fault in outcome.faults] == kinds
    assert states(store) == {version: "draft"}


def test_it_is_asked_from_its_day_on(store: SqliteStore) -> None:
    published(store)
    number = store.copy_to_draft("ona", "trust", NOW).version
    slower = draft_of(store, number).model_copy(update={"interval": "30"})
    store.save_draft(wanted(number), slower)
    assert store.publish_draft(wanted(number, valid_from=TOMORROW), TODAY).said == "done"

    def interval(day: str) -> int:
        (found,) = [one for one in store.catalogue_on(day).questionnaires if one.id == "trust"]
        return found.interval_s

    assert (interval(TODAY), interval(TOMORROW), interval("2027-01-01")) == (5, 30, 30)


def test_a_changed_wording_is_refused_whichever_questionnaire_has_the_question(store: SqliteStore) -> None:
    version = start(store, "smiley4", "another")
    draft = draft_of(store, version, "another")
    main = draft.questions[0].model_copy(update={"id": "overall", "text": draft.questions[0].text | {"lt": "Kaip sekėsi?"}})
    store.save_draft(wanted(version, "another"), draft.model_copy(update={"questions": [main]}))
    kinds = {fault.kind for fault in store.publish_draft(wanted(version, "another"), TODAY).faults}
    assert {"scale-changed", "text-changed", "reason-changed"} <= kinds


# ── where it is asked ───────────────────────────────────────────────────────────────────


def test_the_nearest_place_wins(store: SqliteStore) -> None:
    published(store)
    published(store, "nps", "nps")
    assert assign(store, "core5", institution={"city"}, kiosk=set()).said == "done", "the institution in the place of its kiosks"
    assert asks(store, "hall-1") == ("core5", ("institution", "city"))
    assert assign(store, "trust", office={"hall"}).said == "done"
    assert (asks(store, "hall-1"), asks(store, "north-1")[0]) == (("trust", ("office", "hall")), "core5")
    assert assign(store, "nps", counter={"hall-window"}).said == "done"
    assert asks(store, "hall-1") == ("nps", ("counter", "hall-window"))
    assert assign(store, "core5", kiosk={"hall-2"}).said == "done"
    assert (asks(store, "hall-2"), asks(store, "hall-1")[0]) == (("core5", ("kiosk", "hall-2")), "nps")
    assert assign(store, "nps", counter=set()).said == "done", "taken away, the office's is asked again"
    assert asks(store, "hall-1") == ("trust", ("office", "hall"))
    row = store.audit_rows(ADMIN, AuditQuery(limit=1))[0]
    assert (row.action, row.subject, row.before, row.after) == (
        "questionnaire.assign", "nps", {"counter": ["hall-window"]}, None
    )  # fmt: skip


def test_no_kiosk_is_left_without_a_questionnaire_that_it_can_show(store: SqliteStore) -> None:
    assert [one.kind for one in assign(store, "core5", kiosk=set()).troubles] == ["none"] * 5
    published(store, "nps", "only-lithuanian", languages=["lt"])
    outcome = assign(store, "only-lithuanian", kiosk={"north-1"})
    assert [(one.kind, one.kiosk, one.languages) for one in outcome.troubles] == [("languages", "north-1", ("en",))]
    published(store, valid_from=TOMORROW)
    assert [one.kind for one in assign(store, kiosk={"north-1"}).troubles] == ["not-asked"]
    assert asks(store, "north-1") == ("core5", ("kiosk", "north-1"))
    assert not [action for action, _ in audited(store) if action == "questionnaire.assign"]


def test_a_place_that_was_changed_meanwhile_is_not_overwritten(store: SqliteStore) -> None:
    published(store)
    here = store.catalogue_on(TODAY)
    seen = revision(here, within(here, "city"))
    assert assign(store, kiosk={"hall-1"}).said == "done"
    assert assign(store, seen=seen, kiosk={"hall-2"}).said == "stale"
    assert [asks(store, kiosk)[0] for kiosk in ("hall-1", "hall-2")] == ["trust", "core5"]


def test_a_new_version_keeps_the_languages_of_its_kiosks(store: SqliteStore) -> None:
    number = store.copy_to_draft("ona", "core5", NOW).version
    fewer = draft_of(store, number, "core5").model_copy(update={"languages": ["lt"]})
    store.save_draft(wanted(number, "core5"), fewer)
    outcome = store.publish_draft(wanted(number, "core5"), TODAY)
    assert {(one.kind, one.languages) for one in outcome.troubles} == {("languages", ("en",))}
    assert len(outcome.troubles) == 5


def test_what_kiosks_ask_is_not_retired_under_them(store: SqliteStore) -> None:
    outcome = store.retire_questionnaire(wanted(1, "core5"), TODAY)
    assert (outcome.said, {one.kind for one in outcome.troubles}) == ("refused", {"not-asked"})
    assert states(store, "core5") == {1: "published"}
    number = store.copy_to_draft("ona", "core5", NOW).version
    assert store.publish_draft(wanted(number, "core5"), TODAY).said == "done"
    assert store.retire_questionnaire(wanted(1, "core5"), TODAY).said == "done", "there is a newer one"
    assert store.retire_questionnaire(wanted(number, "core5"), TODAY).said == "refused"


def test_what_is_coming_is_not_retired_either_where_nothing_else_is_asked(store: SqliteStore) -> None:
    number = published(store, valid_from=TOMORROW)
    change(store, "UPDATE kiosk SET questionnaire='trust' WHERE id='north-1'")
    outcome = store.retire_questionnaire(wanted(number), TODAY)
    assert [(one.kind, one.kiosk) for one in outcome.troubles] == [("not-asked", "north-1")]
    assert states(store)[number] == "published"
    change(store, "UPDATE kiosk SET questionnaire='core5' WHERE id='north-1'")
    assert store.retire_questionnaire(wanted(number), TODAY).said == "done"


def test_a_draft_is_judged_while_others_may_write(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    judge, seen = judged, list[bool]()

    def slowly(conn: Connection, *args: Any) -> Outcome:
        seen.append(conn.in_transaction)
        return judge(conn, *args)

    monkeypatch.setattr("collector.store.drafts.judged", slowly)
    published(store)
    assert seen == [False]


def test_a_draft_is_judged_again_where_the_catalogue_changed_meanwhile(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = store.copy_to_draft("ona", "core5", NOW).version
    change(store, """UPDATE kiosk SET languages='["lt"]'""")
    judge = judged

    def meanwhile(conn: Connection, *args: Any) -> Outcome:
        outcome = judge(conn, *args)
        if not conn.in_transaction:
            conn.execute("""UPDATE kiosk SET languages='["lt","en"]' WHERE id='hall-1'""")
            catalogue.bump_version(conn)
        return outcome

    fewer = draft_of(store, number, "core5").model_copy(update={"languages": ["lt"]})
    store.save_draft(wanted(number, "core5"), fewer)
    monkeypatch.setattr("collector.store.drafts.judged", meanwhile)
    outcome = store.publish_draft(wanted(number, "core5"), TODAY)
    assert [(one.kind, one.kiosk, one.languages) for one in outcome.troubles] == [("languages", "hall-1", ("en",))]


def test_publishing_changes_no_kiosk_by_itself(store: SqliteStore) -> None:
    before = wanted_configs(store)
    number = store.copy_to_draft("ona", "core5", NOW + timedelta(days=1)).version
    store.save_draft(wanted(number, "core5"), draft_of(store, number, "core5").model_copy(update={"interval": "60"}))
    assert store.publish_draft(wanted(number, "core5"), TODAY).said == "done"
    assert assign(store, "core5", institution={"city"}).said == "done"
    assert wanted_configs(store) == before


def test_a_draft_becomes_a_configuration_of_a_kiosk(store: SqliteStore) -> None:
    config = store.config_trying(question_set("trust"), "hall-1", TODAY)
    assert config
    assert config.hash_is_right
    assert (config.kiosk, config.office.id, config.questionnaire) == ("hall-1", "hall", question_set("trust"))
    assert store.config_trying(question_set("trust"), "nowhere", TODAY) is None
