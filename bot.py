"""Telegram: the channel (updates → events, replies → messages with buttons) and the bridge process.

`TelegramChannel` is the Channel of the product; `python bot.py` is the bridge, which fetches updates by long polling
and hands each to POST /webhooks/telegram (crystalbay/telegram/bridge.py). Inner parts are in crystalbay/telegram/:
reading (updates), rendering and keyboards, sending and client (the Bot API), buttons (what they hold), words.
Facts come from the project's Telegram contract; its section numbers are cited.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import sys
from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from telegram import Bot, BotCommand
from telegram.constants import ChatAction

from crystalbay.clock import Clock, SystemClock
from crystalbay.errors import NotFound, PermanentError, StoreUnavailable, TransientError
from crystalbay.telegram import sending
from crystalbay.telegram.client import BLOCKED, GONE, TelegramClient
from crystalbay.telegram.keyboards import Under, keyboard, turned
from crystalbay.telegram.reading import FILE, PROVIDER, UPDATES, Reader
from crystalbay.telegram.rendering import render
from crystalbay.telegram.words import ABOUT, COMMANDS
from models import ChannelEvent, Chat, OutgoingPart, Part, Pressed, Reply

__all__ = ["BLOCKED", "GONE", "TelegramChannel", "TelegramClient", "hook_secret"]

WEBHOOK_CONNECTIONS = 40


def hook_secret(token: str, given: str = "") -> str:
    """The secret of POST /webhooks/telegram: TELEGRAM_WEBHOOK_SECRET, else one that follows from the token, so that
    all machines of a deployment know the same."""
    return given or hmac.new(token.encode(), b"crystal bay webhook", hashlib.sha256).hexdigest()


class TelegramChannel:
    """The models.Channel of a Telegram bot."""

    name = PROVIDER
    repeats_s = 0.0
    """The Bot API knows no idempotency key: a part that was cut in flight is never sent again."""
    pace_s = 1.0
    """Between two messages to one chat (contract section 8)."""
    buttons = True
    fetches = False
    edits = True

    def __init__(
        self,
        client: TelegramClient,
        token: str,
        secret: str,
        *,
        managers_chat: str = "",
        zone: ZoneInfo | None = None,
        clock: Clock | None = None,
    ) -> None:
        """`secret`: of the webhook. `managers_chat`: TELEGRAM_MANAGERS_CHAT_ID, the one group that is listened to."""
        self.client = client
        self._secret = secret.encode()
        self._reader = Reader(token.partition(":")[0], managers_chat)
        self._zone, self._clock = zone or ZoneInfo("Europe/Moscow"), clock or SystemClock()

    # ------------------------------------------------------------------ in

    def verify(self, secret: str) -> bool:
        """Is this the secret of our webhook, from its header? Constant-time."""
        return hmac.compare_digest(secret.encode(errors="replace"), self._secret)

    def parse(self, body: bytes) -> list[ChannelEvent]:
        """The events of one update; see crystalbay.telegram.reading. Raises ValueError when it is no JSON object."""
        return self._reader.body(body, self._clock.now())

    def file_url(self, source: str) -> str:
        """Where a customer's file can be fetched in the next hour; more than 20 MB Telegram does not hand out."""
        if not source.startswith(FILE):
            raise PermanentError("this is no file of Telegram")
        return self.client.file_url(source.removeprefix(FILE))

    # ------------------------------------------------------------------ out

    def render(self, chat: Chat, reply: Reply) -> list[Part]:
        """Texts within Telegram's limit, offers as cards, pictures as albums; see crystalbay.telegram.rendering."""
        return render(reply)

    def wait(self) -> None:
        """Thirty messages a second for all chats and all processes of the bot (contract section 8)."""
        self.client.limiter.wait()

    def send(self, outgoing: OutgoingPart) -> str | None:
        """Send one part, or put it in the place of the message that it `replaces`."""
        chat_id, part = outgoing.chat.chat_id, outgoing.part
        markup = keyboard(self._under(outgoing.client_id, part.look, part.choices))
        instead, quoted = _number(outgoing.replaces), _number(outgoing.reply_to)
        contents = _contents(outgoing)

        async def work(bot: Bot) -> int:
            if instead and await sending.edit(bot, chat_id, instead, part, markup):
                return instead
            return await sending.send(bot, chat_id, part, markup, quoted, contents)

        return self._reader.external_id(int(chat_id), self.client.call(work))

    def edit(self, chat: Chat, external_id: str, message_id: str, part: Part) -> None:
        """Change the words of a message of ours. Raises PermanentError when Telegram does not let us."""
        markup = keyboard(self._under(message_id, part.look, part.choices))
        number = _number(external_id) or 0
        if not self.client.call(lambda bot: sending.edit(bot, chat.chat_id, number, part, markup)):
            raise PermanentError("Это сообщение уже нельзя изменить.")

    def delete(self, chat: Chat, external_id: str) -> None:
        """Take a message of ours back, within two days. One that is gone already is no error."""
        try:
            self.client.call(lambda bot: bot.delete_message(chat.chat_id, _number(external_id) or 0))
        except PermanentError as error:
            if error.code != GONE:
                raise

    def typing(self, chat: Chat) -> None:
        """«печатает…» for some five seconds, or until the next message."""
        self.client.begin(lambda bot: bot.send_chat_action(chat.chat_id, ChatAction.TYPING))

    # ------------------------------------------------------------------ buttons

    def acknowledge(self, press_id: str, said: str = "") -> None:
        """End the waiting of a pressed button, with a few words over the chat; too late for that is no error."""
        try:
            self.client.call(lambda bot: bot.answer_callback_query(press_id, said[:200] or None))
        except PermanentError:
            return

    def turn(self, pressed: Pressed, message_id: str, look: Mapping[str, Any], choices: Any, view: str) -> None:
        """Turn the keyboard under a message to another page; a page that there is not is left alone."""
        markup = turned(self._under(message_id, look, choices), view)
        if markup:
            self._set_keyboard(pressed, markup)

    def settle(self, pressed: Pressed, question: str, answer: str) -> None:
        """The question under which a button was pressed is answered: the answer stands there instead of the buttons."""
        number, said = _number(pressed.external_id) or 0, Part(f"{question}\n\n✓ {answer}" if answer else question)
        self.client.call(lambda bot: sending.edit(bot, pressed.chat.chat_id, number, said, None))

    def _set_keyboard(self, pressed: Pressed, markup: Any) -> None:
        number = _number(pressed.external_id) or 0
        where = pressed.chat.chat_id
        try:
            self.client.call(lambda bot: bot.edit_message_reply_markup(where, number, reply_markup=markup))
        except PermanentError:
            return  # the same page already, or the message is gone

    def _under(self, message_id: str, look: Mapping[str, Any] | None, choices: Any) -> Under:
        return Under(message_id, dict(look or {}), choices, self._today())

    def _today(self) -> date:
        return self._clock.now().astimezone(self._zone).date()

    # ------------------------------------------------------------------ the bot itself

    def introduce(self) -> str:
        """Set the menu and the description, in both languages; answers the bot's name."""

        async def work(bot: Bot) -> str:
            for language, code in (("ru", None), ("ru", "ru"), ("en", "en")):
                menu = [BotCommand(name, words) for name, words in COMMANDS[language].items()]
                await bot.set_my_commands(menu, language_code=code)
                await bot.set_my_short_description(ABOUT[language][:120], language_code=code)
                await bot.set_my_description(ABOUT[language], language_code=code)
            return str((await bot.get_me()).username)

        return self.client.call(work)

    def register(self, address: str) -> None:
        """Have updates delivered to our webhook. What waits at Telegram is delivered, too."""
        secret = self._secret.decode()
        self.client.call(
            lambda bot: bot.set_webhook(
                address, secret_token=secret, allowed_updates=UPDATES, max_connections=WEBHOOK_CONNECTIONS
            )
        )

    def webhook_state(self) -> dict[str, Any]:
        """{"address", "waiting", "error"} of the registered webhook; without an address there is none."""
        hook = self.client.call(lambda bot: bot.get_webhook_info())
        return {"address": hook.url, "waiting": hook.pending_update_count, "error": hook.last_error_message}

    def put_away(self, chat_id: str, number: str, words: str) -> None:
        """Let these words stand in the place of something that somebody of the office was told; when it is gone
        already, nothing."""
        self.client.call(lambda bot: sending.edit(bot, chat_id, int(number), Part(words), None))

    def tell(self, chat_id: str, text: str, rows: list[list[tuple[str, str]]], replaces: str | None = None) -> str:
        """Write to somebody of the office; `rows` of (label, data or address). Answers the message's number."""
        return self.client.call(lambda bot: sending.tell(bot, chat_id, text, rows, int(replaces) if replaces else None))


def _contents(outgoing: OutgoingPart) -> list[bytes]:
    """The files of a part, read in the caller's thread: all calls share one loop, which must not wait."""
    try:
        return [outgoing.read(file.id) for file in outgoing.part.files] if outgoing.read else []
    except NotFound:
        raise PermanentError("Файла, который нужно отправить, больше нет.") from None
    except StoreUnavailable:
        raise TransientError("Хранилище файлов не отвечает.") from None


def _number(external_id: str | None) -> int | None:
    """Telegram's own number of a message."""
    found = re.search(r":(\d+)$", external_id or "")
    return int(found.group(1)) if found else None


if __name__ == "__main__":
    from crystalbay.telegram.bridge import run

    sys.exit(run())
