"""A simulated Wazzup24 for development, demo and tests: API v3 and its webhooks (contract sections 1 to 7).

Beside the common control routes:
  POST /__customer  {"chatId", "text" | "media" | "contentUri", "name"?, "chatType"?, "channelId"?, "type"?}
  POST /__edit      {"messageId", "text"}       POST /__delete {"messageId"}
  POST /__phone     {"chatId", "text", …}: an employee answers from the phone
  POST /__channel   {"channelId", "state"}      POST /__config {options of wazzup_delivery.Options}
  GET  /__chat?chatId=…   the conversation as the customer sees it
Run it alone: `python -m crystalbay.sandbox.wazzup --port 9102 --webhook http://127.0.0.1:8000/webhooks/wazzup/secret`.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
import uuid
from collections import deque
from datetime import UTC, datetime
from typing import Any, Self

from flask import Response, jsonify, request

from crystalbay.sandbox import wazzup_rules as rules
from crystalbay.sandbox.server import SandboxServer
from crystalbay.sandbox.wazzup_delivery import Delivery, Options, post
from crystalbay.sandbox.wazzup_media import samples

KEY = "test-wazzup-key"
WHATSAPP = "0a7c1f4e-52c1-4a6b-9a54-1f7f6f2f0001"
TELEGRAM = "0a7c1f4e-52c1-4a6b-9a54-1f7f6f2f0002"
_CHANNELS = (
    (WHATSAPP, "whatsapp", "79860001122", "WhatsApp"),
    (TELEGRAM, "tgapi", "79860001122", "Telegram"),
    ("0a7c1f4e-52c1-4a6b-9a54-1f7f6f2f0003", "instagram", "crystalbay.travel", "Instagram"),
    ("0a7c1f4e-52c1-4a6b-9a54-1f7f6f2f0004", "wapi", "79860003344", "WABA"),
    ("0a7c1f4e-52c1-4a6b-9a54-1f7f6f2f0011", "vk", "crystalbay", "VK"),
)
_WINDOW_S = 5.0
_STATUS_ORDER = ("sent", "delivered", "read")


class WazzupSandbox(SandboxServer):
    """The server. `webhook`: an address that is registered from the start, as if somebody had done it before."""

    name = "wazzup"

    def __init__(self, *, key: str = KEY, webhook: str = "", host: str = "127.0.0.1", port: int = 0) -> None:
        self._key, self._first_webhook = key, webhook
        self.options = Options()
        self.delivery = Delivery(lambda: self.webhook, lambda: self.options)
        super().__init__(host, port)

    def start(self) -> Self:
        super().start()
        self.delivery.start()
        return self

    def stop(self) -> None:
        self.delivery.stop()
        super().stop()

    def reset(self) -> None:
        self.options = Options()
        self.delivery.clear()
        self.webhook = self._first_webhook
        self.switches = {"messagesAndStatuses": bool(self.webhook), "contactsAndDealsCreation": False}
        self.switches |= {"channelsUpdates": bool(self.webhook), "wabaTemplatesStatus": False}
        self.channels = {
            channel_id: {"channelId": channel_id, "transport": t, "plainId": plain, "state": "active", "name": name}
            for channel_id, t, plain, name in _CHANNELS
        }
        self.users: list[dict[str, Any]] = [{"id": "u-7", "name": "Ольга Менеджер"}]
        self.lost_at: str | None = None
        self.messages: dict[str, dict[str, Any]] = {}
        self._crm_ids: dict[str, float] = {}
        self._recent: deque[float] = deque()

    # ------------------------------------------------------------------ routes

    def routes(self) -> None:
        add = self.app.add_url_rule
        self.app.before_request(self._guard)
        add("/v3/channels", "channels", lambda: jsonify(list(self.channels.values())))
        add("/v3/message", "send", self._send, methods=["POST"])
        add("/v3/message/<message_id>", "edit", self._edit_sent, methods=["PATCH"])
        add("/v3/message/<message_id>", "delete", self._delete_sent, methods=["DELETE"])
        add("/v3/webhooks", "webhooks", self._webhooks)
        add("/v3/webhooks", "register", self._register, methods=["PATCH"])
        add("/v3/users", "users", lambda: jsonify(self.users))
        add("/v3/unanswered/<user_id>", "unanswered", self._unanswered)
        add("/store/<digest>/", "store", self._store)
        for name, method in (
            ("customer", self._control_customer),
            ("edit", self._control_edit),
            ("delete", self._control_delete),
            ("phone", self._control_phone),
            ("channel", self._control_channel),
            ("config", self._control_config),
        ):
            add(f"/__{name}", f"control_{name}", method, methods=["POST"])
        add("/__chat", "control_chat", lambda: jsonify(self.chat(request.args.get("chatId", ""))))

    def _guard(self) -> Response | None:
        """The key, the reach of a sidecar key, and 500 requests in 5 seconds."""
        if not request.path.startswith("/v3/"):
            return None
        if request.headers.get("Authorization") != f"Bearer {self._key}":
            return _refused(401, "UNAUTHORIZED", "Key is missing or wrong")
        if self.options.sidecar and not request.path.startswith(("/v3/channels", "/v3/message", "/v3/webhooks")):
            return _refused(403, "FORBIDDEN", "Not available with this key")
        now = time.monotonic()
        with self.lock:
            while self._recent and now - self._recent[0] > _WINDOW_S:
                self._recent.popleft()
            if len(self._recent) >= self.options.rate_limit:
                return _refused(429, "TOO_MANY_REQUESTS", "Too many requests")
            self._recent.append(now)
        return None

    # ------------------------------------------------------------------ sending

    def _send(self) -> Response:
        try:
            message = self._accept(request.get_json(force=True, silent=True))
        except rules.Refusal as refusal:
            return _refused(400, refusal.code, refusal.description, refusal.data)
        answer = jsonify({"messageId": message["messageId"], "chatId": message["chatId"]})
        answer.status_code = 201
        return answer

    def _accept(self, body: Any) -> dict[str, Any]:
        given = rules.check_fields(body)
        channel = self.channels.get(given["channelId"])
        rules.check_channel(given, channel)
        assert channel is not None
        if given.get("contentUri"):
            rules.check_file(given["contentUri"], channel["transport"])
        with self.lock:
            self._remember(given.get("crmMessageId"))
            message = self._keep("agency", given["channelId"], given["chatType"], given["chatId"])
            message |= {name: given.get(name) for name in ("text", "contentUri", "crmMessageId", "refMessageId")}
        self._follow(message, channel)
        return message

    def _remember(self, crm_id: str | None) -> None:
        now = time.monotonic()
        if crm_id is None:
            return
        if now - self._crm_ids.get(crm_id, float("-inf")) < self.options.crm_memory:
            raise rules.Refusal("REPEATED_CRM_MESSAGE_ID", "Repeated crmMessageId", {"crmMessageId": crm_id})
        self._crm_ids[crm_id] = now

    def _keep(self, sender: str, channel_id: str, chat_type: str, chat_id: str) -> dict[str, Any]:
        message: dict[str, Any] = {
            "messageId": str(uuid.uuid4()),
            "from": sender,
            "channelId": channel_id,
            "chatType": chat_type,
            "chatId": chat_id,
            "at": _now(),
            "status": "inbound" if sender == "customer" else "queued",
            "text": None,
            "contentUri": None,
        }
        self.messages[message["messageId"]] = message
        return message

    def _follow(self, message: dict[str, Any], channel: dict[str, Any]) -> None:
        """What the customer's messenger reports of a message, after small delays."""
        options = self.options
        if options.echo_own_sends:
            self.delivery.add(lambda: {"messages": [self._echo(message, None)]})
        error = rules.fate(message, channel, self._last_inbound(message["chatId"]), datetime.now(UTC))
        if error:
            self.delivery.add(lambda: self._report(message, "error", error))
            return
        if not options.statuses:
            message["status"] = "sent"
            return
        for status, after in zip(
            _STATUS_ORDER, (options.sent_after, options.delivered_after, options.read_after), strict=True
        ):
            self.delivery.add(lambda status=status: self._report(message, status), after)  # type: ignore[misc]

    def _last_inbound(self, chat_id: str) -> datetime | None:
        seen = [m["at"] for m in list(self.messages.values()) if m["chatId"] == chat_id and m["from"] == "customer"]
        return datetime.fromisoformat(seen[-1]) if seen else None

    def _report(self, message: dict[str, Any], status: str, error: str | None = None) -> dict[str, Any]:
        message["status"] = status
        told: dict[str, Any] = {"messageId": message["messageId"], "timestamp": _now(), "status": status}
        if error:
            code = error.lower() if self.options.snake_case_errors else error
            told["error"] = {"error": code, "description": f"Not delivered: {error}"}
        return {"statuses": [told]}

    def _edit_sent(self, message_id: str) -> Response:
        message = self.messages.get(message_id)
        if message is None:
            return _refused(404, "MESSAGES_NOT_FOUND", "Message not found")
        body = request.get_json(force=True, silent=True) or {}
        message["text"] = body.get("text", message["text"])
        return Response(status=200)

    def _delete_sent(self, message_id: str) -> Response:
        if self.messages.pop(message_id, None) is None:
            return _refused(404, "MESSAGES_NOT_FOUND", "Message not found")
        return Response(status=200)

    # ------------------------------------------------------------------ webhooks and the rest

    def _webhooks(self) -> Response:
        return jsonify({"webhooksUri": self.webhook, "subscriptions": self.switches})

    def _register(self) -> Response:
        body = request.get_json(force=True, silent=True) or {}
        uri = body.get("webhooksUri", self.webhook)
        if not isinstance(uri, str) or not uri.startswith(("http://", "https://")) or len(uri) > 200:
            return _refused(400, "uriNotValid", "Provided URI is not valid URI")
        status = post(uri, {"test": True}, self.options.crm_key)
        if status != 200:
            return _refused(400, "testPostNotPassed", "URI does not return 200 OK on test request", {"code": status})
        self.webhook = uri
        for name, value in (body.get("subscriptions") or {}).items():
            known = "wabaTemplatesStatus" if name == "templateStatus" else name
            if known in self.switches:
                self.switches[known] = value in (True, "true")
        return jsonify({"ok": True})

    def _unanswered(self, user_id: str) -> Response:
        if all(user["id"] != user_id for user in self.users):
            return _refused(404, "USER_NOT_FOUND", "User not found")
        inbound = [m["at"] for m in self.messages.values() if m["from"] == "customer"]
        last = self.lost_at or (inbound[-1] if inbound else None)
        return jsonify({"counterV2": 1 if last else 0, "type": "red" if last else None, "lastMsgDateTime": last})

    def _store(self, digest: str) -> Response:
        for sample in samples().values():
            if sample.digest == digest:
                return Response(sample.content, mimetype=sample.mime)
        return Response(status=404)

    # ------------------------------------------------------------------ control: what people do

    def customer_says(
        self,
        chat_id: str,
        text: str | None = None,
        *,
        name: str | None = None,
        media: str | None = None,
        content_uri: str | None = None,
        chat_type: str = "whatsapp",
        channel_id: str = WHATSAPP,
        message_type: str | None = None,
    ) -> str:
        """The customer writes; the webhook follows. Answers the messageId."""
        if channel_id not in self.channels or not rules.serves(self.channels[channel_id]["transport"], chat_type):
            raise ValueError(f"channel {channel_id} has no {chat_type} chats")
        with self.lock:
            message = self._keep("customer", channel_id, chat_type, chat_id)
            message |= {"text": text, "contentUri": content_uri, "name": name or chat_id}
            message["type"] = message_type or ("text" if text else "unknown")
            if media:
                sample = samples()[media]
                message["type"] = sample.message_type
                message["contentUri"] = f"{self.url}/store/{sample.digest}/?filename={sample.file_name}"
        body = {"messages": [self._inbound(message)]}
        self.delivery.add(lambda: body)
        return str(message["messageId"])

    def _inbound(self, message: dict[str, Any]) -> dict[str, Any]:
        names = ("messageId", "channelId", "chatType", "chatId", "type")
        told = {name: message[name] for name in names}
        told |= {"dateTime": message["at"], "isEcho": False, "status": "inbound", "contact": {"name": message["name"]}}
        return told | {name: message[name] for name in ("text", "contentUri") if message[name] is not None}

    def _echo(self, message: dict[str, Any], author: str | None) -> dict[str, Any]:
        names = ("messageId", "channelId", "chatType", "chatId")
        told = {name: message[name] for name in names} | {"dateTime": message["at"], "isEcho": True, "status": "sent"}
        told |= {"type": "text", "text": message["text"], "sentFromApp": False, "contact": {"name": message["chatId"]}}
        return told | ({"authorName": author, "authorId": "u-7"} if author else {})

    def employee_says(self, chat_id: str, text: str, *, chat_type: str = "whatsapp", channel_id: str = WHATSAPP) -> str:
        """An employee answers from the phone: the product hears of it by an echo."""
        with self.lock:
            message = self._keep("agency", channel_id, chat_type, chat_id)
            message |= {"text": text, "status": "sent"}
        self.delivery.add(lambda: {"messages": [self._echo(message, "Ольга Менеджер")]})
        return str(message["messageId"])

    def customer_edits(self, message_id: str, text: str) -> None:
        message = self.messages[message_id]
        old, message["text"] = message["text"], text
        body = self._inbound(message) | {"isEdited": True, "oldInfo": {"oldText": old}}
        self.delivery.add(lambda: {"messages": [body]})

    def customer_deletes(self, message_id: str) -> None:
        message = self.messages.pop(message_id)
        body = {name: value for name, value in self._inbound(message).items() if name != "text"}
        body |= {"isDeleted": True, "oldInfo": {"oldText": message["text"]}}
        self.delivery.add(lambda: {"messages": [body]})

    def channel_becomes(self, channel_id: str, state: str) -> None:
        self.channels[channel_id]["state"] = state
        told = {"channelId": channel_id, "state": state, "timestamp": int(time.time() * 1000)}
        self.delivery.add(lambda: {"channelsUpdates": [told]})

    def deliver(self, body: dict[str, Any]) -> None:
        """Deliver any webhook body, such as a line of the contract's samples."""
        self.delivery.add(lambda: body)

    def chat(self, chat_id: str) -> list[dict[str, Any]]:
        """The conversation as the customer sees it, in order."""
        names = ("from", "text", "contentUri", "at", "status", "messageId")
        with self.lock:
            return [{name: m[name] for name in names} for m in self.messages.values() if m["chatId"] == chat_id]

    def sent(self, chat_id: str) -> list[str]:
        """The texts that the agency sent to a chat, in order."""
        return [str(message["text"]) for message in self.chat(chat_id) if message["from"] == "agency"]

    # ------------------------------------------------------------------ control routes

    def _control_customer(self) -> tuple[Response, int]:
        body = request.get_json()
        try:
            message_id = self.customer_says(
                str(body["chatId"]),
                body.get("text"),
                name=body.get("name"),
                media=body.get("media"),
                content_uri=body.get("contentUri"),
                chat_type=body.get("chatType", "whatsapp"),
                channel_id=body.get("channelId", WHATSAPP),
                message_type=body.get("type"),
            )
        except (KeyError, ValueError) as error:
            return jsonify({"error": str(error)}), 400
        return jsonify({"messageId": message_id}), 201

    def _control_edit(self) -> Response:
        body = request.get_json()
        self.customer_edits(body["messageId"], body["text"])
        return jsonify({"ok": True})

    def _control_delete(self) -> Response:
        self.customer_deletes(request.get_json()["messageId"])
        return jsonify({"ok": True})

    def _control_phone(self) -> Response:
        body = request.get_json()
        extra = {
            key: body[name] for key, name in (("chat_type", "chatType"), ("channel_id", "channelId")) if name in body
        }
        return jsonify({"messageId": self.employee_says(body["chatId"], body["text"], **extra)})

    def _control_channel(self) -> Response:
        body = request.get_json()
        self.channel_becomes(body["channelId"], body["state"])
        return jsonify({"ok": True})

    def _control_config(self) -> tuple[Response, int]:
        try:
            self.options.change(request.get_json())
        except ValueError as error:
            return jsonify({"error": str(error)}), 400
        return jsonify({"ok": True}), 200


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _refused(status: int, code: str, description: str, data: dict[str, Any] | None = None) -> Response:
    body: dict[str, Any] = {"status": status, "requestId": uuid.uuid4().hex, "error": code, "description": description}
    answer = jsonify(body | ({"data": data} if data else {}))
    answer.status_code = status
    return answer


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m crystalbay.sandbox.wazzup", description=__doc__.split("\n")[0])
    parser.add_argument("--port", type=int, default=9102)
    parser.add_argument("--key", default=KEY, help="the API key that is accepted (default: %(default)s)")
    parser.add_argument("--webhook", default="", help="an address that is registered from the start")
    given = parser.parse_args()
    with WazzupSandbox(key=given.key, webhook=given.webhook, port=given.port) as server:
        sys.stdout.write(f"Wazzup24 sandbox: {server.url}/v3\n")
        sys.stdout.flush()
        threading.Event().wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
