"""A simulated Telegram: the Bot API by the contract, and people's phones to write from.

    python -m crystalbay.sandbox.telegram --port 8802

Control routes beside those of every sandbox (see server.py); bodies and answers are JSON:
  POST /__say      {"userId", "text"?, "name"?, "lastName"?, "username"?, "language"?, "caption"?, "album"?, "replyTo"?,
                    "chatId"? (a group), "phone"?, "contactOf"?, "updateId"? (a replay), "raw"? (an update as it is),
                    "media"?: photo | voice | document | sticker | video | video_note | audio | animation | location |
                    poll | big}                                 → {"messageId", "updateId"}
  POST /__tap      {"userId", "button": its label, a part of it, or its data, "messageId"?, "chatId"?}
                                                                → {"callbackId", "updateId"}
  POST /__edit     {"userId", "messageId", "text"}
  POST /__block    {"userId"}      POST /__unblock {"userId"}      POST /__clear {"userId"}
  POST /__limits   {"per_chat_s": 1.0, "overall_per_s": 30}      flood limits; 0 is none
  GET  /__chat?chatId=…     the conversation as a phone shows it      GET /__files/<id>   a file of it
  GET  /__state?chatId=…    what the bot is doing, its commands       GET /__callback?id=…
  GET  /__sent     what the bot sent, changed and deleted             GET /__pending   updates not confirmed
  GET  /__polls    {"pollers", "conflicts", "calls"}

Left out: Markdown, inline mode, payments, business connections, topics, methods in the answer to a webhook.
"""

from __future__ import annotations

import argparse
import hmac
import select
import socket
import sys
import time
from typing import Any, Self

from flask import Response, jsonify, request

from crystalbay.ending import Ending
from crystalbay.sandbox.server import SandboxServer
from crystalbay.sandbox.telegram_chats import Chats, User
from crystalbay.sandbox.telegram_controls import Action, View, add_controls
from crystalbay.sandbox.telegram_editing import Editing
from crystalbay.sandbox.telegram_files import LARGEST_DOWNLOAD, Files, StoredFile
from crystalbay.sandbox.telegram_limits import Limits
from crystalbay.sandbox.telegram_phone import Phone
from crystalbay.sandbox.telegram_profile import Profile
from crystalbay.sandbox.telegram_request import Method, Params, Refusal, bad_request, conflict, not_found, unauthorized
from crystalbay.sandbox.telegram_sending import Sending
from crystalbay.sandbox.telegram_updates import Updates
from crystalbay.sandbox.telegram_webhook import Target, Webhook, remember_allowed

TOKEN = "123456:TEST-TOKEN"  # noqa: S105  (opens nothing but this simulation)
_WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
_UPLOAD_BYTES = 50 * 1024 * 1024


