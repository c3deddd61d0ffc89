"""The life of the process: quick to be ready, clean at the end, and honest about a wrong setting."""

from __future__ import annotations

import os
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
        assert app.terminate() < 6


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
    assert "store    OK" in check.stdout
    assert "WAZZUP_API_KEY" in check.stdout
    assert flask("migrate").returncode == 0
    assert "/healthz" in flask("routes").stdout  # Flask's own commands get the application itself


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
        left_out = ("WAZZUP", "SAMO", "DATABASE", "SUPABASE", "ADMIN", "PUBLIC_URL", "APP_ENV")
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
            return not dead and self.mark.encode() in process.joinpath("environ").read_bytes()
        except OSError:
            return False

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
    assert demo.interrupted() < 5
    assert demo.process.wait(5) == 0
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=2)


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
            assert demo.interrupted() < 5


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
