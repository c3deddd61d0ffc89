"""The journal file: what was acknowledged is there, in order, whatever happened to the file; nothing stops the rest."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crystalbay.errors import ConfigError, StoreUnavailable
from crystalbay.store.journal import BATCH, Batch, Entry, Journal
from tests.process import ROOT

MIB = 1024 * 1024
AT = "2026-05-12T09:00:00+00:00"
texts = st.lists(st.text(max_size=60), min_size=1, max_size=12)


def entry(number: int, body: str = "{}") -> Entry:
    raw = {"id": f"raw-{number}", "provider": "wazzup", "external_id": f"hash-{number}", "body": body}
    return Entry(raw, AT, "ingest", "ingest:chat")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@pytest.fixture
def journal(folder: Path) -> Journal:
    return Journal(folder, MIB)


def replayed(journal: Journal) -> list[Entry]:
    """Everything from the saved position on, in batches."""
    found: list[Entry] = []
    while (batch := journal.read()).entries or batch.damaged:
        found += batch.entries
        journal.advance(batch, [])
    return found


def numbers(entries: list[Entry]) -> list[str]:
    return [one.raw["id"] for one in entries]


@given(bodies=texts)
@settings(max_examples=50, deadline=None)
def test_what_goes_in_comes_out_in_order(bodies: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        journal = Journal(Path(name), MIB)
        written = [entry(number, body) for number, body in enumerate(bodies)]
        for one in written:
            journal.append(one)
        assert journal.waiting().lines == len(bodies)
        assert replayed(journal) == written
        assert journal.waits, "until somebody clears it"
        assert journal.waiting().lines == 0
        assert journal.clear(journal.read().end)
        assert not journal.waits


def test_a_batch_is_bounded_and_the_position_outlives_the_process(folder: Path, journal: Journal) -> None:
    written = [entry(number) for number in range(BATCH * 2 + 1)]
    for one in written:
        journal.append(one)
    first = journal.read()
    assert first.entries == written[:BATCH]
    assert Journal(folder, MIB).read() == first, "nothing was said of it yet"
    journal.advance(first, [])
    assert replayed(Journal(folder, MIB)) == written[BATCH:]


def test_big_lines_make_small_batches(folder: Path) -> None:
    journal = Journal(folder, 10 * MIB)
    for number in range(5):
        journal.append(entry(number, "x" * MIB))
    assert len(journal.read().entries) < 5
    assert numbers(replayed(journal)) == [f"raw-{number}" for number in range(5)]


def test_it_is_private(folder: Path, journal: Journal) -> None:
    journal.append(entry(1))
    journal.advance(journal.read(), [entry(1)])
    assert folder.stat().st_mode & 0o077 == 0
    assert {path.name for path in folder.iterdir()} >= {"events.log", "position", "set_aside.log"}
    assert all(path.stat().st_mode & 0o177 == 0 for path in folder.iterdir())


def test_it_is_not_cleared_over_what_came_meanwhile(journal: Journal) -> None:
    journal.append(entry(1))
    replayed(journal)
    end = journal.read().end
    journal.append(entry(2))
    assert not journal.clear(end)
    assert numbers(replayed(journal)) == ["raw-2"]


def test_after_it_was_cleared_it_begins_again(journal: Journal) -> None:
    for round_ in range(3):
        journal.append(entry(round_, "x" * (100 - round_ * 30)))
        assert numbers(replayed(journal)) == [f"raw-{round_}"]
        assert journal.clear(journal.read().end)


def test_a_cut_between_the_two_steps_of_clearing_loses_nothing(folder: Path, journal: Journal) -> None:
    journal.append(entry(1))
    replayed(journal)
    (folder / "position").write_text("0", encoding="ascii")  # saved, and then the power went
    journal.append(entry(2))
    assert numbers(replayed(journal)) == ["raw-1", "raw-2"], "again, which the store knows"


@pytest.mark.parametrize("position", ["", "x", "-1", "7", "999999"])
def test_a_position_that_is_none_begins_at_the_start(folder: Path, journal: Journal, position: str) -> None:
    journal.append(entry(1))
    (folder / "position").write_text(position, encoding="ascii")
    assert numbers(replayed(Journal(folder, MIB))) == ["raw-1"]


@given(bodies=texts, data=st.data())
@settings(max_examples=80, deadline=None)
def test_a_torn_last_line_is_cut_and_the_next_does_not_grow_onto_it(bodies: list[str], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        journal, file, ends = Journal(Path(name), MIB), Path(name, "events.log"), []
        for number, body in enumerate(bodies):
            journal.append(entry(number, body))
            ends.append(file.stat().st_size)
        size = data.draw(st.integers(0, ends[-1]))
        os.truncate(file, size)
        if data.draw(st.booleans()):
            journal = Journal(Path(name), MIB)
        journal.append(entry(99))
        whole = [f"raw-{number}" for number, end in enumerate(ends) if end <= size]
        assert numbers(replayed(journal)) == [*whole, "raw-99"]
        assert journal.set_aside == 0


@given(bodies=texts, data=st.data())
@settings(max_examples=120, deadline=None)
def test_damage_costs_the_lines_that_it_touches_and_no_other(bodies: list[str], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        journal, file, spans, start = Journal(Path(name), MIB), Path(name, "events.log"), [], 0
        for number, body in enumerate(bodies):
            journal.append(entry(number, body))
            spans.append((start, start := file.stat().st_size))
        at = data.draw(st.integers(0, start - 1))
        noise = data.draw(st.binary(min_size=1, max_size=min(40, start - at)))
        with file.open("r+b") as damaged:
            damaged.seek(at)
            damaged.write(noise)
        journal.append(entry(99))
        found = numbers(replayed(journal))
        # a line is touched by its own bytes, and by the end of the line before it
        safe = [f"raw-{n}" for n, (a, b) in enumerate(spans) if b <= at or a - 1 >= at + len(noise)]
        assert [number for number in found if number in safe] == safe
        assert found == sorted(found, key=lambda number: int(number[4:]))
        assert found[-1] == "raw-99"


def test_what_is_set_aside_is_kept_and_counted(folder: Path, journal: Journal) -> None:
    for number in range(3):
        journal.append(entry(number))
    file = folder / "events.log"
    file.write_bytes(file.read_bytes().replace(b"raw-1", b"raw-X"))
    batch = journal.read()
    assert (numbers(batch.entries), len(batch.damaged)) == (["raw-0", "raw-2"], 1)
    journal.advance(batch, [batch.entries[1]])
    kept = (folder / "set_aside.log").read_text(encoding="utf-8").splitlines()
    assert ["raw-X" in kept[0], "raw-2" in kept[1]] == [True, True]
    assert (journal.set_aside, journal.replayed) == (2, 1)


def test_a_line_of_another_version_is_set_aside(folder: Path, journal: Journal) -> None:
    (folder / "events.log").write_bytes(b"a3a6bf43 {}\n")
    assert journal.read() == Batch([], [b"a3a6bf43 {}"], 12)


def test_beyond_its_limit_it_refuses_and_what_it_has_stays(journal: Journal) -> None:
    journal.append(entry(1, "x" * (MIB - 1000)))
    assert not journal.ok
    with pytest.raises(StoreUnavailable, match="JOURNAL_MAX_MB"):
        journal.append(entry(2, "x" * 1000))
    assert journal.refused == 1
    assert numbers(replayed(journal)) == ["raw-1"]
    journal.clear(journal.read().end)
    assert journal.ok
    journal.append(entry(3))


def test_an_event_is_found_while_it_is_here(journal: Journal) -> None:
    for number in range(3):
        journal.append(entry(number))
    assert journal.find("wazzup", "hash-1") == entry(1)
    assert journal.find("import", "hash-1") is None
    assert journal.find("wazzup", "hash-9") is None


@given(external_id=st.one_of(st.text(min_size=1, max_size=30), st.sampled_from(['a"b', "a\\b", "\n", "é", "\x00"])))
@settings(max_examples=60, deadline=None)
def test_an_event_of_any_id_is_found(external_id: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        journal = Journal(Path(name), MIB)
        raw = {"id": "raw", "provider": "import", "external_id": external_id, "body": "{}"}
        journal.append(Entry(raw, AT, "import", None))
        found = journal.find("import", external_id)
        assert found
        assert found.raw == raw


def test_how_much_waits_is_told_without_reading_all_of_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks /readyz during a long outage may ask often."""
    monkeypatch.setattr("crystalbay.store.journal.COUNTED_BYTES", MIB)
    journal, lines = Journal(folder, 20 * MIB), 8 * 1024
    for number in (1, 2):
        journal.append(entry(number, "x" * 900))
    file = folder / "events.log"
    first, second = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(first + second * (lines - 1))
    (folder / "set_aside.log").write_bytes(second * lines)
    read = bytes_read()
    waiting, aside = journal.waiting(), journal.set_aside
    assert bytes_read() - read < 3 * MIB
    assert (abs(waiting.lines - lines), abs(aside - lines)) < (lines // 50, lines // 50)
    assert (waiting.oldest, waiting.bytes) == (AT, file.stat().st_size)


def test_the_oldest_is_told_after_each_batch(folder: Path, journal: Journal) -> None:
    times = [f"2026-05-12T09:00:0{second}+00:00" for second in range(3)]
    for at in times:
        journal.append(Entry(entry(1).raw, at, "ingest", None))
    told = [journal.waiting().oldest]
    whole = journal.read()
    for one in whole.entries[:-1]:
        length = len(folder.joinpath("events.log").read_bytes()) // 3
        journal.advance(Batch([one], [], length * len(told)), [])
        told.append(journal.waiting().oldest)
    assert told == times
    journal.advance(whole, [])
    assert journal.waiting().oldest is None


def bytes_read() -> int:
    """What this process has read from files until now."""
    return int(Path("/proc/self/io").read_text(encoding="ascii").split("rchar: ")[1].split()[0])


def test_one_replays_at_a_time(folder: Path, journal: Journal) -> None:
    with journal.replaying() as first, Journal(folder, MIB).replaying() as second:
        assert (first, second) == (True, False)
    with Journal(folder, MIB).replaying() as third:
        assert third


def test_several_write_at_once_and_each_line_is_whole(folder: Path) -> None:
    def write(who: int) -> None:
        mine = Journal(folder, MIB)
        for number in range(50):
            mine.append(entry(who * 1000 + number))

    threads = [threading.Thread(target=write, args=(who,)) for who in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = [int(number[4:]) for number in numbers(replayed(Journal(folder, MIB)))]
    assert sorted(found) == sorted(who * 1000 + number for who in range(8) for number in range(50))
    for who in range(8):
        assert [number for number in found if number // 1000 == who] == sorted(n for n in found if n // 1000 == who)


_FULL_DISK = """
import resource, sys
from pathlib import Path
from crystalbay.errors import StoreUnavailable
from crystalbay.store.journal import Journal
from tests.unit.test_journal import entry
journal = Journal(Path(sys.argv[1]), 10**9)
resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, resource.RLIM_INFINITY))
for number in range(60):
    if number == 50:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    try:
        journal.append(entry(number, "x" * 100))
        print(number)
    except StoreUnavailable:
        pass
"""


def test_without_room_it_refuses_and_takes_again_when_there_is_some(folder: Path) -> None:
    command = [sys.executable, "-c", _FULL_DISK, str(folder)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    told = [line for line in said if line.isdigit()]
    assert 0 < len(told) < 50
    assert told[-10:] == [str(number) for number in range(50, 60)]
    assert numbers(replayed(Journal(folder, MIB))) == [f"raw-{number}" for number in told]


def test_a_folder_that_cannot_be_one_is_said_by_its_variable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"^DATA_DIR: .* cannot be read and written"):
        Journal(tmp_path / "file" / "journal", MIB)
