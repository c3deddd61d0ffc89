"""Pages and JSON compressed for browsers that accept it: at zlib's fastest level, for a page must not become slow."""

from __future__ import annotations

import zlib

from flask import Flask, Response, request

LEAST = 1024
"""Smaller answers fit into one packet anyway."""

_LEVEL = 1
_GZIP = 31  # window bits of a gzip stream
_TYPES = ("text/html", "application/json", "application/problem+json", "text/plain", "text/csv")


def init_app(app: Flask) -> None:
    app.after_request(_squeeze)


def _squeeze(response: Response) -> Response:
    """Not streams, files, or what is compressed already."""
    response.vary.add("Accept-Encoding")
    plain = response.status_code == 200 and not response.is_streamed and not response.direct_passthrough
    if not plain or response.mimetype not in _TYPES or "Content-Encoding" in response.headers:
        return response
    body = response.get_data()
    if len(body) < LEAST or not request.accept_encodings["gzip"]:
        return response
    worker = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    response.set_data(worker.compress(body) + worker.flush())
    response.headers["Content-Encoding"] = "gzip"
    return response
