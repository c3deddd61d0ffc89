"""Going on where the dialogue is: ask the next thing, search, remind of the offers, say that nothing was understood."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from crystalbay.chat import answers, phrases, questions, words
from crystalbay.chat.searching import search
from crystalbay.chat.turn import Turn
from crystalbay.nlp.gazetteer import built_in
from crystalbay.nlp.impossible import impossible_day
from crystalbay.services import tours

_PROPOSED = ("Турция", "Египет", "ОАЭ", "Таиланд", "Тунис", "Вьетнам", "Кипр", "Грузия", "Россия")
"""Seaside countries in the order in which a customer without a wish hears of them, as far as the supplier has them."""
_MOST_PROPOSED = 3
_WEEK = 7


def advance(turn: Turn) -> None:
    """Ask the one most useful missing thing, or search."""
    gaps = questions.missing(turn.trip)
    if not gaps:
        search(turn)
        return
    if turn.changed:  # who told something else than what was asked for hears another question first
        gaps.sort(key=lambda gap: turn.dialogue.asked.get(gap, 0))
    question = questions.ask(gaps[0], turn.dialogue)
    if question is None:
        turn.hand_over_for("confused")
    else:
        turn.waiting_for = None
        answers.ask(turn, gaps[0], question)


def repeat(turn: Turn) -> None:
    """What is open, once more: the offers, or the question in its last words."""
    dialogue, gaps = turn.dialogue, questions.missing(turn.trip)
    if dialogue.at_table:
        turn.say(phrases.say("pick", dialogue))
    elif dialogue.last_asked in gaps and dialogue.asked.get(dialogue.last_asked):
        answers.ask(turn, dialogue.last_asked, questions.again(dialogue.last_asked, dialogue))
    else:
        advance(turn)


def go_on(turn: Turn) -> None:
    """What comes next beside an answer: nothing is repeated that the customer knows."""
    if turn.dialogue.at_table and not turn.changed:
        turn.say(phrases.say("pick", turn.dialogue))
        return
    gaps = questions.missing(turn.trip)
    if not gaps:
        if turn.changed or turn.waiting_for:
            search(turn)
        return
    question = questions.ask(gaps[0], turn.dialogue)
    if question:
        answers.ask(turn, gaps[0], question)


def ask_manager(turn: Turn, reason: str) -> None:
    """A question for a person, passed on beside: who answers and by when; the machine goes on."""
    promised = turn.ask_beside(reason)
    turn.notes.append(phrases.handed_over(turn.ctx, reason, promised, turn.dialogue))
    go_on(turn)


def confused(turn: Turn) -> None:
    """Say so and ask again in other words what is open; the second time a person is called."""
    dialogue = turn.dialogue
    dialogue.confused += 1
    if dialogue.confused >= 2:
        turn.hand_over_for("confused")
        return
    if dialogue.at_table:
        turn.say(phrases.say("table", dialogue))
        return
    if not questions.missing(turn.trip):
        turn.say(phrases.say("change_what", dialogue))
        return
    slot = dialogue.last_asked
    question = questions.ask(slot, dialogue) if slot in questions.ORDER else None
    if slot and question:
        answers.ask(turn, slot, f"{phrases.say('not_understood', dialogue)} {question}")
    else:
        turn.say(phrases.say("confused", dialogue))


def propose_countries(turn: Turn) -> bool:
    """No wish where to: two or three countries that are sold, the first of them is taken until another is named."""
    sold = tours.countries(turn.ctx, turn.trip.get("departure_city"))
    excluded = turn.trip.get("excluded") or []
    liked = [name for name in _PROPOSED if name in sold and name not in excluded][:_MOST_PROPOSED]
    if not liked:
        return False
    turn.trip["destination_country"] = liked[0]
    if liked[1:]:
        turn.trip["destination_alternatives"] = liked[1:]
    turn.changed = True
    language = turn.dialogue.language
    named = [words.place(name, language) for name in liked]
    turn.notes.append(phrases.say("propose", turn.dialogue, all=words.either(named, language), first=named[0]))
    advance(turn)
    return True


def take_any(turn: Turn) -> None:
    """«Всё равно», «не знаю» to our question for the dates or the nights: the coming month, a week."""
    asked, trip = turn.signals.any_of or turn.dialogue.last_asked, turn.trip
    if asked == "date_from" and "date_from" not in trip and "date_to" not in trip:
        today = turn.ctx.local_now().date()
        trip |= {"date_from": str(today + timedelta(days=1)), "date_to": str(today + timedelta(days=30))}
        turn.notes.append(phrases.say("any_dates", turn.dialogue))
    elif asked == "nights_min" and "nights_min" not in trip and "nights_max" not in trip:
        trip |= {"nights_min": _WEEK, "nights_max": _WEEK}
        turn.notes.append(phrases.say("any_nights", turn.dialogue))
    else:
        return
    turn.changed = True


def no_tours_there(turn: Turn) -> bool:
    """A destination of no table of ours that the supplier does not sell either: said at once, with what there is."""
    place = (turn.understood.slots if turn.understood else {}).get("destination_country")
    if not place or place in _known_countries():
        return False
    sold = tours.countries(turn.ctx, turn.trip.get("departure_city"))
    if not sold or place in sold:
        return False
    turn.trip.pop("destination_country", None)
    dialogue = turn.dialogue
    names = ", ".join(words.place(name, dialogue.language) for name in sold[:10])
    dialogue.last_asked, turn.waiting_for = "destination_country", None
    turn.say(phrases.say("nowhere", dialogue, place=words.place(place, dialogue.language), names=names))
    return True


@cache
def _known_countries() -> frozenset[str]:
    return frozenset(place.name for place, _ in built_in() if place.kind == "country")


def tell_impossible_day(turn: Turn) -> None:
    """«31 июня», «10 января 2025 года»: why no date was taken from that, before the question for one."""
    said = turn.understood.slots if turn.understood else {}
    if "date_from" in said or "date_to" in said:
        return
    day = impossible_day(turn.text, turn.ctx.local_now().date())
    if day:
        turn.notes.append(phrases.say(f"day_{day.why}", turn.dialogue, said=day.said, days=str(day.days)))
