"""One turn of a dialogue: what was read, and what it leads to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from crystalbay.chat.dialogue import Dialogue
from crystalbay.chat.signals import Signals
from crystalbay.services.context import Context
from crystalbay.services.handover import Promise, promise
from crystalbay.store.interface import Change, Row
from models import Asks, Cards, Choice, Offer, Reply, Understanding


@dataclass
class Turn:
    """One turn of the dialogue: what was read, and what it leads to.

    `changed`: the message changed what a search depends on; `new_wishes`: wishes that it said first. `silent`: ids of
    messages that are presses or commands and are not read; `rest`: what came behind and has a turn of its own. `notes`
    are said before the reply, `after` behind it; `last` are changes behind its parts. `hand_over`: why a person answers
    from now on; `beside`: for what a person is asked while the machine goes on. `proposes`: nothing is said, a manager
    is shown what would be.
    """

    ctx: Context
    conversation: Row
    lead: Row
    customer: Row
    pending: list[Row]
    dialogue: Dialogue
    trip: dict[str, Any]
    understood: Understanding | None = None
    evidence: dict[str, Any] = field(default_factory=dict)
    changed: bool = False
    new_wishes: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    reply: Reply | None = None
    offers: tuple[Offer, ...] = ()
    chosen: Offer | None = None
    over_budget: bool = False
    hand_over: str | None = None
    beside: list[str] = field(default_factory=list)
    promised: Promise | None = None
    waiting_for: str | None = None
    proposes: bool = False
    extra: list[Change] = field(default_factory=list)
    last: list[Change] = field(default_factory=list)
    silent: set[str] = field(default_factory=set)
    rest: list[Row] = field(default_factory=list)

    @classmethod
    def of(cls, ctx: Context, conversation: Row, lead: Row, pending: list[Row], **more: Any) -> Turn:
        """The turn that begins with what the store holds; `more`: any other fields."""
        customer = ctx.store.find("customers", [("id", "eq", lead["customer_id"])], limit=1)[0]
        dialogue = Dialogue.of(conversation["state"])
        return cls(
            ctx=ctx, conversation=conversation, lead=lead, customer=customer, pending=pending, dialogue=dialogue, **more
        )

    @property
    def text(self) -> str:
        """What the customer wrote: several messages within seconds are one thought."""
        read = (m for m in self.pending if not m["deleted_at"] and m["id"] not in self.silent)
        return "\n".join(m["text"] for m in read if m["text"].strip())

    @cached_property
    def signals(self) -> Signals:
        return Signals.of(self.text)

    @cached_property
    def shown(self) -> list[Offer]:
        """The offers that lie before the customer, in their order."""
        ids = self.dialogue.shown
        rows = self.ctx.store.find("offers", [("id", "in", ids)], limit=len(ids)) if ids else []
        by_id = {row["id"]: Offer.model_validate(row["data"]) for row in rows}
        return [by_id[offer_id] for offer_id in ids if offer_id in by_id]

    @property
    def with_buttons(self) -> bool:
        """Can this customer press buttons and see cards?"""
        channel = self.ctx.channels.get(self.conversation["provider"])
        return channel is not None and channel.buttons

    @property
    def files(self) -> list[str]:
        """Kinds of what he sent beside words."""
        return [item["kind"] for m in self.pending if not m["deleted_at"] for item in m["attachments"]]

    def hand_over_for(self, reason: str) -> None:
        """A person is needed and answers from now on."""
        self.hand_over = reason
        self.notes, self.after = [], []
        self.promised = promise(self.ctx, self.lead)

    def ask_beside(self, reason: str) -> Promise:
        """A person is asked to look at something while the machine goes on."""
        if reason not in self.beside:
            self.beside.append(reason)
        self.promised = self.promised or promise(self.ctx, self.lead)
        return self.promised

    def say(
        self,
        text: str,
        *,
        choices: Sequence[Choice] = (),
        offers: Sequence[Offer] = (),
        cards: Cards | None = None,
        asks: Asks | None = None,
        no_keyboard: bool = False,
    ) -> None:
        self.reply = Reply(
            text,
            choices=tuple(choices),
            offers=tuple(offers),
            cards=cards if self.with_buttons else None,
            asks=asks,
            no_keyboard=no_keyboard,
        )

    def whole_reply(self) -> Reply | None:
        """The reply with what is said before and after it."""
        text = _together(*self.notes, self.reply.text if self.reply else "", *self.after)
        if not text:
            return None
        if self.reply is None:
            return Reply(text)
        cards = self.reply.cards
        if cards:
            before, after = _together(*self.notes, cards.before), _together(cards.after, *self.after)
            cards = replace(cards, before=before, after=after)
        return replace(self.reply, text=text, cards=cards)


def _together(*texts: str) -> str:
    return "\n\n".join(text for text in texts if text)
