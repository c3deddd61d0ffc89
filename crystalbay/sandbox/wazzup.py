"""A simulated Wazzup24: API v3 and webhooks by the contract, and a customer's phone to write from.

    python -m crystalbay.sandbox.wazzup --port 8801 --webhook http://127.0.0.1:8000/webhooks/wazzup/SECRET

Control routes beside those of every sandbox (see server.py); bodies and answers are JSON:
  POST /__customer  {"chatId", "text"?, "name"?, "chatType"?, "channelId"?, "type"?, "contentUri"?,
                     "media"?: image | voice | document | sticker | contact}   a customer writes
  POST /__phone     {"chatId", "text", "chatType"?, "channelId"?, "authorName"?}
                     an employee answers from the phone, or under a name from Wazzup24's own chat
  POST /__edit      {"messageId", "text"}      POST /__delete {"messageId"}
  GET  /__chat?chatId=…                        the conversation as the customer sees it
  POST /__channel   {"channelId", "state"}     a channel changes its state
  POST /__config    any field of wazzup_delivery.Options
  GET  /__sent      what the API was asked to send       GET /__deliveries  webhooks that were posted

Left out: contacts, deals, pipelines, templates, iframe, edit and delete by API (404 here). What the contract leaves
open was chosen so that clients cannot rely on it: bodies of 401, 404 and 429 are empty, PATCH webhooks answers no
JSON.
"""

from __future__ import annotations

import argparse
import hmac
import re
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from flask import Response, jsonify, request

from crystalbay.ending import Ending
from crystalbay.sandbox.server import SandboxServer
from crystalbay.sandbox.wazzup_chats import Chats, Message, iso
from crystalbay.sandbox.wazzup_controls import Action, View, add_controls
from crystalbay.sandbox.wazzup_delivery import Delivery, Options, post
from crystalbay.sandbox.wazzup_media import samples
from crystalbay.sandbox.wazzup_rules import (
    Refusal,
    check_channel,
    check_fields,
    check_file,
    fate,
    is_web_address,
    serves,
)

KEY = "test-wazzup-key"
_WINDOW_S = 5.0
_SIDECAR_ROUTES = ("channels", "message", "webhooks")
_CHANNELS = (
    ("0001", "whatsapp", "79865784457", "WhatsApp агентства"),
    ("0002", "tgapi", "79865784457", "Telegram агентства"),
    ("0003", "instagram", "crystalbay.travel", "Instagram"),
    ("0004", "wapi", "74951234567", "WhatsApp Business"),
    ("0005", "telegram", "crystalbay_bot", "Telegram-бот"),
    ("0011", "vk", "218800000", "Сообщество VK"),
    ("0012", "avito", "148220011", "Авито"),
    ("0013", "max", "79865784457", "MAX"),
    ("0014", "viber", "79865784457", "Viber"),
)
_USERS = (
    {"id": "u-2", "name": "Иван Старший", "phone": "79035550102"},
    {"id": "u-7", "name": "Ольга Менеджер", "phone": "79035550107"},
)
_RESPONSIBLE = "u-7"


def channel_id(number: str) -> str:
    """The id of a simulated channel: "0001" WhatsApp, "0002" Telegram, "0003" Instagram, "0004" WhatsApp Business …"""
    return f"0a7c1f4e-52c1-4a6b-9a54-1f7f6f2f{number}"


