"""The dialogue engine: one brain for all channels. It reads a conversation and answers what to change.

understand → merge into the trip → act (one policy table: intent → act) → compose. The engine knows no channel: a reply
is text plus choices and offers. What it queues is guarded by the conversation's `inbound_no` and `mode`: newer words of
the customer, or a person who took over, make the draft conflict, and the job runs again on the new state.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crystalbay.chat import phrases, questions
from crystalbay.chat.dialogue import Dialogue, context_of, merge
from crystalbay.chat.outcome import (
    customer_changes,
    lead_changes,
    nothing_queued,
    processed,
    turn_changes,
    understood_activity,
)
from crystalbay.chat.turn import Turn
from crystalbay.errors import PermanentError
from crystalbay.ids import new_id
from crystalbay.services import conversations, tours
from crystalbay.services.context import Context
from crystalbay.services.viewers import BOT
from crystalbay.services.work import Postpone, new_job
from crystalbay.store.interface import Change, Row, Update
from models import Author, Intent, MessageState, Mode, Offer, Reply, Sentiment, TripRequest, Understanding, Urgency

LONGEST_DEBOUNCE_S = 8.0
SEARCH_NOTICE_S = 5.0
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
    if pending:
        _let_finish(ctx, pending)
    elif not conversation["waiting_for"]:
        return [nothing_queued(conversation)]
    turn = _read(ctx, conversation, pending)
    if pending:
        _hear(turn)
    else:
        _search(turn)
    return turn_changes(turn)


def _pending(ctx: Context, conversation_id: str) -> list[Row]:
    where = [("conversation_id", "eq", conversation_id), ("state", "eq", MessageState.RECEIVED.value)]
    return ctx.store.find("messages", where, limit=MOST_AT_ONCE)  # type: ignore[arg-type]


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
    """Understand what was written and do what the policy says; files alone are acknowledged."""
    turn.dialogue.unanswered += [message["id"] for message in turn.pending]
    text = _text_of(turn.pending)
    if not text:
        _media(turn)
        return
    understood = turn.ctx.understand(text, context_of(turn.trip, turn.dialogue), now=turn.ctx.local_now())
    turn.understood = understood
    turn.dialogue.hear(understood)
    before = turn.trip
    turn.trip = merge(turn.trip, understood)
    turn.evidence = understood.evidence
    if turn.trip != before:
        turn.dialogue.confused = 0
    _policy(turn, understood)(turn)


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
    kinds = [item["kind"] for message in turn.pending for item in message["attachments"]]
    thanks = phrases.media_thanks(kinds[0], turn.dialogue) if kinds else ""
    if kinds[:1] == ["sticker"]:
        turn.say(f"{thanks} {phrases.go_on_in_text(turn.dialogue)}" if not turn.trip else thanks)
        return
    reason = "media" if kinds else "unreadable"
    promised = turn.hand_over_for(reason, takes_over=False)
    told = phrases.handed_over(turn.ctx, reason, promised, turn.dialogue, thanks=thanks)
    turn.say(f"{told} {phrases.go_on_in_text(turn.dialogue)}")


def _greeting(turn: Turn) -> None:
    _advance(turn)


def _thanks(turn: Turn) -> None:
    turn.say(phrases.say("thanks", turn.dialogue))


def _refusal(turn: Turn) -> None:
    turn.waiting_for = None
    turn.say(phrases.say("refusal", turn.dialogue))


def _consent(turn: Turn) -> None:
    """«Да» after offers: which one? Otherwise the dialogue goes on where it was."""
    if turn.dialogue.last_asked == "offer" and turn.dialogue.shown:
        turn.say(phrases.say("which", turn.dialogue))
    else:
        _advance(turn)


def _booking(turn: Turn) -> None:
    """The customer chose: until bookings exist, a manager gets a complete task."""
    shown = _shown_offers(turn)
    if not shown:
        _advance(turn)
        return
    number = chosen_number("\n".join(message["text"] for message in turn.pending), len(shown))
    if number is None and len(shown) > 1:
        turn.say(phrases.say("which", turn.dialogue))
        return
    turn.chosen = shown[(number or 1) - 1]
    turn.hand_over_for("booking")


def _shown_offers(turn: Turn) -> list[Offer]:
    ids = turn.dialogue.shown
    rows = turn.ctx.store.find("offers", [("id", "in", ids)], limit=len(ids)) if ids else []
    by_id = {row["id"]: Offer.model_validate(row["data"]) for row in rows}
    return [by_id[offer_id] for offer_id in ids if offer_id in by_id]


def _search_intent(turn: Turn) -> None:
    turn.dialogue.confused = 0
    _advance(turn)


def _other(turn: Turn) -> None:
    """Not understood; but a trip that could be searched, or a message that told something new, goes on."""
    if turn.understood and turn.understood.slots:
        _advance(turn)
    else:
        _confused(turn)


def _confused(turn: Turn) -> None:
    turn.dialogue.confused += 1
    if turn.dialogue.confused >= 2:
        turn.hand_over_for("confused")
    else:
        turn.say(phrases.say("confused", turn.dialogue))


def _advance(turn: Turn) -> None:
    """Ask the one most useful missing thing, or search."""
    gaps = questions.missing(turn.trip)
    if not gaps:
        _search(turn)
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


_ORDINALS = (
    ("1", "перв", "first", "one", "бірінші"),
    ("2", "втор", "second", "two", "екінші"),
    ("3", "трет", "third", "three", "үшінші"),
)


def chosen_number(text: str, shown: int) -> int | None:
    """Which of the offers shown a text names: by number, by ordinal, or None."""
    words = "".join(c if c.isalnum() else " " for c in text.casefold()).split()
    named = {
        number
        for number, marks in enumerate(_ORDINALS[:shown], 1)
        for word in words
        if word == marks[0] or any(word.startswith(mark) for mark in marks[1:])
    }
    return named.pop() if len(named) == 1 else None


# --------------------------------------------------------------------------- searching


def _search(turn: Turn) -> None:
    """Answer with what a fresh search found, or start one and wait for it."""
    ctx, dialogue = turn.ctx, turn.dialogue
    if ctx.supplier is None:
        turn.hand_over_for("no_supplier")
        return
    query = tours.query_of(TripRequest.model_validate(turn.trip), ctx.local_now().date())
    if query is None:
        _ask_dates_again(turn)
        return
    try:
        found = tours.findings(ctx, query)
    except PermanentError:
        turn.hand_over_for("supplier")
        return
    if found is None:
        _wait_for_search(turn, tours.key_of(query), tours.ask(ctx, query, turn.lead["id"]))
        return
    turn.waiting_for = None
    if found.offers:
        turn.over_budget = found.over_budget
        turn.offers = tuple(offer.model_copy(update={"id": new_id()}) for offer in found.offers)
        dialogue.last_asked, dialogue.empty_searches = "offer", 0
        dialogue.shown = [offer.id for offer in turn.offers]
        turn.say(phrases.offers(ctx, query, found, dialogue), offers=turn.offers)
        return
    dialogue.empty_searches += 1
    dialogue.last_asked = None
    if dialogue.empty_searches >= 2:
        turn.hand_over_for("nothing_found")
    elif found.unserved:
        turn.say(phrases.unserved(query, found, dialogue))
    else:
        turn.say(phrases.nothing_found(query, dialogue))


def _ask_dates_again(turn: Turn) -> None:
    """Every slot is there, yet no search can be made of them: the dates have passed."""
    for name in ("date_from", "date_to"):
        turn.trip.pop(name, None)
    question = questions.ask("date_from", turn.dialogue)
    if question:
        turn.say(question)
    else:
        turn.hand_over_for("confused")


def _wait_for_search(turn: Turn, key: str, started: list[Change]) -> None:
    if turn.waiting_for != key:
        payload = {"conversation_id": turn.conversation["id"], "search": key}
        once = f"searching:{turn.conversation['id']}:{key}:{turn.conversation['inbound_no']}"
        turn.extra.append(new_job("searching", payload, once=once, delay=SEARCH_NOTICE_S))
    turn.waiting_for = key
    turn.extra += started


def still_searching(ctx: Context, conversation_id: str, key: str) -> list[Change]:
    """«Ищу…», when a search has not ended after five seconds and the conversation still waits for it."""
    conversation = ctx.store.find("conversations", [("id", "eq", conversation_id)], limit=1)[0]
    if conversation["waiting_for"] != key or conversation["mode"] != Mode.BOT:
        return []
    dialogue = Dialogue.of(conversation["state"])
    text = phrases.say("searching", dialogue)
    guard = {"waiting_for": key, "mode": Mode.BOT.value, "inbound_no": conversation["inbound_no"]}
    queued = conversations.queue(ctx, conversation, Reply(text), author=Author.BOT, actor=BOT)
    return [Update("conversations", conversation_id, {"state": dialogue.kept()}, expect=guard), *queued]


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
    return _overhear(turn, told={name: value for name, value in turn.trip.items() if value})


def _overhear(turn: Turn, told: dict[str, Any] | None = None) -> list[Change]:
    """While a person leads, the machine only listens: what the customer says still fills the trip."""
    text = _text_of(turn.pending)
    if text:
        turn.understood = turn.ctx.understand(text, context_of(turn.trip, turn.dialogue), now=turn.ctx.local_now())
        turn.trip = merge(turn.trip, turn.understood) | (told or {})
        turn.evidence = {k: quote for k, quote in turn.understood.evidence.items() if k not in (told or {})}
    return [
        *(processed(message) for message in turn.pending),
        *customer_changes(turn),
        *lead_changes(turn),
        *understood_activity(turn),
    ]


def _text_of(messages: list[Row]) -> str:
    """Several messages within seconds are one thought."""
    return "\n".join(m["text"] for m in messages if m["text"].strip() and not m["deleted_at"])
