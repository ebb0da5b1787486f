"""The form of a kiosk: what was typed, and the kiosk that it means or what is wrong at which field."""

import os
import re
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Form

from broker_config import topics
from collector.catalogue import RESERVED, Kiosk, Places
from collector.enrolment import LONGEST_ID, pin_hash, suggested, unfit

LANGUAGES = ("lt", "en", "pl", "ru", "uk")
LIMITS = {"dpi": (30, 400), "viewing_mm": (100, 5000)}
LONGEST_ADDRESS = 300
Faults = dict[str, str]
_Text = Annotated[str, Form(max_length=1000)]


@dataclass(frozen=True)
class KioskForm:
    """As typed. `first`: the language to begin with; `pin`: a new service PIN, empty to leave it; `no_pin`: take it away."""

    ident: str = ""
    counter: str = ""
    questionnaire: str = ""
    first: str = "lt"
    languages: tuple[str, ...] = ("lt", "en")
    dpi: str = ""
    viewing_mm: str = ""
    theme: str = ""
    qr: str = ""
    pin: str = ""
    no_pin: bool = False

    @property
    def chosen(self) -> list[str]:
        """Languages, the first one first."""
        return list(dict.fromkeys(filter(None, (self.first, *self.languages))))


def sent_form(
    ident: _Text = "",
    counter: _Text = "",
    questionnaire: _Text = "",
    first: _Text = "",
    languages: Annotated[tuple[str, ...], Form(max_length=20)] = (),
    dpi: _Text = "",
    viewing_mm: _Text = "",
    theme: _Text = "",
    qr: _Text = "",
    pin: _Text = "",
    no_pin: _Text = "",
) -> KioskForm:
    """What a browser sends."""
    return KioskForm(
        ident.strip(),
        counter.strip(),
        questionnaire.strip(),
        first.strip(),
        languages,
        dpi.strip(),
        viewing_mm.strip(),
        theme,
        qr.strip(),
        pin.strip(),
        bool(no_pin),
    )


def form_of(kiosk: Kiosk) -> KioskForm:
    """A kiosk as it is set up."""
    dpi, viewing, theme, qr = (str(kiosk.display.get(name, "")) for name in ("dpi", "viewing_mm", "theme", "qr"))
    languages = tuple(kiosk.languages)
    return KioskForm(kiosk.id, kiosk.counter, kiosk.questionnaire, languages[0], languages, dpi, viewing, theme, qr)


def read(form: KioskForm, places: Places, taken: set[str], display: dict[str, Any]) -> tuple[Kiosk | None, Faults]:
    """The kiosk, or a fault by field. An empty id is made from the counter. `display`: what was set before."""
    ident = form.ident or suggested(form.counter or "kiosk", taken)[0]
    faults = _faults(form) | ({} if topics.is_identifier(ident) else {"ident": "no-id"})
    faults |= {"ident": "taken"} if ident in taken else {}
    # One that had such an id before keeps its settings.
    faults |= {"ident": "reserved"} if ident in RESERVED - places.kiosks.keys() else {}
    faults |= {} if form.counter in places.counters else {"counter": "no-counter"}
    if faults:
        return None, faults
    shown = _display(form, display)
    kiosk = Kiosk(id=ident, counter=form.counter, questionnaire=form.questionnaire, languages=form.chosen, display=shown)
    fault = unfit(places, kiosk)
    return (None, dict([fault])) if fault else (kiosk, {})


def _faults(form: KioskForm) -> Faults:
    faults: Faults = {}
    if len(form.ident) > LONGEST_ID:
        faults["ident"] = "no-id"
    if not form.chosen or not all(re.fullmatch("[a-z]{2,3}", language) for language in form.chosen):
        faults["languages"] = "no-language"
    if form.questionnaire and not topics.is_identifier(form.questionnaire):
        faults["questionnaire"] = "not-published"
    for name, (low, high) in LIMITS.items():
        typed = getattr(form, name)
        if typed and not (re.fullmatch(r"[0-9]{1,4}([.,][0-9]{1,2})?", typed) and low <= _number(typed) <= high):
            faults[name] = name
    if form.theme not in ("", "light", "dark"):
        faults["theme"] = "theme"
    if form.qr and not (re.fullmatch(r"https?://\S+", form.qr) and len(form.qr) <= LONGEST_ADDRESS):
        faults["qr"] = "qr"
    if form.pin and not re.fullmatch("[0-9]{4,12}", form.pin):
        faults["pin"] = "pin"
    return faults


def _display(form: KioskForm, before: dict[str, Any]) -> dict[str, Any]:
    """What the form knows is as typed, left out where empty; whatever else was set stays."""
    display = {key: value for key, value in before.items() if key not in ("dpi", "viewing_mm", "theme", "qr")}
    display |= {name: _number(getattr(form, name)) for name in LIMITS if getattr(form, name)}
    display |= {name: getattr(form, name) for name in ("theme", "qr") if getattr(form, name)}
    if form.pin:
        display["service_pin"] = pin_hash(form.pin, os.urandom(16))
    elif form.no_pin:
        display.pop("service_pin", None)
    return display


def _number(typed: str) -> int | float:
    number = float(typed.replace(",", "."))
    return int(number) if number.is_integer() else number
