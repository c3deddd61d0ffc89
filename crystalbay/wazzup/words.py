"""Wazzup24's error codes in words for a manager (contract sections 4 and 7).

The spelling of codes differs between its routes, pages and webhooks (`repeatedCrmMessageId`,
`REPEATED_CRM_MESSAGE_ID`), so codes are compared after removing `_` and lowering case.
"""

from __future__ import annotations

REPEATED = "REPEATED_CRM_MESSAGE_ID"
PROBE_FAILED = "TEST_POST_NOT_PASSED"

_TOO_LONG = "Сообщение длиннее, чем принимает этот мессенджер. Разделите его на части."
_TOO_BIG = "Файл слишком большой: Wazzup24 принимает до 10 МБ, а некоторые мессенджеры ещё меньше."
_BAD_DATA = "Wazzup24 не принял данные сообщения."
_ONE_OF_TWO = "В одном сообщении может быть или текст, или файл."
_EMPTY = "Пустое сообщение отправить нельзя."
_BAD_FILE = "Мессенджер не принимает файлы такого вида."
_NO_FILE = "Wazzup24 не смог скачать файл по ссылке."
_NO_MONEY = "На счёте Wazzup24 закончились деньги. Пополните баланс, чтобы сообщения снова уходили."
_CHANNEL_OFF = "Канал в Wazzup24 отключён или не на связи. Проверьте его в личном кабинете Wazzup24."
_BAD_CONTACT = "Такого адресата в мессенджере нет. Проверьте номер или имя."
_SPAM = "Мессенджер принял сообщение за спам и не доставил его."
_TOO_MANY = "Отправлено слишком много сообщений, мессенджер временно их не принимает."
_NO_EDIT = "В этом мессенджере такое изменение сообщения невозможно."
_COMMENT_GONE = "Комментарий удалён, ответить на него уже нельзя."
_UNKNOWN = "Wazzup24 не смог отправить сообщение и не назвал причину."

