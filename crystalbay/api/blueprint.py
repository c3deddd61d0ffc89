"""The blueprint of /api/v1: each noun's routes are a module of this package, and app_api brings them together."""

from __future__ import annotations

from flask import Blueprint

api = Blueprint("api", __name__, url_prefix="/api/v1")
