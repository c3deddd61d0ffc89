"""Buttons that customers press: what a press says in words, and the answer that the messenger waits for.

A press is kept as a message of the customer with the words of the button, so that whoever reads the chat understands
it. What the button means (`tap`) stands beside, for the brain.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Any

from babel.dates import format_date

from crystalbay.errors import PermanentError
from crystalbay.services.context import Context
from crystalbay.services.work import Job, new_job
from crystalbay.store.interface import Change, Row, Where
from crystalbay.telegram.buttons import read_people
from models import Chat, Choice, KeyboardTurned, MessageReceived, Mode, Pressed, Tap

OLD_BUTTON = {"ru": "Эта кнопка уже не действует", "en": "This button no longer works"}
_HUMAN = {"ru": "Менеджер увидит и ответит здесь", "en": "A manager will see it and answer here"}

_WORDS: dict[str, dict[str, str]] = {
    "ru": {
        "want": "Хочу этот: {hotel}",
        "details": "Подробнее: {hotel}",
        "more": "Ещё варианты",
        "human": "Позовите человека",
        "back": "Назад",
        "restart": "Начать заново",
    },
    "en": {
        "want": "I want this one: {hotel}",
        "details": "Details: {hotel}",
        "more": "More options",
        "human": "Call a person",
        "back": "Back",
        "restart": "Start again",
    },
}
ANSWERS = ("answer", "day", "people")
"""Presses whose words are read like any others."""
_OF_A_QUESTION = (*ANSWERS, "back")
_LATELY = 30
DOUBLE_TAP = timedelta(seconds=10)


def said(ctx: Context, conversation: Row | None, event: MessageReceived) -> tuple[MessageReceived, Row | None]:
    """The message that a press is, with its words, and what is kept of the tap; an album is kept in the same place."""
    if event.tap is None:
        return event, {"album": event.album} if event.album else None
    row = _pressed_row(ctx, conversation, event.tap.message_id)
    words = _words(row, event.tap) if row else None
    if row is None or words is None:
        return replace(event, text=OLD_BUTTON[_spoken(conversation)]), {"act": None, "old": True}
    tap: Row = {"act": event.tap.act, "value": event.tap.value, "message_id": row["id"]}
    tap["offer_id"] = row["offers"][0]["id"] if row["offers"] else None
    tap["old"] = event.tap.act in _OF_A_QUESTION and _newest_question(ctx, row) != row["id"]
    return replace(event, text=words), tap


def is_double(ctx: Context, conversation: Row, tap: Row | None) -> bool:
    """Has the customer's last message been the very same press, a moment ago? Fingers often tap twice."""
    if not tap or tap.get("act") not in ANSWERS:
        return False
    here: list[Where] = [("conversation_id", "eq", conversation["id"]), ("direction", "eq", "in")]
    rows = ctx.store.find("messages", here, limit=1, desc=True)
    before = (rows[0]["tap"] or {}) if rows else {}
    same = all(before.get(name) == tap[name] for name in ("act", "value", "message_id"))
    return bool(same and ctx.clock.now() - rows[0]["created_at"] < DOUBLE_TAP)


def is_finished(event: MessageReceived) -> bool:
    """Who pressed a button or gave a command writes nothing more to it."""
    return event.tap is not None or event.text.startswith("/")


def _pressed_row(ctx: Context, conversation: Row | None, message_id: str) -> Row | None:
    """The message under which the button stands, if it is one of ours in this very chat."""
    rows = ctx.store.find("messages", [("id", "eq", message_id)], limit=1) if conversation else []
    return rows[0] if rows and conversation and rows[0]["conversation_id"] == conversation["id"] else None


def _newest_question(ctx: Context, row: Row) -> str | None:
    """The last message of the chat that asks something with buttons."""
    here: list[Where] = [("conversation_id", "eq", row["conversation_id"]), ("direction", "eq", "out")]
    rows = ctx.store.find("messages", here, limit=_LATELY, desc=True)
    asking = (one["id"] for one in rows if one["choices"] or (one["look"] or {}).get("asks"))
    return next(asking, None)


