"""The store's side of whoever looks: figures, comments, notes, lists. A part of the embedded store."""

from contextlib import AbstractContextManager
from datetime import date, datetime
from sqlite3 import Connection
from typing import Any, NamedTuple

from collector.access import Viewer
from collector.store import accounting, catalogue, comments, listings, misuse, notes, past, scores
from collector.store.base import Histogram, ScoreQuery
from collector.store.comments import Comment, CommentPage, CommentQuery, State
from collector.store.notes import Note

Names = dict[str, dict[str, str]]


class Words(NamedTuple):
    """Names and texts of the catalogue in all their languages, by id."""

    questions: Names
    reasons: Names
    services: Names


class Pages:
    """What `SqliteStore` is for pages and API: every question about an office takes the Viewer who asks."""

    _conn: Connection
    _words_read: tuple[str, Words] | None = None

    def _writing(self) -> AbstractContextManager[None]:
        raise NotImplementedError

    identity: tuple[int, int] | None

    # ── figures ─────────────────────────────────────────────────────────────────────────

    def histograms(self, viewer: Viewer, query: ScoreQuery) -> list[Histogram]:
        return scores.histograms(self._conn, viewer, query)

    def reasons(self, viewer: Viewer, query: ScoreQuery) -> list[tuple[str, str, int]]:
        """(reason, good|bad, n), most named first."""
        return scores.reasons(self._conn, viewer, query)

    def ledger(self, viewer: Viewer, office: str, first: str, last: str) -> list[misuse.LedgerRow]:
        """Which rule marked how many visits of an office, by local day, hour and kiosk."""
        return misuse.ledger(self._conn, viewer, office, first, last)

    def comments(self, viewer: Viewer, query: CommentQuery, now: datetime, page: int = 1) -> CommentPage:
        """Comments of an office, newest first, a page at a time."""
        return comments.find(self._conn, viewer, query, now, page)

    def newest_comments(
        self, viewer: Viewer, office: str, limit: int, now: datetime, first: date | None = None, last: date | None = None
    ) -> list[Comment]:
        """The newest comments of an office, of a span of days or of all time, by the rules of `comments`."""
        return comments.newest(self._conn, viewer, CommentQuery(office, first=first, last=last), now, limit)

    def offices(self, viewer: Viewer, office: str = "") -> list[dict[str, Any]]:
        return listings.offices(self._conn, viewer, office)

    def services(self, viewer: Viewer) -> list[dict[str, Any]]:
        return listings.services(self._conn, viewer)

    def services_at(self, viewer: Viewer, office: str) -> list[str]:
        return listings.services_at(self._conn, viewer, office)

    def kiosks(self, viewer: Viewer, office: str = "") -> list[dict[str, Any]]:
        return listings.kiosks(self._conn, viewer, office)

    def kiosk_counts(self, viewer: Viewer) -> dict[str, tuple[int, int]]:
        """(kiosks in use, of them online) by office."""
        return listings.kiosk_counts(self._conn, viewer)

    def counters(self, viewer: Viewer, office: str) -> list[dict[str, Any]]:
        return listings.counters(self._conn, viewer, office)

    def questionnaire_changes(self, viewer: Viewer, office: str) -> list[str]:
        return listings.questionnaire_changes(self._conn, viewer, office)

    def past_version(self) -> str:
        """Changes whenever a day that is over gets another figure."""
        return past.version(self._conn)

    def catalogue_version(self) -> str:
        """Changes whenever a cache of the catalogue is out of date."""
        return catalogue.version(self._conn)

    def service_names(self) -> dict[str, dict[str, str]]:
        """The name of every service, by id."""
        return self._words().services

    def questions(self) -> dict[str, dict[str, str]]:
        """The text of every question that a questionnaire asks, by id."""
        return self._words().questions

    def weights(self, viewer: Viewer, office: str) -> dict[str, float]:
        return listings.weights(self._conn, viewer, office)

    def notes(self, viewer: Viewer, office: str, first: str, last: str) -> list[Note]:
        return notes.notes(self._conn, viewer, office, first, last)

    def reason_names(self) -> dict[str, dict[str, str]]:
        """The words of every reason that a questionnaire offers, by id."""
        return self._words().reasons

    def _words(self) -> Words:
        """The catalogue's words, read again when it has changed."""
        version = catalogue.version(self._conn)
        if self._words_read is None or self._words_read[0] != version:
            words = Words(listings.questions(self._conn), listings.reason_names(self._conn), listings.service_names(self._conn))
            self._words_read = version, words
        return self._words_read[1]

    def quarantine(self) -> list[dict[str, Any]]:
        return listings.quarantine(self._conn)

    def accounting(self, now: datetime) -> list[dict[str, Any]]:
        return accounting.accounting(self._conn, now)

    # ── what a head writes ──────────────────────────────────────────────────────────────

    def set_comment_state(self, viewer: Viewer, office: str, ident: int, state: State, now: datetime) -> bool:
        with self._writing():
            return comments.set_state(self._conn, viewer, office, ident, state, now)

    def hide_comment(self, viewer: Viewer, office: str, ident: int, reason: str, now: datetime) -> bool:
        with self._writing():
            return comments.hide(self._conn, viewer, office, ident, reason, now)

    def show_comment(self, viewer: Viewer, office: str, ident: int, now: datetime) -> bool:
        with self._writing():
            return comments.show(self._conn, viewer, office, ident, now)

    def add_note(self, viewer: Viewer, office: str, day: str, text: str, now: datetime) -> None:
        with self._writing():
            notes.add(self._conn, viewer, office, day, text, now)

    def remove_note(self, viewer: Viewer, office: str, ident: int, now: datetime) -> bool:
        with self._writing():
            return notes.remove(self._conn, viewer, office, ident, now)
