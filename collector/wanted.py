"""Pure: what the catalogue says that kiosks show, quickly for thousands of them.

Kiosks at one counter with the same questionnaire, languages and display settings show the
same: one `Content` for all of them, which each kiosk's configuration is cut from as text.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from broker_config.messages import MAX_BATCH_BYTES, KioskConfig, Questionnaire, canonical
from collector.catalogue import Catalogue, Kiosk, Places
from collector.publishable import languages_of

_REST = ',"office":'  # what follows the two names of a payload, its number and its kiosk


@dataclass(frozen=True, slots=True)
class Fault:
    """Why no configuration can be made. `what`: a word for the page's sentence; `about`, `more`: what is put into it."""

    what: str
    about: str = ""
    more: str = ""


class Content:
    """A configuration without its number and its kiosk. `body`: the payload with placeholders in their places."""

    def __init__(self, body: dict[str, Any], wire: str) -> None:
        self.body, self.rest = body, rest_of(wire)
        rows = {key: value for key, value in body.items() if key not in ("config", "kiosk")}
        head = canonical({key: value for key, value in rows.items() if key < "kiosk"})
        tail = canonical({key: value for key, value in rows.items() if key > "kiosk"})
        self._begun = hashlib.sha256(head[:-1] + b',"kiosk":"')
        self._tail = b'",' + tail[1:]

    @classmethod
    def of(cls, config: KioskConfig) -> "Content":
        return cls(config.model_dump(mode="json"), config.wire().decode())

    @classmethod
    def from_payload(cls, payload: str) -> "Content":
        """Of a payload as the store keeps it."""
        return cls(json.loads(payload), payload)

    def config_id(self, kiosk: str, number: int) -> str:
        """The same as `messages.config_id` of the whole, at a tenth of its cost."""
        digest = self._begun.copy()
        digest.update(kiosk.encode() + self._tail)
        return f"{number}-{digest.hexdigest()[:8]}"

    def payload(self, kiosk: str, number: int) -> str:
        """The whole configuration, numbered and hashed, as it goes out."""
        return f'{{"config":"{self.config_id(kiosk, number)}","kiosk":"{kiosk}"{_REST}{self.rest}'

    @property
    def size(self) -> int:
        """Bytes of the longest payload that may come of it."""
        return len(self.payload("x" * 40, 10**9 - 1).encode())


class Wanted:
    """What a catalogue says for each of its kiosks: a Content, or the Fault for which there is none.

    `scales`: of every question that was ever asked; an answer on another one may never be added to it.
    """

    def __init__(self, catalogue: Catalogue, scales: Mapping[str, str]) -> None:
        self.places, self._scales = Places(catalogue), scales
        self._made: dict[tuple[Any, ...], Content | Fault] = {}
        self._complete: dict[str, list[str]] = {}

    def of(self, kiosk: Kiosk) -> Content | Fault:
        """Remembered for all kiosks that show the same."""
        same = (kiosk.counter, kiosk.questionnaire, tuple(kiosk.languages), json.dumps(kiosk.display, sort_keys=True))
        if same not in self._made:
            self._made[same] = self._missing(kiosk) or self._make(kiosk)
        return self._made[same]

    @cached_property
    def kiosks(self) -> dict[str, Content | Fault]:
        return {ident: self.of(kiosk) for ident, kiosk in self.places.kiosks.items()}

    def _missing(self, kiosk: Kiosk) -> Fault | None:
        places = self.places
        counter = places.counters.get(kiosk.counter)
        office = places.offices.get(counter.office) if counter else None
        if counter is None or office is None or office.institution not in places.institutions:
            return Fault("place", kiosk.counter if counter is None else counter.office if office is None else office.institution)
        retired = [service for service in counter.services if service not in places.services]
        if retired:
            return Fault("service", ", ".join(retired), counter.id)
        assigned = places.questionnaire_of(kiosk)
        if not assigned:
            return Fault("unassigned")
        if assigned not in places.questionnaires:
            return Fault("unpublished", assigned)
        return self._unaskable(places.questionnaires[assigned], kiosk)

    def _unaskable(self, questionnaire: Questionnaire, kiosk: Kiosk) -> Fault | None:
        if questionnaire.id not in self._complete:
            self._complete[questionnaire.id] = languages_of(questionnaire)
        lacking = [language for language in kiosk.languages if language not in self._complete[questionnaire.id]]
        if lacking:
            return Fault("languages", questionnaire.id, ", ".join(lacking))
        for question in questionnaire.questions:
            if self._scales.get(question.id, question.scale) != question.scale:
                return Fault("scale", question.id, self._scales[question.id])
        return None

    def _make(self, kiosk: Kiosk) -> Content | Fault:
        content = Content.of(self.places.config_of(kiosk, 0))
        return content if content.size <= MAX_BATCH_BYTES else Fault("size", str(content.size), str(MAX_BATCH_BYTES))


def rest_of(payload: str) -> str:
    """What a payload says apart from its number and its kiosk: two kiosks with the same show the same."""
    return payload.partition(_REST)[2]
