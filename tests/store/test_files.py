"""Files of messages are kept whole, by every store in its own way."""

from __future__ import annotations

from pathlib import Path

import pytest

from crystalbay.errors import NotFound
from crystalbay.ids import new_id
from crystalbay.store.files import Files
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


def test_a_file_that_is_not_there_is_named_before_the_first_piece(files: Files, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        files.read(new_id())
    files.put(new_id(), given(tmp_path, b"another"), "text/plain")
    with pytest.raises(NotFound):
        files.read(new_id())


def test_the_first_files_may_come_at_once(files: Files, tmp_path: Path) -> None:
    keys = [new_id() for _ in range(4)]
    paths = [given(tmp_path, key.encode()) for key in keys]
    done = at_once(
        *(lambda k=key, p=path: files.put(k, p, "text/plain") for key, path in zip(keys, paths, strict=True))
    )
    assert done == [None] * 4
    assert [b"".join(files.read(key)) for key in keys] == [key.encode() for key in keys]
