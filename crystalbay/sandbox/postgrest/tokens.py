"""Signed tokens: JWT with HS256, as the project's legacy keys, users' sessions and signed links are."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any


class BadToken(Exception):
    """The message says what is wrong; `expired` when it was good once."""

    def __init__(self, message: str, *, expired: bool = False) -> None:
        super().__init__(message)
        self.expired = expired


class Signer:
    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def sign(self, lifetime_s: float, **claims: object) -> str:
        head = _encode({"alg": "HS256", "typ": "JWT"})
        body = _encode({**claims, "exp": time.time() + lifetime_s})
        return f"{head}.{body}.{self._signature(head, body)}"

    def read(self, token: str) -> dict[str, Any]:
        """The claims. Raises BadToken."""
        parts = token.split(".")
        if len(parts) != 3:
            raise BadToken(f"Expected 3 parts in JWT; got {len(parts)}")
        head, body, signature = parts
        if not hmac.compare_digest(signature.encode(), self._signature(head, body).encode()):
            raise BadToken("signature verification failed")
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        if claims["exp"] <= time.time():
            raise BadToken("JWT expired", expired=True)
        return claims

    def _signature(self, head: str, body: str) -> str:
        return _text(hmac.digest(self._secret, f"{head}.{body}".encode(), hashlib.sha256))


def _encode(document: dict[str, object]) -> str:
    return _text(json.dumps(document).encode())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
