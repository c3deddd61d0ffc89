"""What `copy-store` does: the embedded store into PostgreSQL or Supabase, resumable, compared row by row at the end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from psycopg.conninfo import conninfo_to_dict

from crystalbay.errors import ConfigError
from crystalbay.store import SUPABASE, archive, copying, open_store, snapshot
from crystalbay.store.copying import Comparison, Position, Told
from crystalbay.store.files import LocalFiles
from crystalbay.store.interface import Store


def copy_store(database: Path, folder: Path, to: str, key: str, *, again: bool) -> bool:
    """Copy, then compare: does the target hold the same now? What is between two tries lies in `folder`.

    Raises ConfigError and StoreError.
    """
    address = _address(to)
    with closing(open_store(address, key=key)) as target:
        target.ping()
        position = _position(folder / "copy-store.json", target, _name(address), again=again)
        still = _still(database, folder / "copy-store.db", position)
        counts = snapshot.look_over(still).rows
        with closing(open_store(f"sqlite:///{still}")) as source:
            _copy(source, target, position, counts)
            compared = _compared(source, target, counts)
            files = _files(source, target, folder)
        while target.fold_counts():
            pass
    _tell(compared)
    click.echo(files)
    equal = all(table.same for table in compared)
    if equal:
        position.finished = True
        position.save()
        still.unlink()
    return equal


def _address(to: str) -> str:
    """As `open_store` wants it."""
    if to.startswith(("postgresql://", SUPABASE)):
        return to
    if to.startswith(("https://", "http://")):
        return SUPABASE + to.rstrip("/")
    raise ConfigError("--to: allowed are postgresql://user:password@host/name and https://….supabase.co")


def key_for(to: str, variable: str) -> str:
    """The project's key, from the environment: on a command line everybody on the machine could read it."""
    if _address(to).startswith("postgresql:"):
        return ""
    key = os.environ.get(variable, "")
    if not key:
        raise ConfigError(f"{variable}: is empty; the secret key of the Supabase project is read from it")
    return key


def _name(address: str) -> str:
    """The target without a password: what the position is bound to."""
    if address.startswith(SUPABASE):
        return address.removeprefix(SUPABASE)
    parts = conninfo_to_dict(address)
    return "postgresql://{}@{}:{}/{}".format(*(parts.get(name, "") for name in ("user", "host", "port", "dbname")))


def _position(path: Path, target: Store, name: str, *, again: bool) -> Position:
    """Where an earlier try has stopped, or the beginning, for which the target must be empty."""
    position = Position.load(path)
    if position is None:
        if filled := copying.holding(target):
            raise ConfigError(f"--to: this database already holds data ({', '.join(filled)}); take an empty one")
        return Position(path, name)
    if position.target != name:
        raise ConfigError(f"{path} belongs to a copy to {position.target}; remove it to begin another")
    if position.finished and not again:
        raise ConfigError(
            f"everything was copied there already ({path}). --again compares, and brings what has changed here since:"
            " rows that differ there are overwritten"
        )
    if not position.finished and position.table:
        click.echo(f"Going on in {position.table}, after {position.rows} rows.")
    return position


def _still(database: Path, path: Path, position: Position) -> Path:
    """One moment of the store, in a file of its own: the application may run on while it is copied."""
    if not path.exists() or position.finished:
        part = path.with_suffix(".part")
        for old in (part, *path.parent.glob(f"{path.name}-*")):  # a log left by a killed try belongs to another file
            old.unlink(missing_ok=True)
        snapshot.take(database, part)
        os.replace(part, path)
        position.finished = False
        position.save()
    return path


def _copy(source: Store, target: Store, position: Position, counts: dict[str, int]) -> None:
    for table in copying.copied_tables():
        if table not in position.done:
            with _progress(f"copying {table}", counts[table]) as told:
                copying.copy_table(source, target, table, position, told)


def _compared(source: Store, target: Store, counts: dict[str, int]) -> list[Comparison]:
    """What is not the same is brought over once, and compared again."""
    found = []
    for table in copying.copied_tables():
        with _progress(f"comparing {table}", counts[table]) as told:
            one = copying.compare_table(source, target, table, told, repair=True)
        if one.missing or one.different:
            click.echo(f"{table}: {one.missing} rows were missing, {one.different} different; brought over")
            one = copying.compare_table(source, target, table, lambda _: None)
        found.append(one)
    return found


def _files(source: Store, target: Store, folder: Path) -> str:
    """Bring the files of messages over where the target has a storage of its own. What was done, in a sentence."""
    here = folder / archive.FILES
    storage = target.files(here)
    if isinstance(storage, LocalFiles):
        return f"Files of messages stay in {here}."
    with TemporaryDirectory(dir=folder, prefix=".copy-") as work:
        copied = copying.copy_files(source, here, storage, Path(work))
    lacking = f", {copied.lacking} are lacking in {here}" if copied.lacking else ""
    return f"Files of messages: {copied.brought} brought over, {copied.known} were there{lacking}."


@contextmanager
def _progress(label: str, rows: int) -> Iterator[Told]:
    with click.progressbar(length=rows, label=f"{label:24}", show_pos=True) as bar:
        yield bar.update


def _tell(compared: list[Comparison]) -> None:
    click.echo(f"{'table':14} {'rows':>9}  same")
    for table in compared:
        click.echo(f"{table.table:14} {table.rows:9}  {'yes' if table.same else _difference(table)}")


def _difference(table: Comparison) -> str:
    told = ((table.missing, "missing"), (table.different, "different"), (table.foreign, "only in the target"))
    return "no: " + ", ".join(f"{count} {words}" for count, words in told if count)
