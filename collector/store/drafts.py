"""Drafts of questionnaires, and what becomes of them: saved, published, retired, deleted. Every change is audited."""

import json
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from sqlite3 import Connection
from typing import Any

from broker_config.messages import MAX_BATCH_BYTES, utc_text
from collector.assignment import Trouble, asking, troubles, with_questionnaires
from collector.catalogue import Places
from collector.draft import Draft, questionnaire
from collector.draft_faults import Fault, faults
from collector.draft_form import changes
from collector.store import audit, catalogue
from collector.store.questionnaires import Version, add_version, in_force, known_wordings, version, versions

SHOWN_CHANGES = 12
SHOWN_LETTERS = 80


@dataclass(frozen=True)
class Wanted:
    """A change that one person asks for: of which version, as he saw it, from which day on."""

    questionnaire: str
    version: int
    login: str
    now: datetime
    revision: str = ""
    valid_from: str = ""


@dataclass(frozen=True)
class Outcome:
    """`said`: `done`; `gone` (no such version, or not in that state); `stale` (somebody else changed it); `refused`, with why."""

    said: str
    version: int = 0
    faults: list[Fault] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)


DONE, GONE, STALE = Outcome("done"), Outcome("gone"), Outcome("stale")


@dataclass(frozen=True)
class Examined:
    """What was found wrong with a draft, and of which catalogue and which draft that holds."""

    catalogue: str
    draft: Version | Outcome
    outcome: Outcome


def start(conn: Connection, login: str, ident: str, draft: Draft, now: datetime) -> Outcome:
    """A new questionnaire's first draft. Refused where there is one of that id."""
    if any(one.questionnaire == ident for one in versions(conn)):
        return Outcome("refused")
    number = _add(conn, login, ident, draft, now)
    audit.write(conn, login, "questionnaire.draft", _subject(ident, number), None, _short(draft), now)
    return Outcome("done", number)


def copy(conn: Connection, login: str, ident: str, now: datetime) -> Outcome:
    """A new version as a draft, like the newest that was published; the draft that there is already, where there is one."""
    own = [one for one in versions(conn) if one.questionnaire == ident]
    there = next((one for one in own if one.state == "draft"), None)
    if there or not own:
        return Outcome("done", there.version) if there else GONE
    newest = next((one for one in own if one.state == "published"), own[0])
    number = _add(conn, login, ident, newest.as_draft, now)
    audit.write(conn, login, "questionnaire.draft", _subject(ident, number), None, {"as": newest.version}, now)
    return Outcome("done", number)


def save(conn: Connection, wanted: Wanted, draft: Draft) -> Outcome:
    """Keep what was typed, however incomplete; `stale` where the draft is not as its editor saw it."""
    found = _found(conn, wanted, "draft")
    if isinstance(found, Outcome):
        return found
    before, after = changes(found.as_draft, draft)
    if before or after:
        _write(conn, replace(found, payload=draft.model_dump_json(), languages=draft.languages), wanted)
        subject = _subject(wanted.questionnaire, wanted.version)
        audit.write(conn, wanted.login, "questionnaire.draft", subject, _cut(before), _cut(after), wanted.now)
    return DONE


def delete(conn: Connection, wanted: Wanted) -> Outcome:
    """Drafts only: what was published stays."""
    found = _found(conn, wanted, "draft")
    if isinstance(found, Outcome):
        return found
    conn.execute("DELETE FROM questionnaire_version WHERE questionnaire=? AND version=?", (wanted.questionnaire, wanted.version))
    subject = _subject(wanted.questionnaire, wanted.version)
    audit.write(conn, wanted.login, "questionnaire.delete", subject, _short(found.as_draft), None, wanted.now)
    return DONE


def judged(conn: Connection, found: Version, today: str, valid_from: str = "") -> Outcome:
    """What keeps a draft from being published: `done` where nothing does."""
    draft = found.as_draft
    wrong = faults(draft, known_wordings(conn))
    if valid_from and not _is_day(valid_from):
        wrong.append(Fault("no-day", "from"))
    elif valid_from and valid_from < today:
        wrong.append(Fault("past-day", "from", {"today": today}))
    if wrong:
        return Outcome("refused", faults=wrong)
    here = catalogue.load(conn, today)
    there = with_questionnaires(here, [questionnaire(draft, found.questionnaire)])
    places = Places(there)
    wrong = [
        Fault("too-large", "", {"kiosk": kiosk.id, "bytes": str(size), "most": str(MAX_BATCH_BYTES)})
        for kiosk in asking(there, found.questionnaire)
        if (size := len(places.config_of(kiosk, 999_999_999).wire())) > MAX_BATCH_BYTES
    ]
    unable = [one for one in troubles(here, there) if one.questionnaire == found.questionnaire]
    return Outcome("refused", faults=wrong, troubles=unable) if wrong or unable else DONE


