"""What is queued to go out: each part of a reply becomes a message row and a delivery job."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from crystalbay.services import leads
from crystalbay.services.activities import activity
from crystalbay.services.context import Context
from crystalbay.services.viewers import Actor
from crystalbay.services.work import new_job
from crystalbay.store.interface import Change, Insert, Row
from models import AttachmentKind, Author, Chat, Choice, MessageState, Offer, OutgoingFile, Part, Reply


def chat_of(conversation: Row) -> Chat:
    """Where a conversation lives, as its channel knows it."""
    return Chat(
        provider=conversation["provider"],
        channel=conversation["channel"],
        account=conversation["account"],
        chat_type=conversation["chat_type"],
        chat_id=conversation["external_chat_id"],
    )


def queue(
    ctx: Context,
    conversation: Row,
    reply: Reply,
    *,
    author: Author,
    actor: Actor,
    answers: Sequence[str] = (),
    reply_to: str | None = None,
) -> list[Change]:
    """The changes that queue a reply: a message row and a delivery job for each part, then the activities.

    The caller puts the guard first: Update(conversation, expect={inbound_no, mode}). Raises PermanentError for a file
    that the messenger does not take.
    """
    parts = ctx.channels[conversation["provider"]].render(chat_of(conversation), reply)
    rows = [_row(conversation, part, ctx.clock.now(), number) for number, part in enumerate(parts)]
    said = {"author": author.value, "author_id": actor.id, "author_name": actor.name, "answers": list(answers)}
    rows = [row | said for row in rows]
    if rows:
        rows[0]["reply_to"] = reply_to
    key = f"deliver:{conversation['id']}"
    changes: list[Change] = []
    for row in rows:
        changes += [Insert("messages", row), new_job("deliver", {"message_id": row["id"]}, key=key, once=row["id"])]
    ids: dict[str, Any] = {"lead_id": conversation["lead_id"], "conversation_id": conversation["id"]}
    return [*changes, *(activity("message.queued", actor, **ids, message_id=row["id"]) for row in rows)]


def _row(conversation: Row, part: Part, now: datetime, number: int) -> Row:
    row = leads.message_row(
        conversation,
        direction="out",
        text=part.text,
        state=MessageState.QUEUED.value,
        created_at=now + timedelta(microseconds=number),
    )
    row["attachments"] = [_entry(file, row["id"]) for file in part.files]
    row["choices"] = [{"label": choice.label, "value": choice.value} for choice in part.choices]
    row["offers"] = [offer.model_dump(mode="json") for offer in part.offers]
    row["look"] = dict(part.look) if part.look else None
    return row


def _entry(file: OutgoingFile, message_id: str) -> dict[str, Any]:
    """How a message keeps a file that goes out; `source` is where the provider fetches it."""
    return {
        "id": file.id,
        "kind": kind_of(file.mime),
        "name": file.name,
        "mime": file.mime,
        "size": file.size,
        "state": "stored",
        "source": file.url,
        "url": f"/files/{message_id}/{file.id}",
    }


def part_of(message: Row) -> Part:
    """The part that a row keeps."""
    files = (OutgoingFile(i["id"], i["source"], i["name"], i["mime"], i["size"]) for i in message["attachments"])
    return Part(
        text=message["text"],
        files=tuple(files),
        choices=tuple(Choice(choice["label"], choice["value"]) for choice in message["choices"]),
        offers=tuple(Offer.model_validate(offer) for offer in message["offers"]),
        look=message["look"],
    )


def kind_of(mime: str) -> AttachmentKind:
    """What a file of this type is in a chat."""
    kinds: dict[str, AttachmentKind] = {"image": "image", "audio": "audio", "video": "video"}
    return kinds.get(mime.split("/")[0], "document")
