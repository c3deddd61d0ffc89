"""The pages of the settings, a tab an address. What they change goes through the REST API."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue

from crystalbay.services import canned, sessions, settings, staff_links, users
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import Row
from crystalbay.web.auth import page, signed_in
from crystalbay.web.frame import frame
from crystalbay.web.views import settings as views
from crystalbay.web.wiring import context, local

routes = Blueprint("settings", __name__)

MOST_REPLIES = 1000


def init_app(app: Flask) -> None:
    app.register_blueprint(routes)


def _tab(template: str, viewer: Viewer, **more: Any) -> str:
    """One tab of the settings."""
    tabs = views.tab_views(viewer, request.path)
    return render_template(template, frame=frame(viewer), nav="settings", tabs=tabs, **more)


def _no_access(viewer: Viewer) -> ResponseReturnValue:
    """In place of a tab that is not for this role: nothing of what it holds."""
    return _tab("settings/no_access.html", viewer), 403


@routes.get("/settings")
@page
def first_tab() -> ResponseReturnValue:
    return redirect("/settings/me")


# --------------------------------------------------------------------------- users


@routes.get("/settings/users")
@page
def users_tab() -> ResponseReturnValue:
    return _users("settings/users.html")


@routes.get("/ui/settings/users")
@page
def users_fragment() -> ResponseReturnValue:
    return _users("settings/users_list.html")


def _users(template: str) -> ResponseReturnValue:
    viewer = signed_in()
    if not users.manages(viewer):
        return _no_access(viewer)
    store, now = context().store, local()
    shown = [views.user_view(row, users.open_leads(store, row["id"]), viewer, now) for row in users.everybody(store)]
    return _tab(template, viewer, users=shown, roles=views.role_views(), can_manage=viewer.allows("admin"))


# --------------------------------------------------------------------------- the board


@routes.get("/settings/board")
@page
def board_tab() -> ResponseReturnValue:
    viewer = signed_in()
    if not viewer.allows("settings"):
        return _no_access(viewer)
    store = context().store
    workplace = settings.read(store)
    columns, stages = views.limit_views(workplace)
    choices = views.choice_views(workplace, users.open_leads_of_all(store), users.open_leads(store, None))
    return _tab(
        "settings/board.html", viewer, workplace=workplace, choices=choices, column_limits=columns, stage_limits=stages
    )


# --------------------------------------------------------------------------- canned replies


@routes.get("/settings/replies")
@page
def replies_tab() -> ResponseReturnValue:
    return _replies("settings/replies.html")


@routes.get("/ui/settings/replies")
@page
def replies_fragment() -> ResponseReturnValue:
    return _replies("settings/replies_list.html")


def _replies(template: str) -> str:
    viewer = signed_in()
    replies = views.reply_views(_all_replies(viewer), viewer)
    return _tab(
        template,
        viewer,
        replies=replies,
        can_write=viewer.allows("conversations:write"),
        can_share=viewer.allows("settings"),
    )


def _all_replies(viewer: Viewer) -> list[Row]:
    rows: list[Row] = []
    while page_of := canned.list_replies(context(), viewer, limit=200, after=_mark(rows)):
        rows += page_of
        if len(rows) >= MOST_REPLIES:
            break
    return rows


def _mark(rows: list[Row]) -> list[Any] | None:
    return [rows[-1]["created_at"], rows[-1]["id"]] if rows else None


# --------------------------------------------------------------------------- oneself


@routes.get("/settings/me")
@page
def my_tab() -> ResponseReturnValue:
    viewer, ctx = signed_in(), context()
    user = users.read(ctx.store, viewer.id)
    mine = views.session_views(sessions.alive(ctx, viewer.id), viewer.session_id, local())
    own = views.telegram_view(viewer, configured=ctx.telegram is not None, bot=staff_links.bot(ctx), user=user)
    return _tab("settings/me.html", viewer, user=user, chosen=user["preferences"] or {}, sessions=mine, telegram=own)
