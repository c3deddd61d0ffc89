"""Files of messages for those who may see the lead, and public addresses of those on their way to a customer.

Never rendered as a page of ours.
"""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Flask, Response
from flask.typing import ResponseReturnValue

from crystalbay.errors import NotFound
from crystalbay.services import leads, uploads
from crystalbay.web.auth import page, signed_in
from crystalbay.web.wiring import context

files = Blueprint("files", __name__)

_SHOWN_INLINE = ("image/png", "image/jpeg", "image/gif", "image/webp", "audio/ogg", "audio/mpeg", "audio/wav")


def init_app(app: Flask) -> None:
    app.register_blueprint(files)


@files.get("/f/<upload_id>/<name>")
def public(upload_id: str, name: str) -> ResponseReturnValue:
    """A file on its way to a customer, for the messenger's provider: whoever knows the address may fetch it."""
    ctx = context()
    row = uploads.public(ctx, upload_id, name)
    answer = Response(ctx.files.read(row["path"]), mimetype=row["type"])
    answer.content_length = row["size"]
    _as_download(answer, row["name"])
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


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
        _as_download(answer, item["name"] or file_id)
    return answer


def _as_download(answer: Response, name: str) -> None:
    """Headers hold Latin letters only: other names go by RFC 5987, with a plain one for who does not read that."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    names = {"filename": plain, "filename*": f"UTF-8''{quote(name, safe='')}"}
    answer.headers.set("Content-Disposition", "attachment", **names)