def _words(row: Row, tap: Tap) -> str | None:
    """What the customer says by pressing; None for what stands under no message of ours."""
    language = _language(row)
    if tap.act == "answer":
        place = int(tap.value) if tap.value.isdigit() else -1
        return row["choices"][place]["value"] if 0 <= place < len(row["choices"]) else None
    if tap.act == "day":
        return _day(tap.value, language)
    if tap.act == "people":
        return _party(tap.value, language)
    hotel = row["offers"][0]["hotel"] if row["offers"] else ""
    if tap.act in ("want", "details") and not hotel:
        return None
    return _WORDS[language][tap.act].format(hotel=hotel.title() if hotel.isupper() else hotel)


def _spoken(conversation: Row | None) -> str:
    """The language of the dialogue."""
    return "en" if conversation and conversation["state"].get("language") == "en" else "ru"


def _language(row: Row) -> str:
    return str((row["look"] or {}).get("language", "ru"))


def _day(value: str, language: str) -> str | None:
    """«12 июня 2026», "12 June 2026"."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return format_date(day, "d MMMM y", locale=language)


def _party(value: str, language: str) -> str | None:
    """«2 взрослых, дети 5 и 9 лет»; the words that are read best."""
    people = read_people(value)
    if people is None or None in people[1]:
        return None
    adults, ages = people[0], [str(age) for age in people[1]]
    last = "и" if language == "ru" else "and"
    both = f"{', '.join(ages[:-1])} {last} {ages[-1]}" if len(ages) > 1 else "".join(ages)
    if language == "en":
        grown = f"{adults} adult{'s' if adults != 1 else ''}"
        return f"{grown}, {f'children aged {both}' if ages else 'no children'}"
    grown = f"{adults} {'взрослый' if adults == 1 else 'взрослых'}"
    if not ages:
        return f"{grown}, без детей"
    return f"{grown}, {'ребёнок' if len(ages) == 1 else 'дети'} {both} лет"


# --------------------------------------------------------------------------- the answer to a press


def answer_press(event: MessageReceived, tap: Row | None, conversation: Row) -> list[Change]:
    """The job that ends the waiting of a pressed button: with a word where nothing else will be heard at once."""
    if event.pressed is None or tap is None:
        return []
    words = ""
    if conversation["mode"] != Mode.BOT:
        words = _HUMAN[_spoken(conversation)]
    elif tap["old"]:
        words = OLD_BUTTON[_spoken(conversation)]
    settled = tap["act"] in (*_OF_A_QUESTION, "restart") and not tap["old"]
    answer = event.text if settled and tap["act"] in ANSWERS else ""
    return [_job(event.pressed, said=words, message_id=tap.get("message_id", ""), settled=settled, answer=answer)]


def turned(event: KeyboardTurned) -> list[Change]:
    """The job that turns a keyboard to another page."""
    return [_job(event.pressed, message_id=event.message_id, view=event.view)]


def _job(pressed: Pressed, **more: Any) -> Change:
    chat = pressed.chat
    held = {"id": pressed.id, "external_id": pressed.external_id, "chat": asdict(chat)}
    once = f"press:{chat.account}:{pressed.id}"
    return new_job("press", {"pressed": held, **more}, key=key(chat.chat_id), once=once)


def key(chat_id: str) -> str:
    """The key of the jobs of a chat's presses."""
    return f"press:{chat_id}"


def press(ctx: Context, job: Job) -> list[Change]:
    """The job: say that the press has arrived, turn the page, or let the answer stand under its question."""
    if ctx.telegram is None:
        raise PermanentError("no bot is configured")
    given, held = job.payload, job.payload["pressed"]
    chat = Chat(**held["chat"])
    pressed = Pressed(held["id"], chat, held["external_id"])
    ctx.telegram.acknowledge(pressed.id, given.get("said", ""))
    talks = ctx.store.find("conversations", [("chat_key", "eq", chat.key), ("mode", "eq", Mode.BOT.value)], limit=1)
    row = _pressed_row(ctx, talks[0] if talks else None, given["message_id"])  # once a person leads, all stays as it is
    if row and given.get("settled"):
        ctx.telegram.settle(pressed, row["text"], given["answer"])
    elif row and "view" in given:
        choices = [Choice(choice["label"], choice["value"]) for choice in row["choices"]]
        ctx.telegram.turn(pressed, row["id"], row["look"] or {}, choices, given["view"])
    return []
