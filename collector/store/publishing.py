"""The store's side of configurations: what is wanted, what was published, roll-outs. A part of the embedded store."""

from contextlib import AbstractContextManager
from datetime import datetime
from sqlite3 import Connection

from collector.access import Viewer
from collector.rollouts import Pace
from collector.store import catalogue, configurations, rollout_steps, rollouts
from collector.store.configurations import Change, ConfigurationOf, Says, Standing
from collector.store.rollouts import Plan, Rollout, RolloutKiosk


class Publishing:
    """What `SqliteStore` is for whoever decides what kiosks show, and for the ingest process that sees to it."""

    _conn: Connection
    _said: tuple[tuple[str, dict[str, str]], Says] | None = None

    def _writing(self) -> AbstractContextManager[None]:
        raise NotImplementedError

    # ── what should be shown ────────────────────────────────────────────────────────────

    def says(self, now: datetime, day: str = "") -> Says:
        """What the catalogue says that kiosks show, now or on a day; remembered until the catalogue or the day is another."""
        key = (catalogue.version(self._conn), configurations.days(self._conn, now, day))
        if self._said is None or self._said[0] != key:
            self._said = (key, configurations.says(self._conn, key[1]))
        return self._said[1]

    def standings(self, viewer: Viewer, now: datetime, day: str = "", office: str = "") -> list[Standing]:
        """Every kiosk in use: what it should show, was given, and answered."""
        return configurations.standings(self._conn, viewer, self.says(now, day), office)

    def kiosks_unlike(self, viewer: Viewer, now: datetime) -> int:
        """How many kiosks in use should show something else than the catalogue says."""
        return sum(one.differs for one in self.standings(viewer, now))

    def changes(self, differing: list[Standing]) -> list[Change]:
        return configurations.changes(self._conn, differing)

    def configuration_of(self, viewer: Viewer, kiosk: str, now: datetime) -> ConfigurationOf | None:
        """The same of one kiosk, with what it was given before; None for one that is not in use."""
        return configurations.of_kiosk(self._conn, viewer, self.says(now), kiosk)

    # ── roll-outs ───────────────────────────────────────────────────────────────────────

    def start_rollout(self, login: str, plan: Plan, starts: datetime, now: datetime) -> int:
        """Raises RolloutRefused."""
        with self._writing():
            return rollouts.start(self._conn, login, plan, starts, now)

    def stop_rollout(self, login: str, ident: int, now: datetime) -> None:
        """Raises RolloutRefused, and KeyError where there is none; so do the following."""
        with self._writing():
            rollouts.stop(self._conn, login, ident, now)

    def cancel_rollout(self, login: str, ident: int, now: datetime) -> None:
        with self._writing():
            rollouts.cancel(self._conn, login, ident, now)

    def resume_rollout(self, login: str, ident: int, now: datetime) -> None:
        with self._writing():
            rollouts.resume(self._conn, login, ident, now)

    def take_back(self, login: str, ident: int, now: datetime) -> int:
        """The id of the roll-out that takes this one back."""
        with self._writing():
            return rollouts.back(self._conn, login, ident, now)

    def rollouts(self, viewer: Viewer, limit: int = 20) -> list[Rollout]:
        return rollouts.rollouts(self._conn, viewer, limit)

    def rollout(self, viewer: Viewer, ident: int) -> Rollout | None:
        return rollouts.rollout(self._conn, viewer, ident)

    def rollout_kiosks(self, viewer: Viewer, ident: int, stage: int, limit: int = 100) -> list[RolloutKiosk]:
        return rollouts.rollout_kiosks(self._conn, viewer, ident, stage, limit)

    def in_rollouts(self, viewer: Viewer) -> dict[str, int]:
        """Kiosks in a roll-out that waits or runs, and in which."""
        return rollouts.under_way(self._conn, viewer)

    def busiest(self, viewer: Viewer) -> list[str]:
        return rollouts.busiest(self._conn, viewer)

    # ── ingest ──────────────────────────────────────────────────────────────────────────

    def publishing_version(self) -> str:
        """Changes whenever a kiosk should have another configuration, or none."""
        return catalogue.publishing_version(self._conn)

    def wanted_ids(self) -> dict[str, str]:
        """Of each kiosk in use, the number and hash of what it should have."""
        return catalogue.wanted_ids(self._conn)

    def config_payload(self, kiosk: str, config: str) -> str:
        return catalogue.payload(self._conn, kiosk, config)

    def step_rollouts(self, now: datetime, listening: datetime, pace: Pace) -> None:
        """See to every roll-out that is under way, each in a short transaction."""
        for ident in rollout_steps.due(self._conn, now):
            with self._writing():
                rollout_steps.step(self._conn, ident, now, listening, pace)
