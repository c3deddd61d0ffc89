"""A customer's personal data is erased for ever.

What stays is what the office counts by: leads with stage, value and trip, the times and kinds of what happened. What
goes: name, phone, e-mail, identities, addresses of chats, texts, files, notes, quotes, ids of outside systems; and the
raw bodies in which his messages came.

It is done in two steps. The first is one commit: nobody can be found, reached or answered any more, whoever writes
again is a new customer, and a job is there for the rest. The second takes text after text, in portions, and may be
done any number of times: when it is cut off, the job does it. Backups that were made before hold the data until they
are thrown away.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from crystalbay.errors import Conflict, StoreError
from crystalbay.services import customer_cards, erased_texts, settings
from crystalbay.services.activities import activity
from crystalbay.services.context import Context
from crystalbay.services.handover import tell
from crystalbay.services.holdings import Holder, as_read
from crystalbay.services.leads import RETRIES
from crystalbay.services.reading import every
from crystalbay.services.viewers import Viewer
from crystalbay.services.work import Job, new_job
from crystalbay.store.interface import Change, Delete, Row, Store, Update, UpdateWhere, Where
from crystalbay.store.text import search_text
from models import Direction, MessageState, Mode

ON_REQUEST = "erase_on_request"
"""The kind of the job that erases a customer who asked for it himself in his chat."""

_HIMSELF = Viewer("customer", "Клиент сам", scopes=frozenset({"admin"}))

KIND = "erase"
"""The kind of the job that goes on with an erasure that was cut off."""

PATIENCE_S = 60.0
"""How long the job leaves the work to the one who asked for it."""

_UNSENT = (MessageState.SCHEDULED.value, MessageState.QUEUED.value)


def erase(ctx: Context, viewer: Viewer, customer_id: str) -> None:
    """Erase a customer and those who were merged into him. Asked again, it does what the first time has left.

    Raises NotFound; VersionConflict when he was merged into another.
    """
    viewer.require("admin")
    for _ in range(RETRIES):
        if not customer_cards.read(ctx, viewer, customer_id)["erased_at"]:
            held = Holder.read(ctx.store, customer_cards.to_change(ctx, viewer, customer_id))
            try:
                ctx.store.commit([*_unfindable(ctx, viewer, held), _job(held), *_told(viewer, held)])
            except Conflict:
                continue
        _finish(ctx, customer_id)
        return
    raise StoreError("overtaken too often while a customer was erased")


def on_request(ctx: Context, job: Job) -> list[Change]:
    """The job behind /delete_me. It has waited until the goodbye was sent: afterwards nobody knows the chat."""
    rows = ctx.store.find("customers", [("id", "eq", job.payload["customer_id"])], limit=1)
    while rows and rows[0]["merged_into"]:  # joined with another meanwhile: he is that one now
        rows = ctx.store.find("customers", [("id", "eq", rows[0]["merged_into"])], limit=1)
    if rows:
        erase(ctx, _HIMSELF, rows[0]["id"])
    return []


def not_erased(job: Job, error: str) -> list[Change]:
    """It was given up: a customer waits for it, so people must know."""
    return [tell("integration", state="not_erased", customer_id=job.payload["customer_id"], error=error)]


def _job(held: Holder) -> Change:
    """What goes on if the second step is cut off. It knows what the chats were called: their rows do not any more."""
    chats = [
        {"provider": chat["provider"], "chat_id": chat["external_chat_id"], "since": chat["created_at"].isoformat()}
        for chat in held.conversations
        if chat["answerable"] or chat["provider"] != "import"
    ]
    return new_job(KIND, {"customer_id": held.id, "chats": chats}, key=_key(held.id), delay=PATIENCE_S)


def _key(customer_id: str) -> str:
    return f"{KIND}:{customer_id}"


def _finish(ctx: Context, customer_id: str) -> None:
    """The second step, here and now; then nothing is left for the job, unless it has begun already."""
    waiting = ctx.store.find("jobs", [("key", "eq", _key(customer_id))], order=("seq",), limit=1)
    erased_texts.erase(ctx, customer_id, waiting[0]["payload"].get("chats", ()) if waiting else ())
    if waiting:
        with suppress(Conflict):
            ctx.store.commit([Delete("jobs", waiting[0]["id"], expect={"state": "ready"})])


def go_on(ctx: Context, job: Job) -> list[Change]:
    """The job: what an erasure that was cut off has left. Its payload, which names chats, goes with its end."""
    erased_texts.erase(ctx, job.payload["customer_id"], job.payload["chats"])
    return [Update("jobs", job.id, {"payload": {}})]


# --------------------------------------------------------------------------- the first step


def _unfindable(ctx: Context, viewer: Viewer, held: Holder) -> list[Change]:
    """Rows, identities, chats and leads say nothing of who he was, and nothing of the machine's goes on."""
    everybody = [held.row, *_merged_into(ctx.store, held.id)]
    nobody: Row = dict.fromkeys(("name", "phone", "email", "language", "changed")) | {"search_text": ""}
    merges = every(ctx.store, "merges", [("kept_id", "in", [row["id"] for row in everybody])])
    reasons = settings.read(ctx.store).loss_reasons
    return [
        *(Update("customers", row["id"], nobody, expect=as_read(row), now={"erased_at": 0.0}) for row in everybody),
        *(Delete("identities", row["id"], expect={"customer_id": held.id}) for row in held.identities),
        *(Delete("merges", row["id"]) for row in merges),
        *(change for chat in held.conversations for change in _chat_over(chat)),
        *(_lead_of_nobody(lead, reasons) for lead in held.leads),
    ]


