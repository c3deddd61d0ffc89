"""Every way a SAMO call can fail (contract section 3), the pace, and the token that gets nowhere."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from crystalbay.errors import CrystalBayError, PermanentError, TransientError
from crystalbay.samo import transport
from crystalbay.sandbox.samo import Config
from tests.unit import samo_kit
from tests.unit.samo_kit import TOKEN, Bench, egypt

samo_server, samo = samo_kit.samo_server, samo_kit.samo  # fixtures

HTML = "<html><body>Ведутся работы</body></html>"


def failure(samo: Bench, kind: type[CrystalBayError], read: Callable[[], Any] | None = None) -> Any:
    """The error that a dictionary call ends with; exactly of this kind."""
    with pytest.raises(CrystalBayError) as caught:
        (read or samo.client.departures)()
    assert type(caught.value) is kind
    return caught.value


# --------------------------------------------------------------------------- the table of section 3


def test_an_address_that_is_not_listed_is_named_and_not_tried_again(samo: Bench) -> None:
    samo.server.config = Config(ip_blocked=True)

    error = failure(samo, PermanentError)

    assert "127.0.0.1" in str(error)
    assert "SAMO_OAUTH_TOKEN" in str(error)
    assert error.code == "403"
    assert len(samo.calls) == 1


@pytest.mark.parametrize("token", ["wrong", "", "токен\n"])
def test_a_wrong_or_missing_token_is_a_matter_of_configuration(samo: Bench, token: str) -> None:
    samo.client = samo.client_at(samo.server.php_url, token)

    assert "SAMO_OAUTH_TOKEN" in str(failure(samo, PermanentError))


@pytest.mark.parametrize("token", ["токен", "two\nlines"])
def test_a_token_that_cannot_be_sent_is_one_too(samo: Bench, token: str) -> None:
    samo.client = samo.client_at(samo.server.path_url, token)

    error = failure(samo, PermanentError)

    assert "SAMO_OAUTH_TOKEN" in str(error)
    assert token not in "".join(traceback.format_exception(error))
    assert samo.calls == []


def test_an_address_that_is_none(samo: Bench) -> None:
    samo.client = samo.client_at("ftp://example.com")

    assert "SAMO_API_URL" in str(failure(samo, PermanentError))


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_in_other_words_is_one_too(samo: Bench, status: int) -> None:
    samo.spoil(status=status, body="no")

    assert "allow-listed" in str(failure(samo, PermanentError))
    assert len(samo.calls) == 1


@pytest.mark.parametrize("status", [500, 502, 503])
@pytest.mark.parametrize("body", [HTML, ""])
def test_a_crash_is_tried_once_more(samo: Bench, status: int, body: str) -> None:
    samo.spoil(status=status, body=body)
    assert len(samo.client.departures()) == 9
    assert len(samo.calls) == 2

    samo.spoil(status=status, body=body, times=2)
    error = failure(samo, TransientError, lambda: samo.client.countries(2))
    assert "SearchTour_STATES" in str(error)
    assert error.code == str(status)
    assert len(samo.calls) == 4


@pytest.mark.parametrize("style", ["inner", "outer"])
def test_a_refusal_inside_of_200_is_final_wherever_it_stands(samo: Bench, style: str) -> None:
    samo.server.config = Config(error_style=style)

    error = failure(samo, PermanentError, lambda: samo.client.countries(999))

    assert "Неизвестный город вылета" in str(error)
    assert error.code == "1001"
    assert len(samo.calls) == 1


@pytest.mark.parametrize("error", ["1007", 1007, "bad"])
@pytest.mark.parametrize("inner", [True, False])
def test_the_error_may_be_a_number_or_text_without_message(samo: Bench, error: Any, inner: bool) -> None:
    body = {"error": error}
    samo.spoil(status=200, body={"SearchTour_TOWNFROMS": body} if inner else body)

    assert failure(samo, PermanentError).code == str(error)


def test_an_unlisted_address_may_be_told_inside_of_200(samo: Bench) -> None:
    samo.spoil(status=200, body={"error": "apiKey provided, but invalid, blacklisted address 10.1.2.3"})

    assert "10.1.2.3" in str(failure(samo, PermanentError))


@pytest.mark.parametrize("style", ["inner", "outer"])
@pytest.mark.parametrize("code", [2110, "2110"])
def test_no_hotels_is_an_empty_result(samo: Bench, style: str, code: Any) -> None:
    error = {"error": code, "message": "По заданным условиям отели не найдены"}
    samo.spoil("SearchTour_PRICES", status=200, body=error if style == "outer" else {"SearchTour_PRICES": error})

    result = samo.client.search(egypt())

    assert (result.offers, result.unserved, result.pages) == ((), None, 1)


@pytest.mark.parametrize("body", [HTML, "", "{", "[" * 100_000])
def test_something_else_than_json_is_tried_twice_more_with_growing_pauses(samo: Bench, body: str) -> None:
    samo.spoil(status=200, body=body, times=2)
    assert len(samo.client.departures()) == 9
    assert samo.clock.slept == sorted(set(samo.clock.slept))
    assert len(samo.calls) == 3

    samo.spoil(status=200, body=body, times=3)
    assert "not JSON" in str(failure(samo, TransientError, lambda: samo.client.countries(2)))
    assert len(samo.calls) == 6


@pytest.mark.parametrize("body", [{"SearchTour_ALL": []}, [], {}, "7"])
def test_json_without_the_action_is_unexpected(samo: Bench, body: Any) -> None:
    samo.spoil(status=200, body=body)

    assert "SAMO_API_URL" in str(failure(samo, PermanentError))
    assert len(samo.calls) == 1


@pytest.mark.parametrize(
    ("header", "slept"),
    [
        ({"Retry-After": "3"}, [3.0]),
        ({"Retry-After": "Tue, 01 Dec 2026 09:00:04 GMT"}, [4.0]),
        ({"Retry-After": "Tue, 01 Dec 2026 08:00:00 GMT"}, [0.0]),
        ({"Retry-After": "soon"}, [1.0]),
        ({}, [1.0]),
    ],
)
def test_throttling_is_waited_out(samo: Bench, header: dict[str, str], slept: list[float]) -> None:
    samo.spoil(status=429, headers=header)

    assert len(samo.client.departures()) == 9
    assert samo.clock.slept == slept


def test_a_wait_that_is_too_long_fails_at_once_and_says_how_long(samo: Bench) -> None:
    samo.server.config = Config(min_interval=90)
    samo.client.departures()

    error = failure(samo, TransientError, samo.client.currencies)

    assert 80 < error.retry_after <= 90
    assert samo.clock.slept == []
    assert len(samo.calls) == 2


def test_lasting_throttling_ends_with_what_the_supplier_asked_for(samo: Bench) -> None:
    samo.spoil(status=429, headers={"Retry-After": "2"}, times=3)

    error = failure(samo, TransientError)

    assert (error.code, error.retry_after) == ("429", 2)
    assert len(samo.calls) == 3


@pytest.mark.parametrize("status", [301, 302, 307])
def test_a_redirect_is_not_followed(samo: Bench, status: int) -> None:
    samo.spoil(status=status, headers={"Location": f"{samo.server.url}/export/default.php?elsewhere=1"})

    assert "SAMO_API_URL" in str(failure(samo, PermanentError))
    assert len(samo.calls) == 1


def test_another_status_is_final(samo: Bench) -> None:
    samo.client = samo.client_at(f"{samo.server.url}/nowhere.php")

    assert failure(samo, PermanentError).code == "404"


def test_a_cut_connection_is_tried_once_more(samo: Bench) -> None:
    samo.spoil(drop="before")
    assert len(samo.client.departures()) == 9

    samo.spoil(drop="after", times=2)
    assert "out of reach" in str(failure(samo, TransientError, lambda: samo.client.countries(2)))
    assert len(samo.calls) == 4


def test_a_supplier_that_does_not_answer_in_time(samo: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "TIMEOUTS", (1, 0.1))
    samo.spoil(delay=0.4)

    assert "in time" in str(failure(samo, TransientError))
    assert len(samo.calls) == 1


def test_the_limits_are_those_of_the_contract() -> None:
    assert transport.TIMEOUTS == (10, 30)
    assert transport.BODY_LIMIT == 8 * 1024 * 1024


def test_an_endless_body_is_not_read_to_its_end(samo: Bench) -> None:
    samo.spoil(status=200, body=" " * (transport.BODY_LIMIT + 1))

    assert "larger" in str(failure(samo, PermanentError))


# --------------------------------------------------------------------------- pace


def test_the_limiter_is_asked_before_every_call_also_a_repeated_one(samo: Bench) -> None:
    seen: list[int] = []

    class Watching:
        def wait(self) -> None:
            seen.append(len(samo.calls))

    samo.limiter = Watching()  # type: ignore[assignment]
    samo.client = samo.client_at(samo.server.php_url)
    samo.spoil(status=200, body=HTML, times=2)
    samo.client.departures()
    samo.client.countries(2)

    assert seen == [0, 1, 2, 3]


def test_a_limiter_that_will_not_wait_prevents_the_call(samo: Bench) -> None:
    class Full:
        def wait(self) -> None:
            raise TransientError("too many wait", retry_after=30)

    samo.limiter = Full()  # type: ignore[assignment]
    samo.client = samo.client_at(samo.server.php_url)

    assert failure(samo, TransientError).retry_after == 30
    assert samo.calls == []


# --------------------------------------------------------------------------- the token

SPOILS: list[dict[str, Any]] = [
    {"status": 403, "body": f"bad key {TOKEN}"},
    {"status": 500, "body": TOKEN},
    {"status": 200, "body": {"error": TOKEN, "message": f"oauth_token={quote(TOKEN, safe='')} {TOKEN}"}},
    {"status": 200, "body": {"SearchTour_TOWNFROMS": {"error": 5, "message": f"key {TOKEN}"}}},
    {"status": 200, "body": f"<html>{TOKEN}</html>"},
    {"status": 200, "body": {"other": TOKEN}},
    {"status": 302, "headers": {"Location": f"http://example.invalid/?oauth_token={TOKEN}"}},
    {"status": 429, "headers": {"Retry-After": "99"}},
    {"status": 404, "body": TOKEN},
    {"drop": "before"},
    {"drop": "after"},
    {"delay": 0.3},
]


@pytest.mark.parametrize("style", ["php", "path"])
@pytest.mark.parametrize("spoil", SPOILS, ids=lambda spoil: str(next(iter(spoil.items()))))
def test_the_token_is_in_no_error_log_or_repr(
    samo: Bench, spoil: dict[str, Any], style: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(transport, "TIMEOUTS", (1, 0.1))
    client = samo.client_at(samo.server.php_url if style == "php" else samo.server.path_url)
    samo.spoil(**spoil, times=3)

    with caplog.at_level(logging.DEBUG), pytest.raises(CrystalBayError) as caught:
        client.departures()

    shown = [repr(client), repr(vars(client)), caplog.text, *map(repr, map(vars, caplog.records))]
    error: BaseException | None = caught.value
    while error:
        shown += [str(error), repr(error), repr(error.args), *traceback.format_exception(error)]
        error = error.__cause__ or error.__context__
    assert any("samo SearchTour_TOWNFROMS" in text for text in shown)  # the call was logged, without its key
    for text in shown:
        assert TOKEN not in text
        assert quote(TOKEN, safe="") not in text


def test_a_good_call_is_logged_with_duration_and_rows_but_without_the_token(
    samo: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, "urllib3"):
        samo.client.departures()

    assert "samo SearchTour_TOWNFROMS: ok, 9 rows" in caplog.text
    assert "oauth_token=***" in caplog.text  # the HTTP library's own line
    assert quote(TOKEN, safe="") not in caplog.text
    assert TOKEN not in caplog.text
