"""The commit of a turn: the guard first, then what was learnt, what goes out, and the activities last."""

from __future__ import annotations

from dataclasses import replace

from crystalbay.chat import phrases, telling, words
from crystalbay.chat.confirmed import settle
from crystalbay.chat.dialogue import Dialogue
from crystalbay.chat.turn import Turn
from crystalbay.services import customers, handover, leads, outgoing, staff_messages
from crystalbay.services.activities import activity
from crystalbay.services.context import Context
from crystalbay.services.office import read_office
from crystalbay.services.viewers import BOT
from crystalbay.services.work import process_job
from crystalbay.store.interface import Change, Insert, Row, Update, UpdateWhere, Where
from inquiry_processor import Assessment, assess
from models import Asks, Author, MessageState, Mode, Reply, Stage, TripRequest, Urgency, moved_forward


def turn_changes(turn: Turn) -> list[Change]:
    """The guard first, then what was learnt, what goes out, and the activities last."""
    _handover_words(turn)
    outgoing = _outgoing(turn)
    return [
        _guard(turn),
        *_dealt_with(turn),
        *customer_changes(turn),
        *lead_changes(turn),
        *turn.extra,
        *outgoing,
        *turn.last,
        *understood_activity(turn),
        *_handover_changes(turn),
    ]


def _guard(turn: Turn) -> Update:
    queued = bool(turn.rest)
    sets: Row = {"state": turn.dialogue.kept(), "waiting_for": turn.waiting_for, "process_queued": queued}
    if turn.hand_over:
        sets |= {"mode": Mode.HUMAN.value, "waiting_for": None}
    expect = {
        "inbound_no": turn.conversation["inbound_no"],
        "mode": turn.conversation["mode"],
        "waiting_for": turn.conversation["waiting_for"],
    }
    return Update("conversations", turn.conversation["id"], sets, expect=expect)


def nothing_queued(conversation: Row) -> Update:
    """The brain is done with a conversation as it was read; newer words make this conflict."""
    guard = {"inbound_no": conversation["inbound_no"]}
    return Update("conversations", conversation["id"], {"process_queued": False}, expect=guard)


def processed(conversation: Row) -> UpdateWhere:
    """All that waited in a conversation is dealt with; its guard stands before, so nothing newer is among it."""
    waiting: tuple[Where, ...] = (
        ("conversation_id", "eq", conversation["id"]),
        ("state", "eq", MessageState.RECEIVED.value),
    )
    return UpdateWhere("messages", waiting, {"state": MessageState.PROCESSED.value})


def _dealt_with(turn: Turn) -> list[Change]:
    """What this turn has read waits no longer; what came behind it gets its turn."""
    if not turn.rest:
        return [processed(turn.conversation)]
    talk = turn.conversation["id"]
    read: tuple[Where, ...] = (
        ("conversation_id", "eq", talk),
        ("state", "eq", MessageState.RECEIVED.value),
        ("created_at", "lte", turn.pending[-1]["created_at"]),
    )
    done = UpdateWhere("messages", read, {"state": MessageState.PROCESSED.value})
    return [done, process_job(talk, f"rest:{turn.rest[0]['id']}")]


def _handover_words(turn: Turn) -> None:
    """What the customer hears when a person takes over."""
    if turn.promised and turn.hand_over:
        hotel = words.hotel(turn.chosen.hotel) if turn.chosen else ""
        text = phrases.handed_over(turn.ctx, turn.hand_over, turn.promised, turn.dialogue, hotel=hotel)
        asks = None
        if turn.chosen and turn.with_buttons and not turn.customer["phone"]:
            text, asks = f"{text}\n\n{phrases.say('phone', turn.dialogue)}", Asks("phone")
        turn.say(text, asks=asks)


