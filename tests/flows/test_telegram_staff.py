"""Managers in Telegram: a chat linked by a code, what is told there, «Взять», «Отложить», replies to customers.

The office's clock can be moved on here; nothing waits for a bridge, because updates come by the webhook.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from crystalbay.clock import ShiftedClock
from crystalbay.sandbox.server import Fault
from crystalbay.services import conversations, leads, moves, reminders, staff_chat, staff_messages, staff_people, users
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import Row, Update
from models import Outcome, Role, Status
from tests.world import MAY_12, Telegrammer, World, eventually, labels, running

GROUP = -1001


class Clock(ShiftedClock):
    """A clock that can be moved on."""

    def passes(self, **span: float) -> None:
        self._offset += timedelta(**span)


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock(MAY_12)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(staff_messages, "PACE_S", {True: 0.1, False: 0.1})
        with running(
            folder,
            clock=clock,
            telegram=True,
            public=True,
            telegram_mode="webhook",
            telegram_managers_chat_id=str(GROUP),
        ) as system:
            assert system.telegram
            system.telegram.says(1, "Всем привет", name="Глава", chat_id=GROUP)  # the group has its bot
            yield system


class Manager(Telegrammer):
    """A colleague with a Telegram of her own."""

    viewer: Viewer

    @property
    def row(self) -> Row:
        return self.world.rows("users", id=self.viewer.id)[0]

    def links(self) -> Manager:
        code, _ = staff_chat.new_code(self.world.ctx, self.viewer)
        self.says(f"/start {code}")
        self.hears(f"Готово, {self.name}")
        return self

    def taps_in_group(self, button: str, message_id: int) -> str:
        return str(self.phone.taps(self.user_id, button, message_id=message_id, chat_id=GROUP)["callbackId"])

    def is_told(self, callback: str) -> str:
        """The words over the chat after a press."""
        said = eventually(lambda: (c := self.phone.callback(callback))["answered"] and c, words="no answer to a press")
        return str(said["text"])

    def replies(self, text: str | None, message_id: int, *, group: bool = False, **more: Any) -> dict[str, Any]:
        return self.says(text, reply_to=message_id, chat_id=GROUP if group else None, **more)


def hire(world: World, name: str, role: Role = Role.MANAGER) -> Manager:
    stranger = world.in_telegram(name=name)
    manager = Manager(world, stranger.user_id, name)
    email = f"m{manager.user_id}@crystalbay.example"
    row = users.create_user(world.store, email=email, name=name, role=role, password="long enough")
    manager.viewer = users.viewer(row, sees="all")
    return manager


def in_group(world: World) -> list[dict[str, Any]]:
    assert world.telegram
    return [message for message in world.telegram.chat(GROUP) if message["from"] == "bot"]


def told(world: World, words: str, after: int = 0) -> dict[str, Any]:
    """Wait for what the group is told."""
    return eventually(
        lambda: next((m for m in in_group(world) if words in m["text"] and m["messageId"] > after), None),
        20,
        f"the group did not hear {words!r}; heard: {[m['text'] for m in in_group(world)][-5:]}",
    )


def asks_for_a_person(world: World, name: str = "Анна") -> Telegrammer:
    """A customer who wants a person, until the bot said who answers."""
    customer = world.in_telegram(name=name)
    customer.says("Позовите менеджера, пожалуйста")
    customer.hears("")
    eventually(lambda: customer.lead["mode"] == "human", words="nobody took over")
    return customer


def called(world: World, name: str) -> tuple[Telegrammer, Manager, int]:
    """A customer of whom the group was told, a manager who is linked, and the number of what was told."""
    manager = hire(world, f"Менеджер {name}").links()
    customer = asks_for_a_person(world, name)
    return customer, manager, int(told(world, number(customer))["messageId"])


def number(customer: Telegrammer) -> str:
    return f"№ {customer.lead['number']}"


def from_managers(customer: Telegrammer) -> list[Row]:
    return customer.world.rows("messages", conversation_id=customer.conversation["id"], author="manager")


def due_of(world: World, reminder: Row) -> datetime:
    found: datetime = world.rows("reminders", id=reminder["id"])[0]["due_at"]
    return found


def settled(world: World) -> None:
    """Wait until no job is left that could run now."""

    def idle() -> bool:
        assert world.telegram
        waiting = world.store.find("jobs", [("state", "in", ("ready", "running"))], order=("seq",), limit=200)
        soon = world.ctx.clock.now() + timedelta(minutes=1)
        return world.telegram.wait_idle(0.0) and not [job for job in waiting if job["run_at"] < soon]

    eventually(idle, 20, "the system never became quiet")


# --------------------------------------------------------------------------- a chat of one's own


def test_a_code_links_a_chat_once(world: World) -> None:
    maria, other = hire(world, "Мария"), world.in_telegram("Чужой")
    code, until = staff_chat.new_code(world.ctx, maria.viewer)
    assert until - world.ctx.clock.now() < timedelta(minutes=15)
    maria.says(f"/start {code}")
    maria.hears("Готово, Мария")
    assert maria.row["telegram_id"] == str(maria.user_id)
    other.says(f"/start {code}")
    other.hears("Эта ссылка уже не действует")
    maria.says(f"/start {code}")
    maria.hears("Эта ссылка уже не действует")
    assert maria.row["telegram_id"] == str(maria.user_id)
    assert not world.rows("conversations", external_chat_id=str(other.user_id))


def test_a_code_ends_after_a_quarter_of_an_hour_and_with_the_next_one(world: World, clock: Clock) -> None:
    late = hire(world, "Ольга")
    first, _ = staff_chat.new_code(world.ctx, late.viewer)
    second, _ = staff_chat.new_code(world.ctx, late.viewer)
    late.says(f"/start {first}")
    after = late.hears("не действует")["messageId"]
    clock.passes(minutes=15, seconds=1)
    late.says(f"/start {second}")
    late.hears("не действует", after=after)
    assert late.row["telegram_id"] is None


def test_a_guessed_code_links_nobody_and_makes_no_lead(world: World) -> None:
    guesser = world.in_telegram("Хитрец")
    guesser.says("/start m_AAAAAAAAAAAAAAAA")
    guesser.hears("не действует")
    assert not world.rows("conversations", external_chat_id=str(guesser.user_id))


def test_a_code_in_a_group_links_nobody(world: World) -> None:
    ira = hire(world, "Ира")
    code, _ = staff_chat.new_code(world.ctx, ira.viewer)
    ira.says(f"/start {code}", chat_id=GROUP)
    told(world, "Эта ссылка уже не действует")
    assert ira.row["telegram_id"] is None


def test_a_chat_belongs_to_the_last_user_who_linked_it_and_is_let_go_by_a_word(world: World) -> None:
    first, second = hire(world, "Первая"), hire(world, "Вторая")
    second.user_id = first.user_id
    first.links()
    second.links()
    assert (first.row["telegram_id"], second.row["telegram_id"]) == (None, str(first.user_id))
    second.says("/unlink")
    second.hears("сюда больше ничего не приходит")
    assert second.row["telegram_id"] is None


def test_nothing_that_staff_writes_becomes_a_lead(world: World) -> None:
    eva = hire(world, "Ева").links()
    before = len(world.rows("leads"))
    eva.says("Хочу в Турцию на двоих")
    eva.hears("Вы связаны с Crystal Bay: Ева")
    eva.says("Хочу в Турцию на двоих", chat_id=GROUP)
    eva.says(media="photo", chat_id=GROUP)
    eva.phone.edits(eva.user_id, eva.says("Опечатка")["messageId"], "Без опечатки")
    eva.phone.blocks(eva.user_id)
    eva.phone.unblocks(eva.user_id)
    settled(world)
    assert len(world.rows("leads")) == before
    assert not world.rows("conversations", external_chat_id=str(eva.user_id))
    assert not world.rows("conversations", external_chat_id=str(GROUP))


# --------------------------------------------------------------------------- what the office is told


def test_a_handover_reaches_the_group_with_what_a_person_needs(world: World) -> None:
    customer = asks_for_a_person(world, "Анна <Б&В>")
    message = told(world, number(customer))
    first, *_, words, promised = message["text"].split("\n")
    assert first == f"Клиент просит человека: Анна <Б&В>, {number(customer)}"
    assert words == "«Позовите менеджера, пожалуйста»"
    assert promised.startswith("Обещано ответить до ")
    assert labels(message) == ["Взять", "Открыть", "Отложить"]
    assert message["buttons"][0][1]["url"] == f"{world.ctx.settings.public_url}/?lead={customer.lead['id']}"
    settled(world)
    assert len([m for m in in_group(world) if number(customer) in m["text"]]) == 1


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Вы меня бесите, ужасный сервис", "Клиент недоволен"),
        ("Нужен тур срочно, горит, вылет завтра", "Срочно"),
        ("Мы в отеле, нас не заселяют, помогите срочно!", "Проблема в поездке"),
    ],
)
def test_urgent_leads_reach_the_group(world: World, words: str, reason: str) -> None:
    customer = world.in_telegram("Олег")
    customer.says(words)
    message = told(world, words)
    assert message["text"].startswith(f"{reason}: Олег, {number(customer)}")
    assert customer.lead["urgency"] == "high"


def test_who_has_the_lead_is_told_in_her_own_chat(world: World) -> None:
    rita = hire(world, "Рита").links()
    customer = world.in_telegram("Павел")
    customer.says("Здравствуйте")
    customer.hears("")
    lead = customer.lead
    leads.patch(world.ctx, rita.viewer, lead["id"], lead["version"], {"assignee_id": rita.viewer.id})
    customer.says("Позовите менеджера")
    message = rita.hears(number(customer))
    assert labels(message) == ["Взять", "Открыть", "Отложить"]
    settled(world)
    assert not [m for m in in_group(world) if number(customer) in m["text"]]


def test_of_a_customer_who_blocks_the_bot_and_of_what_did_not_reach_them_is_told(world: World) -> None:
    customer = asks_for_a_person(world, "Борис")
    first = told(world, number(customer))
    customer.phone.blocks(customer.user_id)
    blocked = told(world, f"Клиент заблокировал бота: Борис, {number(customer)}", first["messageId"])
    lena = hire(world, "Лена").links()
    lena.replies("Мы всё нашли", blocked["messageId"], group=True)
    failed = lena.hears(f"Сообщение не дошло: Борис, {number(customer)}")  # who answers has the lead
    assert failed["text"].endswith("«Мы всё нашли»")
    customer.phone.unblocks(customer.user_id)
    eventually(lambda: customer.conversation["blocked_at"] is None)


def test_many_notices_to_one_chat_keep_their_distance(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staff_messages, "PACE_S", {True: 0.6, False: 0.6})
    customers = [world.in_telegram("Спешащий") for _ in range(4)]
    for customer in customers:
        customer.says("Позовите менеджера")
    for customer in customers:
        customer.hears("")
        told(world, number(customer))
    assert world.telegram
    sent = [one for one in world.telegram.sent() if one["chat_id"] == GROUP and "Спешащий" in one["text"]]
    assert len(sent) == 4
    assert min(after["at"] - before["at"] for before, after in pairwise(sent)) > 0.5


# --------------------------------------------------------------------------- «Взять»


def test_taking_assigns_takes_over_and_says_who_has_it(world: World) -> None:
    nina, olga = hire(world, "Нина").links(), hire(world, "Ольга").links()
    customer = asks_for_a_person(world)
    message = told(world, number(customer))
    customer.phone.add_fault(Fault("/editMessageText", delay=1.0))  # so long the button stands there
    first = nina.taps_in_group("Взять", message["messageId"])
    second = olga.taps_in_group("Взять", message["messageId"])
    assert "Лид ваш" in nina.is_told(first)
    assert olga.is_told(second) == "Уже взяли: Нина"
    assert (customer.lead["assignee_id"], customer.conversation["mode"]) == (nina.viewer.id, "human")
    shown = eventually(
        lambda: next(m for m in in_group(world) if m["messageId"] == message["messageId"] and m["edited"])
    )
    assert shown["text"].startswith(message["text"])
    assert "✓ Взято: Нина, 12:" in shown["text"]
    assert labels(shown) == ["Открыть", "Отложить"]


def test_who_has_no_account_takes_nothing(world: World) -> None:
    customer = asks_for_a_person(world)
    message = told(world, number(customer))
    stranger = Manager(world, world.in_telegram().user_id, "Чужой")
    stranger.says("Привет", chat_id=GROUP)
    callback = stranger.taps_in_group("Взять", message["messageId"])
    assert "свяжите свой Telegram" in stranger.is_told(callback)
    observer = hire(world, "Наблюдатель", Role.OBSERVER).links()
    callback = observer.taps_in_group("Взять", message["messageId"])
    assert observer.is_told(callback) == "Ваша роль позволяет только смотреть"
    assert customer.lead["assignee_id"] is None


# --------------------------------------------------------------------------- replies


def reply_update(manager: Manager, message_id: int, text: str) -> dict[str, Any]:
    """What Telegram sends of a reply in the group."""
    where = {"id": GROUP, "type": "supergroup", "title": "Менеджеры"}
    who = {"id": manager.user_id, "is_bot": False, "first_name": manager.name}
    bot = {"id": 123456, "is_bot": True, "first_name": "Crystal Bay"}
    date = int(MAY_12.timestamp())
    quoted = {"message_id": message_id, "from": bot, "chat": where, "date": date, "text": "…"}
    reply = {"message_id": 900_000 + message_id, "from": who, "chat": where, "date": date, "text": text}
    return {"message": reply | {"reply_to_message": quoted}}


def test_a_reply_answers_the_customer_once_however_often_it_comes(world: World) -> None:
    vera = hire(world, "Вера").links()
    customer = asks_for_a_person(world)
    message = told(world, number(customer))
    update = reply_update(vera, message["messageId"], "Здравствуйте! Я Вера, помогу.")
    twice = vera.phone.says(vera.user_id, raw=update, chat_id=GROUP)["updateId"]
    vera.phone.says(vera.user_id, raw=update, chat_id=GROUP, update_id=twice)
    vera.phone.says(vera.user_id, raw=update, chat_id=GROUP)  # and under another number
    customer.hears("Здравствуйте! Я Вера, помогу.")
    told(world, "Отправлено клиенту.", message["messageId"])
    settled(world)
    (job,) = (
        row for row in world.rows("jobs", kind=staff_people.SAID) if row["payload"]["text"].endswith("Я Вера, помогу.")
    )
    world.store.commit([Update("jobs", job["id"], {"state": "ready", "owner": None, "lease_until": None})])
    eventually(lambda: world.rows("jobs", id=job["id"])[0]["attempts"] > job["attempts"])
    settled(world)
    (sent,) = from_managers(customer)
    assert (sent["author_id"], sent["author_name"], sent["state"]) == (vera.viewer.id, "Вера", "sent")
    assert [m["text"] for m in customer.heard].count("Здравствуйте! Я Вера, помогу.") == 1


def test_a_reply_in_ones_own_chat_answers_too(world: World) -> None:
    kira = hire(world, "Кира").links()
    customer = asks_for_a_person(world, "Семён")
    lead = customer.lead
    leads.patch(world.ctx, kira.viewer, lead["id"], lead["version"], {"assignee_id": kira.viewer.id})
    customer.phone.blocks(customer.user_id)
    message = kira.hears("Клиент заблокировал бота")
    customer.phone.unblocks(customer.user_id)
    eventually(lambda: customer.conversation["blocked_at"] is None)
    kira.replies("Мы на связи <3", message["messageId"])
    customer.hears("Мы на связи <3")
    kira.hears("Отправлено клиенту.")


def test_a_strangers_reply_is_refused_with_words_and_talk_in_the_group_with_silence(world: World) -> None:
    customer = asks_for_a_person(world)
    message = told(world, number(customer))
    stranger = Manager(world, world.in_telegram().user_id, "Чужой")
    stranger.says("Кто возьмёт?", chat_id=GROUP)
    settled(world)
    assert in_group(world)[-1]["messageId"] == message["messageId"]
    stranger.replies("Отдам за полцены", message["messageId"], group=True)
    told(world, "Чтобы отвечать отсюда, свяжите свой Telegram", message["messageId"])
    settled(world)
    assert from_managers(customer) == []


def test_who_may_not_answer_and_what_cannot_be_sent_from_here_is_said(world: World) -> None:
    customer = asks_for_a_person(world)
    message = told(world, number(customer))
    observer = hire(world, "Наблюдатель", Role.OBSERVER).links()
    observer.replies("Ответ", message["messageId"], group=True)
    after = told(world, "ваша роль позволяет только смотреть", message["messageId"])["messageId"]
    zoya = hire(world, "Зоя").links()
    zoya.replies(None, message["messageId"], group=True, media="location")
    told(world, "такое сообщение не переслать", after)
    assert from_managers(customer) == []


def test_who_is_switched_off_answers_nobody(world: World) -> None:
    customer = asks_for_a_person(world)
    message = told(world, number(customer))
    dana = hire(world, "Дана").links()
    world.store.commit([Update("users", dana.viewer.id, {"active": False})])
    dana.replies("Ответ", message["messageId"], group=True)
    told(world, "Чтобы отвечать отсюда", message["messageId"])
    settled(world)
    assert from_managers(customer) == []


# --------------------------------------------------------------------------- «Отложить» and reminders


def test_putting_off_makes_a_reminder_that_comes_again_and_again(world: World, clock: Clock) -> None:
    tanya = hire(world, "Таня").links()
    customer = asks_for_a_person(world, "Глеб")
    message = told(world, number(customer))
    tanya.taps_in_group("Отложить", message["messageId"])
    choices = eventually(lambda: next((m for m in in_group(world) if "15 минут" in labels(m)), None))
    assert labels(choices) == ["15 минут", "1 час", "Завтра в 9:00", "‹ Назад"]
    tanya.taps_in_group("‹ Назад", message["messageId"])
    eventually(lambda: "Взять" in labels(next(m for m in in_group(world) if m["messageId"] == message["messageId"])))
    tanya.taps_in_group("Отложить", message["messageId"])
    eventually(lambda: any("15 минут" in labels(m) for m in in_group(world)))
    callback = tanya.taps_in_group("15 минут", message["messageId"])
    assert tanya.is_told(callback).startswith("Напомню ")
    (reminder,) = world.rows("reminders", lead_id=customer.lead["id"])
    assert (reminder["user_id"], reminder["text"]) == (tanya.viewer.id, "Ответить клиенту")
    put_off = told(world, f"{message['text']}\n\n⏰ Отложено: ")
    assert labels(put_off) == ["Взять", "Открыть", "Отложить"]

    clock.passes(minutes=15)
    due = tanya.hears(f"Напоминание: Глеб, {number(customer)}")
    assert due["text"].endswith("Ответить клиенту")
    assert labels(due) == ["Открыть", "Отложить"]

    tanya.taps("Отложить", due["messageId"])
    tanya.sees("1 час")
    tanya.taps("1 час", due["messageId"])
    eventually(lambda: due_of(world, reminder) > clock.now(), words="it was not put off")
    assert timedelta(minutes=59) < due_of(world, reminder) - clock.now() <= timedelta(hours=1)
    settled(world)
    clock.passes(hours=1)
    again = tanya.hears(f"Напоминание: Глеб, {number(customer)}", after=due["messageId"])
    tanya.replies("Глеб, добрый день!", again["messageId"])
    customer.hears("Глеб, добрый день!")


def test_a_reminder_of_somebody_without_telegram_reaches_the_group_once(world: World, clock: Clock) -> None:
    head = hire(world, "Руководитель", Role.HEAD)
    customer = asks_for_a_person(world, "Фёдор")
    due_at = clock.now() + timedelta(minutes=5)
    reminders.add(world.ctx, head.viewer, customer.lead["id"], due_at=due_at, text="Позвонить <насчёт визы>")
    settled(world)
    clock.passes(minutes=5)
    due = told(world, "Напоминание: Фёдор")
    assert due["text"].endswith("Позвонить <насчёт визы>")
    settled(world)
    assert len([m for m in in_group(world) if "Напоминание: Фёдор" in m["text"]]) == 1


def test_a_reminder_that_is_done_is_not_put_off(world: World, clock: Clock) -> None:
    yana = hire(world, "Яна").links()
    customer = asks_for_a_person(world, "Марк")
    due_at = clock.now() + timedelta(minutes=5)
    made = reminders.add(world.ctx, yana.viewer, customer.lead["id"], due_at=due_at, text="Позвонить")
    settled(world)
    clock.passes(minutes=5)
    due = yana.hears("Напоминание: Марк")
    reminders.change(world.ctx, yana.viewer, made["id"], made["version"], {"done": True})
    yana.taps("Отложить", due["messageId"])
    yana.sees("1 час")
    callback = str(yana.taps("1 час", due["messageId"])["callbackId"])
    assert yana.is_told(callback) == "Это напоминание уже закрыто"


# --------------------------------------------------------------------------- when Telegram does not answer


def test_what_was_cut_in_flight_is_not_told_twice(world: World) -> None:
    assert world.telegram
    customer = world.in_telegram("Оборванный")
    customer.says("Здравствуйте")
    customer.hears("")
    settled(world)
    world.telegram.add_fault(Fault("/sendMessage", drop="after", times=1))
    world.ctx.store.commit(
        staff_messages.told(
            world.ctx, "asked", customer.lead, world.rows("customers", id=customer.lead["customer_id"])[0], user_id=None
        )
    )
    eventually(lambda: world.rows("staff_messages", lead_id=customer.lead["id"], state="unknown"))
    settled(world)
    assert len([m for m in in_group(world) if number(customer) in m["text"]]) == 1


def test_what_telegram_takes_no_more_of_just_now_is_told_later(world: World) -> None:
    assert world.telegram
    busy = {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 1}}
    customer = world.in_telegram("Терпеливый")
    customer.says("Здравствуйте")
    customer.hears("")
    settled(world)
    world.telegram.add_fault(Fault("/sendMessage", status=429, body=busy))
    conversations.takeover(world.ctx, hire(world, "Ася").viewer, customer.conversation["id"])
    world.ctx.store.commit(
        staff_messages.told(
            world.ctx, "asked", customer.lead, world.rows("customers", id=customer.lead["customer_id"])[0], user_id=None
        )
    )
    told(world, number(customer))
    assert world.rows("staff_messages", lead_id=customer.lead["id"])[0]["state"] == "sent"


def test_a_file_in_a_reply_reaches_the_customer_with_its_words(world: World) -> None:
    customer, manager, number_ = called(world, "Ваучер")
    manager.phone.says(
        manager.user_id, media="photo", caption="Вот ваш ваучер", chat_id=GROUP, reply_to=number_, name=manager.name
    )
    got = customer.hears("Вот ваш ваучер")
    assert got["kind"] == "photo"
    manager.phone.says(manager.user_id, media="document", chat_id=GROUP, reply_to=number_, name=manager.name)
    eventually(lambda: any(message["kind"] == "document" for message in customer.heard))


def test_a_reply_to_the_confirmation_reaches_the_same_customer(world: World) -> None:
    customer, manager, number_ = called(world, "Продолжение")
    manager.replies("Места есть", number_, group=True)
    customer.hears("Места есть")
    sent = eventually(lambda: [m for m in in_group(world) if m["text"] == "Отправлено клиенту."])[-1]["messageId"]
    manager.replies("И цена та же", sent, group=True)
    customer.hears("И цена та же")


def test_a_reply_to_what_is_no_notice_is_not_lost_in_silence(world: World) -> None:
    _customer, manager, _number = called(world, "Тишина")
    assert world.ctx.telegram
    plain = world.ctx.telegram.tell(str(GROUP), "Просто слова бота", [])
    before = len(in_group(world))
    manager.replies("Ответ в никуда", int(plain), group=True)
    eventually(lambda: [m for m in in_group(world)[before:] if "Не отправлено" in m["text"]])


def test_an_edited_reply_changes_what_the_customer_reads(world: World) -> None:
    customer, manager, number_ = called(world, "Поправка")
    said = manager.phone.says(manager.user_id, "Цена 185 000", chat_id=GROUP, reply_to=number_, name=manager.name)
    customer.hears("Цена 185 000")
    manager.phone.edits(manager.user_id, said["messageId"], "Цена 165 000", chat_id=GROUP)
    customer.hears("Цена 165 000")
    assert not any("185 000" in message["text"] for message in customer.heard)


def test_what_colleagues_say_to_each_other_is_not_kept(world: World) -> None:
    assert world.telegram
    world.telegram.says(77, "Клиент Секретов опять звонил", name="Кто-то", chat_id=GROUP)
    settled(world)
    assert not any("Секретов" in row["body"] for row in world.rows("inbox_events"))
    assert not any("Секретов" in str(row["payload"]) for row in world.rows("jobs"))


def test_putting_off_twice_moves_one_reminder(world: World) -> None:
    customer, manager, number_ = called(world, "Дважды")
    manager.taps_in_group("Отложить", number_)
    manager.is_told(manager.taps_in_group("15 минут", eventually(lambda: choices_of_later(world, number_))))
    manager.taps_in_group("Отложить", number_)
    manager.is_told(manager.taps_in_group("1 час", eventually(lambda: choices_of_later(world, number_))))
    made = eventually(lambda: world.rows("reminders", lead_id=customer.lead["id"]))
    assert len(made) == 1
    text = next(m["text"] for m in in_group(world) if m["messageId"] == number_)
    assert text.count("Отложено") == 1


def choices_of_later(world: World, number_: int) -> int | None:
    shown = next(m for m in in_group(world) if m["messageId"] == number_)
    return number_ if "15 минут" in labels(shown) else None


def test_a_closed_lead_is_not_taken(world: World) -> None:
    customer, manager, number_ = called(world, "Закрытый")
    lead = customer.lead
    head = world.manager(Role.HEAD)
    moves.move(world.ctx, head, lead["id"], version=lead["version"], status=Status.CLOSED, outcome=Outcome.WON)
    assert "закрыт" in manager.is_told(manager.taps_in_group("Взять", number_))
    assert customer.lead["assignee_id"] is None


# --------------------------------------------------------------------------- an office without a group


def test_a_group_that_became_a_supergroup_is_told_under_its_new_number(world: World) -> None:
    assert world.telegram
    world.telegram.says(1, "Мы переехали", name="Глава", chat_id=-100_500)
    moved = {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": -100_500},
    }
    customer = world.in_telegram("Переезжающий")
    customer.says("Здравствуйте")
    customer.hears("")
    settled(world)
    lead = customer.lead
    world.telegram.add_fault(Fault("/sendMessage", status=400, body=moved))
    person = world.rows("customers", id=lead["customer_id"])[0]
    world.ctx.store.commit(staff_messages.told(world.ctx, "asked", lead, person, user_id=None))
    sent = eventually(lambda: world.rows("staff_messages", lead_id=lead["id"], state="sent"))
    assert sent[0]["chat_id"] == "-100500"
    notices = [row for row in world.rows("notices", kind="integration") if row["data"]["state"] == "group_moved"]
    assert [row["data"]["chat_id"] for row in notices] == ["-100500"]


def test_without_a_group_all_who_linked_theirs_hear_of_what_is_nobodys(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with running(tmp_path_factory.mktemp("no group"), telegram=True, public=True, telegram_mode="webhook") as alone:
        nobody = asks_for_a_person(alone, "Первый")
        ada, bella = hire(alone, "Ада").links(), hire(alone, "Белла").links()
        customer = asks_for_a_person(alone, "Второй")
        for manager in (ada, bella):
            manager.hears(f"Клиент просит человека: Второй, {number(customer)}")
        message = ada.sees("Взять")
        assert "Лид ваш" in ada.is_told(str(ada.taps("Взять", message["messageId"])["callbackId"]))
        late = bella.sees("Взять")
        assert bella.is_told(str(bella.taps("Взять", late["messageId"])["callbackId"])) == "Уже взяли: Ада"
        assert number(nobody) not in " ".join(heard["text"] for heard in (*ada.heard, *bella.heard))
        assert alone.rows("notices", lead_id=nobody.lead["id"]), "the bell has told it"
