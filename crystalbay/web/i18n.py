"""The catalogue's two doors, typed. Russian is the source language, so without a catalogue the text is itself."""

from __future__ import annotations

from flask_babel import get_locale as _get_locale
from flask_babel import gettext, lazy_gettext


def _(text: str, **values: object) -> str:
    """`text` in the locale of the request, with its `%(name)s` filled."""
    return str(gettext(text, **values))


def _l(text: str) -> object:
    """Like `_`, but looked up when it is shown (`str(…)`): for tables of words made at import."""
    return lazy_gettext(text)


def locale_code() -> str:
    """The language of the request; Russian outside of one."""
    return str(_get_locale() or "ru")