def _handover_changes(turn: Turn) -> list[Change]:
    """Managers are told, and the timeline says why. What they have on their list already is not told again."""
    if not turn.promised:
        return []
    fresh = [reason for reason in turn.beside if reason != turn.lead["needs_human"]]
    return [
        change
        for reason in [*fresh, *filter(None, [turn.hand_over])]
        for change in (
            handover.notice(reason, turn.lead, turn.customer, user_id=turn.promised.assignee_id),
            *staff_messages.told(
                turn.ctx,
                reason,
                turn.lead,
                turn.customer,
                user_id=turn.promised.assignee_id,
                conversation_id=turn.conversation["id"],
                words=_for_managers(turn, reason),
                by=turn.promised.by,
            ),
            activity(
                "handover",
                BOT,
                lead_id=turn.lead["id"],
                conversation_id=turn.conversation["id"],
                reason=reason,
                by=turn.promised.by.isoformat(),
                assignee=turn.promised.name,
                takes_over=reason == turn.hand_over,
            ),
        )
    ]


def _for_managers(turn: Turn, reason: str) -> str:
    """What a manager should read at once: the whole task when a tour was chosen, else the customer's own words."""
    if reason == "booking" and turn.chosen:
        phone = f"\nТелефон: {turn.customer['phone']}" if turn.customer["phone"] else ""
        return telling.in_full(turn.chosen, "ru") + phone
    return "\n".join(message["text"] for message in turn.pending if message["text"].strip())


def _outgoing(turn: Turn) -> list[Change]:
    """The reply's parts and delivery jobs; the offers it shows become rows that never change."""
    reply = turn.whole_reply()
    if reply is None:
        return []
    outcome = bool(turn.offers) or not turn.pending  # only what was searched for takes the place of «ищу туры…»
    replaces = turn.dialogue.notice if outcome else None
    reply = _introduced(turn, replace(reply, language=turn.dialogue.language, replaces=replaces))
    if outcome or turn.waiting_for is None:
        turn.dialogue.notice = None
    answers = turn.dialogue.unanswered
    turn.dialogue.unanswered = []
    queued = outgoing.queue(turn.ctx, turn.conversation, reply, author=Author.BOT, actor=BOT, answers=answers)
    return [*offer_rows(turn), *queued, *_offers_activity(turn)]


def _introduced(turn: Turn, reply: Reply) -> Reply:
    """The first reply ever says who writes, however it is shown."""
    if turn.dialogue.introduced:
        return reply
    text = introduced(turn.ctx, turn.dialogue, reply.text)
    hello = text.removesuffix(reply.text)
    return replace(reply, text=text, cards=reply.cards and replace(reply.cards, before=hello + reply.cards.before))


def introduced(ctx: Context, dialogue: Dialogue, text: str) -> str:
    """A text to the customer; the first one ever says who writes."""
    if dialogue.introduced:
        return text
    dialogue.introduced = True
    return f"{phrases.say('hello', dialogue, office=read_office(ctx.store).name)}\n\n{text}"


def offer_rows(turn: Turn) -> list[Change]:
    """The offers of a turn as rows that never change."""
    return [
        Insert(
            "offers",
            {
                "id": offer.id,
                "lead_id": turn.lead["id"],
                "conversation_id": turn.conversation["id"],
                "data": offer.model_dump(mode="json"),
                "fetched_at": offer.fetched_at,
            },
            now={"created_at": 0.0},
        )
        for offer in turn.offers
    ]


def _offers_activity(turn: Turn) -> list[Change]:
    if not turn.offers:
        return []
    hotels = [offer.hotel for offer in turn.offers]
    return [activity("offers.sent", BOT, lead_id=turn.lead["id"], count=len(hotels), hotels=hotels)]


def assessed(turn: Turn) -> Assessment:
    answered = bool(turn.dialogue.asked) and bool(turn.understood and turn.understood.slots)
    return assess(
        TripRequest.model_validate(turn.trip),
        turn.understood,
        offers=turn.offers,
        chosen=turn.chosen,
        over_budget=turn.over_budget,
        has_contact=bool(turn.customer["phone"] or turn.customer["email"]),
        question_answered=answered and bool(turn.conversation["state"].get("asked")),
        category=turn.lead["category"],
    )


