"""The table of invitations: one-time links by which people choose their passwords."""

TABLES = """
CREATE TABLE invitation (
  sha256 TEXT PRIMARY KEY, login TEXT NOT NULL REFERENCES user(login), by TEXT NOT NULL, created TEXT NOT NULL,
  expires TEXT NOT NULL, used TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX invitation_login ON invitation (login)
"""