def examined(conn: Connection, wanted: Wanted, today: str) -> Examined:
    """Judge a draft that is to be published, outside of the transaction: of thousands of kiosks it takes seconds."""
    version = catalogue.version(conn)
    found = _found(conn, wanted, "draft")
    return Examined(version, found, found if isinstance(found, Outcome) else judged(conn, found, today, wanted.valid_from))


def publish(conn: Connection, wanted: Wanted, today: str, before: Examined) -> Outcome:
    """Make a draft what is asked from a day on; from then it is never changed. Kiosks follow with their next configuration.

    `before` counts where nothing has changed since; otherwise it is judged anew.
    """
    found = _found(conn, wanted, "draft")
    if isinstance(found, Outcome):
        return found
    is_same = (before.catalogue, before.draft) == (catalogue.version(conn), found)
    outcome = before.outcome if is_same else judged(conn, found, today, wanted.valid_from)
    if outcome.said != "done":
        return outcome
    draft = found.as_draft
    whole = questionnaire(draft, wanted.questionnaire)
    row = replace(found, state="published", payload=whole.wire().decode(), valid_from=wanted.valid_from)
    _write(conn, row, wanted)
    after = {"from": wanted.valid_from or today, **_short(draft)}
    audit.write(
        conn, wanted.login, "questionnaire.publish", _subject(wanted.questionnaire, wanted.version), None, after, wanted.now
    )
    catalogue.bump_version(conn)
    return DONE


def retire(conn: Connection, wanted: Wanted, today: str) -> Outcome:
    """Take a published version out of use. Refused while kiosks would be left without a questionnaire that they can show."""
    found = _found(conn, wanted, "published")
    if isinstance(found, Outcome):
        return found
    left: list[Trouble] = []
    for day in dict.fromkeys((today, max(today, found.valid_from))):  # what is coming is missed on its first day only
        here = catalogue.load(conn, day)
        others = in_force(conn, day, without=(wanted.questionnaire, wanted.version))
        left = left or troubles(here, replace(here, questionnaires=others))
    if left:
        return Outcome("refused", troubles=left)
    _write(conn, replace(found, state="retired"), wanted)
    subject = _subject(wanted.questionnaire, wanted.version)
    audit.write(conn, wanted.login, "questionnaire.retire", subject, {"state": "published"}, {"state": "retired"}, wanted.now)
    catalogue.bump_version(conn)
    return DONE


def _found(conn: Connection, wanted: Wanted, state: str) -> Version | Outcome:
    found = version(conn, wanted.questionnaire, wanted.version)
    if found is None or found.state != state:
        return GONE
    return STALE if wanted.revision and wanted.revision != found.revision else found


def _add(conn: Connection, login: str, ident: str, draft: Draft, now: datetime) -> int:
    return add_version(conn, Version(ident, 0, "draft", draft.model_dump_json(), draft.languages, "", login, utc_text(now)))


def _write(conn: Connection, row: Version, wanted: Wanted) -> None:
    sql = (
        "UPDATE questionnaire_version SET state=?, payload=?, languages=?, valid_from=?, login=?, changed=? "
        "WHERE questionnaire=? AND version=?"
    )
    said = (row.state, row.payload, json.dumps(row.languages), row.valid_from, wanted.login, utc_text(wanted.now))
    conn.execute(sql, (*said, row.questionnaire, row.version))


def _subject(ident: str, number: int) -> str:
    return f"{ident} {number}"


def _short(draft: Draft) -> dict[str, Any]:
    questions = [f"{one.id or '?'} ({one.scale})" for one in draft.questions]
    return {"languages": draft.languages, "questions": questions}


def _cut(fields: dict[str, str]) -> dict[str, str]:
    """The first changes, each cut: the audit log says what was touched, and does not keep every text twice."""
    short = {name: _beginning(value) for name, value in list(fields.items())[:SHOWN_CHANGES]}
    return short | ({"…": f"+{len(fields) - SHOWN_CHANGES}"} if len(fields) > SHOWN_CHANGES else {})


def _beginning(text: str) -> str:
    return text if len(text) <= SHOWN_LETTERS else text[:SHOWN_LETTERS] + "…"


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
