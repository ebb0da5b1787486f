"""What the pages of questionnaires say: faults as sentences, and what a kiosk writes around a question."""

from collector.assignment import Trouble
from collector.draft_faults import Fault
from collector.web.texts import Texts


def _(text: str) -> str:
    """Marks a text that is looked up where it is shown."""
    return text


FAULTS = {
    "no-languages": _("Choose at least one language."),
    "interval": _("The time between visits must be a whole number of seconds from 0 to 3600; it is “%(typed)s”."),
    "no-questions": _("There is no question yet."),
    "many-questions": _("There may be at most 20 questions."),
    "main-after": _("The first question is the main one: it must be asked after any answer."),
    "question-id": _("Question %(number)s: the id “%(id)s” must be of small letters a–z, digits and hyphens, at most 40."),
    "id-twice": _("The question id %(id)s is there twice."),
    "scale": _("Question %(number)s: choose a scale."),
    "after": _("Question %(number)s: choose after which answer it is asked."),
    "no-text": _("Question %(number)s has no text (%(language)s)."),
    "no-word": _("Question %(number)s has no words for answer %(answer)s (%(language)s)."),
    "extra-word": _("Question %(number)s has more answers than its scale has steps (%(language)s): empty this field."),
    "long-word": _(
        "Question %(number)s: the word “%(word)s” has %(letters)s letters, at most %(most)s fit under a face (%(language)s)."
    ),
    "no-ask-good": _("Question %(number)s: what is asked after a good answer is missing (%(language)s)."),
    "no-ask-bad": _("Question %(number)s: what is asked after a bad answer is missing (%(language)s)."),
    "reason-id": _(
        "Question %(number)s: the id of reason “%(reason)s” must be of small letters a–z, digits and hyphens, at most 40."
    ),
    "reason-twice": _("Question %(number)s: the reason %(reason)s is there twice."),
    "no-reason": _("Question %(number)s: the reason %(reason)s has no text (%(language)s)."),
    "scale-changed": _("The question %(id)s was published with the scale %(before)s. A changed scale is a new question id."),
    "text-changed": _(
        "%(id)s was published as “%(before)s”, it is now “%(now)s” (%(language)s). A changed wording is a new question id."
    ),
    "words-changed": _(
        "Answers to %(id)s were published as “%(before)s”, they are now “%(now)s” (%(language)s). That is a new question id."
    ),
    "reason-changed": _(
        "The reason %(id)s was published as “%(before)s”, it is now “%(now)s” (%(language)s). That is a new reason id."
    ),
    "reason-differs": _(
        "The reason %(id)s is “%(before)s” in one place and “%(now)s” in another (%(language)s). Give one of them another id."
    ),
    "no-day": _("A day is written as 2026-11-21."),
    "past-day": _("The day is over: today is %(today)s. Leave it empty to begin at once."),
    "too-large": _("The configuration of kiosk %(kiosk)s would have %(bytes)s bytes, %(most)s can be sent: shorten the texts."),
}
TROUBLES = {
    "none": _("Kiosk %(kiosk)s would have no questionnaire."),
    "not-asked": _("Kiosk %(kiosk)s would ask %(questionnaire)s, of which no version is asked yet."),
    "languages": _("Kiosk %(kiosk)s offers languages that %(questionnaire)s does not have: %(languages)s."),
}
SCALES = {
    "smiley5": _("Five faces"),
    "smiley4": _("Four faces"),
    "smiley3": _("Three faces"),
    "stars5": _("One to five stars"),
    "thumbs": _("Thumb down or up"),
    "nps11": _("Numbers 0 to 10"),
}
AFTERS = {
    "any": _("after any answer to the main question"),
    "good": _("only after a good answer"),
    "bad": _("only after a bad answer"),
}
SETS = {
    "core5": _("How the service was: five faces with reasons (the usual one)"),
    "smiley4": _("How the service was: four faces, with no middle to hide in"),
    "trust": _("Trust in the institution after the visit: thumbs with reasons"),
    "nps": _("Would you recommend us, 0 to 10: not advised, since citizens have no other provider"),
    "": _("An empty one"),
}
PLACES = {
    "institution": _("through its institution"),
    "office": _("through its office"),
    "counter": _("through its counter"),
    "kiosk": _("set at the kiosk itself"),
}

# How languages call themselves, and what the kiosk itself writes on the screens that are imitated.
OWN_NAMES = {"lt": "Lietuvių", "en": "English", "pl": "Polski", "ru": "Русский", "uk": "Українська"}
ON_SCREEN = {
    "lt": (
        "Atsakymas anoniminis: apie jus nieko neįrašome.",
        "Galite pasirinkti iki trijų.",
        "Atgal",
        "Praleisti",
        "Patvirtinti",
    ),
    "en": ("Your answer is anonymous: we record nothing about you.", "You can choose up to three.", "Back", "Skip", "Done"),
    "pl": (
        "Odpowiedź jest anonimowa: nie zapisujemy żadnych danych o Państwu.",
        *("Można wybrać najwyżej trzy.", "Wstecz", "Pomiń", "Gotowe"),
    ),
    "ru": ("Ответ анонимный: мы ничего о вас не записываем.", "Можно выбрать до трёх.", "Назад", "Пропустить", "Готово"),
    "uk": ("Відповідь анонімна: ми нічого про вас не записуємо.", "Можна вибрати до трьох.", "Назад", "Пропустити", "Готово"),
}
WHY = {
    "lt": "Kas tai lėmė?",
    "en": "What made the difference?",
    "pl": "Co o tym zdecydowało?",
    "ru": "Что на это повлияло?",
    "uk": "Що на це вплинуло?",
}


def fault_sentence(words: Texts, fault: Fault) -> str:
    """A fault in the reader's language, the language that it is about by its name."""
    values = dict(fault.values)
    if "language" in values:
        values["language"] = words.language_name(values["language"])
    return words.gettext(FAULTS[fault.kind]) % values


def trouble_sentence(words: Texts, trouble: Trouble) -> str:
    values = {
        "kiosk": trouble.kiosk,
        "questionnaire": trouble.questionnaire,
        "languages": ", ".join(map(words.language_name, trouble.languages)),
    }
    return words.gettext(TROUBLES[trouble.kind]) % values
