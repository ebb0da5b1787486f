"""Which changes of the catalogue concern what kiosks show: those are judged, the others cost nothing."""

from typing import Any

import pytest

from collector.catalogue import Places
from collector.inventory import _affected, of, replaced
from tests.catalogues import KIOSKS, catalogue

HALL = {kiosk for kiosk in KIOSKS if kiosk.startswith("hall")}


@pytest.mark.parametrize(
    ("kind", "ident", "changes", "concerned"),
    [
        ("service", "social-benefits", {"yearly": 900, "owner": "Skyrius", "purpose": {"lt": "Parama"}}, set()),
        ("office", "hall", {"address": "J. Basanavičiaus a. 1", "institution": "other"}, set()),
        ("counter", "hall-window", {"clerks": 3, "name": {"lt": "Langelis"}}, set()),
        ("institution", "city", {"name": {"lt": "Miestas"}, "weights": {"overall": 2.0}}, set()),
        ("service", "social-benefits", {"name": {"lt": "Išmokos"}}, set(KIOSKS)),
        ("service", "residence-declaration", {"name": {"lt": "Būstas"}}, HALL),
        ("office", "hall", {"name": {"lt": "Salė"}}, HALL),
        ("office", "hall", {"timezone": "UTC"}, HALL),
        ("office", "hall", {"hours": {"mon": ["08:00", "17:00"]}}, HALL),
        ("office", "hall", {"holidays": ["2026-12-24"]}, HALL),
        ("counter", "hall-window", {"services": []}, HALL),
        ("counter", "hall-window", {"office": "north"}, HALL),
        ("kiosk", "hall-1", {"questionnaire": "long"}, {"hall-1"}),
        ("kiosk", "hall-1", {"counter": "north-window"}, {"hall-1"}),
        ("kiosk", "hall-1", {"languages": ["lt"]}, {"hall-1"}),
        ("kiosk", "hall-1", {"display": {"dpi": 149}}, {"hall-1"}),
    ],
)
def test_a_kiosk_is_concerned_when_its_configuration_is(
    kind: str, ident: str, changes: dict[str, Any], concerned: set[str]
) -> None:
    before = catalogue(institutions=[{"id": one, "name": {"lt": "Miestas"}} for one in ("city", "other")])
    after = replaced(before, kind, [of(before, kind)[ident].model_copy(update=changes)])
    assert _affected(before, after) == concerned


@pytest.mark.parametrize("kind", ["institution", "office", "counter"])
def test_a_questionnaire_assigned_above_a_kiosk_concerns_it(kind: str) -> None:
    unasked = [{"id": "hall-1", "counter": "hall-window", "questionnaire": "core5"}]
    before = catalogue(kiosks=unasked)
    idents = {"institution": "city", "office": "hall", "counter": "hall-window"}
    after = replaced(before, kind, [of(before, kind)[idents[kind]].model_copy(update={"questionnaire": "core5"})])
    assert _affected(before, after) == {"hall-1"}
    assert Places(after).questionnaire_of(after.kiosks[0]) == "core5"
