"""Which Chromium the tests, the benchmarks and the screenshots use, and how it is started."""

from __future__ import annotations

import shutil

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def program() -> str | None:
    """The path of Debian's headless shell (the same engine without a window, and faster), else of Chromium itself."""
    return shutil.which("chromium-headless-shell") or shutil.which("chromium")
