"""The life of the process: quick to be ready, clean at the end, and honest about a wrong setting."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from crystalbay.sandbox.telegram import TOKEN, TelegramSandbox
from tests.process import ROOT, AppProcess, free_port
from tests.world import eventually

PRODUCTION = "deploy/gunicorn.conf.py"
SOON_S = 10
"""Running jobs get 4 s to end, and two busy cores their time; a provider that is silent would be waited for longer."""


def settings(folder: Path, **more: str) -> dict[str, str]:
    return {
        "APP_ENV": "production",
        "DATABASE_URL": f"sqlite:///{folder / 'store.db'}",
        "DATA_DIR": str(folder),
        "ADMIN_EMAIL": "admin@example.com",
        "ADMIN_PASSWORD": "a long password",
        "LOG_LEVEL": "ERROR",
    } | more


def test_a_worker_ends_with_its_server_also_with_an_open_stream(tmp_path: Path) -> None:
    app = AppProcess(settings(tmp_path), config=PRODUCTION).start()
    session = signed_in(app.url, "admin@example.com", "a long password")
    with session.get(f"{app.url}/api/v1/events", stream=True, timeout=20) as stream:
        assert next(stream.iter_lines()) == b"retry: 1000"
        server = app._process
        assert server
        server.kill()  # the server alone; its worker is in the same group
        server.wait()
        eventually(lambda: not group_lives(server.pid), 15, "the worker goes on without its server")


def test_sigterm_ends_it_soon_also_with_an_open_stream(tmp_path: Path) -> None:
    app = AppProcess(settings(tmp_path), config=PRODUCTION).start()
    session = signed_in(app.url, "admin@example.com", "a long password")
    with session.get(f"{app.url}/api/v1/events", stream=True, timeout=20) as stream:
        assert next(stream.iter_lines()) == b"retry: 1000"
        assert app.terminate() < SOON_S


def test_production_without_keys_says_what_is_off(tmp_path: Path) -> None:
    app = AppProcess(settings(tmp_path), config=PRODUCTION).start()
    try:
        answer = requests.get(f"{app.url}/readyz", timeout=5)
        assert answer.status_code == 200
        assert answer.json()["status"] == "degraded"
        assert answer.json()["parts"]["tours"]["missing"] == "SAMO_OAUTH_TOKEN"
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
    assert re.search(r"^telegram +- +не настроено: TELEGRAM_BOT_TOKEN$", check.stdout, re.MULTILINE)
    assert "store    OK" in check.stdout
    assert "WAZZUP_API_KEY" in check.stdout
    assert flask("migrate").returncode == 0
    assert "/healthz" in flask("routes").stdout  # Flask's own commands get the application itself


def test_check_tries_the_bot(tmp_path: Path) -> None:
    def checked(token: str) -> subprocess.CompletedProcess[str]:
        bot = {"TELEGRAM_BOT_TOKEN": token, "TELEGRAM_API_URL": telegram.api_url}
        env = {**os.environ, **settings(tmp_path, **bot)}
        command = [sys.executable, "-m", "flask", "--app", "main", "check"]
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)

    with TelegramSandbox() as telegram:
        good, bad = checked(TOKEN), checked("99:WRONG-TOKEN")
    assert good.returncode == 0
    assert re.search(r"^telegram +OK +Токен принят, бот @crystalbay_demo_bot;", good.stdout, re.MULTILINE)
    assert bad.returncode == 1
    assert re.search(r"^telegram +ERROR +Telegram не принимает токен бота", bad.stdout, re.MULTILINE)
    assert "WRONG-TOKEN" not in bad.stdout + bad.stderr


def group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@dataclass
class Demo:
    """`python main.py` as a person starts it, on a port of its own; `said` is what it printed until it was ready."""

    folder: Path
    more: dict[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)
    said: str = ""

    def __post_init__(self) -> None:
        left_out = ("WAZZUP", "SAMO", "TELEGRAM", "DATABASE", "SUPABASE", "ADMIN", "PUBLIC_URL", "APP_ENV")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
        self.mark = uuid.uuid4().hex
        mine = {"DATA_DIR": str(self.folder), "PORT": str(self.port), "LOG_LEVEL": "ERROR", "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "main.py", *self.arguments],
            cwd=ROOT,
            env=kept | mine | {"TEST_MARK": self.mark} | self.more,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def password(self) -> str:
        return self.said.split("Password: ")[1].split()[0]

    def ready(self) -> Demo:
        assert self.process.stdout
        while "Ctrl+C ends everything" not in self.said:
            line = self.process.stdout.readline()
            assert line, f"the demo ended: {self.process.stderr and self.process.stderr.read()}"
            self.said += line
        return self

    def refused(self) -> str:
        """What it says when it does not start."""
        out, err = self.process.communicate(timeout=30)
        assert self.process.returncode != 0
        assert "ready" not in out
        assert "Traceback" not in err
        return err

    def interrupted(self) -> float:
        """Ctrl+C: SIGINT to the whole foreground group. Seconds until the last of its processes is gone."""
        began = time.monotonic()
        os.killpg(self.process.pid, signal.SIGINT)
        eventually(lambda: not self.living(), 20, f"still there: {self.living()}")
        return time.monotonic() - began

    def living(self) -> list[int]:
        """Every process that was started with the demo's environment, whoever is its parent now."""
        return [int(folder.name) for folder in Path("/proc").glob("[0-9]*") if self._is_mine(folder)]

    def _is_mine(self, process: Path) -> bool:
        try:
            dead = process.joinpath("stat").read_text().rpartition(")")[2].split()[0] == "Z"
            told = process.joinpath("environ").read_bytes()
        except OSError:
            return False
        return not dead and (self.mark.encode() in told or bridge_mark(self.port) in told)

    def end(self) -> None:
        for pid in self.living():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.communicate()


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[..., Demo]]:
    demos: list[Demo] = []

    def start(**more: str) -> Demo:
        demos.append(Demo(tmp_path / f"data {len(demos)}", more))
        return demos[-1]

    yield start
    for demo in demos:
        demo.end()


