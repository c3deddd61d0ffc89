"""What the assistant says: simple, friendly, on «вы», nothing that is not known to be true."""

from __future__ import annotations

from crystalbay.chat import words
from crystalbay.chat.dialogue import Dialogue
from crystalbay.services.context import Context
from crystalbay.services.handover import Promise
from crystalbay.services.tours import Findings
from models import Money, Offer, SearchQuery

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
    "not_understood": {
        "ru": ("Не совсем понял.", "Простите, всё ещё не понимаю."),
        "en": ("I did not quite get that.", "Sorry, I still do not understand."),
    },
    "off_topic": {
        "ru": ("Я помогаю только с подбором туров. Если он нужен, напишите, куда хотите поехать.",),
        "en": ("I only help with finding tours. If you need one, write where you would like to go.",),
    },
}

_LEAD_IN = {
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
        "payment": "По оплате точно ответит менеджер, передал ему ваш вопрос.",
        "status": "Состояние брони проверит менеджер, передал ему ваш вопрос.",
        "question": "Чтобы не ошибиться, на это ответит менеджер, передал ему ваш вопрос.",
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
        "payment": "A manager will answer about payment exactly; I have passed your question on.",
        "status": "A manager will check the state of your booking; I have passed your question on.",
        "question": "To be sure, a manager will answer this; I have passed your question on.",
        "media": "{thanks} I have passed it to a manager.",
        "unreadable": "I see that you called or sent something I cannot open. I have passed it to a manager.",
        "broken": "I could not answer this myself and have passed it to a manager.",
    },
}

