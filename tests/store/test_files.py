"""Files of messages are kept whole, by every store in its own way."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from crystalbay.errors import NotFound
from crystalbay.ids import new_id
from crystalbay.store.files import Files, LocalFiles
from crystalbay.store.interface import Store
from tests.store.rows import at_once


@pytest.fixture
def files(store: Store, tmp_path: Path) -> Files:
    return store.files(tmp_path / "attachments")


def given(folder: Path, content: bytes) -> Path:
    path = folder / f"{new_id()}.part"
    path.write_bytes(content)
    return path


def test_a_file_comes_back_as_it_was(files: Files, tmp_path: Path) -> None:
    key, content = new_id(), bytes(range(256)) * 1000
    path = given(tmp_path, content)
    files.put(key, path, "image/png")
    assert b"".join(files.read(key)) == content
    assert not path.exists(), "it belongs to the storage now"


def test_the_same_file_again_replaces_it(files: Files, tmp_path: Path) -> None:
    key = new_id()
    for content in (b"first", b"second"):
        files.put(key, given(tmp_path, content), "text/plain")
    assert b"".join(files.read(key)) == b"second"


def test_a_file_is_forgotten(files: Files, tmp_path: Path) -> None:
    kept, key = new_id(), new_id()
    files.delete(key)
    for one in (kept, key):
        files.put(one, given(tmp_path, b"a passport"), "image/png")
    files.delete(key)
    files.delete(key)
    assert (files.has(key), files.has(kept)) == (False, True)
    with pytest.raises(NotFound):
        files.read(key)


def test_a_folder_on_another_file_system_takes_files_too(tmp_path: Path) -> None:
    """Several machines over one PostgreSQL share it, each with a disk of its own for what is on its way."""
    with TemporaryDirectory(dir="/dev/shm") as shared:
        if Path(shared).stat().st_dev == tmp_path.stat().st_dev:
            pytest.skip("there is one file system only")
        storage, path = LocalFiles(Path(shared)), given(tmp_path, b"a passport")
        storage.put("a-1", path, "image/png")
        assert b"".join(storage.read("a-1")) == b"a passport"
        assert not path.exists()
        assert [one.name for one in Path(shared).iterdir()] == ["a-1"]


def test_a_file_that_is_not_there_is_named_before_the_first_piece(files: Files, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        files.read(new_id())
    files.put(new_id(), given(tmp_path, b"another"), "text/plain")
    with pytest.raises(NotFound):
        files.read(new_id())


def test_whether_a_file_is_there_can_be_asked(files: Files, tmp_path: Path) -> None:
    key = new_id()
    assert not files.has(key)
    files.put(key, given(tmp_path, b"one"), "text/plain")
    assert files.has(key)


def test_readers_who_do_not_read_hold_nothing_of_the_store(store: Store, files: Files, tmp_path: Path) -> None:
    """Slow browsers, or such that went away before the first piece: more than the store has connections."""
    key, content = new_id(), bytes(range(256)) * 8000
    files.put(key, given(tmp_path, content), "image/png")
    readers = [files.read(key) for _ in range(25)]
    begun = [next(reader) for reader in readers[::2]]
    began = time.monotonic()
    store.ping()
    assert store.take_lease("schedule", "a", 60.0) == 1
    assert time.monotonic() - began < 1
    readers[0].close()
    assert begun[1] + b"".join(readers[2]) == content
    for reader in readers:
        reader.close()


def test_a_reader_that_was_never_begun_leaves_no_file_open(files: Files, tmp_path: Path) -> None:
    key = new_id()
    files.put(key, given(tmp_path, bytes(2_000_000)), "image/png")
    files.read(key).close()  # connections open
    before = len(list(Path("/proc/self/fd").iterdir()))
    for reader in [files.read(key) for _ in range(10)]:
        reader.close()
        assert list(reader) == []
    assert len(list(Path("/proc/self/fd").iterdir())) < before + 5  # some are of connections that came meanwhile


def test_the_first_files_may_come_at_once(files: Files, tmp_path: Path) -> None:
    keys = [new_id() for _ in range(4)]
    paths = [given(tmp_path, key.encode()) for key in keys]
    done = at_once(
        *(lambda k=key, p=path: files.put(k, p, "text/plain") for key, path in zip(keys, paths, strict=True))
    )
    assert done == [None] * 4
    assert [b"".join(files.read(key)) for key in keys] == [key.encode() for key in keys]
