"""What may be forgotten: finished jobs and kept answers after some days. Inbox rows and activities stay."""

from __future__ import annotations

from datetime import timedelta

from crystalbay.services.context import Context
from crystalbay.store.interface import Change, Delete, Where

KEEP_DONE_JOBS = timedelta(days=3)
KEEP_ANSWERS = timedelta(days=2)
AT_ONCE = 500


def tidy(ctx: Context) -> list[Change]:
    """Delete in portions, each a commit of its own; nothing is left for the job's own commit."""
    now = ctx.clock.now()
    _forget(ctx, "jobs", [("state", "eq", "done"), ("finished_at", "lt", now - KEEP_DONE_JOBS)], "finished_at")
    _forget(ctx, "answers", [("created_at", "lt", now - KEEP_ANSWERS)], "created_at")
    return []


def _forget(ctx: Context, table: str, where: list[Where], order: str) -> None:
    while rows := ctx.store.find(table, where, order=(order, "id"), limit=AT_ONCE):
        ctx.store.commit([Delete(table, row["id"]) for row in rows])
