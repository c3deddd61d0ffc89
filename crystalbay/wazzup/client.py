"""Wazzup24's API v3 (contract sections 1 to 6). No SDK: section 11 of the contract says why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

import requests

from crystalbay.errors import PermanentError, TransientError
from crystalbay.limits import Limiter
from crystalbay.wazzup.fields import BadField, a_flag, a_moment, a_part, a_word
from crystalbay.wazzup.transport import Transport
from crystalbay.wazzup.words import REPEATED, state_words

ADDRESS_LENGTH = 200
FILE_STORE = "store.wazzup24.com"
_PAGE = 100
_USERS_AT_MOST = 1000


@dataclass(frozen=True, slots=True)
class WazzupAccount:
    """One of the agency's channels: a WhatsApp number, a Telegram bot … `transport` is Wazzup24's word for its kind."""

    channel_id: str
    transport: str
    plain_id: str
    state: str
    name: str

    @property
    def active(self) -> bool:
        """May anything be sent through it? The spelling of states differs between routes."""
        return self.state.casefold() == "active"


@dataclass(frozen=True, slots=True)
class WebhookState:
    """Where Wazzup24 delivers, and what; `address` is "" when nothing is registered. It holds our secret: never log."""

    address: str
    messages_and_statuses: bool
    contacts_and_deals_creation: bool
    channels_updates: bool
    template_status: bool


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A user's counter of chats without an answer in the last 7 days; `kind`: red = responsible, grey = supervises."""

    count: int
    kind: str | None
    last_message_at: datetime | None


@dataclass(frozen=True, slots=True)
class WazzupUser:
    id: str
    name: str
    phone: str | None


class WazzupClient:
    """Synchronous client with time-outs of 5 s to connect and 30 s to answer; it repeats nothing by itself.

    Every method raises TransientError (`retry_after` in seconds; `outcome_unknown` after a send whose answer was lost)
    or PermanentError. Their words are Russian, fit for a manager, and never hold the key.
    """

    def __init__(self, url: str, key: str, *, limiter: Limiter, session: requests.Session | None = None) -> None:
        """`url`: the API with its version, such as https://api.wazzup24.com/v3."""
        self._transport = Transport(url, key, limiter, session)
        self._own = urlsplit(url)

    def keeps(self, link: str) -> bool:
        """Does a link lead to the file store of this Wazzup24?"""
        parts = urlsplit(link)
        if parts.scheme == "https" and parts.hostname == FILE_STORE:
            return True
        return (parts.scheme, parts.netloc) == (self._own.scheme, self._own.netloc)

    # ------------------------------------------------------------------ channels and messages

    def channels(self) -> list[WazzupAccount]:
        """The agency's channels with their present state."""
        found = _objects(self._transport.call("GET", "/channels"))
        return [
            WazzupAccount(*(a_word(item, key) for key in ("channelId", "transport", "plainId", "state", "name")))
            for item in found
            if a_word(item, "channelId")
        ]

    def send_text(
        self, channel_id: str, chat_type: str, chat_id: str, text: str, crm_message_id: str, clear_unanswered: bool
    ) -> str | None:
        """Send a text; answers Wazzup24's message id.

        None: accepted, but under an id that is not told, because this `crm_message_id` was sent within the last 60 s.
        `clear_unanswered` puts the managers' red counter out: False for what the machine writes.
        """
        return self._send(channel_id, chat_type, chat_id, crm_message_id, clear_unanswered, text=text)

    def send_file(
        self,
        channel_id: str,
        chat_type: str,
        chat_id: str,
        content_uri: str,
        crm_message_id: str,
        clear_unanswered: bool,
    ) -> str | None:
        """Send a file of at most 10 MB; Wazzup24 fetches it at once from a public address. Otherwise as `send_text`."""
        return self._send(channel_id, chat_type, chat_id, crm_message_id, clear_unanswered, contentUri=content_uri)

    def _send(
        self,
        channel_id: str,
        chat_type: str,
        chat_id: str,
        crm_message_id: str,
        clear_unanswered: bool,
        **content: str,
    ) -> str | None:
        message = {
            "channelId": channel_id,
            "chatType": chat_type,
            "chatId": chat_id,
            "crmMessageId": crm_message_id,
            "clearUnanswered": clear_unanswered,
            **content,
        }
        try:
            answer = self._transport.call("POST", "/message", body=message, sending=True)
        except PermanentError as error:
            if error.code == REPEATED:
                return None
            raise
        return a_word(answer, "messageId") or None if isinstance(answer, dict) else None

    # ------------------------------------------------------------------ webhooks

    def webhook(self) -> WebhookState:
        """The registered address and its switches. Whoever registered last owns them: it may not be us."""
        answer = _object(self._transport.call("GET", "/webhooks"))
        switches = a_part(answer, "subscriptions")
        return WebhookState(
            address=a_word(answer, "webhooksUri"),
            messages_and_statuses=_switch(switches, "messagesAndStatuses"),
            contacts_and_deals_creation=_switch(switches, "contactsAndDealsCreation"),
            channels_updates=_switch(switches, "channelsUpdates"),
            template_status=_switch(switches, "templateStatus") or _switch(switches, "wabaTemplatesStatus"),
        )

    def register_webhook(self, uri: str) -> None:
        """Make `uri` the one address of this integration, with messages, statuses and channel states only.

        Wazzup24 calls the address before it answers, so it must be served by another thread or process. When that
        call fails it is a TransientError: DNS or a certificate may lag. A bad address is a PermanentError, not sent.
        """
        _check_address(uri)
        switches = {
            "messagesAndStatuses": True,
            "contactsAndDealsCreation": False,
            "channelsUpdates": True,
            "templateStatus": False,
        }
        self._transport.call("PATCH", "/webhooks", body={"webhooksUri": uri, "subscriptions": switches})

    # ------------------------------------------------------------------ people; not with a sidecar key (403)

    def users(self) -> list[WazzupUser]:
        """The employees that Wazzup24 knows, from either form of its answer: one array, or pages of 100."""
        found: list[dict[str, Any]] = []
        while len(found) < _USERS_AT_MOST:
            answer = self._transport.call("GET", "/users", params={"offset": len(found)} if found else None)
            paged = isinstance(answer, dict)
            page = _objects(answer.get("data") if paged else answer)
            found += page
            if not paged or len(page) < _PAGE:
                break
        return [
            WazzupUser(a_word(item, "id"), a_word(item, "name"), a_word(item, "phone") or None)
            for item in found
            if a_word(item, "id")
        ]

    def unanswered(self, user_id: str) -> Unanswered:
        """The counter of one user; a `last_message_at` later than our newest message means that messages were lost."""
        answer = _object(self._transport.call("GET", f"/unanswered/{quote(user_id, safe='')}"))
        count = answer.get("counterV2")
        return Unanswered(
            count=count if isinstance(count, int) else 0,
            kind=a_word(answer, "type") or None,
            last_message_at=_optional_moment(answer, "lastMsgDateTime"),
        )

    # ------------------------------------------------------------------ the operator's question

    def check(self) -> str:
        """Does it work? One line for the operator: the channels with their states, and whether a webhook is there."""
        accounts = self.channels()
        listed = "; ".join(f"{item.transport} {item.plain_id}: {state_words(item.state)}" for item in accounts)
        webhook = self.webhook()
        delivery = "вебхук зарегистрирован" if webhook.address else "вебхук не зарегистрирован"
        if webhook.address and not webhook.messages_and_statuses:
            delivery = "вебхук зарегистрирован, но сообщения в нём выключены"
        return f"Ключ принят. Каналы: {listed or 'нет ни одного'}. Приём сообщений: {delivery}."


