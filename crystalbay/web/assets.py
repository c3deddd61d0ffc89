"""Static files, compressed and cached without a proxy (WhiteNoise, docs/decisions/0012-static-files.md).

Pages name them under /static/VERSION/, where VERSION is a hash of all of them: such an answer never changes and is kept
for ever. The same files are also at /static/, kept for some minutes.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from crystalbay.web.security import POLICY

FOLDER = Path(__file__).parents[2] / "static"
MINUTES_S = 300

_VERSIONED = re.compile(r"/static/([0-9a-f]{12})/")

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


@cache
def version() -> str:
    """A hash of all static files, by name and content."""
    digest = hashlib.sha256()
    for path in sorted(path for path in FOLDER.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(FOLDER)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


class Assets:
    """WSGI in front of the application. Compressed copies are made in `kept` when the first file is asked for."""

    def __init__(self, app: Wsgi, kept: Path) -> None:
        self._app, self._kept = app, kept.resolve()
        self._noise: Wsgi | None = None
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not path.startswith("/static/"):
            return self._app(environ, start_response)
        older = _VERSIONED.match(path)
        if older and older[1] != version():  # a page that was opened before the server changed goes on
            environ["PATH_INFO"] = f"/static/{path[older.end() :]}"
        if self._noise is None:
            with self._lock:
                self._noise = self._noise or self._prepared()
        return self._noise(environ, start_response)

    def _prepared(self) -> Wsgi:
        from whitenoise import WhiteNoise

        noise = WhiteNoise(
            self._app,
            max_age=MINUTES_S,
            allow_all_origins=False,
            add_headers_function=_protect,
            immutable_file_test=lambda _path, url: url.startswith(f"/static/{version()}/") or "/vendor/" in url,
        )
        files = compressed(self._kept)
        noise.add_files(files, prefix="static/")
        noise.add_files(files, prefix=f"static/{version()}/")
        made: Wsgi = noise
        return made


def _protect(headers: Any, _path: str, _url: str) -> None:
    headers["Content-Security-Policy"] = POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"


def compressed(kept: Path) -> Path:
    """The folder with the files and their compressed copies; made once for each version, older ones go."""
    ready = kept / version()
    if not ready.is_dir():
        kept.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(dir=kept, prefix="making-"))
        shutil.copytree(FOLDER, making / "files")
        _compress(making / "files")
        try:
            (making / "files").rename(ready)
        except OSError:  # another process was faster: its folder is the same
            if not ready.is_dir():
                raise
        shutil.rmtree(making, ignore_errors=True)
        for old in kept.iterdir():
            if old != ready and not old.name.startswith("making-"):
                shutil.rmtree(old, ignore_errors=True)
    return ready


def _compress(folder: Path) -> None:
    from whitenoise.compress import Compressor

    smaller = Compressor(use_brotli=False, quiet=True)
    for path in folder.rglob("*"):
        if path.is_file() and smaller.should_compress(path.name):
            smaller.compress(str(path))
