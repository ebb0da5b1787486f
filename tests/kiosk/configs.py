"""A configuration like those that the collector publishes, with the test word in it."""

from typing import Any

from broker_config.messages import KioskConfig, config_id

WORDS = {
    "lt": ["Labai blogai", "Blogai", "Vidutiniškai", "Gerai", "Labai gerai"],
    "en": ["Very bad", "Bad", "So-so", "Good", "Very good"],
}


def question(**other: Any) -> dict[str, Any]:
    """The main question; `other` replaces its fields."""
    text = {"lt": "Kaip vertinate šiandienos aptarnavimą?", "en": "How was the service today?"}
    return {"id": "overall", "scale": "smiley5", "text": text, "words": WORDS, **other}


def config(number: int = 1, kiosk: str = "hall-1", **other: Any) -> KioskConfig:
    """A whole configuration with the right hash; `other` replaces its fields."""
    payload: dict[str, Any] = {
        "config": "1-00000000",
        "kiosk": kiosk,
        "office": {
            "id": "marijampole",
            "name": {"lt": "Marijampolės savivaldybės administracija", "en": "Marijampolė Municipality Administration"},
            "timezone": "Europe/Vilnius",
        },
        "counter": "",
        "services": [{"id": "residence", "name": {"lt": "Gyvenamosios vietos deklaravimas", "en": "Declaring residence"}}],
        "languages": ["lt", "en"],
        "questionnaire": {"id": "standard", "questions": [question()], "comment": False},
        **other,
    }
    whole = KioskConfig.model_validate(payload).model_dump(mode="json")
    return KioskConfig.model_validate({**whole, "config": config_id(number, whole)})
