"""Parts of pages that say the same to many: drawn once for each language and what they are given, then kept.

    {{ kept(rail, frame, nav) }}             a macro, by its arguments
    {{ kept_whole("partials/words.html") }}  a template that is given nothing

What is kept must follow from the arguments and the language alone: nothing of the request, no tokens, no times.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

from flask import Flask
from jinja2 import Environment
from markupsafe import Markup

from crystalbay.web.i18n import locale

MOST = 400
"""Parts that are kept: some 2 MiB."""


class Kept:
    """The parts by what they were made of; the oldest go when there are too many. Thread-safe."""

    def __init__(self, templates: Environment, most: int = MOST) -> None:
        self._templates, self._most = templates, most
        self._parts: dict[Hashable, Markup] = {}
        self._lock = Lock()

    def macro(self, macro: Callable[..., Markup], *given: Hashable) -> Markup:
        """What a macro of a template draws. A changed template has another macro."""
        return self._part((macro, given), lambda: macro(*given))

    def whole(self, name: str) -> Markup:
        """A template without a context."""
        template = self._templates.get_template(name)
        return self._part(template, lambda: Markup(template.render()))  # noqa: S704 - what templates make is markup

    def _part(self, key: Hashable, draw: Callable[[], Markup]) -> Markup:
        whose = key, locale().language
        known = self._parts.get(whose)
        if known is not None:
            return known
        part = draw()
        with self._lock:
            self._parts[whose] = part
            for old in list(self._parts)[: max(0, len(self._parts) - self._most)]:
                del self._parts[old]
        return part


def init_app(app: Flask) -> None:
    """The words of templates."""
    parts = Kept(app.jinja_env)
    names: dict[str, Any] = {"kept": parts.macro, "kept_whole": parts.whole}
    app.jinja_env.globals.update(names)
