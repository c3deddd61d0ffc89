"""The sandbox's methods over HTTP: JSON keys are their arguments in camelCase, wrong ones answer 400 and say why."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, jsonify, request

Action = Callable[..., Any]
View = Callable[[], Any]
_NUMBERS = ("userId", "chatId", "messageId", "replyTo", "contactOf", "updateId")


def add_controls(app: Flask, actions: dict[str, Action], views: dict[str, View]) -> None:
    """`POST /__name` calls an action and answers what it did; `GET /__name` shows what a view answers."""
    for name, action in actions.items():
        app.add_url_rule(f"/__{name}", f"__{name}", _posting(action), methods=["POST"])
    for name, view in views.items():
        app.add_url_rule(f"/__{name}", f"__{name}", _showing(view))


def _posting(action: Action) -> Callable[[], Response]:
    def answer() -> Any:
        told = action(**_arguments(request.get_json(force=True, silent=True)))
        return {"ok": True} if told is None else told

    return lambda: _answered(answer)


def _showing(view: View) -> Callable[[], Response]:
    return lambda: _answered(view)


def _answered(work: Callable[[], Any]) -> Response:
    try:
        return jsonify(work())
    except (TypeError, ValueError, LookupError) as error:
        return Response(str(error), status=400, mimetype="text/plain")


def _arguments(asked: Any) -> dict[str, Any]:
    if not isinstance(asked, dict):
        raise TypeError("the body must be a JSON object")
    for key in _NUMBERS:
        if asked.get(key) is not None and type(asked[key]) is not int:
            raise TypeError(f"{key} must be a number")
    return {re.sub(r"(?<=[a-z])([A-Z])", r"_\1", key).lower(): value for key, value in asked.items()}
