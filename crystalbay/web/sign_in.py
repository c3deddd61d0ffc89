"""Signing in and out, and the pages of links that let one set a password."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from crystalbay.config import LONGEST_PASSWORD
from crystalbay.errors import Invalid, NotFound, StoreUnavailable, TooManyTries
from crystalbay.services import links, throttle, users
from crystalbay.web.auth import LANGUAGE, begin_session, csrf, current_viewer, end_session
from crystalbay.web.i18n import _
from crystalbay.web.place import caller_address
from crystalbay.web.views.waiting import wait_clock
from crystalbay.web.wiring import context

pages = Blueprint("auth", __name__)

LONGEST_EMAIL = 254
LANGUAGES = (("ru", "Русский"), ("en", "English"))


def init_app(app: Flask) -> None:
    app.register_blueprint(pages)
    for form in (sign_in, use_link):  # they check by themselves: see _from_our_page
        csrf.exempt(form)


# --------------------------------------------------------------------------- signing in and out


@pages.get("/login")
def login() -> ResponseReturnValue:
    if current_viewer():
        return redirect(_own_path(request.args.get("next", "")))
    if request.args.get("language") in dict(LANGUAGES):
        session[LANGUAGE] = request.args["language"]
    return _form(email=session.pop("email", ""), done=_("Пароль сохранён. Войдите с ним") if _told() else None)


def _told() -> bool:
    """Has this browser just set a password by a link?"""
    return bool(session.pop("password_set", False))


@pages.post("/login")
def sign_in() -> ResponseReturnValue:
    email, password = request.form.get("email", "")[:LONGEST_EMAIL], request.form.get("password", "")
    ctx, place = context(), caller_address()
    if not _from_our_page():
        return _form(email, _("Страница открыта слишком давно. Отправьте ещё раз")), 400
    try:
        user = users.authenticate(ctx, email, password[: LONGEST_PASSWORD + 1], place)
        if user is None or not begin_session(user):
            return _form(email, _("Почта или пароль не подходят"), throttle.wait_s(ctx, email, place)), 401
    except TooManyTries as error:
        return _form(email, _("Почта или пароль не подходят"), error.wait_s), 429, {"Retry-After": str(error.wait_s)}
    except StoreUnavailable as error:
        ctx.reach.failed(error)
        return _form(email, _("Нет связи с хранилищем. Войдите, когда она вернётся")), 503
    return redirect(_own_path(request.form.get("next", "")))


@pages.post("/logout")
def logout() -> ResponseReturnValue:
    end_session()
    return redirect(url_for("auth.login"))


def _from_our_page() -> bool:
    """Is it a form of a page of ours? An old one gets the page again instead of an error, and keeps the address."""
    try:
        csrf.protect()
    except CSRFError:
        return False
    return True


def _form(email: str = "", error: str | None = None, wait_s: int = 0, done: str | None = None) -> str:
    return render_template(
        "login.html",
        **_around(_languages()),
        email=email,
        next=request.values.get("next", ""),
        error=error,
        done=done,
        wait_seconds=wait_s,
        wait_clock=wait_clock(wait_s),
    )


def _around(languages: list[tuple[str, str, str]] | None = None) -> dict[str, Any]:
    """What the frame of these pages needs."""
    ctx = context()
    return {"frame": {"demo": ctx.settings.simulated}, "year": ctx.local_now().year, "languages": languages or []}


def _languages() -> list[tuple[str, str, str]]:
    """This page in other words: (code, name, address)."""
    target = request.values.get("next", "")
    return [(code, name, url_for("auth.login", next=target or None, language=code)) for code, name in LANGUAGES]


def _own_path(target: str) -> str:
    """A page of this site: nobody is sent elsewhere after signing in, nor to what only a form may ask for."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return "/"
    own = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return target if own and target.isprintable() and _opens(parts.path) else "/"


def _opens(path: str) -> bool:
    """Is it the path of a page?"""
    try:
        current_app.create_url_adapter(request).match(unquote(path), method="GET")  # type: ignore[union-attr]
    except HTTPException:
        return False
    return True


# --------------------------------------------------------------------------- links


@pages.get("/<any(invite, reset):kind>/<token>")
def link_page(kind: str, token: str) -> ResponseReturnValue:
    """Opening a link uses nothing up: mail programs open links to look at them."""
    return _link_form(kind, token)


@pages.post("/<any(invite, reset):kind>/<token>")
def use_link(kind: str, token: str) -> ResponseReturnValue:
    password = request.form.get("password", "")[: LONGEST_PASSWORD + 1]
    if not _from_our_page():
        return _link_form(kind, token, _("Страница открыта слишком давно. Отправьте ещё раз"), 400)
    try:
        user = links.use(context(), kind, token, password, caller_address())
    except Invalid as error:
        return _link_form(kind, token, password_words(error), 422)
    except NotFound:
        return _dead_link(kind)
    end_session()  # whoever was signed in here: it is somebody else's turn now
    session["email"], session["password_set"] = user["email"], True
    return redirect(url_for("auth.login"))


def _link_form(kind: str, token: str, error: str | None = None, status: int = 200) -> ResponseReturnValue:
    try:
        user = links.owner(context(), kind, token)
    except NotFound:
        return _dead_link(kind)
    body = render_template("link.html", **_around(), kind=kind, user=user, error=error)
    return _guarded(body, status)


def _dead_link(kind: str) -> Response:
    """The same for used, expired and invented ones."""
    return _guarded(render_template("link.html", **_around(), kind=kind, user=None, error=None), 410)


def _guarded(body: str, status: int) -> Response:
    """The address of such a page is a secret: no other site gets it, only the origin (for the CSRF check)."""
    answer = make_response(body, status)
    answer.headers["Referrer-Policy"] = "strict-origin"
    return answer


def password_words(error: Invalid) -> str:
    """Why a password was refused, in the words of the page."""
    if "easy" in error.message:
        return _("Такой пароль подбирают первым. Придумайте другой, например из трёх слов")
    return _("В пароле должно быть от 8 до 1000 знаков")
