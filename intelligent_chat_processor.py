"""The dialogue engine: one brain for all channels. It reads a conversation and answers what to change.

understand → merge into the trip → act (one policy table: intent → act) → compose. The engine knows no channel: a reply
is text plus choices and offers. What it queues is guarded by the conversation's `inbound_no` and `mode`: newer words of
the customer, or a person who took over, make the draft conflict, and the job runs again on the new state.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime
from typing import Any

from crystalbay.chat import phrases, pressing, questions, suggesting
from crystalbay.chat.afterwards import noted, promised_by
from crystalbay.chat.commands import erases, in_good_hands, is_alone
from crystalbay.chat.dialogue import asks_for
from crystalbay.chat.going_on import (
    advance,
    ask_manager,
    confused,
    no_tours_there,
    propose_countries,
    take_any,
    tell_impossible_day,
)
from crystalbay.chat.hearing import understand
from crystalbay.chat.media import acknowledge, thank_for_files
from crystalbay.chat.outcome import (
    customer_changes,
    lead_changes,
    nothing_queued,
    processed,
    turn_changes,
    understood_activity,
)
from crystalbay.chat.searching import search, search_nearby
from crystalbay.chat.suggesting import suggest_job
from crystalbay.chat.table import at_table, book
from crystalbay.chat.trips import restore
from crystalbay.chat.turn import Turn
from crystalbay.services import leads, outgoing
from crystalbay.services.context import Context
from crystalbay.services.work import Job, Postpone
from crystalbay.store.interface import Change, Row, Where
from models import (
    Intent,
    MessageState,
    Mode,
    Sentiment,
    Understanding,
    Urgency,
)

LONGEST_DEBOUNCE_S = 8.0
MOST_AT_ONCE = 50


# --------------------------------------------------------------------------- the job


def process(ctx: Context, conversation_id: str, now: datetime) -> list[Change]:
    """Read a conversation and answer the changes of one turn. Raises Postpone while the customer may be typing on.

    `now`: by the store's clock, which stamped the messages.
    """
    rows = ctx.store.find("conversations", [("id", "eq", conversation_id)], limit=1)
    if not rows:
        return []
    conversation = rows[0]
    waiting = _pending(ctx, conversation_id)
    pending = _first_thought(waiting)
    if conversation["mode"] != Mode.BOT or not conversation["answerable"]:
        return _for_a_person(_read(ctx, conversation, waiting)) if waiting else [nothing_queued(conversation)]
    if pending and all(message["deleted_at"] for message in pending):
        return [nothing_queued(conversation), processed(conversation)]
    if not pending and not conversation["waiting_for"]:
        return [nothing_queued(conversation)]
    if pending and len(pending) == len(waiting) and not is_alone(pending[-1]):
        _let_finish(ctx, conversation, pending, now)
    turn = _read(ctx, conversation, pending)
    turn.rest = waiting[len(pending) :]
    if pending:
        _hear(turn)
    else:
        search(turn)
    return turn_changes(turn)


def _pending(ctx: Context, conversation_id: str) -> list[Row]:
    """What the customer wrote and nobody has dealt with, the oldest first; of a flood the newest words count."""
    where: list[Where] = [("conversation_id", "eq", conversation_id), ("state", "eq", MessageState.RECEIVED.value)]
    return ctx.store.find("messages", where, limit=MOST_AT_ONCE, desc=True)[::-1]


def _first_thought(waiting: list[Row]) -> list[Row]:
    """What is answered together: a press or a command alone, or all the words before one."""
    if not waiting or is_alone(waiting[0]):
        return waiting[:1]
    return list(itertools.takewhile(lambda message: not is_alone(message), waiting))


def _let_finish(ctx: Context, conversation: Row, pending: list[Row], now: datetime) -> None:
    """People write in pieces: answer when nothing came for a while, but do not let anybody wait for long."""
    quiet = ctx.settings.debounce_s - (now - pending[-1]["created_at"]).total_seconds()
    patience = LONGEST_DEBOUNCE_S - (now - pending[0]["created_at"]).total_seconds()
    pause = min(quiet, patience)
    if pause > 0.001:
        channel = ctx.channels.get(conversation["provider"])
        if channel:
            channel.typing(outgoing.chat_of(conversation))
        raise Postpone(pause)


def _read(ctx: Context, conversation: Row, pending: list[Row]) -> Turn:
    lead = ctx.store.find("leads", [("id", "eq", conversation["lead_id"])], limit=1)[0]
    return Turn.of(ctx, conversation, lead, pending, trip=dict(lead["trip"]), waiting_for=conversation["waiting_for"])


# --------------------------------------------------------------------------- understand, then act


def _hear(turn: Turn) -> None:
    """Understand what was written and do what the policy says; files are acknowledged."""
    turn.dialogue.unanswered += [message["id"] for message in turn.pending]
    press = pressing.newest(turn)
    if not turn.text and not press:
        acknowledge(turn)
        return
    act = press or _understood(turn)
    if leads.is_over(turn.lead) and act is not _thanks:
        turn.dialogue.unanswered = []  # over while it was being written: nothing more is said there
        return
    act(turn)
    thank_for_files(turn)


def _understood(turn: Turn) -> Callable[[Turn], None]:
    """What the policy says to the words."""
    understood = understand(turn)
    turn.dialogue.hear(understood)
    return _policy(turn, understood)


def _policy(turn: Turn, understood: Understanding) -> Callable[[Turn], None]:
    """Anger and urgency come before everything but spam; then what only the dialogue's state tells; then the table."""
    if understood.intent is Intent.SPAM:
        return _spam
    if understood.sentiment is Sentiment.NEG and understood.intent is not Intent.REFUSAL:
        return _hand_over_for("support" if understood.intent is Intent.SUPPORT_PROBLEM else "angry")
    if understood.urgency is Urgency.HIGH and understood.intent is not Intent.BOOKING_REQUEST:
        return _hand_over_for("urgent")
    if understood.intent not in _OF_ANY_STATE:
        if turn.signals.restore and not turn.changed and (turn.dialogue.previous or turn.dialogue.passed_over):
            return restore
        if turn.dialogue.at_table and not (turn.changed or _refuses(turn)):
            return at_table
        if turn.waiting_for and not (turn.changed or _refuses(turn)):
            return _while_searching
    return POLICY[understood.intent]


