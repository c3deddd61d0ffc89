"""python-telegram-bot works with the simulated Telegram as with the real one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto, Update
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter
from telegram.ext import Application, ApplicationBuilder, CallbackQueryHandler, CommandHandler, MessageHandler, filters

from crystalbay.sandbox.telegram import TOKEN, TelegramSandbox
from crystalbay.sandbox.wazzup_media import samples

ANNA = 5001
KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("Турция", callback_data="c:TR")]])
PHOTO = samples()["image"].content


def beside_any_loop(work: Coroutine[Any, Any, None]) -> None:
    """Run it in a thread of its own: a browser test of this process may have left a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


@pytest.fixture
def sandbox() -> Iterator[TelegramSandbox]:
    with TelegramSandbox() as running:
        yield running


def bot_of(sandbox: TelegramSandbox, token: str = TOKEN) -> Bot:
    return Bot(token, base_url=f"{sandbox.api_url}/bot", base_file_url=f"{sandbox.api_url}/file/bot")


def with_bot(sandbox: TelegramSandbox, work: Callable[[Bot], Awaitable[None]]) -> None:
    async def run() -> None:
        async with bot_of(sandbox) as bot:
            await work(bot)

    beside_any_loop(run())


@asynccontextmanager
async def polling(sandbox: TelegramSandbox, *handlers: Any) -> AsyncIterator[list[Exception]]:
    """An application that polls; what polling complains of is collected."""
    problems: list[Exception] = []
    builder = ApplicationBuilder().token(TOKEN).base_url(f"{sandbox.api_url}/bot")
    application: Application[Any, Any, Any, Any, Any, Any] = builder.build()
    application.add_handlers(list(handlers))
    async with application:
        await application.start()
        assert application.updater is not None
        await application.updater.start_polling(timeout=5, error_callback=problems.append)
        yield problems
        await application.updater.stop()
        await application.stop()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(8):
        while not condition():
            await asyncio.sleep(0.02)


async def start(update: Update, context: Any) -> None:
    assert update.message is not None
    await update.message.reply_text(f"Куда? {context.args}", reply_markup=KEYBOARD)


async def chosen(update: Update, _: Any) -> None:
    assert update.callback_query is not None
    await update.callback_query.answer("Ищу")
    await update.callback_query.edit_message_text(f"Выбрано: {update.callback_query.data}")


async def anything(update: Update, _: Any) -> None:
    assert update.effective_message is not None
    await update.effective_message.reply_text("Понял")


def test_a_dialogue_by_polling(sandbox: TelegramSandbox) -> None:
    async def run() -> None:
        async with polling(sandbox, CommandHandler("start", start), CallbackQueryHandler(chosen)) as problems:
            sandbox.says(ANNA, "/start src_vk")
            await until(lambda: len(sandbox.chat(ANNA)) == 2)
            assert sandbox.chat(ANNA)[1]["text"] == "Куда? ['src_vk']"
            pressed = sandbox.taps(ANNA, "Турция")["callbackId"]
            await until(lambda: sandbox.chat(ANNA)[1]["text"] == "Выбрано: c:TR")
            assert sandbox.callback(pressed) == {"answered": True, "text": "Ищу", "alert": False}
            assert sandbox.chat(ANNA)[1]["buttons"] == []
        assert problems == []
        assert sandbox.pending() == 0

    beside_any_loop(run())


def test_everything_people_send_is_understood(sandbox: TelegramSandbox) -> None:
    kinds = ("photo", "voice", "document", "sticker", "video", "video_note", "audio", "animation", "location", "poll")

    async def run() -> None:
        async with polling(sandbox, MessageHandler(filters.ALL, anything)) as problems:
            for kind in (*kinds, "big"):
                sandbox.says(ANNA, media=kind)
            sandbox.says(ANNA, phone="+79001112233")
            sandbox.says(ANNA, "Привет", chat_id=-100)
            await until(lambda: len(sandbox.sent()) == len(kinds) + 3)
        assert problems == []

    beside_any_loop(run())


def test_errors_are_the_librarys_own(sandbox: TelegramSandbox) -> None:
    sandbox.says(ANNA, "Да")

    async def work(bot: Bot) -> None:
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="я" * 33)]])
        with pytest.raises(BadRequest, match="Button_data_invalid"):
            await bot.send_message(ANNA, "x", reply_markup=keyboard)
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(1, "x")
        with pytest.raises(BadRequest, match="Can't parse entities"):
            await bot.send_message(ANNA, "<br>", parse_mode="HTML")
        sandbox.limit(per_chat_s=5.0)
        await bot.send_message(ANNA, "x")
        with pytest.raises(RetryAfter):
            await bot.send_message(ANNA, "x")
        sandbox.blocks(ANNA)
        with pytest.raises(Forbidden, match="blocked by the user"):
            await bot.send_message(ANNA, "x")
        with pytest.raises(InvalidToken):
            await bot_of(sandbox, "1:wrong").get_me()

    with_bot(sandbox, work)


def test_files_both_ways(sandbox: TelegramSandbox) -> None:
    sandbox.says(ANNA, "Да")

    async def work(bot: Bot) -> None:
        sent = await bot.send_photo(ANNA, PHOTO, caption="Море")
        assert bytes(await (await bot.get_file(sent.photo[-1].file_id)).download_as_bytearray()) == PHOTO
        album = await bot.send_media_group(ANNA, [InputMediaPhoto(PHOTO), InputMediaPhoto(sent.photo[-1].file_id)])
        assert len({message.media_group_id for message in album}) == 1
        await bot.send_document(ANNA, b"%PDF-1.4", filename="Памятка.pdf")
        await bot.edit_message_media(InputMediaPhoto(PHOTO, caption="Лес"), ANNA, sent.message_id)
        with pytest.raises(BadRequest, match="Message is not modified"):
            await bot.edit_message_caption(ANNA, sent.message_id, caption="Лес")

    with_bot(sandbox, work)
    shown = sandbox.chat(ANNA)[1:]
    assert [message["kind"] for message in shown] == ["photo", "photo", "photo", "document"]
    assert (shown[0]["text"], shown[3]["fileName"]) == ("Лес", "Памятка.pdf")


def test_the_profile(sandbox: TelegramSandbox) -> None:
    sandbox.says(ANNA, "Да")

    async def work(bot: Bot) -> None:
        assert bot.username == "crystalbay_demo_bot"
        await bot.set_my_commands([("start", "Начать")], language_code="ru")
        assert (await bot.get_my_commands(language_code="ru"))[0].description == "Начать"
        await bot.set_my_description("Туры")
        assert (await bot.get_my_description()).description == "Туры"
        await bot.set_my_short_description("Туры")
        assert (await bot.get_my_short_description()).short_description == "Туры"
        assert (await bot.get_chat(ANNA)).first_name == "Анна"
        assert await bot.send_chat_action(ANNA, "typing")
        assert await bot.set_webhook(f"{sandbox.url}/nowhere", secret_token="s", allowed_updates=["message"])
        assert (await bot.get_webhook_info()).allowed_updates == ("message",)
        with pytest.raises(Conflict, match="webhook is active"):
            await bot.get_updates()
        assert await bot.delete_webhook()

    with_bot(sandbox, work)
    assert sandbox.state(ANNA)["typing"] is True


def test_two_pollers_are_told_of_each_other(sandbox: TelegramSandbox) -> None:
    async def run() -> None:
        async with polling(sandbox) as first, polling(sandbox) as second:
            await until(lambda: bool(first or second))
        assert all(isinstance(problem, Conflict) for problem in first + second)
        assert sandbox.polls()["conflicts"] >= 1

    beside_any_loop(run())
