"""What each answer of one visit counts as."""

from hypothesis import given
from hypothesis import strategies as st

from collector.events import Kind, Standing
from collector.standing import Given, standings

C, F, S, T = Standing.COUNTED, Standing.FLAGGED, Standing.SUPERSEDED, Standing.TEST


def rating(
    seq: int,
    question: str = "overall",
    *,
    value: int = 4,
    mark: str = "",
    trigger: str = "tap",
    stream: str = "a",
    minute: int = 1,
) -> Given:
    return Given((minute, stream, seq), Kind.RATING, question, value, "", mark, trigger)


def reasons(seq: int, question: str = "overall", detail: str = "staff", *, value: int = 4) -> Given:
    return Given((1, "a", seq), Kind.REASONS, question, value, detail, "", "")


def comment(seq: int, text: str, question: str = "overall", *, value: int = 4) -> Given:
    return Given((1, "a", seq), Kind.COMMENT, question, value, text, "", "")


def of(*visit: Given) -> list[Standing]:
    decided = standings(visit)
    return [decided[given.order] for given in visit]


def test_one_answer_counts() -> None:
    assert of(rating(1)) == [C]
    assert of(reasons(1)) == [C]
    assert of(comment(1, "Gerai")) == [C]
    assert standings([]) == {}


def test_a_later_rating_of_the_same_question_supersedes_and_of_another_does_not() -> None:
    assert of(rating(1), rating(2), rating(3, "trust")) == [S, C, C]


def test_later_is_by_seq_within_a_stream_whatever_the_clock_said() -> None:
    assert of(rating(1, minute=2), rating(9, minute=1)) == [S, C]


def test_the_later_stream_has_more_of_the_visit_or_the_later_answer() -> None:
    assert of(rating(9, stream="b", minute=1), rating(1, stream="a", minute=2)) == [S, C]
    assert of(rating(9, stream="b"), rating(1, stream="a"), rating(2, stream="a")) == [S, S, C]
    assert of(rating(9, stream="a"), rating(1, stream="b")) == [S, C]


def test_reasons_supersede_reasons_and_never_a_rating() -> None:
    assert of(rating(1), reasons(2), reasons(3, detail="waiting-time")) == [C, S, C]


def test_a_correction_without_new_reasons_supersedes_those_of_the_first_answer() -> None:
    assert of(rating(1, value=1), reasons(2, value=1), rating(3, value=5)) == [S, S, C]
    assert of(rating(1, value=1), reasons(2, value=1), rating(3, value=5), reasons(4, value=5)) == [S, S, C, C]
    assert of(rating(1, value=1), reasons(2, value=1), rating(3, value=1)) == [S, C, C]


def test_only_the_latest_reasons_can_count_also_when_the_first_answer_comes_back() -> None:
    corrected = [rating(1, value=1), reasons(2, value=1), rating(3, value=5), reasons(4, value=5)]
    assert of(*corrected, rating(5, value=1)) == [S, S, S, S, C]


def test_a_rating_explains_nothing_of_another_question() -> None:
    assert of(rating(1, "trust", value=1), reasons(2, value=5)) == [C, C]


def test_words_stay_when_the_answer_is_corrected() -> None:
    assert of(rating(1, value=1), comment(2, "Blogai", value=1), rating(3, value=5)) == [S, C, C]


def test_other_words_are_another_comment_and_the_same_words_the_same() -> None:
    assert of(comment(1, "Gerai"), comment(2, "Blogai"), comment(3, "Gerai")) == [S, C, C]
    assert of(comment(1, "Gerai"), comment(2, "Gerai", "trust")) == [C, C]


def test_a_mark_flags_what_explains_the_marked_rating() -> None:
    assert of(rating(1, mark="interval-v1"), reasons(2), comment(3, "Gerai"), reasons(4, "trust")) == [F, F, F, C]


def test_a_superseded_mark_flags_nothing() -> None:
    assert of(rating(1, mark="interval-v1"), rating(2), reasons(3)) == [S, C, C]


def test_a_corrected_rating_keeps_its_visits_mark() -> None:
    assert of(rating(1, mark="interval-v1"), rating(2, mark="interval-v1"), reasons(3)) == [S, F, F]


def test_one_test_rating_makes_the_whole_visit_a_test() -> None:
    assert of(rating(1), reasons(2), rating(3, "trust", trigger="test"), comment(4, "Gerai")) == [T, T, T, T]


ANSWERS = st.builds(
    Given,
    st.tuples(st.integers(1, 3), st.sampled_from("ab"), st.integers(1, 4)),
    st.sampled_from([Kind.RATING, Kind.REASONS, Kind.COMMENT]),
    st.sampled_from(["overall", "trust"]),
    st.integers(1, 2),
    st.sampled_from(["", "Gerai"]),
    st.sampled_from(["", "interval-v1"]),
    st.sampled_from(["tap", "key", "test"]),
)


@given(st.lists(ANSWERS, max_size=8, unique_by=lambda given: given.order), st.randoms(use_true_random=False))
def test_the_order_of_arrival_decides_nothing(visit: list[Given], draw: object) -> None:
    before = standings(visit)
    draw.shuffle(visit)  # type: ignore[attr-defined]
    assert standings(iter(visit)) == before
    assert set(before) == {given.order for given in visit}
    counting = [g for g in visit if before[g.order] in (C, F) and g.kind != Kind.COMMENT]
    assert len(counting) == len({(g.kind, g.question) for g in counting})
    values = {g.question: g.value for g in counting if g.kind == Kind.RATING}
    assert all(values.get(g.question, g.value) == g.value for g in counting), "reasons never contradict the rating that counts"
