"""One-time codes of kiosks, and the certificates that were signed for them. Of a code only its SHA-256 is kept."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection

from broker_config.messages import utc_text
from collector.access import Viewer
from collector.enrolment import LASTS, TRIES, WITHIN, Refusal
from collector.store import audit, kiosk_events


@dataclass(frozen=True)
class Claim:
    """A code that was right and is used now; `release` gives it back where nothing could be signed."""

    kiosk: str
    sha256: str
    moment: str


@dataclass(frozen=True)
class Refused:
    """`opens`: when the next try is heard, where there were too many."""

    why: Refusal
    opens: datetime | None = None


@dataclass(frozen=True)
class Certificate:
    """What is known of a kiosk's certificate; moments are RFC 3339 in UTC, `revoked` empty while it holds."""

    serial: str
    issued: str
    expires: str
    revoked: str


def put_code(conn: Connection, kiosk: str, code: str, login: str, now: datetime) -> datetime:
    """A kiosk's new code, and until when it holds. Older ones of it that nobody used are void from now on."""
    _void_codes(conn, kiosk, "used=''")
    expires = now + LASTS
    row = (_sha256(code), kiosk, login, utc_text(now), utc_text(expires))
    conn.execute("INSERT INTO enrolment (sha256, kiosk, login, created, expires) VALUES (?, ?, ?, ?, ?)", row)
    audit.write(conn, login, "kiosk.code", kiosk, None, {"until": utc_text(expires)}, now)
    return expires


def claim(conn: Connection, code: str, now: datetime) -> Claim | Refused:
    """Use a code up, before anything is signed for it: of two who come at once one gets it.

    A wrong try is counted in the same transaction; after ten within an hour, of whomever, nobody is heard.
    """
    opens = _opens(conn, now)
    if opens:
        return Refused("often", opens)
    digest, moment = _sha256(code), utc_text(now)
    sql = (
        "UPDATE enrolment SET used=? WHERE sha256=? AND used='' AND expires > ? "
        "AND kiosk IN (SELECT id FROM kiosk WHERE status='active') RETURNING kiosk"
    )
    row = conn.execute(sql, (moment, digest, moment)).fetchone()
    if row:
        return Claim(row[0], digest, moment)
    conn.execute("DELETE FROM enrolment_try WHERE at <= ?", (utc_text(now - WITHIN),))
    conn.execute("INSERT INTO enrolment_try (at) VALUES (?)", (moment,))
    known = conn.execute("SELECT used FROM enrolment WHERE sha256=?", (digest,)).fetchone()
    return Refused("wrong" if known is None else "used" if known[0] else "expired")


def release(conn: Connection, claim: Claim) -> None:
    """Nothing was signed: the code may be used again."""
    conn.execute("UPDATE enrolment SET used='' WHERE sha256=? AND used=?", (claim.sha256, claim.moment))


def void_codes(conn: Connection, kiosk: str, login: str, now: datetime) -> None:
    """No device of the kiosk gets in by a code of before: neither one that waits, nor one that is being signed for."""
    sql = "SELECT max(expires) FROM enrolment WHERE kiosk=? AND used='' AND expires > ?"
    (until,) = conn.execute(sql, (kiosk, utc_text(now))).fetchone()
    _void_codes(conn, kiosk)
    if until:
        audit.write(conn, login, "kiosk.void", kiosk, {"until": until}, None, now)


def note_enrolled(conn: Connection, claim: Claim, certificate: Certificate, now: datetime) -> bool:
    """A device has a certificate; those of the kiosk's devices before it were revoked by the signer.

    False, and nothing noted, where the kiosk was revoked or retired since the code was claimed: the device gets none.
    """
    kiosk = claim.kiosk
    sql = (
        "SELECT 1 FROM enrolment e JOIN kiosk k ON k.id=e.kiosk "
        "WHERE e.sha256=? AND e.used=? AND e.expires<>'' AND k.status='active'"
    )
    if conn.execute(sql, (claim.sha256, claim.moment)).fetchone() is None:
        return False
    before = [one.serial for one in _holding(conn, kiosk)]
    _revoke_all(conn, kiosk, now)
    _keep(conn, kiosk, certificate)
    kiosk_events.note(conn, kiosk, "enrolled", certificate.serial, now)
    audit.write(conn, "", "kiosk.enrol", kiosk, _serials(before), _serials([certificate.serial]), now)
    return True