_WORDS: dict[str, str] = {
    "INVALID_MESSAGE_DATA": _BAD_DATA,
    "VALIDATION_ERROR": _BAD_DATA,
    "WRONG_TRANSPORT": "Этот канал Wazzup24 не ведёт переписку в таком мессенджере.",
    REPEATED: "Это сообщение уже отправлено.",
    "MESSAGE_ONLY_TEXT_OR_CONTENT": _ONE_OF_TWO,
    "MESSAGES_ONLY_TEXT_OR_CONTENT": _ONE_OF_TWO,
    "MESSAGE_NOTHING_TO_SEND": _EMPTY,
    "MESSAGES_TEXT_CAN_NOT_BE_BLANK": _EMPTY,
    "MESSAGES_CONTENT_CAN_NOT_BE_BLANK": _EMPTY,
    "MESSAGE_TEXT_TOO_LONG": _TOO_LONG,
    "MESSAGES_TOO_LONG_INSTAGRAM": _TOO_LONG,
    "MESSAGES_TOO_LONG_TELEGRAM": _TOO_LONG,
    "MESSAGES_TOO_LONG_WABA": _TOO_LONG,
    "MESSAGES_TOO_LONG_WABA_HEADER": _TOO_LONG,
    "MESSAGES_TOO_LONG_WABA_TEMPLATE": _TOO_LONG,
    "MESSAGES_TOO_LONG_VK": _TOO_LONG,
    "MESSAGES_TOO_LONG_AVITO": _TOO_LONG,
    "MESSAGES_TOO_LONG_VIBER": _TOO_LONG,
    "TOO_LONG_TEXT": _TOO_LONG,
    "MESSAGE_WRONG_CONTENT_TYPE": _BAD_FILE,
    "MESSAGES_UNSUPPORTED_CONTENT_TYPE_INSTAPI": "В Instagram можно отправить только картинку.",
    "WRONG_CONTENT": _BAD_FILE,
    "CONTENT_CONVERSION_ERROR": _BAD_FILE,
    "MESSAGE_DOWNLOAD_CONTENT_ERROR": _NO_FILE,
    "BAD_LINK": _NO_FILE,
    "MESSAGES_CONTENT_SIZE_EXCEEDED": _TOO_BIG,
    "MESSAGES_CONTENT_SIZE_EXCEEDED_WABA": _TOO_BIG,
    "MESSAGES_CONTENT_SIZE_EXCEEDED_TELEGRAM": _TOO_BIG,
    "TOO_BIG_CONTENT": _TOO_BIG,
    "REFERENCE_MESSAGE_NOT_FOUND": "Сообщение, на которое вы отвечаете, не найдено.",
    "CHANNEL_NOT_FOUND": "Такого канала в Wazzup24 больше нет.",
    "CHANNEL_BLOCKED": _CHANNEL_OFF,
    "MESSAGE_CHANNEL_UNAVAILABLE": _CHANNEL_OFF,
    "CHANNEL_NO_MONEY": _NO_MONEY,
    "BALANCE_IS_EMPTY": _NO_MONEY,
    "CHANNEL_WAPI_REJECTED": "Meta отклонила канал WhatsApp Business. Проверьте его в личном кабинете Wazzup24.",
    "CHANNEL_REJECTED": "Мессенджер отклонил канал. Проверьте его в личном кабинете Wazzup24.",
    "CHANNEL_LIMIT_EXCEEDED": "Исчерпан лимит канала в Wazzup24.",
    "MESSAGES_NOT_TEXT_FIRST": "По тарифу Wazzup24 этот канал не может писать первым. Дождитесь сообщения клиента.",
    "MESSAGES_IS_SPAM": _SPAM,
    "SPAM": _SPAM,
    "MESSAGES_ABNORMAL_SEND": _TOO_MANY,
    "TOO_MANY_EXT_REQS": _TOO_MANY,
    "MESSAGES_INVALID_CONTACT_TYPE": _BAD_CONTACT,
    "BAD_CONTACT": _BAD_CONTACT,
    "CHATID_IGSID_MISMATCH": _BAD_CONTACT,
    "TEMPLATE_REJECTED": "WhatsApp отклонил шаблон.",
    "CHAT_NO_ACCESS": "К этому чату нет доступа: клиент мог заблокировать вас или удалить переписку.",
    "MESSAGES_NOT_FOUND": "Сообщение не найдено.",
    "MESSAGES_CAN_NOT_ADD": "Wazzup24 не смог добавить сообщение в этот чат.",
    "MESSAGES_EDITING_TIME_EXPIRED": "Это сообщение уже нельзя изменить: прошло слишком много времени.",
    "MESSAGES_DELETION_TIME_EXPIRED": "Это сообщение уже нельзя удалить: прошло слишком много времени.",
    "MESSAGES_CONTAIN_BUTTONS": "Сообщение с кнопками изменить нельзя.",
    "CHANNEL_INVALID_TRANSPORT_FOR_EDITING": _NO_EDIT,
    "CHANNEL_INVALID_TRANSPORT_FOR_CONTENT_EDITING": _NO_EDIT,
    "CHANNEL_INVALID_TRANSPORT_FOR_DELETION": _NO_EDIT,
    "MESSAGE_CANCELLED": "Отправка отменена.",
    "MESSAGE_DELETED": "Сообщение удалено до отправки.",
    "24_HOURS_EXCEEDED": "Прошло больше 24 часов с последнего сообщения клиента: WhatsApp пропустит только шаблон.",
    "7_DAYS_EXCEEDED": "Прошло больше 7 дней с последнего сообщения клиента: Instagram больше не даёт ему написать.",
    "COMMENT_DELETED": _COMMENT_GONE,
    "CANNOT_REPLY_TO_DELETED": _COMMENT_GONE,
    "MENTION_FORBIDDEN": "Клиент запретил упоминать его.",
    "COMMENT_ALREADY_PRIVATE_REPLIED": "На этот комментарий уже ответили в личных сообщениях.",
    "COMMENT_INVALID_FOR_PRIVATE_REPLY": "На этот комментарий нельзя ответить в личных сообщениях.",
    "COMMENT_CAN_BE_TEXT_ONLY": "На комментарий можно ответить только текстом.",
    "FORBIDDEN": "Эта возможность недоступна с данным ключом Wazzup24 (not available with this key).",
    "URI_NOT_VALID": "Wazzup24 не принял адрес вебхука: он не похож на правильный адрес.",
    PROBE_FAILED: "Wazzup24 проверил адрес вебхука и не получил ответа 200. Доступен ли сервер из интернета?",
    "GENERAL_ERROR": _UNKNOWN,
    "UNKNOWN_ERROR": _UNKNOWN,
    "UNKNOWN_ERROR_WITH_TRACE_ID": _UNKNOWN,
}

_STATES = {
    "active": "работает",
    "init": "запускается",
    "disabled": "выключен",
    "phoneunavailable": "телефон не в сети",
    "qr": "нужно отсканировать QR-код",
    "qridle": "нужно отсканировать QR-код",
    "openelsewhere": "открыт в другом месте",
    "notenoughmoney": "закончились деньги",
    "foreignphone": "подключён не тот телефон",
    "unauthorized": "нужно войти заново",
    "waitforpassword": "ждёт пароль",
    "blocked": "заблокирован",
    "onmoderation": "на проверке",
    "rejected": "отклонён",
}


def _squeezed(code: str) -> str:
    return code.replace("_", "").casefold()


_BY_SQUEEZED = {_squeezed(code): code for code in _WORDS}


def canonical(code: str) -> str:
    """The one spelling of a code that Wazzup24 writes in several ways; a code that is not known stays as it came."""
    return _BY_SQUEEZED.get(_squeezed(code), code)


def explain(code: str | None, description: str = "") -> str:
    """A Russian sentence for the manager; a code without words of ours is shown with Wazzup24's own description."""
    known = _WORDS.get(canonical(code or ""))
    if known:
        return known
    details = ": ".join(part for part in ((code or "").strip()[:60], description.strip()[:200]) if part)
    return f"Wazzup24 сообщил об ошибке ({details})." if details else _UNKNOWN


def state_words(state: str) -> str:
    """A channel's state (contract section 2) in Russian; its spelling differs between the routes."""
    return _STATES.get(_squeezed(state), state)
