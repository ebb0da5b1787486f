"""What a screen says to those who hear it: its heading, its choices with their numbers, and how to answer."""

from typing import Any

from kiosk.texts import texts


def lines(screen: Any, language: str) -> list[str]:
    """Sentences in the order in which they are read."""
    heading = [str(getattr(screen, name, "")) for name in ("office", "service", "question", "title", "after", "removed", "text")]
    return [line for line in heading if line] + _choices(screen, language)


def _choices(screen: Any, language: str) -> list[str]:
    ids = screen.ids
    shown = ids.answers.answers if "answers" in ids else ids.tiles.tiles if "tiles" in ids else []
    if not shown:
        return [ids.notice.text] if "notice" in ids else []
    first = 0 if len(shown) > 9 and "answers" in ids else 1
    numbered = [f"{number}: {choice.spoken}." for number, choice in enumerate(shown, first)]
    return [*numbered, texts(language).press_number.format(count=min(9, len(shown)))]
