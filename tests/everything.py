"""A kiosk with everything on: many services, five languages, every kind of scale, reasons, comments, a QR code."""

from pathlib import Path
from typing import Any

from broker_config.messages import SCALES, KioskConfig, config_id
from kiosk import configuration
from kiosk.poses import sample

KIOSK = "hall-1"
ENDS = {
    "lt": ("Tikrai ne", "Tikrai taip"),
    "en": ("Not at all", "Certainly"),
    "pl": ("Na pewno nie", "Na pewno tak"),
    "ru": ("Точно нет", "Точно да"),
    "uk": ("Точно ні", "Точно так"),
}


def question(name: str, scale: str, *, reasons: bool) -> dict[str, Any]:
    """The sample's first question, or its second for thumbs, on another scale and with that scale's words."""
    faces, thumbs = sample()["questionnaire"]["questions"][:2]
    asked = {**(thumbs if scale == "thumbs" else faces), "id": name, "scale": scale}
    if scale != "thumbs":
        asked["words"] = {code: _words(faces["words"][code], ENDS[code], scale) for code in ENDS}
    return asked | {"reasons": faces["reasons"] if reasons else {}}


def config(
    *, services: int = 24, scales: tuple[str, ...] = ("smiley5", "stars5", "nps11", "thumbs"), **other: Any
) -> KioskConfig:
    """A question on each scale, the first two with reasons; `other` replaces whole fields."""
    given = sample()
    names = [one["name"] for one in given["services"]]
    payload: dict[str, Any] = given | {
        "config": "1-00000000",
        "kiosk": KIOSK,
        "services": [{"id": f"s{n}", "name": names[n % len(names)]} for n in range(services)],
        "questionnaire": {
            "id": "everything",
            "questions": [question(f"q{n}", scale, reasons=n < 2) for n, scale in enumerate(scales)],
        },
        "display": {"dpi": 125, "qr": "https://www.example.lt/nuomone"},
        **other,
    }
    whole = KioskConfig.model_validate(payload).model_dump(mode="json")
    return KioskConfig.model_validate({**whole, "config": config_id(1, whole)})


def put(folder: Path, given: KioskConfig | None = None) -> KioskConfig:
    """Leave a configuration in a kiosk's folder, as its last good one."""
    folder.mkdir(parents=True, exist_ok=True)
    given = given or config()
    configuration.save(folder / "config.json", given)
    return given


def _words(five: list[str], ends: tuple[str, str], scale: str) -> list[str]:
    """As somebody who writes a questionnaire would give them."""
    count = SCALES[scale].high - SCALES[scale].low + 1
    if count > 5:
        return [ends[0], *[""] * (count - 2), ends[1]]
    return [*five[: (count + 1) // 2], *five[-(count // 2) :]]
