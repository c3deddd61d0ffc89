"""Cards and columns of the board."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal

from markupsafe import Markup

from crystalbay.web.i18n import _
from crystalbay.web.views import formats
from crystalbay.web.views.formats import NBSP, Local
from crystalbay.web.views.names import CHANNELS, SHORT_STAGES, STAGE_NAMES, STATUS_NAMES, Json
from crystalbay.web.views.trips import trip_line, trip_short
from models import STATUS_OF, Mode, Outcome, Stage, Status, Urgency, stage_number

By = Literal["status", "stage"]
"""What the columns of the board are: five statuses or nine stages."""

_HOT, _WARM = 70, 40  # scores from which a lead is called «Горячий» and «Тёплый»
_WAIT_WARNING, _WAIT_DANGER = timedelta(minutes=5), timedelta(minutes=20)
_JUST_NOW = timedelta(minutes=5)  # up to here «2 мин» says more than the time of day
_FLIGHT_NEAR = timedelta(days=30)
_NOTHING = Markup()
_CHIPS_WIDTH = 200  # px inside the narrowest card


@dataclass(frozen=True, slots=True)
class Clock:
    """The one most urgent time of a card. `tone`: quiet | warning | danger; `icon` may be absent.

    `kind` (wait | due | fly | back | last) and `at` (ISO 8601) let the browser say it anew each minute.
    """

    kind: str
    at: str
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
    """One column: true count and sum of all its leads, and the first cards. `title`: its whole name, when that is long.

    `status`: its code, a status or a stage. `counted`: the count as it is written, «1 000+» when it stopped there.
    `note` stands in place of the sum: «30 дней». `drawn`: its cards as they were drawn already, instead of `cards`.
    """

    status: str
    name: str
    title: str | None
    count: int
    counted: str
    limit: int | None
    sum: str | None
    sum_title: str | None
    note: str | None
    cards: tuple[CardView, ...]
    next_cursor: str | None
    drawn: Markup = _NOTHING

    @property
    def over(self) -> bool:
        """More leads than the column should hold."""
        return self.limit is not None and self.count > self.limit


@dataclass(frozen=True, slots=True)
class BoardView:
    by: By
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
        clock=_card_clock(lead, local, status),
        assignee=formats.initials(assignee["name"]) if assignee else None,
        assignee_name=_assignee_name(lead),
        by_machine=lead.get("mode") == Mode.BOT,
        status=status.value,
    )


def board_view(
    board: Mapping[str, Json], local: Local, by: By = "status", *, closed_days: int | None = None
) -> BoardView:
    """The board as services.board.present answers it: column → `{"count", "capped", "sums": [Money …], "limit",
    "leads": [lead …], "next_cursor"}`, or `drawn` cards instead of leads. A column that is missing is shown empty.
    `closed_days`: how far back the last one goes.
    """
    codes: Sequence[Status | Stage] = list(Status) if by == "status" else list(Stage)
    columns = tuple(column_view(code, board.get(code.value, {}), local, closed_days) for code in codes)
    return BoardView(by=by, columns=columns, empty=not any(column.count for column in columns))


def column_view(code: Status | Stage, column: Json, local: Local, closed_days: int | None = None) -> ColumnView:
    """One column; also the answer to «Показать ещё». The head shows the largest currency, the tooltip all of them."""
    cards = tuple(card_view(lead, local) for lead in column.get("leads", ()))
    sums = [money for money in column.get("sums", ()) if Decimal(money["amount"]) > 0]
    count = column.get("count", len(cards))
    closed = code in (Status.CLOSED, Stage.COMPLETED)
    return ColumnView(
        status=code.value,
        name=str(STATUS_NAMES[code] if isinstance(code, Status) else SHORT_STAGES.get(code, STAGE_NAMES[code])),
        title=str(STAGE_NAMES[code]) if isinstance(code, Stage) and code in SHORT_STAGES else None,
        count=count,
        counted=formats.number(count) + ("+" if column.get("capped") else ""),
        limit=column.get("limit"),
        sum=formats.short_money(sums[0]["amount"], sums[0]["currency"]) if sums else None,
        sum_title=" + ".join(formats.money(money["amount"], money["currency"]) for money in sums) or None,
        note=formats.plural(closed_days, _("день|дня|дней")) if closed and closed_days and count else None,
        cards=cards,
        next_cursor=column.get("next_cursor"),
        drawn=column.get("drawn", _NOTHING),
    )


def customer_name(lead: Json) -> str:
    """Who the lead is about: the customer's name, else the phone, else where the trip goes."""
    customer = lead.get("customer") or {}
    if customer.get("name"):
        return str(customer["name"])
    if customer.get("phone"):
        return formats.phone(customer["phone"])
    return trip_short(lead.get("trip") or {}) or customer.get("email") or _("Без имени")


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
    """How many tags stand beside `taken` in one line of the narrowest column, room for «+3» included; the first one
    that nothing stands beside is cut rather than left out. Widths are estimates; static/js/chips.js measures.
    """

    def width(text: str) -> int:
        return len(text) * 7 + 16 + 6

    left = _CHIPS_WIDTH - sum(width(text) + 12 for text in taken)
    for place, tag in enumerate(tags[:2]):
        left -= width(tag)
        if left < (34 if place + 1 < len(tags) else 0):
            return place or int(not taken)
    return min(2, len(tags))


