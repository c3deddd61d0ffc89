"""Structured logs: one JSON object a line on stderr, with the ids of request, conversation and job, secrets masked."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable, MutableMapping
from typing import Any

import orjson
import structlog

_PHONE = re.compile(r"(?<![\w-])\+?\d{7,11}(\d{4})(?![\w-])")
_MAIL = re.compile(r"\b([\w.+-])[\w.+-]*(@[\w-]+\.[\w.]+)")
_NAMES = re.compile(r"token|secret|password|api_?key|authorization|cookie", re.IGNORECASE)
_SHORTEST_SECRET = 6

NOISY = ("apscheduler", "httpcore", "httpx", "urllib3", "werkzeug")
"""Loggers of libraries that are heard from WARNING on."""

Event = MutableMapping[str, Any]


class Mask:
    """Replaces configured secrets, values of telling names, phone numbers and e-mail addresses."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = [secret for secret in secrets if len(secret) >= _SHORTEST_SECRET]

    def __call__(self, _logger: Any, _method: str, event: Event) -> Event:
        return {name: "***" if _NAMES.search(name) else self._value(value) for name, value in event.items()}

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return self(None, "", value)
        return [self._value(item) for item in value] if isinstance(value, list | tuple) else value

    def text(self, value: str) -> str:
        for secret in self._secrets:
            value = value.replace(secret, "***")
        return _MAIL.sub(r"\1***\2", _PHONE.sub(r"***\1", value))


def configure(level: str, secrets: Iterable[str]) -> None:
    """Send structlog's and the standard library's logs through one mask and one renderer."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        Mask(secrets),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=_json),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _json(event: Event, **_: Any) -> str:
    return orjson.dumps(event, default=str).decode()
