"""Which handler runs which kind of job, how patient it is, and what happens when it is given up."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime

import intelligent_chat_processor as brain
from crystalbay.chat import searching
from crystalbay.jobs.runner import Handler
from crystalbay.services import (
    attachments,
    bridge_watch,
    channel_watch,
    delivery,
    erased_replies,
    erasing,
    handing_over,
    inbox,
    outage,
    reminders,
    retention,
    revising,
    staff_buttons,
    staff_chat,
    staff_messages,
    staff_people,
    staff_replies,
    taps,
    tours,
)
from crystalbay.services.context import Context
from crystalbay.services.work import Job
from crystalbay.store.interface import Change
from models import DeliveryReport, MessageState

_AT_ONCE = threading.Semaphore(2)
"""Understanding computes; more threads of it would only take the interpreter from those that answer requests."""


def _thinking(ctx: Context, job: Job) -> list[Change]:
    with _AT_ONCE:
        return brain.process(ctx, job.payload["conversation_id"], job.claimed_at)


def _proposing(ctx: Context, job: Job) -> list[Change]:
    with _AT_ONCE:
        return brain.suggest(ctx, job)


def _watching(ctx: Context, *, full: bool) -> list[Change]:
    return [*channel_watch.watch(ctx, full=full), *(bridge_watch.watch(ctx) if full else [])]


def handlers(ctx: Context) -> Mapping[str, Handler]:
    """All kinds of jobs of this version."""

    def report(job: Job) -> list[Change]:
        told = DeliveryReport(
            external_id=job.payload["external_id"],
            state=MessageState(job.payload["state"]),
            at=datetime.fromisoformat(job.payload["at"]),
            error=job.payload["error"],
        )
        return inbox.report_again(ctx, told, (job.claimed_at - job.created_at).total_seconds())

    ingest = Handler(lambda job: inbox.ingest(ctx, job.payload["event_id"]))
    return {
        "ingest": ingest,
        outage.REPLAYED: ingest,
        "process": Handler(
            lambda job: _thinking(ctx, job),
            died=lambda job, error: brain.broken(ctx, job.payload["conversation_id"], error),
            failures=4,
        ),
        "suggest": Handler(lambda job: _proposing(ctx, job), failures=3),
        "searching": Handler(
            lambda job: searching.still_searching(ctx, job.payload["conversation_id"], job.payload["search"]),
            failures=2,
        ),
        "search": Handler(
            lambda job: tours.run(ctx, job.payload["search"]),
            died=lambda job, error: tours.failed(ctx, job.payload["search"], error),
            failures=3,
            at_once=4,
        ),
        "wake": Handler(lambda job: tours.wake(ctx, job.payload["search"])),
        "deliver": Handler(
            lambda job: delivery.deliver(ctx, job.payload["message_id"]),
            died=lambda job, error: delivery.give_up(ctx, job.payload["message_id"], error),
            failures=20,
            pause_s=3.0,
        ),
        revising.REVISE: Handler(
            lambda job: revising.revise(ctx, job), died=lambda job, error: revising.refused(ctx, job, error)
        ),
        revising.WITHDRAW: Handler(
            lambda job: revising.take_back(ctx, job), died=lambda job, error: revising.refused(ctx, job, error)
        ),
        "report": Handler(report),
        "fetch": Handler(
            lambda job: attachments.fetch(ctx, job.payload["message_id"], job.payload["file_id"]),
            died=lambda job, error: attachments.given_up(ctx, job.payload["message_id"], job.payload["file_id"], error),
            at_once=4,
        ),
        "assess": Handler(lambda job: brain.understand_import(ctx, job.payload["message_id"]), failures=4),
        erasing.ON_REQUEST: Handler(lambda job: erasing.on_request(ctx, job), died=erasing.not_erased),
        erasing.KIND: Handler(lambda job: erasing.go_on(ctx, job), failures=8),
        "register": Handler(
            lambda job: channel_watch.register(ctx),
            died=lambda job, error: channel_watch.not_registered(ctx, error),
            failures=6,
        ),
        "set_up_bot": Handler(
            lambda job: bridge_watch.set_up(ctx),
            died=lambda job, error: bridge_watch.not_set_up(ctx, error),
            failures=6,
        ),
        "press": Handler(lambda job: taps.press(ctx, job), failures=2, pause_s=0.5),
        staff_messages.KIND: Handler(
            lambda job: staff_messages.tell(ctx, job), died=staff_messages.given_up, failures=10, pause_s=3.0
        ),
        staff_people.SAID: Handler(lambda job: staff_chat.said(ctx, job)),
        staff_chat.PRESSED: Handler(lambda job: staff_buttons.press(ctx, job), failures=4),
        staff_chat.EDITED: Handler(lambda job: staff_replies.change(ctx, job), failures=4),
        erased_replies.UNTELL: Handler(lambda job: erased_replies.put_away(ctx, job), failures=4),
        "watch": Handler(lambda job: _watching(ctx, full=job.payload["full"]), failures=1),
        handing_over.KIND: Handler(lambda job: handing_over.hand_over(ctx, job)),
        "remind": Handler(
            lambda job: reminders.remind(ctx, job.payload["reminder_id"], datetime.fromisoformat(job.payload["due_at"]))
        ),
        "tidy": Handler(lambda job: retention.tidy(ctx), failures=1),
    }
