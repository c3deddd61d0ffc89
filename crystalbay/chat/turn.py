"""One turn of a dialogue: what was read, and what it leads to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from crystalbay.chat.dialogue import Dialogue
from crystalbay.services.context import Context
from crystalbay.services.handover import Promise, promise
from crystalbay.store.interface import Change, Row
from models import Choice, Offer, Reply, Understanding


@dataclass
class Turn:
    """One turn of the dialogue: what was read, and what it leads to."""

    ctx: Context
    conversation: Row
    lead: Row
    customer: Row
    pending: list[Row]
    dialogue: Dialogue
    trip: dict[str, Any]
    understood: Understanding | None = None
    evidence: dict[str, Any] = field(default_factory=dict)
    reply: Reply | None = None
    offers: tuple[Offer, ...] = ()
    chosen: Offer | None = None
    over_budget: bool = False
    hand_over: str | None = None
    takes_over: bool = True
    promised: Promise | None = None
    waiting_for: str | None = None
    extra: list[Change] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What the customer wrote: several messages within seconds are one thought."""
        return "\n".join(m["text"] for m in self.pending if m["text"].strip() and not m["deleted_at"])

    @property
    def files(self) -> list[str]:
        """Kinds of what he sent beside words."""
        return [item["kind"] for m in self.pending if not m["deleted_at"] for item in m["attachments"]]

    def hand_over_for(self, reason: str, *, takes_over: bool = True) -> Promise:
        """A person is needed. `takes_over`: he answers from now on; otherwise the machine goes on beside him."""
        self.hand_over, self.takes_over = reason, takes_over
        self.promised = promise(self.ctx, self.lead)
        return self.promised

    def say(self, text: str, *, choices: Sequence[Choice] = (), offers: Sequence[Offer] = ()) -> None:
        self.reply = Reply(text, choices=tuple(choices), offers=tuple(offers))
