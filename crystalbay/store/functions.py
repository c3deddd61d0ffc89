"""The Store whose work is done by SQL functions in PostgreSQL (deploy/supabase/migrations): one implementation for a
direct connection and for Supabase, which differ only in how a function is called.

A commit is repeated as it is after a deadlock or a lost answer. When the repeat conflicts and a row that the commit
inserts is there, then the first try had been carried out: success (store_spike section 2).
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Float

from crystalbay.errors import Conflict, StoreError, StoreUnavailable
from crystalbay.store.board import CAP, columns
from crystalbay.store.board import Column as BoardPlace
from crystalbay.store.files import Files
from crystalbay.store.interface import (
    BoardColumn,
    By,
    Change,
    Delete,
    Done,
    Insert,
    InsertOnce,
    Require,
    Row,
    Update,
    UpdateWhere,
    Where,
)
from crystalbay.store.listeners import Listeners
from crystalbay.store.schema import Time, metadata, time_text
from crystalbay.store.text import search_words
from crystalbay.store.values import after_nulls, sorts_nulls, where_shape, with_nulls_last

PAUSES_S = (0.05, 0.3, 1.0)
"""How long to wait before a commit is repeated."""

PATIENCE_S = 5.0
"""A commit that has taken so long is not repeated: whoever waits for it has a time-out as well (Wazzup24: 30 s)."""


class LostAnswer(StoreUnavailable):
    """The connection broke or the time was up after the call was sent: nobody knows whether it was carried out."""


class Deadlock(StoreUnavailable):
    """The database undid the call because of others; the same call may be made again at once."""


class FunctionStore(ABC):
    """Everything but the way to the database: subclasses implement `_call`, `ping` and `close`."""

    def __init__(self) -> None:
        self._listeners = Listeners()

    @abstractmethod
    def _call(self, function: str, arguments: dict[str, Any]) -> Any:
        """Call a SQL function; its answer as plain data.

        Raises Conflict, StoreError, StoreUnavailable (surely not done), LostAnswer or Deadlock.
        """

    @abstractmethod
    def ping(self) -> None: ...

    @abstractmethod
    def close(self) -> None: ...

    @abstractmethod
    def files(self, folder: Path) -> Files: ...

    # ------------------------------------------------------------------ reading

    def find(
        self,
        table: str,
        where: Sequence[Where] = (),
        *,
        order: Sequence[str] = ("created_at", "id"),
        limit: int = 50,
        after: Sequence[Any] | None = None,
        desc: bool = False,
    ) -> list[Row]:
        marks = None if after is None else with_nulls_last(table, order, after, desc)
        rows = self._read(
            "find_rows",
            {
                "p_table": table,
                "p_where": _conditions(where),
                "p_order": list(order),
                "p_limit": limit,
                "p_nulls": _nulls(table, order, where, desc),
                "p_after": None if marks is None else [plain(value) for value in marks],
                "p_desc": desc,
            },
        )
        return [_row(table, row) for row in rows]

    def board(
        self,
        where: Sequence[Where],
        first: int,
        *,
        by: By = "status",
        order: str = "position",
        desc: bool = False,
        archived: bool = False,
        brief: bool = False,
    ) -> dict[str, BoardColumn]:
        wanted = columns(where, by, archived=archived)
        answer = self._read(
            "board",
            {
                "p_columns": [_plain_column(column) for column in wanted],
                "p_first": first,
                "p_order": order,
                "p_nulls": _nulls("leads", [order], (), desc),
                "p_desc": desc,
                "p_brief": brief,
                "p_most": CAP + 1,
            },
        )
        return {column.name: _board_column(column, answer[column.name]) for column in wanted}

    def _read(self, function: str, arguments: dict[str, Any]) -> Any:
        """A function that only reads may be asked once more when its answer was lost soon."""
        until = time.monotonic() + PATIENCE_S
        try:
            return self._call(function, arguments)
        except (LostAnswer, Deadlock):
            if time.monotonic() > until:
                raise
            return self._call(function, arguments)

    # ------------------------------------------------------------------ writing

    def commit(self, changes: Sequence[Change]) -> list[Done]:
        done = self._committed(changes)
        self._listeners.tell(changes)
        return done

    def _committed(self, changes: Sequence[Change]) -> list[Done]:
        asked = {"changes": [_plain_change(change) for change in changes]}
        lost, until = False, time.monotonic() + PATIENCE_S
        for pause in (*PAUSES_S, None):
            try:
                answers = self._call("commit_changes", asked)
                return [_done(change, answer) for change, answer in zip(changes, answers, strict=True)]
            except Conflict as conflict:
                if lost and self._carried_out(changes):
                    return [self._done_before(change) for change in changes]
                raise _placed(conflict, changes) from None
            except (LostAnswer, Deadlock) as error:
                lost = lost or isinstance(error, LostAnswer)
                if pause is None or time.monotonic() > until:
                    raise
                time.sleep(pause)
        raise AssertionError("the last round returns or raises")

    def _carried_out(self, changes: Sequence[Change]) -> bool:
        """Is a row there that this commit, and no other, inserts? A commit is done as a whole or not at all."""
        mine = next((change for change in changes if isinstance(change, Insert) and "id" in change.row), None)
        return mine is not None and bool(self.find(mine.table, [("id", "eq", mine.row["id"])], order=("id",), limit=1))

    def _done_before(self, change: Change) -> Done:
        """What a change of the first try, whose answer was lost, can be known to have done."""
        if not isinstance(change, Insert | InsertOnce):
            return Done()
        key = change.key if isinstance(change, InsertOnce) else ("id",)
        where: list[Where] = [(column, "eq", change.row[column]) for column in key]
        found = self.find(change.table, where, order=key, limit=1)[0]
        return Done(n=1, new=found.get("id") == change.row.get("id"), row=found)

    def on_commit(self, table: str, listener: Callable[[], None]) -> None:
        self._listeners.add(table, listener)

    # ------------------------------------------------------------------ jobs, leases, counts

    def claim_jobs(self, owner: str, limit: int, lease_s: float) -> tuple[list[Row], float | None]:
        answer = self._call("claim_jobs", {"p_owner": owner, "p_limit": limit, "p_lease": lease_s})
        return [_row("jobs", job) for job in answer["jobs"]], answer["wait"]

    def renew_jobs(self, owner: str, held: Sequence[tuple[str, int]], lease_s: float) -> list[str]:
        if not held:
            return []
        ids, attempts = [job_id for job_id, _ in held], [attempt for _, attempt in held]
        asked = {"p_owner": owner, "p_ids": ids, "p_attempts": attempts, "p_lease": lease_s}
        return [str(job_id) for job_id in self._call("renew_jobs", asked)]

    def take_lease(self, name: str, owner: str, ttl_s: float) -> int | None:
        term = self._call("take_lease", {"p_name": name, "p_owner": owner, "p_ttl": ttl_s})
        return None if term is None else int(term)

    def fold_counts(self) -> int:
        """In portions: after a great import there is more than one transaction should hold."""
        folded = last = int(self._call("fold_counts", {}))
        while last:
            last = int(self._call("fold_counts", {}))
            folded += last
        return folded


# --------------------------------------------------------------------------- to plain data


def plain(value: Any) -> Any:
    """A value as JSON can carry it: times as ISO text. PostgreSQL knows no NUL character: it becomes U+FFFD.

    Raises StoreError for a number of more than 64 bits, as SQLite does.
    """
    if isinstance(value, str):
        return value.replace("\0", "\ufffd") if "\0" in value else value
    if isinstance(value, Mapping):
        return {plain(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise StoreError(f"a number of more than 64 bits: {value}")
    return value.isoformat() if hasattr(value, "isoformat") else value


def _plain_row(table: str, row: Row) -> Row:
    """The values of a row as JSON can carry them. Raises ValueError, TypeError, AttributeError for a wrong type that
    PostgreSQL would silently convert."""
    writers = _WRITERS[table]
    return {column: value if value is None else writers.get(column, plain)(value) for column, value in row.items()}


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"not a boolean: {value!r}")
    return value


_WRITE: dict[type, Callable[[Any], Any]] = {Time: time_text, Boolean: _boolean}
_WRITERS = {
    name: {column.name: _WRITE[type(column.type)] for column in table.c if type(column.type) in _WRITE}
    for name, table in metadata.tables.items()
}


def _conditions(where: Sequence[Where]) -> list[Any]:
    return [[c, op, search_words(value) if op == "has" else plain(value)] for c, op, value in where]


def _nulls(table: str, order: Sequence[str], where: Sequence[Where], desc: bool) -> dict[str, Any]:
    """What a null counts as, of each column whose nulls have to be sorted."""
    columns, shape = metadata.tables[table].c, where_shape(where)
    return {name: plain(after_nulls(columns[name], desc)) for name in order if sorts_nulls(columns[name], shape)}


def _plain_column(column: BoardPlace) -> dict[str, Any]:
    kept = None if column.kept is None else _conditions(column.kept)
    return {"name": column.name, "where": _conditions(column.where), "kept": kept, "whole": column.most is None}


def _plain_change(change: Change) -> dict[str, Any]:
    told: dict[str, Any] = {"table": change.table, "op": _OPS[type(change)]}
    if isinstance(change, Insert | InsertOnce):
        told |= {"row": _plain_row(change.table, change.row), "now": dict(change.now)}
        return told | ({"key": list(change.key)} if isinstance(change, InsertOnce) else {})
    if not isinstance(change, UpdateWhere):
        told |= {"id": change.id, "expect": _plain_row(change.table, change.expect)}
    if isinstance(change, Update | UpdateWhere):
        told |= {"set": _plain_row(change.table, change.set), "add": _raised(change)}
    if isinstance(change, Update):
        told |= {"now": dict(change.now)}
    return told | ({"where": _conditions(change.where)} if isinstance(change, UpdateWhere) else {})


_OPS: dict[type, str] = {
    Insert: "insert",
    InsertOnce: "insert_once",
    Update: "update",
    UpdateWhere: "update_where",
    Require: "require",
    Delete: "delete",
}


def _raised(change: Update | UpdateWhere) -> dict[str, int]:
    """What is added up, the row's version among it."""
    add = dict(change.add) if isinstance(change, Update) else {}
    versioned = "version" in metadata.tables[change.table].c and "version" not in change.set
    return add | ({"version": 1} if versioned else {})


