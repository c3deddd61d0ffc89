"""What people read of one lead: who confirmed what, notes beside messages, due times, offers that were checked."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any

import pytest
from flask import Flask

from crystalbay.services.viewers import Viewer
from crystalbay.web import i18n
from crystalbay.web.views import lead_view, offer_view
from crystalbay.web.views.activities import activity_view
from crystalbay.web.views.client import client_view
from crystalbay.web.views.lead import due_words, first_name
from crystalbay.web.views.messages import message_view
from crystalbay.web.views.talk import entries, note_view, window_view
from models import Role
from tests.unit.test_views import LOCAL, NOW, OFFER, activity, ago, lead, message, plain

ALINA = Viewer("u-1", "Алина К.", Role.MANAGER)
ADMIN = Viewer("u-9", "Администратор", Role.ADMINISTRATOR)
OLGA = Viewer("u-3", "Ольга С.", Role.OBSERVER)


def note(**given: Any) -> dict[str, Any]:
    return {
        "id": "n-1",
        "version": 1,
        "text": "Просит первую линию",
        "author": {"id": "u-1", "name": "Алина К."},
        "created_at": ago(minutes=3),
        "edited_at": None,
    } | given


# --------------------------------------------------------------------------- the chat


def test_notes_and_turns_stand_between_the_messages_by_their_time() -> None:
    turn = activity("conversation.mode", "manager", "Алина К.", mode="human") | {"created_at": ago(minutes=5)}
    said = [message(id="m-2", created_at=ago(minutes=1)), message(id="m-1", created_at=ago(minutes=9))]
    shown = entries(said, [note()], [turn], LOCAL, ALINA)
    assert [entry.kind for entry in shown] == ["customer", "turn", "note", "customer"]
    assert getattr(shown[1], "text", None) == "Переписку ведёт Алина К. · ИИ больше не отвечает"


def test_the_head_says_that_the_machine_handed_over_to_whom_and_until_when() -> None:
    told = {"reason": "asked", "by": (NOW + timedelta(minutes=15)).isoformat(), "assignee": "Алина К."}
    acts = [activity("handover", "bot", **told)]
    until = (NOW + timedelta(minutes=15)).astimezone(LOCAL.zone).strftime("%H:%M")
    said = lead_view(lead(needs_human="asked"), LOCAL, activities=acts).needs_human
    assert said == f"Передано человеку: клиент просит человека, Алина К. ответит до {until}"
    assert lead_view(lead(needs_human="not_sent"), LOCAL, activities=acts).needs_human == "Сообщение не доставлено"


def test_a_price_that_did_not_change_is_said_so() -> None:
    same = {"amount": "80845.00", "currency": "RUB"}
    told = activity_view(activity("offer.checked", "manager", "Алина К.", hotel="Sunrise", was=same, now=same), LOCAL)
    assert plain(told.details or "") == "Sunrise: цена та же, 80 845 ₽"


def test_only_a_merge_that_holds_can_be_taken_apart_from_its_line() -> None:
    merged = activity("customer.merged", "manager", "Алина К.", merge_id="g-1")
    assert activity_view(merged, LOCAL, {"g-1"}).merge_id == "g-1"
    assert activity_view(merged, LOCAL, {"g-2"}).merge_id is None


def test_nobody_takes_over_from_himself() -> None:
    modes = [("Павел М.", 2), ("Алина К.", 4), ("Алина К.", 6)]  # newest first, minutes ago
    acts = [
        activity("conversation.mode", "manager", name, mode="human") | {"id": f"a-{n}", "created_at": ago(minutes=n)}
        for name, n in modes
    ]
    shown = [getattr(entry, "text", "") for entry in entries([], [], acts, LOCAL, ALINA)]
    assert [text.split(" · ")[0] for text in shown] == ["Переписку ведёт Алина К.", "Переписку ведёт Павел М."]
    assert len(lead_view(lead(), LOCAL, activities=acts).activities) == 2


def test_a_message_that_went_once_more_says_so_and_is_not_offered_again() -> None:
    failed = message(direction="out", author="manager", state="failed", error="На счёте закончились деньги")
    shown = message_view(failed, LOCAL)
    assert (shown.problem, shown.can_retry) == ("Не доставлено: на счёте закончились деньги", True)
    again = message_view(failed | {"note": "sent again"}, LOCAL)
    assert (again.again, again.can_retry, again.problem, again.note) == (True, False, None, None)


@pytest.mark.parametrize(("viewer", "mine"), [(ALINA, True), (ADMIN, True), (OLGA, False), (None, False)])
def test_a_note_is_changed_by_its_author_and_administrators(viewer: Viewer | None, mine: bool) -> None:
    assert note_view(note(), LOCAL, viewer).mine is mine


def test_an_observer_changes_not_even_an_old_note_of_his_own() -> None:
    assert note_view(note(author={"id": OLGA.id, "name": OLGA.name}), LOCAL, OLGA).mine is False


@pytest.mark.parametrize(
    ("heard", "is_open", "words"),
    [
        (NOW - timedelta(minutes=6), True, "можно ещё 23 ч 54 мин"),
        (NOW - timedelta(hours=23, minutes=59), True, "можно ещё 1 мин"),
        (NOW - timedelta(hours=24), False, "WhatsApp не примет"),
    ],
)
def test_the_window_of_whatsapp_business(heard: Any, is_open: bool, words: str) -> None:
    window = window_view(heard.astimezone(UTC), LOCAL)
    assert window is not None
    assert window.open is is_open
    assert plain(window.text).startswith(words)


def test_nobody_knows_the_window_of_a_client_who_never_wrote() -> None:
    assert window_view(None, LOCAL) is None


# --------------------------------------------------------------------------- the trip


def test_a_confirmed_slot_says_by_whom_and_keeps_the_clients_words() -> None:
    acts = [activity("lead.changed", "manager", "Алина К.", confirmed_now=["destination_country"])]
    given = lead(
        trip={"destination_country": "Египет", "adults": 2},
        evidence={"destination_country": "хотим в Египет", "adults": "вдвоём"},
        confirmed=["destination_country"],
    )
    rows = {row.key: row for row in lead_view(given, LOCAL, activities=acts).trip_rows}
    assert (rows["where"].confirmed, rows["where"].by, rows["where"].by_machine) == (True, "Алина К.", False)
    assert rows["where"].quote == "«хотим в Египет»"
    assert (rows["who"].confirmed, rows["who"].by_machine) == (False, True)


def test_a_corrected_slot_quotes_nobody() -> None:
    given = lead(trip={"adults": 3}, evidence={"adults": "Павел М."}, confirmed=["adults"])
    row = lead_view(given, LOCAL, people=[{"id": "u-2", "name": "Павел М."}]).trip_rows[0]
    assert (row.quote, row.by, row.confirmed) == (None, "Павел М.", True)


def test_words_for_a_place_that_was_given_up_are_not_quoted() -> None:
    evidence = {"destination_resort": "Хургада", "destination_country": "в Турцию"}
    row = lead_view(lead(trip={"destination_country": "Турция"}, evidence=evidence), LOCAL).trip_rows[0]
    assert (row.value, row.quote) == ("Турция", "«в Турцию»")


def test_a_corrected_budget_names_who_set_it_and_quotes_nobody() -> None:
    trip = {"budget_max": 340_000, "budget_currency": "RUB", "budget_per": "total"}
    evidence = dict.fromkeys(trip, "бюджет тысяч 350") | {"budget_max": "Павел М."}
    acts = [activity("lead.changed", "manager", "Павел М.", corrected=["budget_max"])]
    row = lead_view(lead(trip=trip, evidence=evidence, confirmed=list(trip)), LOCAL, activities=acts).trip_rows[0]
    assert (row.quote, row.by, row.by_hand, row.confirmed) == (None, "Павел М.", True, True)


def test_the_customers_newer_words_are_quoted_again() -> None:
    trip = {"budget_max": 400_000, "budget_currency": "RUB"}
    evidence = {"budget_max": "до 400 тысяч", "budget_currency": "бюджет тысяч 350"}
    row = lead_view(lead(trip=trip, evidence=evidence, confirmed=["budget_currency"]), LOCAL).trip_rows[0]
    assert (row.quote, row.by_machine) == ("«до 400 тысяч»", True)


def test_who_left_the_office_is_still_named_and_gets_no_leads() -> None:
    given = lead(trip={"adults": 3}, evidence={"adults": "Павел М."}, confirmed=["adults"])
    view = lead_view(given, LOCAL, people=[{"id": "u-2", "name": "Павел М.", "active": False}])
    assert (view.trip_rows[0].by, view.people) == ("Павел М.", ())


def test_a_row_is_confirmed_when_all_that_is_known_of_it_is() -> None:
    given = lead(trip={"adults": 2, "children": [5]}, evidence={"adults": "вдвоём"}, confirmed=["adults"])
    assert lead_view(given, LOCAL).trip_rows[0].confirmed is False


def test_what_is_not_known_can_be_added() -> None:
    view = lead_view(lead(trip={"adults": 2}), LOCAL)
    assert "who" not in dict(view.trip_unknown)
    assert {"where", "when", "meal"} <= set(dict(view.trip_unknown))


# --------------------------------------------------------------------------- the head, ready answers, reminders


@pytest.mark.parametrize(
    ("name", "first"),
    [
        *(("Иванова Анна", "Анна"), ("Анна Иванова", "Анна"), ("Громов Павел", "Павел"), ("Павел", "Павел")),
        *(("Костенко Ольга", "Ольга"), ("Достоевский Фёдор", "Фёдор"), ("", None), (None, None)),
    ],
)
def test_how_a_client_is_spoken_to(name: str | None, first: str | None) -> None:
    assert first_name(name) == first


def test_the_blanks_of_a_ready_answer_hold_only_what_is_known() -> None:
    trip = {"destination_country": "Египет", "date_from": "2026-06-28", "date_to": "2026-07-05"}
    blanks = lead_view(lead(trip=trip), LOCAL, viewer=ALINA, offers=[OFFER]).blanks
    assert {name: plain(value) for name, value in blanks.items()} == {
        "имя": "Анна",
        "менеджер": "Алина К.",
        "направление": "Египет",
        "даты": "28 июня – 5 июля",
        "цена": "318 000 ₽",
    }
    assert set(lead_view(lead(), LOCAL).blanks) == {"имя"}


def test_the_viewer_is_first_among_those_who_may_be_given_the_lead_then_those_who_are_there() -> None:
    people = [
        {"id": "u-4", "name": "Борис", "presence": "away"},
        {"id": "u-2", "name": "Павел", "presence": "here"},
        {"id": "u-1", "name": "Алина К.", "presence": "busy"},
    ]
    view = lead_view(lead(assignee={"id": "u-2", "name": "Павел"}), LOCAL, viewer=ALINA, people=people)
    assert [(person.name, person.me, person.selected) for person in view.people] == [
        ("Алина К.", True, False),
        ("Павел", False, True),
        ("Борис", False, False),
    ]
    assert [stage.selected for stage in view.stages] == [True] + [False] * 8


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(hours=1), "сегодня, 15:07"),
        (timedelta(days=1), "завтра, 14:07"),
        (timedelta(days=-1), "вчера, 14:07"),
        (timedelta(days=4), "8 июня, 14:07"),
    ],
)
def test_when_a_reminder_is_due(span: timedelta, words: str) -> None:
    assert plain(due_words(NOW + span, LOCAL)) == words


# --------------------------------------------------------------------------- offers


def checked(amount: str | None, **given: Any) -> dict[str, Any]:
    price = {"amount": amount, "currency": "RUB"} if amount else None
    found = {"id": "c", "price": price, "available": amount is not None, "fetched_at": ago(seconds=10)}
    return OFFER | {"fetched_at": ago(hours=1), "check": found | given}


@pytest.mark.parametrize(
    ("amount", "price", "was", "difference", "dearer"),
    [
        ("329800.00", "329 800 ₽", "318 000 ₽", "11 800 ₽", True),
        ("300000.00", "300 000 ₽", "318 000 ₽", "18 000 ₽", False),
        ("318000.00", "318 000 ₽", None, None, False),
    ],
)
def test_a_checked_price_says_what_it_was(
    amount: str, price: str, was: str | None, difference: str | None, dearer: bool
) -> None:
    view = offer_view(checked(amount), LOCAL)
    assert (plain(view.price), view.stale, view.available, view.dearer) == (price, False, True, dearer)
    assert (plain(view.was) or None, plain(view.difference) or None) == (was, difference)


def test_a_tour_that_is_sold_out_is_said_to_be() -> None:
    view = offer_view(checked(None), LOCAL)
    assert (view.available, plain(view.price), view.was) == (False, "318 000 ₽", None)


# --------------------------------------------------------------------------- the timeline, the client


@pytest.mark.parametrize(
    ("given", "details"),
    [
        (
            activity(
                "lead.changed",
                "manager",
                "Павел М.",
                fields=["trip"],
                corrected=["budget_max"],
                after={"trip": {"adults": 2, "budget_max": 340000}, "confirmed": ["budget_max"]},
            ),
            "Бюджет: до 340 000 ₽",
        ),
        (
            activity("lead.changed", "manager", corrected=["meal"], after={"trip": {"adults": 2}}, fields=["trip"]),
            "Питание: не известно",
        ),
        (activity("lead.changed", "manager", after={"tags": []}, fields=["tags"]), "теги: нет"),
        (
            activity("lead.changed", after={"value_minor": 12500000, "value_currency": "RUB"}, fields=["value_minor"]),
            "сумма: 125 000 ₽",
        ),
        (activity("lead.changed", "bot", fields=["score", "unread"]), "оценка"),
        (activity("lead.changed", "bot", fields=[]), None),
        (
            activity(
                "understood", "bot", intent="tour_search", confidence={"intent": 0.9}, evidence={"adults": "вдвоём"}
            ),
            "слова клиента: «вдвоём» · уверен",
        ),
        (activity("understood", "bot", intent="tour_search", confidence={"intent": 0.5}), "не уверен"),
        (
            activity(
                "offer.checked",
                "manager",
                hotel="SUNRISE",
                was={"amount": "125000.00", "currency": "RUB"},
                now={"amount": "131500.00", "currency": "RUB"},
            ),
            "Sunrise: было 125 000 ₽, стало 131 500 ₽",
        ),
        (
            activity("offer.checked", hotel="SUNRISE", was={"amount": "1.00", "currency": "RUB"}, now=None),
            "Sunrise: мест больше нет",
        ),
    ],
)
def test_the_timeline_says_what_changed(given: dict[str, Any], details: str | None) -> None:
    found = activity_view(given, LOCAL).details
    assert (plain(found) if found else None) == details


def customer(**given: Any) -> dict[str, Any]:
    return {
        "id": "c-1",
        "version": 2,
        "name": "Иванова Анна",
        "phone": "+79162041855",
        "email": None,
        "language": "ru",
        "created_at": ago(days=3),
        "erased_at": None,
        "identities": [
            {"id": "i-1", "kind": "whatsapp", "value": "79162041855"},
            {"id": "i-2", "kind": "telegram", "value": "511"},
        ],
        "leads": [
            {
                "id": "l-1",
                "number": 7,
                "title": "",
                "trip": {},
                "stage": "consultation",
                "archived": True,
                "created_at": ago(days=2),
            }
        ],
        "merges": [
            {"id": "g-1", "merged": {"id": "c-2", "name": None}, "by": "Павел М.", "at": ago(days=1), "undone_at": None}
        ],
    } | given


def test_a_client_with_his_identities_leads_and_merges() -> None:
    view = client_view(customer(), LOCAL, ALINA, "l-1")
    assert [(item.name, plain(item.value)) for item in view.identities] == [
        ("WhatsApp", "+7 916 204-18-55"),
        ("Telegram", "511"),
    ]
    assert (plain(view.leads[0].number), view.leads[0].current, view.leads[0].archived) == ("№ 7", True, True)
    assert (view.merges[0].name, view.merges[0].by, view.merges[0].undone) == ("Без имени", "Павел М.", None)
    assert (view.language, view.may_erase, view.erased) == ("Русский", False, False)
    assert client_view(customer(), LOCAL, ADMIN).may_erase is True


def test_his_other_leads_are_called_by_their_trips_in_the_reader_s_language() -> None:
    lead = customer()["leads"][0] | {
        "title": "Турция, 2, 10–20 июня",
        "trip": {"destination_country": "Турция", "adults": 2, "nights_min": 7, "nights_max": 7},
    }
    with Flask(__name__).app_context(), i18n.speaking("en"):
        assert plain(client_view(customer(leads=[lead]), LOCAL, ALINA, None).leads[0].title) == "Turkey, 2, 7 nights"
    assert plain(client_view(customer(leads=[lead]), LOCAL, ALINA, None).leads[0].title) == "Турция, 2, 7 ночей"
