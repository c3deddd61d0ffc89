"""The board, for every backend: its columns as conditions, and which counts are kept so that nobody has to count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crystalbay.store.interface import By, Where
from models import STATUS_OF, Stage, Status

ARCHIVED = "archived"
"""The status of rows that stand in no column."""

CAP = 1000
"""Leads that are counted in a column at most, when neither a kept count nor an index alone tells how many there are."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: which leads stand in it under a filter; and the same upon `lead_counts`, where those tell it.

    `most`: so many of its leads are counted; None: all of them.
    """

    name: str
    where: tuple[Where, ...]
    kept: tuple[Where, ...] | None
    most: int | None


def columns(where: Sequence[Where], by: By, *, archived: bool = False) -> list[Column]:
    """The columns in order. `archived`: the archived leads instead, each where it would stand."""
    names = [status.value for status in Status] if by == "status" else [stage.value for stage in Stage]
    return [_column(name, list(where), by, archived) for name in names]


def _column(name: str, where: list[Where], by: By, archived: bool) -> Column:
    stages = [stage for stage, status in STATUS_OF.items() if name in (status, stage)]
    status = ARCHIVED if archived else STATUS_OF[stages[0]].value
    place: list[Where] = [("status", "eq", status)]
    if archived or (by == "stage" and _shares_its_status(stages[0])):
        place.append(("stage", "in", [stage.value for stage in stages]))
    asked = _closed_lately(where) if STATUS_OF[stages[0]] is Status.CLOSED else _without_closing(where)
    kept = _kept(place, asked)
    return Column(name, (*place, *asked), kept, None if kept is not None or _only_lately(asked) else CAP)


def _shares_its_status(stage: Stage) -> bool:
    return list(STATUS_OF.values()).count(STATUS_OF[stage]) > 1


def _closed_lately(where: list[Where]) -> list[Where]:
    """Closed leads have a time of closing, by which an index finds the latest."""
    return [(c, "gte", value) if (c, op) == ("closed_at", "since") else (c, op, value) for c, op, value in where]


def _without_closing(where: list[Where]) -> list[Where]:
    """A lead that is open was never closed, or not for good."""
    return [part for part in where if part[:2] != ("closed_at", "since")]


def _only_lately(asked: list[Where]) -> bool:
    """Are the latest closings all that is asked for, of everybody or of some? The index of closings holds all that is
    counted then."""
    return all(column in ("closed_at", "assignee_id") and op in ("eq", "in", "gte") for column, op, _ in asked)


def _kept(place: list[Where], asked: list[Where]) -> tuple[Where, ...] | None:
    """Leads are counted by status, stage and assignee, nobody being ''."""
    if any(column != "assignee_id" or op not in ("eq", "in") for column, op, _ in asked):
        return None
    return (*place, *((column, op, _nobody(op, value)) for column, op, value in asked))


def _nobody(op: str, value: object) -> object:
    if op == "in":
        return [item or "" for item in value]  # type: ignore[attr-defined]
    return value or ""
