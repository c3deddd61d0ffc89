"""The reference: forty lines of Flask, one durable row a request, the same server settings. Nothing is checked."""

import os
import sqlite3
import threading
import uuid

import orjson
from flask import Flask, Response, request

app = Flask(__name__)
_lock = threading.Lock()
_db = sqlite3.connect(os.environ["BARE_DB"], check_same_thread=False, isolation_level=None)
_db.execute("pragma journal_mode=WAL")
_db.execute("pragma synchronous=FULL")
_db.execute("create table if not exists rows (id text primary key, body text, at text default current_timestamp)")


def _answer(body: object, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status=status, mimetype="application/json")


@app.get("/readyz")
def ready() -> Response:
    return _answer({"ok": True})


@app.post("/leads")
def create() -> Response:
    row_id, body = str(uuid.uuid4()), orjson.loads(request.get_data())
    with _lock:
        _db.execute("insert into rows (id, body) values (?, ?)", (row_id, orjson.dumps(body).decode()))
    return _answer({"id": row_id, **body}, 201)


@app.post("/webhook")
def webhook() -> Response:
    with _lock:
        _db.execute("insert into rows (id, body) values (?, ?)", (str(uuid.uuid4()), request.get_data(as_text=True)))
    return _answer({"ok": True})
