"""One lead, in the drawer and on its page: head, chat, trip, offers, timeline, reminders."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from crystalbay.services.viewers import Viewer
from crystalbay.web.i18n import _, _l
from crystalbay.web.views import formats
from crystalbay.web.views.activities import ActivityView, activity_views, handover_words
from crystalbay.web.views.cards import CardView, card_view, channel_of
from crystalbay.web.views.formats import NBSP, Local
from crystalbay.web.views.names import REASONS, SCORE_REASONS, STAGE_NAMES, Json
from crystalbay.web.views.talk import Entry, WindowView, entries
from crystalbay.web.views.trips import OfferView, TripRow, budget, offer_view, trip_rows, unknown_rows
from models import STATUS_OF, Role, Stage, stage_number

PRESENCE = {"here": _l("На месте"), "busy": _l("Занят"), "away": _l("Не работает")}
_SURNAME = re.compile(r"(?:[оеё]ва?|ина?|ая|[цс]кий|[цс]кая|ко|[юу]к)$")


@dataclass(frozen=True, slots=True)
class StageChoice:
    """A line of the stage menu. `status`: the column that the stage belongs to."""

    code: str
    status: str
    name: str
    number: int
    selected: bool


@dataclass(frozen=True, slots=True)
class PersonChoice:
    """A line of the assignee menu. `presence`: here | busy | away."""

    id: str
    name: str
    initials: str
    presence: str
    presence_word: str
    selected: bool
    me: bool


@dataclass(frozen=True, slots=True)
class TalkChoice:
    """One of the lead's conversations."""

    id: str
    channel: str
    icon: str
    unread: int
    selected: bool


@dataclass(frozen=True, slots=True)
class ReminderView:
    """One reminder of the lead. `when` is short, `title` exact."""

    id: str
    version: int
    text: str
    who: str
    when: str
    title: str
    iso: str
    overdue: bool
    done: bool


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """What the machine would say now."""

    id: str
    text: str
    offers: tuple[OfferView, ...]


@dataclass(frozen=True, slots=True)
class LeadView:
    """The drawer and the page of one lead. `now`: the moment that it shows (ISO). `edits`: what was sent in this chat
    can be changed and taken back; `blocked`: since when the customer lets nothing through, in words."""

    now: str
    card: CardView
    number: str
    subtitle: str
    customer_id: str
    phone: str | None
    phone_href: str | None
    email: str | None
    channel: str
    source: str | None
    mode: str | None
    conversation_id: str | None
    answerable: bool
    edits: bool
    blocked: str | None
    archived: bool
    talks: tuple[TalkChoice, ...]
    entries: tuple[Entry, ...]
    older: str | None
    window: WindowView | None
    text_limit: int
    blanks: Mapping[str, str]
    send_with: str
    suggestion: SuggestionView | None
    trip: Json
    trip_rows: tuple[TripRow, ...]
    trip_summary: tuple[TripRow, ...]
    trip_unknown: tuple[tuple[str, str], ...]
    confirmed: tuple[str, ...]
    offers: tuple[OfferView, ...]
    activities: tuple[ActivityView, ...]
    activities_next: str | None
    reminders: tuple[ReminderView, ...]
    score_reasons: tuple[str, ...]
    needs_human: str | None
    value: Json | None
    tags: tuple[str, ...]
    assignee_id: str | None
    stages: tuple[StageChoice, ...]
    people: tuple[PersonChoice, ...]


