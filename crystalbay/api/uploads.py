"""REST of files that will be sent to customers."""

from __future__ import annotations

from flask import jsonify, request
from pydantic import BaseModel, Field
from werkzeug.exceptions import UnsupportedMediaType

from crystalbay.api.blueprint import api
from crystalbay.api.guard import Answer, allowed, me
from crystalbay.api.idempotency import Remember, Said, key_of_request, once
from crystalbay.errors import Invalid
from crystalbay.services import uploads
from crystalbay.web.wiring import context


class UploadOut(BaseModel):
    """A file that may be sent: its `id` goes into `attachments` of a message."""

    id: str
    name: str
    type: str = Field(description="By its content, whatever it was called", examples=["application/pdf"])
    size: int = Field(description="In bytes")
    url: str = Field(description="Its public path below PUBLIC_URL, for 30 days; whoever knows it may fetch the file")


@api.post("/uploads")
@allowed("conversations:write", "conversations", alone=True, HTTP_201=UploadOut)
def upload_file() -> Answer:
    """Upload a file to send

    A form with one part `file`: pictures, PDF, Office documents, sound, video, text; 10 MB at most. Honours
    `Idempotency-Key`."""
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType("send multipart/form-data with a part `file`")
    ctx, viewer = context(), me()
    key = key_of_request(viewer)  # of the whole body: before its parts are taken from it
    sent = request.files.get("file")
    if sent is None:
        raise Invalid("file", "send the file as a part of this name")

    def keep(remember: Remember) -> Said:
        return uploads.keep(ctx, viewer, sent.stream, sent.filename or "", remember), 201

    body, status = once(ctx.store, key, keep)
    return jsonify(body), status
