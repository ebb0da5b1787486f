"""Drafts of questionnaires: what a form says is what is kept, what is missing is told, wordings that were published stay."""

import json
import random
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broker_config.messages import SCALES, Questionnaire
from collector import draft as drafts
from collector.draft import LANGUAGES, Draft, DraftQuestion, DraftReason, questionnaire
from collector.draft_changes import add, apply, free_id, renew_question, renew_reason
from collector.draft_faults import Known, faults, known
from collector.draft_form import changes, fields, read
from collector.publishable import language_faults, languages_of, questionnaire_faults
from collector.question_sets import NAMES, question_set

FEW = settings(max_examples=40, deadline=None)
IDS = ("overall", "overall-2", "staff", "waiting-time", "7", "a" * 40, "x-", "q0-text-lt")
WORDS = ("Gerai", "Labai gerai", "«Так»", 'Sako "taip"', "a&b", "x<y", "100 %", "q0-text-lt", "Vidutiniškai", "Њ", "+=%20")


def texts(draw: random.Random, languages: list[str]) -> dict[str, str]:
    return {language: draw.choice(WORDS) for language in languages}


def reasons(draw: random.Random, languages: list[str]) -> list[dict[str, Any]]:
    return [{"id": ident, "text": texts(draw, languages)} for ident in draw.sample(IDS, draw.randint(0, 3))]


def question(draw: random.Random, languages: list[str], after: str) -> dict[str, Any]:
    scale = draw.choice(sorted(SCALES))
    count = draw.choice([2, 11]) if scale == "nps11" else drafts.steps(scale)
    lists: dict[str, Any] = {side: reasons(draw, languages) for side in ("good", "bad")}
    asked = {side: texts(draw, languages) for side in ("ask_good", "ask_bad") if draw.random() < 0.5}
    return {
        "id": draw.choice(IDS),
        "scale": scale,
        "text": texts(draw, languages),
        "words": {language: draw.choices(WORDS, k=count) for language in languages},
        "reasons": lists | asked,
        "after": after,
    }


def made_from(seed: int) -> tuple[Questionnaire, list[str]]:
    """Any that could be asked, and its languages."""
    draw = random.Random(seed)
    languages = draw.sample([*LANGUAGES, "de"], draw.randint(1, 4))
    afters = ["any", *draw.choices(["any", "good", "bad"], k=draw.randint(0, 2))]
    whole = {
        "id": draw.choice(IDS),
        "questions": [question(draw, languages, after) for after in afters],
        "interval_s": draw.randint(0, 3600),
        "comment": draw.random() < 0.5,
    }
    return Questionnaire.model_validate_json(json.dumps(whole)), languages


def questionnaires() -> st.SearchStrategy[tuple[Questionnaire, list[str]]]:
    return st.integers(0, 2**32).map(made_from)


@FEW
@given(questionnaires())
def test_any_questionnaire_comes_back_from_the_form_as_it_was(made: tuple[Questionnaire, list[str]]) -> None:
    whole, languages = made
    typed = fields(drafts.of(whole, languages))
    assert questionnaire(read(typed), whole.id) == whole


@given(
    st.lists(st.tuples(st.one_of(st.text(max_size=20), st.from_regex(r"\Aq[0-9]{1,3}-[a-z_0-9-]{1,20}\Z")), st.text(max_size=8)))
)
def test_whatever_a_form_says_is_read_judged_and_kept(typed: list[tuple[str, str]]) -> None:
    draft = read(typed)
    assert read(fields(draft)) == draft, "what was read once is read again"
    assert Draft.model_validate_json(draft.model_dump_json()) == draft
    assert bool(draft.questions) or any(fault.kind == "no-questions" for fault in faults(draft, Known()))


@FEW
@given(questionnaires())
def test_what_has_no_fault_can_be_asked_and_what_can_has_none(made: tuple[Questionnaire, list[str]]) -> None:
    whole, languages = made
    draft = drafts.of(whole, languages)
    ids = [one.id for one in whole.questions]
    found = {fault.kind for fault in faults(draft, Known())} - {"reason-differs"}
    assert found == ({"id-twice"} if len(set(ids)) < len(ids) else set())
    assert bool(found) == bool([*questionnaire_faults(whole), *language_faults(whole, languages)])


@FEW
@given(questionnaires(), st.integers(0, 2**32))
def test_a_text_that_is_taken_away_is_missed_where_it_was(made: tuple[Questionnaire, list[str]], seed: int) -> None:
    whole, languages = made
    typed = fields(drafts.of(whole, languages))
    texts_there = [at for at, (name, value) in enumerate(typed) if value and re.search("-(text|good[0-9]|ask)", name)]
    words_there = [at for at, (name, value) in enumerate(typed) if value and "-word1-" in name and len(languages) > 1]
    at = random.Random(seed).choice([*texts_there, *words_there])
    name, _ = typed[at]
    typed[at] = (name, "  ")
    told = {fault.at for fault in faults(read(typed), Known())}
    alone = "-ask_" in name and len(languages) == 1  # what is asked in no language need not be asked
    assert alone or name in told


@pytest.mark.parametrize("name", NAMES)
def test_every_set_that_ships_is_whole_in_five_languages(name: str) -> None:
    whole = question_set(name)
    assert languages_of(whole) == list(LANGUAGES)
    assert faults(drafts.of(whole, LANGUAGES), Known()) == []
    assert questionnaire(drafts.of(whole, LANGUAGES), name) == whole


