"""What a roll-out remembers of each of its kiosks, and the way to what every kiosk should have now.

`rollout.changes`: what it changes, as it was shown to who started it. `rollout_kiosk.counter`: where the kiosk stood when
it was planned; `accepted`: go on in spite of its state; `confirmed`: when it was known to be well; `frames`: of its screen,
as first told under the new configuration, at `frames_at`.
"""

_KIOSKS = "rollout, kiosk, stage, payload, config, before, state, at, detail"

TABLES = f"""
ALTER TABLE rollout ADD COLUMN changes TEXT NOT NULL DEFAULT '[]';
CREATE TABLE rollout_kiosk_now (
  rollout INTEGER NOT NULL REFERENCES rollout(id), kiosk TEXT NOT NULL, stage INTEGER NOT NULL, payload TEXT NOT NULL,
  config TEXT NOT NULL DEFAULT '', before TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL DEFAULT 'waiting'
    CHECK (state IN ('waiting', 'published', 'applied', 'refused', 'silent', 'left')),
  at TEXT NOT NULL DEFAULT '', detail TEXT NOT NULL DEFAULT '', counter TEXT NOT NULL DEFAULT '',
  was_online INTEGER NOT NULL DEFAULT 0, accepted INTEGER NOT NULL DEFAULT 0, confirmed TEXT NOT NULL DEFAULT '',
  frames INTEGER NOT NULL DEFAULT -1, frames_at TEXT NOT NULL DEFAULT '', PRIMARY KEY (rollout, kiosk)
) STRICT;
INSERT INTO rollout_kiosk_now ({_KIOSKS}) SELECT {_KIOSKS} FROM rollout_kiosk;
DROP TABLE rollout_kiosk;
ALTER TABLE rollout_kiosk_now RENAME TO rollout_kiosk;
CREATE INDEX rollout_kiosk_of ON rollout_kiosk (kiosk, config);
CREATE INDEX rollout_kiosk_open ON rollout_kiosk (rollout, stage, state, confirmed);
CREATE INDEX rollout_open ON rollout (state);
CREATE INDEX configuration_now ON configuration
  (kiosk, config, number, valid_from, answer, answered, detail) WHERE valid_to IS NULL;
"""  # noqa: S608 - our own words
