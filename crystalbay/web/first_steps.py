"""What an office does before its first lead, ticked by what is really there. Shown on a board without leads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from babel.dates import get_timezone_location

from crystalbay.services.context import Context
from crystalbay.services.office import Office, read_office
from crystalbay.services.viewers import Viewer
from crystalbay.web.i18n import _, locale
from crystalbay.web.views.formats import Local
from models import Role


@dataclass(frozen=True, slots=True)
class Step:
    """`href` is a page, `form` a small form over the board (/ui/forms/…); neither: nothing to press."""

    title: str
    text: str
    done: bool
    button: str = ""
    href: str = ""
    form: str = ""


def first_steps(ctx: Context, viewer: Viewer, now: Local) -> tuple[Step, ...]:
    """The steps that this viewer can take; none for those who only look."""
    return tuple(_steps(ctx, viewer, now)) if viewer.allows("leads:write") else ()


def _steps(ctx: Context, viewer: Viewer, now: Local) -> Iterator[Step]:
    office = read_office(ctx.store)
    yield Step(_("Компания и часы работы"), _about(office, ctx, now), done=True)
    if viewer.role is Role.ADMINISTRATOR:
        yield Step(
            _("Подключите Telegram и WhatsApp"),
            _("Токен бота или ключ Wazzup24. Займёт две минуты"),
            done=bool(ctx.channels),
            button=_("Подключить"),
            form="connect",
        )
    yield Step(
        _("Загрузите свои заявки"),
        _("CSV: имя, телефон, пожелания. Повторы найдём сами"),
        done=_any(ctx, "leads"),
        button=_("Загрузить"),
        form="upload",
    )
    if viewer.role is Role.ADMINISTRATOR:
        yield Step(
            _("Позовите коллег"),
            _("По ссылке-приглашению каждый сам задаст пароль"),
            done=len(ctx.store.find("users", [("active", "eq", True)], limit=2)) > 1,
            button=_("Позвать"),
            href="/settings/users",
        )
    if ctx.settings.app_env == "demo":
        yield Step(
            _("Проверьте, как отвечает ИИ"),
            _("Пробный чат: наружу ничего не уходит"),
            done=_any(ctx, "messages"),
            button=_("Попробовать"),
            href="/demo",
        )
    else:
        text = _("Напишите с телефона в подключённый канал: ответ придёт за несколько секунд")
        yield Step(_("Проверьте, как отвечает ИИ"), text, done=_any(ctx, "messages"))


def _any(ctx: Context, table: str) -> bool:
    return bool(ctx.store.find(table, limit=1))


def _about(office: Office, ctx: Context, now: Local) -> str:
    """«Crystal Bay, часы по Москве, сегодня 09:00–21:00»."""
    hours = office.hours.get(str(now.at(now.now).weekday()), [])
    today = ", ".join(f"{opens}–{closes}" for opens, closes in hours)
    given = {"name": office.name, "hours": today}
    if ctx.settings.timezone == "Europe/Moscow":
        told = (
            _("%(name)s, часы по Москве, сегодня %(hours)s")
            if today
            else _("%(name)s, часы по Москве, сегодня выходной")
        )
    else:
        given["city"] = get_timezone_location(ctx.zone, locale=locale(), return_city=True)
        told = (
            _("%(name)s, часовой пояс: %(city)s, сегодня %(hours)s")
            if today
            else _("%(name)s, часовой пояс: %(city)s, сегодня выходной")
        )
    return told % given
