"""The tables of overseeing the fleet: what is counted of every stream, what screens do, how much each kiosk is used."""

TABLES = """
ALTER TABLE stream ADD COLUMN stored INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stream ADD COLUMN quarantined INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stream ADD COLUMN last_tap INTEGER NOT NULL DEFAULT 0;
UPDATE stream SET stored=c.stored, quarantined=c.quarantined, last_tap=c.last_tap FROM (
  SELECT stream AS id, sum(kind <> 5) AS stored, sum(kind = 5) AS quarantined,
  max(iif(kind = 1 AND standing <> 3, minute, 0)) AS last_tap FROM event GROUP BY stream
) c WHERE c.id = stream.id;
ALTER TABLE presence ADD COLUMN still_since TEXT NOT NULL DEFAULT '';
CREATE INDEX quarantine_reason ON quarantine (reason, kiosk, times, first_at, last_at);
CREATE INDEX kiosk_event_at ON kiosk_event (at);
CREATE INDEX audit_subject ON audit (subject);
"""

# Visits of the main question, marked or not, by the kiosk and the local day.
KIOSK_DAYS = (
    "INSERT INTO tally_kiosk_day SELECT day, kiosk, sum(c0+c1+c2+c3+c4+c5+c6+c7+c8+c9+c10) AS n FROM tally_hour "
    "WHERE main=1 AND standing IN (0, 1) GROUP BY day, kiosk HAVING n <> 0"
)
