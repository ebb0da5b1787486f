"""The store's side of retention: settings and previews for the pages, the run, and erasing again after a restore."""

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from sqlite3 import Connection

from broker_config.messages import utc_text
from collector.access import Viewer
from collector.catalogue import Retention
from collector.retention import Cut, start_of
from collector.store import audit, erasing, erasure_log, past, retention, sealed
from collector.store.base import StoreError
from collector.store.contexts import Contexts
from collector.store.erasure_log import Erased

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Targets = dict[str, tuple[str, Cut]]  # office → time zone, cuts


class Retaining:
    """What `SqliteStore` is for retention. A run is many short transactions: live ingest goes on between them."""

    _conn: Connection
    _contexts: Contexts
    _path: Path

    def _writing(self) -> AbstractContextManager[None]:
        raise NotImplementedError

    # ── pages ───────────────────────────────────────────────────────────────────────────

    def keepings(self, viewer: Viewer) -> list[retention.Keeping]:
        return retention.institutions(self._conn, viewer)

    def going(self, viewer: Viewer, institution: str, wanted: Retention, now: datetime) -> list[retention.Going]:
        """What the next run would erase if an institution's retention were this."""
        return retention.going(self._conn, viewer, institution, wanted, now)

    def change_retention(self, viewer: Viewer, institution: str, wanted: Retention, now: datetime) -> bool:
        with self._writing():
            return retention.change(self._conn, viewer, institution, wanted, now)

    def erasures(self, limit: int = 10) -> list[Erased]:
        """The last runs, newest first, from the log beside the database."""
        return erasure_log.newest(self._path.parent, limit)

    # ── the run ─────────────────────────────────────────────────────────────────────────

    def run_retention(self, now: datetime) -> Erased:
        """Erase everything that is older than its institution keeps it. Raises StoreError when disk or lock say no."""
        self._forget_what_was_restored(now)
        present, unfinished = sealed.cuts(self._conn), erasing.unfinished(self._conn)
        targets = {
            office: (zone, cut.later(present.get(office, Cut())))
            for office, (zone, cut) in retention.wanted(self._conn, now).items()
        }
        moved = {office: one for office, one in targets.items() if one[1] != present.get(office) or office in unfinished}
        return self._erase(moved, now, restored=False)

    def reapply_erasures(self, now: datetime) -> Erased | None:
        """Erase again what a restored backup brought back; None, and nothing done, where nothing was."""
        return self._forget_what_was_restored(now)

    def compact(self) -> None:
        """Write the whole file anew without its free pages: the space is the disk's again. Nobody else writes meanwhile."""
        try:
            self._conn.execute("VACUUM")
        except sqlite3.OperationalError as error:
            raise StoreError(f"The store {self._path} was not compacted: {error}. Is there room for it twice?") from error
        self._empty_wal()

    def _forget_what_was_restored(self, now: datetime) -> Erased | None:
        logged = erasure_log.cuts(self._path.parent)
        present = sealed.cuts(self._conn)
        zones = {office: zone for office, (zone, _) in retention.wanted(self._conn, now).items()}
        behind = {
            office: (zones.get(office, "UTC"), cut)
            for office, cut in logged.items()
            if cut.later(present.get(office, Cut())) != present.get(office)
        }
        return self._erase(behind, now, restored=True) if behind else None

    def _erase(self, targets: Targets, now: datetime, *, restored: bool) -> Erased:
        cuts = {office: cut for office, (_, cut) in targets.items()}
        if not restored and cuts:
            erasure_log.append_cuts(self._path.parent, cuts, now)
        since = self._hours_since(cuts)
        with self._writing():
            erasing.begin(self._conn, cuts)
        erased = Erased(utc_text(now), restored=restored)
        for office, (zone, cut) in targets.items():
            erased = self._erase_words(erased, office, zone, cut)
        erased = replace(erased, events=sum(self._seal(place) for place in erasing.places(self._conn, cuts)))
        self._tidy_index()
        self._drop_hours(since, cuts)
        with self._writing():
            erasing.finish(self._conn, cuts)
            past.bump(self._conn)
            counts = {name: value for name, value in vars(erased).items() if name != "at"}
            audit.write(self._conn, "", "retention.run", "", None, counts, now)
        self._empty_wal()
        erasure_log.append_erased(self._path.parent, erased)
        return erased

    def _erase_words(self, erased: Erased, office: str, zone: str, cut: Cut) -> Erased:
        comments = self._in_portions(lambda: erasing.erase_comments(self._conn, office, zone, cut.comments))
        moment = utc_text(_EPOCH + timedelta(minutes=start_of(cut.comments, zone)))
        with self._writing():
            quarantine = erasing.erase_quarantine(self._conn, office, moment)
        return replace(erased, comments=erased.comments + comments, quarantine=erased.quarantine + quarantine)

    def _seal(self, place: erasing.Place) -> int:
        total = 0
        for sql in erasing.PASSES:
            after: erasing.At | None = erasing.BEGINNING
            while after:
                with self._writing():
                    n, after = erasing.seal(self._conn, self._contexts, sql, place, after)
                total += n
        return total + (self._in_portions(lambda: erasing.seal_between(self._conn, place.stream)) if total else 0)

    def _in_portions(self, portion: Callable[[], int]) -> int:
        """Do it again, a transaction each, until nothing is left; returns how much there was."""
        total = 0
        while True:
            with self._writing():
                n = portion()
            total += n
            if not n:
                return total

    def _tidy_index(self) -> None:
        more, first = True, True
        while more:
            with self._writing():
                more = erasing.tidy_index(self._conn, first=first)
            first = False

    def _hours_since(self, cuts: dict[str, Cut]) -> str:
        """The first day whose tallies by the hour are not dropped yet at one of these offices."""
        present, unfinished = sealed.cuts(self._conn), erasing.unfinished(self._conn)
        done = ("" if office in unfinished else present.get(office, Cut()).events for office in cuts)
        return min(done, default="")

    def _drop_hours(self, since: str, cuts: dict[str, Cut]) -> None:
        """A transaction a day."""
        for day in list(erasing.hour_days(self._conn, since, max((cut.events for cut in cuts.values()), default=""))):
            over = [office for office, cut in cuts.items() if day < cut.events]
            with self._writing():
                erasing.drop_hours(self._conn, day, over)

    def _empty_wal(self) -> None:
        """Bring everything into the file itself, and cut the log in which the words still stood to nothing."""
        busy = self._conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            raise StoreError(
                f"All was erased, but somebody reads the store {self._path} all the time, and what was erased may stand in "
                "its journal until the next run: run it again."
            )
