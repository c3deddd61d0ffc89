"""The catalogue's two doors, typed. Russian is the source language, so without a catalogue the text is itself.

A page asks for more than a thousand words: which language it speaks is found out once a request.
"""

from __future__ import annotations

from gettext import NullTranslations

from babel import Locale
from flask import Flask, g
from flask_babel import Babel, get_locale, get_translations
from flask_babel.speaklater import LazyString

_SOURCE = NullTranslations(), Locale("ru")


def init_app(app: Flask) -> None:
    """Locales of requests, and the words of templates."""
    Babel(app)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: _language()[0].gettext(text),
        ngettext=lambda one, many, n: _language()[0].ngettext(one, many, n),
        newstyle=True,
    )


def _(text: str, **values: object) -> str:
    """`text` in the locale of the request, with its `%(name)s` filled."""
    found = _language()[0].gettext(text)
    return found % values if values else found


def _l(text: str) -> object:
    """Like `_`, but looked up when it is shown (`str(…)`): for tables of words made at import."""
    return LazyString(_, text)


def locale() -> Locale:
    """The locale of the request; Russian outside of one."""
    return _language()[1]


def _language() -> tuple[NullTranslations, Locale]:
    try:
        found = g.language
    except AttributeError:
        found = g.language = get_translations(), get_locale()
    except RuntimeError:  # outside of a request
        return _SOURCE
    language: tuple[NullTranslations, Locale] = found
    return language
