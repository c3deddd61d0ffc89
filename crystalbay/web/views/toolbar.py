"""The toolbar of the board: what of its state lives in the address, and the words for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from crystalbay.services.filters import ORDERS, LeadFilters, Sort
from crystalbay.web.i18n import _, _l
from crystalbay.web.views import formats
from crystalbay.web.views.cards import By
from crystalbay.web.views.formats import Local
from crystalbay.web.views.names import CHANNELS, STAGE_NAMES
from models import Stage

SORTS: dict[Sort, object] = {
    "manual": _l("Вручную"),
    "waiting": _l("Ждут дольше"),
    "created": _l("Сначала новые"),
    "updated": _l("Недавно изменённые"),
    "value": _l("Сначала дорогие"),
    "score": _l("Сначала горячие"),
    "next_action": _l("Ближайшие напоминания"),
}
FILTERS = (
    "q", "assignee_id", "channel", "stage", "tag", "created_from", "created_to", "trip_from", "trip_to",
    "value_from", "value_to", "hot", "unanswered", "overdue", "archived",
)  # fmt: skip
_FLAGS = {
    "hot": _l("Горячие"),
    "unanswered": _l("Без ответа"),
    "overdue": _l("Просрочено"),
    "archived": _l("Архив"),
}


@dataclass(frozen=True, slots=True)
class Address:
    """The board's state in its address: columns, order, and filters by their REST names, as text and as they are
    meant. What does not fit is in neither."""

    by: By
    sort: Sort
    filters: Mapping[str, str] = field(hash=False)
    meant: LeadFilters = field(hash=False)

    @classmethod
    def read(cls, given: Callable[[str], Iterable[str]]) -> Address:
        """From the query; `given(name)` are the values of a name."""

        def value(name: str) -> str:
            return ",".join(part.strip() for part in given(name) if part.strip())

        meant = LeadFilters.of_address({name: value(name) for name in (*FILTERS, "closed_days")})
        texts = {name: _text(getattr(meant, name)) for name in FILTERS}
        sort = value("sort")
        return cls(
            by="stage" if value("by") == "stage" else "status",
            sort=sort if sort in ORDERS else "manual",
            filters={name: text for name, text in texts.items() if text},
            meant=meant,
        )

    def query(self, **changes: str | None) -> str:
        """The query string, with some names changed or (None, an empty text) left out."""
        days = self.meant.closed_days
        whole: dict[str, str | None] = {**self.filters, "sort": self.sort, "by": self.by}
        whole["closed_days"] = str(days) if days else None
        whole |= changes
        usual = {"sort": "manual", "by": "status"}
        return urlencode({name: value for name, value in whole.items() if value and usual.get(name) != value})

    def href(self, **changes: str | None) -> str:
        """The address of the page with this state."""
        query = self.query(**changes)
        return f"/?{query}" if query else "/"

    def without_filters(self) -> str:
        return self.href(**dict.fromkeys(FILTERS))


def _text(value: object) -> str:
    """The value of a filter as an address has it; a comma of a tag's own is escaped."""
    if isinstance(value, list):
        return ",".join(str(part).replace(",", "\\,") for part in value)
    if isinstance(value, bool):
        return "true" if value else ""
    return "" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    checked: bool


@dataclass(frozen=True, slots=True)
class Pill:
    """One filter. `label` says what is chosen when it is `active`; `clear` is the address without it."""

    name: str
    label: str
    active: bool
    clear: str
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolbarView:
    """`pills` have a menu of their own, `extras` are the active ones among the rest («Ещё»)."""

    address: Address
    pills: tuple[Pill, ...]
    extras: tuple[Pill, ...]
    sorts: tuple[Option, ...]
    sort_name: str
    search: str
    active: tuple[str, ...]

    @property
    def filtered(self) -> bool:
        return bool(self.active)

    def value(self, name: str) -> str:
        """What stands in the field of a filter."""
        return self.address.filters.get(name, "")


