"""What the machine would say while a person leads: shown to the manager, sent only by him.

A suggestion answers the conversation as it was at its `inbound_no`. It is open until it is sent as it is, sent in other
words (taken), refused, or dropped: by newer words of the customer, an answer, a release.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from crystalbay.errors import Conflict, Invalid
from crystalbay.services import belongings, conversations, offers
from crystalbay.services.activities import activity
from crystalbay.services.context import Context
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import Change, Row, Update, Where
from models import Mode, Offer

OVER = "this suggestion is over: it was sent, refused, or the customer wrote more"
_UNKNOWN = "no such suggestion"


def present(row: Row) -> dict[str, Any]:
    """A suggestion as REST shows it."""
    shown = {name: row[name] for name in ("id", "version", "conversation_id", "lead_id", "text", "state", "created_at")}
    return shown | {"offers": [{k: v for k, v in offer.items() if k != "claim"} for offer in row["offers"]]}


def of_conversation(ctx: Context, viewer: Viewer, conversation_id: str) -> Row | None:
    """What the machine would say now; None when it has nothing to say, or leads itself."""
    conversation = conversations.read(ctx, viewer, conversation_id)
    if conversation["mode"] != Mode.HUMAN:
        return None
    where: list[Where] = [("conversation_id", "eq", conversation_id), ("state", "eq", "open")]
    rows = ctx.store.find("suggestions", where, limit=1, desc=True)
    return rows[0] if rows and rows[0]["inbound_no"] == conversation["inbound_no"] else None


def send(
    ctx: Context,
    viewer: Viewer,
    suggestion_id: str,
    text: str | None = None,
    *,
    also: Callable[[dict[str, Any]], Sequence[Change]] | None = None,
) -> dict[str, Any]:
    """Send a suggestion as the manager's message, as it is or in the manager's words. The message as REST shows it.

    Raises Invalid when it is over, or when its prices are no longer true; a supplier that does not tell is its error.
    """
    viewer.require("conversations:write")
    row = _open(ctx, viewer, suggestion_id)
    edited = text is not None and text.strip() != row["text"].strip()
    told = [Offer.model_validate(offer) for offer in row["offers"]]
    if told:
        told = _still_true(ctx, viewer, row, told)
    letter = conversations.Letter(
        (text or "") if edited else row["text"], offers=told, dialogue=partial(_went_on, row, edited)
    )
    how = "taken" if edited else "sent"

    def with_it(message: dict[str, Any]) -> Sequence[Change]:
        return [*(also(message) if also else []), *_ends(row, viewer, how)]

    try:
        return conversations.answer(ctx, viewer, row["conversation_id"], letter, also=with_it)
    except Conflict as conflict:
        if conflict.table != "suggestions":
            raise
        raise Invalid("suggestion", OVER) from None


def _still_true(ctx: Context, viewer: Viewer, row: Row, told: list[Offer]) -> list[Offer]:
    """The offers with prices of now. With one that has changed the suggestion falls away: its words say another."""
    try:
        return list(offers.ready(ctx, viewer, row["lead_id"], [offer.id for offer in told]))
    except Invalid:
        with suppress(Conflict):
            ctx.store.commit(_ends(row, viewer, "dropped"))
        raise


_LAID_OUT = ("shown", "last_asked", "seen")


def _went_on(row: Row, edited: bool, state: Row) -> Row:
    """The dialogue once it was said, as the machine meant it; of edited words only the offers are known."""
    if not edited:
        return dict(row["dialogue"])
    return state | {name: row["dialogue"][name] for name in _LAID_OUT} if row["offers"] else state


def dismiss(ctx: Context, viewer: Viewer, suggestion_id: str, reason: str | None = None) -> Row:
    """«Не то»: the manager does not want it."""
    viewer.require("conversations:write")
    row = _open(ctx, viewer, suggestion_id)
    try:
        ctx.store.commit(_ends(row, viewer, "refused", reason=reason))
    except Conflict:
        raise Invalid("suggestion", OVER) from None
    return row | {"state": "refused", "version": row["version"] + 1}


def _open(ctx: Context, viewer: Viewer, suggestion_id: str) -> Row:
    """A suggestion that is still open and answers the customer's newest words. Raises Invalid for one that is over."""
    row, _ = belongings.read(ctx, viewer, "suggestions", suggestion_id, _UNKNOWN)
    now = of_conversation(ctx, viewer, row["conversation_id"])
    if now is None or now["id"] != suggestion_id:
        raise Invalid("suggestion", OVER)
    return row


def _ends(row: Row, viewer: Viewer, how: str, **data: Any) -> list[Change]:
    ids = {"lead_id": row["lead_id"], "conversation_id": row["conversation_id"]}
    return [
        Update("suggestions", row["id"], {"state": how}, expect={"state": "open"}),
        activity("suggestion.used", viewer.actor, **ids, suggestion_id=row["id"], how=how, **data),
    ]
