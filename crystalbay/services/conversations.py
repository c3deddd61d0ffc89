"""Conversations: what is queued to go out, who answers, what a person reads."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crystalbay.errors import Conflict, Invalid, NotFound, PermanentError, StoreError
from crystalbay.services import belongings, leads, uploads
from crystalbay.services.activities import activity
from crystalbay.services.context import Context
from crystalbay.services.outgoing import queue
from crystalbay.services.viewers import Actor, Viewer
from crystalbay.services.work import process_job
from crystalbay.store.interface import Change, Insert, Require, Row, Update, UpdateWhere, Where
from crystalbay.telegram.labels import labels
from models import Author, Cards, MessageState, Mode, Offer, Reply

PROVIDER_TIMEOUT_S = 35.0
"""The longest that a part may be `sending`: the clients' connect + read time-outs."""

SENT_AGAIN = "sent again"
"""The note of a message that was not delivered and went once more, as a new one."""

MOST_UNANSWERED = 50
"""The newest messages in which a released conversation looks for what nobody has answered."""

_WAITING = (MessageState.SCHEDULED.value, MessageState.QUEUED.value)


def present(row: Row) -> dict[str, Any]:
    """A conversation as REST shows it."""
    names = "id lead_id channel external_chat_id mode unread last_message_at answerable blocked_at"
    return {name: row[name] for name in names.split()} | {"customer": {"id": row["customer_id"]}}


def present_message(row: Row) -> dict[str, Any]:
    """A message as REST shows it; a supplier's opaque claim and a file's source address stay inside."""
    names = (
        "id conversation_id lead_id direction author author_name text note choices state error external_id"
        " reply_to edited_at deleted_at created_at version tap"
    )
    shown = {name: row[name] for name in names.split()} | {"buttons": labels(row["look"]), "replaced": _replaced(row)}
    shown["attachments"] = [
        {name: item.get(name) for name in ("id", "kind", "name", "mime", "size", "state", "url")}
        for item in row["attachments"]
    ]
    shown["offers"] = [{k: v for k, v in offer.items() if k != "claim"} for offer in row["offers"]]
    return shown


def _replaced(row: Row) -> bool:
    """Did a later message take the place of this one («ищу туры…»)? Then it has left the chat, and its number with it.
    Only channels that edit give messages a look, and those name every message that they take."""
    return row["state"] == MessageState.SENT and row["external_id"] is None and row["look"] is not None


# --------------------------------------------------------------------------- reading


def read(ctx: Context, viewer: Viewer, conversation_id: str) -> Row:
    """The row of a conversation whose lead the viewer may see; NotFound otherwise."""
    viewer.require("conversations:read")
    rows = ctx.store.find("conversations", [("id", "eq", conversation_id)], limit=1)
    if not belongings.visible(ctx, viewer, rows):
        raise NotFound("no such conversation")
    return rows[0]


def of_lead(ctx: Context, viewer: Viewer, lead_id: str) -> list[Row]:
    """All conversations of a lead, the most recently used first."""
    leads.read(ctx, viewer, lead_id)
    rows = ctx.store.find("conversations", [("lead_id", "eq", lead_id)], limit=50)
    return sorted(rows, key=lambda row: row["last_message_at"] or row["created_at"], reverse=True)


def list_conversations(
    ctx: Context, viewer: Viewer, where: Sequence[Where], *, limit: int, after: Sequence[Any] | None
) -> tuple[list[Row], list[Any] | None]:
    """A page of conversations, newest first, and where the next page goes on; `after` is (created_at, id)."""
    viewer.require("conversations:read")
    return belongings.page(
        ctx, viewer, "conversations", where, order=("created_at", "id"), limit=limit, after=after, desc=True
    )


def thread(
    ctx: Context, viewer: Viewer, conversation_id: str, *, limit: int, after: Sequence[Any] | None = None
) -> list[Row]:
    """A page of messages, newest first; `after` is (created_at, id) of the oldest one seen."""
    read(ctx, viewer, conversation_id)
    return ctx.store.find("messages", [("conversation_id", "eq", conversation_id)], limit=limit, after=after, desc=True)


