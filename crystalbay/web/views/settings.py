"""The settings' pages: users, the board, canned replies, oneself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crystalbay.services import staff_chat
from crystalbay.services.settings import Visibility, Workplace
from crystalbay.services.viewers import Viewer
from crystalbay.web.i18n import _, _l
from crystalbay.web.views import formats
from crystalbay.web.views.devices import device, is_phone
from crystalbay.web.views.formats import Local
from crystalbay.web.views.frames import ROLES
from crystalbay.web.views.names import STAGE_NAMES, STATUS_NAMES, Json
from models import Role

_ROLE_WORDS = {
    Role.ADMINISTRATOR: _l("Всё: лиды, пользователи, настройки, ключи API"),
    Role.HEAD: _l("Все лиды и настройки доски. Пользователей видит, но не меняет"),
    Role.MANAGER: _l("Ведёт лиды и переписку. Чужие лиды видит, если так настроена доска"),
    Role.OBSERVER: _l("Видит все лиды, ничего не меняет"),
}
_VISIBILITY_NAMES: dict[Visibility, object] = {
    "all": _l("Все лиды"),
    "own_and_unassigned": _l("Свои и ничьи"),
    "own": _l("Только свои"),
}


@dataclass(frozen=True, slots=True)
class TabView:
    """A tab of the settings: its page, and whether it is the open one."""

    href: str
    name: object
    here: bool


@dataclass(frozen=True, slots=True)
class RoleView:
    """A role as one chooses it: `words` say what it may do."""

    code: str
    name: object
    words: object


@dataclass(frozen=True, slots=True)
class TelegramView:
    """One's own Telegram. `state`: none (no bot), unnamed (the bot's name is not known yet), free or linked; `by_me`:
    the viewer is one who can connect a bot. `minutes`: how long a link lasts."""

    state: str
    bot: str | None
    by_me: bool
    minutes: int


@dataclass(frozen=True, slots=True)
class UserView:
    """A row of the users' table. `seen` is empty for who never came; `me`: it is the viewer's own row."""

    id: str
    name: str
    initials: str
    email: str
    role: str
    role_name: object
    active: bool
    invited: bool
    seen: str
    seen_title: str
    open_leads: int
    load: str
    me: bool


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """A choice of «Кто что видит»: `words` say what it means today, `touches` what choosing it would change."""

    code: str
    name: object
    words: str
    chosen: bool
    touches: str


@dataclass(frozen=True, slots=True)
class LimitView:
    """The limit of one column; `value` is empty where there is none."""

    code: str
    name: object
    value: int | str


@dataclass(frozen=True, slots=True)
class SessionView:
    """One of the viewer's own sessions."""

    id: str
    device: str
    icon: str
    address: str
    seen: str
    seen_title: str
    current: bool


@dataclass(frozen=True, slots=True)
class ReplyView:
    """A canned reply. `can_change`: its own, or a shared one for who keeps them."""

    id: str
    version: int
    title: str
    text: str
    shared: bool
    can_change: bool


def tab_views(viewer: Viewer, path: str) -> tuple[TabView, ...]:
    """The tabs that this viewer may open."""
    manages = viewer.allows("settings")
    tabs = [("/settings/me", _l("Мои настройки"), True), ("/settings/board", _l("Доска"), manages)]
    tabs.append(("/settings/replies", _l("Быстрые ответы"), True))
    tabs.append(("/settings/users", _l("Пользователи"), manages))
    return tuple(TabView(href, name, href == path) for href, name, open_to in tabs if open_to)


def role_views() -> tuple[RoleView, ...]:
    return tuple(RoleView(role.value, ROLES[role], _ROLE_WORDS[role]) for role in Role)


