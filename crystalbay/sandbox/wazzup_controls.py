"""The sandbox's methods over HTTP: JSON keys are their arguments in camelCase, wrong ones answer 400 and say why."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, jsonify, request

Action = Callable[..., str | None]
View = Callable[[], Any]


def add_controls(app: Flask, actions: dict[str, Action], views: dict[str, View]) -> None:
    """`POST /__name` calls an action, which may answer a message id; `GET /__name` shows what a view answers."""
    for name, action in actions.items():
        app.add_url_rule(f"/__{name}", f"__{name}", _posting(action), methods=["POST"])
    for name, view in views.items():
        app.add_url_rule(f"/__{name}", f"__{name}", _showing(view))


def _posting(action: Action) -> Callable[[], Response]:
    def view() -> Response:
        try:
            answer = action(**_arguments(request.get_json(force=True, silent=True)))
        except (TypeError, ValueError, LookupError) as error:
            return Response(str(error), status=400, mimetype="text/plain")
        return jsonify({"messageId": answer} if answer else {"ok": True})

    return view


def _showing(view: View) -> Callable[[], Response]:
    return lambda: jsonify(view())


def _arguments(asked: Any) -> dict[str, Any]:
    if not isinstance(asked, dict):
        raise TypeError("the body must be a JSON object")
    for key, value in asked.items():
        if key.endswith("Id") and not isinstance(value, str):
            raise TypeError(f"{key} must be a string")
    return {re.sub(r"(?<=[a-z])([A-Z])", r"_\1", key).lower(): value for key, value in asked.items()}
