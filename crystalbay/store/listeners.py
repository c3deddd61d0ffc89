"""Who is called after a commit of this process: the claimer for new jobs, the live stream for new activities."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from crystalbay.store.interface import Change


class Listeners:
    """By table."""

    def __init__(self) -> None:
        self._all: list[tuple[str, Callable[[], None]]] = []

    def add(self, table: str, listener: Callable[[], None]) -> None:
        self._all.append((table, listener))

    def tell(self, changes: Sequence[Change]) -> None:
        """Call those of every table that the commit has changed."""
        tables = {change.table for change in changes}
        for table, listener in self._all:
            if table in tables:
                listener()
