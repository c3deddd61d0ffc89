"""What the machine would say while a person leads: the same engine and the same policy, on a copy of the dialogue.

Nothing of it is sent, and the conversation's state stays as it is. A search may run for it: the job looks again until
the search has ended. Where a person is needed anyway, or nothing was understood, nothing is proposed.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from crystalbay.chat.dialogue import Dialogue
from crystalbay.chat.outcome import offer_rows
from crystalbay.chat.turn import Turn
from crystalbay.errors import Conflict
from crystalbay.ids import new_id
from crystalbay.services import leads, tours
from crystalbay.services.activities import activity
from crystalbay.services.context import Context
from crystalbay.services.conversations import proposals_end
from crystalbay.services.viewers import BOT
from crystalbay.services.work import Job, Postpone, new_job
from crystalbay.store.interface import Change, Insert, Require, Row
from models import Direction, Mode

LOOK_AGAIN_S = 0.5
LONGEST_S = 60.0
"""How long a suggestion waits for its search."""

HARMLESS = frozenset({"wish"})
"""What a manager is asked beside that leaves an answer worth proposing."""


def suggest_job(turn: Turn) -> Change:
    """The job that proposes an answer to what was just overheard. It goes on from the trip before these words."""
    conversation = turn.conversation
    payload = {
        "conversation_id": conversation["id"],
        "inbound_no": conversation["inbound_no"],
        "trip": turn.lead["trip"],
        "messages": [message["id"] for message in turn.pending],
    }
    once = f"suggest:{conversation['id']}:{conversation['inbound_no']}"
    return new_job("suggest", payload, key=f"suggest:{conversation['id']}", once=once)


def suggest(ctx: Context, job: Job, hear: Callable[[Turn], None]) -> list[Change]:
    """The changes that keep a suggestion; older ones fall away. `hear`: the engine's understanding and policy."""
    found = ctx.store.find("conversations", [("id", "eq", job.payload["conversation_id"])], limit=1)
    if not found or not _wanted(ctx, found[0], job.payload):
        return []
    conversation = found[0]
    turn = _turn(ctx, conversation, job.payload)
    if turn is None:
        return []
    hear(turn)
    if turn.waiting_for and not turn.hand_over:
        if (job.claimed_at - job.created_at).total_seconds() > LONGEST_S:
            return []
        _begin_search(ctx, turn, turn.waiting_for)
        raise Postpone(LOOK_AGAIN_S)
    guard = Require("conversations", conversation["id"], {"version": conversation["version"]})
    return [guard, *proposals_end(conversation["id"]), *_kept(turn)]


def _wanted(ctx: Context, conversation: Row, payload: dict[str, Any]) -> bool:
    """Does a person lead, has the customer written nothing since, and has nobody answered meanwhile?"""
    if conversation["mode"] != Mode.HUMAN or not conversation["answerable"]:
        return False
    if conversation["inbound_no"] != payload["inbound_no"]:
        return False
    newest = ctx.store.find("messages", [("conversation_id", "eq", conversation["id"])], limit=20, desc=True)
    said = next((row for row in newest if row["author"] in ("customer", "manager")), None)
    return said is not None and said["direction"] == Direction.IN


def _turn(ctx: Context, conversation: Row, payload: dict[str, Any]) -> Turn | None:
    """A turn on copies; None when there is nothing to answer any more."""
    ids = payload["messages"]
    lead = ctx.store.find("leads", [("id", "eq", conversation["lead_id"])], limit=1)[0]
    pending = ctx.store.find("messages", [("id", "in", ids)], limit=len(ids))
    if leads.is_over(lead) or not any(row["text"].strip() for row in pending):
        return None
    return Turn.of(ctx, conversation, lead, pending, trip=dict(payload["trip"]), proposes=True)


def _begin_search(ctx: Context, turn: Turn, key: str) -> None:
    """The search that the draft waits for is started, unless it runs already."""
    if not tours.is_running(ctx, key):
        with suppress(Conflict):  # somebody else began it, or it has just ended: the job looks again anyway
            ctx.store.commit(turn.extra)


def _kept(turn: Turn) -> list[Change]:
    reply = turn.whole_reply()
    confused = turn.dialogue.confused > Dialogue.of(turn.conversation["state"]).confused
    if reply is None or confused or turn.hand_over or set(turn.beside) - HARMLESS:
        return []
    turn.dialogue.unanswered = []
    conversation = turn.conversation
    row: Row = {
        "id": new_id(),
        "version": 1,
        "conversation_id": conversation["id"],
        "lead_id": turn.lead["id"],
        "text": reply.text,
        "choices": [{"label": choice.label, "value": choice.value} for choice in reply.choices],
        "offers": [offer.model_dump(mode="json") for offer in reply.offers],
        "inbound_no": conversation["inbound_no"],
        "dialogue": turn.dialogue.kept(),
        "state": "open",
    }
    ids = {"lead_id": turn.lead["id"], "conversation_id": conversation["id"]}
    return [
        *offer_rows(turn),
        Insert("suggestions", row, now={"created_at": 0.0}),
        activity("suggestion.made", BOT, **ids, suggestion_id=row["id"]),
    ]