def bridge_mark(port: int) -> bytes:
    """What the environment of the bridge holds whose application listens on this port; of ours it gets nothing else."""
    return f"CRYSTALBAY_BRIDGE_URL=http://127.0.0.1:{port}/".encode()


def bridges(port: int) -> list[int]:
    """The bridge processes of the application on this port, whoever is their parent now."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if bridge_mark(port) in folder.joinpath("environ").read_bytes():
                found.append(int(folder.name))
    return found


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


@contextmanager
def deaf_provider() -> Iterator[str]:
    """A provider that takes every request and never answers: whoever calls it is busy until his patience ends."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def signed_in(url: str, email: str, password: str) -> requests.Session:
    session = requests.Session()
    form = session.get(f"{url}/login", timeout=5).text
    token = form.split('name="csrf-token" content="')[1].split('"')[0]
    data = {"email": email, "password": password, "csrf_token": token}
    assert session.post(f"{url}/login", data=data, timeout=10).status_code == 200
    return session


@pytest.mark.slow
def test_the_demo_starts_answers_registers_and_ends_with_one_interrupt(started: Callable[..., Demo]) -> None:
    demo = started().ready()
    assert demo.url in demo.said
    assert f"The data stays in {demo.folder}/." in demo.said
    url = f"{demo.url}/readyz"
    eventually(lambda: requests.get(url, timeout=5).json()["parts"]["wazzup"].get("state") == "registered", 20)
    assert demo.interrupted() < SOON_S
    assert demo.process.wait(5) == 0
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=2)


@pytest.mark.slow
def test_the_demo_has_a_bot_whose_bridge_ends_with_it(started: Callable[..., Demo]) -> None:
    demo = started().ready()
    assert "the Telegram phone" in demo.said

    def bot() -> dict[str, Any]:
        found: dict[str, Any] = requests.get(f"{demo.url}/readyz", timeout=5).json()["parts"]["telegram"]
        return found

    eventually(lambda: bot()["ok"] and bot()["username"] == "crystalbay_demo_bot", 15, "the bridge is not ready")
    (bridge,) = bridges(demo.port)
    assert bridge in demo.living()
    assert demo.interrupted() < SOON_S
    assert not bridges(demo.port)


