"""A manager's reply in Telegram goes to the lead's customer: text and files, once; later words change it."""

from __future__ import annotations

import io
from typing import Any

import requests

from crystalbay.errors import Conflict, Forbidden, Invalid, NotFound, PermanentError, StoreUnavailable, TransientError
from crystalbay.services import conversations, revising, uploads
from crystalbay.services.context import Context
from crystalbay.services.staff_people import SAID, done_once, made_by, same_talk, say, user_of, viewer_of
from crystalbay.services.viewers import Viewer
from crystalbay.services.work import Job
from crystalbay.store.interface import Change, Row, Where

_TIMEOUT = (5, 30)
_WHY = {
    "text": "ответ пустой",
    "conversation": "этому клиенту здесь не ответить, откройте карточку",
    "file": "файл не подходит. Клиенту уходят фото, PDF, документы, звук и видео до 10 МБ",
}
"""What stands in the way, by the field that is wrong."""

_NAMES = {"image": "photo.jpg", "audio": "voice.ogg", "video": "video.mp4"}
"""What a file without a name is called."""


def answer(ctx: Context, user: Row, about: Row, job: Job) -> list[Change]:
    """Send the reply to the customer and say what became of it; that word can be replied to as well."""
    words = _answered(ctx, user, about, job)
    number = say(ctx, job.payload["chat_id"], words)
    return [same_talk(about, number, words)] if about["lead_id"] else []


def _answered(ctx: Context, user: Row, about: Row, job: Job) -> str:
    if made_by(ctx, SAID, job.payload):
        return "Отправлено клиенту."
    talk = about["conversation_id"] or newest_talk(ctx, about["lead_id"])
    if talk is None:
        return "У этого лида нет чата, куда можно ответить. Откройте карточку."
    viewer = viewer_of(ctx, user)
    try:
        letter = conversations.Letter(job.payload["text"].strip(), uploads=_files(ctx, viewer, job))
        conversations.answer(
            ctx, viewer, talk, letter, also=lambda shown: [done_once(job, {"message_id": shown["id"]})]
        )
    except Conflict as conflict:
        if conflict.table != "answers":
            raise
    except StoreUnavailable:
        raise
    except NotFound:
        return "Не отправлено: у вас нет доступа к этому лиду."
    except Forbidden:
        return "Не отправлено: ваша роль позволяет только смотреть."
    except Invalid as error:
        return f"Не отправлено: {_WHY.get(error.field, _WHY['file'])}."
    except PermanentError as error:
        return f"Не отправлено: {error}."
    return "Отправлено клиенту."


def newest_talk(ctx: Context, lead_id: str | None) -> str | None:
    """The chat of a lead that was used last, if one can be answered."""
    where: list[Where] = [("lead_id", "eq", lead_id), ("answerable", "eq", True)]
    rows = ctx.store.find("conversations", where, limit=50) if lead_id else []
    return max(rows, key=lambda row: row["last_message_at"] or row["created_at"])["id"] if rows else None


def _files(ctx: Context, viewer: Viewer, job: Job) -> list[str]:
    """The files of a reply, kept as if uploaded in the dashboard; what is never sent goes after a month."""
    return [_kept(ctx, viewer, item) for item in job.payload["files"]]


def _kept(ctx: Context, viewer: Viewer, item: dict[str, Any]) -> str:
    if not item["url"] or ctx.telegram is None or item["kind"] == "geo":
        raise PermanentError("такое сообщение не переслать: ответьте текстом, фото или файлом")
    try:
        with requests.get(ctx.telegram.file_url(item["url"]), timeout=_TIMEOUT, stream=True) as answer:
            if answer.status_code != 200:
                raise TransientError(f"the file store answered {answer.status_code}")
            held = answer.raw.read(uploads.LARGEST + 1, decode_content=True)
    except requests.RequestException as error:  # its text would hold the token
        raise TransientError(f"the file could not be fetched: {type(error).__name__}") from None
    name = item["name"] or _NAMES.get(item["kind"], "file")
    return str(uploads.keep(ctx, viewer, io.BytesIO(held), name)["id"])


# --------------------------------------------------------------------------- other words


def change(ctx: Context, job: Job) -> list[Change]:
    """A manager put a reply in other words: the customer's message changes, where the messenger lets us."""
    given = job.payload
    message_id = made_by(ctx, SAID, given).get("message_id")
    rows = ctx.store.find("messages", [("id", "eq", message_id)], limit=1) if message_id else []
    user = user_of(ctx, given["chat_id"]) or (_author(ctx, rows[0]) if rows else None)
    if not rows or user is None:
        return []
    try:
        revising.change(ctx, viewer_of(ctx, user), rows[0]["id"], given["text"])
    except (Invalid, NotFound, Forbidden):
        say(ctx, given["chat_id"], "Клиент видит прежний текст: изменить его уже нельзя. Напишите новый ответ.")
    return []


def _author(ctx: Context, message: Row) -> Row | None:
    """In the group: who had sent it."""
    rows = ctx.store.find("users", [("id", "eq", message["author_id"]), ("active", "eq", True)], limit=1)
    return rows[0] if rows else None
