"""The demo launcher behind `make run`: sandbox providers and the app, ended together by Ctrl+C."""

from __future__ import annotations

import argparse
import ctypes
import errno
import fcntl
import os
import secrets
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType
from typing import TextIO

from crystalbay.cli.demo_store import KINDS, DemoStore
from crystalbay.config import Settings, load
from crystalbay.errors import ConfigError

BOT_TOKEN, MANAGERS_CHAT = "123456:TEST-TOKEN", "-1001"
DEMO_LOGIN = "admin@crystalbay.example"
SERVER = ("-c", "deploy/gunicorn.conf.py", "--graceful-timeout", "2")
STARTING_S = 60.0
ENDING_S, STORE_ENDING_S = 3.0, 1.2
BACKLOG = 128
_HIGHEST_PORT = 65_530
PR_SET_PDEATHSIG = 1  # of prctl(2)


class _Demo:
    """The processes of the demo. Each leads a group of its own: Ctrl+C reaches only us, and no grandchild survives."""

    def __init__(self) -> None:
        self._children: list[subprocess.Popen[bytes]] = []
        self._store: subprocess.Popen[bytes] | None = None
        self.stopping = False  # an Event would wait for itself when the signal comes as its wait begins
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, self._stop)  # pressed twice, it still ends everything

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def run(self, *module: str, keep: Sequence[int] = ()) -> None:
        self._children.append(_started(module, keep=keep))

    def run_store(self, *module: str) -> bool:
        """Start the database and wait until it is ready; it ends after all others. False: it ended, or we are to."""
        self._store = _started(module, stdout=subprocess.PIPE)
        assert self._store.stdout
        while self.whole and not self.stopping:
            if select.select([self._store.stdout], [], [], 0.2)[0]:
                return bool(self._store.stdout.readline())
        return False

    @property
    def whole(self) -> bool:
        return all(child.poll() is None for child in (*self._children, *self._stores))

    @property
    def _stores(self) -> list[subprocess.Popen[bytes]]:
        return [self._store] if self._store else []

    def end(self) -> None:
        _end(self._children, ENDING_S)
        _end(self._stores, STORE_ENDING_S)


def _started(module: Sequence[str], *, keep: Sequence[int] = (), stdout: int | None = None) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", *module]
    return subprocess.Popen(command, pass_fds=keep, stdout=stdout, start_new_session=True, preexec_fn=_end_with_parent)


def _end(children: Sequence[subprocess.Popen[bytes]], patience_s: float) -> None:
    """SIGTERM to all; soon after, SIGKILL for whatever is left of each group, its workers included."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + patience_s
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(0.0, deadline - time.monotonic()))
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _end_with_parent() -> None:
    """In a new child: Linux sends it SIGTERM when we are gone without having said goodbye."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def run_demo(arguments: Sequence[str] = ()) -> int:
    """Start the sandbox providers and the app, say where it is, and end all of it with Ctrl+C. The exit code."""
    parser = argparse.ArgumentParser(prog="python main.py", description="Crystal Bay with simulated providers.")
    parser.add_argument("--store", choices=KINDS, default="embedded", help="the database (default: %(default)s)")
    kind = parser.parse_args(arguments).store
    demo = _Demo()
    wazzup, samo, telegram = _ports()
    store = DemoStore(kind, Path(os.environ.get("DATA_DIR") or "data").resolve(), _free_port)
    try:
        os.environ.update(_demo_env(wazzup, samo, telegram, store))
        settings = load()
        store.check(settings)
        alone = _alone(settings.data_dir)
        door = _door(settings.port)
    except ConfigError as error:
        sys.stderr.write(f"Crystal Bay cannot start:\n{error}\n")
        return 2
    webhook = f"{settings.public_url}/webhooks/wazzup/{settings.wazzup_api_secret.get_secret_value()}"
    try:
        if not store.embedded and not demo.run_store(*store.command):
            return _told("did not start; the reason stands above", demo)
        demo.run("crystalbay.sandbox.wazzup", "--port", str(wazzup), "--webhook", webhook)
        demo.run("crystalbay.sandbox.samo", "--port", str(samo))
        if settings.telegram_api_url == _at(telegram):
            token = settings.telegram_bot_token.get_secret_value()
            group = settings.telegram_managers_chat_id
            demo.run("crystalbay.sandbox.telegram", "--port", str(telegram), "--token", token, f"--group={group}")
        demo.run("gunicorn", *SERVER, "-b", f"fd://{door.fileno()}", "main:app", keep=[door.fileno()])
        door.close()  # from now on only our server holds the port: whoever answers there is it
        if not _ready(settings.port, demo):
            return _told("did not start; the reason stands above", demo)
        sys.stdout.write(_welcome(settings, store))
        sys.stdout.flush()
        while demo.whole and not demo.stopping:
            time.sleep(0.1)
        return _told("ended by itself; the reason stands above", demo)
    finally:
        demo.end()
        alone.close()


def _alone(folder: Path) -> TextIO:
    """The folder's lock, held while it is open. Raises ConfigError when another demo works on the same data: its jobs
    would be done here, with simulated providers that its customers do not see."""
    lock = (folder / "demo.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise ConfigError(
            f"DATA_DIR: another demo runs on {folder}/ already; end it, or take another folder: DATA_DIR=data2 make run"
        ) from None
    return lock


def _told(what: str, demo: _Demo) -> int:
    """The exit code: 0 when a person ended it."""
    if demo.stopping:
        sys.stdout.write("\nEnding…\n")
        sys.stdout.flush()
        return 0
    sys.stderr.write(f"Crystal Bay {what}.\n")
    return 1


