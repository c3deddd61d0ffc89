"""Commands that make users, links for their passwords, and API keys."""

from __future__ import annotations

import secrets

import click

from crystalbay.cli.common import context
from crystalbay.errors import CrystalBayError, NotFound
from crystalbay.services import api_keys, links, users
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


@click.command("reset-link")
@click.argument("email")
def reset_link(email: str) -> None:
    """Make a link that lets a user set a new password (or the first one), and print it alone on the last line.

    It works once; it opens a locked account, and ends all sessions when it is used.
    """
    ctx = context()
    try:
        user = users.by_email(ctx.store, email)
        if user is None:
            raise NotFound(f"there is no user {email}")
        link = links.renew(ctx, SYSTEM, user["id"])
    except CrystalBayError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Until {link.expires_at.astimezone(ctx.zone):%d.%m.%Y %H:%M}, once:")
    click.echo(f"{ctx.settings.public_url or f'http://localhost:{ctx.settings.port}'}{link.path}")


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
