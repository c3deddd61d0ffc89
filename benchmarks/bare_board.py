"""The reference for the board over HTTP: the indexed queries of benchmarks/bare_store.py, their rows as JSON."""

import os
import threading
from pathlib import Path

import orjson
from flask import Flask, Response, request

from benchmarks import bare_store

app = Flask(__name__)
_lock = threading.Lock()
_db = bare_store.connect(Path(os.environ["BARE_DB"]))


@app.get("/board")
def board() -> Response:
    with _lock:
        columns = bare_store.board(_db, int(request.args["first"]))
    return Response(orjson.dumps(columns), mimetype="application/json")
