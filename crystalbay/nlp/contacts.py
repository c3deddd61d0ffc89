"""Phones, e-mails, names, booking numbers (labels.md sections 3 and 9)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from crystalbay.nlp.text import Prepared
from crystalbay.nlp.words import is_russian, morphology

_EMAIL = re.compile(r"(?<![\w.+-])[a-z0-9][\w.+-]*@[^\W_][\w-]*(?:\.[\w-]+)*\.[^\W\d_]{2,}(?!\w)")
_PHONE = re.compile(r"(?<![\w+#№])(?:\+\s?\d|\d|\(\d)[\d\s().-]{6,18}\d(?!\w)")
_NOT_PHONE = re.compile(
    r"(?:паспорт\w*|пасспорт\w*|загран\w*|карт\w*|инн|снилс|passport|card|серия|номер документа|(?-i:[A-Z]{4,}\s[A-Z]{3,}))[^.!?\n]{0,25}$",
    re.IGNORECASE,
)
_CARD = re.compile(r"(?<!\d)(?:\d{4}[\s-]?){3}\d{4}(?!\d)")
_PASSPORT = re.compile(
    r"(?<![\d+])(?<!\+\d\s)(?<!\+\d\d\s)(?<!\+\d\d\d\s)(?:\d{2}\s\d{2}\s\d{6}|\d{4}\s\d{6}|\d{2}\s?(?:№\s?)?\d{7})(?!\d)"
)
_BOOKING_WORD = r"(?:брон\w*|заявк\w*|заказ\w*|договор\w*|счет\w*|путевк\w*|booking|reservation|order|ref(?:erence)?\.?|invoice|trip|тур(?:а|у)?|өтінім\w*|тапсырыс\w*|брондау)"
_BOOKING = re.compile(
    rf"(?<!\w){_BOOKING_WORD}\s*(?:номер\w*|нөмір\w*|number|no\.?|num\.?)?\s*(?:is\s+|:\s*)?[№#]?\s*([a-zа-я]{{0,4}}-?\d[\da-z/-]{{2,14}})(?![\w])(?!\.\d)(?!\s*(?:тыс|т\.?\s?р|млн|руб|р\.|₽|\$|€|usd|eur|евро|долл|тенге|ноч|дн|чел|взр))"
)
_SPACED_BOOKING = re.compile(
    r"(?<!\w)(?:брон\w*|заявк\w*|договор\w*|booking|reservation)\s*(?:номер\w*|number)?\s*[№#]?\s*(\d{2,3}(?:\s\d{3}){1,2})(?!\s?\d)(?!\s*(?:руб|тыс|р\.|₽))"
)
_BOOKING_AFTER = re.compile(r"[№#]\s*([a-z]{0,4}-?\d[\da-z-]{2,14})(?!\w)")
_INTRODUCED = re.compile(
    r"(?<!\w)(?i:меня\s+зовут|мо[её]\s+имя|это|с уважением,?|пишет|my name is|i'm|i am|this is|regards,?|менің атым)\s+([A-ZА-ЯЁӘҒҚҢӨҰҮҺІ][a-zа-яёәғқңөұүһі]+(?:\s+[A-ZА-ЯЁ][a-zа-яё]+)?)"
)
_I_AM = re.compile(r"(?<!\w)[Яя]\s*[-—,]?\s+([А-ЯЁ][а-яё]+)((?:\s+[А-ЯЁ][а-яё]+)?)(?!\w)")
_ONE_NAME = r"[A-ZА-ЯЁ][a-zа-яё]{1,20}(?:-[A-ZА-ЯЁ][a-zа-яё]{1,20})?"
_FULL_NAME = rf"{_ONE_NAME}(?:\s+{_ONE_NAME}){{0,2}}"
_BESIDE_CONTACT = re.compile(rf"(?:^|[,.!?:]\s*|\s)({_FULL_NAME})\s*[,:;-]?\s*(?:тел\w*\.?\s*|phone\s*)?$")
_AFTER_CONTACT = re.compile(rf"^\s*,\s*({_FULL_NAME})(?!\w)")
_NAME_ONLY = re.compile(r"\s*([A-ZА-ЯЁ][a-zа-яё]+(?:\s+[A-ZА-ЯЁ][a-zа-яё]+){0,2})\s*[.!]?\s*")
_NO_NAMES = frozenset(
    [
        "Здравствуйте",
        "Добрый",
        "Привет",
        "Спасибо",
        "Телефон",
        "Тел",
        "Мой",
        "Номер",
        "Звоните",
        "Пишите",
        "Перезвоните",
        "Почта",
        "Hello",
        "Phone",
        "Call",
        "Please",
        "Вот",
    ]
)


@dataclass
class Contacts:
    slots: dict[str, str] = field(default_factory=dict)
    quotes: dict[str, str] = field(default_factory=dict)

    def put(self, slot: str, value: str, quote: str) -> None:
        self.slots[slot], self.quotes[slot] = value, quote


def read_contacts(text: Prepared, asked: str | None) -> Contacts:
    """Contact data; cards, passports and the like are taken out of the text, so that nothing reads them as money."""
    found = Contacts()
    if match := _EMAIL.search(text.rest):
        found.put("email", match.group(), text.take(match.start(), match.end()))
    for match in _CARD.finditer(text.rest):
        text.take(match.start(), match.end())
    _booking_number(text, found)
    for match in _PASSPORT.finditer(text.rest):
        text.take(match.start(), match.end())
    place = _phone(text, found)
    _name(text, found, place, asked)
    return found


def _booking_number(text: Prepared, found: Contacts) -> None:
    match = _SPACED_BOOKING.search(text.rest) or _BOOKING.search(text.rest) or _BOOKING_AFTER.search(text.rest)
    if match and not re.fullmatch(r"\d{1,2}", match[1]):
        number = re.sub(r"\s", "", match[1]).rstrip("-").upper()
        if len(re.sub(r"\D", "", number)) >= 3 and not re.fullmatch(r"20\d\d", number):
            found.put("booking_number", number, text.quote(match.start(1), match.end(1)))
            text.take(match.start(1), match.end(1))


def _phone(text: Prepared, found: Contacts) -> tuple[int, int] | None:
    import phonenumbers

    for match in _PHONE.finditer(text.rest):
        before = text.original[max(0, match.start() - 30) : match.start()]
        if _NOT_PHONE.search(before):
            text.take(match.start(), match.end())
            continue
        digits = re.sub(r"\D", "", match.group())
        said = match.group() if match.group().lstrip().startswith("+") else digits
        if len(digits) == 10 and digits[0] in "97":
            said = f"+7{digits}"
        elif len(digits) == 11 and digits[0] in "78":
            said = f"+7{digits[1:]}"
        try:
            number = phonenumbers.parse(said, "RU")
        except phonenumbers.NumberParseException:
            continue
        mobile = re.fullmatch(r"\+79\d{9}", said)
        if (
            mobile
            or phonenumbers.is_valid_number(number)
            or (said == match.group() and phonenumbers.is_possible_number(number))
        ):
            e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            found.put("phone", e164, text.take(match.start(), match.end()))
            return match.start(), match.end()
    return None


def _name(text: Prepared, found: Contacts, phone: tuple[int, int] | None, asked: str | None) -> None:
    """The writer's own name: an introduction, beside the contact, or the answer to the question for it."""
    match = re.search(_INTRODUCED.pattern, text.original)
    if not match and asked == "customer_name":
        match = _NAME_ONLY.fullmatch(text.original)
    if not match and phone:
        match = _BESIDE_CONTACT.search(text.original[max(0, phone[0] - 40) : phone[0]]) or _AFTER_CONTACT.match(
            text.original[phone[1] :]
        )
    name = _person(match[1]) if match else _named_myself(text.original)
    if name:
        found.put("customer_name", name, name)
        start = text.original.index(name)
        text.take(start, start + len(name))


def _named_myself(original: str) -> str:
    """«я Марат»: only a word that is a first name."""
    match = _I_AM.search(original)
    return match[1] + match[2] if match and "Name" in morphology().parse(match[1])[0].tag else ""


def _person(said: str) -> str:
    """The name within capitalised words: «Здравствуйте Иван Петров» is Иван Петров, «Турция Кемер» nobody."""
    words = said.split()
    while words and words[0] in _NO_NAMES:
        words.pop(0)
    return " ".join(words) if not any(_is_place(word) for word in words) else ""


def _is_place(word: str) -> bool:
    readings = morphology().parse(word)
    return is_russian(word.lower()) and "Geox" in readings[0].tag
