"""Files that customers sent, for those who may see the lead: never rendered as a page of ours."""

from __future__ import annotations

from flask import Blueprint, Flask, Response
from flask.typing import ResponseReturnValue

from crystalbay.errors import NotFound
from crystalbay.services import leads
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
    inline = item["mime"] in _SHOWN_INLINE
    answer = Response(ctx.files.read(file_id), mimetype=item["mime"] if inline else "application/octet-stream")
    answer.content_length = item["size"]
    if not inline:
        answer.headers.set("Content-Disposition", "attachment", filename=item["name"] or file_id)
    return answer
