"""Searching for a trip within a dialogue: start or join a search, wait for it, answer with what it found."""

from __future__ import annotations

from crystalbay.chat import phrases, questions
from crystalbay.chat.dialogue import Dialogue
from crystalbay.chat.outcome import introduced
from crystalbay.chat.turn import Turn
from crystalbay.errors import PermanentError
from crystalbay.ids import new_id
from crystalbay.services import conversations, tours
from crystalbay.services.context import Context
from crystalbay.services.viewers import BOT
from crystalbay.services.work import new_job
from crystalbay.store.interface import Change, Update
from models import Author, Mode, Reply, TripRequest

SEARCH_NOTICE_S = 5.0


def search(turn: Turn) -> None:
    """Answer with what a fresh search found, or start one and wait for it."""
    ctx, dialogue = turn.ctx, turn.dialogue
    if ctx.supplier is None:
        turn.hand_over_for("no_supplier")
        return
    trip, today = TripRequest.model_validate(turn.trip), ctx.local_now().date()
    query = tours.query_of(trip, today, there_and_back=dialogue.there_and_back)
    if query is None:
        _ask_dates_again(turn)
        return
    query = query.model_copy(update={"passed_over": tuple(dialogue.passed_over), "cheapest": dialogue.cheapest})
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
        dialogue.seen += [offer.hotel_key for offer in turn.offers if offer.hotel_key not in dialogue.seen]
        turn.say(phrases.offers(ctx, query, found, dialogue), offers=turn.offers)
        return
    if query.passed_over:
        dialogue.passed_over, dialogue.cheapest = [], False
        turn.say(phrases.say("no_more", dialogue))
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
    text = introduced(ctx, dialogue, phrases.say("searching", dialogue))
    guard = {"waiting_for": key, "mode": Mode.BOT.value, "inbound_no": conversation["inbound_no"]}
    queued = conversations.queue(ctx, conversation, Reply(text), author=Author.BOT, actor=BOT)
    return [Update("conversations", conversation_id, {"state": dialogue.kept()}, expect=guard), *queued]