def note_renewed(conn: Connection, kiosk: str, certificate: Certificate, now: datetime) -> bool:
    """The same device, with a new key. Its old certificate holds until it ends: the device goes over to the new one.

    False, and nothing noted, for a kiosk that is not in use: it gets none.
    """
    sql = "INSERT INTO certificate (serial, kiosk, issued, expires) SELECT ?, id, ?, ? FROM kiosk WHERE id=? AND status='active'"
    if conn.execute(sql, (certificate.serial, certificate.issued, certificate.expires, kiosk)).rowcount < 1:
        return False
    kiosk_events.note(conn, kiosk, "renewed", certificate.serial, now)
    return True


def note_revoked(conn: Connection, kiosk: str, login: str, now: datetime) -> None:
    """None of the kiosk's certificates holds any more, and no code."""
    before = [one.serial for one in _holding(conn, kiosk)]
    _void_codes(conn, kiosk)
    _revoke_all(conn, kiosk, now)
    kiosk_events.note(conn, kiosk, "revoked", ", ".join(before), now)
    audit.write(conn, login, "kiosk.revoke", kiosk, _serials(before), None, now)


def end_all(conn: Connection, kiosk: str, now: datetime) -> None:
    """A retired kiosk has neither code nor certificate."""
    _void_codes(conn, kiosk)
    _revoke_all(conn, kiosk, now)


def certificate(conn: Connection, viewer: Viewer, kiosk: str) -> Certificate | None:
    """The kiosk's newest certificate, for those who may see the fleet."""
    if not viewer.sees_fleet:
        return None
    sql = "SELECT serial, issued, expires, revoked FROM certificate WHERE kiosk=? ORDER BY issued DESC, rowid DESC LIMIT 1"
    row = conn.execute(sql, (kiosk,)).fetchone()
    return Certificate(*row) if row else None


def code_until(conn: Connection, viewer: Viewer, kiosk: str, now: datetime) -> str:
    """Until when a code of the kiosk waits to be used; empty where none does."""
    if not viewer.sees_fleet:
        return ""
    sql = "SELECT coalesce(max(expires), '') FROM enrolment WHERE kiosk=? AND used='' AND expires > ?"
    return str(conn.execute(sql, (kiosk, utc_text(now))).fetchone()[0])


def _opens(conn: Connection, now: datetime) -> datetime | None:
    """When the next try is heard; None when one is now."""
    sql = "SELECT count(*), min(at) FROM enrolment_try WHERE at > ?"
    tries, oldest = conn.execute(sql, (utc_text(now - WITHIN),)).fetchone()
    return datetime.fromisoformat(oldest) + WITHIN if tries >= TRIES else None


def _holding(conn: Connection, kiosk: str) -> list[Certificate]:
    sql = "SELECT serial, issued, expires, revoked FROM certificate WHERE kiosk=? AND revoked='' ORDER BY issued, rowid"
    return [Certificate(*row) for row in conn.execute(sql, (kiosk,))]


def _keep(conn: Connection, kiosk: str, one: Certificate) -> None:
    row = (one.serial, kiosk, one.issued, one.expires)
    conn.execute("INSERT OR IGNORE INTO certificate (serial, kiosk, issued, expires) VALUES (?, ?, ?, ?)", row)


def _revoke_all(conn: Connection, kiosk: str, now: datetime) -> None:
    conn.execute("UPDATE certificate SET revoked=? WHERE kiosk=? AND revoked=''", (utc_text(now), kiosk))


def _void_codes(conn: Connection, kiosk: str, which: str = "1") -> None:
    """A void code is over whatever the hour is. One that was claimed is void too, for as long as its device is not noted."""
    conn.execute(f"UPDATE enrolment SET expires='' WHERE kiosk=? AND {which}", (kiosk,))  # noqa: S608 - our own words


def _serials(serials: list[str]) -> dict[str, list[str]] | None:
    return {"certificates": serials} if serials else None


def _sha256(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