class TelegramSandbox(SandboxServer):
    """The server, and the same controls as methods."""

    name = "telegram"
    kept_calls = 1000  # a bot polls all day
    kept_body = 64 * 1024  # and sends photos

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        token: str = TOKEN,
        username: str = "crystalbay_demo_bot",
        webhook: str = "",
        webhook_secret: str = "",
        group: int | None = None,
        first_message: int = 1,
    ) -> None:
        """`webhook`: an address that counts as set from the start. `group`: one that the bot was made a member of.

        `first_message`: the number of the first one. A bot remembers those that it has seen, also from one sandbox to
        the next.
        """
        self._group = group
        self._token = token
        number = token.partition(":")[0]
        bot = User(int(number) if number.isdigit() else 123456, "Crystal Bay", username=username, is_bot=True)
        self._updates, self._files, self._chats = Updates(), Files(), Chats(bot, first_message)
        self._webhook = Webhook(self._updates, Target(webhook, webhook_secret))
        self._profile = Profile(self._chats)
        self._sending = Sending(self._chats, self._files)
        self._phone = phone = Phone(self._chats, self._files, self._updates)
        self.says, self.taps, self.edits = phone.says, phone.taps, phone.edits
        self.blocks, self.unblocks, self.clears = phone.blocks, phone.unblocks, phone.clears
        self.callback = phone.callback
        self._methods = self._all_methods()
        super().__init__(host, port)
        self.app.config["MAX_CONTENT_LENGTH"] = _UPLOAD_BYTES

    def reset(self) -> None:
        self._updates.clear()
        self._webhook.clear()
        with self._chats.lock:
            for part in (self._files, self._chats, self._profile, self._sending, self._phone):
                part.clear()
            if self._group is not None:
                self._chats.joined(self._group)

    def start(self) -> Self:
        super().start()
        self._webhook.start()
        return self

    def stop(self) -> None:
        self._webhook.stop()
        self._updates.end_poll(Refusal(500, "Internal Server Error: restart"))
        super().stop()

    @property
    def api_url(self) -> str:
        """The value for TELEGRAM_API_URL."""
        return self.url

    # ------------------------------------------------------------------ what people and tests see

    def chat(self, chat_id: int) -> list[dict[str, Any]]:
        """The conversation as a phone shows it, the oldest first; empty when there is none."""
        with self._chats.lock:
            found = self._chats.find(chat_id)
            return found.phone() if found else []

    def state(self, chat_id: int) -> dict[str, Any]:
        """What the bot is doing there now, and the commands of its menu by language."""
        with self._chats.lock:
            found = self._chats.find(chat_id)
            action = found.doing(time.monotonic()) if found else None
        return {"typing": action == "typing", "action": action, "commands": self._profile.commands()}

    def sent(self) -> list[dict[str, Any]]:
        """What the bot sent, changed and deleted, in order: method, chat_id, message_id, text, at."""
        with self._chats.lock:
            return list(self._sending.sent.log)

    def pending(self) -> int:
        """How many updates are not confirmed yet, or not posted."""
        return len(self._updates.waiting)

    def polls(self) -> dict[str, int]:
        """getUpdates calls: those that wait now, those that were told of a conflict, all."""
        calls, conflicts = self._updates.calls, self._updates.conflicts
        return {"pollers": self._updates.pollers(), "conflicts": conflicts, "calls": calls}

    def limit(self, **limits: Any) -> None:
        """Set the flood limits per_chat_s and overall_per_s; those that are not named are off. Raises TypeError."""
        with self._chats.lock:
            self._sending.limits = Limits(**limits)

    def wait_idle(self, timeout: float) -> bool:
        """Wait until every update is posted or confirmed; False when `timeout` seconds were too few."""
        return self._updates.wait_idle(timeout)

    # ------------------------------------------------------------------ the API

    def routes(self) -> None:
        self.app.register_error_handler(Refusal, _refused)
        self.app.register_error_handler(404, lambda _: _refused(not_found()))
        self.app.register_error_handler(405, lambda _: _refused(not_found()))
        self.app.register_error_handler(413, lambda _: _refused(Refusal(413, "Request Entity Too Large")))
        self.app.register_error_handler(
            UnicodeEncodeError, lambda _: _refused(bad_request("strings must be encoded in UTF-8"))
        )
        rule = self.app.add_url_rule
        rule("/bot<token>/<method>", view_func=self._call, methods=["GET", "POST"])
        rule("/file/bot<token>/<path:path>", view_func=self._download)
        rule("/__files/<file_id>", view_func=self._show_file)
        add_controls(self.app, self._actions(), self._views())

    def _actions(self) -> dict[str, Action]:
        phone = self._phone
        return {
            "say": phone.says,
            "tap": phone.taps,
            "edit": phone.edits,
            "block": phone.blocks,
            "unblock": phone.unblocks,
            "clear": phone.clears,
            "limits": self.limit,
        }

    def _views(self) -> dict[str, View]:
        return {
            "chat": lambda: self.chat(int(request.args["chatId"])),
            "state": lambda: self.state(int(request.args["chatId"])),
            "callback": lambda: self.callback(request.args["id"]),
            "sent": self.sent,
            "pending": self.pending,
            "polls": self.polls,
        }

    def _all_methods(self) -> dict[str, Method]:
        """By lower-cased name, because Telegram does not mind the case."""
        own: dict[str, Method] = {
            "getUpdates": self._get_updates,
            "getWebhookInfo": lambda _: self._webhook.info(),
            "getFile": self._get_file,
            "getChat": self._get_chat,
            "close": lambda _: True,
        }
        editing = Editing(self._chats, self._files, self._sending)
        parts = (self._profile, self._sending, editing, self._phone)
        together = own | {name: method for part in parts for name, method in part.methods().items()}
        return {name.lower(): method for name, method in together.items()}

    def _call(self, token: str, method: str) -> Response:
        self._check(token)
        params, name = Params.of(request), method.lower()
        if name in ("setwebhook", "deletewebhook"):
            told = self._webhook.set(params) if name == "setwebhook" else self._webhook.delete(params)
            return jsonify({"ok": True, "result": True, "description": told})
        if name not in self._methods:
            raise not_found()
        return jsonify({"ok": True, "result": self._methods[name](params)})

    def _check(self, token: str) -> None:
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            raise unauthorized()

    def _get_updates(self, params: Params) -> list[dict[str, Any]]:
        if self._webhook.target.address:
            self._updates.refuse(conflict(_WEBHOOK_ACTIVE))
        remember_allowed(self._updates, params)
        caller: socket.socket = request.environ["werkzeug.socket"]
        offset, limit, timeout = params.integer("offset"), params.integer("limit", 100), params.integer("timeout")
        return self._updates.poll(offset, limit, timeout, lambda: _hears(caller))

    def _get_file(self, params: Params) -> dict[str, Any]:
        stored = self._files.get(params.text("file_id"))
        if stored is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        if stored.size > LARGEST_DOWNLOAD:
            raise bad_request("file is too big")
        return {**stored.reference(), "file_path": stored.path}

    def _get_chat(self, params: Params) -> dict[str, Any]:
        with self._chats.lock:
            shown = self._chats.known(params).shown()
        gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
        return {
            **shown,
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(gifts, False),
        }

    def _download(self, token: str, path: str) -> Response:
        self._check(token)
        return _content(self._files.at(path))

    def _show_file(self, file_id: str) -> Response:
        return _content(self._files.get(file_id))


