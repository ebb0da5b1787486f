"""The catalogue file: every fault with its row, nothing imported on a fault, configurations numbered and hashed."""

import contextlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broker_config.messages import KioskConfig, config_id
from collector.catalogue import CatalogueFaults, Places, read
from collector.store.sqlite import SqliteStore
from tests.broker_config.payloads import JSON
from tests.catalogues import KIOSKS, catalogue, document
from tests.collector.deliveries import NOW, change, config_of, rating, rows, sent, wanted_configs

Document = dict[str, Any]


def faults(changed: Document | bytes) -> list[str]:
    with pytest.raises(CatalogueFaults) as caught:
        read(changed if isinstance(changed, bytes) else json.dumps(changed).encode())
    assert str(caught.value) == "\n".join(caught.value.faults)
    assert all(fault.endswith(".") for fault in caught.value.faults)
    return caught.value.faults


def spoilt(name: str, row: int, **fields: Any) -> Document:
    """The document with fields of one row replaced; None takes a field away."""
    whole = document()
    whole[name][row - 1] = {k: v for k, v in (whole[name][row - 1] | fields).items() if v is not None}
    return whole


def asked(**fields: Any) -> Document:
    """The document with fields of its first question replaced."""
    whole = document()
    whole["questionnaires"][0]["questions"][0] |= fields
    return whole


def test_the_small_catalogue_is_whole() -> None:
    found = read(json.dumps(document()).encode())
    assert [kiosk.id for kiosk in found.kiosks] == list(KIOSKS)
    assert found.offices[0].timezone == "Europe/Vilnius"
    assert found == catalogue()