def _merged_into(store: Store, customer_id: str) -> list[Row]:
    rows = list(every(store, "customers", [("merged_into", "eq", customer_id)]))
    return [*rows, *(deeper for row in rows for deeper in _merged_into(store, row["id"]))]


def _chat_over(chat: Row) -> list[Change]:
    """A chat that nobody writes to again: the same person's next message begins another one. Drafts of the machine
    are dropped by the count of messages, which goes on."""
    sets: Row = {
        "external_chat_id": "",
        "chat_key": f"erased:{chat['id']}",
        "answerable": False,
        "mode": Mode.HUMAN.value,
        "unread": 0,
        "state": {},
        "waiting_for": None,
        "process_queued": False,
    }
    guard = {name: chat[name] for name in ("customer_id", "chat_key", "lead_id", "unread")}
    here: Where = ("conversation_id", "eq", chat["id"])
    out: tuple[Where, ...] = (here, ("direction", "eq", Direction.OUT.value))
    heard: tuple[Where, ...] = (here, ("state", "eq", MessageState.RECEIVED.value))
    return [
        Update("conversations", chat["id"], sets, expect=guard, add={"inbound_no": 1}),
        UpdateWhere("messages", (*out, ("state", "in", _UNSENT)), {"state": MessageState.CANCELLED.value}),
        UpdateWhere("messages", (*out, ("state", "eq", MessageState.SENDING.value)), {"withdrawn": True}),
        UpdateWhere("messages", heard, {"state": MessageState.PROCESSED.value}),
    ]


def _lead_of_nobody(lead: Row, reasons: list[str]) -> Update:
    """A lead keeps where it stands and what it is worth; of the trip, not the customer's own words."""
    sets: Row = {
        "open_key": None,
        "external_id": None,
        "trip": lead["trip"] | {"wishes": [], "excluded": []},
        "evidence": {},
        "utm": None,
        "score_reasons": [],
        "lost_reason": lead["lost_reason"] if lead["lost_reason"] in reasons else None,
        "mode": Mode.HUMAN.value,
        "needs_human": None,
        "unread": 0,
        "waiting_since": None,
        "search_text": search_text(lead["title"]),
    }
    guard = {name: lead[name] for name in ("version", "customer_id")}
    return Update("leads", lead["id"], sets, expect=guard, now={"updated_at": 0.0})


def _told(viewer: Viewer, held: Holder) -> list[Change]:
    data: dict[str, Any] = {"customer_id": held.id}
    leads = [activity("customer.erased", viewer.actor, lead_id=lead["id"], **data) for lead in held.leads]
    return [*leads] or [activity("customer.erased", viewer.actor, **data)]
