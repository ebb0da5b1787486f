"""`nuomone-collector retention …`: erasing what is older than its institution keeps it. A timer runs it every night."""

from pathlib import Path
from typing import Annotated

import typer

from collector.access import Viewer
from collector.commands import Data, fail, now, open_store
from collector.store.base import StoreError

app = typer.Typer(no_args_is_help=True, help="How long what citizens gave is kept.")

_CLI = Viewer("cli", "admin", None)

Compact = Annotated[bool, typer.Option(help="Then write the database anew, so that its free space is the disk's again.")]


@app.command("run")
def run(data: Data = Path("data"), compact: Compact = False) -> None:
    """Erase what is too old; the collector may go on working beside it."""
    store = open_store(data)
    try:
        erased = store.run_retention(now())
        typer.echo(f"Erased: {erased.comments} comments, {erased.events} events, {erased.quarantine} rows of quarantine.")
        if compact:
            store.compact()
            typer.echo("The database was written anew.")
    except StoreError as error:
        raise fail(str(error)) from None
    finally:
        store.close()


@app.command("preview")
def preview(data: Data = Path("data")) -> None:
    """Say what a run would erase now, office by office; changes nothing."""
    store = open_store(data)
    for keeping in store.keepings(_CLI):
        kept = keeping.retention
        typer.echo(f"{keeping.id}: comments {kept.comments_days} days, events {kept.events_months} months")
        for one in store.going(_CLI, keeping.id, kept, now()):
            typer.echo(
                f"  {one.office}: {one.comments} comments from before {one.cut.comments}, "
                f"{one.ratings} ratings of {one.days} days before {one.cut.events}"
            )
    store.close()
