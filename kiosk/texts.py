"""What the kiosk itself says, in each language; the question and its words come with the configuration."""

from collections.abc import Mapping
from dataclasses import dataclass

FALLBACK = "en"

OWN_NAMES = {"lt": "Lietuvių", "en": "English", "pl": "Polski", "ru": "Русский", "uk": "Українська"}


@dataclass(frozen=True, slots=True)
class Texts:
    """`*_title` is a line by itself, `*_next` says what follows; the last words are on buttons."""

    thanks_title: str
    thanks_next: str
    correct: str
    anonymous: str
    broken_title: str
    broken_next: str
    waiting_title: str
    waiting_next: str
    services_title: str
    other_service: str
    reasons_title: str
    reasons_most: str
    done: str
    skip: str
    back: str


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
        services_title="Kuria paslauga naudojotės?",
        other_service="Kita / nenurodyta",
        reasons_title="Kas tai lėmė?",
        reasons_most="Galite pasirinkti iki trijų.",
        done="Patvirtinti",
        skip="Praleisti",
        back="Atgal",
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
        services_title="Which service did you use?",
        other_service="Other / not given",
        reasons_title="What made the difference?",
        reasons_most="You can choose up to three.",
        done="Done",
        skip="Skip",
        back="Back",
    ),
    "pl": Texts(
        thanks_title="Dziękujemy za Państwa opinię",
        thanks_next="Urząd czyta odpowiedzi każdego ranka.",
        correct="Popraw odpowiedź",
        anonymous="Odpowiedź jest anonimowa: nie zapisujemy żadnych danych o Państwu.",
        broken_title="Ocena jest teraz niemożliwa",
        broken_next="Przepraszamy, odpowiedź nie została zapisana. Prosimy powiedzieć o tym pracownikowi.",
        waiting_title="Ekran jest przygotowywany",
        waiting_next="Oczekiwanie na ustawienia. Wkrótce będzie można ocenić obsługę.",
        services_title="Z jakiej usługi Państwo skorzystali?",
        other_service="Inna / nie podano",
        reasons_title="Co o tym zdecydowało?",
        reasons_most="Można wybrać najwyżej trzy.",
        done="Gotowe",
        skip="Pomiń",
        back="Wstecz",
    ),
    "ru": Texts(
        thanks_title="Спасибо за ваше мнение",
        thanks_next="Учреждение читает ответы каждое утро.",
        correct="Исправить ответ",
        anonymous="Ответ анонимный: мы ничего о вас не записываем.",
        broken_title="Сейчас оценить нельзя",
        broken_next="Извините, ваш ответ не записан. Пожалуйста, сообщите об этом сотруднику.",
        waiting_title="Экран готовится к работе",
        waiting_next="Ожидаются настройки. Скоро вы сможете оценить обслуживание.",
        services_title="Какой услугой вы воспользовались?",
        other_service="Другая / не указана",
        reasons_title="Что на это повлияло?",
        reasons_most="Можно выбрать до трёх.",
        done="Готово",
        skip="Пропустить",
        back="Назад",
    ),
    "uk": Texts(
        thanks_title="Дякуємо за вашу думку",
        thanks_next="Установа читає відповіді щоранку.",
        correct="Виправити відповідь",
        anonymous="Відповідь анонімна: ми нічого про вас не записуємо.",
        broken_title="Зараз оцінити неможливо",
        broken_next="Вибачте, вашу відповідь не записано. Будь ласка, повідомте працівника.",
        waiting_title="Екран готується до роботи",
        waiting_next="Очікуються налаштування. Невдовзі ви зможете оцінити обслуговування.",
        services_title="Якою послугою ви скористалися?",
        other_service="Інша / не вказано",
        reasons_title="Що на це вплинуло?",
        reasons_most="Можна вибрати до трьох.",
        done="Готово",
        skip="Пропустити",
        back="Назад",
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