def mark_read(ctx: Context, viewer: Viewer, conversation_id: str) -> None:
    """A person has the conversation before his eyes: its badge goes away."""
    viewer.require("conversations:write")
    for _ in range(leads.RETRIES):
        conversation = read(ctx, viewer, conversation_id)
        if not conversation["unread"]:
            return
        try:
            seen = conversation["unread"]
            guard = {"unread": seen, "lead_id": conversation["lead_id"]}
            ctx.store.commit(
                [
                    Update("conversations", conversation_id, {"unread": 0}, expect=guard),
                    Update("leads", conversation["lead_id"], add={"unread": -seen}),
                    _act("conversation.read", viewer.actor, conversation),
                ]
            )
        except Conflict:
            continue
        return
    raise StoreError("overtaken too often while a conversation was marked as read")


# --------------------------------------------------------------------------- going out


def _act(kind: str, actor: Actor, conversation: Row, message_id: str | None = None, **data: Any) -> Insert:
    return activity(
        kind,
        actor,
        lead_id=conversation["lead_id"],
        conversation_id=conversation["id"],
        message_id=message_id,
        **data,
    )


@dataclass(frozen=True, slots=True)
class Letter:
    """What a manager sends. `uploads`: ids of files; `reply_to`: the provider's id of the message that is quoted.

    `dialogue`: what the conversation's state becomes with it, given the state that it has. `again`: the id of the
    message that it repeats; then it answers nothing newer, and the machine's proposal for that stays.
    """

    text: str
    uploads: Sequence[str] = ()
    offers: Sequence[Offer] = ()
    cards: Cards | None = None
    reply_to: str | None = None
    dialogue: Callable[[Row], Row] | None = None
    again: str | None = None


def answer(
    ctx: Context,
    viewer: Viewer,
    conversation_id: str,
    letter: Letter | str,
    *,
    also: Callable[[dict[str, Any]], Sequence[Change]] | None = None,
) -> dict[str, Any]:
    """A manager writes to the customer, and the machine stops here. Returns the first message as REST shows it.

    `also`: changes that the caller adds to the commit, given the message as it is returned.
    """
    viewer.require("conversations:write")
    letter = letter if isinstance(letter, Letter) else Letter(letter)
    if not letter.text.strip() and not letter.uploads:
        raise Invalid("text", "write something first")
    for _ in range(leads.RETRIES):
        conversation = read(ctx, viewer, conversation_id)
        if not conversation["answerable"]:
            raise Invalid("conversation", "nobody can be answered here: it came by a form or from a group")
        lead = leads.read(ctx, viewer, conversation["lead_id"])
        queued = _queued(ctx, viewer, conversation, letter)
        first = next(c.row for c in queued if isinstance(c, Insert) and c.table == "messages")
        shown = present_message(first)
        extra = also(shown) if also else []
        try:
            ctx.store.commit([*extra, *_answered(ctx, conversation, lead, viewer, letter), *queued])
        except Conflict as conflict:
            if conflict.table not in ("conversations", "leads", "uploads"):
                raise
            continue
        return shown
    raise StoreError("overtaken too often while a message was queued")


def resend(
    ctx: Context,
    viewer: Viewer,
    message_id: str,
    *,
    also: Callable[[dict[str, Any]], Sequence[Change]] | None = None,
) -> dict[str, Any]:
    """Send a manager's message that was not delivered once more, with its files. Returns the new one as REST shows it.

    Raises Invalid for a message that is on its way, was delivered, or was sent again already.
    """
    viewer.require("conversations:write")
    old, _lead = belongings.read(ctx, viewer, "messages", message_id, "no such message")
    files = [item["id"] for item in old["attachments"]]
    letter = Letter(old["text"], uploads=files, reply_to=old["reply_to"], again=message_id)
    if old["author"] != Author.MANAGER or old["state"] != MessageState.FAILED or old["note"] or old["deleted_at"]:
        raise Invalid("message", "only what was not delivered can be sent again, and once")
    try:
        return answer(ctx, viewer, old["conversation_id"], letter, also=also)
    except Conflict as conflict:
        if conflict.table != "messages":
            raise
        raise Invalid("message", "only what was not delivered can be sent again, and once") from None


