"""The files of the simulated Supabase Storage: buckets and objects on disk, kept between runs.

A bucket is a folder, an object is a file with its bytes beside one with what is known about it; both are named by a
digest, so that no key of a client becomes a path.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

Info = dict[str, Any]

_KEY = re.compile(r"[\w/!.*'() &$@=;:+,?-]+", re.ASCII)  # the same characters as Storage takes
_BUCKET = re.compile(r"[\w!.*'() &$@=;:+,?-]+", re.ASCII)


class StorageRefusal(Exception):
    """Storage answers HTTP 400 to nearly everything; the status that it means is in the body, as a string."""

    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(message)
        self.body = {"statusCode": str(status), "error": error, "message": message}


def no_bucket() -> StorageRefusal:
    return StorageRefusal(404, "Bucket not found", "Bucket not found")


def no_object() -> StorageRefusal:
    return StorageRefusal(404, "not_found", "Object not found")


class Files:
    """Safe for many threads of one process. All methods raise StorageRefusal."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.RLock()

    def clear(self) -> None:
        with self._lock:
            shutil.rmtree(self._folder, ignore_errors=True)

    # ------------------------------------------------------------------ buckets

    def buckets(self) -> list[Info]:
        return sorted((_read(path) for path in self._folder.glob("*/bucket.json")), key=lambda info: str(info["name"]))

    def bucket(self, name: str) -> Info:
        path = self._bucket_folder(name) / "bucket.json"
        if not path.exists():
            raise no_bucket()
        return _read(path)

    def create_bucket(self, name: str, wishes: Info) -> Info:
        if not _BUCKET.fullmatch(name):
            raise StorageRefusal(400, "InvalidBucketName", "Bucket name invalid")
        with self._lock:
            if (self._bucket_folder(name) / "bucket.json").exists():
                raise StorageRefusal(409, "Duplicate", "The resource already exists")
            at = _now()
            return self._write_bucket(name, {"owner": "", "created_at": at, "updated_at": at}, wishes)

    def change_bucket(self, name: str, wishes: Info) -> Info:
        with self._lock:
            return self._write_bucket(name, self.bucket(name) | {"updated_at": _now()}, wishes)

    def delete_bucket(self, name: str) -> None:
        with self._lock:
            if self.list(name):
                raise StorageRefusal(409, "InvalidRequest", "The bucket you tried to delete is not empty")
            shutil.rmtree(self._bucket_folder(name))

    def empty_bucket(self, name: str) -> None:
        self.remove(name, [str(info["name"]) for info in self.list(name)])

    # ------------------------------------------------------------------ objects

    def put(self, bucket: str, key: str, content: bytes, *, mime: str, cache: str, replace: bool) -> Info:
        limits = self.bucket(bucket)
        if not _KEY.fullmatch(key):
            raise StorageRefusal(400, "InvalidKey", f"Invalid key: {key}")
        if limits["file_size_limit"] is not None and len(content) > limits["file_size_limit"]:
            raise StorageRefusal(413, "Payload too large", "The object exceeded the maximum allowed size")
        allowed = limits["allowed_mime_types"]
        if allowed is not None and mime.split(";")[0] not in allowed:
            raise StorageRefusal(415, "invalid_mime_type", f"mime type {mime} is not supported")
        data, facts = self._paths(bucket, key)
        with self._lock:
            if facts.exists() and not replace:
                raise StorageRefusal(409, "Duplicate", "The resource already exists")
            old = _read(facts) if facts.exists() else {"id": str(uuid4()), "created_at": _now()}
            metadata = {"mimetype": mime, "size": len(content), "cacheControl": cache, "contentLength": len(content)}
            info = old | {"name": key, "bucket_id": bucket, "updated_at": _now(), "metadata": metadata}
            _replace(data, content)
            _replace(facts, json.dumps(info).encode())
        return info

    def get(self, bucket: str, key: str) -> tuple[Info, bytes]:
        data, facts = self._paths(bucket, key)
        with self._lock:
            self.bucket(bucket)
            if not facts.exists():
                raise no_object()
            return _read(facts), data.read_bytes()

    def remove(self, bucket: str, keys: list[str]) -> list[Info]:
        """What was there and is gone now."""
        gone = []
        with self._lock:
            self.bucket(bucket)
            for key in keys:
                data, facts = self._paths(bucket, key)
                if facts.exists():
                    gone.append(_read(facts))
                    facts.unlink()
                    data.unlink()
        return gone

    def list(self, bucket: str) -> list[Info]:
        """All objects of a bucket, by name."""
        self.bucket(bucket)
        return sorted(self._objects(bucket), key=lambda info: str(info["name"]))

    # ------------------------------------------------------------------ paths

    def _objects(self, bucket: str) -> Iterator[Info]:
        with self._lock:
            for path in self._bucket_folder(bucket).glob("*.json"):
                if path.name != "bucket.json":
                    yield _read(path)

    def _write_bucket(self, name: str, known: Info, wishes: Info) -> Info:
        defaults = {"public": False, "file_size_limit": None, "allowed_mime_types": None}
        chosen = {field: wishes[field] for field in defaults if field in wishes}
        info = {"id": name, "name": name, **defaults, **known, **chosen}
        self._bucket_folder(name).mkdir(parents=True, exist_ok=True)
        _replace(self._bucket_folder(name) / "bucket.json", json.dumps(info).encode())
        return info

    def _bucket_folder(self, name: str) -> Path:
        return self._folder / _digest(name)

    def _paths(self, bucket: str, key: str) -> tuple[Path, Path]:
        stem = self._bucket_folder(bucket) / _digest(key)
        return stem.with_suffix(".data"), stem.with_suffix(".json")


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def _read(path: Path) -> Info:
    info: Info = json.loads(path.read_bytes())
    return info


def _replace(path: Path, content: bytes) -> None:
    """Whole or not at all, also when the process is killed."""
    fresh = path.with_suffix(".new")
    fresh.write_bytes(content)
    os.replace(fresh, path)


def _now() -> str:
    return datetime.now(UTC).isoformat()
