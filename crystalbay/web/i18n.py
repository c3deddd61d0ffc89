"""The catalogue's doors, typed. Russian is the source language: its catalogue holds plurals, else a text is itself.

A page asks for more than a thousand words: which language it speaks is found out once a request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from gettext import NullTranslations
from pathlib import Path

from babel import Locale
from babel.support import Translations
from flask import Flask, current_app, g, has_request_context, request
from flask_babel import Babel
from flask_babel.speaklater import LazyString

LANGUAGES = ("ru", "en")
"""What the dashboard speaks; the first is the source."""

FOLDER = Path(__file__).parents[2] / "translations"

_CHOSEN = "crystalbay.language"

Spoken = tuple[NullTranslations, Locale]


def init_app(app: Flask) -> None:
    """The words of templates."""
    Babel(app, locale_selector=lambda: locale().language)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: _language()[0].gettext(text),
        ngettext=lambda one, many, n: _language()[0].ngettext(one, many, n),
        newstyle=True,
    )
    app.jinja_env.globals["page_language"] = lambda: locale().language


def choose_by(app: Flask, choice: Callable[[], str | None]) -> None:
    """`choice`: the language that the asker of this request has chosen, if there is one."""
    app.extensions[_CHOSEN] = choice


def _(text: str, /, **values: object) -> str:
    """`text` in the locale of the request, with its `%(name)s` filled."""
    found = _language()[0].gettext(text)
    return found % values if values else found


def of_table(text: str) -> str:
    """`text`, which a module that knows no language keeps in a table (scripts.make_translations), for the reader."""
    return _language()[0].gettext(text)


def ngettext(one: str, many: str, n: int) -> str:
    """The form for `n`, in the locale of the request, with its `%(n)s` filled."""
    return _language()[0].ngettext(one, many, n) % {"n": n}


def _l(text: str) -> object:
    """Like `_`, but looked up when it is shown (`str(…)`): for tables of words made at import."""
    return LazyString(_, text)


def locale() -> Locale:
    """The locale of the request; Russian outside of one."""
    return _language()[1]


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """Inside of an app context: the block speaks this language (None: the source)."""
    before = g.get("language")
    g.language = catalogue(language or LANGUAGES[0])
    try:
        yield
    finally:
        g.language = before or catalogue(LANGUAGES[0])


@cache
def catalogue(language: str) -> Spoken:
    """The texts and the locale of one of LANGUAGES."""
    return Translations.load(FOLDER, [language]), Locale(language)


def _language() -> Spoken:
    try:
        found: Spoken = g.language
    except AttributeError:
        found = g.language = catalogue(_asked_for() if has_request_context() else LANGUAGES[0])
    except RuntimeError:  # outside of a request
        return catalogue(LANGUAGES[0])
    return found


def _asked_for() -> str:
    """The asker's choice, else what the browser prefers, else the source."""
    choice = current_app.extensions.get(_CHOSEN)
    chosen = choice() if choice else None
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]
