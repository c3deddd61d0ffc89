"""The simulated Supabase keeps files as storage3 expects: buckets, uploads, signed links, refusals."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from storage3.exceptions import StorageApiError
from storage3.types import FileOptions

from crystalbay.sandbox.postgres import Cluster
from crystalbay.sandbox.supabase import SupabaseSandbox
from tests.postgres import cluster, new_database
from tests.unit.supabase_kit import ANON, SERVICE, Project, connect, fresh, running

__all__ = ["cluster"]

PDF: FileOptions = {"content-type": "application/pdf"}


@pytest.fixture(scope="module")
def server(cluster: Cluster) -> Iterator[Project]:
    with running(cluster) as project:
        yield project


@pytest.fixture
def project(server: Project) -> Project:
    fresh(server).service.storage.create_bucket("files")
    return server


@pytest.fixture
def files(project: Project) -> Any:
    return project.service.storage.from_("files")


def refusal(call: Any) -> tuple[str, str, str]:
    """Status, code and message of what the call is refused with."""
    with pytest.raises(StorageApiError) as caught:
        call()
    return str(caught.value.status), caught.value.code, caught.value.message


def test_a_private_bucket_is_made_once(project: Project) -> None:
    storage = project.service.storage
    assert storage.get_bucket("files").public is False
    assert refusal(lambda: storage.create_bucket("files")) == ("409", "Duplicate", "The resource already exists")
    assert refusal(lambda: storage.get_bucket("other")) == ("404", "Bucket not found", "Bucket not found")
    assert [bucket.name for bucket in storage.list_buckets()] == ["files"]


def test_what_is_uploaded_comes_back(files: Any) -> None:
    content = bytes(range(256)) * 40
    answer = files.upload("a1/passport.pdf", content, PDF)
    assert answer.full_path == "files/a1/passport.pdf"
    assert files.download("a1/passport.pdf") == content
    assert files.info("a1/passport.pdf")["content_type"] == "application/pdf"
    assert files.exists("a1/passport.pdf")
    assert not files.exists("a1/other.pdf")
    assert refusal(lambda: files.download("a1/other.pdf")) == ("404", "not_found", "Object not found")


def test_a_duplicate_is_refused_unless_upsert_is_asked_for(files: Any) -> None:
    files.upload("a.txt", b"1")
    assert refusal(lambda: files.upload("a.txt", b"2")) == ("409", "Duplicate", "The resource already exists")
    files.upload("a.txt", b"2", {"x-upsert": "true"})
    assert files.download("a.txt") == b"2"
    files.upload("a.txt", b"3", {"upsert": "true"})
    assert files.download("a.txt") == b"3"
    files.update("a.txt", b"4")
    assert files.download("a.txt") == b"4"
    assert refusal(lambda: files.update("b.txt", b"5"))[0] == "404"


@pytest.mark.parametrize("key", ["договор.pdf", "a#b.pdf", "a[1].pdf", "a%25b.pdf"])
def test_keys_must_be_ascii(files: Any, key: str) -> None:
    status, code, message = refusal(lambda: files.upload(key, b"1"))
    assert (status, code) == ("400", "InvalidKey")
    assert message.startswith("Invalid key: ")


def test_signed_links_need_no_key_and_end(project: Project, files: Any) -> None:
    files.upload("a1/scan.pdf", b"%PDF", PDF)
    link = files.create_signed_url("a1/scan.pdf", 60, {"download": "скан.pdf"})["signedURL"]
    answer = httpx.get(link)
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, b"%PDF", "application/pdf")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert httpx.get(link.replace("scan", "other")).json()["error"] == "InvalidSignature"
    assert httpx.get(link.replace("token=", "token=x")).json()["error"] == "InvalidJWT"
    short = files.create_signed_url("a1/scan.pdf", 1)["signedURL"]
    time.sleep(1.1)
    ended = httpx.get(short)
    assert (ended.status_code, ended.json()["message"]) == (400, '"exp" claim timestamp check failed')
    assert refusal(lambda: files.create_signed_url("nothing.pdf", 60))[0] == "404"
    many = files.create_signed_urls(["a1/scan.pdf", "nothing.pdf"], 60)
    assert httpx.get(many[0]["signedURL"]).content == b"%PDF"
    assert many[1]["error"]


def test_files_are_listed_level_by_level_and_removed(files: Any) -> None:
    for key in ("a/1.txt", "a/2.txt", "b.txt"):
        files.upload(key, b"1")
    assert [(entry["name"], entry["id"] is None) for entry in files.list()] == [("a", True), ("b.txt", False)]
    assert [entry["name"] for entry in files.list("a", {"sortBy": {"column": "name", "order": "desc"}})] == [
        "2.txt",
        "1.txt",
    ]
    assert [entry["name"] for entry in files.list("a", {"limit": 1, "offset": 1})] == ["2.txt"]
    assert [entry["name"] for entry in files.list("a", {"search": "1"})] == ["1.txt"]
    assert [entry["name"] for entry in files.remove(["a/1.txt", "no.txt"])] == ["a/1.txt"]
    assert [entry["name"] for entry in files.list("a")] == ["2.txt"]


def test_anon_sees_and_writes_nothing(project: Project, files: Any) -> None:
    files.upload("a.txt", b"1")
    theirs = project.anon.storage.from_("files")
    assert refusal(lambda: theirs.upload("b.txt", b"1"))[:2] == ("403", "Unauthorized")
    assert refusal(lambda: theirs.download("a.txt"))[:2] == ("404", "not_found")
    assert refusal(lambda: project.anon.storage.create_bucket("mine"))[0] == "403"
    url = f"{project.sandbox.url}/storage/v1/object/public/files/a.txt"
    assert httpx.get(url).status_code == 400
    assert httpx.get(f"{project.sandbox.url}/storage/v1/bucket").status_code == 401
    assert httpx.get(f"{project.sandbox.url}/storage/v1/bucket", headers={"apikey": ANON}).status_code == 400


def test_a_bucket_keeps_its_rules(project: Project) -> None:
    storage = project.service.storage
    storage.create_bucket(
        "pictures", options={"public": True, "file_size_limit": 10, "allowed_mime_types": ["image/png"]}
    )
    pictures = storage.from_("pictures")
    assert refusal(lambda: pictures.upload("a.png", b"1" * 11, {"content-type": "image/png"}))[0] == "413"
    assert refusal(lambda: pictures.upload("a.pdf", b"1", PDF))[0] == "415"
    pictures.upload("a.png", b"1", {"content-type": "image/png"})
    assert httpx.get(pictures.get_public_url("a.png")).content == b"1"
    assert refusal(lambda: storage.delete_bucket("pictures"))[0] == "409"
    storage.empty_bucket("pictures")
    storage.delete_bucket("pictures")
    assert refusal(lambda: storage.get_bucket("pictures"))[0] == "404"


def test_files_outlive_the_server_in_a_folder_of_ours(cluster: Cluster, tmp_path: Path) -> None:
    with new_database(cluster) as dsn:
        with SupabaseSandbox(dsn, folder=tmp_path) as sandbox:
            storage = connect(sandbox, SERVICE).storage
            storage.create_bucket("files")
            storage.from_("files").upload("x/a.txt", b"1")
        with SupabaseSandbox(dsn, folder=tmp_path) as sandbox:
            assert connect(sandbox, SERVICE).storage.from_("files").download("x/a.txt") == b"1"


def test_no_key_leaves_the_folder(cluster: Cluster, tmp_path: Path) -> None:
    with new_database(cluster) as dsn, SupabaseSandbox(dsn, folder=tmp_path / "deep" / "files") as sandbox:
        connect(sandbox, SERVICE).storage.create_bucket("files")
        for key in ("..%2F..%2Fescaped.txt", "%2e%2e/escaped.txt", "/escaped.txt"):
            url = f"{sandbox.url}/storage/v1/object/files/{key}"
            httpx.post(url, content=b"1", headers={"apikey": SERVICE})
        assert list(tmp_path.rglob("escaped.txt")) == []
        assert [path.name for path in tmp_path.iterdir()] == ["deep"]