def _refused(refusal: Refusal) -> Response:
    response = jsonify(refusal.body())
    response.status_code = refusal.code
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def _content(stored: StoredFile | None) -> Response:
    if stored is None:
        raise not_found()
    return Response(stored.content, mimetype=stored.mime)


def _hears(caller: socket.socket) -> bool:
    """Is somebody still waiting at the other end? One who hung up leaves an end of stream to read."""
    try:
        readable, _, _ = select.select([caller], [], [], 0)
        return not readable or caller.recv(1, socket.MSG_PEEK) != b""
    except (OSError, ValueError):
        return False


def main(arguments: list[str] | None = None) -> None:
    """Run the sandbox until it is interrupted."""
    parser = argparse.ArgumentParser(prog="python -m crystalbay.sandbox.telegram", description="A simulated Telegram.")
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8802, help="where to listen; 0 takes a free one (%(default)s)")
    parser.add_argument("--token", default=TOKEN, help="the token of the bot (default: %(default)s)")
    parser.add_argument("--username", default="crystalbay_demo_bot", help="its username (default: %(default)s)")
    parser.add_argument("--group", type=int, help="a group that has the bot, such as -1001")
    given = parser.parse_args(arguments)
    with TelegramSandbox(
        given.host,
        given.port,
        token=given.token,
        username=given.username,
        group=given.group,
        first_message=int(time.time()),
    ) as sandbox:
        sys.stdout.write(f"Telegram sandbox: TELEGRAM_API_URL={sandbox.api_url} TELEGRAM_BOT_TOKEN={given.token}\n")
        sys.stdout.flush()
        Ending().wait()


if __name__ == "__main__":
    main()
