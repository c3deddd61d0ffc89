"""What `backup` and `restore` do: the embedded store and the files of messages, while the application runs."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import orjson

from crystalbay.config import Settings
from crystalbay.errors import ConfigError, StoreError
from crystalbay.ids import new_id
from crystalbay.store import archive, snapshot
from crystalbay.store.connection import MEMORY, database_of
from crystalbay.store.files import BUCKET
from crystalbay.store.schema import time_text
from crystalbay.store.snapshot import Overview

BEYOND = 100
"""How far the numbers of activities go on after the highest that a running process can have seen."""


def database(settings: Settings) -> Path:
    """The file of the embedded store. Raises ConfigError for any other store."""
    url = settings.store_url
    if url.startswith("postgresql:"):
        raise ConfigError(
            "DATABASE_URL: this store is PostgreSQL. pg_dump and pg_restore save and restore its rows, but not the"
            f" files of messages: these lie in {settings.data_dir.resolve() / archive.FILES}. Copy that folder too,"
            " after the dump: then it holds every file that a row names."
        )
    if not url.startswith("sqlite:"):
        raise ConfigError(
            "SUPABASE_URL: this store is a Supabase project; it makes backups itself (Database, Backups), or pg_dump"
            " does over its connection string. Both save its rows, but not the files of messages: these lie in the"
            f" bucket {BUCKET} of its Storage. Copy that bucket too, after the rows, over the S3 address of Storage."
        )
    path = database_of(url)[0]
    if path == MEMORY:
        raise ConfigError("DATABASE_URL: a store in memory (sqlite://) belongs to one process; no other can read it")
    return Path(path).resolve()


def back_up(settings: Settings, target: Path | None) -> None:
    path = database(settings)
    place = (target or _place(settings, "crystalbay")).resolve()
    made = archive.write(path, settings.data_dir / archive.FILES, place, datetime.now(UTC))
    assert made
    click.echo(f"{place}")
    click.echo(f"{_size(place)}, checked: {_rows(made)}")


def restore(settings: Settings, backup: Path, agreed: Callable[[str], bool]) -> None:
    """Check a backup, ask, keep what is there now, put the backup in its place. `agreed` is given the question."""
    path = database(settings)
    with archive.unpacked(backup, path.parent) as folder:
        copy = folder / archive.DATABASE
        snapshot.look_over(copy)
        snapshot.modernise(copy)
        overview = snapshot.look_over(copy)
        click.echo(f"{backup}: made at {archive.made_at(folder)}, {_rows(overview)}")
        if not agreed(f"Everything in {path} becomes what it was then. Go on?"):
            raise click.Abort
        _keep_present(settings, path)
        snapshot.change(copy, lambda raw: _settle(raw, backup.name, snapshot.highest(path, "activities", "seq")))
        files = archive.put_files(folder, settings.data_dir / archive.FILES)
        snapshot.put_back(copy, path)
    click.echo(f"Restored: {_rows(overview)}, {files} files. Running processes go on with it.")


def _keep_present(settings: Settings, path: Path) -> None:
    """A safety copy of the present rows; files are never removed by a restore. A damaged store is kept as it is."""
    if not path.exists():
        return
    place = _place(settings, "before-restore")
    try:
        archive.write(path, None, place, datetime.now(UTC), verified=False)
    except StoreError as error:
        raise ConfigError(
            f"the present store cannot be read ({error}). Stop the application, move {path}* away, restore again"
        ) from None
    click.echo(f"What was there until now: {place}")


def _settle(raw: sqlite3.Connection, name: str, seen: int) -> None:
    """Make a copy ready to be gone on with.

    What waited to be sent when the backup was made has perhaps been sent since: nobody knows, so a person looks at it.
    The activity that tells of the restore has a number beyond all that running processes have seen, so that their
    live events go on.
    """
    raw.execute(
        "update messages set state = 'unknown', error = ?, version = version + 1"
        " where direction = 'out' and state in ('queued', 'sending')",
        ("Восстановлено из копии: возможно, уже было отправлено",),
    )
    (last,) = raw.execute("select coalesce(max(seq), 0) from activities").fetchone()
    told = orjson.dumps({"text": f"База восстановлена из копии {name}"}).decode()
    raw.execute(
        "insert into activities (seq, id, kind, actor_kind, data, created_at)"
        " values (?, ?, 'restored', 'system', ?, ?)",
        (max(last, seen) + BEYOND, new_id(), told, time_text(datetime.now(UTC))),
    )


def _place(settings: Settings, what: str) -> Path:
    moment = datetime.now(ZoneInfo(settings.timezone))
    return settings.data_dir.resolve() / "backups" / f"{what}-{moment:%Y-%m-%d-%H%M%S}.tar"


def _rows(overview: Overview) -> str:
    told = ("leads", "customers", "messages")
    return f"{overview.total} rows ({', '.join(f'{overview.rows.get(name, 0)} {name}' for name in told)})"


def _size(path: Path) -> str:
    return f"{path.stat().st_size / 1024 / 1024:.1f} MiB"