_OF_ANY_STATE = (Intent.SUPPORT_PROBLEM, Intent.HUMAN_REQUEST, Intent.BOOKING_STATUS)
"""Who needs a person gets one, whatever was going on."""


def _refuses(turn: Turn) -> bool:
    """A real no: to the trip or to us, not to these offers («дорого», «не понравилось»)."""
    return bool(turn.understood and turn.understood.intent is Intent.REFUSAL) and turn.signals.declined


def _hand_over_for(reason: str) -> Callable[[Turn], None]:
    def act(turn: Turn) -> None:
        turn.hand_over_for(reason)

    return act


def _ask_manager(reason: str) -> Callable[[Turn], None]:
    def act(turn: Turn) -> None:
        if not no_tours_there(turn):
            ask_manager(turn, reason)

    return act


def _while_searching(turn: Turn) -> None:
    """A search runs and the message changed nothing of it: its answer if it has just come, else a word of patience."""
    intent = turn.understood.intent if turn.understood else Intent.OTHER
    if intent is Intent.THANKS_OR_BYE:
        _thanks(turn)
        return
    turn.dialogue.cheapest = turn.dialogue.cheapest or turn.signals.cheaper
    search(turn)
    if turn.hand_over:
        return
    if intent in (Intent.GENERAL_QUESTION, Intent.PAYMENT_QUESTION):
        promised = turn.ask_beside("payment" if intent is Intent.PAYMENT_QUESTION else "question")
        turn.notes.append(phrases.handed_over(turn.ctx, turn.beside[-1], promised, turn.dialogue))
    if turn.reply is None and turn.dialogue.said.get("still_searching", 0) < phrases.wordings(
        "still_searching", turn.dialogue
    ):
        turn.say(phrases.say("still_searching", turn.dialogue))


def _spam(turn: Turn) -> None:
    """One neutral sentence, once; an advert gets no conversation."""
    if turn.dialogue.times_said("spam") == 0:
        turn.say(phrases.say("off_topic", turn.dialogue))
    else:
        turn.dialogue.unanswered = []


def _thanks(turn: Turn) -> None:
    turn.say(phrases.say("thanks", turn.dialogue))


def _refusal(turn: Turn) -> None:
    """Nothing is pressed on the customer who says no to the trip; a manager decides whether the lead is lost.

    «Дорого» before any offers is a wish for something cheap.
    """
    if turn.signals.cheaper and not turn.signals.declined and asks_for(turn.trip):
        turn.dialogue.cheapest = True
        turn.notes.append(phrases.say("cheap_noted", turn.dialogue))
        advance(turn)
    elif turn.dialogue.empty_searches and not turn.signals.declined:
        turn.dialogue.nearby = False
        turn.say(phrases.say("change_what", turn.dialogue))
    else:
        turn.waiting_for = None
        turn.ask_beside("refusal")
        turn.say(phrases.say("refusal", turn.dialogue))


def _consent(turn: Turn) -> None:
    """«Да» accepts what was proposed; otherwise the dialogue goes on where it was."""
    if turn.dialogue.nearby:
        search_nearby(turn)
    elif turn.dialogue.empty_searches and not turn.changed:
        _open_end(turn)
    else:
        advance(turn)