def _of_what_is_known(trip: TripRequest, evidence: Row) -> Row:
    """The words for what the trip holds now; those for a place that was given up say nothing any more."""
    known = {name for name, value in trip if value not in (None, [], ())}
    return {slot: quote for slot, quote in evidence.items() if slot in known or slot not in TripRequest.model_fields}


def lead_changes(turn: Turn, *, moves: bool = True) -> list[Change]:
    """Trip, score, stage and value of the lead.

    The machine only moves a stage forward, and each stage once: a stage that was set by hand afterwards stays. While a
    person leads it `moves` nothing.
    """
    lead, fallen = turn.lead, settle(turn)
    found = assessed(turn)
    trip = TripRequest.model_validate(turn.trip)
    sets: Row = leads.trip_sets(trip, turn.customer) | {
        "evidence": _of_what_is_known(trip, lead["evidence"] | turn.evidence),
        "score": found.score,
        "score_reasons": found.reasons,
        "category": found.category,
    }
    if fallen:
        sets["confirmed"] = [slot for slot in lead["confirmed"] if slot not in fallen]
    if turn.understood:
        sets["urgency"] = found.urgency.value
    if found.value and (turn.offers or turn.chosen or lead["value_minor"] is None or "budget_max" in _said(turn)):
        sets |= {"value_minor": int(found.value.amount * 100), "value_currency": found.value.currency}
    if turn.hand_over or turn.beside:
        sets |= _needs_human(turn)
    elif turn.reply and turn.conversation["mode"] == Mode.BOT:
        sets["waiting_since"] = None
    if turn.offers and lead["needs_human"] == "refusal":
        sets["needs_human"] = None
    before = Stage(lead["stage"])
    reached = Stage(lead["machine_stage"] or Stage.NEW_REQUEST)
    stage = before
    if moves and found.stage and moved_forward(reached, found.stage) is not reached:
        sets["machine_stage"] = found.stage.value
        stage = moved_forward(before, found.stage)
    changed = {name: value for name, value in sets.items() if lead[name] != value}
    told: Row = {"unconfirmed": fallen} if fallen else {}
    if stage is not before:
        moved = leads.stage_sets(stage)
        if moved["status"] != lead["status"]:
            moved["position"] = -turn.ctx.clock.now().timestamp()
        return leads.change(
            lead, changed | moved, BOT, "lead.moved", **{"from": before.value, "to": stage.value}, **told
        )
    return leads.change(lead, changed, BOT, **told) if changed else []


def _said(turn: Turn) -> Row:
    return turn.understood.slots if turn.understood else {}


def _needs_human(turn: Turn) -> Row:
    sets: Row = {"needs_human": turn.hand_over or turn.beside[-1]}
    if turn.hand_over:
        sets["mode"] = Mode.HUMAN.value
        if turn.promised and turn.lead["assignee_id"] is None:
            sets["assignee_id"] = turn.promised.assignee_id
    if turn.hand_over in handover.URGENT:
        sets["urgency"] = Urgency.HIGH.value
    return sets


def customer_changes(turn: Turn) -> list[Change]:
    """Contact data that the customer told goes to his row; identities are joined only when a channel proves them."""
    slots, row = _said(turn), turn.customer
    fresh = customers.told_changes(
        row,
        BOT,
        turn.ctx.clock.now(),
        name=slots.get("customer_name"),
        phone=slots.get("phone"),
        email=slots.get("email"),
    )
    if row["language"] != turn.dialogue.language:
        fresh["language"] = turn.dialogue.language
    turn.customer = row | fresh
    return [Update("customers", row["id"], fresh, expect={"version": row["version"]})] if fresh else []


def understood_activity(turn: Turn) -> list[Change]:
    if turn.understood is None:
        return []
    understood = turn.understood
    return [
        activity(
            "understood",
            BOT,
            lead_id=turn.lead["id"],
            conversation_id=turn.conversation["id"],
            intent=understood.intent.value,
            slots=understood.slots,
            evidence=understood.evidence,
            confidence=understood.confidence,
            urgency=understood.urgency.value,
            sentiment=understood.sentiment.value,
            language=understood.language.value,
            messages=[message["id"] for message in turn.pending],
        )
    ]
