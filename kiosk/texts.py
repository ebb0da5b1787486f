"""What the kiosk itself says, in each language; the question and its words come with the configuration."""

from collections.abc import Mapping
from dataclasses import dataclass

FALLBACK = "en"

OWN_NAMES = {"lt": "Lietuvių", "en": "English", "pl": "Polski", "ru": "Русский", "uk": "Українська"}


@dataclass(frozen=True, slots=True)
class Texts:
    """`*_title` is a line by itself, `*_next` says what follows."""

    thanks_title: str
    thanks_next: str
    correct: str
    anonymous: str
    broken_title: str
    broken_next: str
    waiting_title: str
    waiting_next: str


_TEXTS = {
    "lt": Texts(
        thanks_title="Ačiū už jūsų nuomonę",
        thanks_next="Įstaiga atsakymus skaito kiekvieną rytą.",
        correct="Pataisyti atsakymą",
        anonymous="Atsakymas anoniminis: apie jus nieko neįrašome.",
        broken_title="Šiuo metu vertinti negalima",
        broken_next="Atsiprašome, jūsų atsakymas neįrašytas. Prašome pasakyti darbuotojui.",
        waiting_title="Ekranas ruošiamas",
        waiting_next="Laukiama nustatymų. Netrukus galėsite įvertinti aptarnavimą.",
    ),
    "en": Texts(
        thanks_title="Thank you for your opinion",
        thanks_next="The office reads this every morning.",
        correct="Correct my answer",
        anonymous="Your answer is anonymous: we record nothing about you.",
        broken_title="Rating is not possible right now",
        broken_next="Sorry, your answer was not recorded. Please tell a member of staff.",
        waiting_title="This screen is being set up",
        waiting_next="Waiting for its configuration. Soon you can rate the service here.",
    ),
}


def texts(language: str) -> Texts:
    """The interface in a language, in English where it has not been translated."""
    return _TEXTS.get(language, _TEXTS[FALLBACK])


def own_name(language: str) -> str:
    """A language as its speakers call it; its code where we do not know."""
    return OWN_NAMES.get(language, language.upper())


def said(text: Mapping[str, str], language: str) -> str:
    """A configured text in a language, else in English, else in whichever there is."""
    return text.get(language) or text.get(FALLBACK) or next(iter(text.values()), "")


def words(given: Mapping[str, list[str]], language: str, count: int) -> list[str]:
    """The answers' words from the lowest value up, blanks where the configuration has none."""
    found = given.get(language) or given.get(FALLBACK) or next(iter(given.values()), [])
    return [*found, *[""] * count][:count]
