"""Wazzup24: WhatsApp, Telegram, Instagram, VK, Avito, MAX and Viber through one provider.

`WazzupClient` speaks its API, `WazzupChannel` is the Channel of the product. Inner parts are in crystalbay/wazzup/:
events and messages (webhook bodies → events), transport (one HTTP call), split (text limits), words (codes in Russian).
Facts come from the vendor's documentation as gathered in the project's contract; its section numbers are cited.
"""

from __future__ import annotations

import hmac
from dataclasses import replace

from crystalbay.clock import Clock, SystemClock
from crystalbay.errors import PermanentError, ProviderError
from crystalbay.texts import split_text
from crystalbay.wazzup.client import Unanswered, WazzupAccount, WazzupClient, WazzupUser, WebhookState
from crystalbay.wazzup.events import read_body
from crystalbay.wazzup.files import refusal
from crystalbay.wazzup.messages import PROVIDER
from crystalbay.wazzup.split import WABA_LIMIT, text_limit
from crystalbay.wazzup.words import explain, state_words
from models import ChannelEvent, Chat, OutgoingPart, Part, Reply

__all__ = [
    "Unanswered",
    "WazzupAccount",
    "WazzupChannel",
    "WazzupClient",
    "WazzupUser",
    "WebhookState",
    "explain",
    "state_words",
]


class WazzupChannel:
    """The models.Channel of everything that comes through Wazzup24."""

    name = PROVIDER
    repeats_s = 45.0
    """Wazzup24 remembers a client id for 60 s (contract section 4)."""
    pace_s = 0.0
    buttons = False
    fetches = True
    edits = False

    def __init__(self, client: WazzupClient, secret: str, *, clock: Clock | None = None) -> None:
        """`secret`: WAZZUP_API_SECRET, ours (Wazzup24 has none); empty refuses every webhook call."""
        self._client = client
        self._secret = secret.encode()
        self._clock = clock or SystemClock()
        self._transports: dict[str, str] = {}

    def verify(self, secret: str) -> bool:
        """Is this our secret, from the address or from a bearer header? Constant-time; never without a secret."""
        return hmac.compare_digest(secret.encode(errors="replace"), self._secret) and bool(self._secret)

    def parse(self, body: bytes) -> list[ChannelEvent]:
        """All events of one webhook body; see crystalbay.wazzup.events. Raises ValueError when it is no JSON object.

        The registration probe and what is switched off at registration (createContact, createDeal, templateStatus)
        hold no events.
        """
        return read_body(body, self._clock.now())

    def render(self, chat: Chat, reply: Reply) -> list[Part]:
        """Text parts within the limit of the chat's messenger. There are no buttons: choices are lines at the end, but
        for those of a question, whose words are enough.

        A file is a part of its own: there are no captions. Raises PermanentError for one that the messenger refuses.
        """
        for file in reply.files:
            refused = refusal(chat, file, lambda: self._transport_of(chat.account))
            if refused:
                raise PermanentError(f"{file.name}: {refused}")
        choices = "" if reply.asks else "\n".join(f"• {choice.label}" for choice in reply.choices)
        text = "\n\n".join(filter(None, (reply.text.strip(), choices)))
        texts = [Part(text=part) for part in split_text(text, self._limit(chat, text))]
        if texts:  # the last one carries what the others read of it: the offers, the ready answers
            texts[-1] = replace(texts[-1], choices=reply.choices, offers=reply.offers)
        return [*texts, *(Part(files=(file,)) for file in reply.files)]

    def send(self, outgoing: OutgoingPart) -> str | None:
        """Send one part under its `client_id`, which protects from a second sending for 60 s (contract section 3).

        What the machine writes leaves the managers' red counter burning.
        """
        chat, part = outgoing.chat, outgoing.part
        where = (chat.account, chat.chat_type, chat.chat_id)
        if bool(part.text) == bool(part.files):
            raise PermanentError(explain("MESSAGE_ONLY_TEXT_OR_CONTENT" if part.text else "MESSAGE_NOTHING_TO_SEND"))
        how = (outgoing.client_id, not outgoing.by_machine)
        if part.files:
            return self._client.send_file(*where, part.files[0].url, *how)
        return self._client.send_text(*where, part.text, *how)

    def wait(self) -> None:
        """Wazzup24's limits are far above what we send."""

    def file_url(self, source: str) -> str:
        """The link itself, if it leads to Wazzup24's file store, or to where its API is (demo and development)."""
        if not self._client.keeps(source):
            raise PermanentError("the link does not lead to the provider's file store")
        return source

    def typing(self, chat: Chat) -> None:
        """Its API cannot show that somebody writes."""

    def _limit(self, chat: Chat, text: str) -> int:
        """The chat's text limit. Only the transport tells WhatsApp Business, with its short texts, from WhatsApp."""
        limit = text_limit(chat.chat_type)
        fits_anyway = len(text) <= WABA_LIMIT // 2  # half, for emoji count double
        if chat.chat_type != "whatsapp" or fits_anyway:
            return limit
        return WABA_LIMIT if self._transport_of(chat.account) == "wapi" else limit

    def _transport_of(self, account: str) -> str:
        """Asked once for an account. When Wazzup24 does not answer, the cautious guess is WhatsApp Business."""
        if account not in self._transports:
            try:
                found = {item.channel_id: item.transport for item in self._client.channels()}
            except ProviderError:
                return "wapi"
            self._transports = {account: "", **found}
        return self._transports[account]
