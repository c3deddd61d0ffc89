"""What the assistant says: simple, friendly, on «вы», nothing that is not known to be true."""

from __future__ import annotations

from crystalbay.chat import words
from crystalbay.chat.dialogue import Dialogue
from crystalbay.services.context import Context
from crystalbay.services.handover import Promise

_PHRASES: dict[str, dict[str, tuple[str, ...]]] = {
    "hello": {
        "ru": ("Здравствуйте! Я помощник {office}, подбираю туры.",),
        "en": ("Hello! I am the assistant of {office}, I look for tours.",),
    },
    "searching": {
        "ru": ("Ищу туры, это займёт меньше минуты…", "Проверяю свежие цены, минутку…", "Смотрю варианты…"),
        "en": ("Searching for tours, less than a minute…", "Checking fresh prices, one moment…", "Looking…"),
    },
    "confused": {
        "ru": (
            "Не совсем понял. Напишите, пожалуйста, куда и когда хотите поехать, и я подберу варианты.",
            "Простите, всё ещё не понимаю. Можно написать проще, например: «Турция, июнь, вдвоём»?",
        ),
        "en": (
            "I did not quite get that. Please write where and when you would like to go, and I will find options.",
            "Sorry, I still do not understand. Could you put it simply, for example: “Turkey, June, two of us”?",
        ),
    },
    "thanks": {
        "ru": ("Пожалуйста! Пишите, если появятся вопросы.", "Рад помочь. Хорошего дня!", "Всегда пожалуйста."),
        "en": ("You are welcome! Write any time.", "Glad to help. Have a nice day!", "Any time."),
    },
    "refusal": {
        "ru": (
            "Понял вас. Если планы изменятся, напишите, подберу заново.",
            "Хорошо, больше не отвлекаю. Напишите, когда понадобится тур.",
        ),
        "en": (
            "Understood. If your plans change, just write and I will search again.",
            "All right, I will not disturb you. Write whenever you need a tour.",
        ),
    },
    "which": {
        "ru": (
            "Какой из вариантов выбираете? Напишите один номер, от 1 до {last}.",
            "Уточните, пожалуйста, номер одного варианта, от 1 до {last}. Остальные никуда не денутся.",
        ),
        "en": (
            "Which option do you choose? Write one number, 1 to {last}.",
            "Please tell me the number of one option, 1 to {last}. The others will not run away.",
        ),
    },
    "no_more": {
        "ru": (
            "Других отелей на эти даты не нашлось. Посмотреть соседние даты, другое число ночей или другой курорт?",
            "Больше вариантов на эти даты нет. Что поменяем: даты, число ночей или курорт?",
        ),
        "en": (
            "No other hotels for these dates. Shall I check nearby dates, another number of nights or another resort?",
            "There is nothing more for these dates. What shall we change: dates, nights or the resort?",
        ),
    },
    "table": {
        "ru": (
            "Варианты выше ждут вас: напишите номер того, что понравился, или скажите, что поменять.",
            "Не уверен, что правильно понял. По вариантам выше: какой ближе, или поменять даты, курорт, бюджет?",
        ),
        "en": (
            "The options above are waiting for you: write the number of the one you like, or tell me what to change.",
            "I am not sure I got that. Which of the options above is closer, or shall I change dates or budget?",
        ),
    },
    "pick": {
        "ru": ("А пока можно выбрать вариант: напишите его номер или что поменять.", "Из вариантов какой ближе?"),
        "en": (
            "Meanwhile you can choose: write a number or tell me what to change.",
            "Which of the options is closer?",
        ),
    },
    "closer": {
        "ru": ("Какой вариант ближе?", "Что выберем?", "Напишите номер, если какой-то понравился."),
        "en": ("Which one is closer to what you want?", "Which shall we take?", "Write a number if you like one."),
    },
    "no_cheaper": {
        "ru": (
            "Дешевле вариантов выше на эти даты нет. Посмотреть соседние даты, меньше ночей или другую страну?",
            "Это уже самые недорогие на эти даты. Что поменять: даты, ночи, страну?",
        ),
        "en": (
            "There is nothing cheaper for these dates. Shall I check other dates, fewer nights or another country?",
            "These are the cheapest for these dates. What shall we change: dates, nights, country?",
        ),
    },
    "cheap_noted": {
        "ru": ("Понял, поищу то, что недорого.",),
        "en": ("I see, I will look for the inexpensive ones.",),
    },
    "any_dates": {
        "ru": ("Тогда посмотрю ближайший месяц.",),
        "en": ("Then I will look at the coming month.",),
    },
    "any_nights": {
        "ru": ("Тогда возьму неделю, 7 ночей.",),
        "en": ("Then I will take a week, 7 nights.",),
    },
    "think": {
        "ru": (
            "Конечно, подумайте. Я здесь: напишите, когда решите, цены перед бронированием обновлю.",
            "Не торопитесь. Напишите, когда будете готовы.",
        ),
        "en": (
            "Of course, take your time. Just write when you have decided; I will refresh the prices before booking.",
            "No hurry. Write whenever you are ready.",
        ),
    },
    "contact": {
        "ru": ("Спасибо{name}, контакты записал.", "Спасибо, и это записал."),
        "en": ("Thank you{name}, I have noted your contacts.", "Thank you, noted as well."),
    },
    "change_what": {
        "ru": (
            "Понял. Что поменяем: даты, число ночей, курорт или бюджет?",
            "Подскажите, что изменить: другие даты, другую страну, другой город вылета?",
            "Напишите, пожалуйста, что важнее всего поменять, и я поищу заново.",
        ),
        "en": (
            "I see. What shall we change: dates, number of nights, resort or budget?",
            "Tell me what to change: other dates, another country, another departure city?",
            "Please write what matters most to change, and I will search again.",
        ),
    },
    "still_searching": {
        "ru": ("Ещё ищу, секунду…", "Поиск идёт, варианты пришлю сразу, как найдутся.", "Почти готово…"),
        "en": ("Still searching, one second…", "The search is running, I will send options at once.", "Almost there…"),
    },
    "same_offers": {
        "ru": (
            "Подходят те же варианты, что выше. Показать другие или что-то поменять: даты, курорт, бюджет?",
            "Нового по этому запросу нет: варианты выше в силе. Какой из них ближе?",
        ),
        "en": (
            "The same options as above fit. Shall I show others, or change dates, resort or budget?",
            "Nothing new for this request: the options above still stand. Which one is closer?",
        ),
    },
    "propose": {
        "ru": (
            "Можно посмотреть такие направления: {all}. Начну с первого, {first};"
            " если больше нравится другое, просто назовите.",
        ),
        "en": ("We could look at {all}. I will start with the first, {first}; if you prefer another, just name it.",),
    },
    "nowhere": {
        "ru": ("Туда ({place}) туров у нас сейчас нет. Есть: {names}. Что посмотреть?",),
        "en": ("We have no tours there ({place}) at the moment. There are: {names}. Which should I check?",),
    },
    "children_price": {
        "ru": ("Скидка зависит от возраста и отеля. Напишите, сколько лет детям, и я пересчитаю цены вместе с ними.",),
        "en": ("The discount depends on age and hotel. Write the children's ages and I will price them in.",),
    },
    "children_priced": {
        "ru": ("Цены выше уже за всех, вместе с детьми: {who}.",),
        "en": ("The prices above are for everybody, children included: {who}.",),
    },
    "day_past": {
        "ru": ("«{said}»: эта дата уже прошла.",),
        "en": ("“{said}” is already in the past.",),
    },
    "day_impossible": {
        "ru": ("«{said}»: такой даты нет, в этом месяце дней {days}.",),
        "en": ("“{said}”: there is no such day, that month has {days}.",),
    },
    "second_trip": {
        "ru": ("Начну с первой поездки: {first}. Вторую ({second}) записал и передал менеджеру, чтобы не смешать.",),
        "en": ("I will start with the first trip: {first}. The second one ({second}) I have passed to a manager.",),
    },
    "restored": {
        "ru": ("Вернул как было.",),
        "en": ("Back to what it was.",),
    },
    "noted": {
        "ru": (
            "Записал и передал менеджеру: {told}.",
            "Добавил к вашему запросу: {told}. Менеджер увидит.",
            "Учтём: {told}. Менеджер ответит, как договорились.",
        ),
        "en": (
            "Noted and passed to the manager: {told}.",
            "Added to your request: {told}. The manager will see it.",
            "We have it: {told}. The manager will answer as promised.",
        ),
    },
    "not_understood": {
        "ru": ("Не совсем понял.", "Простите, всё ещё не понимаю."),
        "en": ("I did not quite get that.", "Sorry, I still do not understand."),
    },
    "welcome_back": {
        "ru": ("С возвращением. Мы подбирали: {trip}. Продолжим или начнём заново?",),
        "en": ("Welcome back. We were looking for: {trip}. Shall we go on or start again?",),
    },
    "good_hands": {
        "ru": ("Разговор у менеджера: он ответит здесь до {by}.", "Менеджер уже знает, ответит здесь до {by}."),
        "en": ("A manager has your conversation and will answer here by {by}.", "A manager will answer here by {by}."),
    },
    "restart": {
        "ru": ("Начать заново? Всё, что вы выбрали, забуду.",),
        "en": ("Start again? I will forget what you have chosen.",),
    },
    "cleared": {
        "ru": ("Начинаем заново.",),
        "en": ("Starting again.",),
    },
    "at_the_beginning": {
        "ru": ("Это самое начало.",),
        "en": ("This is the very beginning.",),
    },
    "no_offers": {
        "ru": ("Подборки пока нет.",),
        "en": ("There is no selection yet.",),
    },
    "last_offers": {
        "ru": ("Последняя подборка:",),
        "en": ("The last selection:",),
    },
    "cancelled": {
        "ru": ("Остановил подбор. Всё, что вы рассказали, помню: можно продолжить когда угодно.",),
        "en": ("I have stopped the search. I remember what you told me: we can go on at any time.",),
    },
    "help": {
        "ru": (
            "Подбираю туры по живым ценам. Напишите своими словами, куда, когда и с кем хотите поехать, или отвечайте"
            " кнопками.\n\n"
            "/search подобрать тур\n/offers последняя подборка\n/manager позвать менеджера\n/language язык\n"
            "/cancel остановить подбор\n/delete_me удалить мои данные\n\n"
            "Слова «назад» и «начать заново» работают на каждом шаге.",
        ),
        "en": (
            "I find tours at live prices. Write in your own words where, when and with whom you would like to go, or"
            " answer with the buttons.\n\n"
            "/search find a tour\n/offers the last selection\n/manager call a manager\n/language language\n"
            "/cancel stop the search\n/delete_me delete my data\n\n"
            "The words “back” and “start again” work at every step.",
        ),
    },
    "language": {
        "ru": ("На каком языке говорим? Which language do you prefer?",),
        "en": ("Which language do you prefer? На каком языке говорим?",),
    },
    "language_set": {
        "ru": ("Хорошо, говорим по-русски.",),
        "en": ("All right, English it is.",),
    },
    "delete": {
        "ru": (
            "Удалить ваше имя, контакты, переписку и файлы? Вернуть их нельзя. Договоры и оплаченные брони хранятся,"
            " сколько требует закон.",
        ),
        "en": (
            "Delete your name, contacts, messages and files? They cannot be brought back. Contracts and paid bookings"
            " are kept as long as the law demands.",
        ),
    },
    "deleted": {
        "ru": ("Удаляю ваши данные. Если напишете снова, начнём с чистого листа. Хорошего дня!",),
        "en": ("I am deleting your data. If you write again, we start from scratch. Have a nice day!",),
    },
    "kept": {
        "ru": ("Хорошо, ничего не удаляю.",),
        "en": ("All right, nothing is deleted.",),
    },
    "old_button": {
        "ru": ("Эта кнопка из прошлого вопроса и уже не действует.",),
        "en": ("This button belongs to an earlier question and no longer works.",),
    },
    "earlier_offer": {
        "ru": ("Этот вариант из прошлой подборки: цена могла измениться, менеджер её обновит.",),
        "en": ("This option is from an earlier selection: its price may have changed, the manager will refresh it.",),
    },
    "phone": {
        "ru": ("Чтобы менеджер мог позвонить, нажмите «Поделиться номером» внизу или напишите номер.",),
        "en": ("So that the manager can call you, tap “Share my number” below or write the number.",),
    },
    "off_topic": {
        "ru": ("Я помогаю только с подбором туров. Если он нужен, напишите, куда хотите поехать.",),
        "en": ("I only help with finding tours. If you need one, write where you would like to go.",),
    },
}

