"""What the kiosk itself says: English here, the other languages in `translations/*.po` (gettext, read by Babel).

The question and its words come with the configuration.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FALLBACK = "en"
TRANSLATED = ("lt", "pl", "ru", "uk")
OWN_NAMES = {"lt": "Lietuvių", "en": "English", "pl": "Polski", "ru": "Русский", "uk": "Українська"}
_FOLDER = Path(__file__).with_name("translations")

Words = TypeVar("Words", bound="DataclassInstance")


def N_(source: str) -> str:  # noqa: N802 - gettext's own name for a text that is translated later
    """Marks a source text for `pybabel extract -k N_`."""
    return source


@dataclass(frozen=True, slots=True)
class Texts:
    """One language. `*_title` is a line by itself, `*_next` says what follows; short words are on buttons."""

    thanks_title: str = N_("Thank you for your opinion")
    thanks_next: str = N_("The office reads this every morning.")
    correct: str = N_("Correct my answer")
    removed: str = N_("We took personal data out of your comment: {kinds}.")
    qr_next: str = N_("More about this on your phone")
    anonymous: str = N_("Your answer is anonymous: we record nothing about you.")
    privacy: str = N_("Read more")
    privacy_title: str = N_("What happens to your answer")
    privacy_text: str = N_(
        "We keep the answer, the office and service, and the time to the minute. There is no camera, and we ask "
        "for no name. Personal data that you write in a comment is removed here, before it is sent. Comments are "
        "kept for 90 days, unless the office has decided otherwise. Somebody who watches this screen can still see "
        "what you touch."
    )
    close: str = N_("Close")
    broken_title: str = N_("Rating is not possible right now")
    broken_next: str = N_("Sorry, your answer was not recorded. Please tell a member of staff.")
    out_next: str = N_("This screen is out of service. Please tell a member of staff.")
    waiting_title: str = N_("This screen is being set up")
    waiting_next: str = N_("Waiting for its configuration. Soon you can rate the service here.")
    services_title: str = N_("Which service did you use?")
    other_service: str = N_("Other / not given")
    prompt_title: str = N_("How was “{service}”?")
    reasons_title: str = N_("What made the difference?")
    reasons_most: str = N_("You can choose up to three.")
    comment_title: str = N_("Would you like to add something?")
    comment_notice: str = N_("Please write no names, personal codes, phone numbers or addresses.")
    send: str = N_("Send")
    preview: str = N_("Preview: answers are not recorded")
    key_space: str = N_("Space")
    key_delete: str = N_("Delete")
    done: str = N_("Done")
    skip: str = N_("Skip")
    back: str = N_("Back")
    access: str = N_("Easier to use")
    contrast: str = N_("Contrast")
    larger: str = N_("Larger")
    speak: str = N_("Read aloud")
    lower: str = N_("Lower")
    volume: str = N_("Volume {step}")
    still_title: str = N_("Would you like more time?")
    still_next: str = N_("This page closes in {seconds} s.")
    still_sent: str = N_("What you have written will be sent.")
    go_on: str = N_("Continue")
    press_number: str = N_("Press a number from {first} to {last}, or Tab and Enter.")
    chosen: str = N_("chosen")
    kind_email: str = N_("e-mail address")
    kind_account: str = N_("account number")
    kind_code: str = N_("personal code")
    kind_phone: str = N_("phone number")
    kind_plate: str = N_("vehicle plate")
    kind_number: str = N_("long number")


KINDS = {
    "el. paštas": "kind_email",
    "sąskaita": "kind_account",
    "asmens kodas": "kind_code",
    "telefonas": "kind_phone",
    "automobilio numeris": "kind_plate",
    "numeris": "kind_number",
}


@lru_cache
def texts(language: str) -> Texts:
    """The interface in a language, in English where it has not been translated."""
    return translated(Texts, language) if language in TRANSLATED else Texts()


def translated(words: type[Words], language: str, kind: str = "") -> Words:
    """A dataclass whose defaults are source texts, filled from the catalogue of a language, `kind` before its name."""
    from babel.messages.pofile import read_po

    with (_FOLDER / f"{kind}{language}.po").open("rb") as file:
        found = {str(message.id): str(message.string) for message in read_po(file, locale=language) if message.id}
    sources = {field.name: str(field.default) for field in fields(words)}
    return words(**{name: found.get(source) or source for name, source in sources.items()})


def removed(kinds: tuple[str, ...], language: str) -> str:
    """What redaction took out of a comment, as a sentence; '' for nothing."""
    own = texts(language)
    return own.removed.format(kinds=", ".join(getattr(own, KINDS[kind]) for kind in kinds)) if kinds else ""


def own_name(language: str) -> str:
    """A language as its speakers call it; its code where we do not know."""
    return OWN_NAMES.get(language, language.upper())


def said(text: Mapping[str, str], language: str) -> str:
    """A configured text in a language, else in English, else in whichever there is; in one line."""
    found = text.get(language) or text.get(FALLBACK) or next(iter(text.values()), "")
    return " ".join(found.split())


def words(given: Mapping[str, list[str]], language: str, count: int) -> list[str]:
    """The answers' words from the lowest value up, blanks where the configuration has none."""
    found = given.get(language) or given.get(FALLBACK) or next(iter(given.values()), [])
    return [*found, *[""] * count][:count]
