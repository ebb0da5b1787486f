"""The sentence of each fault of the catalogue: what is wrong, and what to do."""

from collections.abc import Iterable

from collector.inventory import Fault
from collector.web.texts import Texts


def _(text: str) -> str:
    """Marks a text for the translators."""
    return text


TOO_LARGE = _("The file is larger than 5 MB: cut it in parts, or take it in with nuomone-collector catalogue import.")
NO_LENGTH = _("The browser does not say how large the file is. Please try another one.")
SENTENCES = {
    # of a field
    "id": _("An id has lower-case letters a–z, digits and hyphens, at most 40 of them, and begins with a letter or a digit."),
    "id-taken": _("There is something with the id %(id)s already: choose another id."),
    "id-reserved": _("The id %(id)s is kept for a page or a server: choose another id."),
    "id-retired": _("%(id)s is out of use: take it into use again on its page first."),
    "name-missing": _("The name in Lithuanian is missing: please fill it in."),
    "too-long": _("This is too long: at most %(most)s characters."),
    "control": _("There is a character in this that cannot be shown: please type it again."),
    "timezone": _("There is no time zone “%(zone)s”: try Europe/Vilnius."),
    "hours": _("Give both times, the earlier first, or leave both empty where it is closed that day (%(day)s)."),
    "holiday": _("“%(day)s” is no day: write it as 2026-12-24."),
    "holidays-many": _("At most %(most)s holidays: take away those that are long past."),
    "year": _("Give a year from %(first)s to %(last)s."),
    "number": _("This must be a whole number from %(low)s to %(high)s."),
    "weight": _("The weight of the question %(question)s must be a number above 0 and at most 1000; empty counts nothing."),
    "value": _("This cannot be read: please look at it again."),
    # among the rest
    "no-institution": _("There is no institution “%(id)s” in use: add it first."),
    "no-office": _("There is no office “%(id)s” in use: add it first."),
    "no-counter": _("There is no counter “%(id)s” in use: add it first."),
    "no-service": _("There is no service “%(id)s” in use: add it first."),
    "no-questionnaire": _("There is no published questionnaire “%(id)s”: publish it first, or choose another."),
    "nothing-asked": _(
        "The kiosk %(kiosk)s would ask nothing: assign a questionnaire to it, its counter, office or institution."
    ),
    "not-in-language": _(
        "The kiosk %(kiosk)s offers %(language)s, but the questionnaire %(questionnaire)s is not whole in it: "
        "add the missing texts first, or choose another questionnaire."
    ),
    "too-large": _("The kiosk %(kiosk)s could not be sent all of this: give its counter fewer services."),
    "gone": _("%(id)s is no longer there: somebody has deleted it."),
    "pointed-to": _("%(id)s cannot be deleted, since ratings or other things point to it: take it out of use instead."),
    "stands-office": _("The office %(id)s is still in use."),
    "stands-service": _("The service %(id)s is still in use."),
    "stands-counter": _("The counter %(id)s is still in use."),
    "stands-kiosk": _("The kiosk %(id)s is still in use."),
    # of a file
    "empty": _("The file is empty: its first line must have the names of the columns."),
    "encoding": _("The file is not in UTF-8: save it anew, in Excel as “CSV UTF-8”."),
    "quotes": _('The quotation marks do not match from this line on: look for a " too many or too few.'),
    "cells": _("This line has %(n)s cells, the first line has %(width)s: look for a separator too many or too few."),
    "rows-many": _("The file has more than %(most)s lines: cut it in parts."),
    "column-twice": _("The column %(column)s is there twice: take one away."),
    "column-unknown": _("There is no column “%(column)s” in this list. It has: %(known)s."),
    "column-missing": _("The column %(column)s is missing: add it."),
    "id-twice": _("The id %(id)s is on line %(line)s already: take one of the two away."),
    "cell-hours": _("“%(cell)s” are no opening hours: write mon 08:00-17:00; tue 08:00-17:00."),
    "cell-weights": _("“%(cell)s” are no weights: write overall=2; trust=1."),
    "cell-number": _("“%(cell)s” is no whole number."),
    "cell-json": _("“%(cell)s” is no JSON object."),
}


def sentence(words: Texts, fault: Fault) -> str:
    """In the reader's language."""
    values = dict(fault.values)
    if "language" in values:
        values["language"] = words.language_name(values["language"])
    return words.gettext(SENTENCES[fault.code]) % values


def by_field(words: Texts, faults: Iterable[Fault]) -> dict[str, str]:
    """The first sentence of each field, for the place where it was typed."""
    found: dict[str, str] = {}
    for fault in faults:
        found.setdefault(fault.field, sentence(words, fault))
    return found
