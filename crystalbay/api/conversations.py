"""REST of conversations: reading them, answering, who answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import jsonify

from crystalbay.api.blueprint import api
from crystalbay.api.guard import Answer, allowed, me, page, portion
from crystalbay.api.idempotency import Remember, Said, key_of_request, once
from crystalbay.api.shapes import (
    ConversationOut,
    ConversationPage,
    ConversationQuery,
    MessageIn,
    MessageOut,
    MessagePage,
    MessagePatch,
    PageQuery,
)
from crystalbay.services import conversations, revising
from crystalbay.store.interface import Row, Where
from crystalbay.web import paging
from crystalbay.web.wiring import context


@api.get("/conversations")
@allowed("conversations:read", "conversations", HTTP_200=ConversationPage)
def list_conversations(query: ConversationQuery) -> Answer:
    """List conversations

    Newest first; of one lead with `lead_id`. A page may be short while `next_cursor` goes on."""
    where: list[Where] = [("lead_id", "eq", query.lead_id)] if query.lead_id else []
    after = paging.moments(paging.after(query.cursor, 2))
    rows, goes_on = conversations.list_conversations(context(), me(), where, limit=query.limit, after=after)
    return portion([conversations.present(row) for row in rows], goes_on)


@api.get("/conversations/<conversation_id>")
@allowed("conversations:read", "conversations", HTTP_200=ConversationOut)
def show_conversation(conversation_id: str) -> Answer:
    """One conversation

    A chat with a customer: who answers in it, what is unread, whether anybody can be answered there."""
    return jsonify(conversations.present(conversations.read(context(), me(), conversation_id)))


@api.get("/conversations/<conversation_id>/messages")
@allowed("conversations:read", "conversations", HTTP_200=MessagePage)
def list_messages(conversation_id: str, query: PageQuery) -> Answer:
    """Messages of a conversation

    The newest page first; inside of a page from old to new. `next_cursor` leads to older messages."""
    after = paging.moments(paging.after(query.cursor, 2))
    rows = conversations.thread(context(), me(), conversation_id, limit=query.limit + 1, after=after)
    return page(rows, query.limit, _from_old_to_new, ("created_at", "id"))


def _from_old_to_new(rows: Sequence[Row]) -> list[Any]:
    return [conversations.present_message(row) for row in reversed(rows)]


@api.post("/conversations/<conversation_id>/messages")
@allowed("conversations:write", "conversations", HTTP_201=MessageOut)
def send_message(conversation_id: str, json: MessageIn) -> Answer:
    """Answer the customer

    The machine stops in this conversation. Honours `Idempotency-Key`."""
    ctx = context()

    def send(remember: Remember) -> Said:
        letter = conversations.Letter(json.text, uploads=json.attachments, reply_to=json.reply_to)
        return conversations.answer(ctx, me(), conversation_id, letter, also=remember), 201

    message, status = once(ctx.store, key_of_request(me()), send)
    return jsonify(message), status


@api.post("/messages/<message_id>/resend")
@allowed("conversations:write", "conversations", HTTP_201=MessageOut)
def resend_message(message_id: str) -> Answer:
    """Send a message again

    For what a person wrote and the messenger did not deliver: it goes once more as a new message, with its files, and
    the old one notes it. Once for each message. Honours `Idempotency-Key`."""
    ctx = context()

    def send(remember: Remember) -> Said:
        return conversations.resend(ctx, me(), message_id, also=remember), 201

    message, status = once(ctx.store, key_of_request(me()), send)
    return jsonify(message), status


@api.patch("/messages/<message_id>")
@allowed("conversations:write", "conversations", HTTP_200=MessageOut)
def change_message(message_id: str, json: MessagePatch) -> Answer:
    """Put a message in other words

    For what a person sent, in messengers where that can be changed (Telegram); the caption of a file, too. If the
    messenger does not take it, the message's `error` says that the customer still sees the old words."""
    return jsonify(revising.change(context(), me(), message_id, json.text))


@api.delete("/messages/<message_id>")
@allowed("conversations:write", "conversations", HTTP_204=None)
def withdraw_message(message_id: str) -> Answer:
    """Take a message back

    It goes from the customer's chat; here it stays, with `deleted_at`. For what a person sent within 48 hours, in
    messengers where that is possible. If the messenger does not let us, `deleted_at` is null again and `error` says
    why."""
    revising.withdraw(context(), me(), message_id)
    return "", 204


@api.post("/conversations/<conversation_id>/takeover")
@allowed("conversations:write", "conversations", HTTP_200=ConversationOut)
def take_over(conversation_id: str) -> Answer:
    """Take a conversation over

    After the answer no message of the machine leaves any more."""
    return jsonify(conversations.takeover(context(), me(), conversation_id))


@api.post("/conversations/<conversation_id>/release")
@allowed("conversations:write", "conversations", HTTP_200=ConversationOut)
def release(conversation_id: str) -> Answer:
    """Give a conversation back to the machine

    It goes on with what the customer wrote since anybody answered him."""
    return jsonify(conversations.release(context(), me(), conversation_id))


@api.post("/conversations/<conversation_id>/read")
@allowed("conversations:write", "conversations", HTTP_200=ConversationOut)
def mark_read(conversation_id: str) -> Answer:
    """Mark a conversation as read

    Its count of unread messages goes, for everybody."""
    conversations.mark_read(context(), me(), conversation_id)
    return jsonify(conversations.present(conversations.read(context(), me(), conversation_id)))
