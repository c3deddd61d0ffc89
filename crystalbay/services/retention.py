"""What may be forgotten after some days: ended jobs, kept answers, old searches, old notices, sessions that nobody
used, links that expired, misses at signing in.

Inbox rows, activities and offers stay.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from crystalbay.errors import Conflict
from crystalbay.services import notices, sessions, throttle, uploads
from crystalbay.services.context import Context
from crystalbay.store.interface import Change, Delete, Where

KEEP_DONE_JOBS = timedelta(days=3)
KEEP_DEAD_JOBS = timedelta(days=30)
KEEP_ANSWERS = timedelta(days=2)
KEEP_SEARCHES = timedelta(days=2)
KEEP_LOOKERS = timedelta(days=1)
AT_ONCE = 500


def tidy(ctx: Context) -> list[Change]:
    """Delete in portions, each a commit of its own; nothing is left for the job's own commit."""
    now = ctx.clock.now()
    _forget(ctx, "jobs", [("state", "eq", "done"), ("finished_at", "lt", now - KEEP_DONE_JOBS)], "finished_at")
    _forget(ctx, "jobs", [("state", "eq", "dead"), ("finished_at", "lt", now - KEEP_DEAD_JOBS)], "finished_at")
    _forget(ctx, "answers", [("created_at", "lt", now - KEEP_ANSWERS)], "created_at")
    _forget(ctx, "bulk_acts", [("created_at", "lt", now - KEEP_ANSWERS)], "created_at")
    _forget(ctx, "notices", [("created_at", "lt", now - notices.KEEP)], "created_at")
    _forget(ctx, "notice_reads", [("created_at", "lt", now - notices.KEEP)], "created_at")
    _forget(ctx, "sessions", [("last_seen_at", "lt", now - sessions.IDLE)], "last_seen_at")
    _forget(ctx, "user_links", [("expires_at", "lt", now)], "expires_at")
    _forget(ctx, "throttles", [("last_at", "lt", now - throttle.KEEP)], "last_at")
    _forget(ctx, "lookers", [("seen_at", "lt", now - KEEP_LOOKERS)], "seen_at")
    _forget_searches(ctx)
    uploads.forget_unsent(ctx)
    return []


def _forget(ctx: Context, table: str, where: list[Where], order: str) -> None:
    while rows := ctx.store.find(table, where, order=(order, "id"), limit=AT_ONCE):
        with suppress(Conflict):  # somebody else was faster with one of them: the next reading knows
            ctx.store.commit([Delete(table, row["id"], expect={order: row[order]}) for row in rows])


def _forget_searches(ctx: Context) -> None:
    """Those that ended and that nobody waits for. One that is asked for again meanwhile conflicts, and stays."""
    ended: list[Where] = [("state", "in", ("done", "failed")), ("fetched_at", "lt", ctx.clock.now() - KEEP_SEARCHES)]
    after = None
    while rows := ctx.store.find("searches", ended, order=("fetched_at", "id"), limit=AT_ONCE, after=after):
        after = rows[-1]["fetched_at"], rows[-1]["id"]
        keys = [row["id"] for row in rows]
        waiting = ctx.store.find("conversations", [("waiting_for", "in", keys)], order=("id",), limit=10 * AT_ONCE)
        wanted = {chat["waiting_for"] for chat in waiting}
        ctx.store.commit(
            [
                Delete("searches", row["id"], expect={"state": row["state"], "generation": row["generation"]})
                for row in rows
                if row["id"] not in wanted
            ]
        )
