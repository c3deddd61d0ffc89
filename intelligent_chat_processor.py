"""The dialogue engine: one brain for all channels. It reads a conversation and answers what to change.

understand → merge into the trip → act (one policy table: intent → act) → compose. The engine knows no channel: a reply
is text plus choices and offers. What it queues is guarded by the conversation's `inbound_no` and `mode`: newer words of
the customer, or a person who took over, make the draft conflict, and the job runs again on the new state.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from crystalbay.chat import phrases, questions
from crystalbay.chat.choosing import chosen_offers, named_hotels, wants_cheaper
from crystalbay.chat.dialogue import Dialogue, asks_for, context_of, days_there_and_back, merge, without_places
from crystalbay.chat.outcome import (
    customer_changes,
    lead_changes,
    nothing_queued,
    processed,
    turn_changes,
    understood_activity,
)
from crystalbay.chat.searching import search
from crystalbay.chat.turn import Turn
from crystalbay.services.context import Context
from crystalbay.services.work import Postpone
from crystalbay.store.interface import Change, Row
from models import (
    Intent,
    MessageState,
    Mode,
    Offer,
    Sentiment,
    Status,
    Understanding,
    Urgency,
)

LONGEST_DEBOUNCE_S = 8.0
MOST_AT_ONCE = 50


# --------------------------------------------------------------------------- the job


def process(ctx: Context, conversation_id: str) -> list[Change]:
    """Read a conversation and answer the changes of one turn. Raises Postpone while the customer may be typing on."""
    rows = ctx.store.find("conversations", [("id", "eq", conversation_id)], limit=1)
    if not rows:
        return []
    conversation = rows[0]
    pending = _pending(ctx, conversation_id)
    if conversation["mode"] != Mode.BOT or not conversation["answerable"]:
        heard = _overhear(_read(ctx, conversation, pending)) if pending else []
        return [nothing_queued(conversation), *heard]
    if pending and all(message["deleted_at"] for message in pending):
        return [nothing_queued(conversation), processed(conversation)]
    if pending:
        _let_finish(ctx, pending)
    elif not conversation["waiting_for"]:
        return [nothing_queued(conversation)]
    turn = _read(ctx, conversation, pending)
    if pending:
        _hear(turn)
    else:
        search(turn)
    return turn_changes(turn)


def _pending(ctx: Context, conversation_id: str) -> list[Row]:
    """What the customer wrote and nobody has dealt with, the oldest first; of a flood the newest words count."""
    where = [("conversation_id", "eq", conversation_id), ("state", "eq", MessageState.RECEIVED.value)]
    return ctx.store.find("messages", where, limit=MOST_AT_ONCE, desc=True)[::-1]  # type: ignore[arg-type]


def _let_finish(ctx: Context, pending: list[Row]) -> None:
    """People write in pieces: answer when nothing came for a while, but do not let anybody wait for long."""
    now = ctx.clock.now()
    quiet = ctx.settings.debounce_s - (now - pending[-1]["created_at"]).total_seconds()
    patience = LONGEST_DEBOUNCE_S - (now - pending[0]["created_at"]).total_seconds()
    pause = min(quiet, patience)
    if pause > 0.001:
        raise Postpone(pause)


def _read(ctx: Context, conversation: Row, pending: list[Row]) -> Turn:
    lead = ctx.store.find("leads", [("id", "eq", conversation["lead_id"])], limit=1)[0]
    return Turn(
        ctx=ctx,
        conversation=conversation,
        lead=lead,
        customer=ctx.store.find("customers", [("id", "eq", lead["customer_id"])], limit=1)[0],
        pending=pending,
        dialogue=Dialogue.of(conversation["state"]),
        trip=dict(lead["trip"]),
        waiting_for=conversation["waiting_for"],
    )


# --------------------------------------------------------------------------- understand, then act


def _hear(turn: Turn) -> None:
    """Understand what was written and do what the policy says; files are acknowledged."""
    turn.dialogue.unanswered += [message["id"] for message in turn.pending]
    if not turn.text:
        _media(turn)
        return
    understood = _understand(turn)
    turn.dialogue.hear(understood)
    act = _policy(turn, understood)
    if turn.lead["status"] == Status.CLOSED and act is not _thanks:
        turn.dialogue.unanswered = []  # closed while it was being written: nothing more is said in a closed lead
        return
    act(turn)
    _thank_for_files(turn)


def _understand(turn: Turn) -> Understanding:
    """Understand the words and merge what they say into the trip."""
    understood = turn.ctx.understand(turn.text, context_of(turn.trip, turn.dialogue), now=turn.ctx.local_now())
    if turn.dialogue.last_asked == "offer" and named_hotels(turn.text, _shown_offers(turn)):
        understood = without_places(understood)
    before, turn.trip = turn.trip, merge(turn.trip, understood)
    turn.understood, turn.evidence = understood, dict(understood.evidence)
    if asks_for(turn.trip) != asks_for(before):
        turn.dialogue.other_trip()
    if "date_from" in understood.slots or "date_to" in understood.slots:
        nights = days_there_and_back(understood)
        turn.dialogue.there_and_back = nights is not None
        if nights and not {"nights_min", "nights_max"} & turn.trip.keys():
            turn.trip |= {"nights_min": nights, "nights_max": nights}
            turn.evidence |= dict.fromkeys(("nights_min", "nights_max"), understood.evidence.get("date_from", ""))
    return understood


def _policy(turn: Turn, understood: Understanding) -> Callable[[Turn], None]:
    """Anger and urgency come before everything but spam; then the table decides."""
    if understood.intent is Intent.SPAM:
        return _spam
    if understood.sentiment is Sentiment.NEG and understood.intent is not Intent.REFUSAL:
        return _hand_over_for("support" if understood.intent is Intent.SUPPORT_PROBLEM else "angry")
    if understood.urgency is Urgency.HIGH and understood.intent is not Intent.BOOKING_REQUEST:
        return _hand_over_for("urgent")
    return POLICY[understood.intent]


def _hand_over_for(reason: str) -> Callable[[Turn], None]:
    def act(turn: Turn) -> None:
        turn.hand_over_for(reason)

    return act


def _spam(turn: Turn) -> None:
    """One neutral sentence, once; an advert gets no conversation."""
    if turn.dialogue.times_said("spam") == 0:
        turn.say(phrases.say("off_topic", turn.dialogue))
    else:
        turn.dialogue.unanswered = []


def _media(turn: Turn) -> None:
    """A voice message, a picture, a document: stored, acknowledged, shown to a manager; the machine goes on in text.

    Without a file it is what only the messenger's app shows: a missed call, a poll, a kind that is not passed on.
    """
    if turn.files[:1] == ["sticker"]:
        thanks = phrases.media_thanks("sticker", turn.dialogue)
        turn.say(f"{thanks} {phrases.go_on_in_text(turn.dialogue)}" if not turn.trip else thanks)
    else:
        turn.say(f"{_person_looks(turn)} {phrases.go_on_in_text(turn.dialogue)}")


def _person_looks(turn: Turn) -> str:
    """A manager is asked to look at what the machine cannot read, beside it; the words that say so to the customer."""
    reason = "media" if turn.files else "unreadable"
    thanks = phrases.media_thanks(turn.files[0], turn.dialogue) if turn.files else ""
    promised = turn.hand_over_for(reason, takes_over=False)
    return phrases.handed_over(turn.ctx, reason, promised, turn.dialogue, thanks=thanks)


def _thank_for_files(turn: Turn) -> None:
    """A picture with a caption: the words were answered, and somebody looks at the picture."""
    if turn.reply and not turn.hand_over and any(kind != "sticker" for kind in turn.files):
        turn.reply = replace(turn.reply, text=f"{_person_looks(turn)}\n\n{turn.reply.text}")


def _greeting(turn: Turn) -> None:
    _advance(turn)


def _thanks(turn: Turn) -> None:
    turn.say(phrases.say("thanks", turn.dialogue))


def _refusal(turn: Turn) -> None:
    """Nothing is pressed on the customer; a manager decides whether the lead is lost."""
    turn.waiting_for = None
    turn.hand_over_for("refusal", takes_over=False)
    turn.say(phrases.say("refusal", turn.dialogue))


def _consent(turn: Turn) -> None:
    """«Да» after offers: which one? Otherwise the dialogue goes on where it was."""
    if turn.dialogue.last_asked == "offer":
        _booking(turn)
    else:
        _advance(turn)


def _booking(turn: Turn) -> None:
    """The customer chose: until bookings exist, a manager gets a complete task."""
    shown = _shown_offers(turn)
    if not shown:
        _advance(turn)
        return
    chosen = chosen_offers(turn.text, shown)
    if len(shown) > 1 and len(chosen) != 1:
        turn.say(phrases.say("which", turn.dialogue, last=str(len(shown))))
        return
    turn.chosen = (chosen or shown)[0]
    turn.hand_over_for("booking")


def _shown_offers(turn: Turn) -> list[Offer]:
    ids = turn.dialogue.shown
    rows = turn.ctx.store.find("offers", [("id", "in", ids)], limit=len(ids)) if ids else []
    by_id = {row["id"]: Offer.model_validate(row["data"]) for row in rows}
    return [by_id[offer_id] for offer_id in ids if offer_id in by_id]


def _search_intent(turn: Turn) -> None:
    """A new wish is searched for; the old one again means others than those that were shown."""
    dialogue = turn.dialogue
    dialogue.confused = 0
    if dialogue.last_asked == "offer" and dialogue.seen:  # `seen` is empty when the trip has just changed
        if chosen_offers(turn.text, _shown_offers(turn)):
            _booking(turn)
            return
        dialogue.passed_over = list(dialogue.seen)
        dialogue.cheapest = wants_cheaper(turn.text)
    _advance(turn)


def _other(turn: Turn) -> None:
    """Not understood; but a message that told something new, or named an offer, goes on."""
    if turn.understood and turn.understood.slots:
        _advance(turn)
    elif turn.dialogue.last_asked == "offer" and re.search(r"\d", turn.text):
        _booking(turn)
    else:
        _confused(turn)


def _confused(turn: Turn) -> None:
    """Say so and ask again in other words what is open; the second time a person is called."""
    dialogue = turn.dialogue
    dialogue.confused += 1
    if dialogue.confused >= 2:
        turn.hand_over_for("confused")
        return
    question = questions.ask(dialogue.last_asked, dialogue) if dialogue.last_asked in questions.ORDER else None
    turn.say(f"{phrases.say('not_understood', dialogue)} {question}" if question else phrases.say("confused", dialogue))


def _advance(turn: Turn) -> None:
    """Ask the one most useful missing thing, or search."""
    gaps = questions.missing(turn.trip)
    if not gaps:
        search(turn)
        return
    question = questions.ask(gaps[0], turn.dialogue)
    if question is None:
        turn.hand_over_for("confused")
    else:
        turn.waiting_for = None
        turn.say(question)


POLICY: dict[Intent, Callable[[Turn], None]] = {
    Intent.SUPPORT_PROBLEM: _hand_over_for("support"),
    Intent.CHANGE_OR_CANCEL: _hand_over_for("change"),
    Intent.HUMAN_REQUEST: _hand_over_for("asked"),
    Intent.PAYMENT_QUESTION: _hand_over_for("payment"),
    Intent.BOOKING_REQUEST: _booking,
    Intent.BOOKING_STATUS: _hand_over_for("status"),
    Intent.TOUR_SEARCH: _search_intent,
    Intent.GENERAL_QUESTION: _hand_over_for("question"),
    Intent.REFUSAL: _refusal,
    Intent.CONSENT_OR_CONFIRM: _consent,
    Intent.THANKS_OR_BYE: _thanks,
    Intent.GREETING: _greeting,
    Intent.OTHER: _other,
}
"""What the machine does for each intent (labels.md section 2); spam, anger and urgency are decided before."""


# --------------------------------------------------------------------------- when nothing helps


def broken(ctx: Context, conversation_id: str, error: str) -> list[Change]:
    """The engine failed for good on a conversation: a person takes over, and the customer hears of it."""
    rows = ctx.store.find("conversations", [("id", "eq", conversation_id)], limit=1)
    if not rows:
        return []
    if rows[0]["mode"] != Mode.BOT:
        return [nothing_queued(rows[0])]
    pending = _pending(ctx, conversation_id)
    turn = _read(ctx, rows[0], pending)
    turn.dialogue.unanswered += [message["id"] for message in pending]
    turn.hand_over_for("broken")
    return turn_changes(turn)


def understand_import(ctx: Context, message_id: str) -> list[Change]:
    """A message that came by a form or an import: understood into the lead's trip, for a person to answer.

    What the importing system said counts more than what we read out of prose.
    """
    message = ctx.store.find("messages", [("id", "eq", message_id)], limit=1)[0]
    if message["state"] != MessageState.RECEIVED:
        return []
    conversation = ctx.store.find("conversations", [("id", "eq", message["conversation_id"])], limit=1)[0]
    turn = _read(ctx, conversation, [message])
    return [
        nothing_queued(conversation),
        *_overhear(turn, told={name: value for name, value in turn.trip.items() if value}),
    ]


def _overhear(turn: Turn, told: dict[str, Any] | None = None) -> list[Change]:
    """While a person leads, the machine only listens: what the customer says still fills the trip."""
    if turn.text:
        _understand(turn)
        turn.trip |= told or {}
        turn.evidence = {name: quote for name, quote in turn.evidence.items() if name not in (told or {})}
    return [
        processed(turn.conversation),
        *customer_changes(turn),
        *lead_changes(turn, moves=False),
        *understood_activity(turn),
    ]
