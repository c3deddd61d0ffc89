"""One call to Wazzup24: JSON in, JSON out, every failure a TransientError or a PermanentError (contract section 4)."""

from __future__ import annotations

import logging
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.exceptions import NewConnectionError

from crystalbay.errors import PermanentError, ProviderError, TransientError
from crystalbay.limits import Limiter
from crystalbay.wazzup.fields import a_part, a_word
from crystalbay.wazzup.words import PROBE_FAILED, canonical, explain

log = logging.getLogger(__name__)

TIMEOUTS = (5, 30)  # seconds: to connect, to wait for the answer
WINDOW_S = 5.0  # 500 requests per fixed window; where it began is not ours to know, so a whole one is waited out
LONGEST_PAUSE_S = 300.0


class _Bearer(AuthBase):
    """The key as an auth object: it stays out of session headers and `repr`, and no ~/.netrc takes its place."""

    def __init__(self, key: str) -> None:
        self._header = f"Bearer {key}"

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._header
        return request


class Transport:
    """`call` makes exactly one request: nothing is repeated, no redirect is followed."""

    def __init__(self, url: str, key: str, limiter: Limiter, session: requests.Session | None) -> None:
        self._url = url.rstrip("/")
        self._key = key.strip()
        self._limiter = limiter
        self._session = session or _session()

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        params: dict[str, int] | None = None,
        sending: bool = False,
    ) -> Any:
        """The JSON of a 2xx answer; None when it holds no JSON, which some successes of Wazzup24 do not.

        `sending`: the call may not be made twice, so a lost answer is `outcome_unknown`.
        """
        if not (self._key.isascii() and self._key.isprintable()):
            # HTTP headers cannot hold it, and the errors that would say so quote it.
            raise PermanentError("Ключ Wazzup24 записан с посторонними знаками. Проверьте WAZZUP_API_KEY.")
        self._limiter.wait()
        response = self._exchange(method, path, body, params, sending)
        if not 200 <= response.status_code < 300:
            raise self._refusal(response, path, sending)
        return _json(response)

    def _exchange(self, method: str, path: str, body: Any, params: Any, sending: bool) -> requests.Response:
        try:
            return self._session.request(
                method,
                self._url + path,
                json=body,
                params=params,
                auth=_Bearer(self._key),
                timeout=TIMEOUTS,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            failure = _no_answer(error, sending)
        log.warning("wazzup: %s %s: %s", method, path, failure)
        raise failure  # outside the handler: the original error may quote the key, so it is not even the context

    def _refusal(self, response: requests.Response, path: str, sending: bool) -> ProviderError:
        spelling, description, request_id = _error_of(response)
        code = canonical(self._without_key(spelling)[:100]) or None
        description = self._without_key(description)
        log.warning("wazzup: %s: %s code=%s requestId=%s", path, response.status_code, code, request_id)
        status = response.status_code
        if status == 429:
            return TransientError(
                "Wazzup24 просит подождать: слишком много запросов.", code=code, retry_after=_pause(response, WINDOW_S)
            )
        if status >= 500 or status == 408:
            return TransientError(
                f"Wazzup24 не справился с запросом ({status}).",
                code=code,
                retry_after=_pause(response, None),
                outcome_unknown=sending,
            )
        if code == PROBE_FAILED:  # the one 4xx that passes by itself: DNS or the certificate may lag behind the start
            return TransientError(explain(code), code=code)
        return PermanentError(_final_words(status, code, description), code=code)

    def _without_key(self, text: str) -> str:
        return text.replace(self._key, "***") if self._key else text


def _session() -> requests.Session:
    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(max_retries=0, pool_maxsize=32))
    return session


def _final_words(status: int, code: str | None, description: str) -> str:
    if status == 401:
        return "Wazzup24 не принял ключ. Проверьте WAZZUP_API_KEY."
    if status == 403:
        return explain("FORBIDDEN")
    if status == 404:
        return explain(code, description) if code else "В Wazzup24 нет такой записи или такого запроса (404)."
    return explain(code, description or f"HTTP {status}")


def _no_answer(error: requests.RequestException, sending: bool) -> ProviderError:
    kind = type(error).__name__
    if isinstance(error, ValueError):  # requests marks so what is wrong with the request itself
        return PermanentError(f"Адрес или ключ Wazzup24 записан неверно ({kind}): WAZZUP_API_URL, WAZZUP_API_KEY.")
    return TransientError(f"Wazzup24 не отвечает ({kind}).", outcome_unknown=sending and not _never_left(error))


def _never_left(error: requests.RequestException) -> bool:
    """Was there no connection at all, so that nothing can have been accepted? In doubt: no."""
    if isinstance(error, (requests.ConnectTimeout, requests.exceptions.ProxyError)):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", cause), NewConnectionError)


def _pause(response: requests.Response, default: float | None) -> float | None:
    """`Retry-After` in seconds; it is not documented, so a missing, dated or senseless one counts as `default`."""
    value = response.headers.get("Retry-After", "").strip()
    return min(float(value), LONGEST_PAUSE_S) if value.isascii() and value.isdigit() else default


def _json(response: requests.Response) -> Any:
    try:
        return response.json()
    except (ValueError, RecursionError):
        return None


def _error_of(response: requests.Response) -> tuple[str, str, str]:
    """Code, description and request id of an error body, which may be empty, flat or nested (the iframe route)."""
    document = _json(response)
    body = document if isinstance(document, dict) else {}
    inner = a_part(body, "error") or body
    return a_word(inner, "error", "code"), a_word(inner, "description", "message"), a_word(body, "requestId")[:100]