def test_a_bridge_ends_with_the_worker_that_is_killed_and_the_next_one_starts_another(tmp_path: Path) -> None:
    with TelegramSandbox() as telegram:
        bot = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.api_url}
        port = free_port()
        app = AppProcess(settings(tmp_path, PORT=str(port), **bot), config=PRODUCTION, port=port).start()
        try:
            (first,) = eventually(lambda: bridges(app.port), 20, "no bridge")
            eventually(lambda: telegram.polls()["pollers"], 20, "nobody fetches")
            os.kill(parent_of(first), signal.SIGKILL)
            eventually(lambda: first not in bridges(app.port), 10, "the bridge outlives its worker")
            eventually(lambda: telegram.polls()["pollers"], 40, "no other bridge")
            assert len(bridges(app.port)) == 1
            app.terminate()
            assert not bridges(app.port)
        finally:
            app.kill()


@pytest.mark.slow
def test_a_bot_of_ones_own_needs_no_simulated_telegram(started: Callable[..., Demo]) -> None:
    with TelegramSandbox(token="99:OWN", username="own_bot") as telegram:
        demo = started(TELEGRAM_BOT_TOKEN="99:OWN", TELEGRAM_API_URL=telegram.api_url).ready()
        eventually(lambda: telegram.polls()["pollers"], 20, "nobody fetches")
        ran = [Path(f"/proc/{pid}/cmdline").read_text() for pid in demo.living()]
        assert not [line for line in ran if "crystalbay.sandbox.telegram" in line]


@pytest.mark.slow
def test_the_demo_ends_soon_with_a_stream_open_and_a_job_that_waits_for_its_provider(
    started: Callable[..., Demo],
) -> None:
    with deaf_provider() as wazzup:
        demo = started(WAZZUP_API_URL=f"{wazzup}/v3").ready()
        session = signed_in(demo.url, "admin@crystalbay.example", demo.password)
        with session.get(f"{demo.url}/api/v1/events", stream=True, timeout=20) as stream:
            assert next(stream.iter_lines()) == b"retry: 1000"
            time.sleep(1)
            assert demo.interrupted() < SOON_S


@pytest.mark.slow
def test_nothing_of_the_demo_survives_its_launcher(started: Callable[..., Demo]) -> None:
    demo = started().ready()
    demo.process.kill()
    eventually(lambda: not demo.living(), 10, "processes without a launcher go on")


@pytest.mark.slow
def test_a_second_demo_on_a_taken_port_says_so_and_does_not_call_itself_ready(started: Callable[..., Demo]) -> None:
    first = started().ready()
    said = started(PORT=str(first.port)).refused()
    assert f"PORT: another program already listens on port {first.port} of this machine" in said
    assert f"PORT={first.port + 1} make run" in said
    assert requests.get(f"{first.url}/healthz", timeout=5).status_code == 200


@pytest.mark.slow
def test_a_second_demo_on_the_same_data_is_refused(started: Callable[..., Demo]) -> None:
    first = started().ready()
    said = started(DATA_DIR=str(first.folder)).refused()
    assert "DATA_DIR: another demo runs on" in said
    assert "DATA_DIR=data2 make run" in said


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("ADMIN_EMAIL", "nope", "must be an e-mail address"),
        ("ADMIN_PASSWORD", "1", "must have 8 to 1000 characters"),
        ("PERSONAL_DATA_KEY", "short", "openssl rand -base64 32"),
        ("PORT", "abc", "should be a valid integer"),
    ],
)
def test_a_wrong_setting_stops_the_demo_with_its_name(
    started: Callable[..., Demo], name: str, value: str, allowed: str
) -> None:
    said = started(**{name: value}).refused()
    assert f"{name}: " in said
    assert allowed in said
