"""`flask --app main …`: the commands of this version, a module a kind; and `make run` (demo.py).

Flask looks commands up in an application. The real one refuses to start while the store lacks tables, which is when
`migrate` is needed; so the commands live in a Flask object of their own, and those that need the application make it.
"""

from __future__ import annotations

from collections.abc import Callable

import click
from flask import Flask

from crystalbay.cli.accounts import create_api_key, create_user, reset_link
from crystalbay.cli.check import check
from crystalbay.cli.common import MAKE_APP, WRONG_SETTING
from crystalbay.cli.demo import run_demo
from crystalbay.cli.demo_data import demo_data
from crystalbay.cli.store import backup, copy_store, migrate, restore
from crystalbay.cli.worker import worker

__all__ = ["WRONG_SETTING", "front", "looking_up", "run_demo"]

_COMMANDS = (migrate, backup, restore, copy_store, worker, check, create_user, reset_link, create_api_key, demo_data)


def looking_up() -> bool:
    """Does the flask command want our commands now, rather than an application to run (`flask run`, gunicorn)?"""
    group = click.get_current_context(silent=True)
    return group is not None and group.parent is None


def front(make_app: Callable[[], Flask]) -> Flask:
    """Where the flask command finds the commands. `make_app` makes the application for those that need it."""
    app = Flask("main")
    app.extensions[MAKE_APP] = make_app
    for command in _COMMANDS:
        app.cli.add_command(command)
    return app
