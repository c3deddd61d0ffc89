"""Searching for a trip within a dialogue: start or join a search, wait for it, answer with what it found."""

from __future__ import annotations

from collections.abc import Sequence

from crystalbay.chat import answers, phrases, questions, telling
from crystalbay.chat.dialogue import Dialogue
from crystalbay.chat.outcome import introduced
from crystalbay.chat.turn import Turn
from crystalbay.errors import PermanentError
from crystalbay.ids import new_id
from crystalbay.services import outgoing, tours
from crystalbay.services.context import Context
from crystalbay.services.viewers import BOT
from crystalbay.services.work import new_job
from crystalbay.store.interface import Change, Insert, Update
from models import Asks, Author, Mode, Offer, Reply, SearchQuery, TripRequest

SEARCH_NOTICE_S = {False: 5.0, True: 0.7}
"""After how long «ищу туры…» is said; sooner where the answer takes its place (channels that can edit)."""
MOST_EMPTY = 4
"""Searches in a row that may find nothing before a manager looks wider."""
SEEN_BY_SEARCH = frozenset({"с детьми", "недорого"})
"""Wishes that a search takes into account; of all others the supplier's prices say nothing."""


def search(turn: Turn) -> None:
    """Answer with what a fresh search found, or start one and wait for it."""
    ctx, dialogue = turn.ctx, turn.dialogue
    if ctx.supplier is None:
        turn.hand_over_for("no_supplier")
        return
    query = _query(turn)
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
        _show(turn, query, found)
    elif query.passed_over:
        dialogue.passed_over, dialogue.cheapest = [], False
        turn.say(phrases.say("no_more", dialogue))
    else:
        _found_nothing(turn, query, found)


def _query(turn: Turn) -> SearchQuery | None:
    """What is searched for: the trip, beside its dates when the customer agreed to that, without what he has seen."""
    dialogue = turn.dialogue
    trip, today = TripRequest.model_validate(turn.trip), turn.ctx.local_now().date()
    query = tours.query_of(trip, today, there_and_back=dialogue.there_and_back)
    if query is None:
        return None
    others = {"passed_over": tuple(dialogue.passed_over), "cheapest": dialogue.cheapest or "недорого" in trip.wishes}
    changed = query.model_dump() | (dialogue.near or {}) | others
    return SearchQuery.model_validate(changed)


def search_nearby(turn: Turn) -> None:
    """The customer agreed to look beside the dates and the length of stay that found nothing."""
    query = _query(turn)
    turn.dialogue.nearby = False
    if query is not None:
        beside = tours.nearby(query, tours.findings(turn.ctx, query), turn.ctx.local_now().date())
        kept = beside.model_dump(mode="json")
        turn.dialogue.near = {name: kept[name] for name in ("date_from", "date_to", "nights_min", "nights_max")}
    search(turn)


def search_others(turn: Turn, *, cheaper: bool = False) -> None:
    """Other hotels than those that were shown; the hotel that was asked for by name is shown already."""
    turn.dialogue.passed_over = list(turn.dialogue.seen)
    turn.dialogue.cheapest = cheaper
    turn.trip.pop("hotel_name", None)
    search(turn)


def _show(turn: Turn, query: SearchQuery, found: tours.Findings) -> None:
    """Three offers; the same three twice in a row are not sent again."""
    dialogue = turn.dialogue
    dialogue.empty_searches, dialogue.nearby = 0, False
    if dialogue.at_table and _same(found.offers, turn.shown):
        turn.say(phrases.say("same_offers", dialogue))
        return
    if dialogue.at_table and query.passed_over and dialogue.cheapest and _dearer(found.offers, turn.shown):
        dialogue.passed_over, dialogue.cheapest = [], False
        turn.say(phrases.say("no_cheaper", dialogue))
        return
    turn.over_budget = found.over_budget
    turn.offers = tuple(offer.model_copy(update={"id": new_id()}) for offer in found.offers)
    if not query.country:
        turn.trip["destination_country"] = turn.offers[0].country
    dialogue.last_asked = "offer"
    dialogue.shown = [offer.id for offer in turn.offers]
    dialogue.seen += [offer.hotel_key for offer in turn.offers if offer.hotel_key not in dialogue.seen]
    text = telling.offers(turn.ctx, query, found, dialogue)
    turn.say(text, offers=turn.offers, cards=telling.cards(turn.ctx, query, found, dialogue, turn.offers))
    tell_wishes(turn)


