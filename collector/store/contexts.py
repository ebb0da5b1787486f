"""What many answers share, kept once: a context's id is all that an event's row holds of it."""

from sqlite3 import Connection

from collector.events import Context


class Contexts:
    """Interned contexts. Forgotten after a failed transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._ids: dict[Context, int] = {}
        self._by_id: dict[int, Context] = {}

    def id(self, context: Context) -> int:
        found = self._ids.get(context)
        return found if found is not None else self._keep(self._find_or_add(context), context)

    def get(self, ident: int) -> Context:
        found = self._by_id.get(ident)
        if found is None:
            row = self._conn.execute(f"SELECT {', '.join(Context._fields)} FROM context WHERE id=?", (ident,)).fetchone()  # noqa: S608
            found = Context._make(row)._replace(main=bool(row[8]), undated=bool(row[-1]))
            self._keep(ident, found)
        return found

    def forget(self) -> None:
        self._ids.clear()
        self._by_id.clear()

    def _find_or_add(self, context: Context) -> int:
        names = ", ".join(Context._fields)
        marks = ", ".join("?" * len(context))
        sql = f"INSERT INTO context ({names}) VALUES ({marks}) ON CONFLICT DO UPDATE SET kiosk=excluded.kiosk RETURNING id"  # noqa: S608
        return int(self._conn.execute(sql, [int(part) if isinstance(part, bool) else part for part in context]).fetchone()[0])

    def _keep(self, ident: int, context: Context) -> int:
        self._ids[context] = ident
        self._by_id[ident] = context
        return ident