def _demo_env(wazzup: int, samo: int, telegram: int, store: DemoStore) -> dict[str, str]:
    """The environment of the demo: what is set already wins, sandbox addresses and keys fill the rest."""
    given = {name: value for name, value in os.environ.items() if value}
    port = given.get("PORT", "8000")
    defaults = {
        "APP_ENV": "demo",
        "PORT": port,
        "PUBLIC_URL": _at(port),
        "WAZZUP_API_URL": f"{_at(wazzup)}/v3",
        "WAZZUP_API_KEY": "test-wazzup-key",
        "WAZZUP_API_SECRET": "demosecret",
        "SAMO_API_URL": f"{_at(samo)}/export/default.php",
        "SAMO_OAUTH_TOKEN": "test-samo-token",
        "ADMIN_EMAIL": DEMO_LOGIN,
        "ADMIN_PASSWORD": _demo_password(Path(given.get("DATA_DIR", "data"))),
    }
    return defaults | _bot_env(telegram, given) | store.environment | given


def _bot_env(telegram: int, given: Mapping[str, str]) -> dict[str, str]:
    """The simulated Telegram and its managers' group; none for who brings a bot (TELEGRAM_BOT_TOKEN alone means the
    real Telegram) or a simulated Telegram of his own (TELEGRAM_API_URL)."""
    if "TELEGRAM_API_URL" in given:
        return {"TELEGRAM_BOT_TOKEN": BOT_TOKEN}
    if "TELEGRAM_BOT_TOKEN" in given:
        return {}
    bot = {"TELEGRAM_BOT_TOKEN": BOT_TOKEN, "TELEGRAM_API_URL": _at(telegram)}
    return bot | {"TELEGRAM_MANAGERS_CHAT_ID": MANAGERS_CHAT}


def _at(port: int | str) -> str:
    return f"http://127.0.0.1:{port}"


def _demo_password(folder: Path) -> str:
    """Made at the first start and kept, so that the login stays the same."""
    path = folder / "demo_password"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_text(secrets.token_urlsafe(9), encoding="utf-8")
            path.chmod(0o600)
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"DATA_DIR: {path} cannot be written: {error.strerror}") from None


def _free_port(wanted: int = 0) -> int:
    """The port that is wanted, if it is free, else any."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            if not wanted:
                raise
            return _free_port()
        return int(probe.getsockname()[1])


def _ports() -> Iterator[int]:
    """Ports for the providers, next to ours: the same at every start, so that links to their files stay true."""
    given = os.environ.get("PORT") or "8000"
    first = int(given) + 1 if given.isdigit() else 0
    return (_free_port(first + place if 0 < first < _HIGHEST_PORT else 0) for place in range(3))


def _door(port: int) -> socket.socket:
    """The socket that the demo listens on. Raises ConfigError when another program has the port."""
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # the port of a demo that just ended is free
    try:
        door.bind(("127.0.0.1", port))
        door.listen(BACKLOG)
    except OSError as error:
        door.close()
        if error.errno == errno.EADDRINUSE:
            other = f"another program already listens on port {port} of this machine (another demo?)"
            raise ConfigError(
                f"PORT: {other}; end it, or take another port: PORT={port % 65535 + 1} make run"
            ) from None
        raise ConfigError(f"PORT: port {port} cannot be used: {error.strerror}") from None
    return door


def _ready(port: int, demo: _Demo) -> bool:
    deadline = time.monotonic() + STARTING_S
    while time.monotonic() < deadline and demo.whole and not demo.stopping:
        ask = HTTPConnection("127.0.0.1", port, timeout=1)
        try:
            ask.request("GET", "/readyz")
            if ask.getresponse().status == 200:
                return True
        except (HTTPException, OSError):
            pass
        finally:
            ask.close()
        time.sleep(0.1)
    return False


def _welcome(settings: Settings, store: DemoStore) -> str:
    url = settings.public_url
    return (
        f"\nCrystal Bay (demo) is ready: {url}\n"
        f"  Login:    {settings.admin_email}\n"
        f"  Password: {settings.admin_password.get_secret_value()}\n\n"
        "Three things to try:\n"
        f"  1. Open {url}/demo and write as a customer, by WhatsApp or to the bot on the Telegram phone:\n"
        "     «Хотим в Турцию из Москвы вдвоём на 7 ночей в начале июня».\n"
        f"  2. Open the board {url}/ beside it: the card comes by itself; open it, answer, take over, drag it.\n"
        f"  3. Read and try the REST API at {url}/api/docs.\n\n"
        f"Ctrl+C ends everything. {_kept(settings, store)}\n"
    )


def _kept(settings: Settings, store: DemoStore) -> str:
    """Where the data is after the end, in a sentence. A database's address may hold a password: it is not printed."""
    if not store.embedded:
        return f"The data stays in {settings.data_dir}/ (a PostgreSQL of its own in {settings.data_dir}/postgres)."
    if settings.database_url == "sqlite://":
        return "Nothing is kept: DATABASE_URL asks for a store in memory."
    if settings.database_url.startswith("sqlite:///"):
        return f"The data stays in {settings.database_url.removeprefix('sqlite:///')} and {settings.data_dir}/."
    if settings.database_url or settings.supabase_url:
        return f"The data stays in your database and in {settings.data_dir}/."
    return f"The data stays in {settings.data_dir}/."