_LEAD_IN: dict[str, dict[str, str | tuple[str, ...]]] = {
    "ru": {
        "asked": "Хорошо, передал разговор менеджеру.",
        "confused": "Давайте я позову менеджера, вместе разберёмся быстрее.",
        "angry": "Мне очень жаль, что так вышло. Передал всё менеджеру.",
        "urgent": "Понимаю, что это срочно. Уже передал менеджеру.",
        "supplier": "Поиск туров сейчас не отвечает, поэтому передал ваш запрос менеджеру.",
        "no_supplier": "Ваш запрос записал и передал менеджеру: он подберёт варианты.",
        "nothing_found": "По этому запросу вариантов не нашлось. Передал менеджеру: он посмотрит шире.",
        "booking": "Отличный выбор: {hotel}. Передал менеджеру: он проверит места и окончательную цену.",
        "support": "Мне очень жаль, что так вышло. Уже передал менеджеру.",
        "change": "Изменения и отмену оформляет менеджер, передал ему ваш вопрос.",
        "payment": (
            "По оплате точно ответит менеджер, передал ему ваш вопрос.",
            "И этот вопрос об оплате передал менеджеру.",
        ),
        "status": "Состояние брони проверит менеджер, передал ему ваш вопрос.",
        "question": (
            "Чтобы не ошибиться, на это ответит менеджер, передал ему ваш вопрос.",
            "И этот вопрос передал менеджеру.",
            "Записал и этот вопрос для менеджера.",
        ),
        "wish": (
            "Пожелание записал: {wishes}. Поиск этого сам не видит, уточню у менеджера.",
            "Добавил пожелание: {wishes}. Тоже уточню у менеджера.",
        ),
        "media": "{thanks} Передал менеджеру.",
        "unreadable": "Вижу, что вы звонили или прислали то, что я не могу открыть. Передал менеджеру.",
        "broken": "Не получилось ответить самому, передал разговор менеджеру.",
    },
    "en": {
        "asked": "All right, I have passed the conversation to a manager.",
        "confused": "Let me call a manager, together we will sort it out faster.",
        "angry": "I am very sorry about this. I have passed everything to a manager.",
        "urgent": "I understand that this is urgent. A manager has it already.",
        "supplier": "The tour search does not answer right now, so I have passed your request to a manager.",
        "no_supplier": "I have noted your request and passed it to a manager, who will find options.",
        "nothing_found": "Nothing was found for this request. I have passed it to a manager, who will look wider.",
        "booking": "A fine choice: {hotel}. A manager will check the availability and the final price.",
        "support": "I am very sorry about this. A manager has it already.",
        "change": "A manager handles changes and cancellations; I have passed your question on.",
        "payment": (
            "A manager will answer about payment exactly; I have passed your question on.",
            "I have passed this payment question on as well.",
        ),
        "status": "A manager will check the state of your booking; I have passed your question on.",
        "question": (
            "To be sure, a manager will answer this; I have passed your question on.",
            "I have passed this question on as well.",
            "Noted this question for the manager too.",
        ),
        "wish": (
            "I have noted your wish: {wishes}. The search does not see this, a manager will check it.",
            "Your wish is added: {wishes}. A manager will check this too.",
        ),
        "media": "{thanks} I have passed it to a manager.",
        "unreadable": "I see that you called or sent something I cannot open. I have passed it to a manager.",
        "broken": "I could not answer this myself and have passed it to a manager.",
    },
}

