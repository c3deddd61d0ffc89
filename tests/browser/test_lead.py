"""A manager's work on one lead: the chat, notes, ready answers, files, the head of the drawer."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from crystalbay.sandbox.server import Fault
from crystalbay.services import canned, leads, notes
from crystalbay.store.interface import Insert
from tests.browser.board_kit import DESKTOP, PASSWORD, new_context, signed_in, viewer, watched
from tests.browser.lead_kit import later, lead_office, long_talk, opened, tab, talking
from tests.world import World, eventually

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with lead_office(tmp_path_factory.mktemp("lead")) as system:
        yield system


@pytest.fixture
def page(browser: Browser, world: World) -> Iterator[Page]:
    with watched(browser, world) as opened:
        yield opened


# --------------------------------------------------------------------------- the chat


def test_typing_warns_that_the_machine_will_stop_and_sending_takes_over(page: Page, world: World) -> None:
    customer = talking(world, "Анна Соколова")
    drawer = opened(page, world, customer.lead["id"])
    expect(drawer.get_by_role("button", name="ИИ отвечает")).to_have_attribute("aria-pressed", "true")
    expect(drawer.locator(".composer-warning")).to_be_hidden()
    drawer.get_by_role("textbox", name="Сообщение в WhatsApp").fill("Добрый день, Анна!")
    expect(drawer.get_by_text("ИИ остановится, когда вы отправите")).to_be_visible()
    page.keyboard.press("Enter")
    customer.hears("Добрый день, Анна!")
    assert customer.conversation["mode"] == "human"
    expect(drawer.get_by_role("button", name="Отвечаю я")).to_have_attribute("aria-pressed", "true")
    sent = drawer.locator(".message-manager", has_text="Добрый день, Анна!")
    expect(sent).to_have_count(1)
    expect(sent.locator(".mark .visually-hidden")).to_have_text(re.compile("доставлено|прочитано"))


def test_shift_enter_makes_a_line_and_the_other_preference_needs_ctrl(browser: Browser, world: World) -> None:
    customer = talking(world, "Мария Лисина")
    context = new_context(browser, DESKTOP)
    page = signed_in(context, world, "pavel")
    drawer = opened(page, world, customer.lead["id"])
    field = drawer.locator("#composer-text")
    field.type("раз")
    page.keyboard.press("Shift+Enter")
    field.type("два")
    expect(field).to_have_value("раз\nдва")
    page.evaluate(
        """async () => (await import('/static/js/api.js')).call('PATCH', '/users/me',
           {preferences: {send_with: 'ctrl_enter'}})"""
    )
    page.reload()
    field = page.locator("#drawer #composer-text")
    expect(field).to_have_value("раз\nдва")
    field.focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.wait_for_timeout(200)
    assert "раз" not in " ".join(customer.answers)
    page.keyboard.press("Control+Enter")
    customer.hears("раз\nдва")
    context.close()


def test_a_note_is_yellow_and_never_goes_out(page: Page, world: World) -> None:
    customer = talking(world, "Пётр Громов")
    drawer = opened(page, world, customer.lead["id"])
    drawer.get_by_role("button", name="Заметка", exact=True).click()
    composer = drawer.locator(".composer")
    expect(composer).to_have_class(re.compile("composer-as-note"))
    drawer.get_by_role("textbox", name="Заметка: её увидят только коллеги").fill("Муж не любит долгий трансфер")
    expect(drawer.get_by_role("button", name="Отправить", exact=True)).to_be_hidden()
    drawer.get_by_role("button", name="Сохранить заметку").click()
    note = drawer.locator(".message-note", has_text="Муж не любит долгий трансфер")
    expect(note).to_have_count(1)
    expect(note).to_have_attribute("data-id", re.compile("."))
    customer.says("Вы тут?")
    expect(drawer.locator(".message-customer", has_text="Вы тут?")).to_be_visible()
    assert [text for text in customer.answers if "трансфер" in text] == []
    assert [row["text"] for row in world.rows("notes", lead_id=customer.lead["id"])] == ["Муж не любит долгий трансфер"]
    assert customer.conversation["mode"] == "bot"
    expect(composer).not_to_have_class(re.compile("composer-as-note"))  # the next words are for the client
    expect(drawer.get_by_role("textbox", name="Сообщение в WhatsApp")).to_be_focused()


def test_a_note_is_changed_in_place_and_deleted_with_a_way_back(page: Page, world: World) -> None:
    customer = talking(world, "Ирина Белова")
    notes.add(world.ctx, viewer(world, "alina"), customer.lead["id"], "Просит первую линию")
    drawer = opened(page, world, customer.lead["id"])
    note = drawer.locator(".message-note")
    note.hover()
    note.get_by_role("button", name="Изменить заметку").click()
    note.get_by_role("textbox").fill("Просит вторую линию")
    page.keyboard.press("Control+Enter")
    expect(note.locator(".message-text")).to_have_text("Просит вторую линию")
    expect(note).to_contain_text("исправлено")
    note.hover()
    note.get_by_role("button", name="Удалить заметку").click()
    expect(note).to_have_count(0)
    assert world.rows("notes", lead_id=customer.lead["id"]) == []
    page.get_by_role("button", name="Отменить").click()
    expect(drawer.locator(".message-note")).to_contain_text("Просит вторую линию")


def test_a_ready_answer_fills_its_blanks_and_an_unknown_one_holds_it_back(page: Page, world: World) -> None:
    alina = viewer(world, "alina")
    text = "{{имя}}, здравствуйте! Пишет {{менеджер}}. Ваш номер брони {{номер}}?"
    canned.add(world.ctx, alina, title="Бронь", text=text, shared=True)
    canned.add(world.ctx, alina, title="Виза", text="Виза не нужна", shared=True)
    customer = talking(world, "Орлова Юлия")
    drawer = opened(page, world, customer.lead["id"])
    field = drawer.locator("#composer-text")
    field.type("/бро")
    options = drawer.get_by_role("listbox", name="Быстрые ответы").get_by_role("option")
    expect(options).to_have_count(1)
    expect(options.locator("mark")).to_have_text("{{номер}}")
    page.keyboard.press("Enter")
    expect(field).to_have_value("Юлия, здравствуйте! Пишет Алина К.. Ваш номер брони {{номер}}?")
    page.keyboard.press("Enter")
    expect(drawer.locator(".composer-problem")).to_have_text("Заполните {{номер}} или уберите его")
    assert "брони" not in " ".join(customer.answers)
    page.keyboard.type("15")  # the blank is selected
    page.keyboard.press("Enter")
    customer.hears("Ваш номер брони 15?")


def test_the_slash_with_nothing_in_its_list_sends_nothing(page: Page, world: World) -> None:
    page.route("**/api/v1/canned-replies?*", lambda route: route.fulfill(json={"items": [], "next_cursor": None}))
    customer = talking(world, "Юрий Лапин")
    drawer = opened(page, world, customer.lead["id"])
    field = drawer.locator("#composer-text")
    for typed in ("/", "/абв"):
        field.fill("")
        field.press_sequentially(typed)
        page.keyboard.press("Enter")
        expect(drawer.locator(".canned .canned-none")).to_be_visible()
        page.keyboard.press("Enter")
        expect(field).to_have_value(typed)
    page.keyboard.press("Escape")
    expect(drawer.locator(".canned")).to_be_hidden()
    page.keyboard.press("Enter")
    customer.hears("/абв")
    assert "/" not in customer.answers


def test_a_draft_survives_a_reload_and_belongs_to_its_lead(page: Page, world: World) -> None:
    first, other = talking(world, "Зоя Лебедева"), talking(world, "Вера Зимина")
    drawer = opened(page, world, first.lead["id"])
    drawer.locator("#composer-text").fill("Уже проверяю отель")
    drawer.get_by_role("button", name="Заметка", exact=True).click()
    drawer.locator("#composer-text").fill("спросить про визу")
    page.reload()
    expect(drawer.locator("#composer-text")).to_have_value("спросить про визу")
    drawer.get_by_role("button", name="Заметка", exact=True).click()
    expect(drawer.locator("#composer-text")).to_have_value("Уже проверяю отель")
    expect(opened(page, world, other.lead["id"]).locator("#composer-text")).to_have_value("")


def test_signing_out_says_and_takes_the_drafts_of_this_browser(browser: Browser, world: World) -> None:
    customer = talking(world, "Ада Лаптева")
    context = new_context(browser, DESKTOP)
    page = signed_in(context, world, "pavel")
    opened(page, world, customer.lead["id"])
    page.evaluate("localStorage.setItem('draft:somebody:x', JSON.stringify({text: 'чужой', at: Date.now()}))")
    kept = "() => Object.keys(localStorage).filter(key => key.startsWith('draft:')).length"
    page.goto(f"{world.url}/leads/{customer.lead['id']}")
    menu = page.get_by_role("button", name="Моё меню")
    menu.click()
    expect(page.locator("#drafts-go")).to_be_hidden()  # nothing of his own was begun
    page.keyboard.press("Escape")
    page.locator("#composer-text").fill("Уже проверяю")
    menu.click()
    expect(page.get_by_text("Черновики на этом компьютере будут стёрты")).to_be_visible()
    page.route("**/logout", lambda route: route.fulfill(status=503, body="later"))
    page.get_by_role("button", name="Выйти").click()
    page.wait_for_url("**/logout")
    page.goto(f"{world.url}/leads/{customer.lead['id']}")
    assert page.evaluate(kept) == 2  # it did not work: nothing is lost
    page.unroute("**/logout")
    menu.click()
    page.get_by_role("button", name="Выйти").click()
    page.wait_for_url("**/login")
    page.wait_for_function(f"({kept})() === 1")
    context.close()


def test_signing_in_again_over_the_page_sends_what_was_written(page: Page, world: World) -> None:
    customer = talking(world, "Роман Быков")
    drawer = opened(page, world, customer.lead["id"])
    drawer.locator("#composer-text").fill("Ещё минуту, проверяю")
    page.wait_for_timeout(500)
    while page.context.cookies():  # an answer that was on its way may bring the cookie back
        page.context.clear_cookies()
        page.wait_for_timeout(300)
    page.keyboard.press("Enter")
    again = page.get_by_role("dialog").filter(has=page.get_by_label("Пароль", exact=True))
    again.get_by_label("Почта").fill("alina@crystalbay.example")
    again.get_by_label("Пароль", exact=True).fill(PASSWORD)
    again.get_by_role("button", name="Войти").click()
    customer.hears("Ещё минуту, проверяю")
    assert [text for text in customer.answers if "Ещё минуту" in text] == ["Ещё минуту, проверяю"]


def test_what_could_not_be_sent_is_in_the_field_after_another_signing_in(page: Page, world: World) -> None:
    customer = talking(world, "Захар Котов")
    drawer = opened(page, world, customer.lead["id"])
    drawer.locator("#composer-text").fill("Ещё минуту, проверяю")
    page.wait_for_timeout(500)
    while page.context.cookies():
        page.context.clear_cookies()
        page.wait_for_timeout(300)
    page.keyboard.press("Enter")
    page.locator("#sign-in").get_by_role("button", name="Позже").click()
    drawer.locator("#composer-text").fill("и ещё слова")
    drawer.locator(".message-problem").get_by_role("link", name="Войдите ещё раз").click()
    page.get_by_label("Почта").fill("alina@crystalbay.example")
    page.get_by_label("Пароль", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Войти").click()
    expect(drawer.locator("#composer-text")).to_have_value("Ещё минуту, проверяю\nи ещё слова")
    assert customer.answers[-1:] != ["Ещё минуту, проверяю"]


def test_what_the_messenger_refused_says_why_and_is_sent_again(page: Page, world: World) -> None:
    customer = talking(world, "Ольга Никитина")
    world.wazzup.add_fault(
        Fault("/v3/message", status=400, body={"error": "CHANNEL_NO_MONEY", "description": "no money"})
    )
    drawer = opened(page, world, customer.lead["id"])
    drawer.locator("#composer-text").fill("Проверяю отель")
    page.keyboard.press("Enter")
    failed = drawer.locator(".message-manager", has_text="Проверяю отель")
    expect(failed.locator(".message-problem")).to_contain_text("Не доставлено")
    failed.get_by_role("button", name="Повторить").click()
    customer.hears("Проверяю отель")
    old, new = drawer.locator(".message-manager", has_text="Проверяю отель").all()
    expect(old.locator(".message-problem")).to_have_text("Отправлено ещё раз")
    expect(new.locator(".message-problem")).to_have_count(0)
    expect(drawer.locator(".message-event", has_text="Переписку ведёт")).to_have_count(1)
    page.reload()
    expect(drawer.get_by_text("Отправлено ещё раз")).to_be_visible()
    expect(drawer.get_by_role("button", name="Повторить")).to_have_count(0)


def test_a_reply_that_did_not_reach_the_server_is_sent_once(page: Page, world: World) -> None:
    customer = talking(world, "Глеб Фомин")
    drawer = opened(page, world, customer.lead["id"])
    page.route("**/api/v1/conversations/*/messages", lambda route: route.abort())
    drawer.locator("#composer-text").fill("Добрый день!")
    page.keyboard.press("Enter")
    bubble = drawer.locator(".message-manager", has_text="Добрый день!")
    expect(bubble.locator(".message-problem")).to_contain_text("Не отправлено")
    page.unroute("**/api/v1/conversations/*/messages")
    bubble.get_by_role("button", name="Повторить").click()
    customer.hears("Добрый день!")
    expect(bubble).to_have_count(1)


def test_the_machines_proposal_is_put_into_the_field_or_sent(page: Page, world: World) -> None:
    customer = talking(world, "Лев Титов")
    drawer = opened(page, world, customer.lead["id"])
    drawer.get_by_role("button", name="Отвечаю я").click()
    eventually(lambda: customer.conversation["mode"] == "human")
    customer.says("Хочу в Египет")
    card = drawer.locator(".suggestion")
    expect(card).to_be_visible(timeout=20_000)
    words = card.locator(".suggestion-text").inner_text()
    expect(drawer.locator("#composer-text")).to_have_value("")
    card.get_by_role("button", name="Вставить").click()
    expect(drawer.locator("#composer-text")).to_have_value(words)
    drawer.locator("#composer-text").fill("")
    card.get_by_role("button", name="Отправить").click()
    customer.hears(words.splitlines()[0])
    expect(card).to_have_count(0)
    assert [row["state"] for row in world.rows("suggestions", conversation_id=customer.conversation["id"])] == ["sent"]


def test_a_file_is_sent_and_a_refused_one_says_why(page: Page, world: World, tmp_path: Path) -> None:
    customer = talking(world, "Инна Киселёва")
    good, bad = tmp_path / "программа.pdf", tmp_path / "virus.exe"
    good.write_bytes(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
    bad.write_bytes(b"MZ\x90\x00" + bytes(200))
    drawer = opened(page, world, customer.lead["id"])
    with page.expect_file_chooser() as chooser:
        drawer.get_by_role("button", name="Прикрепить файл").click()
    chooser.value.set_files([good, bad])
    refused = drawer.locator(".file-refused")
    expect(refused).to_contain_text("virus.exe")
    expect(refused).to_contain_text("не отправить")
    refused.get_by_role("button", name="Убрать файл virus.exe").click()
    expect(drawer.locator(".file-ready")).to_contain_text("программа.pdf")
    drawer.locator("#composer-text").fill("Вот программа")
    page.keyboard.press("Enter")
    eventually(lambda: [m for m in world.wazzup.chat(customer.chat_id) if m.get("contentUri")], 30)
    customer.hears("Вот программа")
    expect(drawer.locator(".message-manager .bubble-file", has_text="программа.pdf")).to_be_visible()
    expect(drawer.locator(".composer-file")).to_have_count(0)


def test_older_messages_come_upward_without_a_jump(page: Page, world: World) -> None:
    customer = talking(world, "Фёдор Фокин")
    long_talk(world, customer, 150)
    drawer = opened(page, world, customer.lead["id"])
    log = drawer.locator(".chat-log")
    expect(log.get_by_text("Старое сообщение 149")).to_be_visible()
    shown = log.locator(".message").count()
    assert shown < 100
    words = log.locator(".message-customer .message-text").nth(5).inner_text()
    mark = log.get_by_text(words, exact=True)
    log.evaluate("log => log.scrollTop = 200")
    before = mark.bounding_box()
    eventually(lambda: log.locator(".message").count() > shown)
    after = mark.bounding_box()
    assert before
    assert after
    assert abs(before["y"] - after["y"]) < 3
    for _ in range(3):
        log.evaluate("log => log.scrollTop = 0")
        page.wait_for_timeout(400)
    expect(log.get_by_text("Старое сообщение 0", exact=True)).to_have_count(1)
    assert log.locator(".message").count() == len(
        set(log.locator(".message").evaluate_all("all => all.map(m => m.dataset.id)"))
    )
    customer.says("Я вернулся")
    expect(drawer.get_by_role("button", name="Новые сообщения")).to_be_visible()
    drawer.get_by_role("button", name="Новые сообщения").click()
    expect(log.get_by_text("Я вернулся")).to_be_in_viewport()


def test_a_colleague_is_seen_and_one_warning_is_given_when_both_type(
    browser: Browser, page: Page, world: World
) -> None:
    customer = talking(world, "Дарья Романова")
    drawer = opened(page, world, customer.lead["id"])
    context = new_context(browser, DESKTOP)
    his = opened(signed_in(context, world, "pavel"), world, customer.lead["id"])
    his.locator("#composer-text").type("Добрый")
    expect(drawer.locator(".chat-side .lookers")).to_have_text("Павел М. печатает…", timeout=15_000)
    drawer.locator("#composer-text").fill("Здравствуйте, Дарья!")
    page.keyboard.press("Enter")
    expect(drawer.locator(".composer-typing")).to_contain_text("Павел М.: сейчас тоже печатает ответ")
    expect(drawer.locator("#composer-text")).to_have_value("Здравствуйте, Дарья!")
    page.keyboard.press("Enter")
    customer.hears("Здравствуйте, Дарья!")
    context.close()


def test_a_colleague_who_typed_just_now_is_told_of_before_sending(browser: Browser, page: Page, world: World) -> None:
    customer = talking(world, "Ольга Павлова")
    drawer = opened(page, world, customer.lead["id"])
    expect(drawer.locator("#lead-title")).to_be_visible()
    context = new_context(browser, DESKTOP)
    his = opened(signed_in(context, world, "pavel"), world, customer.lead["id"])
    his.locator("#composer-text").press_sequentially("Д")  # one letter is enough
    page.wait_for_timeout(1000)
    drawer.locator("#composer-text").press_sequentially("Здравствуйте!", delay=20)
    page.wait_for_timeout(500)
    page.keyboard.press("Enter")
    expect(drawer.locator(".composer-typing")).to_contain_text("Павел М.: сейчас тоже печатает ответ")
    assert "Здравствуйте!" not in customer.answers
    context.close()


def test_who_comes_types_stops_and_leaves_is_seen_soon(browser: Browser, page: Page, world: World) -> None:
    customer = talking(world, "Дина Орехова")
    drawer = opened(page, world, customer.lead["id"])
    lookers = drawer.locator(".chat-side .lookers")
    context = new_context(browser, DESKTOP)
    his = opened(signed_in(context, world, "pavel"), world, customer.lead["id"])
    expect(lookers).to_have_text("Сейчас смотрит: Павел М.", timeout=3000)
    his.locator("#composer-text").press_sequentially("Добрый")
    expect(lookers).to_have_text("Павел М. печатает…", timeout=3000)
    expect(lookers).to_have_text("Сейчас смотрит: Павел М.", timeout=6000)
    his.locator("#composer-text").press_sequentially(" день")
    expect(lookers).to_have_text("Павел М. печатает…", timeout=3000)
    his.locator("#composer-text").press_sequentially("!")
    with his.page.expect_request(lambda sent: '"typing":false' in (sent.post_data or ""), timeout=2500):
        his.locator("#composer-text").press("Control+Enter")  # at once, not three seconds after the last key
    expect(lookers).to_have_text("Сейчас смотрит: Павел М.", timeout=6000)
    his.locator("#composer-text").press_sequentially("И ещё")
    expect(lookers).to_have_text("Павел М. печатает…", timeout=3000)
    his.page.keyboard.press("Escape")
    expect(lookers).to_be_hidden(timeout=6000)
    opened(his.page, world, customer.lead["id"])
    expect(lookers).to_have_text("Сейчас смотрит: Павел М.", timeout=3000)
    context.close()


def test_the_keys_of_a_lead_are_in_the_help(page: Page, world: World) -> None:
    customer = talking(world, "Пётр Сухов")
    opened(page, world, customer.lead["id"])
    page.keyboard.press("Shift+Slash")
    section = page.get_by_role("dialog", name="Помощь").locator("section", has_text="В открытом лиде")
    for key in ("Enter", "Shift + Enter", "Alt + T", "/", "Esc"):
        expect(section.locator("kbd").get_by_text(key, exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#lead-title")).to_be_visible()


def test_a_lead_with_two_channels_has_a_picker(page: Page, world: World) -> None:
    customer = talking(world, "Нина Котова")
    talk = customer.conversation
    second = {"id": "second-talk", "channel": "telegram", "chat_key": "second", "external_chat_id": "2", "unread": 0}
    world.store.commit([Insert("conversations", talk | second)])
    drawer = opened(page, world, customer.lead["id"])
    picker = drawer.get_by_role("group", name="Переписки клиента")
    expect(picker.get_by_role("button")).to_have_count(2)
    picker.get_by_role("button", name="Telegram").click()
    expect(drawer.get_by_role("textbox", name="Сообщение в Telegram")).to_be_visible()
    expect(drawer.get_by_role("button", name="Telegram")).to_be_focused()


def test_what_is_being_written_is_not_replaced_by_what_comes(page: Page, world: World) -> None:
    customer = talking(world, "Тимур Алиев")
    drawer = opened(page, world, customer.lead["id"])
    drawer.locator("#lead-value").click()
    amount = drawer.get_by_role("textbox", name="Сумма сделки")
    amount.fill("1")
    customer.says("Хочу в Египет")
    expect(drawer.locator(".message-customer", has_text="Хочу в Египет")).to_be_visible()
    page.wait_for_timeout(800)
    expect(amount).to_have_value("1")
    expect(amount).to_be_focused()


def test_a_change_shows_at_once_and_goes_back_with_words_when_it_is_refused(
    page: Page, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering = threading.Event()

    def broken(*_asked: object) -> None:
        answering.wait(30)
        raise RuntimeError

    customer = talking(world, "Марк Юдин")
    drawer = opened(page, world, customer.lead["id"])
    expect(drawer.locator(".assignee-name")).to_have_text("ИИ ведёт")
    monkeypatch.setattr(leads, "patch", broken)
    drawer.locator("#lead-assignee").click()
    drawer.get_by_role("menuitem", name="Взять себе").click()
    expect(drawer.locator(".assignee-name")).to_have_text("Алина К.")
    answering.set()
    expect(drawer.locator(".assignee-name")).to_have_text("ИИ ведёт")
    expect(page.locator(".toast-note")).to_contain_text("Что-то сломалось у нас")


def test_the_head_changes_stage_assignee_sum_tags(page: Page, world: World) -> None:
    customer = talking(world, "Ева Круглова")
    drawer = opened(page, world, customer.lead["id"])
    drawer.locator("#lead-stage").click()
    expect(drawer.get_by_role("menuitemradio", checked=True)).to_have_text("Новый запрос")
    assert drawer.locator("#stage-menu").get_by_role("menuitemradio").count() == 9
    drawer.get_by_role("menuitemradio", name="Подбор тура").click()
    expect(drawer.locator("#lead-stage")).to_contain_text("Подбор тура")
    eventually(lambda: customer.lead["stage"] == "tour_selection")

    drawer.locator("#lead-assignee").click()
    menu = drawer.get_by_role("menu", name="Ответственный")
    expect(menu).to_contain_text("На месте")
    menu.get_by_role("menuitemradio", name="Павел М.").click()
    eventually(lambda: customer.lead["assignee_id"] == viewer(world, "pavel").id)

    drawer.locator("#lead-value").click()
    drawer.get_by_role("textbox", name="Сумма сделки").fill("сто рублей")
    page.keyboard.press("Enter")
    expect(drawer.get_by_text("Не поняли сумму")).to_be_visible()
    drawer.get_by_role("textbox", name="Сумма сделки").fill("125т.р.")
    expect(drawer.get_by_text("Не поняли сумму")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(drawer.locator("#lead-value")).to_have_text(re.compile(r"125\s000\s₽"))
    eventually(lambda: customer.lead["value_minor"] == 12_500_000)

    drawer.locator("#lead-tags").click()
    drawer.get_by_label("Новый тег").fill("Семья")
    page.keyboard.press("Enter")
    drawer.get_by_label("Новый тег").fill("Первая линия")
    page.keyboard.press("Enter")
    eventually(lambda: customer.lead["tags"] == ["Семья", "Первая линия"])
    expect(drawer.locator(".head-tags .chip:visible")).to_have_text(["Семья", "Первая линия"])
    drawer.get_by_role("button", name="Убрать тег Семья").click()
    eventually(lambda: customer.lead["tags"] == ["Первая линия"])
    page.keyboard.press("Escape")
    expect(drawer.locator("#lead-title")).to_be_visible()  # Esc closed the small form, not the drawer
    expect(drawer.locator(".side-tags")).to_have_text("Первая линия")


def test_closing_asks_for_the_outcome_and_the_reason(page: Page, world: World) -> None:
    customer = talking(world, "Яна Мухина")
    drawer = opened(page, world, customer.lead["id"])
    drawer.locator("#lead-stage").click()
    drawer.get_by_role("menuitemradio", name="Завершено").click()
    dialog = page.get_by_role("dialog", name="Чем закончилось?")
    dialog.get_by_role("radio", name="Отказ").check()
    dialog.get_by_role("button", name="Дорого").click()
    dialog.get_by_role("button", name="Закрыть лид").click()
    eventually(lambda: customer.lead["outcome"] == "lost")
    assert customer.lead["lost_reason"] == "Дорого"
    expect(drawer.locator("#lead-stage")).to_contain_text("Отказ: дорого")


def test_a_lead_that_is_gone_and_one_that_cannot_be_shown(page: Page, world: World) -> None:
    page.goto(f"{world.url}/?lead=no-such-lead")
    drawer = page.locator("#drawer")
    expect(drawer.get_by_role("heading", name="Такого лида нет")).to_be_visible()
    drawer.get_by_role("button", name="Закрыть").click()
    expect(drawer).to_be_hidden()
    customer = talking(world, "Егор Шубин")
    page.route("**/ui/leads/*", lambda route: route.fulfill(status=500, json={"title": "x", "request_id": "r-5"}))
    page.goto(f"{world.url}/?lead={customer.lead['id']}")
    expect(drawer.locator(".drawer-problem")).to_contain_text("Не получилось показать лид")
    expect(drawer.locator(".drawer-problem")).to_contain_text("r-5")
    page.unroute("**/ui/leads/*")
    drawer.get_by_role("button", name="Повторить").click()
    expect(drawer.get_by_role("heading", name="Егор Шубин")).to_be_visible()


def test_the_timeline_is_narrowed_and_goes_on(page: Page, world: World) -> None:
    customer = talking(world, "Клим Рогов")
    for number in range(60):
        notes.add(world.ctx, viewer(world, "alina"), customer.lead["id"], f"заметка {number}")
    drawer = opened(page, world, customer.lead["id"])
    pane = tab(drawer, "Хронология")
    expect(pane.locator(".activity")).to_have_count(50)
    pane.get_by_role("button", name="Показать ещё").click()
    expect(pane.get_by_text("Создан лид")).to_be_visible()
    pane.get_by_role("button", name="ИИ", exact=True).click()
    expect(pane.locator(".activity:not(.activity-ai)")).to_have_count(0)
    expect(pane.get_by_text("ИИ понял").first).to_be_visible()
    expect(pane.get_by_text("слова клиента").or_(pane.get_by_text("уверен")).first).to_be_visible()


def test_back_and_esc_close_the_drawer_and_the_focus_returns(page: Page, world: World) -> None:
    customer = talking(world, "Рита Сомова")
    page.goto(world.url)
    link = page.get_by_role("link", name="Рита Сомова")
    link.focus()
    page.keyboard.press("Enter")
    drawer = page.locator("#drawer")
    expect(drawer.locator("#lead-title")).to_be_focused()
    for _ in range(60):  # Tab never leaves the drawer
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('#drawer')")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    expect(drawer.locator("#lead-title")).to_be_visible()
    page.go_back()
    expect(drawer).to_be_hidden()
    assert "lead=" not in page.url
    later(world, seconds=1)
    assert customer.lead
