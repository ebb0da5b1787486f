"""The store's side of questionnaires: versions, drafts, assignment. A part of the embedded store."""

from contextlib import AbstractContextManager
from datetime import datetime
from sqlite3 import Connection

from broker_config.messages import KioskConfig, Questionnaire
from collector.assignment import Chosen
from collector.catalogue import Places
from collector.draft import Draft
from collector.draft_faults import Known
from collector.store import assigning, drafts, questionnaires
from collector.store.drafts import Outcome, Wanted


class Asking:
    """What `SqliteStore` is for whoever writes questionnaires. Every change is one transaction, its audit row within."""

    _conn: Connection

    def _writing(self) -> AbstractContextManager[None]:
        raise NotImplementedError

    # ── versions ────────────────────────────────────────────────────────────────────────

    def questionnaire_versions(self) -> list[questionnaires.Version]:
        """By questionnaire, newest first."""
        return questionnaires.versions(self._conn)

    def questionnaire_version(self, questionnaire: str, version: int) -> questionnaires.Version | None:
        return questionnaires.version(self._conn, questionnaire, version)

    def known_wordings(self) -> Known:
        return questionnaires.known_wordings(self._conn)

    # ── drafts ──────────────────────────────────────────────────────────────────────────

    def start_draft(self, login: str, ident: str, draft: Draft, now: datetime) -> Outcome:
        with self._writing():
            return drafts.start(self._conn, login, ident, draft, now)

    def copy_to_draft(self, login: str, ident: str, now: datetime) -> Outcome:
        with self._writing():
            return drafts.copy(self._conn, login, ident, now)

    def save_draft(self, wanted: Wanted, draft: Draft) -> Outcome:
        with self._writing():
            return drafts.save(self._conn, wanted, draft)

    def delete_draft(self, wanted: Wanted) -> Outcome:
        with self._writing():
            return drafts.delete(self._conn, wanted)

    def judge_draft(self, found: questionnaires.Version, today: str) -> Outcome:
        """What keeps it from being published."""
        return drafts.judged(self._conn, found, today)

    def publish_draft(self, wanted: Wanted, today: str) -> Outcome:
        before = drafts.examined(self._conn, wanted, today)
        with self._writing():
            return drafts.publish(self._conn, wanted, today, before)

    def retire_questionnaire(self, wanted: Wanted, today: str) -> Outcome:
        with self._writing():
            return drafts.retire(self._conn, wanted, today)

    # ── assignment ──────────────────────────────────────────────────────────────────────

    def assign_questionnaire(self, wanted: Wanted, institution: str, chosen: Chosen, today: str) -> Outcome:
        with self._writing():
            return assigning.assign(self._conn, wanted, institution, chosen, today)

    # ── trying ──────────────────────────────────────────────────────────────────────────

    def config_trying(self, tried: Questionnaire, kiosk: str, day: str) -> KioskConfig | None:
        """A kiosk's whole configuration as if it asked this, numbered 0; None where there is no such kiosk."""
        found = assigning.catalogue_with(self._conn, day, tried, kiosk)
        return Places(found).config_of(next(one for one in found.kiosks if one.id == kiosk), 0) if found else None