def _same(found: Sequence[Offer], shown: Sequence[Offer]) -> bool:
    def tour(offer: Offer) -> tuple[object, ...]:
        return offer.hotel_key, offer.check_in, offer.nights, offer.meal, offer.adults, offer.children, offer.price

    return [tour(offer) for offer in found] == [tour(offer) for offer in shown]


def _dearer(found: Sequence[Offer], shown: Sequence[Offer]) -> bool:
    """Is nothing of what was found cheaper than anything that was shown?"""
    return bool(shown) and min(one.price.amount for one in found) > max(one.price.amount for one in shown)


def tell_wishes(turn: Turn) -> bool:
    """Wishes that no search sees are passed to a manager beside, each of them once. Was there one to tell?"""
    dialogue = turn.dialogue
    told = SEEN_BY_SEARCH.union(dialogue.told_wishes)
    wishes = [wish for wish in turn.trip.get("wishes") or [] if wish not in told]
    if not wishes:
        return False
    dialogue.told_wishes += wishes
    promised = turn.ask_beside("wish")
    if turn.proposes:  # the manager, who sees the wishes, need not be told of a manager
        return True
    named = ", ".join(phrases.wish(wish, dialogue) for wish in wishes)
    turn.after.append(phrases.handed_over(turn.ctx, "wish", promised, dialogue, wishes=named))
    return True


def _found_nothing(turn: Turn, query: SearchQuery, found: tours.Findings) -> None:
    """Why, what there is instead, and the proposal to look nearby; after several of them a manager looks wider."""
    dialogue = turn.dialogue
    dialogue.empty_searches += 1
    dialogue.last_asked = None
    if dialogue.empty_searches > MOST_EMPTY:
        turn.hand_over_for("nothing_found")
    elif found.unserved:
        turn.say(telling.unserved(query, found, dialogue))
        dialogue.unserved = found.unserved
        dialogue.last_asked = {"departure": "departure_city", "country": "destination_country"}.get(found.unserved)
    else:
        dialogue.nearby = dialogue.near is None
        near = answers.NEARBY[dialogue.language] if dialogue.nearby else ()
        turn.say(telling.nothing_found(query, found, dialogue), choices=near, asks=Asks("offer"))


def _ask_dates_again(turn: Turn) -> None:
    """Every slot is there, yet no search can be made of them: the dates have passed."""
    for name in ("date_from", "date_to"):
        turn.trip.pop(name, None)
    question = questions.ask("date_from", turn.dialogue)
    if question:
        answers.ask(turn, "date_from", question)
    else:
        turn.hand_over_for("confused")


def _wait_for_search(turn: Turn, key: str, started: list[Change]) -> None:
    if turn.waiting_for != key and not turn.proposes:
        payload = {"conversation_id": turn.conversation["id"], "search": key}
        once = f"searching:{turn.conversation['id']}:{key}:{turn.conversation['inbound_no']}"
        channel = turn.ctx.channels.get(turn.conversation["provider"])
        delay = SEARCH_NOTICE_S[channel is not None and channel.edits]
        turn.extra.append(new_job("searching", payload, once=once, delay=delay))
        if channel:
            channel.typing(outgoing.chat_of(turn.conversation))
    turn.waiting_for = key
    turn.extra += started


def still_searching(ctx: Context, conversation_id: str, key: str) -> list[Change]:
    """«Ищу…», when a search has not ended after five seconds and the conversation still waits for it."""
    conversation = ctx.store.find("conversations", [("id", "eq", conversation_id)], limit=1)[0]
    if conversation["waiting_for"] != key or conversation["mode"] != Mode.BOT:
        return []
    dialogue = Dialogue.of(conversation["state"])
    channel = ctx.channels[conversation["provider"]]
    words = phrases.say("searching", dialogue)
    text = words if channel.edits else introduced(ctx, dialogue, words)  # the answer takes its place, with the greeting
    guard = {"waiting_for": key, "mode": Mode.BOT.value, "inbound_no": conversation["inbound_no"]}
    queued = outgoing.queue(ctx, conversation, Reply(text), author=Author.BOT, actor=BOT)
    if channel.edits:
        dialogue.notice = next(c.row["id"] for c in queued if isinstance(c, Insert) and c.table == "messages")
    return [Update("conversations", conversation_id, {"state": dialogue.kept()}, expect=guard), *queued]
