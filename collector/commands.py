"""What the commands of `nuomone-collector` share: the folder, the store in it, the clock, an error as one sentence."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from collector.store.base import StoreError
from collector.store.sqlite import SqliteStore

Data = Annotated[Path, typer.Option(envvar="NUOMONE_DATA", help="The collector's folder.")]


def open_store(data: Path) -> SqliteStore:
    """The store of a folder, made or brought up to this version, without what was erased before.

    Ends the command where that cannot be.
    """
    try:
        data.mkdir(parents=True, exist_ok=True)
        store = SqliteStore(data / "collector.sqlite")
        store.migrate()
        store.reapply_erasures(now())
    except OSError as error:
        raise fail(f"The folder {data} cannot be used: {error.strerror}.") from None
    except StoreError as error:
        raise fail(str(error)) from None
    return store


def now() -> datetime:
    return datetime.now(UTC)


def fail(sentence: str) -> typer.Exit:
    """To be raised, after the sentence was said on standard error."""
    typer.echo(sentence, err=True)
    return typer.Exit(1)
