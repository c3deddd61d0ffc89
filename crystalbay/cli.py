"""`flask --app main …`: the commands of this version, and the demo launcher behind `make run`."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import click
from flask import Flask, current_app

from crystalbay.errors import CrystalBayError
from crystalbay.services import api_keys, users
from crystalbay.services.context import Context
from crystalbay.services.viewers import SCOPES, SYSTEM
from models import Role

DEMO_LOGIN = "admin@crystalbay.example"
SERVER = ("-c", "deploy/gunicorn.conf.py")
STARTING_S = 60.0
ENDING_S = 4.0


def init_app(app: Flask) -> None:
    for command in (migrate, check, create_user, create_api_key):
        app.cli.add_command(command)


def _context() -> Context:
    ctx: Context = current_app.extensions["crystalbay"]
    return ctx


@click.command("migrate")
def migrate() -> None:
    """Bring the store to the newest schema (it happens at every start, too)."""
    click.echo(f"The store is at the newest schema: {_context().settings.store_url}")


@click.command("check")
def check() -> None:
    """Try every integration and print a table; exit code 1 when one that is configured does not work."""
    ctx = _context()
    tours: Callable[[], str] | None = getattr(ctx.supplier, "check", None)
    results = [
        ("store", *_tried(lambda: _ping(ctx))),
        ("wazzup", *_tried(ctx.wazzup.check if ctx.wazzup else None, "WAZZUP_API_KEY")),
        ("tours", *_tried(tours, "SAMO_OAUTH_TOKEN")),
    ]
    for name, state, words in results:
        click.echo(f"{name:8} {state:6} {words}")
    if any(state == "ERROR" for _, state, _ in results):
        raise SystemExit(1)


def _ping(ctx: Context) -> str:
    ctx.store.ping()
    return "работает"


def _tried(call: Callable[[], str] | None, variable: str = "") -> tuple[str, str]:
    """OK, ERROR or - (not configured), and what happened in words."""
    if call is None:
        return "-", f"не настроено: {variable}"
    try:
        return "OK", call()
    except CrystalBayError as error:
        return "ERROR", str(error)


@click.command("create-user")
@click.option("--email", required=True)
@click.option("--name", default="")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.MANAGER.value, show_default=True)
@click.option("--password", help="At least 8 characters; made and printed when left out.")
def create_user(email: str, name: str, role: str, password: str | None) -> None:
    """Make a user of the dashboard."""
    chosen = password or secrets.token_urlsafe(12)
    try:
        user = users.create_user(_context().store, email=email, name=name, role=Role(role), password=chosen)
    except CrystalBayError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{user['email']} ({user['role']})")
    if password is None:
        click.echo(chosen)


@click.command("create-api-key")
@click.option("--name", required=True, help="Who uses it.")
@click.option("--scopes", required=True, help=f"Comma-separated, of: {', '.join(SCOPES)}.")
def create_api_key(name: str, scopes: str) -> None:
    """Make an API key and print it once, alone on the last line."""
    wanted = [scope.strip() for scope in scopes.split(",") if scope.strip()]
    try:
        key, _row = api_keys.create_key(_context().store, SYSTEM, name=name, scopes=wanted)
    except CrystalBayError as error:
        raise click.ClickException(str(error)) from None
    click.echo("Keep it: it is not shown again.")
    click.echo(key)


# --------------------------------------------------------------------------- the demo


def run_demo() -> int:
    """Start the sandbox providers and the app, say where it is, and end all of it with Ctrl+C. The exit code."""
    port = int(os.environ.get("PORT", "8000"))
    wazzup, samo = _free_port(), _free_port()
    env = _demo_env(port, wazzup, samo)
    python = sys.executable
    webhook = f"{env['PUBLIC_URL']}/webhooks/wazzup/{env['WAZZUP_API_SECRET']}"
    children = [
        subprocess.Popen([python, "-m", "crystalbay.sandbox.wazzup", "--port", str(wazzup), "--webhook", webhook]),
        subprocess.Popen([python, "-m", "crystalbay.sandbox.samo", "--port", str(samo)]),
        subprocess.Popen([python, "-m", "gunicorn", *SERVER, "-b", f"127.0.0.1:{port}", "main:app"], env=env),
    ]
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    try:
        if not _ready(f"{env['PUBLIC_URL']}/readyz", children):
            sys.stderr.write("Crystal Bay did not start; the reason stands above.\n")
            return 1
        sys.stdout.write(_welcome(env))
        sys.stdout.flush()
        while all(child.poll() is None for child in children):
            time.sleep(0.2)
        return 1
    except KeyboardInterrupt:
        sys.stdout.write("\nEnding…\n")
        return 0
    finally:
        _end(children)


def _demo_env(port: int, wazzup: int, samo: int) -> dict[str, str]:
    """The environment of the demo: what is set already wins, sandbox addresses and keys fill the rest."""
    defaults = {
        "APP_ENV": "demo",
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "WAZZUP_API_URL": f"http://127.0.0.1:{wazzup}/v3",
        "WAZZUP_API_KEY": "test-wazzup-key",
        "WAZZUP_API_SECRET": "demosecret",
        "SAMO_API_URL": f"http://127.0.0.1:{samo}/export/default.php",
        "SAMO_OAUTH_TOKEN": "test-samo-token",
        "ADMIN_EMAIL": DEMO_LOGIN,
        "ADMIN_PASSWORD": _demo_password(),
    }
    return defaults | os.environ


def _demo_password() -> str:
    """Made at the first start and kept, so that the login stays the same."""
    path = Path(os.environ.get("DATA_DIR", "data")) / "demo_password"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_text(secrets.token_urlsafe(9), encoding="utf-8")
        path.chmod(0o600)
    return path.read_text(encoding="utf-8")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _ready(url: str, children: list[subprocess.Popen[bytes]]) -> bool:
    deadline = time.monotonic() + STARTING_S
    while time.monotonic() < deadline and all(child.poll() is None for child in children):
        try:
            with urlopen(url, timeout=2):  # noqa: S310 - our own address
                return True
        except (URLError, OSError):
            time.sleep(0.1)
    return False


def _welcome(env: dict[str, str]) -> str:
    url = env["PUBLIC_URL"]
    return (
        f"\nCrystal Bay (demo) is ready: {url}\n"
        f"  Login:    {env['ADMIN_EMAIL']}\n"
        f"  Password: {env['ADMIN_PASSWORD']}\n\n"
        "Three things to try:\n"
        f"  1. Open {url}/demo and write as a customer: «Хотим в Турцию из Москвы вдвоём на 7 ночей в начале июня».\n"
        f"  2. Open the board {url}/ beside it: the card comes by itself; open it, answer, take over, drag it.\n"
        f"  3. Read and try the REST API at {url}/api/docs.\n\n"
        "Ctrl+C ends everything. The data stays in data/.\n"
    )


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    """SIGTERM to all, SIGKILL for what is still there after four seconds."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + ENDING_S
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