def _queued(ctx: Context, viewer: Viewer, conversation: Row, letter: Letter) -> list[Change]:
    """The changes that queue a letter. Raises Invalid for files that cannot be sent here."""
    channel = ctx.channels[conversation["provider"]]
    files, bound = uploads.outgoing(ctx, viewer, conversation["lead_id"], letter.uploads, channel)
    cards = letter.cards if channel.buttons else None
    reply = Reply(letter.text.strip(), offers=tuple(letter.offers), files=files, cards=cards)
    try:
        queued = queue(ctx, conversation, reply, author=Author.MANAGER, actor=viewer.actor, reply_to=letter.reply_to)
    except PermanentError as error:
        raise Invalid("attachments", str(error)) from None
    if not letter.offers:
        return [*bound, *queued]
    hotels = [offer.hotel for offer in letter.offers]
    return [*bound, *queued, _act("offers.sent", viewer.actor, conversation, count=len(hotels), hotels=hotels)]


def _answered(ctx: Context, conversation: Row, lead: Row, viewer: Viewer, letter: Letter) -> list[Change]:
    """What follows for the conversation: a person leads, the machine's proposals are over, its state goes on."""
    now = ctx.clock.now()
    sets: Row = {"last_message_at": now}
    guard: list[Change] = []
    if letter.dialogue:
        sets["state"] = letter.dialogue(conversation["state"])
        guard = [Require("conversations", conversation["id"], {"version": conversation["version"]})]
    leads_now = _human_leads(conversation, lead, viewer, answered=now)
    said = Update("conversations", conversation["id"], sets)
    if not letter.again:
        return [*guard, said, *leads_now, *proposals_end(conversation["id"])]
    still = {"state": MessageState.FAILED.value, "note": None}
    return [*guard, said, *leads_now, Update("messages", letter.again, {"note": SENT_AGAIN}, expect=still)]


def proposals_end(conversation_id: str) -> list[Change]:
    """The changes with which open suggestions fall away. Their guard, a change of the conversation, stands before."""
    still: tuple[Where, ...] = (("conversation_id", "eq", conversation_id), ("state", "eq", "open"))
    return [UpdateWhere("suggestions", still, {"state": "dropped"})]


def takeover(ctx: Context, viewer: Viewer, conversation_id: str) -> dict[str, Any]:
    """A person answers from now on. Returns when no machine part is on its way any more."""
    viewer.require("conversations:write")
    for _ in range(leads.RETRIES):
        conversation = read(ctx, viewer, conversation_id)
        lead = leads.read(ctx, viewer, conversation["lead_id"])
        led = conversation["mode"] == Mode.HUMAN and not lead["needs_human"]
        # led by a person: only the machine's last words may still be on their way; else it may say that it notes things
        stops = machine_stops(conversation) if led else _human_leads(conversation, lead, viewer)
        try:
            ctx.store.commit(stops)
        except Conflict:
            continue
        break
    _wait_for_machine(ctx, conversation_id)
    return present(read(ctx, viewer, conversation_id))


def machine_stops(conversation: Row, **sets: Any) -> list[Change]:
    """The changes that end the machine's part in a conversation: it waits for nothing and nothing of it waits.

    Its waiting parts are cancelled; one that is just being sent is not tried again. `sets`: more for the conversation.
    """
    its_parts: tuple[Where, ...] = (("conversation_id", "eq", conversation["id"]), ("author", "eq", Author.BOT.value))
    return [
        Update(
            "conversations",
            conversation["id"],
            {"waiting_for": None, **sets},
            expect={"lead_id": conversation["lead_id"]},
        ),
        UpdateWhere("messages", (*its_parts, ("state", "in", _WAITING)), {"state": MessageState.CANCELLED.value}),
        UpdateWhere("messages", (*its_parts, ("state", "eq", MessageState.SENDING.value)), {"withdrawn": True}),
    ]


