"""The Storage part of the simulated Supabase, under /storage/v1, as storage3 2.34 calls it.

Only service_role gets anything: without policies on storage.objects, row level security hides objects from others.
Source: storage3's own requests, and the error bodies of github.com/supabase/storage. Left out: image transformation,
resumable uploads, move and copy, signed upload URLs, list-v2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, jsonify, request

from crystalbay.sandbox.postgrest.tokens import BadToken, Signer
from crystalbay.sandbox.supabase_files import Files, Info, StorageRefusal, no_bucket, no_object

PREFIX = "/storage/v1"
_OPEN = ("/object/sign/", "/object/public/")


class Storage:
    """Routes over `files`. `role` says who asks; it raises what the gateway refuses."""

    def __init__(self, app: Flask, files: Files, signer: Signer, role: Callable[[], str]) -> None:
        self._files, self._signer, self._role = files, signer, role
        app.register_error_handler(StorageRefusal, _refused)
        for rule, view, methods in self._rules():
            app.add_url_rule(PREFIX + rule, f"storage {rule} {methods[0]}", view, methods=methods)
        app.before_request(self._guard)

    def _rules(self) -> list[tuple[str, Callable[..., Response], list[str]]]:
        return [
            ("/bucket", lambda: jsonify(self._files.buckets()), ["GET"]),
            ("/bucket", self._create_bucket, ["POST"]),
            ("/bucket/<bucket>", lambda bucket: jsonify(self._files.bucket(bucket)), ["GET"]),
            ("/bucket/<bucket>", self._change_bucket, ["PUT"]),
            ("/bucket/<bucket>", self._delete_bucket, ["DELETE"]),
            ("/bucket/<bucket>/empty", self._empty_bucket, ["POST"]),
            ("/object/<bucket>/<path:key>", self._upload, ["POST", "PUT"]),
            ("/object/<bucket>/<path:key>", self._download, ["GET"]),
            ("/object/authenticated/<bucket>/<path:key>", self._download, ["GET"]),
            ("/object/public/<bucket>/<path:key>", self._download_public, ["GET"]),
            ("/object/info/<bucket>/<path:key>", self._info, ["GET"]),
            ("/object/sign/<bucket>/<path:key>", self._sign, ["POST"]),
            ("/object/sign/<bucket>/<path:key>", self._download_signed, ["GET"]),
            ("/object/sign/<bucket>", self._sign_many, ["POST"]),
            ("/object/list/<bucket>", self._list, ["POST"]),
            ("/object/<bucket>", self._remove, ["DELETE"]),
        ]

    def _guard(self) -> None:
        """Raises GatewayRefusal for a bad key and StorageRefusal for every role but service_role."""
        path = request.path.removeprefix(PREFIX)
        if path == request.path or (request.method in ("GET", "HEAD") and path.startswith(_OPEN)):
            return
        if self._role() != "service_role":
            if request.method == "GET":
                raise no_object()
            raise StorageRefusal(403, "Unauthorized", "new row violates row-level security policy")

    # ------------------------------------------------------------------ buckets

    def _create_bucket(self) -> Response:
        wishes = _body()
        return jsonify({"name": self._files.create_bucket(str(wishes.get("id") or wishes.get("name")), wishes)["name"]})

    def _change_bucket(self, bucket: str) -> Response:
        self._files.change_bucket(bucket, _body())
        return jsonify({"message": "Successfully updated"})

    def _delete_bucket(self, bucket: str) -> Response:
        self._files.delete_bucket(bucket)
        return jsonify({"message": "Successfully deleted"})

    def _empty_bucket(self, bucket: str) -> Response:
        self._files.empty_bucket(bucket)
        return jsonify({"message": "Empty bucket has been queued. Completion may take up to an hour."})

    # ------------------------------------------------------------------ objects

    def _upload(self, bucket: str, key: str) -> Response:
        """The file is the part `file` of a form, or the whole body. PUT replaces what is there."""
        sent = request.files.get("file")
        content = sent.read() if sent else request.get_data()
        mime = (sent.content_type if sent else request.content_type) or "application/octet-stream"
        replace = request.method == "PUT" or request.headers.get("x-upsert") == "true"
        if request.method == "PUT":
            self._files.get(bucket, key)
        cache = f"max-age={request.form.get('cacheControl', '3600')}"
        info = self._files.put(bucket, key, content, mime=mime, cache=cache, replace=replace)
        return jsonify({"Id": info["id"], "Key": f"{bucket}/{key}"})

    def _download(self, bucket: str, key: str) -> Response:
        info, content = self._files.get(bucket, key)
        response = Response(content, content_type=info["metadata"]["mimetype"])
        response.headers["Cache-Control"] = info["metadata"]["cacheControl"]
        if (name := request.args.get("download")) is not None:
            response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name or key)}"
        return response

    def _download_public(self, bucket: str, key: str) -> Response:
        if not self._files.bucket(bucket)["public"]:
            raise no_bucket()
        return self._download(bucket, key)

    def _info(self, bucket: str, key: str) -> Response:
        info, _ = self._files.get(bucket, key)
        told = info["metadata"]
        shown = {"size": told["size"], "content_type": told["mimetype"], "cache_control": told["cacheControl"]}
        return jsonify({**info, **shown})

    def _remove(self, bucket: str) -> Response:
        return jsonify(self._files.remove(bucket, list(_body().get("prefixes", []))))

    def _list(self, bucket: str) -> Response:
        """One level below `prefix`: objects, and folders, whose id is null."""
        wishes = _body()
        prefix = str(wishes.get("prefix") or "").strip("/")
        entries = _level(self._files.list(bucket), f"{prefix}/" if prefix else "")
        if search := wishes.get("search"):
            entries = [entry for entry in entries if str(search).lower() in entry["name"].lower()]
        sort = wishes.get("sortBy") or {}
        column = sort.get("column", "name")
        entries.sort(key=lambda entry: str(entry.get(column) or ""), reverse=sort.get("order") == "desc")
        first = int(wishes.get("offset", 0))
        return jsonify(entries[first : first + int(wishes.get("limit", 100))])

    # ------------------------------------------------------------------ signed links

    def _sign(self, bucket: str, key: str) -> Response:
        self._files.get(bucket, key)
        return jsonify({"signedURL": self._link(bucket, key, float(_body()["expiresIn"]))})

    def _sign_many(self, bucket: str) -> Response:
        wishes = _body()
        known = {info["name"] for info in self._files.list(bucket)}
        links = []
        for key in wishes["paths"]:
            link = self._link(bucket, key, float(wishes["expiresIn"])) if key in known else None
            error = None if link else "Either the object does not exist or you do not have access to it"
            links.append({"path": key, "signedURL": link, "error": error})
        return jsonify(links)

    def _link(self, bucket: str, key: str, lifetime_s: float) -> str:
        token = self._signer.sign(lifetime_s, url=f"{bucket}/{key}")
        return f"/object/sign/{quote(bucket)}/{quote(key)}?token={token}"

    def _download_signed(self, bucket: str, key: str) -> Response:
        try:
            claims = self._signer.read(request.args.get("token", ""))
        except BadToken as bad:
            reason = '"exp" claim timestamp check failed' if bad.expired else str(bad)
            raise StorageRefusal(400, "InvalidJWT", reason) from None
        if claims.get("url") != f"{bucket}/{key}":
            raise StorageRefusal(400, "InvalidSignature", "Invalid signature")
        return self._download(bucket, key)


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise StorageRefusal(400, "InvalidRequest", "body must be object")
    return body


def _level(objects: list[Info], prefix: str) -> list[Info]:
    folders: dict[str, Info] = {}
    found = []
    for info in objects:
        name = info["name"].removeprefix(prefix)
        if not info["name"].startswith(prefix):
            continue
        if "/" in name:
            folder = name.split("/")[0]
            folders[folder] = {"name": folder, "id": None, "updated_at": None, "created_at": None, "metadata": None}
        else:
            found.append({**info, "name": name})
    return [*folders.values(), *found]


def _refused(refusal: StorageRefusal) -> Response:
    response = jsonify(refusal.body)
    response.status_code = 400
    return response