def user_view(row: Json, open_leads: int, viewer: Viewer, local: Local) -> UserView:
    """A user's row with the number of his open leads."""
    seen = row["last_seen_at"]
    return UserView(
        id=row["id"],
        name=row["name"],
        initials=formats.initials(row["name"]),
        email=row["email"],
        role=row["role"],
        role_name=ROLES[Role(row["role"])],
        active=row["active"],
        invited=row["password_hash"] is None and row["active"],
        seen=formats.relative(seen, local) if seen else "",
        seen_title=formats.full_moment(seen, local) if seen else "",
        open_leads=open_leads,
        load=leads_words(open_leads),
        me=row["id"] == viewer.id,
    )


def leads_words(count: int) -> str:
    """«12 открытых лидов»."""
    return formats.plural(count, _("открытый лид|открытых лида|открытых лидов"))


def choice_views(workplace: Workplace, total: int, nobodys: int) -> tuple[ChoiceView, ...]:
    """Who sees what, with the open leads of today: all of them, and those that are nobody's."""
    assigned = total - nobodys
    words = {
        "all": _("Каждый менеджер видит все лиды: сейчас %(leads)s.", leads=leads_words(total)),
        "own_and_unassigned": _(
            "Менеджер видит свои лиды и ничьи. Чужие скрыты: сейчас у сотрудников %(leads)s.",
            leads=leads_words(assigned),
        ),
        "own": _(
            "Менеджер видит только свои. Ничьи разбирают руководители: сейчас %(leads)s.", leads=leads_words(nobodys)
        ),
    }
    return tuple(
        ChoiceView(
            code,
            name,
            words[code],
            code == workplace.visibility,
            _touched(workplace.visibility, code, assigned, nobodys),
        )
        for code, name in _VISIBILITY_NAMES.items()
    )


def _touched(now: Visibility, then: Visibility, assigned: int, nobodys: int) -> str:
    """What another choice would change: the leads that some manager begins or ceases to see."""
    hidden = {"all": (0, 0), "own_and_unassigned": (assigned, 0), "own": (assigned, nobodys)}
    count = sum(abs(a - b) for a, b in zip(hidden[now], hidden[then], strict=True))
    touched = formats.plural(count, _("открытого лида|открытых лидов|открытых лидов"))
    return _("видимость коснётся %(leads)s", leads=touched)


def limit_views(workplace: Workplace) -> tuple[tuple[LimitView, ...], tuple[LimitView, ...]]:
    """The limits of the five columns and of the nine stages."""
    columns = (LimitView(code.value, name, workplace.limits.get(code, "")) for code, name in STATUS_NAMES.items())
    stages = (LimitView(code.value, name, workplace.stage_limits.get(code, "")) for code, name in STAGE_NAMES.items())
    return tuple(columns), tuple(stages)


def telegram_view(viewer: Viewer, *, configured: bool, bot: str | None, user: Json) -> TelegramView:
    """Whether the chat of this user's row is linked, and what linking it needs."""
    known = "linked" if user["telegram_id"] else "free" if bot else "unnamed"
    minutes = int(staff_chat.LASTS.total_seconds() // 60)
    return TelegramView(known if configured else "none", bot, viewer.allows("admin"), minutes)


def session_views(rows: Iterable[Json], current: str | None, local: Local) -> tuple[SessionView, ...]:
    """One's own sessions, the present one first."""
    shown = [
        SessionView(
            id=row["id"],
            device=device(row["agent"]),
            icon="phone" if is_phone(row["agent"]) else "laptop",
            address=row["address"],
            seen=formats.relative(row["last_seen_at"], local),
            seen_title=formats.full_moment(row["last_seen_at"], local),
            current=row["id"] == current,
        )
        for row in rows
    ]
    return tuple(sorted(shown, key=lambda view: not view.current))


def reply_views(rows: Sequence[Json], viewer: Viewer) -> tuple[ReplyView, ...]:
    """Canned replies by title, as services.canned lists them."""
    writes, keeps = viewer.allows("conversations:write"), viewer.allows("settings")
    views = [
        ReplyView(
            row["id"],
            row["version"],
            row["title"],
            row["text"],
            shared=row["user_id"] is None,
            can_change=writes and (keeps or row["user_id"] is not None),
        )
        for row in rows
    ]
    return tuple(sorted(views, key=lambda view: view.title.casefold()))
