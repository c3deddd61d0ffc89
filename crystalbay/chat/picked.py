"""Offers that a manager picked, as one message in the manager's name, and what the dialogue knows of them then."""

from __future__ import annotations

from collections.abc import Sequence

from crystalbay.chat import telling
from crystalbay.chat.dialogue import Dialogue
from crystalbay.services.context import Context
from crystalbay.services.conversations import Letter
from crystalbay.store.interface import Row
from models import Offer


def letter(ctx: Context, conversation: Row, offers: Sequence[Offer], words: str) -> Letter:
    """The offers below the manager's words, written as the machine writes them, in the customer's language."""
    language = Dialogue.of(conversation["state"]).language
    text = telling.picked(ctx, offers, words.strip(), language)
    cards = telling.picked_cards(ctx, offers, words.strip(), language, more=False)
    return Letter(text, offers=offers, cards=cards, dialogue=lambda state: laid_out(state, offers))


def laid_out(state: Row, offers: Sequence[Offer]) -> Row:
    """The dialogue's state once these offers lie before the customer: «второй» is the second of them."""
    dialogue = Dialogue.of(state)
    dialogue.shown = [offer.id for offer in offers]
    dialogue.last_asked = "offer"
    dialogue.seen += [offer.hotel_key for offer in offers if offer.hotel_key not in dialogue.seen]
    return dialogue.kept()
