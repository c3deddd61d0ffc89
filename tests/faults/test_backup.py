"""Backups of the embedded store are taken and put back while the application runs and writes."""

from __future__ import annotations

import sqlite3
import tarfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from crystalbay.store import open_store
from crystalbay.store.interface import Insert
from crystalbay.store.migrations import numbered
from tests.commands import done, flask
from tests.faults.test_process import signed_in
from tests.process import AppProcess
from tests.store.rows import conversation, customer, lead, message


@dataclass
class Office:
    """A running application over the embedded store in `folder`, and a key to it."""

    folder: Path
    app: AppProcess = field(init=False)
    key: str = field(init=False)

    def __post_init__(self) -> None:
        self.app = AppProcess(self.env)
        self.key = done(self.env, "create-api-key", "--name", "test", "--scopes", "admin").splitlines()[-1]

    @property
    def env(self) -> dict[str, str]:
        mine = {"DATA_DIR": str(self.folder), "ADMIN_EMAIL": "admin@example.com", "ADMIN_PASSWORD": "a long password"}
        return mine | {"APP_ENV": "production", "LOG_LEVEL": "ERROR"}

    @property
    def database(self) -> Path:
        return self.folder / "crystalbay.db"

    def imports(self, external_id: str) -> None:
        answer = self._ask("post", "import/leads", json={"external_id": external_id, "source": "site", "name": "Анна"})
        assert answer.status_code < 300, answer.text

    def leads(self) -> set[str]:
        """The external ids of all leads."""
        found: set[str] = set()
        query: dict[str, str] = {"limit": "100"}
        while True:
            page = self._ask("get", "leads", params=query).json()
            found |= {lead["external_id"] for lead in page["items"]}
            if not page["next_cursor"]:
                return found
            query["cursor"] = page["next_cursor"]

    def counted(self) -> int:
        """How many leads the board says there are."""
        return sum(column["count"] for column in self._ask("get", "board").json().values())

    def _ask(self, method: str, path: str, **given: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.key}"}
        answer = requests.request(method, f"{self.app.url}/api/v1/{path}", headers=headers, timeout=10, **given)
        assert answer.status_code < 500, answer.text
        return answer


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    made.app.start()
    yield made
    made.app.kill()


@contextmanager
def busy(office: Office) -> Iterator[list[BaseException]]:
    """Leads come in and the board is read all the time within this block; what failed."""
    failed: list[BaseException] = []
    over = threading.Event()

    def work(number: int) -> None:
        turn = 0
        while not over.is_set():
            try:
                office.imports(f"busy-{number}-{turn}")
                office._ask("get", "board")
            except (AssertionError, requests.RequestException) as error:
                failed.append(error)
            turn += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    try:
        yield failed
    finally:
        over.set()
        for thread in threads:
            thread.join()


@pytest.mark.slow
def test_a_backup_is_put_back_while_the_application_works(office: Office, tmp_path: Path) -> None:
    saved = tmp_path / "saved.tar"
    attached = office.folder / "attachments" / "a-file"
    attached.parent.mkdir()
    attached.write_bytes(b"passport")
    for number in range(5):
        office.imports(f"before-{number}")
    with busy(office) as failed:
        said = done(office.env, "backup", "--to", str(saved))
        assert f"{saved}\n" in said
        attached.unlink()
        office.imports("after")
        said = done(office.env, "restore", str(saved), "--yes")
        office.imports("live")
    assert not failed
    assert "Restored" in said
    assert attached.read_bytes() == b"passport"
    found = office.leads()
    assert office.counted() == len(found)
    assert {f"before-{number}" for number in range(5)} <= found
    assert "live" in found
    assert "after" not in found
    office.app.terminate()
    with closing(sqlite3.connect(office.database)) as raw:
        assert raw.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert not raw.execute("pragma foreign_key_check").fetchall()


def test_a_restore_can_itself_be_undone(tmp_path: Path) -> None:
    env = {"DATA_DIR": str(tmp_path)}
    done(env, "create-user", "--email", "first@example.com")
    done(env, "backup", "--to", str(tmp_path / "one.tar"))
    done(env, "create-user", "--email", "second@example.com")
    said = done(env, "restore", str(tmp_path / "one.tar"), "--yes")
    assert emails(tmp_path) == {"first@example.com"}
    before = said.split("What was there until now: ")[1].splitlines()[0]
    done(env, "restore", before, "--yes")
    assert emails(tmp_path) == {"first@example.com", "second@example.com"}


def test_without_a_yes_nothing_is_restored(tmp_path: Path) -> None:
    env = {"DATA_DIR": str(tmp_path)}
    done(env, "migrate")
    done(env, "backup", "--to", str(tmp_path / "empty.tar"))
    done(env, "create-user", "--email", "first@example.com")
    asked = flask(env, "restore", str(tmp_path / "empty.tar"))
    assert asked.returncode == 1
    assert "Go on?" in asked.stdout
    assert emails(tmp_path) == {"first@example.com"}