class WazzupSandbox(SandboxServer):
    """The server, and the same controls as methods. `monotonic` counts the 60 s and 5 s windows; tests may set it."""

    name = "wazzup"

    def __init__(self, host: str = "127.0.0.1", port: int = 0, *, key: str = KEY, webhook: str = "") -> None:
        """`webhook`: an address that counts as registered from the start, without the probe."""
        self._key = key
        self._first_webhook = webhook
        self.monotonic: Callable[[], float] = time.monotonic
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.options = Options()
        self.delivery = Delivery(lambda: self.webhook, lambda: self.options)
        super().__init__(host, port)

    def reset(self) -> None:
        self.options = Options()
        self.delivery.clear()
        self.webhook = self._first_webhook
        self.subscriptions = {
            "messagesAndStatuses": True,
            "contactsAndDealsCreation": False,
            "channelsUpdates": True,
            "wabaTemplatesStatus": False,
        }
        self.channels: dict[str, dict[str, Any]] = {}
        for number, transport, plain_id, name in _CHANNELS:
            channel = {"transport": transport, "plainId": plain_id, "state": "active", "name": name}
            self.channels[channel_id(number)] = {"channelId": channel_id(number), **channel}
        self.chats = Chats()
        self._crm_ids: dict[str, float] = {}
        self._window = (0.0, 0)  # when the present 5 s began, and how many requests came in them

    def start(self) -> WazzupSandbox:
        super().start()
        self.delivery.start()
        return self

    def stop(self) -> None:
        self.delivery.stop()
        super().stop()

    def __enter__(self) -> WazzupSandbox:
        return self.start()

    @property
    def api_url(self) -> str:
        """The value for WAZZUP_API_URL."""
        return f"{self.url}/v3"

    # ------------------------------------------------------------------ what happens outside

    def customer_says(
        self,
        chat_id: str,
        text: str | None = None,
        *,
        name: str | None = None,
        chat_type: str = "whatsapp",
        channel_id: str | None = None,
        type: str = "text",
        content_uri: str | None = None,
        media: str | None = None,
    ) -> str:
        """A customer writes; answers the message id. Raises LookupError for a channel or `media` that is not there."""
        if media is not None:
            sample = samples().get(media)
            if sample is None:
                raise LookupError(f"no media {media!r}; there are: {', '.join(samples())}")
            type = sample.message_type
            content_uri = f"{self.url}/store/{sample.digest}/?filename={sample.file_name}"
        channel = self._channel_for(chat_type, channel_id)
        with self.lock:
            message = self._new(channel, chat_type, chat_id, name)
            message.text, message.content_uri, message.kind = text, content_uri, type
            self._tell("messages", message.element())
        return message.id

    def employee_says(
        self,
        chat_id: str,
        text: str,
        *,
        chat_type: str = "whatsapp",
        channel_id: str | None = None,
        author_name: str | None = None,
    ) -> str:
        """An employee answers past the product: from the phone, or as `author_name` from Wazzup24's chat."""
        channel = self._channel_for(chat_type, channel_id)
        with self.lock:
            message = self._new(channel, chat_type, chat_id, None)
            message.text, message.outgoing, message.status, message.author_name = text, True, "sent", author_name
            self._tell("messages", message.element())
        return message.id

    def edit(self, message_id: str, text: str) -> None:
        """Its writer changes a message. Raises LookupError."""
        with self.lock:
            message = self.chats.get(message_id)
            old, message.text = message.text, text
            self._tell("messages", {**message.element(), "isEdited": True, "oldInfo": {"oldText": old}})

    def delete(self, message_id: str) -> None:
        """Its writer takes a message back. Raises LookupError."""
        with self.lock:
            message = self.chats.get(message_id)
            message.deleted = True
            element = {**message.element(), "isDeleted": True, "oldInfo": {"oldText": message.text}}
            element.pop("text", None)
            self._tell("messages", element)

    def set_channel(self, channel_id: str, state: str) -> None:
        """A channel changes its state. Raises LookupError."""
        with self.lock:
            self._channel(channel_id)["state"] = state
            update: dict[str, Any] = {"channelId": channel_id, "state": state}
            update["timestamp"] = int(self.now().timestamp() * 1000)
            if state == "qr":
                update["qr"] = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg=="
            self._tell("channelsUpdates", update)

    def chat(self, chat_id: str) -> list[dict[str, Any]]:
        """The conversation as the customer sees it: from, text, contentUri, at, status, messageId."""
        with self.lock:
            return [message.on_phone() for message in self.chats.seen_by_customer(chat_id)]

    def sent(self) -> list[dict[str, Any]]:
        """What the API accepted, the oldest first."""
        with self.lock:
            return [message.as_sent() for message in self.chats.sent_by_api()]

    def configure(self, **options: Any) -> None:
        """Change fields of Options. Raises ValueError."""
        with self.lock:
            self.options.change(options)

    def settle(self, timeout: float = 10.0) -> bool:
        """Wait until every webhook was posted; False when `timeout` seconds were too few."""
        return self.delivery.wait_idle(timeout)

    # ------------------------------------------------------------------ the API

    def routes(self) -> None:
        self.app.before_request(self._guard)
        self.app.register_error_handler(Refusal, self._refused)
        self.app.register_error_handler(404, lambda _: Response("", status=404))
        rule = self.app.add_url_rule
        rule("/v3/channels", view_func=self._get_channels)
        rule("/v3/message", view_func=self._post_message, methods=["POST"])
        rule("/v3/webhooks", view_func=self._get_webhooks)
        rule("/v3/webhooks", view_func=self._patch_webhooks, methods=["PATCH"])
        rule("/v3/users", view_func=lambda: jsonify(_USERS), endpoint="users")
        rule("/v3/users/<user_id>", view_func=self._get_user)
        rule("/v3/unanswered/<user_id>", view_func=self._get_unanswered)
        rule("/store/<digest>/", view_func=self._get_file)
        add_controls(self.app, self._actions(), self._views())

    def _actions(self) -> dict[str, Action]:
        return {
            "customer": self.customer_says,
            "phone": self.employee_says,
            "edit": self.edit,
            "delete": self.delete,
            "channel": self.set_channel,
            "config": self.configure,
        }

    def _views(self) -> dict[str, View]:
        return {
            "chat": lambda: self.chat(request.args.get("chatId", "")),
            "sent": self.sent,
            "deliveries": lambda: list(self.delivery.log),
        }

    def _guard(self) -> Response | None:
        if not request.path.startswith("/v3/"):
            return None
        if self._too_fast():
            return Response("", status=429)
        if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {self._key}".encode()):
            return Response("", status=401)
        if self.options.sidecar and request.path.split("/")[2] not in _SIDECAR_ROUTES:
            return _json({"error": "FORBIDDEN"}, 403)
        return None

    def _too_fast(self) -> bool:
        with self.lock:
            began, count = self._window
            now = self.monotonic()
            self._window = (began, count + 1) if now - began < _WINDOW_S else (now, 1)
            return self._window[1] > self.options.rate_limit

    @staticmethod
    def _refused(refusal: Refusal) -> Response:
        body = {"status": 400, "requestId": uuid4().hex, "error": refusal.code, "description": refusal.description}
        return _json({**body, "data": refusal.data} if refusal.data else body, 400)

    def _get_channels(self) -> Response:
        return jsonify(list(self.channels.values()))

    def _post_message(self) -> Response:
        asked = check_fields(request.get_json(force=True, silent=True))
        channel = self.channels.get(asked["channelId"])
        check_channel(asked, channel)
        assert channel is not None  # check_channel refused otherwise
        if asked.get("contentUri"):
            check_file(asked["contentUri"], channel["transport"])
        with self.lock:
            self._remember(asked.get("crmMessageId"))
            message = self._accept(asked, channel)
        return _json({"messageId": message.id, "chatId": message.chat_id}, 201)

    def _remember(self, crm_id: str | None) -> None:
        """Refuse a crmMessageId that was accepted within the last 60 s (contract section 3)."""
        now = self.monotonic()
        self._crm_ids = {known: at for known, at in self._crm_ids.items() if now - at < self.options.crm_memory}
        if crm_id in self._crm_ids:
            raise Refusal("REPEATED_CRM_MESSAGE_ID", "Repeated crmMessageId", {"crmMessageId": crm_id})
        if crm_id:
            self._crm_ids[crm_id] = now

    def _accept(self, asked: dict[str, Any], channel: dict[str, Any]) -> Message:
        last = self.chats.last_inbound((channel["channelId"], asked["chatType"], asked["chatId"]))
        error = fate(asked, channel, last.at if last else None, self.now())
        message = self._new(channel, asked["chatType"], asked["chatId"], None)
        message.text, message.content_uri = asked.get("text"), asked.get("contentUri")
        message.kind = "document" if message.content_uri else "text"
        message.outgoing, message.by_api, message.status = True, True, "error" if error else "sent"
        message.crm_message_id, message.error = asked.get("crmMessageId"), error
        message.clears_unanswered = asked.get("clearUnanswered", True)
        if self.options.echo_own_sends:
            self._tell("messages", message.element())
        self._plan_statuses(message)
        return message

    def _plan_statuses(self, message: Message) -> None:
        options = self.options
        if not options.statuses:
            return
        if message.error:
            self.delivery.add(lambda: self._status(message, "error"), options.sent_after)
            return
        for status, after in (
            ("sent", options.sent_after),
            ("delivered", options.delivered_after),
            ("read", options.read_after),
        ):
            self.delivery.add(lambda status=status: self._status(message, status), after)  # type: ignore[misc]

    def _status(self, message: Message, status: str) -> dict[str, Any] | None:
        """The message gets this far; answers the webhook body that says so."""
        with self.lock:
            message.status = status
            element: dict[str, Any] = {"messageId": message.id, "timestamp": iso(self.now()), "status": status}
            if message.error:
                code = message.error.lower() if self.options.snake_case_errors else message.error
                element["error"] = {"error": code, "description": "Message was not delivered"}
            return {"statuses": [element]} if self.subscriptions["messagesAndStatuses"] else None

    def _get_webhooks(self) -> Response:
        return jsonify({"webhooksUri": self.webhook, "subscriptions": self.subscriptions})

    def _patch_webhooks(self) -> Response:
        asked = request.get_json(force=True, silent=True) or {}
        uri = asked.get("webhooksUri")
        if not isinstance(uri, str) or not is_web_address(uri) or len(uri) > 200:
            return _json({"error": "uriNotValid", "description": "Provided URI is not valid URI"}, 400)
        cut = re.split(r"[&#+%?\s]", uri)[0]  # as Wazzup24 does (contract section 1)
        status = post(cut, {"test": True}, self.options.crm_key)  # before the answer, and without holding the lock
        if status != 200:
            description = "URI does not return 200 OK on test request"
            return _json({"error": "testPostNotPassed", "description": description, "data": {"code": status}}, 400)
        with self.lock:
            self.webhook = uri
            for name, value in (asked.get("subscriptions") or {}).items():
                self.subscriptions["wabaTemplatesStatus" if name == "templateStatus" else name] = value in (
                    True,
                    "true",
                )
        return Response("{ ok }")

    def _get_user(self, user_id: str) -> Response:
        user = next((user for user in _USERS if user["id"] == user_id), None)
        return jsonify(user) if user else Response("", status=404)

    def _get_unanswered(self, user_id: str) -> Response:
        with self.lock:
            waiting = self.chats.unanswered() if user_id == _RESPONSIBLE else []
        last = iso(max(message.at for message in waiting)) if waiting else None
        return jsonify({"counterV2": len(waiting), "type": "red" if waiting else None, "lastMsgDateTime": last})

    @staticmethod
    def _get_file(digest: str) -> Response:
        sample = next((sample for sample in samples().values() if sample.digest == digest), None)
        return Response(sample.content, mimetype=sample.mime) if sample else Response("", status=404)

    # ------------------------------------------------------------------ parts

    def _channel(self, channel_id: str) -> dict[str, Any]:
        if channel_id not in self.channels:
            raise LookupError(f"no channel {channel_id!r}; there are: {', '.join(self.channels)}")
        return self.channels[channel_id]

    def _channel_for(self, chat_type: str, channel_id: str | None) -> dict[str, Any]:
        if channel_id is not None:
            return self._channel(channel_id)
        for channel in self.channels.values():
            if serves(channel["transport"], chat_type):
                return channel
        raise LookupError(f"no channel for chats of type {chat_type!r}")

    def _new(self, channel: dict[str, Any], chat_type: str, chat_id: str, name: str | None) -> Message:
        """A message of a chat; without a name the known one, or the chat's id, as Wazzup24 shows unknown numbers."""
        known = self.chats.last_inbound((channel["channelId"], chat_type, chat_id))
        shown = name or (known.name if known else chat_id)
        return self.chats.add(Message(channel["channelId"], chat_type, chat_id, shown, self.now()))

    def _tell(self, kind: str, element: dict[str, Any]) -> None:
        switch = "channelsUpdates" if kind == "channelsUpdates" else "messagesAndStatuses"
        self.delivery.add(lambda: {kind: [element]} if self.subscriptions[switch] else None)


def _json(body: Any, status: int) -> Response:
    response = jsonify(body)
    response.status_code = status
    return response


def main(arguments: list[str] | None = None) -> None:
    """Run the sandbox until it is interrupted."""
    parser = argparse.ArgumentParser(prog="python -m crystalbay.sandbox.wazzup", description="A simulated Wazzup24.")
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8801, help="where to listen; 0 takes a free one (%(default)s)")
    parser.add_argument("--key", default=KEY, help="the API key it accepts (default: %(default)s)")
    parser.add_argument("--webhook", default="", help="an address that counts as registered from the start")
    given = parser.parse_args(arguments)
    with WazzupSandbox(given.host, given.port, key=given.key, webhook=given.webhook) as sandbox:
        sys.stdout.write(f"Wazzup24 sandbox: WAZZUP_API_URL={sandbox.api_url} WAZZUP_API_KEY={given.key}\n")
        sys.stdout.flush()
        Ending().wait()


if __name__ == "__main__":
    main()
