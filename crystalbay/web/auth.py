"""Who asks: a user by session, or a machine by its key. Sessions' cookies, CSRF, and pages for signed-in users only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from flask import Flask, Request, abort, current_app, g, redirect, request, session, url_for
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect, generate_csrf

from crystalbay.errors import StoreBusy, StoreUnavailable
from crystalbay.services import api_keys, sessions
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import Row
from crystalbay.web.place import caller_address
from crystalbay.web.wiring import context

csrf = CSRFProtect()

TOKEN = "sid"  # noqa: S105 - the name of the place, no secret
LANGUAGE = "language"
"""Where the session keeps which language the page before signing in was asked for."""

LONGEST = timedelta(days=365)
"""Of a cookie. How long a session lasts its row says; a cookie is not sent again and again, for an answer that is late
would put the one of an ended session into the place of the new one."""

_SAFE = ("GET", "HEAD", "OPTIONS")


class CookieSessions(SecureCookieSessionInterface):
    """Signed cookies. Machines and webhooks bring none, and are spared the making of a signature's reader."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def get_cookie_secure(self, app: Flask) -> bool:
        return bool(super().get_cookie_secure(app) or request.is_secure)


def cookie_settings(public_url: str) -> dict[str, Any]:
    """Flask's settings of the session cookie; `__Host-` binds it to this very host, where https is sure."""
    secure = public_url.startswith("https://")
    return {
        "SESSION_COOKIE_NAME": "__Host-session" if secure else "session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": secure,
        "PERMANENT_SESSION_LIFETIME": LONGEST,
        "SESSION_REFRESH_EACH_REQUEST": False,
    }


def init_app(app: Flask) -> None:
    """Sessions and CSRF."""
    app.extensions["crystalbay.remembered_keys"] = api_keys.Remembered()
    app.session_interface = CookieSessions()
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    csrf.init_app(app)


# --------------------------------------------------------------------------- sessions


def begin_session(user: Row) -> bool:
    """Give this browser a new session of a user whose password was just checked, in place of any older one.

    False when the user was switched off meanwhile.
    """
    end_session()
    agent = request.headers.get("User-Agent", "")
    token = sessions.begin(context(), user, address=caller_address(), agent=agent)
    if token is None:
        return False
    session[TOKEN] = token
    session.permanent = True
    generate_csrf()  # at once: two tabs that ask for it together would make two
    return True


def end_session() -> None:
    """This browser is nobody's: nothing but the language stays of its cookie, for somebody else may have planted it."""
    token, language = session.get(TOKEN), session.get(LANGUAGE)
    session.clear()
    if language:
        session[LANGUAGE] = language
    g.pop("csrf_token", None)  # the page that is made now gets the new session's
    g.pop("viewer", None)
    if token:
        sessions.sign_out(context(), token)


# --------------------------------------------------------------------------- who asks


def current_viewer(*, while_away: bool = False) -> Viewer | None:
    """Who asks: `Authorization: Bearer cb_…`, else the session's user; None for nobody. Looked up once a request.

    `while_away`: while the store is out of reach, a key that was good some minutes ago is still good.
    """
    if "viewer" not in g:
        g.viewer = _find_viewer(while_away)
    viewer: Viewer | None = g.viewer
    return viewer


def _find_viewer(while_away: bool) -> Viewer | None:
    kind, _space, key = request.headers.get("Authorization", "").partition(" ")
    if kind:
        return _owner_of(key.strip(), while_away) if kind.casefold() == "bearer" else None
    token = session.get(TOKEN)
    return sessions.viewer_of(context(), token) if token else None


def _owner_of(key: str, while_away: bool) -> Viewer | None:
    remembered: api_keys.Remembered = current_app.extensions["crystalbay.remembered_keys"]
    try:
        viewer = api_keys.viewer_of(context().store, key)
    except StoreBusy:
        raise
    except StoreUnavailable:
        known = remembered.viewer_of(key) if while_away else None
        if known is None:
            raise
        return known
    remembered.note(key, viewer)
    return viewer


def check_csrf() -> None:
    """For blueprints that CSRFProtect leaves alone: a session that changes something proves the page it came from."""
    if request.method not in _SAFE and not request.headers.get("Authorization"):
        csrf.protect()


# --------------------------------------------------------------------------- pages


def page(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """A page for signed-in users; others go to /login and come back."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        viewer = current_viewer()
        if viewer is None or viewer.role is None:
            if request.path.startswith(("/ui/", "/files/")) or request.method not in _SAFE:
                abort(401)
            return redirect(url_for("auth.login", next=request.full_path.rstrip("?")))
        return view(*args, **kwargs)

    return guarded


def signed_in() -> Viewer:
    """The viewer of a page that is for signed-in users."""
    viewer = current_viewer()
    if viewer is None:
        abort(401)
    return viewer
