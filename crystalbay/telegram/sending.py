"""One part → one call of the Bot API: a text, a card with a photo, files, or an edit of what stands there already."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto, Message, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest

from crystalbay.telegram.keyboards import Markup
from crystalbay.telegram.rendering import html, is_photo
from models import OutgoingFile, Part

_ENTITIES = "can't parse entities"
_SAME = "not modified"
_BAD_PHOTO = (
    "wrong file identifier",
    "failed to get http url",
    "wrong type of the web page",
    "photo_invalid",
    "webpage",
)


async def send(
    bot: Bot, chat_id: str, part: Part, markup: Markup, reply_to: int | None, contents: Sequence[bytes]
) -> int:
    """Send a part, `contents` being its files; answers the number of its (first) message."""
    quoted = ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to else None
    how: dict[str, Any] = {"reply_parameters": quoted}
    if part.files:
        return await _send_files(bot, chat_id, part, contents, how)
    photo = ((part.look or {}).get("card") or {}).get("photo")
    if photo:
        try:
            made = await _with_html(part, lambda text, mode: bot.send_photo(
                chat_id, photo, caption=text, parse_mode=mode, reply_markup=markup, **how))  # fmt: skip
        except BadRequest as error:
            if not any(said in error.message.casefold() for said in _BAD_PHOTO):
                raise
        else:
            return made.message_id
    sent = await _with_html(part, lambda text, mode: bot.send_message(
        chat_id, text, parse_mode=mode, reply_markup=markup, **how))  # fmt: skip
    return sent.message_id


async def _with_html(part: Part, call: Callable[[str, str | None], Any]) -> Message:
    """With tags; if Telegram cannot read them, a defect of ours, then at least the words."""
    try:
        made = await call(html(part), ParseMode.HTML)
    except BadRequest as error:
        if _ENTITIES not in error.message.casefold():
            raise
        made = await call(part.text, None)
    assert isinstance(made, Message)
    return made


async def edit(bot: Bot, chat_id: str, message_id: int, part: Part, markup: Markup) -> bool:
    """Put a part's words in the place of a text message, or under a picture. True: so it stands there now.

    False: that message cannot be changed (any more), and the part has to be sent.
    """
    inline = markup if isinstance(markup, InlineKeyboardMarkup) else None
    if markup is not None and inline is None:
        return False
    caption = bool(part.files or ((part.look or {}).get("card") or {}).get("photo"))
    where: dict[str, Any] = {"chat_id": chat_id, "message_id": message_id, "reply_markup": inline}
    try:
        if caption:
            await bot.edit_message_caption(caption=html(part), parse_mode=ParseMode.HTML, **where)
        else:
            await bot.edit_message_text(html(part), parse_mode=ParseMode.HTML, **where)
    except BadRequest as error:
        return _SAME in error.message.casefold()
    return True


async def _send_files(bot: Bot, chat_id: str, part: Part, contents: Sequence[bytes], how: dict[str, Any]) -> int:
    caption: dict[str, Any] = {"caption": html(part), "parse_mode": ParseMode.HTML} if part.text else {}
    if len(part.files) > 1:
        media = [
            InputMediaPhoto(content, filename=file.name, **(caption if not place else {}))
            for place, (file, content) in enumerate(zip(part.files, contents, strict=True))
        ]
        album = await bot.send_media_group(chat_id, media, **how)
        return album[0].message_id
    file = part.files[0]
    name, call = _call_for(bot, file)
    sent = await call(chat_id, **{name: contents[0]}, filename=file.name, **caption, **how)
    return int(sent.message_id)


def _call_for(bot: Bot, file: OutgoingFile) -> tuple[str, Callable[..., Any]]:
    """How a file is sent: the name of its parameter and the method."""
    if is_photo(file):
        return "photo", bot.send_photo
    kind = file.mime.split("/")[0]
    if file.mime == "audio/ogg":
        return "voice", bot.send_voice
    if kind == "audio":
        return "audio", bot.send_audio
    if kind == "video":
        return "video", bot.send_video
    return "document", bot.send_document


async def tell(
    bot: Bot, chat_id: str, text: str, rows: list[list[tuple[str, str]]], replaces: int | None = None
) -> str:
    """A text with buttons for somebody of the office, new or in the place of another. Answers its number.

    Telegram refuses links to addresses that are not on the internet: then it goes without them.
    """
    made = [[_link_or_button(label, held) for label, held in row] for row in rows]
    markup = InlineKeyboardMarkup(made) if made else None
    if replaces and await edit(bot, chat_id, replaces, Part(text), markup):
        return str(replaces)
    try:
        sent = await bot.send_message(chat_id, html(Part(text)), parse_mode=ParseMode.HTML, reply_markup=markup)
    except BadRequest as error:
        linked = [[pair for pair in row if "://" not in pair[1]] for row in rows]
        if linked == rows or "url" not in error.message.casefold():
            raise
        return await tell(bot, chat_id, text, [row for row in linked if row])
    return str(sent.message_id)


def _link_or_button(label: str, held: str) -> InlineKeyboardButton:
    if "://" in held:
        return InlineKeyboardButton(label, url=held)
    return InlineKeyboardButton(label, callback_data=held)