def toolbar_view(address: Address, staff: Sequence[Mapping[str, str]], local: Local, *, mine: bool) -> ToolbarView:
    """`staff`: the people that leads can be given to, `{"id", "name"}`. `mine`: the viewer may have leads."""
    people = [("me", _("Мои"))] if mine else []
    people += [("none", _("Ничьи")), *((person["id"], person["name"]) for person in staff)]
    channels: dict[str, list[str]] = {}
    for code, (name, _icon) in CHANNELS.items():
        channels.setdefault(str(name), []).append(code)
    pills = (
        _choice(address, "assignee_id", _("Ответственный"), people),
        _choice(address, "channel", _("Канал"), [(",".join(codes), name) for name, codes in channels.items()]),
        _choice(address, "stage", _("Этап"), [(stage.value, str(STAGE_NAMES[stage])) for stage in Stage]),
    )
    extras = tuple(_extras(address, local))
    search = address.filters.get("q", "")
    names = [_("Поиск: «%(words)s»", words=search)] if search else []
    return ToolbarView(
        address=address,
        pills=pills,
        extras=extras,
        sorts=tuple(Option(code, str(name), code == address.sort) for code, name in SORTS.items()),
        sort_name=str(SORTS[address.sort]),
        search=search,
        active=(*names, *(pill.label for pill in (*extras, *pills) if pill.active)),
    )


def _choice(address: Address, name: str, label: str, known: Sequence[tuple[str, str]]) -> Pill:
    chosen = [value for value in address.filters.get(name, "").split(",") if value]
    options = tuple(Option(value, text, set(value.split(",")) <= set(chosen)) for value, text in known)
    words = [option.label for option in options if option.checked]
    words += [_("неизвестно")] * (len(chosen) > len(words) and not words)
    if not chosen:
        return Pill(name, label, False, "", options)
    more = f" +{len(words) - 1}" if len(words) > 1 else ""
    written = f"{words[0]}{more}" if name == "assignee_id" else f"{label}: {words[0]}{more}"
    return Pill(name, written, True, address.href(**{name: None}), options)


def _extras(address: Address, local: Local) -> Iterable[Pill]:
    meant = address.meant
    if meant.tag:
        yield Pill("tag", _("Теги: %(tags)s", tags=", ".join(meant.tag)), True, address.href(tag=None))
    if meant.created_from or meant.created_to:
        when = formats.date_range(meant.created_from, meant.created_to, local.today)
        yield _span(address, "created", _("Создан: %(when)s", when=when))
    if meant.trip_from or meant.trip_to:
        year = _whole_year(meant.trip_from, meant.trip_to)
        when = formats.date_range(meant.trip_from, meant.trip_to, local.today)
        label = _("Поездка в %(year)s", year=year) if year else _("Поездка: %(when)s", when=when)
        yield _span(address, "trip", label)
    if meant.value_from is not None or meant.value_to is not None:
        yield _span(address, "value", _("Сумма: %(sum)s", sum=_sums(meant.value_from, meant.value_to)))
    for name, text in _FLAGS.items():
        if name in address.filters:
            yield Pill(name, str(text), True, address.href(**{name: None}))


def _span(address: Address, name: str, label: str) -> Pill:
    return Pill(name, label, True, address.href(**{f"{name}_from": None, f"{name}_to": None}))


def _whole_year(first: date | None, last: date | None) -> int | None:
    if first is None or last is None or first.year != last.year:
        return None
    return first.year if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) else None


def _sums(least: Decimal | None, most: Decimal | None) -> str:
    """Sums of a filter are in the currency of each lead, so none is named."""
    if least is not None and most is not None:
        return f"{formats.number(least)} – {formats.number(most)}"
    if least is not None:
        return _("от %(sum)s", sum=formats.number(least))
    return _("до %(sum)s", sum=formats.number(most or Decimal()))
