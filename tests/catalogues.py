"""A small catalogue for tests: one institution, two offices, three services, a few kiosks."""

import json
from typing import Any

from collector.catalogue import Catalogue, read

KIOSKS = ("hall-1", "hall-2", "hall-3", "hall-4", "north-1")


def document(**changes: Any) -> dict[str, Any]:
    """The catalogue as its JSON file says it; `changes` replace whole lists."""
    text = {"lt": "Vardas", "en": "Name"}
    reasons = [{"id": name, "text": text} for name in ("waiting-time", "staff")]
    overall = {
        "id": "overall",
        "scale": "smiley5",
        "text": {"lt": "Kaip vertinate šiandienos aptarnavimą?", "en": "How was the service today?"},
        "words": {
            "lt": ["Labai blogai", "Blogai", "Vidutiniškai", "Gerai", "Labai gerai"],
            "en": ["Very bad", "Bad", "So-so", "Good", "Very good"],
        },
        "reasons": {"good": reasons, "bad": reasons},
    }
    advice = {"id": "advise", "scale": "nps11", "text": text}
    return {
        "institutions": [{"id": "city", "name": {"lt": "Marijampolės savivaldybės administracija", "en": "Marijampolė"}}],
        "offices": [
            {"id": "hall", "institution": "city", "name": {"lt": "Gyventojų aptarnavimo skyrius", "en": "Citizens' hall"}},
            {"id": "north", "institution": "city", "name": {"lt": "Šiaurės seniūnija", "en": "North eldership"}},
        ],
        "services": [
            {
                "id": "residence-declaration",
                "institution": "city",
                "name": {"lt": "Gyvenamosios vietos deklaravimas", "en": "Residence"},
            },
            {"id": "social-benefits", "institution": "city", "name": {"lt": "Socialinės išmokos", "en": "Social benefits"}},
            {"id": "archive", "institution": "city", "name": {"lt": "Archyvo pažymos", "en": "Archive"}},
        ],
        "counters": [
            {"id": "hall-window", "office": "hall", "name": text, "services": ["residence-declaration", "social-benefits"]},
            {"id": "north-window", "office": "north", "name": text, "services": ["social-benefits"]},
        ],
        "questionnaires": [{"id": "core5", "questions": [overall, advice]}],
        "kiosks": [{"id": kiosk, "counter": f"{kiosk.split('-')[0]}-window", "questionnaire": "core5"} for kiosk in KIOSKS],
    } | changes


def catalogue(**changes: Any) -> Catalogue:
    return read(json.dumps(document(**changes)).encode())
