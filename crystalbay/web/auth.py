"""Signing in and out, and who asks: a user by session, or a machine by its key."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Request, abort, current_app, g, redirect, render_template, request, session, url_for
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect

from crystalbay.errors import StoreBusy, StoreUnavailable
from crystalbay.services import api_keys, users
from crystalbay.services.viewers import Viewer
from crystalbay.web.i18n import _
from crystalbay.web.wiring import context

csrf = CSRFProtect()
pages = Blueprint("auth", __name__)

MISSES_FREE = 5
LONGEST_WAIT_S = 15 * 60.0
_SAFE = ("GET", "HEAD", "OPTIONS")


class Throttle:
    """After five misses for one address from one place, each further try has to wait, twice as long every time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._misses: dict[str, tuple[int, float]] = {}

    def wait_s(self, who: str) -> int:
        """Whole seconds until the next try is heard; 0: now."""
        count, last = self._misses.get(who, (0, 0.0))
        if count < MISSES_FREE:
            return 0
        pause = min(15.0 * 2.0 ** (count - MISSES_FREE), LONGEST_WAIT_S)
        return max(0, math.ceil(last + pause - time.monotonic()))

    def missed(self, who: str) -> None:
        with self._lock:
            if len(self._misses) > 10_000:
                self._misses.clear()
            self._misses[who] = (self._misses.get(who, (0, 0.0))[0] + 1, time.monotonic())

    def succeeded(self, who: str) -> None:
        with self._lock:
            self._misses.pop(who, None)


class CookieSessions(SecureCookieSessionInterface):
    """Signed cookies. Machines and webhooks bring none, and are spared the making of a signature's reader."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


def init_app(app: Flask) -> None:
    """Sessions, CSRF and the sign-in pages."""
    app.extensions["crystalbay.throttle"] = Throttle()
    app.extensions["crystalbay.remembered_keys"] = api_keys.Remembered()
    app.session_interface = CookieSessions()
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    csrf.init_app(app)
    app.register_blueprint(pages)


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
    user_id = session.get("user_id")
    return users.viewer_of(context().store, user_id) if user_id else None


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


@pages.get("/login")
def login() -> ResponseReturnValue:
    if current_viewer():
        return redirect(_own_path(request.args.get("next", "")))
    return _form()


@pages.post("/login")
def sign_in() -> ResponseReturnValue:
    email, password = request.form.get("email", ""), request.form.get("password", "")
    throttle: Throttle = current_app.extensions["crystalbay.throttle"]
    who = f"{email.strip().casefold()}|{request.remote_addr}"
    wait_s = throttle.wait_s(who)
    if wait_s:
        return _form(error=_("Слишком много попыток. Подождите ещё"), wait_s=wait_s), 429
    try:
        user = users.authenticate(context().store, email[:254], password[:1000])
    except StoreUnavailable as error:
        context().reach.failed(error)
        return _form(error=_("Нет связи с хранилищем. Войдите, когда она вернётся")), 503
    if user is None:
        throttle.missed(who)
        return _form(error=_("Почта или пароль не подходят"), wait_s=throttle.wait_s(who)), 401
    throttle.succeeded(who)
    session.clear()
    session["user_id"] = user["id"]
    session.permanent = True
    return redirect(_own_path(request.form.get("next", "")))


@pages.post("/logout")
def logout() -> ResponseReturnValue:
    session.clear()
    return redirect(url_for("auth.login"))


def _form(error: str | None = None, wait_s: int = 0) -> str:
    values = request.values
    frame = {"demo": context().settings.simulated}
    return render_template(
        "login.html",
        frame=frame,
        email=values.get("email", ""),
        next=values.get("next", ""),
        error=error,
        wait_seconds=wait_s,
    )


def _own_path(target: str) -> str:
    """A path of this site: nobody is sent elsewhere after signing in."""
    parts = urlsplit(target)
    own = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return target if own else "/"