# --------------------------------------------------------------------------- from plain data

_READ: dict[type, Callable[[Any], Any]] = {Time: Time.from_text, Float: float}
_READERS = {
    name: [(column.name, _READ[type(column.type)]) for column in table.c if type(column.type) in _READ]
    for name, table in metadata.tables.items()
}
"""Columns whose values JSON cannot tell apart from text or whole numbers, with how they are read."""


def _row(table: str, row: Row) -> Row:
    """A row as it came, its times as moments. Changes it in place."""
    for column, read in _READERS[table]:
        if row.get(column) is not None:
            row[column] = read(row[column])
    return row


def _done(change: Change, answer: dict[str, Any]) -> Done:
    found = _row(change.table, answer.get("row") or {})
    if isinstance(change, Insert | InsertOnce) and answer["new"]:
        return Done(n=1, new=True, row=change.row | found)
    return Done(n=answer["n"], new=False, row=found)


def _board_column(column: BoardPlace, told: dict[str, Any]) -> BoardColumn:
    leads = [_row("leads", lead) for lead in told["leads"]]
    return BoardColumn.of(told["counts"], leads, column.most)


# --------------------------------------------------------------------------- errors

_UNIQUE = {
    str(constraint.name): (table.name, ",".join(column.name for column in constraint.columns))
    for table in metadata.tables.values()
    for constraint in table.constraints
    if hasattr(constraint, "columns") and str(constraint.name)[:3] in ("uq_", "pk_")
}
"""Constraint name → (table, columns)."""


def unique_conflict(constraint: str | None) -> StoreError:
    """The Conflict of a taken unique value, from the name of the constraint that refused it."""
    if constraint not in _UNIQUE:
        return StoreError(f"PostgreSQL: unique constraint {constraint}")
    table, columns = _UNIQUE[constraint]
    return Conflict(table, constraint=columns)


def _placed(conflict: Conflict, changes: Sequence[Change]) -> Conflict:
    """The same conflict with the id of the row that was refused, when only one can be meant."""
    if conflict.id is not None or conflict.constraint is None:
        return conflict
    taken = set(conflict.constraint.split(","))
    ids = {
        change.row.get("id") if isinstance(change, Insert | InsertOnce) else change.id
        for change in changes
        if change.table == conflict.table
        and (isinstance(change, Insert | InsertOnce) or (isinstance(change, Update) and taken & change.set.keys()))
    }
    return Conflict(conflict.table, ids.pop() if len(ids) == 1 else None, conflict.constraint)
