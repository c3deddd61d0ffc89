"""Routes of the API: who may call them, what they are in the document, and the pages of their lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from flask import Response, g, jsonify

from crystalbay.api.document import answers, spec
from crystalbay.api.problems import Unauthorized, Unchecked
from crystalbay.errors import Forbidden, StoreUnavailable
from crystalbay.services.viewers import SCOPES, Viewer
from crystalbay.store.interface import Row
from crystalbay.web import auth, paging
from crystalbay.web.wiring import context

Answer = Response | tuple[Response, int] | tuple[str, int]
"""What a route answers; plain types, because spectree evaluates the annotations at run time."""

View = Callable[..., Answer]


_ALSO = {
    "leads:write": ("leads:read",),
    "conversations:read": ("leads:read",),
    "conversations:write": ("conversations:read", "leads:read"),
}
"""What is needed beside a right to see what the call is about."""


def allowed(
    scope: str, tag: str, *, alone: bool = False, while_away: bool = False, **models: Any
) -> Callable[[View], View]:
    """A documented route: 401 for nobody, 403 without the right, and only then is its body looked at.

    `models`: what it answers by status, like HTTP_200=LeadOut. A session must prove where its writes come from.
    `alone`: the right is enough, the call is about nothing that must be seen.
    `while_away`: it works without the store, for keys that were good some minutes ago.
    """
    scopes = [scope, *(() if alone else _ALSO.get(scope, ()))]
    of_keys = [one if one in SCOPES else "admin" for one in scopes]  # the other rights are a role's
    security = [{"key": of_keys}, {"session": []}]

    def decorate(view: View) -> View:
        described = spec.validate(resp=answers(**models), tags=[tag], security=security, operation_id=view.__name__)
        checked: View = described(view)

        @wraps(checked)
        def guarded(*args: Any, **kwargs: Any) -> Answer:
            viewer = _caller(while_away)
            for one in scopes:
                viewer.require(one)
            auth.check_csrf()
            return checked(*args, **kwargs)

        return guarded

    return decorate


def _caller(while_away: bool) -> Viewer:
    """Who asks. Raises Unauthorized; Unchecked when the store cannot be asked who that is."""
    try:
        viewer = auth.current_viewer(while_away=while_away)
    except StoreUnavailable as error:
        context().reach.failed(error)
        raise Unchecked(error) from error
    if viewer is None:
        raise Unauthorized
    return viewer


def me() -> Viewer:
    """The viewer of a guarded route."""
    viewer: Viewer = g.viewer
    return viewer


def person() -> Viewer:
    """The signed-in user. Raises Forbidden for a key."""
    viewer = me()
    if viewer.role is None:
        raise Forbidden("only for people who are signed in")
    return viewer


def page(
    rows: Sequence[Row], limit: int, present: Callable[[Sequence[Row]], list[Any]], order: tuple[str, str]
) -> Answer:
    """A page of a list, with the cursor that goes on after its last row. `rows`: one more than `limit`, if there is."""
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    cursor = paging.cursor([last[name] for name in order]) if last else None
    return jsonify({"items": present(shown), "next_cursor": cursor})


def portion(items: list[Any], after: Sequence[Any] | None) -> Answer:
    """A page of a list that the service has cut: `after` is where the next one goes on (None: that was all)."""
    return jsonify({"items": items, "next_cursor": paging.cursor(after) if after else None})
