"""The tables of setting up: the whole inventory, versions of questionnaires, enrolment, commands, roll-outs."""

_IN_USE = "TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'retired'))"
TABLES = f"""
ALTER TABLE institution ADD COLUMN questionnaire TEXT NOT NULL DEFAULT '';
ALTER TABLE institution ADD COLUMN retention TEXT NOT NULL DEFAULT '{{}}';
ALTER TABLE institution ADD COLUMN status {_IN_USE};
ALTER TABLE office ADD COLUMN holidays TEXT NOT NULL DEFAULT '[]';
ALTER TABLE office ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE office ADD COLUMN questionnaire TEXT NOT NULL DEFAULT '';
ALTER TABLE office ADD COLUMN status {_IN_USE};
ALTER TABLE service ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE service ADD COLUMN purpose TEXT NOT NULL DEFAULT '{{}}';
ALTER TABLE service ADD COLUMN yearly INTEGER NOT NULL DEFAULT 0;
ALTER TABLE service ADD COLUMN status {_IN_USE};
ALTER TABLE counter ADD COLUMN questionnaire TEXT NOT NULL DEFAULT '';
ALTER TABLE counter ADD COLUMN status {_IN_USE};
CREATE TABLE kiosk_now (
  id TEXT PRIMARY KEY, counter TEXT NOT NULL REFERENCES counter(id), questionnaire TEXT NOT NULL DEFAULT '',
  languages TEXT NOT NULL, display TEXT NOT NULL, highest_config INTEGER NOT NULL DEFAULT 0, status {_IN_USE}
) STRICT;
INSERT INTO kiosk_now SELECT id, counter, questionnaire, languages, display, highest_config, status FROM kiosk;
DROP TABLE kiosk;
ALTER TABLE kiosk_now RENAME TO kiosk;
CREATE TABLE questionnaire_version (
  questionnaire TEXT NOT NULL, version INTEGER NOT NULL, state TEXT NOT NULL CHECK (state IN ('draft', 'published', 'retired')),
  payload TEXT NOT NULL, languages TEXT NOT NULL, valid_from TEXT NOT NULL, login TEXT NOT NULL, changed TEXT NOT NULL,
  PRIMARY KEY (questionnaire, version)
) STRICT;
INSERT INTO questionnaire_version SELECT id, 1, 'published', payload,
  (SELECT json_group_array(key) FROM json_each(payload, '$.questions[0].text')), '', '', '' FROM questionnaire;
DROP TABLE questionnaire;
ALTER TABLE configuration ADD COLUMN answer TEXT NOT NULL DEFAULT '' CHECK (answer IN ('', 'applied', 'refused'));
ALTER TABLE configuration ADD COLUMN answered TEXT NOT NULL DEFAULT '';
ALTER TABLE configuration ADD COLUMN detail TEXT NOT NULL DEFAULT '';
CREATE TABLE kiosk_event (
  id INTEGER PRIMARY KEY, kiosk TEXT NOT NULL, at TEXT NOT NULL, kind TEXT NOT NULL, detail TEXT NOT NULL
) STRICT;
CREATE INDEX kiosk_event_of ON kiosk_event (kiosk, at);
CREATE TABLE command (
  id TEXT PRIMARY KEY, kiosk TEXT NOT NULL, name TEXT NOT NULL, args TEXT NOT NULL, ttl_s REAL NOT NULL, login TEXT NOT NULL,
  created TEXT NOT NULL, sent TEXT NOT NULL DEFAULT '', answered TEXT NOT NULL DEFAULT '', ok INTEGER NOT NULL DEFAULT 0,
  detail TEXT NOT NULL DEFAULT '', data TEXT NOT NULL DEFAULT 'null'
) STRICT;
CREATE INDEX command_of ON command (kiosk, created);
CREATE INDEX command_waiting ON command (created) WHERE sent = '';
CREATE TABLE enrolment (
  sha256 TEXT PRIMARY KEY, kiosk TEXT NOT NULL, login TEXT NOT NULL, created TEXT NOT NULL, expires TEXT NOT NULL,
  used TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX enrolment_of ON enrolment (kiosk);
CREATE TABLE enrolment_try (at TEXT NOT NULL) STRICT;
CREATE TABLE certificate (
  serial TEXT PRIMARY KEY, kiosk TEXT NOT NULL, issued TEXT NOT NULL, expires TEXT NOT NULL, revoked TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX certificate_of ON certificate (kiosk);
CREATE TABLE rollout (
  id INTEGER PRIMARY KEY, login TEXT NOT NULL, created TEXT NOT NULL, starts TEXT NOT NULL, stage INTEGER NOT NULL,
  stages INTEGER NOT NULL, stage_at TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'stopped', 'done', 'cancelled')), why TEXT NOT NULL,
  takes_back INTEGER REFERENCES rollout(id)
) STRICT;
CREATE TABLE rollout_kiosk (
  rollout INTEGER NOT NULL REFERENCES rollout(id), kiosk TEXT NOT NULL, stage INTEGER NOT NULL, payload TEXT NOT NULL,
  config TEXT NOT NULL DEFAULT '', before TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'published', 'applied', 'refused', 'silent')),
  at TEXT NOT NULL DEFAULT '', detail TEXT NOT NULL DEFAULT '', PRIMARY KEY (rollout, kiosk)
) STRICT;
CREATE INDEX rollout_kiosk_of ON rollout_kiosk (kiosk, config);
"""  # noqa: S608 - our own words
