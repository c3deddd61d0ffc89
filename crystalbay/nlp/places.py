"""Where to and where from: prepositions and cases decide (labels.md section 3)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from crystalbay.nlp.departures import read_city
from crystalbay.nlp.destinations import read_unlisted
from crystalbay.nlp.gazetteer import Gazetteer, Place
from crystalbay.nlp.ideas import is_known
from crystalbay.nlp.place_names import LARGE_CITIES, NESTED
from crystalbay.nlp.text import Prepared
from crystalbay.nlp.words import ENGLISH, forms, is_russian

_FROM = re.compile(
    r"(?:\bиз|\bс|\bсо|\bот|вылет\w*|вылета\w+(?: из)?|вылет\w* из|летим из|\bfrom|out of|\biz|departing|город вылета:?|"
    r"вылет\w*:)\s+(?:город\w*\s+|г\.?\s*|аэропорт\w*\s+)?$"
)
_TO = re.compile(
    r"(?:\bв|\bво|\bна|\bдо|\bк|\bпо|\bto|\bin|\bfor|\bv|\bna)\s+(?:\w+ую\s+|город\w*\s+|остров\w*\s+|о\.\s*)?$"
)
_PAST = re.compile(
    r"(?:были|был|была|ездил\w*|летал\w*|отдыхал\w*|побывал\w*|вернул\w*|went|been|visited)\b[^.,;!?\x01]{0,25}$"
)
_PAST_BEHIND = re.compile(r"\s+уже\s+(?:был\w*|ездил\w*|съездил\w*|летал\w*|слетал\w*)")
_NOT = re.compile(
    r"(?:(?P<excl>кроме|только не|не хо\w+|не предлага\w+|не рассматрива\w+|except|any(?:thing|where) but|not)|\bне|вместо)\s+(?:в |на |из |to )?$"
)
_REJECTED = re.compile(
    r"\s+(?:мне |нам )?(?:не (?:предлага|надо|нужн|хо[чт]|рассматр|интерес|подход)\w*|исключ\w+|надоел\w*)"
)
_WITH = re.compile(r"\bсо?\s+$")
_INSTRUMENTAL = re.compile(r"(?:ой|ом|ем|ью)$")
_KAZAKH_FROM = re.compile(r"(?:дан|ден|нан|нен|тан|тен)$")
_TYPO = re.compile(r"(?<!\w)[а-яa-z]{5,}(?!\w)")
_CHOOSING = re.compile(r"(?:выбир\w+|выбор\w*|выбрать|choos\w+|choice)\s+(?:из|from)\s+$")
_BESIDE = re.compile(
    r"(?:рядом с|недалеко от|около|возле|вблизи|напротив|близко к|near|close to|next to|not far from)\s+$"
)
_OR_BEFORE = re.compile(r"(?<!\w)(?:или|либо|or|и|and|также)\s+(?:в\s+|на\s+)?$")
_OR_AFTER = re.compile(r"\s*,?\s*(?:или|либо|or|и|and)\s")
_OR = re.compile(r"\s*,?\s*(?:или|либо|or|/)\s*(?:даже\s+)?")
_UNKNOWN = Place("", "departure", None, True)
_LONG = 8
"""Letters from which on a word may have two errors."""


@dataclass
class Found:
    """What a message says of places; `quotes` by slot, `sure` by slot."""

    slots: dict[str, object] = field(default_factory=dict)
    quotes: dict[str, str] = field(default_factory=dict)
    sure: dict[str, float] = field(default_factory=dict)
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Mention:
    place: Place
    start: int
    end: int
    role: str  # from | to | bare
    sure: float = 0.95


def read_places(text: Prepared, asked: str | None, book: Gazetteer, known_country: str | None = None) -> Found:
    """Departure, destination, alternatives and exclusions. `known_country`: the destination as the dialogue knows it."""
    mentions, excluded = _mentions(text, book)
    mentions = sorted(mentions + _typos(text, book, mentions), key=lambda mention: mention.start)
    mentions = _or_from(mentions, text)
    departures = [m for m in mentions if _is_departure(m, mentions, asked, text, known_country)]
    departures = departures or _city_beside(mentions, text)
    home = {m.place.name for m in departures if m.role != "to"}
    mentions = [m for m in mentions if m in departures or m.place.name not in home]  # «Москва - Анталья - Москва»
    targets = [m for m in mentions if m not in departures and m.place.kind != "departure"]
    if any(m.role == "to" for m in targets):  # «из России летаете в Таиланд?»
        targets = [m for m in targets if m.role != "from"]
    for mention in mentions:
        text.take(mention.start, mention.end)
    found = Found(excluded=tuple(excluded))
    if departures:
        _put(found, text, "departure_city", departures[0].place.name, departures[0])
    elif city := read_city(text, asked=asked == "departure_city" and not mentions):
        _put(found, text, "departure_city", city.name, _Mention(_UNKNOWN, city.start, city.end, "from", city.sure))
        text.take(city.start, city.end)
    _put_targets(found, text, _nested(targets))
    if not targets and (unlisted := read_unlisted(text)):
        mention = _Mention(_UNKNOWN, unlisted.start, unlisted.end, "to", 0.6)
        _put(found, text, "destination_country", unlisted.name, mention)
        text.take(unlisted.start, unlisted.end)
    return found


def _mentions(text: Prepared, book: Gazetteer) -> tuple[list[_Mention], list[str]]:
    mentions, excluded = [], []
    for start, end, place in book.find(text.rest):
        before = text.norm[max(0, start - 60) : start]
        negated = _NOT.search(before)
        if negated:
            text.take(start, end)
            if negated.group("excl"):
                excluded.append(place.name)
            continue
        if _REJECTED.match(text.norm, end):
            text.take(start, end)
            excluded.append(place.name)
            continue
        if _PAST.search(before) or _PAST_BEHIND.match(text.norm, end):
            text.take(start, end)
            continue
        mentions.append(_Mention(place, start, end, _role(before, text.norm[start:end])))
    return mentions, excluded


def _role(before: str, word: str) -> str:
    """«с Казани» leaves from there, «с Казанью» (instrumental) does not."""
    if (_WITH.search(before) and _INSTRUMENTAL.search(word)) or _CHOOSING.search(before) or _BESIDE.search(before):
        return "bare"
    if _FROM.search(before) or (
        _KAZAKH_FROM.search(word) and any(c in "әғқңөұүһі" or word.endswith(("дан", "ден")) for c in word)
    ):
        return "from"
    return "to" if _TO.search(before) else "bare"


def _is_departure(
    mention: _Mention, mentions: list[_Mention], asked: str | None, text: Prepared, known_country: str | None
) -> bool:
    """«из Казани» leaves from there; «Москва - Анталья» begins with the departure; a bare city answers the question."""
    place = mention.place
    if mention.role == "from":
        return place.kind != "country"
    if mention.role == "to":
        return place.kind == "departure"
    if place.kind == "departure":
        return True
    if asked == "departure_city" and place.kind == "resort":
        return place.flies or (len(mentions) == 1 and place.country != known_country)
    if not place.flies or _is_choice(mention, text):
        return False
    others = [m for m in mentions if m is not mention and m.role != "from"]
    if any(NESTED.get(m.place.name) == place.name for m in others):
        return False  # «Сочи, Адлер»
    return bool(others) and not any(m.role == "from" for m in mentions) and mention.start < others[0].start


def _or_from(mentions: list[_Mention], text: Prepared) -> list[_Mention]:
    """«из Самары или Казани»: both are departures."""
    found: list[_Mention] = []
    for mention in mentions:
        before = found[-1] if found else None
        leaves = mention.role == "bare" and mention.place.flies and before is not None and before.role == "from"
        if leaves and before and _OR.fullmatch(text.norm, before.end, mention.start):
            found.append(replace(mention, role="from"))
        else:
            found.append(mention)
    return found


def _is_choice(mention: _Mention, text: Prepared) -> bool:
    """«Сочи или Турция», «Турция и Москва»: one of several destinations."""
    return bool(
        _OR_BEFORE.search(text.norm[max(0, mention.start - 12) : mention.start])
        or _OR_AFTER.match(text.norm, mention.end)
    )


def _city_beside(mentions: list[_Mention], text: Prepared) -> list[_Mention]:
    """«Турция, Москва, 2 взр»: a large city beside a destination abroad, or a resort, is where one leaves from."""
    cities = [m for m in mentions if m.role == "bare" and m.place.name in LARGE_CITIES and not _is_choice(m, text)]
    if len(cities) != 1:
        return []
    city = cities[0]
    others = [m for m in mentions if m is not city]
    abroad = others and all(
        (m.place.country or m.place.name) != city.place.country
        or (
            m.place.kind == "resort"
            and m.place.name not in LARGE_CITIES
            and NESTED.get(m.place.name) != city.place.name
        )
        for m in others
    )
    inside = others and others[0].start < city.start < others[-1].start
    return cities if abroad and not inside else []


def _nested(targets: list[_Mention]) -> list[_Mention]:
    """Of two nested places the narrower; a place that is named twice counts once."""
    names = {m.place.name for m in targets}
    wider = {NESTED[name] for name in names if name in NESTED}
    seen: set[str] = set()
    kept = []
    for mention in targets:
        if mention.place.name not in wider and mention.place.name not in seen:
            seen.add(mention.place.name)
            kept.append(mention)
    return kept


def _put_targets(found: Found, text: Prepared, targets: list[_Mention]) -> None:
    """The first destination fills country and resort; a resort belongs to its country; the rest are alternatives."""
    if not targets:
        return
    first = targets[0]
    inside = [m for m in targets if m.place.kind == "resort" and m.place.country == first.place.name]
    if first.place.kind == "country":
        _put(found, text, "destination_country", first.place.name, first)
        if inside:
            _put(found, text, "destination_resort", inside[0].place.name, inside[0])
    else:
        _put(found, text, "destination_resort", first.place.name, first)
        _put(found, text, "destination_country", first.place.country, first)
    taken = {found.slots.get("destination_country"), found.slots.get("destination_resort")}
    others = [m for m in targets if m.place.name not in taken]
    with_resorts = {m.place.country for m in others}
    others = [m for m in others if not (m.place.kind == "country" and m.place.name in with_resorts)]
    if others:
        found.slots["destination_alternatives"] = [m.place.name for m in others]
        found.quotes["destination_alternatives"] = text.quote(others[0].start, others[-1].end)
        found.sure["destination_alternatives"] = 0.85


def _put(found: Found, text: Prepared, slot: str, value: object, mention: _Mention) -> None:
    found.slots[slot] = value
    found.quotes[slot] = text.quote(_with_preposition(text, mention.start), mention.end)
    found.sure[slot] = mention.sure


def _with_preposition(text: Prepared, start: int) -> int:
    """Where the quote begins: «в Турцию», not «Турцию»."""
    before = re.search(r"(?<!\w)(?:из|с|со|от|в|во|на|до|from|to|in)\s+$", text.norm[max(0, start - 6) : start])
    return start - len(before.group()) if before else start


def _typos(text: Prepared, book: Gazetteer, found: list[_Mention]) -> list[_Mention]:
    """Words that are nearly a place. Only words of no dictionary, of five letters and more: else it invents places."""
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extractOne

    taken = [(mention.start, mention.end) for mention in found]
    mentions = []
    for match in _TYPO.finditer(text.rest):
        word = match.group()
        if any(start <= match.start() < end for start, end in taken) or _is_word(word):
            continue
        wrong = 2 if len(word) >= _LONG and not word.isascii() else 1
        near = book.forms.get(word[0], {})
        best = extractOne(word, near.keys(), scorer=OSA.distance, score_cutoff=wrong)
        if best and len(best[0]) >= 5:
            role = _role(text.norm[max(0, match.start() - 60) : match.start()], word)
            mentions.append(_Mention(near[best[0]], match.start(), match.end(), role, 0.8))
    return mentions


def _is_word(word: str) -> bool:
    return is_russian(word) or any(form in ENGLISH or is_known(form) for form in forms(word))