# ---------------------------------------------------------------------- reading answers


def _object(answer: Any) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise TransientError("Wazzup24 ответил не так, как описано в его документации.")
    return answer


def _objects(answer: Any) -> list[dict[str, Any]]:
    if not isinstance(answer, list):
        raise TransientError("Wazzup24 ответил не так, как описано в его документации.")
    return [item for item in answer if isinstance(item, dict)]


def _switch(switches: dict[str, Any], key: str) -> bool:
    """The documentation shows "true", live answers are booleans; what is neither counts as off."""
    try:
        return a_flag(switches, key)
    except BadField:
        return False


def _optional_moment(answer: dict[str, Any], key: str) -> datetime | None:
    if answer.get(key) is None:
        return None
    try:
        return a_moment(answer, key, datetime.now(UTC))
    except BadField:
        return None


def _check_address(uri: str) -> None:
    """What Wazzup24 cuts or refuses (contract section 1), said before the call and without quoting our secret."""
    if len(uri) > ADDRESS_LENGTH:
        raise PermanentError(f"Адрес вебхука длиннее {ADDRESS_LENGTH} знаков: {len(uri)}. Сократите PUBLIC_URL.")
    if not re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+/[A-Za-z0-9._~/-]+", uri):
        raise PermanentError(
            "Адрес вебхука должен начинаться с https:// и состоять из латинских букв, цифр и знаков . _ ~ - /: "
            "на & # + % ? и пробелах Wazzup24 его обрывает."
        )
    secret = urlsplit(uri).path.rsplit("/", 1)[-1]
    if not re.fullmatch(r"[A-Za-z0-9]+", secret):
        raise PermanentError("Последняя часть адреса вебхука (WAZZUP_API_SECRET): только латинские буквы и цифры.")
