"""What the probes tell, and to whom: /readyz and /metrics beside a store that works and one that does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import main
from crystalbay.config import load
from crystalbay.services import health

TOKEN = "a-token-for-prometheus"
ACCOUNT = "0a7c1f4e-52c1-4a6b-9a54-1f7f6f2f0001"
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.7"}


def made(folder: Path, **more: Any) -> Flask:
    settings = load(
        _env_file=None, app_env="production", database_url="sqlite://", data_dir=folder, log_level="ERROR",
        wazzup_api_key="k", wazzup_api_secret="s3cret", wazzup_api_url="http://127.0.0.1:9",
        admin_email="admin@example.com", admin_password="a long password", metrics_token=TOKEN, **more,
    )  # fmt: skip
    app = main.create_app(settings)
    ctx = app.extensions["crystalbay"]
    said = {"ok": False, "state": "no_answer", "error": "tls error at 10.0.0.7"}
    ctx.store.commit(health.observe(ctx, "wazzup.webhook", said))
    ctx.store.commit(health.observe(ctx, f"account:{ACCOUNT}", {"active": False, "state": "phoneUnavailable"}))
    return app


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    made_app = made(tmp_path)
    yield made_app
    made_app.extensions["crystalbay"].store.close()


def test_strangers_learn_which_parts_work_but_no_ids_and_no_words_of_providers(app: Flask) -> None:
    answer: Any = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (200, "degraded")
    parts = answer.json["parts"]
    assert parts["wazzup"] == {"ok": False}
    assert parts["accounts"] == {"ok": False}
    assert parts["inbox"] == {"ok": True, "unreadable": 0}
    assert parts["jobs"] == {"ok": True, "dead": 0}
    assert parts["tours"]["missing"] == "SAMO_OAUTH_TOKEN"
    assert ACCOUNT not in answer.text


def test_a_signed_in_user_reads_why(app: Flask) -> None:
    browser = app.test_client()
    token = browser.get("/login").text.split('name="csrf-token" content="')[1].split('"')[0]
    form = {"email": "admin@example.com", "password": "a long password", "csrf_token": token}
    assert browser.post("/login", data=form).status_code == 302
    answer: Any = browser.get("/readyz")
    parts = answer.json["parts"]
    assert parts["wazzup"]["state"] == "no_answer"
    assert parts["accounts"]["states"] == {f"account:{ACCOUNT}": "phoneUnavailable"}


def test_without_the_store_it_is_ready_as_long_as_the_journal_takes_events(app: Flask) -> None:
    ctx = app.extensions["crystalbay"]
    ctx.store.close()
    answer: Any = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (200, "degraded")
    assert answer.json["parts"] == {
        "store": {"ok": False, "since": ctx.reach.since.isoformat()},
        "journal": {"ok": True, "waiting": 0, "oldest": None, "set_aside": 0},
    }


def test_the_journal_tells_how_many_wait_and_since_when(app: Flask) -> None:
    ctx = app.extensions["crystalbay"]
    ctx.store.close()
    began = ctx.clock.now()
    for number in range(3):
        assert app.test_client().post("/webhooks/wazzup/s3cret", json={"messages": [{"n": number}]}).status_code == 200
    journal = app.test_client().get("/readyz").get_json()["parts"]["journal"]
    assert journal["waiting"] == 3
    assert began <= datetime.fromisoformat(journal["oldest"]) <= ctx.clock.now()
    told = app.test_client().get("/metrics").text
    for line in ("store_up 0.0", "journal_waiting 3.0", "journal_refused_total 0.0", "journal_replayed_total 0.0"):
        assert f"\ncrystalbay_{line}\n" in told
    assert 'webhooks_total{provider="wazzup",result="journaled"}' in told


def test_with_neither_store_nor_journal_it_is_503_and_so_are_webhooks(tmp_path: Path) -> None:
    app = made(tmp_path, journal_max_mb=1)
    app.extensions["crystalbay"].store.close()
    client = app.test_client()
    answers = [client.post("/webhooks/wazzup/s3cret", data=b"x" * (60_000 + number)) for number in range(20)]
    assert [answer.status_code for answer in answers] == [200] * 17 + [503] * 3
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert client.post("/webhooks/wazzup/s3cret", data=b"{}").status_code == 200, "what still fits is taken"
    answer: Any = client.get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (503, "unavailable")
    assert not answer.json["parts"]["journal"]["ok"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 200),
        ({"environ_base": {"REMOTE_ADDR": "::1"}}, 200),
        ({"environ_base": {"REMOTE_ADDR": "::ffff:127.0.0.1"}}, 200),
        ({"headers": {"X-Forwarded-For": "203.0.113.7"}}, 401),  # a proxy on this machine
        ({"environ_base": ELSEWHERE}, 401),
        ({"environ_base": ELSEWHERE, "headers": {"Authorization": f"Bearer {TOKEN}"}}, 200),
        ({"headers": {"Authorization": f"Bearer {TOKEN}", "X-Forwarded-For": "203.0.113.7"}}, 200),
        ({"environ_base": ELSEWHERE, "headers": {"Authorization": "Bearer wrong"}}, 401),
        ({"environ_base": ELSEWHERE, "headers": {"Authorization": f"Basic {TOKEN}"}}, 401),
    ],
)
def test_metrics_are_for_this_machine_and_for_who_has_the_token(app: Flask, asked: dict[str, Any], status: int) -> None:
    answer = app.test_client().get("/metrics", **asked)
    assert answer.status_code == status
    assert ("crystalbay_jobs" in answer.text) == (status == 200)


def test_without_a_token_nobody_else_reads_metrics(tmp_path: Path) -> None:
    settings = load(_env_file=None, database_url="sqlite://", data_dir=tmp_path, log_level="ERROR")
    browser = main.create_app(settings).test_client()
    for given in ("Bearer ", "Bearer", ""):
        answer = browser.get("/metrics", environ_base=ELSEWHERE, headers={"Authorization": given})
        assert answer.status_code == 401