def _booking(turn: Turn) -> None:
    """The customer chose; before there are offers his words are a search."""
    if turn.dialogue.at_table:
        book(turn)
    else:
        _search_intent(turn)


def _search_intent(turn: Turn) -> None:
    """A new wish is searched for, or the next question is asked."""
    turn.dialogue.confused = 0
    if no_tours_there(turn):
        return
    tell_impossible_day(turn)
    if turn.signals.anywhere:
        take_any(turn)
    if _wants_proposals(turn) and propose_countries(turn):
        return
    if turn.dialogue.empty_searches and not turn.changed:
        _open_end(turn)
    else:
        advance(turn)


def _wants_proposals(turn: Turn) -> bool:
    """No wish where to go, when that is what is open."""
    return questions.missing(turn.trip)[:1] == ["destination_country"] and turn.signals.anywhere


def _open_end(turn: Turn) -> None:
    """Nothing was found, and the message changes nothing: what could be changed, in other words each time."""
    dialogue = turn.dialogue
    if dialogue.nearby and (turn.signals.more or turn.signals.anywhere):
        search_nearby(turn)
    elif dialogue.unserved and dialogue.times_said("unserved_again") == 0:
        search(turn)
    elif dialogue.said.get("change_what", 0) >= phrases.wordings("change_what", dialogue):
        turn.hand_over_for("nothing_found")
    else:
        turn.say(phrases.say("change_what", dialogue))


def _other(turn: Turn) -> None:
    """Not understood; but a message that told something new goes on, and one that the state explains is answered."""
    if turn.signals.anywhere:
        take_any(turn)
    if turn.changed:
        _search_intent(turn)
    elif _wants_proposals(turn) and propose_countries(turn):
        turn.dialogue.confused = 0
    elif turn.dialogue.empty_searches and (turn.dialogue.unserved or turn.signals.more or turn.signals.anywhere):
        _open_end(turn)
    else:
        confused(turn)


POLICY: dict[Intent, Callable[[Turn], None]] = {
    Intent.SUPPORT_PROBLEM: _hand_over_for("support"),
    Intent.CHANGE_OR_CANCEL: _hand_over_for("change"),
    Intent.HUMAN_REQUEST: _hand_over_for("asked"),
    Intent.PAYMENT_QUESTION: _ask_manager("payment"),
    Intent.BOOKING_REQUEST: _booking,
    Intent.BOOKING_STATUS: _hand_over_for("status"),
    Intent.TOUR_SEARCH: _search_intent,
    Intent.GENERAL_QUESTION: _ask_manager("question"),
    Intent.REFUSAL: _refusal,
    Intent.CONSENT_OR_CONFIRM: _consent,
    Intent.THANKS_OR_BYE: _thanks,
    Intent.GREETING: advance,
    Intent.OTHER: _other,
}
"""What the machine does for each intent (labels.md section 2); spam, anger, urgency and what the state explains (offers
before the customer, a running search, «верните как было») are decided before."""


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


def _for_a_person(turn: Turn) -> list[Change]:
    """A person leads: the machine listens, and does only what the customer may always ask of it. As long as nobody has
    come whom it called, it says so to who gives a command."""
    turn.silent.add(turn.pending[-1]["id"])
    act = erases(turn) if turn.conversation["answerable"] else None
    by = promised_by(turn)
    if act:
        act(turn)
    elif not (by and in_good_hands(turn, by)):
        turn.silent.clear()
        return [nothing_queued(turn.conversation), *_listen(turn)]
    turn.dialogue.unanswered += [message["id"] for message in turn.pending]
    return turn_changes(turn)


def _listen(turn: Turn) -> list[Change]:
    """What was written to a person is overheard, and an answer proposed to that person."""
    proposal = suggest_job(turn)  # before the trip goes on
    heard = _overhear(turn)
    return [*heard[:-1], proposal, *heard[-1:]] if turn.text and turn.conversation["answerable"] else heard


def suggest(ctx: Context, job: Job) -> list[Change]:
    """What the machine would say to what a person is to answer, for that person's eyes."""
    return suggesting.suggest(ctx, job, _hear)


def _overhear(turn: Turn, told: dict[str, Any] | None = None) -> list[Change]:
    """While a person leads, the machine only listens: what the customer says still fills the trip.

    Until he has written, it may say that it noted something (crystalbay/chat/afterwards.py has the rule).
    """
    if turn.text:
        understand(turn)
        turn.trip |= told or {}
        turn.evidence = {name: quote for name, quote in turn.evidence.items() if name not in (told or {})}
    return [
        processed(turn.conversation),
        *noted(turn),
        *customer_changes(turn),
        *lead_changes(turn, moves=False),
        *understood_activity(turn),
    ]
