"""What the tables of the understanding engine share: a fixed clock, and a line of a table as a case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from nlp_processor import understand

NOW = datetime.fromisoformat("2026-05-12T12:00:00+03:00")
"""A Tuesday."""


def slots(text: str, *names: str, context: dict[str, Any] | None = None) -> dict[str, Any]:
    """The slots of a message, those of these names alone if any are named."""
    found = understand(text, context, now=NOW).slots
    return {name: value for name, value in found.items() if name in names} if names else found


def cases(table: str) -> Iterator[tuple[str, ...]]:
    """The lines of a table, its columns separated by bars; empty lines and those that begin with # are left out."""
    for line in table.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            yield tuple(cell.strip() for cell in line.split("|"))
