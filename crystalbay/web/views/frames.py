"""The frame around every signed-in page, and the pages that stand for another: errors, no access, no store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crystalbay.services.viewers import Viewer
from crystalbay.web.i18n import _, _l
from crystalbay.web.views import formats
from models import Role

ROLES = {
    Role.ADMINISTRATOR: _l("Администратор"),
    Role.HEAD: _l("Руководитель"),
    Role.MANAGER: _l("Менеджер"),
    Role.OBSERVER: _l("Наблюдатель"),
}
PRESENCE = {"here": _l("На месте"), "busy": _l("Занят"), "away": _l("Не работаю")}
SOUNDS = {"chime": _l("Перезвон"), "drop": _l("Капли"), "knock": _l("Стук"), "off": _l("Без звука")}
VOLUMES = {"quiet": _l("Тихо"), "normal": _l("Обычно"), "loud": _l("Громко")}
THEMES = {"system": _l("Как в системе"), "light": _l("Светлая"), "dark": _l("Тёмная")}

_NOTICES = {
    401: (
        _l("Войдите ещё раз"),
        _l("Сессия закончилась или её завершили. Всё сохранённое на месте. После входа повторите то, что делали."),
    ),
    403: (
        _l("Раздел доступен администратору"),
        _l("У вашей роли нет доступа сюда. Если он нужен для работы, попросите администратора."),
    ),
    404: (
        _l("Такой страницы нет"),
        _l("Возможно, ссылка устарела или лид объединили с другим. Все лиды на доске."),
    ),
    500: (
        _l("Что-то сломалось у нас"),
        _l("Данные сохранены, заявки продолжают приходить. Обновите страницу через минуту."),
    ),
}


@dataclass(frozen=True, slots=True)
class Section:
    """A place of the rail: `id` is what a page names as its `nav`. `group`: a line stands between two groups."""

    id: str
    href: str
    icon: str
    name: object
    group: int = 1
    only_in_demo: bool = False

    @property
    def icon_chosen(self) -> str:
        """The icon of the section that is open."""
        return _CHOSEN.get(self.icon, self.icon)


_CHOSEN = {"kanban": "kanban-fill", "phone": "phone-fill"}

SECTIONS = (
    Section("board", "/", "kanban", _l("Доска")),
    Section("demo", "/demo", "phone", _l("Симулятор"), only_in_demo=True),
    Section("settings", "/settings", "sliders2", _l("Настройки"), group=2),
)
"""All sections there are, in the order of the rail. A section that comes later is one more line here."""


@dataclass(frozen=True, slots=True)
class FrameView:
    """The frame of every signed-in page. `demo`: providers are simulated, so the stripe and the simulator are shown.

    `language` is the user's own choice (None: as the browser asks), `theme` is system, light or dark, `narrow` tells
    that the rail is folded, `keys` that single-letter shortcuts work, `quiet` between which times of the day nothing
    sounds («22:00 08:00», empty for never).
    """

    user_id: str
    user_name: str
    user_email: str
    user_initials: str
    user_role: str
    demo: bool
    can_write: bool
    presence: str
    language: str | None
    theme: str
    narrow: bool
    keys: bool
    sound: str
    volume: str
    quiet: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class NoticeView:
    """An error page: what happened, what is safe and what to do, and a number to quote.

    `retries`: it opens what was asked for by itself as soon as that works.
    """

    status: int
    title: str
    text: str
    request_id: str | None
    retries: bool = False


def frame_view(viewer: Viewer, *, demo: bool) -> FrameView:
    """The frame for a signed-in user."""
    role = viewer.role or Role.OBSERVER
    chosen = viewer.preferences
    theme = chosen.get("theme")
    return FrameView(
        user_id=viewer.id,
        user_name=viewer.name,
        user_email=viewer.email,
        user_initials=formats.initials(viewer.name),
        user_role=str(ROLES[role]),
        demo=demo,
        can_write=viewer.allows("leads:write"),
        presence=viewer.presence if viewer.presence in PRESENCE else "here",
        language=viewer.language,
        theme=theme if theme in THEMES else "system",
        narrow=chosen.get("rail") == "narrow",
        keys=chosen.get("shortcuts") is not False,
        sound=chosen.get("sound", "chime"),
        volume=chosen.get("volume", "normal"),
        quiet=_quiet(chosen),
        sections=tuple(section for section in SECTIONS if demo or not section.only_in_demo),
    )


def _quiet(chosen: Mapping[str, Any]) -> str:
    if not chosen.get("quiet_hours"):
        return ""
    return f"{chosen.get('quiet_from', '22:00')} {chosen.get('quiet_until', '08:00')}"


def notice_view(status: int, request_id: str | None = None) -> NoticeView:
    """The error page of an HTTP status; an unknown one reads like 500 (server) or 404 (asker)."""
    title, text = _NOTICES.get(status) or _NOTICES[500 if status >= 500 else 404]
    return NoticeView(status, str(title), str(text), request_id)


def away_view(request_id: str | None, *, safe: bool) -> NoticeView:
    """The error page while the store is out of reach. `safe`: new events are kept in the journal meanwhile."""
    kept = _("Сообщения клиентов не теряются: они сохраняются и появятся на доске, когда связь вернётся.")
    refused = _("Новые сообщения пока не принимаются: каналы пришлют их ещё раз. Всё, что было раньше, на месте.")
    title = _("Нет связи с хранилищем")
    return NoticeView(503, title, kept if safe else refused, request_id, retries=True)
