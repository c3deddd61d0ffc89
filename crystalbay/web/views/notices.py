"""The lines of the bell, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from crystalbay.services.notices import Notice
from crystalbay.web.i18n import _, _l, of_table
from crystalbay.web.views import formats
from crystalbay.web.views.formats import Local
from crystalbay.web.views.names import REASONS, Json
from wazzup_integration import state_words

_ICONS = {"message": "chat-dots", "reminder": "alarm", "assigned": "person", "account": "plug"}


@dataclass(frozen=True, slots=True)
class BellLine:
    """`key`: what is counted once, however many lines it has. `time` and `title` as everywhere."""

    id: str
    key: str
    kind: str
    text: str
    icon: str
    urgent: bool
    mine: bool
    read: bool
    href: str | None
    time: str
    iso: str
    title: str


def bell_lines(notices: Iterable[Notice], local: Local) -> tuple[BellLine, ...]:
    """The lines, in the order given."""
    return tuple(_line(notice, local) for notice in notices)


def _line(notice: Notice, local: Local) -> BellLine:
    return BellLine(
        id=notice.id,
        key=notice.key,
        kind=notice.kind,
        text=notice_text(notice, local),
        icon="exclamation-circle-fill" if notice.urgent else _ICONS.get(notice.kind, "person-check"),
        urgent=notice.urgent,
        mine=notice.mine,
        read=notice.read,
        href=f"/?lead={notice.lead_id}" if notice.lead_id else None,
        time=formats.moment(notice.created_at, local),
        iso=local.at(notice.created_at).isoformat(),
        title=formats.full_moment(notice.created_at, local),
    )


def notice_text(notice: Notice, local: Local) -> str:
    """What a line says, in the reader's language; one without data says what was written."""
    if not notice.data:
        return notice.text
    if notice.kind == "message":
        count = formats.plural(notice.count, _("новое сообщение|новых сообщения|новых сообщений"))
        return _("%(name)s: %(count)s", name=_who(notice.data), count=count)
    if notice.kind in REASONS:
        return _("%(reason)s: %(name)s", reason=REASONS[notice.kind], name=_who(notice.data))
    write = _WORDS.get(notice.kind)
    return write(notice.data, local) if write else notice.text


def _who(data: Json) -> str:
    """The customer, else the lead's number."""
    return str(data.get("name") or _("лид № %(n)s", n=data.get("number")))


def _assigned(data: Json, _local: Local) -> str:
    count = data.get("count", 1)
    if "was" in data:
        return _("Вам переданы лиды: %(count)s. Прежний ответственный: %(name)s", count=count, name=data["was"])
    if "by" not in data:
        return _("Вам назначен лид: %(name)s", name=_who(data))
    if count == 1:
        return _("Вам назначен лид. Назначил: %(name)s", name=data["by"])
    return _("Вам назначены лиды: %(count)s. Назначил: %(name)s", count=count, name=data["by"])


def _reminder(data: Json, _local: Local) -> str:
    if data.get("text"):
        return _("Напоминание: %(text)s · %(name)s", text=data["text"], name=_who(data))
    return _("Напоминание: %(name)s", name=_who(data))


def _lockout(data: Json, _local: Local) -> str:
    return _(
        "Вход для %(email)s закрыт на %(minutes)s мин: %(tries)s неверных паролей за час."
        " Новая ссылка для пароля откроет его раньше",
        email=data["email"],
        minutes=data["minutes"],
        tries=data["tries"],
    )


def _integration(data: Json, local: Local) -> str:
    state = data["state"]
    if state == "not_registered":
        return _("Wazzup24 не принял наш адрес, сообщения не придут: %(reason)s", reason=of_table(data["error"]))
    if state == "account":
        words = of_table(state_words(data["account_state"]))
        return _("Канал не работает. %(name)s: %(state)s", name=data["account"], state=words)
    if state == "loss":
        when = formats.full_moment(data["at"], local)
        return _("В Wazzup24 есть сообщение от %(time)s, которого у нас нет", time=when)
    if state == "bot_token" and data.get("error"):
        return _("Бот Telegram не настроен: %(reason)s", reason=of_table(data["error"]))
    if state == "group_moved":
        return _("Группа менеджеров получила новый номер: впишите TELEGRAM_MANAGERS_CHAT_ID=%(id)s", id=data["chat_id"])
    if state == "not_erased":
        return _("Клиент просил удалить его данные, не получилось: удалите их в карточке клиента")
    return str(_WRONG[state])


_WRONG = {
    "no_address": _l("PUBLIC_URL не задан: Wazzup24 некуда присылать сообщения"),
    "foreign_address": _l("В Wazzup24 записан чужой адрес: сообщения уходят не к нам"),
    "switched_off": _l("В Wazzup24 выключены сообщения и статусы"),
    "bot_token": _l("Telegram не принимает токен бота: проверьте TELEGRAM_BOT_TOKEN"),
    "bot_conflict": _l("Сообщения бота забирает другая программа с тем же токеном: выключите её"),
}
"""What is wrong with the address that Wazzup24 delivers to (services/channel_watch.py), and with the Telegram bot
(services/bridge_watch.py)."""

_WORDS: dict[str, Callable[[Json, Local], str]] = {
    "assigned": _assigned,
    "reminder": _reminder,
    "lockout": _lockout,
    "integration": _integration,
}