def test_what_waited_to_be_sent_is_looked_at_by_a_person(tmp_path: Path) -> None:
    env = {"DATA_DIR": str(tmp_path)}
    store = open_store(f"sqlite:///{tmp_path / 'crystalbay.db'}")
    who = customer()
    card = lead(who["id"])
    chat = conversation(who["id"], card["id"])
    waits, went = (message(chat, direction="out", author="bot", state=state) for state in ("queued", "sent"))
    rows = [("customers", who), ("leads", card), ("conversations", chat), ("messages", waits), ("messages", went)]
    store.commit([Insert(table, row) for table, row in rows])
    done(env, "backup", "--to", str(tmp_path / "saved.tar"))
    done(env, "restore", str(tmp_path / "saved.tar"), "--yes")
    states = {row["id"]: row["state"] for row in store.find("messages")}
    assert states == {waits["id"]: "unknown", went["id"]: "sent"}
    store.close()


@pytest.mark.parametrize("fault", ["torn", "damaged", "newer", "foreign"])
def test_a_backup_that_is_not_good_changes_nothing(tmp_path: Path, fault: str) -> None:
    env = {"DATA_DIR": str(tmp_path)}
    done(env, "create-user", "--email", "first@example.com")
    good, bad = tmp_path / "good.tar", tmp_path / "bad.tar"
    done(env, "backup", "--to", str(good))
    spoil(good, bad, fault)
    refused = flask(env, "restore", str(bad), "--yes")
    assert refused.returncode != 0
    assert WORDS[fault] in refused.stderr
    assert emails(tmp_path) == {"first@example.com"}


WORDS = {
    "torn": "is no whole backup",
    "damaged": "malformed",
    "newer": "Start the newer program",
    "foreign": "does not belong into a backup",
}


def spoil(good: Path, bad: Path, fault: str) -> None:
    """A backup with one fault."""
    if fault == "torn":
        bad.write_bytes(good.read_bytes()[:5000])
        return
    folder = bad.with_suffix("")
    with tarfile.open(good) as tar:
        tar.extractall(folder, filter="data")
    database = folder / "crystalbay.db"
    if fault == "damaged":
        content = bytearray(database.read_bytes())
        content[8192:12288] = b"\xff" * 4096
        database.write_bytes(content)
    elif fault == "newer":
        with closing(sqlite3.connect(database)) as raw:
            raw.execute("pragma user_version = 9999")
    else:
        (folder / "passwd").write_text("root")
    with tarfile.open(bad, "x") as tar:
        for path in sorted(folder.iterdir()):
            tar.add(path, path.name)


def test_an_older_backup_is_brought_to_the_present_schema(tmp_path: Path) -> None:
    env = {"DATA_DIR": str(tmp_path)}
    old = tmp_path / "old" / "crystalbay.db"
    old.parent.mkdir()
    number, first = numbered()[0]
    with closing(sqlite3.connect(old)) as raw:
        raw.executescript(first.read_text(encoding="utf-8"))
        raw.execute(f"pragma user_version = {number}")
    done({"DATA_DIR": str(old.parent)}, "backup", "--to", str(tmp_path / "old.tar"))
    done(env, "create-user", "--email", "first@example.com")
    done(env, "restore", str(tmp_path / "old.tar"), "--yes")
    assert emails(tmp_path) == set()
    with closing(sqlite3.connect(tmp_path / "crystalbay.db")) as raw:
        assert raw.execute("pragma user_version").fetchone() == (numbered()[-1][0],)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"DATABASE_URL": "postgresql://u:hidden@localhost/x"}, "pg_dump"),
        ({"DATABASE_URL": "postgresql://u:hidden@localhost/x"}, "/attachments. Copy that folder too"),
        (
            {"SUPABASE_URL": "http://127.0.0.1:1", "SUPABASE_KEY": "sb_secret_hidden"},
            "bucket attachments of its Storage",
        ),
        ({"SUPABASE_URL": "https://x.supabase.co", "SUPABASE_KEY": "sb_secret_hidden"}, "makes backups itself"),
        ({"DATABASE_URL": "sqlite://"}, "belongs to one process"),
    ],
)
def test_other_stores_are_told_how_they_are_saved(tmp_path: Path, settings: dict[str, str], words: str) -> None:
    refused = flask({"DATA_DIR": str(tmp_path)} | settings, "backup")
    assert refused.returncode == 2
    assert words in refused.stderr
    assert "hidden" not in refused.stderr


def emails(folder: Path) -> set[str]:
    with closing(sqlite3.connect(folder / "crystalbay.db")) as raw:
        return {row[0] for row in raw.execute("select email from users")}


@pytest.mark.slow
def test_an_open_stream_tells_of_what_comes_after_a_restore(office: Office) -> None:
    session = signed_in(office.app.url, "admin@example.com", "a long password")
    office.imports("old")
    done(office.env, "backup", "--to", str(office.folder / "saved.tar"))
    with session.get(f"{office.app.url}/api/v1/events", stream=True, timeout=30) as stream:
        lines = stream.iter_lines()
        for number in range(10):
            office.imports(f"lost-{number}")
        seen = [next(line for line in lines if b"lead.created" in line) for _ in range(10)]
        done(office.env, "restore", str(office.folder / "saved.tar"), "--yes")
        office.imports("new")
        assert next(line for line in lines if b"lead.created" in line) not in seen
    assert office.leads() == {"old", "new"}
