"""While offers lie before the customer: he chooses, asks about them, wants others, hesitates, leaves his telephone …"""

from __future__ import annotations

from crystalbay.chat import phrases, telling, words
from crystalbay.chat.choosing import beyond, chosen_offers, puts_right
from crystalbay.chat.going_on import ask_manager, confused
from crystalbay.chat.searching import search, search_others, tell_wishes
from crystalbay.chat.turn import Turn
from crystalbay.nlp.money import read_budget
from crystalbay.nlp.text import prepare
from models import CONTACT_SLOTS, Intent, Offer

_SMALLEST_BUDGET = 15
"""«Ну 70» after three offers is a budget; «4» is a number that no offer has."""


def at_table(turn: Turn) -> None:
    """The first that fits; the trip itself was not changed by the message."""
    said, dialogue = turn.signals, turn.dialogue
    intent = turn.understood.intent if turn.understood else Intent.OTHER
    if _answered(turn):
        return
    if intent is Intent.BOOKING_REQUEST or _chooses(turn, intent):
        book(turn)
    elif _is_question(turn, intent):
        dialogue.told_wishes += turn.new_wishes  # the manager hears of them with the question
        ask_manager(turn, "payment" if intent is Intent.PAYMENT_QUESTION else "question")
    elif turn.new_wishes and tell_wishes(turn):
        turn.after.append(phrases.say("pick", dialogue))
    elif said.cheaper:
        search_others(turn, cheaper=True)
    elif said.more or said.disliked:
        search_others(turn)
    elif said.thinking:
        turn.say(phrases.say("think", dialogue))
    elif _contacts(turn):
        _thank_for_contacts(turn)
    elif not _budget(turn):
        _else(turn, intent)


def _else(turn: Turn, intent: Intent) -> None:
    """Nothing that needs a rule of its own."""
    if intent is Intent.CONSENT_OR_CONFIRM:
        book(turn)
    elif intent is Intent.THANKS_OR_BYE:
        turn.say(phrases.say("thanks", turn.dialogue))
    elif intent is Intent.TOUR_SEARCH and not turn.signals.asks:
        search(turn)  # the same trip in other words: the same offers are not sent again
    elif turn.signals.asks and intent is not Intent.GREETING:
        ask_manager(turn, "question")
    else:
        confused(turn)


def _is_question(turn: Turn, intent: Intent) -> bool:
    """What nobody here can answer: a general question, or one about an offer that is named."""
    named = turn.signals.asks and bool(chosen_offers(turn.text, turn.shown))
    return named or intent in (Intent.GENERAL_QUESTION, Intent.PAYMENT_QUESTION)


def _chooses(turn: Turn, intent: Intent) -> bool:
    """A hotel or an ordinal, not asked about: «Мне нравится Side Sunrise»."""
    if turn.signals.what_next:
        return len(chosen_offers(turn.text, turn.shown)) == 1
    if turn.signals.asks or turn.signals.cheaper or (intent is Intent.REFUSAL and not puts_right(turn.text)):
        return False
    return bool(chosen_offers(turn.text, turn.shown))


def book(turn: Turn) -> None:
    """The customer chose: until bookings exist, a manager gets a complete task."""
    shown = turn.shown
    if not shown:
        confused(turn)
        return
    chosen = chosen_offers(turn.text, shown)
    if _budget(turn):
        return
    if (len(shown) > 1 and len(chosen) != 1) or (not chosen and beyond(turn.text, shown)):
        turn.say(phrases.say("which", turn.dialogue, last=str(len(shown))))
        return
    turn.chosen = (chosen or shown)[0]
    turn.dialogue.chosen = turn.chosen.id
    turn.hand_over_for("booking")


def _answered(turn: Turn) -> bool:
    """What the offers themselves can answer: the difference, the meals, prices, dates, children."""
    said, dialogue = turn.signals, turn.dialogue
    numbered = list(enumerate(turn.shown, 1))
    named = chosen_offers(turn.text, turn.shown)
    about = [(number, offer) for number, offer in numbered if offer in named] or numbered
    meal = said.meal_asked
    if said.compares and len(about) > 1 and meal is None:
        answer = telling.comparison(about, dialogue)
    elif meal is not None:
        answer = telling.meals(about, meal, dialogue)
    elif said.of_children and (said.asks or said.of_price):
        answer = _of_children(turn, turn.shown)
    elif named and said.asks and (said.of_price or said.of_offer):
        answer = telling.facts(about, dialogue)
    else:
        return False
    dialogue.confused = 0
    turn.say(f"{answer}\n\n{phrases.say('closer', dialogue)}")
    return True


def _of_children(turn: Turn, shown: list[Offer]) -> str:
    children = max((offer.children for offer in shown), default=0)
    if not children:
        return phrases.say("children_price", turn.dialogue)
    who = words.people(shown[0].adults, children, turn.dialogue.language)
    return phrases.say("children_priced", turn.dialogue, who=who)


def _contacts(turn: Turn) -> bool:
    return bool(turn.understood and CONTACT_SLOTS & turn.understood.slots.keys())


def _thank_for_contacts(turn: Turn) -> None:
    """The writer's telephone, address or name: kept, and back to the open question."""
    name = str((turn.understood.slots if turn.understood else {}).get("customer_name") or "")
    thanks = phrases.say("contact", turn.dialogue, name=f", {name}" if name else "")
    which = phrases.say("which", turn.dialogue, last=str(len(turn.shown)))
    turn.say(f"{thanks} {which}", no_keyboard=True)


def _budget(turn: Turn) -> bool:
    """«Ну 70»: a bare number beyond all offers is what the customer can pay."""
    if not beyond(turn.text, turn.shown) or turn.changed:
        return False
    text = prepare(turn.text)
    currency = turn.trip.get("budget_currency") or "RUB"
    budget = read_budget(text, asked=True, known_currency=currency, language=turn.dialogue.language)
    if budget is None or budget.high is None or budget.high < _SMALLEST_BUDGET * 1000:
        return False
    turn.trip |= {"budget_max": int(budget.high), "budget_currency": budget.currency or currency}
    turn.evidence |= {"budget_max": budget.quote}
    turn.dialogue.other_trip()
    turn.changed = True
    search(turn)
    return True