def test_a_scale_of_numbers_may_have_words_for_its_ends_alone() -> None:
    ends = {"lt": ["Tikrai ne", "Tikrai taip"], "en": ["Surely not", "Surely"]}
    none: Document = {"good": [], "bad": []}
    read(json.dumps(asked(scale="nps11", words=ends, reasons=none)).encode())
    with pytest.raises(CatalogueFaults):
        read(json.dumps(asked(scale="smiley4", words=ends, reasons=none)).encode())


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        (b"", "The file is not JSON in UTF-8"),
        (b"\xff\xfe\xfa", "The file is not JSON in UTF-8"),
        (b"9" * 5000, "The file is not JSON in UTF-8"),
        (b"[" * 100_000, "The file is nested too deeply to be a catalogue."),
        (b"[]", "The file must be a JSON object with the lists institutions, offices"),
        (b'{"cities": []}', "The file must be a JSON object with the lists institutions, offices"),
        (document(offices={}), "offices: must be a list."),
        (document(kiosks=["hall-1"]), "kiosks, row 1: row: Input should be an object."),
        (spoilt("kiosks", 1, id="HALL 1"), "kiosks, row 1: id: String should match pattern"),
        (spoilt("kiosks", 2, id=None), "kiosks, row 2: id: Field required."),
        (spoilt("kiosks", 2, colour="red"), "kiosks, row 2: colour: Extra inputs are not permitted."),
        (spoilt("kiosks", 2, languages=[]), "kiosks, row 2: languages: List should have at least 1 item"),
        (spoilt("kiosks", 2, id="hall-1"), "kiosks, row 2: the id hall-1 is there twice."),
        (spoilt("offices", 2, id="hall"), "offices, row 2: the id hall is there twice."),
        (spoilt("offices", 2, institution="village"), "offices, row 2 (north): there is no institution village."),
        (
            spoilt("services", 1, institution="village"),
            "services, row 1 (residence-declaration): there is no institution village.",
        ),
        (spoilt("counters", 1, office="attic"), "counters, row 1 (hall-window): there is no office attic."),
        (spoilt("counters", 1, services=["fishing"]), "counters, row 1 (hall-window): there is no service fishing."),
        (spoilt("kiosks", 1, id="codes"), "kiosks, row 1 (codes): this id is kept for a page or a server: choose another one."),
        (spoilt("kiosks", 3, counter="attic"), "kiosks, row 3 (hall-3): there is no counter attic."),
        (spoilt("kiosks", 3, questionnaire="long"), "kiosks, row 3 (hall-3): there is no questionnaire long."),
        (
            spoilt("offices", 1, timezone="Europe/Wilno"),
            "offices, row 1 (hall): there is no time zone Europe/Wilno, try Europe/Vilnius.",
        ),
        (
            spoilt("offices", 1, timezone="../passwd"),
            "offices, row 1 (hall): there is no time zone ../passwd, try Europe/Vilnius.",
        ),
        (spoilt("offices", 1, hours={"funday": ["08:00", "17:00"]}), "offices, row 1 (hall): hours: there is no weekday funday"),
        (spoilt("offices", 1, hours={"mon": ["08:00"]}), "offices, row 1 (hall): hours: mon must be two times"),
        (spoilt("offices", 1, hours={"mon": ["8", "17"]}), "offices, row 1 (hall): hours: mon must be two times"),
        (spoilt("offices", 1, hours={"mon": ["17:00", "08:00"]}), "offices, row 1 (hall): hours: mon must be two times"),
        (spoilt("questionnaires", 1, questions=[]), "questionnaires, row 1: questions: List should have at least 1 item"),
        (
            spoilt("questionnaires", 1, interval_s=-1),
            "questionnaires, row 1: interval_s: Input should be greater than or equal to 0.",
        ),
        (asked(scale="smiley7"), "questionnaires, row 1: questions.0.scale: Input should be "),
        (asked(id="advise"), "questionnaires, row 1: question advise has two scales: a changed scale needs a new id."),
        (asked(scale="smiley4"), "questionnaires, row 1 (core5): question overall has 5 answers in lt, its scale has 4 steps."),
        (asked(text={"lt": "Kaip?"}), "kiosks, row 1 (hall-1): question overall has no text in en."),
        (asked(words={"lt": ["a", "b", "c", "d", "e"]}), "kiosks, row 1 (hall-1): question overall has no answers in en."),
        (
            asked(words={"lt": ["a", "b", "c", "d", "Nepatenkinamai"], "en": ["a", "b", "c", "d", "e"]}),
            "questionnaires, row 1 (core5): question overall: the word Nepatenkinamai in lt has more than 12 letters.",
        ),
        (
            asked(reasons={"good": [{"id": "staff", "text": {"en": "Staff"}}]}),
            "kiosks, row 1 (hall-1): question overall has no reason staff in lt.",
        ),
        (asked(reasons={"ask_bad": {"en": "What?"}}), "kiosks, row 1 (hall-1): question overall has no ask_bad in lt."),
        (spoilt("kiosks", 2, languages=["lt", "pl"]), "kiosks, row 2 (hall-2): question overall has no text in pl."),
    ],
)
def test_a_fault_is_told_with_its_row(changed: Document | bytes, fault: str) -> None:
    assert faults(changed)[0].startswith(fault)


def test_one_questionnaire_may_not_ask_the_same_twice() -> None:
    whole = document()
    whole["questionnaires"][0]["questions"] *= 2
    assert faults(whole)[0] == "questionnaires, row 1 (core5): question overall is there twice."


def test_all_faults_are_told_at_once() -> None:
    whole = spoilt("kiosks", 1, id="HALL 1")
    whole["offices"][1] |= {"colour": "red", "timezone": 3}
    assert [fault.split(":")[0] for fault in faults(whole)] == ["offices, row 2", "offices, row 2", "kiosks, row 1"]


def test_json_that_no_kiosk_could_read_is_refused() -> None:
    assert faults(spoilt("kiosks", 1, display={"dpi": float("nan")}))[0].startswith("The file is not JSON")


@given(JSON, st.sampled_from(list(document())), st.booleans())
@settings(max_examples=100, deadline=None)
def test_arbitrary_json_is_a_catalogue_or_has_faults(value: Any, name: str, whole: bool) -> None:
    with contextlib.suppress(CatalogueFaults):
        read(json.dumps(value if whole else document(**{name: [value]})).encode())


