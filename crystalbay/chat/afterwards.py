"""After the machine handed a conversation over: what it may still say, and when it must be silent.

The rule. The machine says «записал, передал менеджеру» to a message that tells the manager something new (another of
the offers, contact data, another value of the trip), as long as all of this holds:

- the machine itself handed the conversation over, for a reason that does not mean «no machine»: a customer who asked
  for a person, is angry, in trouble or in a hurry hears none;
- since then nobody of the office has written or taken the conversation over;
- it has not yet said so in each of its wordings: never twice the same words, so at most three times.

Everything else that is written then is stored, understood into the trip and left to the manager.
"""

from __future__ import annotations

from datetime import datetime

from crystalbay.chat import phrases, words
from crystalbay.chat.choosing import chosen_offers
from crystalbay.chat.turn import Turn
from crystalbay.services import handover, outgoing
from crystalbay.services.context import Context
from crystalbay.services.viewers import BOT
from crystalbay.store.interface import Change, Require, Row, Update, Where
from models import CONTACT_SLOTS, Author, Intent, Mode, Reply

NO_MACHINE = frozenset({"asked", "angry", "urgent", "support", "not_sent", "send_unknown"})
_LAST_ACTS = 50


def noted(turn: Turn) -> list[Change]:
    """The changes that tell the customer and the managers what was noted; none when the machine must be silent.

    They hold the lead as it was read: a person who takes over meanwhile makes them conflict. They come before the
    lead's own changes.
    """
    if not _may_speak(turn):
        return []
    what = _new(turn)
    if not what or turn.dialogue.said.get("noted", 0) >= phrases.wordings("noted", turn.dialogue):
        return []
    text = phrases.say("noted", turn.dialogue, told=what)
    reply = Reply(text, no_keyboard=_told_contacts(turn), language=turn.dialogue.language)
    turn.dialogue.unanswered = []
    guard = {"inbound_no": turn.conversation["inbound_no"], "mode": Mode.HUMAN.value}
    answers = [message["id"] for message in turn.pending]
    return [
        Require("leads", turn.lead["id"], {"version": turn.lead["version"]}),
        Update("conversations", turn.conversation["id"], {"state": turn.dialogue.kept()}, expect=guard),
        handover.notice("added", turn.lead, turn.customer, user_id=turn.lead["assignee_id"]),
        *outgoing.queue(turn.ctx, turn.conversation, reply, author=Author.BOT, actor=BOT, answers=answers),
    ]


def _may_speak(turn: Turn) -> bool:
    reason = turn.lead["needs_human"]  # a person's answer clears it
    if turn.conversation["mode"] != Mode.HUMAN or not turn.conversation["answerable"] or not reason:
        return False
    return reason not in NO_MACHINE and _handed_over_last(turn.ctx, turn.conversation) is not None


def _handed_over_last(ctx: Context, conversation: Row) -> Row | None:
    """The handover, if it was the machine that last changed who answers here."""
    kinds = ("handover", "conversation.mode")
    where: list[Where] = [("lead_id", "eq", conversation["lead_id"]), ("kind", "in", kinds)]
    acts = ctx.store.find("activities", where, order=("seq",), limit=_LAST_ACTS, desc=True)
    own = next((act for act in acts if act["conversation_id"] == conversation["id"]), None)
    return own if own and own["kind"] == "handover" and own["data"].get("takes_over", True) else None


def promised_by(turn: Turn) -> str | None:
    """Until when the machine promised a person who has not come yet, in words; None when somebody has, or was always
    there."""
    if turn.conversation["mode"] != Mode.HUMAN or not turn.lead["needs_human"]:
        return None
    act = _handed_over_last(turn.ctx, turn.conversation)
    if act is None:
        return None
    by, language = datetime.fromisoformat(act["data"]["by"]).astimezone(turn.ctx.zone), turn.dialogue.language
    return f"{words.moment(by, turn.ctx.local_now().date(), language)} {words.zone(by, language)}"


def _new(turn: Turn) -> str:
    """What the message tells the manager, in the customer's words for it."""
    understood = turn.understood
    if understood is None:
        return ""
    ru = turn.dialogue.language == "ru"
    chosen = chosen_offers(turn.text, turn.shown)
    if len(chosen) == 1 and understood.intent in (Intent.BOOKING_REQUEST, Intent.TOUR_SEARCH, Intent.CHANGE_OR_CANCEL):
        if turn.dialogue.chosen == chosen[0].id:
            return ""
        turn.chosen, turn.dialogue.chosen = chosen[0], chosen[0].id
        number = turn.shown.index(chosen[0]) + 1
        hotel = words.hotel(chosen[0].hotel)
        return f"теперь вариант {number}, {hotel}" if ru else f"option {number} now, {hotel}"
    if _told_contacts(turn):
        return "ваши контакты" if ru else "your contacts"
    if turn.changed:
        return "поправки к поездке" if ru else "the changes to your trip"
    return ""


def _told_contacts(turn: Turn) -> bool:
    return bool(turn.understood and CONTACT_SLOTS & turn.understood.slots.keys())
