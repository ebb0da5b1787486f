"""The tables of erasing: how far each office is erased, which seqs are sealed, what sealed events were in mixed tallies.

`erasure`: the local days before which an office's comments and events are erased; `done` is 0 while a run works on it.
`sealed`: a stream's seqs whose events are gone; `late` of them came after their day was sealed and were never stored.
`sealed_cell`: what sealed events count for in tallies that also hold events that are still there: those of the month in
which the cut lies, and those of no day.
"""

TABLES = """
CREATE TABLE erasure (
  office TEXT PRIMARY KEY, comments TEXT NOT NULL, events TEXT NOT NULL, done INTEGER NOT NULL
) STRICT;
CREATE TABLE sealed (
  stream INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, stored INTEGER NOT NULL,
  quarantined INTEGER NOT NULL, late INTEGER NOT NULL, PRIMARY KEY (stream, first)
) STRICT, WITHOUT ROWID;
CREATE TABLE sealed_cell (
  grain TEXT NOT NULL, key TEXT NOT NULL, office TEXT NOT NULL, period TEXT NOT NULL, counts TEXT NOT NULL,
  PRIMARY KEY (grain, key)
) STRICT;
CREATE INDEX event_follow ON event (stream, minute) WHERE kind IN (2, 3)
"""