def _human_leads(conversation: Row, lead: Row, viewer: Viewer, *, answered: datetime | None = None) -> list[Change]:
    """Mode, assignee and clocks when a person takes over or `answered`; nothing about it when he already leads."""
    sets: Row = {"mode": Mode.HUMAN.value}
    if lead["assignee_id"] is None and viewer.role:
        sets["assignee_id"] = viewer.id
    if answered:
        sets |= {"waiting_since": None, "needs_human": None, "last_message_at": answered}
    changes = machine_stops(conversation, mode=Mode.HUMAN.value)
    seen = {"unread": -conversation["unread"]} if answered else {}  # for one only: the lead's version guards it
    changes.append(Update("conversations", conversation["id"], add=seen))
    fields = sorted(name for name, value in sets.items() if lead[name] != value and name != "last_message_at")
    guard = {"version": lead["version"]}
    changes.append(Update("leads", lead["id"], sets, expect=guard, add=seen, now={"updated_at": 0.0}))
    if conversation["mode"] != Mode.HUMAN or lead["needs_human"]:
        changes.append(
            _act(
                "conversation.mode",
                viewer.actor,
                conversation,
                mode="human",
                version=lead["version"] + 1,
                fields=fields,
            )
        )
    return changes


def _wait_for_machine(ctx: Context, conversation_id: str) -> None:
    """Until no machine part is `sending`; bounded, because a crashed sender's part stays so until it is taken up."""
    deadline = time.monotonic() + PROVIDER_TIMEOUT_S
    where: list[Where] = [
        ("conversation_id", "eq", conversation_id),
        ("state", "eq", MessageState.SENDING.value),
        ("author", "eq", Author.BOT.value),
    ]
    while ctx.store.find("messages", where, limit=1) and time.monotonic() < deadline:
        time.sleep(0.02)


def release(ctx: Context, viewer: Viewer, conversation_id: str) -> dict[str, Any]:
    """The machine may answer again, beginning with what the customer wrote since anybody answered him.

    Who was promised a person and got no answer still needs one: that mark stays until somebody or the machine answers.
    """
    viewer.require("conversations:write")
    for _ in range(leads.RETRIES):
        conversation = read(ctx, viewer, conversation_id)
        if conversation["mode"] == Mode.BOT:
            break
        if not conversation["answerable"]:
            raise Invalid("conversation", "the machine cannot answer here")
        lead = leads.read(ctx, viewer, conversation["lead_id"])
        unanswered = _unanswered(ctx, conversation_id)
        sets: Row = {"mode": Mode.BOT.value} | ({"needs_human": None} if unanswered else {})
        guard = {"mode": Mode.HUMAN.value, "inbound_no": conversation["inbound_no"]}
        try:
            ctx.store.commit(
                [
                    Update("conversations", conversation_id, {"mode": Mode.BOT.value}, expect=guard),
                    *_heard_again(conversation_id, unanswered),
                    *proposals_end(conversation_id),
                    Update("leads", lead["id"], sets, expect={"version": lead["version"]}, now={"updated_at": 0.0}),
                    _act(
                        "conversation.mode",
                        viewer.actor,
                        conversation,
                        mode="bot",
                        version=lead["version"] + 1,
                        fields=sorted(sets),
                    ),
                ]
            )
        except Conflict:
            continue
        break
    return present(read(ctx, viewer, conversation_id))


def _unanswered(ctx: Context, conversation_id: str) -> list[Row]:
    """What the customer wrote since the last thing that was said to him."""
    newest = ctx.store.find("messages", [("conversation_id", "eq", conversation_id)], limit=MOST_UNANSWERED, desc=True)
    since = itertools.takewhile(lambda row: row["direction"] == "in", newest)
    return [row for row in since if row["state"] == MessageState.PROCESSED and not row["deleted_at"]]


def _heard_again(conversation_id: str, messages: Sequence[Row]) -> list[Change]:
    if not messages:
        return []
    again: list[Change] = [Update("messages", row["id"], {"state": MessageState.RECEIVED.value}) for row in messages]
    queued = Update("conversations", conversation_id, {"process_queued": True})
    return [*again, queued, process_job(conversation_id, f"released:{messages[0]['id']}:{messages[0]['version']}")]