# ── configurations ──────────────────────────────────────────────────────────────────────


def test_a_kiosks_configuration_says_where_it_stands_and_what_it_asks() -> None:
    one = catalogue()
    config = Places(one).config_of(one.kiosks[0], 17)
    assert config.config.startswith("17-")
    assert (config.kiosk, config.office.id, config.office.timezone, config.counter) == (
        "hall-1",
        "hall",
        "Europe/Vilnius",
        "hall-window",
    )
    assert [service.id for service in config.services] == ["residence-declaration", "social-benefits"]
    assert config.services[0].name["lt"] == "Gyvenamosios vietos deklaravimas"
    assert (config.languages, config.questionnaire) == (["lt", "en"], one.questionnaires[0])


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), JSON, max_size=3), st.integers(1, 10**8))
@settings(max_examples=100, deadline=None)
def test_its_hash_is_right_after_the_wire_whatever_is_displayed(display: dict[str, Any], number: int) -> None:
    one = catalogue()
    config = Places(one).config_of(one.kiosks[0].model_copy(update={"display": display}), number)
    there = KioskConfig.model_validate_json(config.wire())
    assert there.hash_is_right
    assert there == config
    assert not there.model_copy(update={"counter": "other"}).hash_is_right


# ── installing ──────────────────────────────────────────────────────────────────────────


def kiosk_changed(ident: str = "hall-1", **fields: Any) -> list[dict[str, Any]]:
    return [kiosk | fields if kiosk["id"] == ident else kiosk for kiosk in document()["kiosks"]]


def numbers(store: SqliteStore) -> dict[str, int]:
    return {kiosk: int(json.loads(payload)["config"].split("-")[0]) for kiosk, payload in wanted_configs(store).items()}


def test_the_same_catalogue_again_publishes_nothing(store: SqliteStore) -> None:
    before = wanted_configs(store)
    assert store.install(catalogue(), NOW + timedelta(days=1)).published == 0
    assert wanted_configs(store) == before
    assert set(numbers(store).values()) == {1}


def test_only_the_kiosks_concerned_get_a_new_configuration(store: SqliteStore) -> None:
    before, version = wanted_configs(store), store.catalogue_version()
    assert store.install(catalogue(kiosks=kiosk_changed(display={"reach": "low"})), NOW).published == 1
    after = wanted_configs(store)
    assert {kiosk for kiosk in after if after[kiosk] != before[kiosk]} == {"hall-1"}
    assert numbers(store)["hall-1"] == 2
    assert store.catalogue_version() != version, "those who hold a cache are told"
    assert store.install(catalogue(kiosks=kiosk_changed(display={})), NOW).published == 1, "back again is a change too"
    assert numbers(store)["hall-1"] == 3
    assert len(rows(store, "SELECT 1 FROM configuration WHERE kiosk='hall-1' AND valid_to IS NULL")) == 1


def test_an_office_renamed_concerns_all_its_kiosks(store: SqliteStore) -> None:
    whole = document()
    whole["offices"][0]["name"]["lt"] = "Salė"
    assert store.install(read(json.dumps(whole).encode()), NOW).published == 4


def test_numbers_go_above_what_a_kiosk_taught(store: SqliteStore) -> None:
    assert store.relearn(taught(store, 41), NOW)
    store.install(catalogue(kiosks=kiosk_changed(display={"reach": "low"})), NOW)
    assert numbers(store)["hall-1"] == 42


def test_a_kiosk_that_the_file_no_longer_has_is_retired_and_may_come_back(store: SqliteStore) -> None:
    store.install(catalogue(kiosks=document()["kiosks"][1:]), NOW)
    store.refresh()
    assert not store.is_active("hall-1")
    assert store.is_active("hall-2")
    assert "hall-1" not in wanted_configs(store)
    assert store.install(catalogue(), NOW).published == 0
    store.refresh()
    assert store.is_active("hall-1")
    assert numbers(store)["hall-1"] == 1


