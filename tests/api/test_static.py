"""Static files and pages reach the browser small, and are asked for again only when they have changed."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crystalbay.web import assets
from models import Role
from scripts import make_bootstrap
from tests.api.conftest import Api

GZIP = {"Accept-Encoding": "gzip"}
PAGE_KB, CODE_KB = 350, 120


def linked(page: str) -> list[str]:
    """The static files that a page names."""
    return re.findall(r'(?:href|src)="(/static/[^"#]+)"', page)


def imported(client: FlaskClient, path: str, known: set[str]) -> set[str]:
    """A module and all that it imports."""
    if path in known:
        return known
    known.add(path)
    for name in re.findall(r'(?:from|import) "\./([\w.-]+)"', client.get(path).text):
        imported(client, f"{path.rpartition('/')[0]}/{name}", known)
    return known


def test_a_page_names_files_that_never_change(api: Api) -> None:
    paths = linked(api.client.get("/login").text)
    assert paths
    for path in paths:
        answer = api.client.get(path, headers=GZIP)
        assert answer.status_code == 200, path
        assert f"/{assets.version()}/" in path
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers


def test_files_are_compressed_for_those_who_can_read_that(api: Api) -> None:
    small, plain = api.client.get("/static/css/theme.css", headers=GZIP), api.client.get("/static/css/theme.css")
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    assert len(small.data) < len(plain.data) / 3
    assert "Accept-Encoding" in small.headers["Vary"]


def test_a_file_that_is_known_is_not_sent_again(api: Api) -> None:
    first = api.client.get("/static/icons.svg", headers=GZIP)
    assert first.headers["Cache-Control"] == "max-age=300, public"
    again = api.client.get("/static/icons.svg", headers=GZIP | {"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_page_of_an_older_version_still_finds_its_files(api: Api) -> None:
    answer = api.client.get("/static/0123456789ab/js/frame.js")
    assert answer.status_code == 200
    assert "immutable" not in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/static/nothing.js", "/static/../main.py", "/static/%2e%2e/main.py", "/static/"])
def test_there_is_nothing_else(api: Api, path: str) -> None:
    assert api.client.get(path).status_code == 404


def test_pages_and_json_are_compressed_and_streams_are_not(
    api: Api, signed_in: Callable[[Role], tuple[FlaskClient, str]]
) -> None:
    client, _ = signed_in(Role.MANAGER)
    small, plain = client.get("/", headers=GZIP), client.get("/")
    assert small.headers["Content-Encoding"] == "gzip"
    assert len(small.data) < len(plain.data) / 2
    assert "Content-Encoding" not in plain.headers
    assert "Content-Encoding" not in client.get("/healthz", headers=GZIP).headers
    document = api.client.get("/api/openapi.json", headers=GZIP)
    assert document.headers["Content-Encoding"] == "gzip"


def test_the_board_is_light_enough(api: Api, signed_in: Callable[[Role], tuple[FlaskClient, str]]) -> None:
    """At most 350 KB compressed, of which 120 KB CSS and JS (ux.md, section 2)."""
    client, _ = signed_in(Role.MANAGER)
    page = client.get("/", headers=GZIP)
    paths = set(linked(gzip.decompress(page.data).decode()))
    modules: set[str] = set()
    for path in paths:
        if path.endswith(".js"):
            imported(client, path, modules)
    sizes = {path: len(client.get(path, headers=GZIP).data) for path in {*paths, *modules, "/static/icons.svg"}}
    code = sum(size for path, size in sizes.items() if path.endswith((".js", ".css")))
    print(f"page {len(page.data)}, code {code}, all {sum(sizes.values()) + len(page.data)}")
    assert code < CODE_KB * 1024
    assert sum(sizes.values()) + len(page.data) < PAGE_KB * 1024


def test_bootstrap_is_cut_to_what_pages_use() -> None:
    """When this fails: python scripts/make_bootstrap.py"""
    assert make_bootstrap.TARGET.read_text(encoding="utf-8") == make_bootstrap.made()