def test_the_sets_can_all_be_published_beside_one_another() -> None:
    """A reason has one name wherever it is counted."""
    others = known(question_set(name) for name in NAMES)
    assert [fault for name in NAMES for fault in faults(drafts.of(question_set(name), LANGUAGES), others)] == []


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [
        ("q0-text-lt", "Kaip šiandien?", "text-changed"),
        ("q0-word0-en", "Awful", "words-changed"),
        ("q0-good1-text-lt", "Darbuotojos", "reason-changed"),
        ("q0-scale", "stars5", "scale-changed"),
    ],
)
def test_a_changed_wording_or_scale_is_a_new_id(field: str, value: str, kind: str) -> None:
    core = question_set("core5")
    published = known([core])
    typed = [(name, value if name == field else before) for name, before in fields(drafts.of(core, LANGUAGES))]
    draft = read(typed)
    (fault, *others) = faults(draft, published)
    assert (fault.kind, fault.at) == (kind, field)
    assert {one.kind for one in others} <= {"reason-differs"}, "and its other place, where a reason stands in both lists"
    assert fault.renew
    what, ident = fault.renew
    renew = renew_question if what == "question" else renew_reason
    renewed = renew(draft, ident, free_id(ident, published.ids(what)))
    assert not [one for one in faults(renewed, published) if one.renew], "a new id may say what it likes"


def test_a_language_more_is_no_change_of_wording() -> None:
    core = question_set("core5")
    only_lithuanian = questionnaire(drafts.of(core, ["lt"]), "core5")
    assert faults(drafts.of(core, LANGUAGES), known([only_lithuanian])) == []


def test_a_scale_that_only_kiosks_know_is_known_too() -> None:
    (fault,) = faults(drafts.of(question_set("core5"), LANGUAGES), known([], [("overall", "stars5")]))
    assert fault.kind == "scale-changed"


def test_what_is_wrong_is_told_at_its_field() -> None:
    core = drafts.of(question_set("core5"), ["lt", "en"])
    typed = dict(fields(core)) | {"interval": "soon", "q0-id": "Bendras klausimas", "q0-after": "good"}
    typed |= {"q0-word2-lt": "Nepriekaištingai", "q0-good0-id": "staff", "q0-ask_bad-en": ""}
    draft = read(
        [("languages", "lt"), ("languages", "en"), *((name, value) for name, value in typed.items() if name != "languages")]
    )
    told = {(fault.kind, fault.at) for fault in faults(draft, Known())}
    assert told == {
        ("interval", "interval"),
        ("question-id", "q0-id"),
        ("main-after", "q0-after"),
        ("long-word", "q0-word2-lt"),
        ("reason-twice", "q0-good1-id"),
        ("reason-differs", "q0-good1-text-lt"),
        ("reason-differs", "q0-good1-text-en"),
        ("no-ask-bad", "q0-ask_bad-en"),
    }


def test_texts_of_a_language_that_is_not_offered_are_kept_and_not_published() -> None:
    core = question_set("core5")
    draft = drafts.of(core, LANGUAGES).model_copy(update={"languages": ["lt"]})
    assert questionnaire(draft, "core5").questions[0].text == {"lt": core.questions[0].text["lt"]}
    assert read(fields(draft)).questions[0].text == core.questions[0].text


def test_buttons_move_add_and_remove() -> None:
    reasons = [DraftReason(id=name) for name in ("a", "b", "c")]
    draft = Draft(questions=[DraftQuestion(id="one", good=reasons), DraftQuestion(id="two")])

    def ids(after: Draft) -> list[str]:
        return [one.id for one in after.questions]

    def good(after: Draft) -> list[str]:
        return [one.id for one in after.questions[0].good]

    assert ids(apply(draft, "up-q1")) == ["two", "one"]
    assert ids(apply(draft, "remove-q0")) == ["two"]
    assert good(apply(draft, "down-q0-good0")) == ["b", "a", "c"]
    assert good(apply(draft, "remove-q0-good1")) == ["a", "c"]
    assert good(apply(draft, "add-good-q0")) == ["a", "b", "c", ""]
    assert [one.id for one in apply(draft, "same-reasons-q0").questions[0].bad] == ["a", "b", "c"]
    for nothing in ("save", "up-q0", "down-q1", "remove-q7", "up-q0-good0", "down-q0-good2", "remove-q9-bad0", "remove-q0-bad0"):
        assert apply(draft, nothing) == draft, nothing
    assert len(add(draft).questions) == 3


@FEW
@given(st.sampled_from(IDS), st.sets(st.sampled_from(IDS)))
def test_a_free_id_is_an_id_and_free(wanted: str, taken: set[str]) -> None:
    found = free_id(wanted, taken)
    assert found not in taken
    assert len(found) <= 40
    assert free_id("overall", {"overall", "overall-2"}) == "overall-3"
    assert free_id("overall-2", {"overall-2"}) == "overall-3"


def test_what_changed_is_named_by_its_fields() -> None:
    draft = drafts.of(question_set("core5"), ["lt", "en"])
    other = draft.model_copy(update={"interval": "9", "languages": ["lt"]})
    assert changes(draft, other) == ({"languages": "lt, en", "interval": "5"}, {"languages": "lt", "interval": "9"})
