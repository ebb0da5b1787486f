"""The table of catalogue files that were uploaded and not yet applied: the last one of each admin."""

TABLES = """
CREATE TABLE catalogue_upload (
  login TEXT PRIMARY KEY REFERENCES user(login), kind TEXT NOT NULL, name TEXT NOT NULL, created TEXT NOT NULL,
  content BLOB NOT NULL
) STRICT;
"""
