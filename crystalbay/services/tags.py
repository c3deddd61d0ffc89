"""The tags that were ever used: what a person may choose from. A name is one tag however its letters are cased."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from weakref import WeakKeyDictionary

from crystalbay.services.viewers import Viewer, visible_leads
from crystalbay.store.interface import Change, InsertOnce, Row, Store, Where
from crystalbay.store.text import search_text

MOST = 50
"""Of one lead."""

MOST_KEPT = 5000
_PORTION = 500
_MOST_LEADS = 1000


def folded(name: str) -> str:
    """What two spellings of one tag have in common."""
    return " ".join(search_text(name).split()) or name


def spelled(store: Store, names: Sequence[str]) -> list[str]:
    """The tags as they were first written, each once, in order."""
    if not names:
        return []
    unique = {folded(name): name for name in reversed(names)}
    known = _known(store)
    if missing := sorted(unique.keys() - known.keys()):
        found = store.find("tags", [("id", "in", missing)], order=("id",), limit=len(missing))
        known.update({row["id"]: row["name"] for row in found[: MOST_KEPT - len(known)]})
        unique |= {row["id"]: row["name"] for row in found}
    return [known.get(key, unique[key]) for key in dict.fromkeys(folded(name) for name in names)]


def used(store: Store, names: Iterable[str]) -> list[Change]:
    """The changes that keep tags as known ones."""
    fresh = {folded(name): name for name in names if folded(name) not in _known(store)}
    return [InsertOnce("tags", {"id": key, "name": fresh[key]}, key=("id",), now={"created_at": 0.0}) for key in fresh]


_kept: WeakKeyDictionary[Store, dict[str, str]] = WeakKeyDictionary()
"""Tags that were seen in a store. They are never deleted, so an import of thousands of leads looks each up once."""


def _known(store: Store) -> dict[str, str]:
    return _kept.setdefault(store, {})


def find(store: Store, viewer: Viewer, words: str, *, limit: int, after: Sequence[str] | None) -> list[Row]:
    """A page of the tags with all of these words in them, by name; `after`: the id of the last one seen.

    Who does not see all leads chooses from the tags of those that he sees: others say too much of other people's.
    """
    wanted, last = search_text(words).split(), after[0] if after else ""
    rows = _of_leads(store, visible_leads(viewer)) if visible_leads(viewer) else _all(store, last)
    fitting = (row for row in rows if row["id"] > last and all(word in row["id"] for word in wanted))
    return list(islice(fitting, limit))


def _all(store: Store, last: str) -> Iterator[Row]:
    while rows := store.find("tags", order=("id",), limit=_PORTION, after=[last]):
        yield from rows
        last = rows[-1]["id"]


def _of_leads(store: Store, rule: Sequence[Where]) -> list[Row]:
    """The tags of the newest leads that a rule shows."""
    leads = store.find("leads", rule, limit=_MOST_LEADS, desc=True)
    names = {folded(name): name for lead in reversed(leads) for name in lead["tags"]}
    return [{"id": key, "name": names[key]} for key in sorted(names)]
