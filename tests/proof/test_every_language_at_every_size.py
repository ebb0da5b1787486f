"""The whole flow with real touches, in all five languages at all four sizes."""

from pathlib import Path

import pytest

from tests.whole_way.visitor import DPI, LANGUAGES, OWN_LETTERS, assert_whole, visitor


@pytest.mark.proof
@pytest.mark.timeout(300)
@pytest.mark.parametrize("size", DPI, ids="{0[0]}x{0[1]}".format)
def test_five_citizens_one_after_another(tmp_path: Path, size: tuple[int, int]) -> None:
    with visitor(tmp_path, size) as citizen:
        for number, language in enumerate(LANGUAGES):
            citizen.visit(language, number + 1)
            events = citizen.events()[4 * number :]
            assert_whole(events, language, number + 1)
            assert events[3]["text"].lower() == OWN_LETTERS[language]