def test_a_questions_scale_can_never_be_changed(store: SqliteStore) -> None:
    """Its old answers and its new ones would be added together."""
    words = {"lt": list("abcd"), "en": list("abcd")}
    changed = read(json.dumps(asked(scale="smiley4", words=words)).encode())
    before = wanted_configs(store), store.catalogue_version()
    with pytest.raises(CatalogueFaults) as caught:
        store.install(changed, NOW)
    assert caught.value.faults == ["questionnaires, row 1: question overall was smiley5 before: a changed scale needs a new id."]
    assert (wanted_configs(store), store.catalogue_version()) == before
    assert store.install(read(json.dumps(asked(id="overall4", scale="smiley4", words=words)).encode()), NOW).published == 5


def test_an_installation_that_fails_changes_nothing(store: SqliteStore) -> None:
    before = rows(store, "SELECT * FROM kiosk"), rows(store, "SELECT * FROM configuration"), store.catalogue_version()
    change(store, "CREATE TRIGGER no BEFORE INSERT ON configuration BEGIN SELECT raise(ABORT, 'no'); END")
    with pytest.raises(Exception, match="no"):
        store.install(catalogue(kiosks=kiosk_changed(display={"reach": "low"})[:3]), NOW)
    assert (rows(store, "SELECT * FROM kiosk"), rows(store, "SELECT * FROM configuration"), store.catalogue_version()) == before


# ── relearning ──────────────────────────────────────────────────────────────────────────


def taught(store: SqliteStore, number: int = 41, edit: Callable[[Document], object] = lambda _: None) -> KioskConfig:
    """A configuration that a kiosk says it applied, with the right hash."""
    payload = json.loads(wanted_configs(store)["hall-1"]) | {"display": {"reach": "low"}}
    edit(payload)
    return KioskConfig.model_validate_json(json.dumps(payload | {"config": config_id(number, payload)}))


def test_a_configuration_is_relearned_once_and_is_not_published(store: SqliteStore) -> None:
    before = wanted_configs(store)
    lost = taught(store)
    assert store.relearn(lost, NOW)
    assert not store.relearn(lost, NOW)
    assert wanted_configs(store) == before
    placed = store.placed("hall-1", lost.config)
    assert placed is not None
    assert (placed.office, placed.main, placed.interval_ms) == ("hall", "overall", 5000)
    assert store.placed("hall-2", lost.config) is None
    sent(store, rating(1), config=lost.config)
    assert store.quarantine() == []


@pytest.mark.parametrize(
    "edit",
    [
        lambda p: p["office"].update(id="north"),
        lambda p: p["office"].update(timezone="Nowhere/Bad"),
        lambda p: p["office"].update(timezone="../../etc/passwd"),
        lambda p: p["office"].update(timezone=""),
        lambda p: p.update(kiosk="stranger"),
        lambda p: p["questionnaire"]["questions"][0].update(scale="nps11"),
    ],
    ids=["another office", "no zone", "a path for a zone", "an empty zone", "an unknown kiosk", "another scale"],
)
def test_a_kiosk_can_teach_nothing_false(store: SqliteStore, edit: Callable[[Document], object]) -> None:
    false = taught(store, 41, edit)
    assert false.hash_is_right
    assert not store.relearn(false, NOW)
    assert store.placed(false.kiosk, false.config) is None


def test_a_wrong_hash_teaches_nothing(store: SqliteStore) -> None:
    assert not store.relearn(taught(store).model_copy(update={"config": "41-00000000"}), NOW)


def test_a_kiosk_cannot_use_up_the_numbers(store: SqliteStore) -> None:
    assert not store.relearn(taught(store, 999_999_999), NOW)
    store.install(catalogue(kiosks=kiosk_changed(display={"reach": "high"})), NOW)
    assert KioskConfig.model_validate_json(wanted_configs(store)["hall-1"]).config == config_of(store)
