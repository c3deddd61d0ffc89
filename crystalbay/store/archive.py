"""A backup is one tar file: `manifest.json`, `crystalbay.db`, and the files of messages under `attachments/`.

One file cannot lose half of itself, every system can open it, and it is there whole or not at all: it is written
beside its place and renamed. The secrets under DATA_DIR are not in it.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from crystalbay.errors import ConfigError, StoreError
from crystalbay.store import snapshot
from crystalbay.store.snapshot import Overview, sync

DATABASE, MANIFEST, FILES = "crystalbay.db", "manifest.json", "attachments"
FORMAT = 1


def write(database: Path, files: Path | None, target: Path, now: datetime, *, verified: bool = True) -> Overview | None:
    """Back a running database up, with a folder of files if one is given. Answers what is in it.

    `verified`: what was copied is checked and counted; without it a damaged database can be kept as it is, and the
    answer is None. Raises ConfigError when `target` is there or cannot be written, StoreError for what is wrong with
    the database.
    """
    if target.exists():
        raise ConfigError(f"{target} is already there")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
            copy, archive = Path(folder, DATABASE), Path(folder, "archive.tar")
            snapshot.take(database, copy)
            overview = snapshot.look_over(copy) if verified else None
            with tarfile.open(archive, "x") as tar:
                _add_manifest(tar, now, overview)
                tar.add(copy, DATABASE)
                _add_files(tar, files)
            archive.chmod(0o600)
            sync(archive)
            os.replace(archive, target)
        sync(target.parent)
    except OSError as error:
        raise ConfigError(f"{target} cannot be written: {error.strerror}") from None
    return overview


def _add_manifest(tar: tarfile.TarFile, now: datetime, overview: Overview | None) -> None:
    told = {"format": FORMAT, "made_at": now.isoformat()}
    told |= {"schema": overview.version, "rows": overview.rows} if overview else {}
    body = json.dumps(told, indent=1).encode()
    entry = tarfile.TarInfo(MANIFEST)
    entry.size, entry.mtime = len(body), int(now.timestamp())
    tar.addfile(entry, io.BytesIO(body))


def _add_files(tar: tarfile.TarFile, files: Path | None) -> None:
    """Whole files only. They never change; one that was removed meanwhile is not missed."""
    if files is None or not files.is_dir():
        return
    for path in sorted(files.rglob("*")):
        if path.is_file() and path.suffix != ".part":
            with suppress(FileNotFoundError):
                tar.add(path, f"{FILES}/{path.relative_to(files).as_posix()}")


@contextmanager
def unpacked(archive: Path, beside: Path) -> Iterator[Path]:
    """A folder in `beside` with the content of a backup, gone after the block. Raises ConfigError for another file."""
    try:
        beside.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=beside, prefix=".restore-") as folder:
            with tarfile.open(archive, "r:") as tar:
                for entry in tar:
                    _extract(tar, entry, Path(folder))
            if not Path(folder, DATABASE).exists():
                raise ConfigError(f"{archive} is no backup of Crystal Bay: {DATABASE} is not in it")
            yield Path(folder)
    except tarfile.TarError as error:
        raise ConfigError(f"{archive} is no whole backup: {error}") from None
    except OSError as error:
        raise ConfigError(f"{error.filename or archive}: {error.strerror}") from None


def _extract(tar: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path) -> None:
    """One of our entries; anything else (a link, a path that leads elsewhere) is not ours."""
    name = PurePosixPath(entry.name)
    ours = name.parts[:1] == (FILES,) or name.parts in ((DATABASE,), (MANIFEST,))
    source = tar.extractfile(entry) if entry.isreg() and ours and ".." not in name.parts else None
    if source is None:
        raise ConfigError(f"{entry.name!r} does not belong into a backup of Crystal Bay")
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with source, path.open("xb") as file:
        shutil.copyfileobj(source, file)


def made_at(folder: Path) -> str:
    """When an unpacked backup was made, as it says itself."""
    try:
        return str(json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["made_at"])
    except (OSError, ValueError, KeyError, TypeError):
        raise StoreError(f"{MANIFEST} is missing in the backup, or torn") from None


def put_files(folder: Path, files: Path) -> int:
    """Bring the files of an unpacked backup to their place: how many were not there. Those that are there stay."""
    missing = [path for path in (folder / FILES).rglob("*") if path.is_file()]
    missing = [path for path in missing if not (files / path.relative_to(folder / FILES)).exists()]
    for path in missing:
        place = files / path.relative_to(folder / FILES)
        place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, place)
    return len(missing)
