"""Files that customers sent, for those who may see the lead: never rendered as a page of ours."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, send_file
from flask.typing import ResponseReturnValue

from crystalbay.errors import NotFound
from crystalbay.services import attachments, leads
from crystalbay.web.auth import page, signed_in
from crystalbay.web.wiring import context

files = Blueprint("files", __name__)

_SHOWN_INLINE = ("image/png", "image/jpeg", "image/gif", "image/webp", "audio/ogg", "audio/mpeg", "audio/wav")


def init_app(app: Flask) -> None:
    app.register_blueprint(files)


@files.get("/files/<message_id>/<file_id>")
@page
def download(message_id: str, file_id: str) -> ResponseReturnValue:
    """A stored attachment. Pictures and sounds are shown, everything else is a download."""
    ctx = context()
    rows = ctx.store.find("messages", [("id", "eq", message_id)], limit=1)
    if not rows:
        raise NotFound("no such file")
    leads.read(ctx, signed_in(), rows[0]["lead_id"])
    item = next((item for item in rows[0]["attachments"] if item.get("id") == file_id), None)
    if item is None or item["state"] != "stored":
        raise NotFound("no such file")
    path = attachments.path_of(ctx, item["id"]).resolve()
    if not path.is_file():
        abort(404)
    inline = item["mime"] in _SHOWN_INLINE
    return send_file(
        path,
        mimetype=item["mime"] if inline else "application/octet-stream",
        as_attachment=not inline,
        download_name=item["name"] or file_id,
    )
