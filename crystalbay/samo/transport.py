"""One SAMO-Tour call over HTTP: both URL styles, every error of the supplier told apart, retries, the secret kept.

Facts: the SAMO-Tour Online API contract, sections 1-3. The token travels in the URL (the API has no other way), so the
HTTP library's own exceptions and debug log contain it: neither gets out of this module.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlsplit

import requests
from pydantic import SecretStr

from crystalbay.clock import Clock
from crystalbay.errors import PermanentError, ProviderError, TransientError
from crystalbay.limits import Limiter

log = logging.getLogger(__name__)

TIMEOUTS = (10, 30)  # seconds to connect and to wait for data
BODY_LIMIT = 8 * 1024 * 1024  # bytes after decompression; 300 price rows are under 2 MiB
LONGEST_PAUSE = 5.0  # seconds that a caller can wait when the supplier throttles; a longer wish fails at once
NO_HOTELS = "2110"  # the only error code with a proven meaning: no hotels for these filters

_CHUNK = 64 * 1024
_QUOTED = 200  # characters of the supplier's own words in an error
_NOT_LISTED = re.compile(r"blacklisted address\s+([0-9a-fA-F.:]+)")
_TOKEN_IN_TEXT = re.compile(r"(oauth_token=)[^&\s\"']+")


class _MaskToken(logging.Filter):
    """urllib3 writes request lines with their query at DEBUG; the value of oauth_token becomes stars there."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _TOKEN_IN_TEXT.sub(r"\1***", record.getMessage()), None
        return True


logging.getLogger("urllib3.connectionpool").addFilter(_MaskToken())


@dataclass
class Budget:
    """How many more calls one piece of work may make; retries count."""

    left: int = 1_000_000


class _Failure(Exception):
    """One failed attempt: the error for the caller, how many retries such failures get, seconds before the first."""

    def __init__(self, error: ProviderError, *, retries: int = 0, pause: float = 1.0) -> None:
        super().__init__(str(error))
        self.error, self.retries, self.pause = error, retries, pause


