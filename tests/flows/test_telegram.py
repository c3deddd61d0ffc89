"""A trip is found in Telegram, by taps and by free text, with the bridge and with the webhook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests

from crystalbay.sandbox.server import Fault
from crystalbay.services import conversations
from crystalbay.store.interface import Row
from tests.world import STORY, Telegrammer, World, eventually, labels, running


@pytest.fixture(scope="module", params=["polling", "webhook"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    with running(folder, telegram=True, public=True, telegram_mode=request.param) as system:
        yield system


def in_messages(person: Telegrammer) -> list[Row]:
    return person.world.rows("messages", conversation_id=person.conversation["id"], direction="in")


def shown(person: Telegrammer, message_id: int) -> dict[str, Any]:
    return next(message for message in person.chat if message["messageId"] == message_id)


def step(person: Telegrammer, button: str, words: str) -> dict[str, Any]:
    """Tap a button of the newest question and wait for what comes then."""
    asked = person.sees(button)
    person.taps(button, asked["messageId"])
    return person.hears(words, after=asked["messageId"])


def turn(person: Telegrammer, row: int, place: int, message_id: int) -> list[list[dict[str, Any]]]:
    """Press a button that only turns the keyboard, by its place, and wait until it has turned."""
    before = shown(person, message_id)["buttons"]
    person.taps(before[row][place]["data"], message_id)
    return eventually(
        lambda: now if (now := shown(person, message_id)["buttons"]) != before else None, words="nothing turned"
    )


def begun(world: World, **more: str) -> Telegrammer:
    person = world.in_telegram(**more)
    person.says("/start")
    person.sees("Турция" if more.get("language", "ru") == "ru" else "Turkey")
    return person


def with_offers(world: World) -> Telegrammer:
    person = world.in_telegram()
    person.says(STORY)
    person.sees("Ещё варианты")
    return person


# --------------------------------------------------------------------------- a whole inquiry


def test_a_whole_inquiry_by_taps_up_to_a_managers_answer(world: World) -> None:
    anna = world.in_telegram(name="Анна <Соколова> & Ко")
    anna.says("/start src_vk_jun")
    step(anna, "Турция", "Из какого города")
    asked = step(anna, "Москва", "На какие даты")["messageId"]

    anna.taps("Выбрать день", asked)
    eventually(lambda: "май 2026" in labels(shown(anna, asked)))
    june = turn(anna, 0, 2, asked)
    assert june[0][1]["text"] == "июнь 2026"
    anna.taps("10", asked)
    anna.hears("На сколько ночей", after=asked)
    eventually(lambda: shown(anna, asked)["text"].endswith("✓ 10 июня 2026"), words="the answer is not shown")

    party = step(anna, "7 ночей", "Сколько взрослых")["messageId"]
    with_child = turn(anna, 1, 2, party)
    assert with_child[2][1]["text"] == "1: возраст?"
    assert "Готово" not in labels(shown(anna, party)), "the age is not known yet"
    aged = turn(anna, 2, 0, party)
    assert aged[2][1]["text"] == "1: 6 лет"
    anna.taps("Готово", party)

    last = anna.sees("Ещё варианты")
    cards = [message for message in anna.heard if "Хочу этот" in labels(message)]
    assert len(cards) == 3
    assert all(card["kind"] == "photo" and "от " in card["text"] and "★" in card["text"] for card in cards)
    assert labels(last) == ["Хочу этот", "Подробнее", "Ещё варианты", "Позвать человека"]
    trip = anna.lead["trip"]
    assert (trip["destination_country"], trip["departure_city"]) == ("Турция", "Москва")
    assert trip["date_from"] == "2026-06-10"
    assert (trip["adults"], trip["children"], trip["nights_min"]) == (2, [6], 7)
    assert (anna.lead["source"], anna.lead["utm"]["utm_campaign"]) == ("vk_jun", "vk_jun")

    anna.taps("Подробнее", cards[1]["messageId"])
    details = anna.hears("Номер:", after=last["messageId"])
    assert cards[1]["text"].splitlines()[0] in details["text"]

    anna.taps("Хочу этот", cards[1]["messageId"])
    promised = anna.hears("Отличный выбор", after=details["messageId"])
    hotel = re.sub(r" \d★$", "", cards[1]["text"].splitlines()[0])
    assert hotel in promised["text"]
    assert promised["keyboard"] == [[{"text": "Поделиться номером", "contact": True}]]
    lead = anna.lead
    assert (lead["stage"], lead["needs_human"], lead["urgency"]) == ("commercial_offer", "booking", "high")
    assert anna.conversation["mode"] == "human"
    assert [row["kind"] for row in world.rows("notices", lead_id=lead["id"])] == ["booking"]

    anna.says(phone="79161234567")
    anna.hears("ваши контакты", after=promised["messageId"])
    assert world.rows("customers", id=lead["customer_id"])[0]["phone"] == "+79161234567"

    manager = world.manager()
    conversations.answer(world.ctx, manager, anna.conversation["id"], "Добрый день! Места есть, цена <та же> & точка.")
    answer = anna.hears("Места есть")
    assert answer["text"] == "Добрый день! Места есть, цена <та же> & точка."
    every_one_is_answered(world, anna)


def every_one_is_answered(world: World, person: Telegrammer) -> None:
    """Each message of the customer is named by exactly one answer; the parts of an answer are made at one moment."""
    parts = world.rows("messages", conversation_id=person.conversation["id"], direction="out", author="bot")
    answers = [
        part
        for before, part in zip([None, *parts], parts, strict=False)
        if before is None or part["created_at"] - before["created_at"] > timedelta(milliseconds=1)
    ]
    named = [one for answer in answers for one in answer["answers"]]
    assert len(named) == len(set(named)), "answered twice"
    assert set(named) == {row["id"] for row in in_messages(person)}


def test_free_text_alone_leads_as_far(world: World) -> None:
    boris = world.in_telegram(name="Борис")
    boris.says(STORY)
    last = boris.sees("Ещё варианты")
    cards = [message for message in boris.heard if "Хочу этот" in labels(message)]
    boris.says("второй")
    promised = boris.hears("Отличный выбор", after=last["messageId"])
    assert re.sub(r" \d★$", "", cards[1]["text"].splitlines()[0]) in promised["text"]
    every_one_is_answered(world, boris)


def test_the_first_words_say_what_was_searched_for_and_when_the_prices_were_taken(world: World) -> None:
    person = with_offers(world)
    first = next(message for message in person.heard if "Цены «от»" in message["text"])
    assert "Я помощник Crystal Bay" in first["text"]
    assert "Турция, вылет: Москва" in first["text"]
    assert re.search(r"Цены «от» на \d{1,2}:\d\d мск", first["text"])
    assert first["messageId"] < person.sees("Хочу этот")["messageId"]


def test_more_options_are_other_hotels(world: World) -> None:
    person = with_offers(world)
    first = {m["text"].splitlines()[0] for m in person.heard if "Хочу этот" in labels(m)}
    last = person.sees("Ещё варианты")["messageId"]
    person.taps("Ещё варианты", last)
    person.hears("Вот ещё варианты", after=last)
    eventually(lambda: any("Ещё варианты" in labels(m) for m in person.heard if m["messageId"] > last))
    others = {m["text"].splitlines()[0] for m in person.heard if m["messageId"] > last and "Хочу этот" in labels(m)}
    assert others
    assert not others & first


def test_an_offer_of_an_earlier_selection_can_still_be_wanted(world: World) -> None:
    person = with_offers(world)
    old = person.sees("Хочу этот")
    person.taps("Ещё варианты")
    person.hears("Вот ещё варианты", after=old["messageId"])
    eventually(lambda: any("Ещё варианты" in labels(m) for m in person.heard if m["messageId"] > old["messageId"]))
    person.taps("Хочу этот", old["messageId"])
    promised = person.hears("Отличный выбор")
    assert "из прошлой подборки" in promised["text"]


def test_calling_a_person_by_button(world: World) -> None:
    person = with_offers(world)
    person.taps("Позвать человека")
    person.hears("передал разговор менеджеру")
    assert person.lead["needs_human"] == "asked"


# --------------------------------------------------------------------------- steps


def test_one_step_back_keeps_all_other_answers(world: World) -> None:
    person = begun(world)
    step(person, "Египет", "Из какого города")
    step(person, "Казань", "На какие даты")
    asked = step(person, "Июнь", "На сколько ночей")
    person.taps("‹ Назад", asked["messageId"])
    again = person.hears("На какие даты", after=asked["messageId"])
    assert "date_from" not in person.lead["trip"]
    assert person.lead["trip"]["departure_city"] == "Казань"
    person.says("назад")
    person.hears("Из какого города", after=again["messageId"])
    assert person.lead["trip"]["destination_country"] == "Египет"
    step(person, "Москва", "На какие даты")
    step(person, "Июль", "На сколько ночей")


def test_back_at_the_beginning_says_so(world: World) -> None:
    person = begun(world)
    person.says("назад")
    assert "Куда хотели бы поехать" in person.hears("самое начало")["text"]


def test_starting_again_asks_before_much_is_forgotten(world: World) -> None:
    person = with_offers(world)
    person.says("начать заново")
    asked = person.hears("забуду")
    person.taps("Продолжить", asked["messageId"])
    kept = person.hears("", after=asked["messageId"])
    assert person.lead["trip"]["destination_country"] == "Турция"
    person.says("заново")
    asked = person.hears("забуду", after=kept["messageId"])
    person.taps("Начать заново", asked["messageId"])
    person.hears("Куда хотели бы поехать", after=asked["messageId"])
    assert "destination_country" not in person.lead["trip"]


def test_little_is_forgotten_at_once(world: World) -> None:
    person = begun(world)
    asked = step(person, "Турция", "Из какого города")
    person.taps("Начать заново", asked["messageId"])
    person.hears("Начинаем заново", after=asked["messageId"])
    assert person.lead["trip"].get("destination_country") is None


def test_a_button_of_an_answered_question_is_answered_politely(world: World) -> None:
    person = begun(world)
    first = person.sees("Турция")
    stale = next(b["data"] for row in first["buttons"] for b in row if b["text"] == "Египет")
    person.says("в Турцию")
    second = person.hears("Из какого города", after=first["messageId"])
    pressed = person.taps(stale, first["messageId"])
    polite = person.hears("прошлого вопроса", after=second["messageId"])
    assert "Из какого города" in polite["text"]
    assert person.lead["trip"]["destination_country"] == "Турция"
    eventually(lambda: person.phone.callback(pressed["callbackId"])["answered"])
    every_one_is_answered(world, person)


def test_a_new_wish_in_words_is_taken_at_any_step(world: World) -> None:
    person = begun(world)
    step(person, "Турция", "Из какого города")
    person.says("Нет, лучше Египет, вдвоём из Москвы на 7 ночей в начале июня")
    person.sees("Хочу этот")
    assert person.lead["trip"]["destination_country"] == "Египет"


# --------------------------------------------------------------------------- commands


def test_the_menu_has_the_commands_in_both_languages(world: World) -> None:
    wanted = {"search", "offers", "manager", "language", "help", "cancel", "delete_me"}
    menus = eventually(lambda: menus if len(menus := world.in_telegram().phone.state(1)["commands"]) >= 3 else None)
    assert {entry["command"] for entry in menus["ru"]} == {entry["command"] for entry in menus["en"]} == wanted
    assert menus["en"][0]["description"] == "Find a tour"
    assert menus[""][0]["description"] == "Подобрать тур"


def test_coming_back_in_the_middle(world: World) -> None:
    person = begun(world)
    step(person, "Турция", "Из какого города")
    question = step(person, "Москва", "На какие даты")
    person.says("/start")
    asked = person.hears("Продолжим или начнём заново", after=question["messageId"])
    assert "Турция" in asked["text"]
    person.taps("Продолжить", asked["messageId"])
    person.hears("На какие даты", after=asked["messageId"])


def test_the_last_selection_again(world: World) -> None:
    person = begun(world)
    person.says("/offers")
    none = person.hears("Подборки пока нет")
    person.says(STORY)
    last = person.sees("Ещё варианты")
    before = {m["text"] for m in person.heard if "Хочу этот" in labels(m)}
    person.says("/offers")
    person.hears("Последняя подборка", after=last["messageId"])
    eventually(
        lambda: (
            {m["text"] for m in person.heard if m["messageId"] > last["messageId"] and "Хочу этот" in labels(m)}
            == before
        )
    )
    assert none["messageId"] < last["messageId"]


def test_search_help_cancel_and_manager(world: World) -> None:
    person = begun(world)
    person.says("/help")
    assert "/delete_me" in person.hears("Подбираю туры по живым ценам")["text"]
    person.says("/search")
    person.hears("Подскажите, пожалуйста, страну")
    person.says("/cancel")
    asked = person.hears("Остановил подбор")
    person.taps("Продолжить", asked["messageId"])
    person.hears("", after=asked["messageId"])
    person.says("/manager")
    person.hears("передал разговор менеджеру")


def test_the_language_is_chosen_and_kept(world: World) -> None:
    person = begun(world)
    person.says("/language")
    asked = person.hears("Which language")
    person.taps("English", asked["messageId"])
    question = person.hears("English it is", after=asked["messageId"])
    assert "Where would you like to go" in question["text"]
    person.taps("Turkey", question["messageId"])
    person.hears("Which city", after=question["messageId"])
    person.says("Москва")
    person.hears("What dates", after=question["messageId"])


def test_who_has_an_english_app_is_greeted_in_english(world: World) -> None:
    john = begun(world, name="John", language="en")
    assert john.heard[0]["text"].startswith("Hello! I am the assistant")
    step(john, "Egypt", "Which city")
    step(john, "Moscow", "What dates")
    step(john, "June", "For how many nights")
    party = step(john, "7 nights", "How many adults")
    john.taps("Done", party["messageId"])
    card = john.sees("I want this one")
    assert re.search(r"from ₽[\d,]+ for 2", card["text"])
    assert not re.search("[а-яА-Я]", card["text"])


@pytest.mark.parametrize("led_by_a_person", [False, True])
def test_data_are_deleted_on_request(world: World, led_by_a_person: bool) -> None:
    person = begun(world, name="Пётр Удаляемый")
    step(person, "Турция", "Из какого города")
    talk, lead = person.conversation["id"], person.lead
    if led_by_a_person:
        conversations.takeover(world.ctx, world.manager(), talk)
    person.says("/delete_me")
    asked = person.hears("Вернуть их нельзя")
    person.taps("Удалить мои данные", asked["messageId"])
    person.hears("Удаляю ваши данные", after=asked["messageId"])
    eventually(lambda: world.rows("customers", id=lead["customer_id"])[0]["erased_at"])
    eventually(lambda: not any(row["text"] for row in world.rows("messages", conversation_id=talk)))
    assert world.rows("customers", id=lead["customer_id"])[0]["name"] is None
    person.says("Здравствуйте, это снова я")
    fresh = eventually(lambda: world.rows("conversations", external_chat_id=str(person.user_id)))[0]
    assert fresh["customer_id"] != lead["customer_id"]


def test_data_are_kept_when_the_customer_thinks_again(world: World) -> None:
    person = begun(world)
    person.says("/delete_me")
    person.taps("Оставить", person.hears("Вернуть их нельзя")["messageId"])
    person.hears("ничего не удаляю")
    assert world.rows("customers", id=person.lead["customer_id"])[0]["erased_at"] is None


# --------------------------------------------------------------------------- what else is sent


def test_an_album_gets_one_answer_and_keeps_its_captions(world: World) -> None:
    person = begun(world)
    for number in range(3):
        person.says(media="photo", album="trip", caption=f"подпись {number}")
    person.hears("Картинки получил")
    rows = [row for row in in_messages(person) if row["attachments"]]
    assert [row["text"] for row in rows] == ["подпись 0", "подпись 1", "подпись 2"]
    assert len({row["tap"]["album"] for row in rows}) == 1
    eventually(lambda: all(r["attachments"][0]["state"] == "stored" for r in in_messages(person) if r["attachments"]))
    assert sum("Картинки получил" in message["text"] for message in person.heard) == 1


@pytest.mark.parametrize(
    ("media", "kind", "thanks"),
    [
        ("voice", "audio", "Голосовое получил"),
        ("document", "document", "Документ получил"),
        ("video", "video", "Видео получил"),
        ("location", "geo", "Точку на карте получил"),
        ("poll", None, "не могу открыть"),
    ],
)
def test_what_is_no_text_is_kept_and_answered(world: World, media: str, kind: str | None, thanks: str) -> None:
    person = world.in_telegram()
    person.says(media=media)
    person.hears(thanks)
    row = in_messages(person)[0]
    assert [item["kind"] for item in row["attachments"]] == ([kind] if kind else [])
    if kind and kind != "geo":
        stored = eventually(lambda: [i for i in in_messages(person)[0]["attachments"] if i["state"] == "stored"])
        assert b"".join(world.ctx.files.read(stored[0]["id"]))
        assert "TEST-TOKEN" not in str(in_messages(person)[0]["attachments"])


def test_a_file_that_telegram_does_not_hand_out_is_said(world: World) -> None:
    person = world.in_telegram()
    person.says(media="big")
    person.hears("Документ получил")
    failed = eventually(lambda: [i for r in in_messages(person) for i in r["attachments"] if i["state"] == "failed"])
    assert "20 МБ" in failed[0]["error"]


def test_an_edited_message_is_read_again(world: World) -> None:
    person = world.in_telegram()
    said = person.says("Турция")
    asked = person.hears("Из какого города")
    person.phone.edits(person.user_id, said["messageId"], "Египет")
    person.hears("", after=asked["messageId"])
    eventually(lambda: person.lead["trip"]["destination_country"] == "Египет")
    assert in_messages(person)[0]["edited_at"]


def test_who_blocks_the_bot_is_marked_and_told_of(world: World) -> None:
    person = begun(world)
    conversations.takeover(world.ctx, world.manager(), person.conversation["id"])
    person.phone.blocks(person.user_id)
    eventually(lambda: person.conversation["blocked_at"])
    assert "blocked" in {row["kind"] for row in world.rows("notices", lead_id=person.lead["id"])}
    sent = conversations.answer(world.ctx, world.manager(), person.conversation["id"], "Вы ещё с нами?")
    failed = eventually(lambda: world.rows("messages", id=sent["id"], state="failed"))
    assert "заблокировал бота" in failed[0]["error"]
    person.phone.unblocks(person.user_id)
    eventually(lambda: person.conversation["blocked_at"] is None)


def test_a_block_is_learnt_from_a_refused_message_too(world: World) -> None:
    person = begun(world)
    conversations.takeover(world.ctx, world.manager(), person.conversation["id"])
    assert world.telegram
    refused = {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"}
    world.telegram.add_fault(Fault("sendMessage", status=403, body=refused))
    conversations.answer(world.ctx, world.manager(), person.conversation["id"], "Добрый день")
    eventually(lambda: person.conversation["blocked_at"])


def test_searching_is_said_and_becomes_the_answer(world: World) -> None:
    person = world.in_telegram()
    world.samo.add_fault(Fault("SearchTour_PRICES", delay=2.0))
    person.says(STORY.replace("вдвоём", "втроём, все взрослые,"))
    notice = person.hears("Ищу туры", seconds=10)
    person.sees("Хочу этот")
    became = shown(person, notice["messageId"])
    assert "Вот что подошло" in became["text"]
    assert not any("Ищу туры" in message["text"] for message in person.heard)
    every_one_is_answered(world, person)


def test_typing_is_shown_while_the_customer_may_go_on(world: World) -> None:
    person = world.in_telegram()
    person.says("Здравствуйте")
    eventually(lambda: person.phone.state(person.user_id)["typing"] or person.heard)
    person.hears("Куда хотели бы поехать")
    calls = [call["path"].rpartition("/")[2] for call in person.phone.calls]
    assert "sendChatAction" in calls


def test_an_update_that_is_delivered_twice_counts_once(world: World) -> None:
    person = begun(world)
    first = person.sees("Турция")["messageId"]
    update = {
        "message": {
            "message_id": 5000,
            "date": 1_780_000_000,
            "chat": {"id": person.user_id, "type": "private", "first_name": "Анна"},
            "from": {"id": person.user_id, "is_bot": False, "first_name": "Анна"},
            "text": "в Турцию",
        }
    }
    for _ in range(3):
        person.phone.says(person.user_id, raw=update)
    person.hears("Из какого города", after=first)
    person.says("Москва")
    person.hears("На какие даты", after=first)
    assert [row["text"] for row in in_messages(person)] == ["/start", "в Турцию", "Москва"]
    every_one_is_answered(world, person)


def test_an_update_that_cannot_be_read_is_kept_and_the_rest_flows_on(world: World) -> None:
    person = begun(world)
    first = person.sees("Турция")["messageId"]
    person.phone.says(person.user_id, raw={"message": {"message_id": "x", "chat": 5}})
    person.says("в Турцию")
    person.hears("Из какого города", after=first)
    kept = eventually(lambda: [row for row in world.rows("inbox_events", state="failed") if "update" in row["error"]])
    assert '"message_id": "x"' in kept[0]["body"].replace('":"', '": "')


@pytest.mark.parametrize("held", ["a:AAAAAAAAAAAAAAAAAAAAAA:0", "w:nonsense:", "z", "k::2026-99", "s:take:AAAA"])
def test_a_forged_press_does_nothing(world: World, held: str) -> None:
    person = begun(world)
    message = person.sees("Турция")
    press = {
        "id": f"forged-{person.user_id}",
        "from": {"id": person.user_id, "is_bot": False, "first_name": "Анна"},
        "chat_instance": "1",
        "data": held,
        "message": {
            "message_id": message["messageId"],
            "date": 1_780_000_000,
            "chat": {"id": person.user_id, "type": "private", "first_name": "Анна"},
        },
    }
    person.phone.says(person.user_id, raw={"callback_query": press})
    person.says("в Турцию")
    person.hears("Из какого города", after=message["messageId"])
    assert person.lead["trip"]["destination_country"] == "Турция"
    assert person.lead["needs_human"] is None


def test_a_secret_guards_the_webhook(world: World) -> None:
    hook = f"{world.url}/webhooks/telegram"
    assert requests.post(hook, json={"update_id": 1}, timeout=5).status_code == 403
    wrong = {"X-Telegram-Bot-Api-Secret-Token": "guess"}
    assert requests.post(hook, json={"update_id": 1}, headers=wrong, timeout=5).status_code == 403
    assert requests.post(f"{hook}/heartbeat", json={"state": "ready"}, timeout=5).status_code == 403


def test_readyz_tells_of_the_bot(world: World) -> None:
    def ready() -> dict[str, Any] | None:
        part: dict[str, Any] = requests.get(f"{world.url}/readyz", timeout=5).json()["parts"]["telegram"]
        return part if part["ok"] else None

    part = eventually(ready)
    assert part["username"] == "crystalbay_demo_bot"
    assert part["mode"] == world.ctx.settings.telegram_mode
    assert part["state"] == ("ready" if part["mode"] == "polling" else "registered")


# --------------------------------------------------------------------------- several things at once


def test_words_beside_a_press_are_answered_too(world: World) -> None:
    person = with_offers(world)
    last = person.sees("Ещё варианты")["messageId"]
    person.says("а виза нужна?")
    person.taps("Подробнее")
    person.hears("Номер:", after=last)
    person.hears("ответит менеджер", after=last)
    every_one_is_answered(world, person)


def test_a_double_tap_is_one_answer(world: World) -> None:
    person = begun(world)
    first = person.sees("Турция")
    held = next(b["data"] for row in first["buttons"] for b in row if b["text"] == "Турция")
    presses = [person.taps(held, first["messageId"])["callbackId"] for _ in range(3)]
    person.hears("Из какого города", after=first["messageId"])
    for press in presses:
        eventually(lambda press=press: person.phone.callback(press)["answered"])  # type: ignore[misc]
    assert [row["text"] for row in in_messages(person)] == ["/start", "Турция"]


@pytest.mark.parametrize("command", ["/help me please", "/HELP", "/help@crystalbay_demo_bot", "/help\nеще"])
def test_a_command_is_one_whatever_stands_behind_it(world: World, command: str) -> None:
    person = begun(world)
    person.says(command)
    person.hears("Подбираю туры по живым ценам")


def test_a_wish_behind_search_is_read(world: World) -> None:
    person = begun(world)
    person.says("/search Египет из Казани")
    person.hears("На какие даты")
    assert person.lead["trip"]["destination_country"] == "Египет"


def test_the_language_may_be_named_at_once(world: World) -> None:
    person = begun(world)
    person.says("/language en")
    person.hears("English it is")


def test_a_campaign_is_read_whatever_the_command_looks_like(world: World) -> None:
    person = world.in_telegram()
    person.says("/START@crystalbay_demo_bot m_summer-2026")
    person.sees("Турция")
    assert person.lead["source"] == "m_summer-2026"


def test_back_after_free_words_leads_to_the_last_of_them(world: World) -> None:
    person = world.in_telegram()
    person.says("Хотим в Турцию из Москвы")
    asked = person.sees("‹ Назад")
    person.taps("‹ Назад", asked["messageId"])
    person.hears("Из какого города", after=asked["messageId"])
    assert person.lead["trip"]["destination_country"] == "Турция"
    assert "departure_city" not in person.lead["trip"]


def test_who_comes_back_hears_of_the_trip_in_plain_words(world: World) -> None:
    person = with_offers(world)
    person.says("/start")
    said = person.hears("С возвращением")["text"].replace("\u00a0", " ")
    assert "Турция, вылет: Москва, 1–10 июня, 2 взрослых, 7 ночей. Продолжим" in said


def test_a_command_while_a_search_runs_does_not_take_its_place(world: World) -> None:
    person = world.in_telegram()
    world.samo.add_fault(Fault("SearchTour_PRICES", delay=3.0))
    person.says(STORY.replace("вдвоём", "вчетвером, все взрослые,"))
    notice = person.hears("Ищу туры", seconds=10)
    person.says("/offers")
    person.hears("щу", after=notice["messageId"])
    person.sees("Хочу этот")
    assert "Вот что подошло" in shown(person, notice["messageId"])["text"]


def test_commands_after_a_handover_say_who_answers_until_somebody_does(world: World) -> None:
    person = begun(world)
    person.says("/manager")
    told = person.hears("передал разговор менеджеру")
    person.says("/search")
    person.hears("ответит здесь до", after=told["messageId"])
    assert person.lead["waiting_since"]
    conversations.answer(world.ctx, world.manager(), person.conversation["id"], "Добрый день, я на связи")
    answer = person.hears("я на связи")
    person.says("/search")
    person.says("/help")
    eventually(lambda: all(row["state"] == "processed" for row in in_messages(person)))
    assert [m for m in person.heard if m["messageId"] > answer["messageId"]] == []


def test_nothing_found_offers_what_to_do(world: World) -> None:
    person = world.in_telegram()
    person.says("Хотим в Тунис из Москвы втроём, трое взрослых, на 10 ночей с 20 июня")
    asked = person.sees("Да, посмотреть рядом")
    assert "сейчас ничего нет" in asked["text"]
    assert "20\u00a0июня" not in asked["text"].partition("ближайшие вылеты")[2]
    person.taps("Да, посмотреть рядом", asked["messageId"])
    person.hears("", after=asked["messageId"])


def test_an_old_message_that_is_edited_changes_nothing_of_the_trip(world: World) -> None:
    person = world.in_telegram()
    said = person.says("Турция")
    person.hears("Из какого города")
    person.says("Москва")
    asked = person.hears("На какие даты")
    person.phone.edits(person.user_id, said["messageId"], "Египет")
    eventually(lambda: in_messages(person)[0]["edited_at"])
    assert person.lead["trip"]["destination_country"] == "Турция"
    assert [m for m in person.heard if m["messageId"] > asked["messageId"]] == []