_MEDIA_THANKS: dict[str, dict[str, str | tuple[str, ...]]] = {
    "ru": {
        "audio": ("Голосовое получил, спасибо.", "Ещё одно голосовое получил, спасибо."),
        "image": ("Картинку получил, спасибо.", "Ещё одну картинку получил, спасибо."),
        "images": ("Картинки получил, спасибо.", "И эти картинки получил, спасибо."),
        "sticker": ("Спасибо за стикер!", "И за этот спасибо!"),
        "video": ("Видео получил, спасибо.", "Ещё одно видео получил, спасибо."),
        "document": ("Документ получил, спасибо.", "Ещё один документ получил, спасибо."),
        "geo": "Точку на карте получил, спасибо.",
        "contact": "Контакт получил, спасибо.",
    },
    "en": {
        "audio": ("I have your voice message, thank you.", "I have this voice message too, thank you."),
        "image": ("I have your picture, thank you.", "I have this picture too, thank you."),
        "images": ("I have your pictures, thank you.", "I have these pictures too, thank you."),
        "sticker": ("Thank you for the sticker!", "And for this one, too!"),
        "video": ("I have your video, thank you.", "I have this video too, thank you."),
        "document": ("I have your document, thank you.", "I have this document too, thank you."),
        "geo": "I have the place on the map, thank you.",
        "contact": "I have the contact, thank you.",
    },
}