_MEDIA_THANKS = {
    "ru": {
        "audio": "Голосовое получил, спасибо.",
        "image": "Картинку получил, спасибо.",
        "sticker": "Спасибо за стикер!",
        "video": "Видео получил, спасибо.",
        "document": "Документ получил, спасибо.",
        "geo": "Точку на карте получил, спасибо.",
        "contact": "Контакт получил, спасибо.",
    },
    "en": {
        "audio": "I have your voice message, thank you.",
        "image": "I have your picture, thank you.",
        "sticker": "Thank you for the sticker!",
        "video": "I have your video, thank you.",
        "document": "I have your document, thank you.",
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
    variants = _PHRASES[what][dialogue.language]
    return variants[min(dialogue.times_said(what), len(variants) - 1)].format(**values)


def handed_over(ctx: Context, reason: str, promised: Promise, dialogue: Dialogue, **values: str) -> str:
    """Why a person takes over, who it is and by when he answers."""
    first = _LEAD_IN[dialogue.language][reason].format(**values)
    local = ctx.local_now()
    when = f"{words.moment(promised.by, local.date(), dialogue.language)} {words.zone(promised.by, dialogue.language)}"
    if dialogue.language == "ru":
        who = f"{promised.name} ответит" if promised.name else "Менеджер ответит"
        return f"{first} {who} здесь до {when}."
    who = promised.name or "A manager"
    return f"{first} {who} will answer here by {when}."


def media_thanks(kind: str, dialogue: Dialogue) -> str:
    return _MEDIA_THANKS[dialogue.language][kind]


def go_on_in_text(dialogue: Dialogue) -> str:
    return _GO_ON[dialogue.language]


# --------------------------------------------------------------------------- offers


def offers(ctx: Context, query: SearchQuery, found: Findings, dialogue: Dialogue) -> str:
    """The answer with the hotels that were found: what was looked for, each hotel, the time of the prices."""
    language = dialogue.language
    blocks = [_heading(query, found, language)]
    blocks += [_offer(number, offer, language) for number, offer in enumerate(found.offers, 1)]
    fetched = min(offer.fetched_at for offer in found.offers).astimezone(ctx.zone)
    when = f"{fetched.hour}:{fetched.minute:02d} {words.zone(fetched, language)}"
    if language == "ru":
        blocks.append(
            f"Цены «от» на {when}; перед бронированием их ещё раз проверят."
            " Какой вариант ближе? Напишите номер или скажите, что поменять."
        )
    else:
        blocks.append(
            f"Prices “from” as of {when}; they are checked again before booking."
            " Which one do you like? Write its number or tell me what to change."
        )
    return "\n\n".join(blocks)


def _heading(query: SearchQuery, found: Findings, language: str) -> str:
    place = ", ".join(words.place(name, language) for name in (query.country, *query.resorts))
    city = words.place(query.departure_city, language)
    days = words.dates(query.date_from, query.date_to, language)
    who = words.people(query.adults, len(query.children), language)
    stay = words.nights(query.nights_min, query.nights_max, language)
    if language == "ru":
        asked = f"{place}, вылет: {city}, {days}, {who}, {stay}."
        if found.over_budget and query.budget_max is not None:
            limit = words.money(Money(amount=query.budget_max, currency=query.currency), language)
            return f"{asked} В {limit} ничего не нашлось, вот ближайшие по цене:"
        return f"{asked} {'Вот ещё варианты:' if query.passed_over else 'Вот что подошло:'}"
    asked = f"{place}, from {city}, {days}, {who}, {stay}."
    if found.over_budget and query.budget_max is not None:
        limit = words.money(Money(amount=query.budget_max, currency=query.currency), language)
        return f"{asked} Nothing fits {limit}; these are the nearest in price:"
    return f"{asked} {'Here are some more:' if query.passed_over else 'Here is what fits:'}"


def _offer(number: int, offer: Offer, language: str) -> str:
    price = f"{'от' if language == 'ru' else 'from'} {words.money(offer.price, language)}"
    return (
        f"{number}. {words.hotel(offer.hotel)}{words.stars(offer.stars)}, {words.place(offer.resort, language)}\n"
        f"{words.dates(offer.check_in, offer.check_out, language)}, {words.count(offer.nights, 'night', language)},"
        f" {words.meal(offer.meal, language)}\n"
        f"{price} {words.for_whom(offer, language)}"
    )


def unserved(query: SearchQuery, found: Findings, dialogue: Dialogue) -> str:
    """The supplier does not know a part of the request: said plainly, with what there is instead."""
    language = dialogue.language
    names = ", ".join(words.place(name, language) for name in found.alternatives[:10])
    city = words.place(query.departure_city, language)
    values = {
        "departure": city,
        "country": words.place(query.country, language),
        "resort": ", ".join(words.place(name, language) for name in query.resorts),
        "hotel": query.hotel_name or "",
    }
    what = values[found.unserved or "country"]
    if dialogue.language == "ru":
        told = {
            "departure": f"Вылетов из города {what} у нас сейчас нет.",
            "country": f"Туров в направлении «{what}» из города {city} сейчас нет.",
            "resort": f"Курорта «{what}» сейчас нет в продаже.",
            "hotel": f"Отеля «{what}» сейчас нет в продаже.",
        }[found.unserved or "country"]
        return f"{told} Есть: {names}. Что посмотреть?" if names else f"{told} Посмотреть что-то другое?"
    told = {
        "departure": f"We have no departures from {what} at the moment.",
        "country": f"There are no tours to {what} from {city} at the moment.",
        "resort": f"The resort {what} is not on sale at the moment.",
        "hotel": f"The hotel {what} is not on sale at the moment.",
    }[found.unserved or "country"]
    return f"{told} There are: {names}. Which should I check?" if names else f"{told} Shall I check something else?"


def nothing_found(query: SearchQuery, dialogue: Dialogue) -> str:
    """The search was fine and there is nothing: said plainly, with what can be changed."""
    days = words.dates(query.date_from, query.date_to, dialogue.language)
    stay = words.nights(query.nights_min, query.nights_max, dialogue.language)
    if dialogue.language == "ru":
        return (
            f"{query.country}, вылет: {query.departure_city}, {days}, {stay}: сейчас ничего нет."
            " Попробовать другие даты или другое число ночей?"
        )
    return (
        f"{words.place(query.country, 'en')} from {words.place(query.departure_city, 'en')}, {days}, {stay}:"
        " nothing is on sale right now."
        " Shall I try other dates or another number of nights?"
    )
