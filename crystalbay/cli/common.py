"""What the commands share: the application when they need it, the settings when they do not, and how they fail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn
from urllib.parse import unquote

import click
from flask import Flask, current_app

from crystalbay.config import Settings, load
from crystalbay.errors import ConfigError, CrystalBayError, StoreError
from crystalbay.services.context import Context

MAKE_APP = "crystalbay.make_app"
"""Where the commands' Flask object keeps what makes the real application."""

WRONG_SETTING = 2
"""The exit code when a setting hinders the start; 1 is for what was tried and failed."""


def application() -> Flask:
    """The real application, made now. Ends the process when a setting is wrong."""
    app: Flask = current_app.extensions[MAKE_APP]()
    return app


def context() -> Context:
    ctx: Context = application().extensions["crystalbay"]
    return ctx


def settings(**overrides: Any) -> Settings:
    """The settings alone, for commands that open the store by themselves. Ends the process when one is wrong."""
    try:
        return load(**overrides)
    except ConfigError as error:
        misconfigured(error)


def misconfigured(error: ConfigError) -> NoReturn:
    """End with the words and the exit code of a wrong setting."""
    click.echo(str(error), err=True)
    raise SystemExit(WRONG_SETTING) from None


@contextmanager
def told_plainly() -> Iterator[None]:
    """Within this block the errors of the product become words and an exit code."""
    try:
        yield
    except ConfigError as error:
        misconfigured(error)
    except CrystalBayError as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def about(address: str, option: str) -> Iterator[None]:
    """Within this block errors are about an `address` that was given as an option, and never tell its password."""
    try:
        yield
    except (ConfigError, StoreError) as error:
        words = re.sub(r"^(DATABASE_URL|SUPABASE_URL)(?=:)", option, _without_password(str(error), address))
        raise (ConfigError if isinstance(error, ConfigError) else StoreError)(words) from None


def _without_password(words: str, address: str) -> str:
    """A sign of a password that was not escaped makes the rest of it a part of the host, and drivers tell hosts."""
    found = re.match(r"\w+://[^:/@]*:(.+)@", address)
    secret = found.group(1) if found else ""
    for piece in sorted({secret, unquote(secret), *re.split(r"[@/:?#]", secret)}, key=len, reverse=True):
        if len(piece) > 2:
            words = words.replace(piece, "…")
    return words
