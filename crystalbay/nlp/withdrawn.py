"""What the customer takes back: «даты не важны», «любой отель», «уберите питание». The slot is then null (labels.md
section 1), if it is known."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

NO_MATTER = (
    r"(?:не (?:важ\w+|обязател\w+|имеет значени\w+|принципиал\w+|критич\w+|ограничен\w*|главное|проблема|вопрос)|неваж\w+|непринципиал\w+|люб(?:ой|ая|ое|ые)|"
    r"все равно|без разницы|без ограничени\w+|безлимит\w*|гибк\w+|маңызды емес|бәрібір|"
    r"(?:(?:is|are|does|do|did)(?: not|n't)|is|are|no)\s+(?:an issue|a problem|matter|object|important|fixed|unlimited|flexible|no object)|doesn't matter|don't matter)"
)
"""Said of something: it may be anything."""

_ANY = r"(?:люб(?:ой|ая|ое|ые|ую)|неважно(?: как\w+)?|не важно(?: как\w+)?|без разницы(?: как\w+)?|any|кез келген)"
_AWAY = r"(?:убер\w+|убрать|снимите|без учета|отмените|forget(?: about)?|drop|ignore)"
_TOPICS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"дат[аы]|числ[ао]|когда(?: лететь)?|dates?|күн\w*", ("date_from", "date_to")),
    (r"звездност\w+|зв[её]зд\w*|категори\w+|stars?|star rating", ("stars_min",)),
    (r"питани\w+|вс[её] включено|олл|завтрак\w*|meals?(?: plan)?|board|тамақ", ("meal",)),
    (r"город\w* вылета|вылет\w*|откуда|departure(?: city| airport)?", ("departure_city",)),
    (r"отел\w+|гостиниц\w+|hotels?", ("hotel_name",)),
    (r"длительност\w+|(?:количество|число|сколько) (?:ночей|дней)|ноч(?:ей|и)|nights|length of stay", ("nights_min", "nights_max")),
    (r"курорт\w*|resort", ("destination_resort",)),
    (r"стран[аы]|направлени\w+|куда|destination|country", ("destination_country", "destination_resort", "destination_alternatives")),
)  # fmt: skip
_ANYWHERE = {"откуда": r"откуда (?:угодно|хотите|получится|дешевле)", "когда": r"когда (?:угодно|хотите|получится)"}
_RULES = tuple(
    (
        re.compile(
            rf"(?<!\w)(?:(?:{words})[^.!?\d]{{0,12}}?(?<!\w){NO_MATTER}|(?:{_ANY}|{_AWAY})\s+(?:{words}))(?!\w)"
            + "".join(f"|{said}" for word, said in _ANYWHERE.items() if word in words)
        ),
        slots,
    )
    for words, slots in _TOPICS
)


def read_withdrawn(norm: str, known: Collection[str]) -> Iterator[tuple[str, int, int]]:
    """Slots that are taken back, of those that are known, with where it is said."""
    for rule, slots in _RULES:
        for match in rule.finditer(norm):
            yield from ((slot, match.start(), match.end()) for slot in slots if slot in known)
