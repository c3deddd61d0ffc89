"""A call of the Bot API: its parameters in every form Telegram accepts, and the refusals it answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Request


@dataclass
class Refusal(Exception):
    """An answer `ok: false` with this code; `retry_after` stands in the parameters of a 429."""

    code: int
    description: str
    retry_after: int | None = None

    def body(self) -> dict[str, Any]:
        told: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.retry_after is not None:
            told["parameters"] = {"retry_after": self.retry_after}
        return told


def bad_request(what: str) -> Refusal:
    return Refusal(400, f"Bad Request: {what}")


def forbidden(what: str) -> Refusal:
    return Refusal(403, f"Forbidden: {what}")


def conflict(what: str) -> Refusal:
    return Refusal(409, f"Conflict: {what}")


def too_fast(seconds: int) -> Refusal:
    return Refusal(429, f"Too Many Requests: retry after {seconds}", seconds)


def not_found() -> Refusal:
    """Also what Telegram says of a method it does not know."""
    return Refusal(404, "Not Found")


def unauthorized() -> Refusal:
    return Refusal(401, "Unauthorized")


@dataclass(frozen=True)
class Upload:
    """A file of a multipart body."""

    name: str
    mime: str
    content: bytes


class Params:
    """The parameters of one call. Numbers that are none count as 0, as in Telegram's own server."""

    def __init__(self, values: dict[str, Any], uploads: dict[str, Upload] | None = None) -> None:
        self._values = {name: value for name, value in values.items() if value is not None}
        self.uploads = uploads or {}

    @classmethod
    def of(cls, request: Request) -> Params:
        """Query, form, multipart or JSON, all of them together. Raises Refusal."""
        values: dict[str, Any] = {**request.args.to_dict(), **request.form.to_dict()}
        if request.is_json and request.get_data():
            body = request.get_json(silent=True)
            if not isinstance(body, dict):
                raise bad_request("can't parse the JSON object of the request")
            values |= body
        uploads = {
            name: Upload(file.filename or name, file.mimetype or "application/octet-stream", file.read())
            for name, file in request.files.items()
        }
        return cls(values, uploads)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str) -> str:
        value = self._values.get(name, "")
        if isinstance(value, bool):
            return "true" if value else "false"
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def integer(self, name: str, default: int = 0) -> int:
        if name not in self._values:
            return default
        try:
            return int(self.text(name))
        except ValueError:
            return 0

    def flag(self, name: str) -> bool:
        return self.text(name).casefold() in ("true", "yes", "1")

    def json(self, name: str) -> Any:
        """An object or a list, also where a form carries it as JSON text; None when it is absent. Raises Refusal."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None


Method = Callable[[Params], Any]
"""A method of the Bot API: answers the result. Raises Refusal."""
