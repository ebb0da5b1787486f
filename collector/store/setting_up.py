"""The store's side of setting up the catalogue. A part of the embedded store."""

from contextlib import AbstractContextManager
from datetime import datetime
from sqlite3 import Connection

from collector.access import Viewer
from collector.catalogue import Catalogue
from collector.catalogue_csv import Plan
from collector.inventory import Thing
from collector.store import catalogue, inventory, uploads
from collector.store.inventory import Entry, Outcome
from collector.store.uploads import Upload


class SettingUp:
    """What `SqliteStore` is for whoever sets up. Every change is one transaction, its audit row within."""

    _conn: Connection

    def _writing(self) -> AbstractContextManager[None]:
        raise NotImplementedError

    def things(self, viewer: Viewer, kind: str) -> list[Entry]:
        """All of a kind, retired ones too."""
        return inventory.entries(self._conn, viewer, kind)

    def thing(self, viewer: Viewer, kind: str, ident: str) -> Entry | None:
        return inventory.entry(self._conn, viewer, kind, ident)

    def standing(self, viewer: Viewer, kind: str, ident: str) -> list[tuple[str, str]]:
        return inventory.standing(self._conn, viewer, kind, ident)

    def may_be_deleted(self, viewer: Viewer, kind: str, ident: str) -> bool:
        return inventory.may_be_deleted(self._conn, viewer, kind, ident)

    def catalogue_in_use(self, viewer: Viewer, day: str) -> Catalogue:
        """The same as `catalogue_on` for admins, and nothing for others: with the hashes of kiosks' PINs."""
        return inventory.in_use(self._conn, viewer, day)

    def catalogue_on(self, day: str) -> Catalogue:
        """Everything in use, with the questionnaires in force on a local day."""
        return catalogue.load(self._conn, day)

    def today(self, now: datetime) -> str:
        """The local day where most offices are."""
        return catalogue.today(self._conn, now)

    def add_thing(self, viewer: Viewer, kind: str, thing: Thing, now: datetime) -> Outcome:
        with self._writing():
            return inventory.add(self._conn, viewer, kind, thing, now)

    def change_thing(self, viewer: Viewer, kind: str, thing: Thing, seen: str, now: datetime) -> Outcome:
        with self._writing():
            return inventory.change(self._conn, viewer, kind, thing, seen, now)

    def retire_thing(self, viewer: Viewer, kind: str, ident: str, now: datetime) -> Outcome:
        with self._writing():
            return inventory.retire(self._conn, viewer, kind, ident, now)

    def restore_thing(self, viewer: Viewer, kind: str, ident: str, now: datetime) -> Outcome:
        with self._writing():
            return inventory.restore(self._conn, viewer, kind, ident, now)

    def delete_thing(self, viewer: Viewer, kind: str, ident: str, now: datetime) -> Outcome:
        with self._writing():
            return inventory.delete(self._conn, viewer, kind, ident, now)

    def keep_upload(self, login: str, upload: Upload, now: datetime) -> None:
        with self._writing():
            uploads.keep(self._conn, login, upload, now)

    def upload(self, login: str) -> Upload | None:
        return uploads.kept(self._conn, login)

    def drop_upload(self, login: str) -> None:
        with self._writing():
            uploads.drop(self._conn, login)

    def take_plan(self, viewer: Viewer, plan: Plan, made_for: str, now: datetime) -> bool:
        """Carry out a file's plan, made for this `catalogue_version`; the upload is gone then."""
        with self._writing():
            done = inventory.take(self._conn, viewer, plan, made_for, now)
            if done:
                uploads.drop(self._conn, viewer.login)
            return done
