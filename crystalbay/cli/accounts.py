"""Commands that make users and API keys."""

from __future__ import annotations

import secrets

import click

from crystalbay.cli.common import context
from crystalbay.errors import CrystalBayError
from crystalbay.services import api_keys, users
from crystalbay.services.viewers import SCOPES, SYSTEM
from models import Role


@click.command("create-user")
@click.option("--email", required=True)
@click.option("--name", default="")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.MANAGER.value, show_default=True)
@click.option("--password", help="At least 8 characters; made and printed when left out.")
def create_user(email: str, name: str, role: str, password: str | None) -> None:
    """Make a user of the dashboard."""
    chosen = password or secrets.token_urlsafe(12)
    try:
        user = users.create_user(context().store, email=email, name=name, role=Role(role), password=chosen)
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
        key, _row = api_keys.create_key(context().store, SYSTEM, name=name, scopes=wanted)
    except CrystalBayError as error:
        raise click.ClickException(str(error)) from None
    click.echo("Keep it: it is not shown again.")
    click.echo(key)