def lead_view(
    lead: Json,
    local: Local,
    *,
    viewer: Viewer | None = None,
    conversation: Json | None = None,
    conversations: Sequence[Json] = (),
    messages: Iterable[Json] = (),
    notes: Iterable[Json] = (),
    turns: Iterable[Json] = (),
    older: str | None = None,
    window: WindowView | None = None,
    text_limit: int = 4096,
    edits: bool = False,
    suggestion: Json | None = None,
    offers: Iterable[Json] = (),
    activities: Iterable[Json] = (),
    activities_next: str | None = None,
    merges: Collection[str] = (),
    reminders: Iterable[Json] = (),
    people: Iterable[Json] = (),
) -> LeadView:
    """One lead with what belongs to it: `messages` in any order, `activities` newest first; REST shapes all of them.

    `merges`: ids of the customer's merges that hold.
    """
    customer = lead.get("customer") or {}
    card = card_view(lead, local)
    acts = list(activities)
    confirmed = tuple(lead.get("confirmed") or ())
    staff = list(people)
    words, by, by_hand = _sources(lead, confirmed, acts, {person["name"] for person in staff})
    rows = trip_rows(lead["trip"], words, local, confirmed=confirmed, by=by, by_hand=by_hand)
    shown_offers = tuple(offer_view(offer, local) for offer in offers)
    where_when = [row.value for row in rows if row.key in ("where", "when")]
    return LeadView(
        now=local.now.isoformat(),
        card=card,
        number=f"№{NBSP}{lead['number']}",
        subtitle=", ".join(where_when) or card.trip_line,
        customer_id=customer.get("id") or "",
        phone=formats.phone(customer["phone"]) if customer.get("phone") else None,
        phone_href=f"tel:{customer['phone']}" if customer.get("phone") else None,
        email=customer.get("email"),
        channel=channel_of(conversation["channel"])[0]
        if conversation and conversation.get("channel")
        else card.channel,
        source=lead.get("source"),
        mode=conversation["mode"] if conversation else None,
        conversation_id=conversation["id"] if conversation else None,
        answerable=bool(conversation and conversation["answerable"]),
        edits=edits,
        blocked=_blocked(conversation, local) if conversation else None,
        archived=bool(lead.get("archived")),
        talks=tuple(_talk(talk, conversation) for talk in conversations),
        entries=entries(messages, notes, turns, local, viewer),
        older=older,
        window=window,
        text_limit=text_limit,
        blanks=_blanks(lead, rows, shown_offers, viewer),
        send_with=(viewer.preferences.get("send_with") if viewer else None) or "enter",
        suggestion=_suggestion(suggestion, local) if suggestion else None,
        trip=lead["trip"],
        trip_rows=rows,
        trip_summary=tuple(row for row in rows if row.key in ("where", "when", "who", "budget")),
        trip_unknown=unknown_rows(lead["trip"], local),
        confirmed=confirmed,
        offers=shown_offers,
        activities=activity_views(acts, local, merges),
        activities_next=activities_next,
        reminders=tuple(reminder_view(reminder, local) for reminder in reminders),
        score_reasons=tuple(_score_reason(line) for line in lead.get("score_reasons") or ()),
        needs_human=_handed_over(lead.get("needs_human"), acts, local) or _why_human(lead.get("needs_human")),
        value=lead.get("value"),
        tags=tuple(lead.get("tags") or ()),
        assignee_id=lead["assignee"]["id"] if lead.get("assignee") else None,
        stages=_stages(Stage(lead["stage"])),
        people=_people(staff, lead.get("assignee"), viewer),
    )


def reminder_view(reminder: Json, local: Local) -> ReminderView:
    """The view of a reminder as REST shows it: {id, version, user: {id, name}, text, due_at, done_at}."""
    due = local.at(reminder["due_at"])
    done = bool(reminder.get("done_at"))
    return ReminderView(
        id=reminder["id"],
        version=reminder["version"],
        text=reminder["text"] or _("Напомнить о лиде"),
        who=(reminder.get("user") or {}).get("name") or "",
        when=due_words(due, local),
        title=formats.full_moment(due, local),
        iso=due.isoformat(),
        overdue=not done and due < local.now,
        done=done,
    )


def due_words(due: datetime | str, local: Local) -> str:
    """When something is due: «сегодня, 15:00», «завтра, 10:00», «вчера, 18:20», «5 июня, 10:00»."""
    at = local.at(due)
    days = (at.date() - local.today).days
    words = {-1: _("вчера, %(time)s"), 0: _("сегодня, %(time)s"), 1: _("завтра, %(time)s")}
    return words[days] % {"time": formats.clock(at, local)} if days in words else formats.full_moment(at, local)


def first_name(name: str | None) -> str | None:
    """«Анна» of «Иванова Анна» and of «Анна Иванова»; None when there is no name."""
    words = (name or "").split()
    if len(words) > 1 and _SURNAME.search(words[0]) and not _SURNAME.search(words[1]):
        return words[1]
    return words[0] if words else None


def _talk(talk: Json, shown: Json | None) -> TalkChoice:
    name, icon = channel_of(talk["channel"])
    return TalkChoice(talk["id"], name, icon, talk["unread"], bool(shown and shown["id"] == talk["id"]))


