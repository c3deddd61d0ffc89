"""Small forms over the board, drawn when they are asked for: the people, tags and views in them are those of now."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from crystalbay.services import examples, leads, views
from crystalbay.services import tags as known_tags
from crystalbay.services.viewers import Viewer
from crystalbay.web.auth import page, signed_in
from crystalbay.web.views import formats
from crystalbay.web.views.cards import channel_of
from crystalbay.web.wiring import context
from models import Role

forms = Blueprint("board_forms", __name__)

_SOURCES = ("phone", "office", "whatsapp", "telegram", "email", "instagram", "site")
"""How a lead that is written down by hand may have come."""

_MOST_TAGS = 200


def staff() -> list[dict[str, str]]:
    """The people to whom leads can be given, by name."""
    where = [("active", "eq", True), ("role", "ne", Role.OBSERVER.value)]
    rows = context().store.find("users", where, limit=200)  # type: ignore[arg-type]
    people = [{"id": row["id"], "name": row["name"], "initials": formats.initials(row["name"])} for row in rows]
    return sorted(people, key=lambda person: person["name"].casefold().replace("ё", "е"))


@forms.get("/ui/forms/quick-add")
@page
def quick_add() -> ResponseReturnValue:
    """Who sees only his own leads makes his own, unless he gives them to somebody."""
    viewer = _writer()
    mine = viewer.id if viewer.sees == "own" else None
    return _form("quick_add", people=staff(), mine=mine, sources=[(code, channel_of(code)[0]) for code in _SOURCES])


@forms.get("/ui/forms/assign")
@page
def assign() -> ResponseReturnValue:
    return _form("assign", people=staff())


@forms.get("/ui/forms/tags")
@page
def tags() -> ResponseReturnValue:
    ctx, viewer, lead_id = context(), _writer(), request.args.get("lead")
    own = leads.show(ctx, viewer, lead_id)["tags"] if lead_id else None
    known = known_tags.find(ctx.store, viewer, "", limit=_MOST_TAGS, after=None)
    return _form("tags", own=own, known=[row["name"] for row in known])


@forms.get("/ui/forms/views")
@page
def saved_views() -> ResponseReturnValue:
    """Saved views, beside the address `of` that the board has now. Also for those who only look."""
    viewer, now = signed_in(), views.plain_query(request.args.get("of", ""))
    found = views.list_views(context(), viewer)
    return render_template(
        "ui/forms/views.html",
        views=[view | {"current": view["query"] == now} for view in found],
        can_share=views.may_share(viewer),
        can_tidy=viewer.allows("settings"),
    )


@forms.get("/ui/forms/<name>")
@page
def simple(name: str) -> ResponseReturnValue:
    """The forms that say the same to everybody."""
    if name not in ("conflict", "limit", "bulk-result", "remind", "upload"):
        abort(404)
    return _form(name.replace("-", "_"))


@forms.get("/ui/forms/connect")
@page
def connect() -> ResponseReturnValue:
    _writer().require("admin")
    settings = context().settings
    return _form("connect", public_url=settings.public_url, works=bool(context().channels))


def _writer() -> Viewer:
    viewer = signed_in()
    viewer.require("leads:write")
    return viewer


def _form(name: str, **given: Any) -> str:
    _writer()
    return render_template(f"ui/forms/{name}.html", **given)


@forms.post("/ui/examples")
@page
def fill_with_examples() -> ResponseReturnValue:
    """Examples on the empty board of a demo."""
    if not context().settings.simulated:
        abort(404)
    return {"leads": examples.fill(context(), _writer())}, 201
