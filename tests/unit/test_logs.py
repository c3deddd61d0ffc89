"""Logs are one JSON object a line, with ids, and without secrets or personal data."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from crystalbay import logs

SECRET = "s3cr3t-token-value"


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """`configure` is for a process; other tests of this one must not write into a closed stream."""
    root = logging.getLogger()
    touched = [root, *map(logging.getLogger, logs.NOISY)]
    handlers, levels = root.handlers[:], [logger.level for logger in touched]
    yield
    root.handlers[:] = handlers
    for logger, level in zip(touched, levels, strict=True):
        logger.setLevel(level)
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_events_carry_the_ids_that_are_bound(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO", [])
    with structlog.contextvars.bound_contextvars(request_id="r-1", job_id="j-1"):
        structlog.get_logger("test").info("thing.happened", number=3)
    (line,) = lines(capsys)
    assert line == line | {
        "event": "thing.happened",
        "number": 3,
        "request_id": "r-1",
        "job_id": "j-1",
        "level": "info",
    }


@pytest.mark.parametrize(
    ("given", "hidden"),
    [
        ({"url": f"https://x/?oauth_token={SECRET}"}, SECRET),
        ({"oauth_token": "anything"}, "anything"),
        ({"headers": {"Authorization": "Bearer abc"}}, "abc"),
        ({"list": [f"a {SECRET}"]}, SECRET),
        ({"phone": "+79161234567"}, "7916123"),
        ({"mail": "anna.sokolova@example.com"}, "anna.sokolova"),
    ],
)
def test_secrets_and_personal_data_are_masked(
    capsys: pytest.CaptureFixture[str], given: dict[str, object], hidden: str
) -> None:
    logs.configure("INFO", [SECRET])
    structlog.get_logger("test").info("call", **given)
    assert hidden not in capsys.readouterr().err


def test_the_standard_library_goes_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO", [SECRET])
    logging.getLogger("samo").warning("failed at %s", f"https://x/?oauth_token={SECRET}")
    try:
        raise ValueError(f"bad {SECRET}")
    except ValueError:
        logging.getLogger("samo").exception("broke")
    first, second = lines(capsys)
    assert (first["level"], first["logger"]) == ("warning", "samo")
    assert SECRET not in json.dumps([first, second])
    assert "ValueError" in str(second["exception"])


def test_an_id_is_no_phone(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO", [])
    structlog.get_logger("test").info("x", job_id="01a2146d-d1af-7e74-8a42-ccbe05c174cc")
    assert lines(capsys)[0]["job_id"] == "01a2146d-d1af-7e74-8a42-ccbe05c174cc"
