"""Small cells merge so that nobody's few answers can be read or reckoned out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.scoring.pooled import Merged, merge_small

CELLS = st.lists(st.lists(st.integers(0, 9), min_size=4, max_size=4), max_size=8).map(
    lambda found: [(f"counter-{at}", Merged((), "smiley3", tuple(counts), (0, 0, 0, at % 2))) for at, counts in enumerate(found)]
)


def cell(good: int, bad: int = 0, flagged: int = 0, scale: str = "thumbs") -> Merged:
    return Merged((), scale, (bad, good), (flagged, 0))


def named(cells: list[tuple[str, Merged]]) -> list[str]:
    return [name for name, _ in cells]


def test_small_cells_become_one() -> None:
    shown, merged = merge_small([("c", cell(5, 1)), ("a", cell(20, 5)), ("b", cell(4, 3, flagged=2))])
    assert named(shown) == ["a"]
    assert merged == Merged(("b", "c"), "thumbs", (4, 9), (2, 0))


def test_one_small_cell_takes_the_smallest_other_with_it() -> None:
    """Else the total minus what is shown would be its answers."""
    shown, merged = merge_small([("a", cell(20)), ("b", cell(12)), ("c", cell(3)), ("d", cell(30))])
    assert named(shown) == ["a", "d"]
    assert merged is not None
    assert (merged.names, sum(merged.counted)) == (("b", "c"), 15)


def test_nothing_small_nothing_merged() -> None:
    cells = [("b", cell(10)), ("a", cell(11))]
    assert merge_small(cells) == (cells, None)
    assert merge_small([]) == ([], None)


def test_a_cell_without_answers_is_absent() -> None:
    assert merge_small([("a", cell(20)), ("b", cell(0))]) == ([("a", cell(20))], None)


def test_flagged_answers_alone_are_small_too() -> None:
    shown, merged = merge_small([("a", cell(20)), ("b", cell(0, flagged=3)), ("c", cell(30))])
    assert named(shown) == ["c"]
    assert merged is not None
    assert merged.names == ("a", "b")


def test_only_a_small_total_stays_small() -> None:
    shown, merged = merge_small([("a", cell(4)), ("b", cell(2))])
    assert shown == []
    assert merged is not None
    assert sum(merged.counted) == 6


def test_different_scales_are_never_added() -> None:
    with pytest.raises(ValueError, match="scales"):
        merge_small([("a", cell(4)), ("b", cell(2, scale="smiley3"))])


@given(CELLS)
@settings(max_examples=150, deadline=None)
def test_nobody_reads_or_reckons_out_fewer_than_ten(cells: list[tuple[str, Merged]]) -> None:
    shown, merged = merge_small(cells)
    hidden = merged.names if merged else ()
    total = sum(sum(one.counted) for _, one in cells)
    kept = sum(sum(one.counted) for _, one in shown)
    assert all(sum(one.counted) >= 10 for _, one in shown)
    assert merged is None or sum(merged.counted) == total - kept, "nothing is lost"
    assert merged is None or sum(merged.counted) >= 10 or not shown, "the total minus what is shown is never a few"
    assert not set(named(shown)) & set(hidden)
    assert {*named(shown), *hidden} == {name for name, one in cells if sum(one.counted) + sum(one.flagged)}
    assert shown == [one for one in cells if one in shown], "in the order given"
    turned_shown, turned = merge_small(cells[::-1])
    assert (turned_shown[::-1], turned) == (shown, merged)
