"""The life of the process: quick to be ready, clean at the end, and honest about a wrong setting."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from tests.process import ROOT, AppProcess, free_port
from tests.world import eventually

PRODUCTION = "deploy/gunicorn.conf.py"


def settings(folder: Path, **more: str) -> dict[str, str]:
    return {
        "APP_ENV": "production",
        "DATABASE_URL": f"sqlite:///{folder / 'store.db'}",
        "DATA_DIR": str(folder),
        "ADMIN_EMAIL": "admin@example.com",
        "ADMIN_PASSWORD": "a long password",
        "LOG_LEVEL": "ERROR",
    } | more


def test_sigterm_ends_it_soon_also_with_an_open_stream(tmp_path: Path) -> None:
    app = AppProcess(settings(tmp_path), config=PRODUCTION).start()
    session = requests.Session()
    form = session.get(f"{app.url}/login", timeout=5).text
    token = form.split('name="csrf-token" content="')[1].split('"')[0]
    data = {"email": "admin@example.com", "password": "a long password", "csrf_token": token}
    assert session.post(f"{app.url}/login", data=data, timeout=10).status_code == 200
    with session.get(f"{app.url}/api/v1/events", stream=True, timeout=20) as stream:
        assert next(stream.iter_lines()) == b"retry: 1000"
        assert app.terminate() < 6


def test_production_without_keys_says_what_is_off(tmp_path: Path) -> None:
    app = AppProcess(settings(tmp_path), config=PRODUCTION).start()
    try:
        answer = requests.get(f"{app.url}/readyz", timeout=5)
        assert answer.status_code == 200
        assert answer.json()["status"] == "degraded"
        assert "SAMO_OAUTH_TOKEN" in answer.json()["parts"]["tours"]["words"]
        assert requests.get(f"{app.url}/demo", timeout=5).status_code == 404
        assert "crystalbay_requests_total" in requests.get(f"{app.url}/metrics", timeout=5).text
    finally:
        app.kill()


def test_a_wrong_setting_stops_the_start_with_its_name(tmp_path: Path) -> None:
    env = {**os.environ, **settings(tmp_path, TIMEZONE="Mars/Phobos")}
    command = [sys.executable, "-m", "flask", "--app", "main", "check"]
    run = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert run.returncode != 0
    assert "TIMEZONE: must be an IANA zone such as Europe/Moscow" in run.stderr
    assert "Traceback" not in run.stderr


def test_the_commands_work(tmp_path: Path) -> None:
    def flask(*words: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, **settings(tmp_path)}
        return subprocess.run(
            [sys.executable, "-m", "flask", "--app", "main", *words], cwd=ROOT, env=env, capture_output=True, text=True
        )

    made = flask("create-api-key", "--name", "сайт", "--scopes", "import,leads:read")
    assert made.stdout.splitlines()[-1].startswith("cb_")
    wrong = flask("create-api-key", "--name", "x", "--scopes", "everything")
    assert wrong.returncode == 1
    assert "allowed: leads:read" in wrong.stderr
    user = flask("create-user", "--email", "a@example.com", "--role", "head")
    assert user.stdout.startswith("a@example.com (head)")
    check = flask("check")
    assert check.returncode == 0
    assert "store    OK" in check.stdout
    assert "WAZZUP_API_KEY" in check.stdout
    assert flask("migrate").returncode == 0


@pytest.mark.slow
def test_the_demo_starts_answers_registers_and_ends_with_one_interrupt(tmp_path: Path) -> None:
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WAZZUP", "SAMO", "DATABASE"))}
    env = {**kept, "DATA_DIR": str(tmp_path), "PORT": str(port), "LOG_LEVEL": "ERROR", "PYTHONUNBUFFERED": "1"}
    demo = subprocess.Popen(
        [sys.executable, "main.py"], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert demo.stdout
        said: list[str] = []
        while not any("Ctrl+C ends everything" in line for line in said):
            line = demo.stdout.readline()
            assert line, "the demo ended"
            said.append(line)
        text = "".join(said)
        assert f"http://127.0.0.1:{port}" in text
        assert "Password: " in text
        url = f"http://127.0.0.1:{port}/readyz"
        eventually(
            lambda: (
                "зарегистрирован" in requests.get(url, timeout=5).json()["parts"]["wazzup"].get("words", "")
                or requests.get(url, timeout=5).json()["parts"]["wazzup"].get("words") == "Адрес для сообщений наш"
            ),
            20,
        )
        began = time.monotonic()
        demo.send_signal(signal.SIGINT)
        assert demo.wait(10) == 0
        assert time.monotonic() - began < 5
        with pytest.raises(requests.ConnectionError):
            requests.get(url, timeout=2)
    finally:
        if demo.poll() is None:
            os.killpg(demo.pid, signal.SIGKILL)
