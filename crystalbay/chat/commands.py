"""Commands: the bot's menu (/search), and words that work in every messenger («назад», «начать заново»).

A command is a whole message. What else was written beside it has been understood before. Each channel hears the same
ones; those with buttons offer them, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from crystalbay.chat import answers, phrases, questions, telling
from crystalbay.chat.dialogue import PLACE_SLOTS, asks_for
from crystalbay.chat.going_on import advance, repeat
from crystalbay.chat.turn import Turn
from crystalbay.services.erasing import ON_REQUEST
from crystalbay.services.work import new_job
from crystalbay.store.interface import Row
from models import TripRequest

Act = Callable[[Turn], None]

FEW_SLOTS = 2
"""More than this is not thrown away without asking."""

_SLOTS_OF: dict[str, tuple[str, ...]] = {
    "destination_country": PLACE_SLOTS,
    "date_from": ("date_from", "date_to"),
    "nights_min": ("nights_min", "nights_max"),
    "adults": ("adults", "children"),
}
"""What is asked for again after «назад»; any other question is for the slot of its name."""

_WORDS: dict[str, tuple[str, ...]] = {
    "start": ("/start",),
    "search": ("/search", "подобрать тур", "find a tour"),
    "offers": ("/offers", "/my"),
    "manager": ("/manager",),
    "language": ("/language",),
    "help": ("/help", "помощь", "help"),
    "cancel": ("/cancel", "отмена", "cancel"),
    "delete_me": ("/delete_me",),
    "back": ("/back", "назад", "back"),
    "restart": ("/restart", "заново", "начать заново", "начать сначала", "start again", "start over"),
}
_LANGUAGES = {"ru": "ru", "русский": "ru", "russian": "ru", "en": "en", "english": "en", "английский": "en"}
_IN_ANSWER: dict[str, dict[str, str]] = {
    "restart": {"да, начать заново": "clear", "yes, start again": "clear", "да": "clear", "yes": "clear"},
    "delete": {"да, удалить мои данные": "erase", "yes, delete my data": "erase", "оставить": "keep", "keep": "keep"},
    "language": _LANGUAGES,
}
"""What a message says while this is to be decided."""

_GO_ON = ("продолжить", "continue", "go on")
_COMMANDS = {said: name for name, words in _WORDS.items() for said in words}


def command(turn: Turn, text: str) -> Act | None:
    """What a message commands: /word with or without something behind it, or one of the words and nothing else.

    Behind /search stands a wish: that is read like any other words.
    """
    said = _plain(text)
    decided = _IN_ANSWER.get(turn.dialogue.decides or "", {}).get(said)
    if decided:
        return _DECISIONS[decided]
    if said in _GO_ON and (turn.dialogue.decides or turn.dialogue.introduced):
        return _go_on
    if not said.startswith("/"):
        name = _COMMANDS.get(said)
        return _ACTS[name] if name else None
    word, _, behind = said.partition(" ")
    name = _COMMANDS.get(word.partition("@")[0])
    if name == "language" and behind in _LANGUAGES:
        return _speak(_LANGUAGES[behind])
    return _ACTS[name] if name and not (name == "search" and behind) else None


def is_alone(message: Row) -> bool:
    """Is a message a press or a command, which is answered by itself whatever is written beside it?"""
    text = _plain(message["text"])
    tap = message["tap"] or {}
    return bool(tap.get("act") or tap.get("old")) or text.startswith("/") or text in _COMMANDS or text in _GO_ON


def erases(turn: Turn) -> Act | None:
    """The one command that is obeyed also while a person leads: the customer's data are his. A single word («оставить»)
    may be said to the person: it counts as a press only."""
    newest = turn.pending[-1]
    act = command(turn, newest["text"])
    if act is _keep and not (newest["tap"] or {}).get("act"):
        return None
    return act if act in (_delete_me, _erase, _keep) else None


def in_good_hands(turn: Turn, by: str) -> bool:
    """A command while the machine itself has called a person, who has not come yet: it is answered, and nothing else.

    `by`: until when an answer was promised, in words. False: this message is no command.
    """
    act = command(turn, turn.pending[-1]["text"])
    if act is None:
        return False
    if act is _help:
        act(turn)
    else:
        turn.say(phrases.say("good_hands", turn.dialogue, by=by))
    return True


def _plain(text: str) -> str:
    return re.sub(r"[\s.!?]+$", "", " ".join(text.casefold().split())).lstrip("‹ ")


# --------------------------------------------------------------------------- beginning, going on


def _start(turn: Turn) -> None:
    """The bot was opened: the first question; in the middle of a trip, whether to go on."""
    if not asks_for(turn.trip) or not turn.dialogue.introduced:
        _go_on(turn)
        return
    if turn.waiting_for:
        turn.say(phrases.say("still_searching", turn.dialogue))
        return
    turn.dialogue.decides = "restart"
    trip = telling.trip(TripRequest.model_validate(turn.trip), turn.dialogue.language)
    answers.decide(turn, "restart", phrases.say("welcome_back", turn.dialogue, trip=trip))


def _go_on(turn: Turn) -> None:
    """Where the dialogue stopped: the open question, the offers, or a search."""
    turn.dialogue.decides = None
    if turn.dialogue.at_table or questions.missing(turn.trip):
        repeat(turn)
    else:
        advance(turn)


def _search(turn: Turn) -> None:
    turn.dialogue.decides = None
    turn.dialogue.last_asked = None
    advance(turn)


def _offers(turn: Turn) -> None:
    """The last selection once more."""
    shown = turn.shown
    if turn.waiting_for:
        turn.say(phrases.say("still_searching", turn.dialogue))
        return
    if not shown:
        turn.notes.append(phrases.say("no_offers", turn.dialogue))
        _go_on(turn)
        return
    turn.dialogue.last_asked = "offer"
    before = phrases.say("last_offers", turn.dialogue)
    turn.say(
        telling.picked(turn.ctx, shown, before, turn.dialogue.language),
        offers=shown,
        cards=telling.picked_cards(turn.ctx, shown, before, turn.dialogue.language, more=True),
    )


def restart(turn: Turn) -> None:
    """Everything is forgotten, after a word about it when there is much to forget."""
    if len(asks_for(turn.trip)) > FEW_SLOTS:
        turn.dialogue.decides = "restart"
        answers.decide(turn, "restart", phrases.say("restart", turn.dialogue))
    else:
        _clear(turn)


def _clear(turn: Turn) -> None:
    turn.trip, turn.waiting_for, turn.changed = {}, None, True
    turn.dialogue = turn.dialogue.fresh()
    turn.notes.append(phrases.say("cleared", turn.dialogue))
    advance(turn)


def back(turn: Turn) -> None:
    """One step back: its question again; all other answers stay."""
    dialogue, slot = turn.dialogue, answers.step_before(turn)
    if slot is None:
        turn.notes.append(phrases.say("at_the_beginning", dialogue))
        repeat(turn)
        return
    dialogue.trail = dialogue.trail[:-1]
    for name in _SLOTS_OF.get(slot, (slot,)):
        turn.trip.pop(name, None)
    dialogue.other_trip()
    for gap in questions.missing(turn.trip):  # the way forward asks them all as if for the first time
        dialogue.asked.pop(gap, None)
    turn.waiting_for = None
    question = questions.ask(slot, dialogue)
    if question:
        answers.ask(turn, slot, question)


# --------------------------------------------------------------------------- beside the trip


def _manager(turn: Turn) -> None:
    turn.hand_over_for("asked")


def _help(turn: Turn) -> None:
    turn.say(phrases.say("help", turn.dialogue))


def _cancel(turn: Turn) -> None:
    """Nothing is searched for and nothing asked until the customer wants it."""
    turn.waiting_for = None
    turn.dialogue.decides = "restart"
    answers.decide(turn, "restart", phrases.say("cancelled", turn.dialogue))


def _language(turn: Turn) -> None:
    turn.dialogue.decides = "language"
    turn.say(phrases.say("language", turn.dialogue), choices=answers.LANGUAGES)


def _speak(language: str) -> Act:
    def act(turn: Turn) -> None:
        turn.dialogue.language, turn.dialogue.language_chosen, turn.dialogue.decides = language, True, None
        turn.notes.append(phrases.say("language_set", turn.dialogue))
        repeat(turn)

    return act


# --------------------------------------------------------------------------- the customer's data


def _delete_me(turn: Turn) -> None:
    turn.waiting_for, turn.dialogue.decides = None, "delete"  # nothing else is said before it is decided
    answers.decide(turn, "delete", phrases.say("delete", turn.dialogue))


def _keep(turn: Turn) -> None:
    turn.dialogue.decides = None
    turn.say(phrases.say("kept", turn.dialogue))


def _erase(turn: Turn) -> None:
    """The goodbye goes out first: the job waits in the line of this chat's messages, then nobody is to be found."""
    turn.dialogue.decides, turn.waiting_for = None, None
    turn.say(phrases.say("deleted", turn.dialogue), no_keyboard=True)
    key, once = f"deliver:{turn.conversation['id']}", f"{ON_REQUEST}:{turn.pending[-1]['id']}"
    turn.last.append(new_job(ON_REQUEST, {"customer_id": turn.customer["id"]}, key=key, once=once))


_ACTS: dict[str, Act] = {
    "start": _start,
    "search": _search,
    "offers": _offers,
    "manager": _manager,
    "language": _language,
    "help": _help,
    "cancel": _cancel,
    "delete_me": _delete_me,
    "back": back,
    "restart": restart,
}
_DECISIONS: dict[str, Act] = {
    "clear": _clear,
    "erase": _erase,
    "keep": _keep,
    "ru": _speak("ru"),
    "en": _speak("en"),
}
