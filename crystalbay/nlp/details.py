"""Meals, stars, hotel names, wishes, shifts of what was known (labels.md sections 3 and 8)."""

from __future__ import annotations

import re

from crystalbay.nlp.text import Prepared

MEALS = (
    ("UAI", r"ультра\s*-?(?:вс[её])?(?: включен\w*)?|ultra all inclusive|uai"),
    (
        "AI",
        r"вс[её]\s*-?вкл(?:юч\w*)?\.?|оллинклюзив|олл(?:\s*-?инклюзив\w*)?|all[\s-]?inclusive|all-in|\bai\b|инклюзив",
    ),
    ("RO", r"без питани\w+|room only|\bro\b|питание не нужно"),
    ("FB", r"полн\w+ пансион\w*|тр[её]х\s?разов\w+(?: питан\w*)?|full board|\bfb\b"),
    ("HB", r"полу\s?пансион\w*|завтрак\w*[\s,+и-]+ужин\w*|half[\s-]board|\bhb\b|двухразов\w+"),
    ("BB", r"завтрак\w*|breakfast\w*|\bbb\b|bed and breakfast|таңғы ас\w*"),
)
_STAR_WORDS = {"однозвезд": 1, "двойк": 2, "двушк": 2, "тройк": 3, "трешк": 3, "четверк": 4, "пятерк": 5, "пятизвезд": 5, "четырехзвезд": 4, "трехзвезд": 3}  # fmt: skip
_STARS = re.compile(
    r"(?:не (?:ниже|меньше|менее)\s+|минимум\s+|от\s+|at least\s+)?(?P<a>[1-5]|одн\w+|две|два|три|четыре|пять|four|five|three)"
    r"(?:\s*(?:-|или|/|и|or)\s*(?P<b>[1-5]|четыре|пять|five))?\s*(?:\*|★|зв(?:[её]зд\w*|\.)?(?!\w)|stars?|star\b|жұлдыз\w*)\s*\+?"
)
_STARS_AFTER = re.compile(
    r"(?:зв[её]зд\w*|stars?)\s*(?:не\s+(?:ниже|меньше|менее)\s+|минимум\s+|от\s+|:\s*)?(?P<a>[1-5])(?!\d)|не ниже (?P<b>[1-5])(?!\d)"
)
_NUMBER = {"одн": 1, "две": 2, "два": 2, "три": 3, "чет": 4, "пят": 5, "fou": 4, "fiv": 5, "thr": 3}

WISHES = (
    ("первая линия", r"перв\w+ (?:берегов\w+ )?лини\w+|1-?я лини\w+|first line|beachfront|море рядом|рядом с морем|у моря|near the (?:sea|beach)"),
    ("аквапарк", r"аквапарк\w*|горк(?:и|ами|ой)|aquapark|water ?park|slides"),
    ("песчаный пляж", r"песчан\w+ (?:пляж\w*|вход\w*)|песок|sandy beach"),
    ("галечный пляж", r"галечн\w+|галька|pebble"),
    ("бассейн", r"бассейн\w*|pool"),
    ("детский клуб", r"детск\w+ (?:клуб\w*|анимаци\w*)|анимаци\w+ для детей|kids club"),
    ("спа", r"(?<!\w)(?:спа|spa)(?!\w)|массаж\w*"),
    ("только взрослые", r"adults only|16\+|18\+"),
    ("вид на море", r"вид\w* на море|sea view"),
    ("прямой рейс", r"прям\w+ (?:рейс\w*|перелет\w*)|без пересад\w+|direct flight"),
    ("трансфер", r"трансфер\w*|transfer"),
    ("тихий отель", r"тих\w+ (?:отель\w*|мест\w+)|спокойн\w+ (?:отель\w*|отдых\w*)|quiet"),
    ("экскурсии", r"экскурси\w+|excursions?"),
    ("недорого", r"недорог\w+|подешевле|бюджетн\w+ вариант\w*|cheap\w*"),
    ("с животным", r"с (?:собак\w+|кошк\w+|животн\w+)|pet[- ]friendly"),
)  # fmt: skip