def _card_clock(lead: Json, local: Local, status: Status) -> Clock:
    """The most urgent of: a client who waits, what is to be done next, the flight, the return, the last message."""
    if status is not Status.CLOSED and lead.get("waiting_since"):
        return _waiting(lead["waiting_since"], local)
    if status is not Status.CLOSED and lead.get("next_action_at"):
        return _due(lead["next_action_at"], local)
    first, last = travel_days(lead.get("trip") or {})
    if status is Status.CONFIRMED and first and local.today <= first <= local.today + _FLIGHT_NEAR:
        return Clock(
            "fly", first.isoformat(), "airplane", _flight(first, local), "quiet", formats.day(first, local.today)
        )
    if lead.get("outcome") == Outcome.WON and last and last <= local.today:
        day = formats.day(last, local.today)
        return Clock("back", last.isoformat(), None, _("вернулись %(day)s", day=day), "quiet", day)
    return _last_word(lead.get("last_message_at") or lead["updated_at"], local)


def _waiting(moment: datetime | str, local: Local) -> Clock:
    since = local.at(moment)
    waited = local.now - since
    tone = "danger" if waited >= _WAIT_DANGER else "warning" if waited >= _WAIT_WARNING else "quiet"
    text = _("ждёт %(time)s", time=formats.duration(waited)).replace(" ", NBSP)
    title = _("Ждёт ответа с %(time)s", time=formats.full_moment(since, local))
    return Clock("wait", since.isoformat(timespec="seconds"), "stopwatch", text, tone, title)


def _due(moment: datetime | str, local: Local) -> Clock:
    due = local.at(moment)
    late = due < local.now
    days = (due.date() - local.today).days
    when = formats.clock(due, local) if days == 0 else formats.day(due.date(), local.today)
    if late:
        text = _("просрочено с %(when)s", when=when)
    else:
        text = _("напомнить %(when)s", when=_("завтра") if days == 1 else when)
    at = due.isoformat(timespec="seconds")
    return Clock(
        "due", at, "alarm", text.replace(" ", NBSP), "danger" if late else "quiet", formats.full_moment(due, local)
    )


def _flight(day: date, local: Local) -> str:
    days = (day - local.today).days
    if days <= 1:
        return _("вылет завтра") if days else _("вылет сегодня")
    return _("вылет через %(n)s дн.", n=days).replace(" ", NBSP)


def _last_word(moment: datetime | str, local: Local) -> Clock:
    then = local.at(moment)
    age = local.now - then
    text = formats.duration(age) if timedelta() <= age < _JUST_NOW else formats.moment(then, local)
    return Clock("last", then.isoformat(timespec="seconds"), None, text, "quiet", formats.full_moment(then, local))


def travel_days(trip: Json) -> tuple[date | None, date | None]:
    """The days of flight and return, when they are certain: the dates of the trip and its nights say the same."""
    first, last, nights = trip.get("date_from"), trip.get("date_to"), trip.get("nights_min")
    if not (first and last and nights and nights == trip.get("nights_max")):
        return None, None
    start, end = date.fromisoformat(str(first)), date.fromisoformat(str(last))
    return (start, end) if (end - start).days == nights else (None, None)