class Transport:
    """Calls actions of one SAMO instance. Thread-safe as far as the session is."""

    def __init__(self, url: str, token: str, clock: Clock, limiter: Limiter, session: requests.Session) -> None:
        self._base, self._path_style = _base_and_style(url)
        self._token = SecretStr(token)
        self._clock, self._limiter, self._session = clock, limiter, session

    def __repr__(self) -> str:
        return f"Transport({self._base!r})"

    def call(self, action: str, params: Mapping[str, Any], budget: Budget | None = None) -> Any:
        """The answer of `action` without its wrapper; None for "no hotels" (2110) and for `null`.

        Asks the limiter before every attempt. Raises TransientError or PermanentError; no text of them has the token.
        """
        budget = budget or Budget()
        attempt = 0
        while True:
            outcome = self._attempt(action, params)
            budget.left -= 1
            if not isinstance(outcome, _Failure):
                return outcome
            if attempt >= outcome.retries or budget.left <= 0:
                raise outcome.error
            attempt += 1
            self._clock.sleep(outcome.pause * attempt)

    def _attempt(self, action: str, params: Mapping[str, Any]) -> Any:
        """The payload, or a `_Failure`: the caller raises it outside of any handler, so that nothing is chained."""
        self._limiter.wait()
        started = time.monotonic()
        result, rows = "ok", 0
        try:
            payload = self._exchange(action, params)
            rows = _rows(payload)
        except _Failure as failure:
            result = str(failure)
            return failure
        except requests.Timeout:
            result = "time-out"
            return _Failure(TransientError(f"SAMO did not answer {action} in time (10 s to connect, 30 s to read)"))
        except ValueError as error:  # requests: an impossible address; http.client: a token that no header can carry
            result = type(error).__name__
            text = f"SAMO cannot be called with this SAMO_API_URL and SAMO_OAUTH_TOKEN ({result})"
            return _Failure(PermanentError(text))
        except requests.RequestException as error:
            result = type(error).__name__
            return _Failure(TransientError(f"SAMO is out of reach ({result}) for {action}"), retries=1)
        finally:
            log.info("samo %s: %s, %d rows, %.3f s", action, result, rows, time.monotonic() - started)
        return payload

    def _exchange(self, action: str, params: Mapping[str, Any]) -> Any:
        with self._session.get(
            self._address(action),
            params=self._query(action, params),
            headers={"Accept": "application/json"} | self._authorization(),
            timeout=TIMEOUTS,
            allow_redirects=False,  # a redirect would hand the token to another address
            stream=True,
        ) as response:
            body = _read(response)
        if response.status_code != 200:
            raise self._refused(response, self._masked(body.decode("utf-8", "replace")), action)
        return self._payload(body, action)

    def _refused(self, response: requests.Response, body: str, action: str) -> _Failure:
        """What a status other than 200 means, by the table of section 3."""
        status = response.status_code
        code = str(status)
        if status == 429:
            return _throttled(self._seconds_to_wait(response.headers.get("Retry-After")))
        if status >= 500:
            text = f"SAMO failed on {action} with HTTP {status}: a crash, or a required parameter that it did not get"
            return _Failure(TransientError(text, code=code), retries=1)
        if 300 <= status < 400:
            target = urlsplit(response.headers.get("Location", "")).netloc or "another address"
            text = f"SAMO redirects to {self._masked(target)}: SAMO_API_URL is not the address of the API"
            return _Failure(PermanentError(text, code=code))
        if status in (401, 403):
            text = f"SAMO refused access (HTTP {status}): is SAMO_OAUTH_TOKEN right, and is our address allow-listed?"
            return _not_listed(body) or _Failure(PermanentError(text, code=code))
        return _Failure(PermanentError(f"SAMO answered {action} with HTTP {status}", code=code))

    def _address(self, action: str) -> str:
        if not self._path_style:
            return self._base
        return f"{self._base}/samo/{action.replace('_', '/', 1)}"

    def _query(self, action: str, params: Mapping[str, Any]) -> dict[str, Any]:
        common = {"samo_action": "api", "version": "1.0", "type": "json", "action": action}
        return {**common, **params, "oauth_token": self._token.get_secret_value()}

    def _authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token.get_secret_value()}"} if self._path_style else {}

    def _payload(self, body: bytes, action: str) -> Any:
        try:
            answer = json.loads(body, parse_float=Decimal)
        except (ValueError, RecursionError):
            text = f"SAMO answered {action} with something that is not JSON: maintenance or overload"
            raise _Failure(TransientError(text), retries=2) from None
        if not isinstance(answer, dict):
            raise self._unexpected(action)
        if answer.get("error"):
            return self._refusal(answer, action)
        wrapped = {str(key).casefold(): value for key, value in answer.items()}
        if action.casefold() not in wrapped:
            raise self._unexpected(action)
        payload = wrapped[action.casefold()]
        if isinstance(payload, dict) and payload.get("error"):
            return self._refusal(payload, action)
        return payload or None

    def _refusal(self, answer: dict[str, Any], action: str) -> None:
        """HTTP 200 that carries an error. Returns for "no hotels"; raises for all others."""
        code = self._masked(str(answer["error"]))[:_QUOTED]
        if code == NO_HOTELS:
            return
        text = self._masked(str(answer.get("message") or ""))[:_QUOTED]
        refusal = PermanentError(f"SAMO refused {action}: {text or code} (code {code})", code=code)
        raise _not_listed(f"{code} {text}") or _Failure(refusal)

    @staticmethod
    def _unexpected(action: str) -> _Failure:
        text = f"SAMO answered {action} with JSON that does not hold {action}: is SAMO_API_URL right?"
        return _Failure(PermanentError(text))

    def _seconds_to_wait(self, header: str | None) -> float | None:
        """Retry-After as seconds: a number, or an HTTP date against our clock; None when absent or unreadable."""
        if header is None:
            return None
        try:
            if header.strip().isdigit():
                return float(header)
            moment = parsedate_to_datetime(header)
        except ValueError:
            return None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, (moment - self._clock.now()).total_seconds())

    def _masked(self, text: str) -> str:
        token = self._token.get_secret_value()
        for form in {token, quote(token, safe="")} - {""}:
            text = text.replace(form, "***")
        return text


def _base_and_style(url: str) -> tuple[str, bool]:
    """The address without query, and whether actions go into the path (section 2)."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/") or "/export/default.php"
    return f"{parts.scheme}://{parts.netloc}{path}", not path.endswith(".php")


def _read(response: requests.Response) -> bytes:
    body = bytearray()
    for chunk in response.iter_content(_CHUNK):
        body += chunk
        if len(body) > BODY_LIMIT:
            raise _Failure(PermanentError(f"SAMO's answer is larger than {BODY_LIMIT} bytes"))
    return bytes(body)


def _not_listed(text: str) -> _Failure | None:
    """SAMO does not know our address. A bad token presumably reads the same, so the message names both causes."""
    found = _NOT_LISTED.search(text)
    if not found:
        return None
    cause = f"SAMO does not accept our address {found[1]}: ask the operator to allow-list it"
    return _Failure(PermanentError(f"{cause}, or SAMO_OAUTH_TOKEN is wrong", code="403"))


def _throttled(seconds: float | None) -> _Failure:
    error = TransientError("SAMO asks us to call less often (HTTP 429)", code="429", retry_after=seconds)
    if seconds is not None and seconds > LONGEST_PAUSE:
        return _Failure(error)
    return _Failure(error, retries=2, pause=1.0 if seconds is None else seconds)


def _rows(payload: Any) -> int:
    inner = payload.get("prices") or payload.get("items") if isinstance(payload, dict) else payload
    return len(inner) if isinstance(inner, list | dict) else 0
