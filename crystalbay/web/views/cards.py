"""Cards and columns of the board."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from crystalbay.web.i18n import _
from crystalbay.web.views import formats
from crystalbay.web.views.formats import NBSP, Local
from crystalbay.web.views.names import CHANNELS, SHORT_STAGES, STAGE_NAMES, STATUS_NAMES, Json
from crystalbay.web.views.trips import trip_line, trip_short
from models import STATUS_OF, Mode, Outcome, Stage, Status, Urgency, stage_number

_HOT, _WARM = 70, 40  # scores from which a lead is called «Горячий» and «Тёплый»
_WAIT_WARNING, _WAIT_DANGER = timedelta(minutes=5), timedelta(minutes=20)
_CHIPS_WIDTH = 200  # px inside the narrowest card


@dataclass(frozen=True, slots=True)
class Clock:
    """The one most urgent time of a card. `tone`: quiet | warning | danger; `icon` may be absent."""

    icon: str | None
    text: str
    tone: str
    title: str


@dataclass(frozen=True, slots=True)
class CardView:
    """One lead on the board."""

    id: str
    version: int
    number: int
    stage: str
    position: float
    name: str
    trip_line: str
    trip_short: str
    trip_known: bool
    money: str | None
    score_word: str | None
    score: int | None
    hot: bool
    urgent: bool
    channel: str
    channel_icon: str
    unread: int
    stage_chip: str | None
    stage_name: str
    stage_number: int
    outcome_chip: str | None
    won: bool
    tags: tuple[str, ...]
    more_tags: tuple[str, ...]
    clock: Clock
    assignee: str | None
    assignee_name: str
    by_machine: bool
    status: str


@dataclass(frozen=True, slots=True)
class ColumnView:
    """One column: true count and sum of all its leads, and the first cards."""

    status: str
    name: str
    count: int
    sum: str | None
    sum_title: str | None
    cards: tuple[CardView, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class BoardView:
    columns: tuple[ColumnView, ...]
    empty: bool


def card_view(lead: Json, local: Local) -> CardView:
    """The card of a lead as services.leads presents it."""
    stage = Stage(lead["stage"])
    status = STATUS_OF[stage]
    score = lead.get("score") or None  # 0: nothing was assessed yet
    channel, icon = channel_of(lead.get("channel"))
    urgent = lead.get("urgency") == Urgency.HIGH and status is not Status.CLOSED
    outcome = _outcome(lead) if status is Status.CLOSED else None
    chip = None if status in (Status.NEW, Status.CLOSED) else str(SHORT_STAGES.get(stage, STAGE_NAMES[stage]))
    tags = tuple(lead.get("tags") or ())
    fitting = _fitting(tags, taken=[text for text in (_("Срочно") if urgent else None, chip or outcome) if text])
    assignee = lead.get("assignee")
    trip = lead.get("trip") or {}
    line = trip_line(trip, local)
    open_lead = status is not Status.CLOSED
    return CardView(
        id=lead["id"],
        version=lead["version"],
        number=lead["number"],
        stage=stage.value,
        position=lead["position"],
        name=customer_name(lead),
        trip_line=line or _("Направление не названо"),
        trip_short=trip_short(trip) or _("Направление не названо"),
        trip_known=bool(line),
        money=_money(lead.get("value")),
        score_word=score_word(score) if open_lead else None,
        score=score,
        hot=score is not None and score >= _HOT,
        urgent=urgent,
        channel=channel,
        channel_icon=icon,
        unread=lead.get("unread") or 0,
        stage_chip=chip,
        stage_name=str(STAGE_NAMES[stage]),
        stage_number=stage_number(stage),
        outcome_chip=outcome,
        won=lead.get("outcome") == Outcome.WON,
        tags=tags[:fitting],
        more_tags=tags[fitting:],
        clock=_card_clock(lead, local, open_lead),
        assignee=formats.initials(assignee["name"]) if assignee else None,
        assignee_name=_assignee_name(lead),
        by_machine=assignee is None and lead.get("mode") == Mode.BOT,
        status=status.value,
    )


def board_view(board: Mapping[str, Json], local: Local) -> BoardView:
    """The board as services.leads.board answers it: status → `{"count", "sums": [Money …], "leads": [lead …]}`, and
    `next_cursor` when there is more. A column that is missing is shown empty."""
    columns = tuple(column_view(status, board.get(status.value, {}), local) for status in Status)
    return BoardView(columns=columns, empty=not any(column.count for column in columns))


def column_view(status: Status, column: Json, local: Local) -> ColumnView:
    """One column; also the answer to «Показать ещё». The head shows the largest currency, the tooltip all of them."""
    cards = tuple(card_view(lead, local) for lead in column.get("leads", ()))
    sums = [money for money in column.get("sums", ()) if Decimal(money["amount"]) > 0]
    return ColumnView(
        status=status.value,
        name=str(STATUS_NAMES[status]),
        count=column.get("count", len(cards)),
        sum=formats.short_money(sums[0]["amount"], sums[0]["currency"]) if sums else None,
        sum_title=" + ".join(formats.money(money["amount"], money["currency"]) for money in sums) or None,
        cards=cards,
        next_cursor=column.get("next_cursor"),
    )


def customer_name(lead: Json) -> str:
    """Who the lead is about: the customer's name, else the phone, else the lead's title."""
    customer = lead.get("customer") or {}
    if customer.get("name"):
        return str(customer["name"])
    if customer.get("phone"):
        return formats.phone(customer["phone"])
    return lead.get("title") or customer.get("email") or _("Без имени")


def score_word(score: int | None) -> str | None:
    """«Горячий», «Тёплый», «Холодный»; None while nothing is known."""
    if score is None:
        return None
    return _("Горячий") if score >= _HOT else _("Тёплый") if score >= _WARM else _("Холодный")


def channel_of(code: str | None) -> tuple[str, str]:
    name, icon = CHANNELS.get(code or "", (code or _("Другой канал"), "chat-dots"))
    return str(name), icon


def _money(value: Json | None) -> str | None:
    return formats.money(value["amount"], value["currency"]) if value else None


def _outcome(lead: Json) -> str:
    if lead.get("outcome") == Outcome.WON:
        return _("Поездка состоялась")
    reason = lead.get("lost_reason")
    return _("Отказ: %(reason)s", reason=reason[0].lower() + reason[1:]) if reason else _("Отказ")


def _assignee_name(lead: Json) -> str:
    if lead.get("assignee"):
        return str(lead["assignee"]["name"])
    return _("ИИ ведёт") if lead.get("mode") == Mode.BOT else _("Пока ничей")


def _fitting(tags: Sequence[str], taken: Sequence[str]) -> int:
    """How many tags stand beside `taken` in one line, room for «+3» included. Widths are estimates at 12 px type."""

    def width(text: str) -> int:
        return len(text) * 7 + 16 + 6

    left = _CHIPS_WIDTH - sum(width(text) + 12 for text in taken)
    for place, tag in enumerate(tags[:2]):
        left -= width(tag)
        if left < (34 if place + 1 < len(tags) else 0):
            return place
    return min(2, len(tags))


def _card_clock(lead: Json, local: Local, open_lead: bool) -> Clock:
    if open_lead and lead.get("waiting_since"):
        since = local.at(lead["waiting_since"])
        waited = local.now - since
        tone = "danger" if waited >= _WAIT_DANGER else "warning" if waited >= _WAIT_WARNING else "quiet"
        text = _("ждёт %(time)s", time=formats.duration(waited)).replace(" ", NBSP)
        return Clock("stopwatch", text, tone, _("Ждёт ответа с %(time)s", time=formats.full_moment(since, local)))
    if open_lead and lead.get("next_action_at"):
        due = local.at(lead["next_action_at"])
        days = (due.date() - local.today).days
        when = formats.clock(due, local) if days == 0 else _("завтра") if days == 1 else formats.moment(due, local)
        tone = "danger" if due < local.now else "quiet"
        return Clock("alarm", _("напомнить %(when)s", when=when), tone, formats.full_moment(due, local))
    last = lead.get("last_message_at") or lead["updated_at"]
    return Clock(None, formats.moment(last, local), "quiet", formats.full_moment(last, local))
