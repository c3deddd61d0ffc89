"""Messages of a conversation."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crystalbay.services.conversations import SENT_AGAIN
from crystalbay.services.revising import can_change, can_withdraw
from crystalbay.web.i18n import _, _l
from crystalbay.web.sentences import why
from crystalbay.web.views import formats
from crystalbay.web.views.activities import inside
from crystalbay.web.views.formats import Local
from crystalbay.web.views.names import Json
from crystalbay.web.views.trips import OfferView, offer_view
from models import Author, MessageState

_MARKS = {  # state → icon, word
    MessageState.SCHEDULED: ("clock", _l("запланировано")),
    MessageState.QUEUED: ("clock", _l("в очереди")),
    MessageState.SENDING: ("clock", _l("отправляется")),
    MessageState.SENT: ("check2", _l("отправлено")),
    MessageState.DELIVERED: ("check2-all", _l("доставлено")),
    MessageState.READ: ("check2-all", _l("прочитано")),
    MessageState.FAILED: ("exclamation-circle-fill", _l("Не доставлено")),
    MessageState.UNKNOWN: ("exclamation-circle-fill", _l("Неизвестно, дошло ли сообщение")),
    MessageState.CANCELLED: ("x-circle", _l("отменено")),
}
_WHO = {
    Author.CUSTOMER: _l("Клиент"),
    Author.BOT: _l("ИИ"),
    Author.MANAGER: _l("Менеджер"),
    Author.SYSTEM: _l("Система"),
}
_FILES = {
    "image": ("image", _l("Фото")),
    "audio": ("mic", _l("Голосовое сообщение")),
    "video": ("camera-video", _l("Видео")),
    "sticker": ("emoji-smile", _l("Стикер")),
    "geo": ("geo-alt", _l("Место на карте")),
    "contact": ("person-vcard", _l("Контакт")),
}
_LINK = re.compile(r"https?://[^\s<>\"«»]+[^\s<>\"«».,;:!?)]")


@dataclass(frozen=True, slots=True)
class TextPart:
    """A piece of a message's text; `href` when it is a web address."""

    text: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class AttachmentView:
    icon: str
    name: str
    url: str | None
    picture: bool  # ours, so the page may show it
    sound: bool = False  # ours, so the page may play it
    size: str = ""
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message. `kind`: customer | bot | manager | system; `mark` is the delivery icon of an outgoing one.
    `again`: it was not delivered and went once more as another one. `choices`: all that the customer could tap.
    `album`: what pictures that were sent together have in common; `pressed`: the customer pressed a button."""

    id: str
    version: int
    kind: str
    outgoing: bool
    who: str
    parts: tuple[TextPart, ...]
    note: str | None
    attachments: tuple[AttachmentView, ...]
    offers: tuple[OfferView, ...]
    choices: tuple[str, ...]
    album: str | None
    pressed: bool
    replaced: bool
    state: str
    mark: str | None
    mark_text: str
    problem: str | None
    again: bool
    can_retry: bool
    can_change: bool
    can_withdraw: bool
    time: str
    iso: str
    day: str
    day_line: str


def message_view(message: Json, local: Local) -> MessageView:
    """The view of a message as services.conversations presents it."""
    author = Author(message["author"])
    state = MessageState(message["state"])
    outgoing = message["direction"] == "out"
    mark, words = _MARKS.get(state, (None, "")) if outgoing else (None, "")
    again = message.get("note") == SENT_AGAIN
    tap = message.get("tap") or {}
    sent = local.at(message["created_at"])
    return MessageView(
        id=message["id"],
        version=message["version"],
        kind=author.value,
        outgoing=outgoing,
        who=(author is Author.MANAGER and message.get("author_name")) or str(_WHO[author]),
        parts=text_parts(_beside_the_offer(message)),
        note=_note(message),
        attachments=tuple(_attachment(item) for item in message.get("attachments") or ()),
        offers=tuple(offer_view(offer, local) for offer in message.get("offers") or ()),
        choices=(*(choice["label"] for choice in message.get("choices") or ()), *message.get("buttons", ())),
        album=tap.get("album"),
        pressed="act" in tap,
        replaced=bool(message.get("replaced")),
        state=state.value,
        mark=mark,
        mark_text=str(words),
        problem=_problem(message, state, str(words)) if outgoing and not again else None,
        again=again,
        can_retry=state is MessageState.FAILED and author is Author.MANAGER and not again,
        can_change=can_change(message),
        can_withdraw=can_withdraw(message, local.now, sent),
        time=formats.clock(sent, local),
        iso=sent.isoformat(),
        day=sent.date().isoformat(),
        day_line=formats.day_line(sent, local),
    )


def _beside_the_offer(message: Json) -> str:
    """The words of a message; of a card those that its offer, which stands above them, does not say: hotel and price
    are the first and the last line."""
    text, offers = str(message["text"]), list(message.get("offers") or ())
    first, *between = text.split("\n")
    is_card = len(offers) == 1 and bool(between) and first.casefold().startswith(str(offers[0]["hotel"]).casefold())
    return "\n".join(between[:-1]) if is_card else text


def _problem(message: Json, state: MessageState, words: str) -> str | None:
    """What went wrong with a message of ours: it did not arrive, or what became of it later did not."""
    reason = inside(why(message["error"])) if message.get("error") else None
    if state in (MessageState.FAILED, MessageState.UNKNOWN):
        return f"{words}: {reason}" if reason else words
    return _("У клиента осталось как было: %(reason)s", reason=reason) if reason else None


def _note(message: Json) -> str | None:
    """What a person should know about the message besides its text."""
    changed = _("удалено") if message.get("deleted_at") else _("исправлено") if message.get("edited_at") else None
    told = None if message.get("note") == SENT_AGAIN else message.get("note")
    gone = _("на этом месте у клиента следующее сообщение") if message.get("replaced") else None
    return ", ".join(part for part in (told, changed, gone) if part) or None


def text_parts(text: str) -> tuple[TextPart, ...]:
    """The text cut at its web addresses, so that the template makes links without touching markup."""
    parts: list[TextPart] = []
    end = 0
    for found in _LINK.finditer(text):
        if found.start() > end:
            parts.append(TextPart(text[end : found.start()]))
        parts.append(TextPart(found.group(), found.group()))
        end = found.end()
    return (*parts, TextPart(text[end:])) if end < len(text) else tuple(parts)


def _attachment(item: Json) -> AttachmentView:
    icon, name = _FILES.get(item["kind"], ("paperclip", _("Файл")))
    url = item.get("url")
    safe = url if url and url.startswith(("/", "https://", "http://")) else None
    ours = safe is not None and safe.startswith("/")
    return AttachmentView(
        icon=icon,
        name=item.get("name") or str(name),
        url=safe,
        picture=ours and item["kind"] == "image",
        sound=ours and item["kind"] == "audio",
        size=formats.file_size(item["size"]) if item.get("size") else "",
        problem=_("не удалось получить") if item.get("state") == "failed" else None,
    )
