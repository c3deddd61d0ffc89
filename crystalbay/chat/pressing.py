"""Pressed buttons and commands among what the customer wrote: what they do, before any words are understood."""

from __future__ import annotations

from collections.abc import Callable

from crystalbay.chat import phrases, telling
from crystalbay.chat.commands import back, command, restart
from crystalbay.chat.going_on import advance, repeat
from crystalbay.chat.searching import search_others
from crystalbay.chat.turn import Turn
from crystalbay.services import hotels, taps
from crystalbay.store.interface import Row, Where
from models import Offer

Act = Callable[[Turn], None]


def newest(turn: Turn) -> Act | None:
    """What the newest press or command asks for; its words, and those of the ones before it, are not read any more."""
    found: Act | None = None
    for message in turn.pending:
        act = None if message["deleted_at"] else _act(turn, message)
        if act:
            turn.silent.add(message["id"])
            found = act
    if found is None:
        turn.dialogue.decides = None  # other words leave the question undecided
    return found


def _act(turn: Turn, message: Row) -> Act | None:
    tap = message["tap"] or {}
    if tap.get("old"):
        return _old
    if tap.get("act") and tap["act"] not in taps.ANSWERS:
        return _of_button(tap)
    return command(turn, message["text"])


def _of_button(tap: Row) -> Act:
    offer_id = tap.get("offer_id") or ""
    acts: dict[str, Act] = {
        "want": lambda turn: _want(turn, offer_id),
        "details": lambda turn: _details(turn, offer_id),
        "more": _more,
        "human": lambda turn: turn.hand_over_for("asked"),
        "back": back,
        "restart": restart,
    }
    return acts[tap["act"]]


def _old(turn: Turn) -> None:
    """A button of a question that is over: said so, and what is open now."""
    turn.notes.append(phrases.say("old_button", turn.dialogue))
    repeat(turn)


def _offer(turn: Turn, offer_id: str) -> Offer | None:
    """An offer that lay before this customer, also one of an earlier selection."""
    where: list[Where] = [("id", "eq", offer_id), ("conversation_id", "eq", turn.conversation["id"])]
    rows = turn.ctx.store.find("offers", where, limit=1)
    return Offer.model_validate(rows[0]["data"]) if rows else None


def _want(turn: Turn, offer_id: str) -> None:
    """«Хочу этот»: until bookings exist, a manager gets a complete task."""
    offer = _offer(turn, offer_id)
    if offer is None:
        _old(turn)
        return
    turn.chosen = offer
    earlier = offer.id not in turn.dialogue.shown
    turn.dialogue.chosen = offer.id
    turn.hand_over_for("booking")
    if earlier:
        turn.after.append(phrases.say("earlier_offer", turn.dialogue))


def _details(turn: Turn, offer_id: str) -> None:
    """«Подробнее»: all that is known of the offer and its hotel."""
    offer = _offer(turn, offer_id)
    if offer is None:
        _old(turn)
        return
    facts = hotels.known(turn.ctx, [offer.hotel_key]).get(offer.hotel_key)
    card = telling.details(turn.ctx, offer, facts, turn.dialogue.language)
    turn.say(card.cards[0].text, offers=[offer], cards=card)


def _more(turn: Turn) -> None:
    """«Ещё варианты»: other hotels for the same trip; before there were any, what is open."""
    if turn.dialogue.seen:
        search_others(turn)
    else:
        advance(turn)