def _blocked(talk: Json, local: Local) -> str | None:
    """«Клиент заблокировал бота 4 июня в 14:05: …»."""
    if not talk.get("blocked_at"):
        return None
    at = local.at(talk["blocked_at"])
    return _(
        "Клиент заблокировал бота %(day)s в %(time)s: сообщения не дойдут, пока он не разблокирует",
        day=formats.day(at.date(), local.today),
        time=formats.clock(at, local),
    )


def _stages(current: Stage) -> tuple[StageChoice, ...]:
    return tuple(
        StageChoice(stage.value, STATUS_OF[stage].value, str(STAGE_NAMES[stage]), stage_number(stage), stage is current)
        for stage in Stage
    )


def _people(people: Iterable[Json], assignee: Json | None, viewer: Viewer | None) -> tuple[PersonChoice, ...]:
    """Who may answer of all that have an account, the viewer first, then those who are there."""
    order = list(PRESENCE)
    chosen = assignee["id"] if assignee else None
    made = [
        PersonChoice(
            id=user["id"],
            name=user["name"],
            initials=formats.initials(user["name"]),
            presence=user["presence"] if user.get("presence") in PRESENCE else "here",
            presence_word=str(PRESENCE.get(user.get("presence") or "here", PRESENCE["here"])),
            selected=user["id"] == chosen,
            me=viewer is not None and user["id"] == viewer.id,
        )
        for user in people
        if user.get("active", True) and user.get("role") != Role.OBSERVER
    ]
    return tuple(sorted(made, key=lambda person: (not person.me, order.index(person.presence), person.name)))


def _suggestion(suggestion: Json, local: Local) -> SuggestionView:
    offers = tuple(offer_view(offer, local) for offer in suggestion.get("offers") or ())
    return SuggestionView(suggestion["id"], suggestion["text"], offers)


def _blanks(lead: Json, rows: Iterable[TripRow], offers: Sequence[OfferView], viewer: Viewer | None) -> dict[str, str]:
    """What fills the blanks of a canned reply; what is not known is left out, and a person fills it."""
    known = {row.key: row.value for row in rows}
    price = offers[0].price if offers else budget(lead["trip"])
    found = {
        _("имя"): first_name((lead.get("customer") or {}).get("name")),
        _("менеджер"): viewer.name if viewer else None,
        _("направление"): known.get("where"),
        _("даты"): known.get("when"),
        _("цена"): price,
    }
    return {name: value for name, value in found.items() if value}


def _score_reason(line: str) -> str:
    """«+15 назвал даты» in the reader's language."""
    points, _space, why = line.partition(" ")
    return f"{points} {SCORE_REASONS.get(why, why)}"


def _sources(
    lead: Json, confirmed: Sequence[str], activities: Sequence[Json], names: set[str]
) -> tuple[dict[str, str], dict[str, str], set[str]]:
    """The client's words for each slot, who confirmed it, and those that a person set himself. The evidence of a slot
    that a person corrected is that person's name; who only confirmed one is told by the activities, newest first."""
    evidence = dict(lead.get("evidence") or {})
    by: dict[str, str] = {}
    by_hand: set[str] = set()
    names = names | {str(act["actor_name"]) for act in activities if (act.get("data") or {}).get("corrected")}
    for act in activities:
        for slot in (act.get("data") or {}).get("confirmed_now") or ():
            if slot in confirmed and act.get("actor_name"):
                by.setdefault(slot, str(act["actor_name"]))
    for slot in confirmed:
        if slot in evidence and evidence[slot] in names | {by.get(slot)}:
            by[slot] = str(evidence.pop(slot))
            by_hand.add(slot)
    return evidence, by, by_hand


def _handed_over(reason: str | None, activities: Iterable[Json], local: Local) -> str | None:
    """That the machine handed over for this reason, to whom and until when; None when it was not the machine."""
    acts = (act["data"] for act in activities if act["kind"] == "handover")
    found = next((data for data in acts if reason and data.get("reason") == reason and data.get("by")), None)
    return handover_words(found, local.now, local) if found else None


def _why_human(reason: str | None) -> str | None:
    if not reason:
        return None
    return str(REASONS[reason]) if reason in REASONS else _("Нужен человек")