_GO_ON = {
    "ru": "А если напишете текстом, куда и когда хотите поехать, подберу варианты сразу.",
    "en": "If you write where and when you would like to go, I will find options at once.",
}


def say(what: str, dialogue: Dialogue, **values: str) -> str:
    """The next wording of a phrase; after the last one it stays with the last."""
    return _next(_PHRASES[what][dialogue.language], what, dialogue).format(**values)


def wordings(what: str, dialogue: Dialogue) -> int:
    """How many wordings a phrase has: what must never be said twice in the same words ends there."""
    return len(_PHRASES[what][dialogue.language])


def _next(variants: str | tuple[str, ...], what: str, dialogue: Dialogue) -> str:
    if isinstance(variants, str):
        return variants
    return variants[min(dialogue.times_said(what), len(variants) - 1)]


def handed_over(ctx: Context, reason: str, promised: Promise, dialogue: Dialogue, **values: str) -> str:
    """Why a person takes over, who it is and by when he answers."""
    first = _next(_LEAD_IN[dialogue.language][reason], f"handed:{reason}", dialogue).format(**values)
    local = ctx.local_now()
    when = f"{words.moment(promised.by, local.date(), dialogue.language)} {words.zone(promised.by, dialogue.language)}"
    if dialogue.language == "ru":
        who = f"{promised.name} ответит" if promised.name else "Менеджер ответит"
        return f"{first} {who} здесь до {when}."
    who = promised.name or "A manager"
    return f"{first} {who} will answer here by {when}."


def media_thanks(kind: str, dialogue: Dialogue) -> str:
    return _next(_MEDIA_THANKS[dialogue.language][kind], f"media:{kind}", dialogue)


_WISHES = {
    "первая линия": "first line",
    "аквапарк": "water park",
    "песчаный пляж": "sandy beach",
    "галечный пляж": "pebble beach",
    "бассейн": "pool",
    "детский клуб": "kids club",
    "спа": "spa",
    "только взрослые": "adults only",
    "вид на море": "sea view",
    "прямой рейс": "direct flight",
    "трансфер": "transfer",
    "тихий отель": "quiet hotel",
    "экскурсии": "excursions",
    "с животным": "pets allowed",
}
"""English names of the wishes that crystalbay/nlp/details.py reads."""


def wish(name: str, dialogue: Dialogue) -> str:
    return _WISHES.get(name, name) if dialogue.language == "en" else name


def go_on_in_text(dialogue: Dialogue) -> str:
    return _GO_ON[dialogue.language]