_LATIN_NAME = re.compile(
    r"(?<![\w@.])([A-Z][A-Za-z'&]+(?:\s+(?:[A-Z][A-Za-z'&]*|by|of|the|de|el|&))*(?:\s+[A-Z][A-Za-z'&]+)?)(?![\w@])"
)
_HOTEL_WORD = re.compile(
    r"(?:отел[ьеяюи]\w*|hotel|гостиниц\w+)\s+[«\"']?([A-ZА-ЯЁ][\w'&]+(?:\s+[A-ZА-ЯЁ&][\w'&]*){0,4})"
)
_COMMON_LATIN = frozenset(
    [
        "hi",
        "hello",
        "dear",
        "hey",
        "good",
        "morning",
        "please",
        "thanks",
        "thank",
        "we",
        "i",
        "my",
        "our",
        "the",
        "a",
        "is",
        "are",
        "how",
        "what",
        "where",
        "when",
        "can",
        "could",
        "would",
        "do",
        "does",
        "any",
        "looking",
        "want",
        "need",
        "from",
        "to",
        "in",
        "for",
        "book",
        "two",
        "three",
        "family",
        "adults",
        "tour",
        "usd",
        "eur",
        "rub",
        "ai",
        "bb",
        "hb",
        "fb",
        "ro",
        "uai",
        "all",
        "inclusive",
        "new",
        "year",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "mark",
        "ok",
        "yes",
        "no",
        "ignore",
        "payment",
        "whatsapp",
        "telegram",
        "instagram",
        "viber",
        "email",
        "sea",
        "view",
        "room",
        "ten",
        "nights",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "last",
        "minute",
        "deals",
        "fix",
        "great",
        "not",
        "also",
        "just",
    ]
)


def read_meal(text: Prepared) -> tuple[str, str] | None:
    """(code, quote) of the first meal named; of one place the widest reading («ультра» before «всё включено»)."""
    found = []
    for code, words in MEALS:
        for match in re.finditer(rf"(?<!\w)(?:{words})(?!\w)", text.rest):
            found.append((match.start(), -match.end(), code, match.end()))
    if not found:
        return None
    start, _negative, code, end = min(found)
    return code, text.take(start, end)


def read_stars(text: Prepared, *, asked: bool) -> tuple[int, str] | None:
    """(lowest class accepted, quote)."""
    for expression in (_STARS, _STARS_AFTER):
        match = expression.search(text.rest)
        if match:
            said = match["a"] or match["b"]
            number = int(said) if said.isdigit() else _NUMBER.get(said[:3])
            if number:
                return number, text.take(match.start(), match.end())
    for stem, number in _STAR_WORDS.items():
        match = re.search(rf"(?<!\w){stem}\w*", text.rest)
        if match:
            return number, text.take(match.start(), match.end())
    bare = re.search(r"(?<!\d)[1-5](?!\d)", text.rest) if asked else None
    return (int(bare.group()), text.take(bare.start(), bare.end())) if bare else None


def read_wishes(text: Prepared) -> list[str]:
    """Canonical short phrases of what the customer would like beside the slots."""
    return [name for name, words in WISHES if re.search(rf"(?:{words})", text.norm)]


def read_hotel(text: Prepared, known: tuple[str, ...] = ()) -> tuple[str, str, float] | None:
    """(name, quote, confidence): a hotel of the supplier, one after the word «отель», or a Latin name of several words."""
    for name in known:
        place = text.rest.find(name.casefold())
        if place >= 0:
            quote = text.take(place, place + len(name))
            return quote, quote, 0.95
    for expression, sure in ((_HOTEL_WORD, 0.85), (_LATIN_NAME, 0.7)):
        for match in expression.finditer(text.original):
            name = match[1].strip()
            if "\x01" in text.rest[match.start(1) : match.end(1)].replace(" ", "")[:1]:
                continue
            if sure < 0.8 and not _is_name(name):
                continue
            text.take(match.start(1), match.end(1))
            return name, name, sure
    return None


def _is_name(name: str) -> bool:
    words = name.split()
    return len(words) >= 2 and not name.isupper() and not any(word.casefold() in _COMMON_LATIN for word in words)
