"""The frame of signed-in pages: what it shows of the user, and its own fragments."""

from __future__ import annotations

from flask import Blueprint, Flask, jsonify, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from crystalbay.errors import StoreError
from crystalbay.services import notices
from crystalbay.services.viewers import Viewer
from crystalbay.web import i18n
from crystalbay.web.auth import LANGUAGE, current_viewer, page, signed_in
from crystalbay.web.views.frames import PRESENCE, SOUNDS, THEMES, VOLUMES, FrameView, frame_view
from crystalbay.web.views.notices import bell_lines
from crystalbay.web.wiring import context, local

routes = Blueprint("frame", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(routes)
    i18n.choose_by(app, _chosen_language)
    app.jinja_env.globals["presence_names"] = PRESENCE
    app.jinja_env.globals["theme_names"] = THEMES
    app.jinja_env.globals["sound_names"] = SOUNDS
    app.jinja_env.globals["volume_names"] = VOLUMES


def frame(viewer: Viewer) -> FrameView:
    """The frame of this viewer's pages."""
    return frame_view(viewer, demo=context().settings.simulated)


@routes.get("/ui/session")
@page
def session_now() -> ResponseReturnValue:
    """Who is signed in here, and the token of the session: an open page goes on with it after signing in again."""
    return jsonify({"user_id": signed_in().id, "csrf_token": generate_csrf()})


@routes.get("/ui/notices")
@page
def notices_fragment() -> ResponseReturnValue:
    """What the bell holds; `?mine=1`: of me alone. What is unread is counted over all of it."""
    everything = notices.of_viewer(context(), signed_in())
    mine = request.args.get("mine") == "1"
    unread = [notice for notice in everything if not notice.read]
    return render_template(
        "ui/notices.html",
        lines=bell_lines((notice for notice in everything if notice.mine or not mine), local()),
        unread=len({notice.key for notice in unread}),
        urgent=len({notice.key for notice in unread if notice.urgent}),
        mine=mine,
    )


def _chosen_language() -> str | None:
    """The signed-in user's own choice, else what somebody who is not signed in chose here."""
    try:
        viewer = current_viewer()
    except StoreError:  # nobody can be asked: what the browser prefers
        viewer = None
    chosen: str | None = viewer.language if viewer else session.get(LANGUAGE)
    return chosen
