"""What stands in a lead's chat: messages, notes of colleagues, and the moments when somebody else began to answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from crystalbay.services.viewers import Viewer
from crystalbay.web.i18n import _
from crystalbay.web.views import formats
from crystalbay.web.views.activities import activity_view, to_somebody_else
from crystalbay.web.views.formats import Local
from crystalbay.web.views.messages import MessageView, TextPart, message_view, text_parts
from crystalbay.web.views.names import Json
from models import Mode

WINDOW = timedelta(hours=24)
"""How long after the client's last message WhatsApp Business takes free text (Wazzup contract section 3)."""


@dataclass(frozen=True, slots=True)
class NoteView:
    """What a colleague noted beside the chat. `mine`: the viewer may change and delete it."""

    id: str
    version: int
    kind: str
    who: str
    mine: bool
    parts: tuple[TextPart, ...]
    edited: bool
    time: str
    iso: str
    day: str
    day_line: str


@dataclass(frozen=True, slots=True)
class TurnView:
    """From here on somebody else answers."""

    id: str
    version: int
    kind: str
    text: str
    time: str
    iso: str
    day: str
    day_line: str


Entry = MessageView | NoteView | TurnView


@dataclass(frozen=True, slots=True)
class WindowView:
    """Until when the messenger takes free text; `open` False: it takes none now."""

    open: bool
    text: str
    iso: str


def entries(
    messages: Iterable[Json], notes: Iterable[Json], turns: Iterable[Json], local: Local, viewer: Viewer | None
) -> tuple[Entry, ...]:
    """All that stands in the chat, oldest first. `turns`: activities of the kind conversation.mode."""
    made: list[Entry] = [message_view(message, local) for message in messages]
    made += [note_view(note, local, viewer) for note in notes]
    made += [_turn(act, local) for act in to_somebody_else(turns)]
    return tuple(sorted(made, key=lambda entry: entry.iso))


def note_view(note: Json, local: Local, viewer: Viewer | None) -> NoteView:
    """The view of a note as REST shows it: {id, version, text, author: {id, name}, created_at, edited_at}."""
    author = note.get("author") or {}
    own = viewer is not None and viewer.allows("leads:write") and author.get("id") == viewer.id
    return NoteView(
        id=note["id"],
        version=note["version"],
        kind="note",
        who=author.get("name") or _("Коллега"),
        mine=own or (viewer is not None and viewer.allows("admin")),
        parts=text_parts(note["text"]),
        edited=bool(note.get("edited_at")),
        **_when(note["created_at"], local),
    )


def _turn(act: Json, local: Local) -> TurnView:
    told = activity_view(act, local).text
    human = (act.get("data") or {}).get("mode") != Mode.BOT
    text = _("%(who)s · ИИ больше не отвечает", who=told) if human else told
    return TurnView(id=f"act-{act['id']}", version=1, kind="turn", text=text, **_when(act["created_at"], local))


def _when(moment: datetime | str, local: Local) -> dict[str, str]:
    at = local.at(moment)
    return {
        "time": formats.clock(at, local),
        "iso": at.isoformat(),
        "day": at.date().isoformat(),
        "day_line": formats.day_line(at, local),
    }


def window_view(last_heard: datetime | str | None, local: Local) -> WindowView | None:
    """How long WhatsApp Business still takes free text, by the time of the client's last message."""
    if last_heard is None:
        return None
    until = local.at(last_heard) + WINDOW
    if until <= local.now:
        text = _("WhatsApp не примет: клиент молчит больше суток. Он ответит, и окно откроется")
        return WindowView(False, text, until.isoformat())
    return WindowView(True, _("можно ещё %(time)s", time=formats.duration(until - local.now)), until.isoformat())
