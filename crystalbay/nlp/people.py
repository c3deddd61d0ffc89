"""Who travels: adults and children with ages (labels.md section 6)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crystalbay.nlp.numbers import SMALL, value
from crystalbay.nlp.text import Prepared

_KID = r"(?:(?:доч|сын)\w*-(?:подрост|школьн)\w+|дет\.?(?=[\s,)\d]|$)|дет(?:ей|и|ьми|ям|ках|ишк\w*|к[аи]\w*|ок)(?!\w)|реб(?:енок-школьник|енок-подросток|енок|енка|енком|енку|ят\w*|\.?(?=[\s,.()]|$))|малыш\w*|школьник\w*|подрост\w+|сын(?:а|ом|у|ов\w+|ишк\w*|оч\w+)?|мальчи\w+|мальчу\w+|девоч\w+|(?:boys?|girls?)(?!\w)|дочк?\w*|дочер\w+|внук(?:и|а|у|ом|ов|ам|ами)?(?!\w)|внуч\w+|грудничк\w*|грудничок|младен\w+|kids?|child(?:ren)?|son|daughter|baby|infant|toddler|teen\w*|бала(?:мен|м|сы\w*|лар\w*)?(?!\w)|двойн(?:я|и|ю|ей)(?!\w)|двойняш\w*|близнец\w*|близняш\w*|мелк(?:ий|ая)(?=\s*[,.(]|\s+\d|$)|тройняш\w*|twins|triplets)"
_ADULT = r"(?:взр(?:осл\w*|\.?)(?!\w)|adults?|grown-?ups?|ересек\w*|сопровожда\w+)"
_HEADS = r"(?:чел(?:овек\w*|\.?)(?!\w)|персон\w*|people|persons?|pax|адам\w*|турист\w*|подруг\w*|друз\w+|friends|travell?ers|passengers|guests|пассажир\w*)"
_YEARS = r"(?:лет|год(?:а|ик\w*)?|г\.?|y\.?o\.?|years?(?: old)?|жас\w*)"

_WORDS_FOR: tuple[tuple[str, int], ...] = (
    (r"вдво[её]м|на двоих|нас двое|двое(?! дет)|двоих(?! дет)|двух взрослых|пара(?!\w)|на пару(?!\w)|парой|молодожен\w*|we two|two of us|for two(?=\s*(?:[,.!?]|$))|couple|екеуміз|екі адам", 2),
    (r"втроем|на троих|нас трое|трое(?! дет)|троих(?! дет)|three of us|үшеуміз|үш адам", 3),
    (r"вчетвером|на четверых|нас четверо|четверо(?! дет)|four of us|төртеуміз|төрт адам", 4),
    (r"впятером|на пятерых|нас пятеро|пятеро(?! дет)|five of us|бесеуміз|бес адам", 5),
    (r"вшестером|нас шестеро|шестеро(?! дет)", 6),
    (r"(?:лечу|еду|поеду|хочу|полечу|отдохнуть|путешеств\w+)\s+(?:\w+\s+)?(?:один|одна)(?!\w)|(?:одна|один|одному|одной)(?=\s*(?:[,.!?]|$))|(?:поехать|полететь|лететь|слетать|съездить|отдохнуть|отдыхать)\s+(?:одному|одной)|(?:^|\s)(?:только|лишь) я(?=\s*(?:[,.!?]|$))|в одиночку|(?:на|для) одного|соло|solo|just me|alone|жалғыз", 1),
)  # fmt: skip
_COMPANION = r"(?:муж(?:ем|а|у|е)?(?!\w)|жен(?:а|ы|е|у|ой|ою)(?!\w)|супруг\w*|подру[гж]\w+|парн\w+|парень|девушк\w+|друг(?:ом|а)?(?!\w)|мам\w+|пап\w+|отц\w+|отец|сестр\w+|брат\w*|бабушк\w+|дедушк\w+|дед(?:ом|а|у)?(?!\w)|тещ\w+|тест(?:ем|я|ь)(?!\w)|свекров\w+|свекр(?:ом|а)?(?!\w)|husband|wife|girlfriend|boyfriend|friend|mother|mom|mum|father|dad|sister|brother|partner)"
_WITH = re.compile(
    rf"(?<!\w)(?:с|со|with)\s+(?:мо\w+\s+|сво\w+\s+|my\s+)?({_COMPANION})(?:\s*(?:и|,|and)\s*(?:мо\w+\s+|my\s+|с\s+)?({_COMPANION}))?(?:\s*(?:и|,|and)\s*(?:мо\w+\s+|my\s+)?({_COMPANION}))?"
)
_WITH_KIDS_AND = re.compile(
    rf"(?<!\w)(?:с|со|with)\s+(?:мо\w+\s+|my\s+|our\s+)?\x01[\x01\s,]*(?:и|and|,)\s*(?:с\s+|my\s+|мо\w+\s+)?({_COMPANION})(?:\s*(?:и|,|and)\s*(?:с\s+|my\s+|мо\w+\s+)?({_COMPANION}))?"
)
"""«с дочкой и мужем»: the children are taken already."""
_LISTED = re.compile(
    rf"(?<!\w)(?:я|me|i)(?:\s*,\s*|\s+(?:и|and|с|with)\s+)(?:мо\w+\s+|my\s+)?({_COMPANION})(?:\s*(?:,|и|and)\s*(?:мо\w+\s+|my\s+)?({_COMPANION}))?|(?:my\s+)?({_COMPANION})(?:\s*(?:,|и|and)\s*(?:мо\w+\s+|my\s+)?({_COMPANION}))?\s*(?:,|и|and)\s*(?:я|me|i)(?!\w)"
)
_PARENTS = re.compile(
    r"(?:отправ\w+|подар\w+|для|ищу|подобрать)\s+(?:\w+\s+)?родител\w+|родител\w+ (?:едут|летят|поедут|полетят)|(?:едут|летят|поедут|полетят) (?:\w+ )?родител\w+|"
    r"(?:send|for|gift)\s+(?:to\s+)?(?:my|our)?\s*parents"
)
_FOR_ELDERS = re.compile(
    r"(?<!\w)(?:для|отправ\w+)\s+(?:мо\w+\s+|сво\w+\s+)?((?:мам|пап|бабуш|дедуш|тещ|свекров|сестр|брат)\w*)(?:\s*(?:,|и|со?(?!\w))\s*((?:мам|пап|бабуш|дедуш|тещ|тест|свекр|сестр|брат)\w*))?"
)
"""«тур для мамы»: they go without the writer."""
_WITH_PARENTS = re.compile(r"(?<!\w)с\s+родителями|with (?:my )?parents")
_ELDER = (
    r"(?:мама|папа|бабушка|дедушка|тетя|дядя|няня|mother|mom|mum|father|dad|grandma|grandmother|grandpa|aunt|uncle)"
)
_ELDERS = re.compile(rf"(?<!\w){_ELDER}(?:\s*(?:и|and|,)\s*({_ELDER}))?\s+(?:с|со|и|with|and)\s")
"""«бабушка с внуком»: who is named beside the children travels with them."""
_SPOUSE = r"(?:муж|жен[аы]|супруг[аи]?|husband|wife)"
_SPOUSE_AND_KIDS = re.compile(
    rf"(?<!\w)(?:{_SPOUSE}\s*(?:,|и|and|\+)?\s*)?(?<!\w){_SPOUSE}(?=\s*(?:,|;|и|and|\+|плюс|plus)?\s*(?:our |my |наш\w+ |мо\w+ )?\x01)"
)
"""«жена, двое детей»: the writer is of the party."""
_THEY_GO = re.compile(r"(?<!\w)(?:едет|едут|летит|летят|полет\w+|поед[еу]т|отправ\w+|без меня|without me)(?!\w)")
_AND_KIDS = re.compile(r"\s*(?:и|плюс|\+|and|plus|&)\s*(?:еще\s+)?\x01")
"""«двое и ребёнок»: the number does not count the children."""
_COUPLES = re.compile(rf"({SMALL})\s+(?:пар[ыа]|couples)(?!\w)")
_SHORT = re.compile(r"(?<![\d.,+])(\d)\s*\+\s*(\d)(?![\d.])(?:\s*\(([^)]{0,40})\))?")
_ADULTS = re.compile(rf"(?<![\d.,])({SMALL})\s*(?:-х\s*|х\s*)?{_ADULT}|{_ADULT}\s*[:-]?\s*({SMALL})(?!\w)")
_HEAD_COUNT = re.compile(
    rf"(?:нас\s+)?(?<![\d.,])({SMALL})\s*{_HEADS}|нас\s+(?:будет\s+)?({SMALL})(?!\w)|(?:party|group) of ([1-9]\d?)"
)
_FAMILY_OF = re.compile(rf"семь\w+\s+(?:из\s+)?({SMALL})(?:\s*чел\w*)?(?!\s*\+)|family of ({SMALL})")
_NO_KIDS = re.compile(
    r"без\s+(?:дет\w+|реб\w+)|kids? free|детей\s+(?:нет|не будет)|(?<!\w)(?:нет|не будет)\s+детей|no (?:kids|children)|without (?:kids|children)|балаларсыз|только взрослые"
)
_MANY_KIDS = re.compile(
    r"дет|kids|children|балалар|сынов|дочери$|дочер(?:ьми|ей|ям)|доч(?:ками|ек|кам)|внук(?:и|ов|ам)|внуч(?:ками|ек|кам)|"
    r"малыш(?:и|ей|ам)|школьник(?:и|ов|ам)|подростк(?:и|ов|ам)|ребят|sons|daughters|teens|teenagers"
)
"""A plural tells no number by itself."""
_SET_OF_KIDS = ((re.compile(r"двойн|близн|twins"), 2), (re.compile(r"тройн|triplets"), 3))
_TABLE_OF_KIDS = re.compile(
    rf"{_ADULT}\s*[:-]?\s*\d\s*[,;.]?\s*(?:и\s+|and\s+)?(?P<kids>(?:дет(?:ей|и)|реб\w*\.?|kids|children)\s*[:-]?\s*"
    rf"(?P<n>[0-6])(?!\d|[.,]\d|\s*-?{_YEARS}|\s*(?:,|и|and)\s*\d)(?:\s*\((?P<ages>[^)]{{0,40}})\))?)"
)
"""«взрослых 2, детей 1»: what stands behind is how many, not how old."""
_WHOSE = r"(?:(?:маленьк|мал|наш|мо|сво|несовершеннолетн|малолетн|прекрасн|любим)\w+|little|small|young|our|my)"
_KIDS_COUNT = re.compile(rf"(?<![\d.,])(?P<n>{SMALL})\s*(?:-х\s*|{_WHOSE}\s+|из (?:них|нас)\s*-?\s*)?(?P<kid>{_KID})")
_ONE_KID = re.compile(rf"(?<!\w)(?P<kid>{_KID})")
_AGE = r"\d{1,2}(?:[.,]5)?"
_AGES_AFTER = re.compile(
    rf"[\s:,(-]*(?:возраст\w*\s*)?(?:на (?:момент|дату|время) \w+\s+)?(?:(?:уже|сейчас|будет|исполнится|is|are|who is|ему|ей|им|которо\w+|he is|she is|he's|she's|they are)\s+)*(?:по\s+|в возрасте\s+|aged?\s+)?(?P<ages>{_AGE}(?:(?:\s*{_YEARS})?\s*(?:,|и|and|және|мен|&|/)\s*(?:и\s+)?{_AGE}){{0,7}})(?:\s*-?{_YEARS}|\s*(?P<months>мес\w*|months?)|(?=\s*(?:[),.!?;]|$))|(?!\s*(?:взр|ноч|чел|июн|июл|тыс|ересек|adult|night|people|/)))"
)
_AGES_BEFORE = re.compile(
    rf"(?P<ages>{_AGE}(?:\s*(?:,|и|and)\s*{_AGE}){{0,5}})\s*-?\s*(?:{_YEARS}|(?P<months>мес\w*))?\s*(?:и\s+)?$"
)
_INVERTED_AGE = re.compile(rf"(?:лет|годика?)\s+(?P<a>{_AGE})\s+(?P<kid>{_KID})")
_ANOTHER_AGE = re.compile(
    rf"(?<!\w)(?:один|одна|одному|одной|втор(?:ой|ому|ая)|трет(?:ий|ьему|ья)|друг(?:ой|ому|ая)|старш\w+|младш\w+|another|the other|the second)"
    rf"\s*[-:]?\s*(?:is\s+)?(?P<a>{_AGE})\s*-?\s*{_YEARS}(?!\w)"
)
"""«и ещё один 6 лет», beside children that were named."""
_AGE_FIRST = re.compile(
    rf"(?<![\d.,])(?P<a>{_AGE})(?:-?\s?летн\w+\s+(?:{_WHOSE}\s+)?{_KID}|[\s-]*(?:years?|yrs?|(?P<months>months?))[\s-]*olds?(?:\s+{_KID})?)"
)
"""«5-летний сын», "6 year old son", "10 month old"."""
_SPECIAL_AGE = (
    (re.compile(r"полтора год\w*|полутора"), 1),
    (re.compile(r"грудничк\w*|грудничок|младен\w+|новорожд\w+|infant|newborn|(?<!\w)baby|до года"), 0),
    (re.compile(r"годовал\w+"), 1),
    (re.compile(r"двухлетн\w+"), 2),
    (re.compile(r"трехлетн\w+"), 3),
    (re.compile(r"пятилетн\w+"), 5),
)
_GROWN = 18
_ALMOST = re.compile(r"почти\s+$")
_FIRST_PERSON = re.compile(
    r"(?<!\w)(?:я|хочу|еду|лечу|поеду|полечу|слетаю|собираюсь|планирую|ищу|подскажите мне|мама|i|i'm|i'd)(?!\w)|вдвоем с|одна с|один с"
)
_NO_TRAVELLER = re.compile(
    r"заболел\w*|с какого возраста|до какого возраста|at what age|соглас\w+|вывоз\w*|документ\w*|для маленьк\w+"
)


@dataclass
class Party:
    adults: int | None = None
    children: list[int | None] | None = None
    adults_quote: str = ""
    children_quote: str = ""
    sure: float = 0.9
    adults_end: int = 0


def read_party(text: Prepared, asked: str | None) -> Party:
    """Adults and children. A total that includes named children is split."""
    party = Party()
    if _NO_TRAVELLER.search(text.norm):
        return party
    _short_form(text, party)
    _table(text, party)
    _children(text, party)
    total_said = _adults(text, party) and not _AND_KIDS.match(text.rest, party.adults_end)
    collective = re.fullmatch(r"двое|трое|четверо|пятеро", party.adults_quote.lower())
    if asked == "adults" and collective and not re.search(r"из них|из нас|включая|всего|вместе", text.norm):
        total_said = False  # «двое, ребёнку 5»: we asked how many adults
    if total_said and party.children and party.adults is not None:
        rest = party.adults - len(party.children)
        party.adults = rest if rest > 0 else party.adults
    if asked == "children" and party.children is None and party.adults is not None and re.search(r"\d", text.rest):
        party.adults = None  # «двое, 4 и 12» counts the children we asked about
    _bare_answer(text, party, asked)
    _grown_up(party)
    return party


def _grown_up(party: Party) -> None:
    """«двое взрослых и сын 19 лет»: from 18 on they are adults."""
    grown = (party.children or []).count(_GROWN)
    if grown:
        party.children = [age for age in party.children or [] if age != _GROWN] or None
        if party.adults is not None:
            party.adults += grown


def _short_form(text: Prepared, party: Party) -> None:
    """«2+1 (3 года)»."""
    match = _SHORT.search(text.rest)
    if not match:
        return
    party.adults, count = int(match[1]), int(match[2])
    ages = [_age(figure) for figure in re.findall(_AGE, match[3] or "")]
    party.children = [*ages, *[None] * (count - len(ages))] if len(ages) <= count else list(ages)
    quote = text.take(match.start(), match.end())
    party.adults_quote = party.children_quote = quote


def _table(text: Prepared, party: Party) -> None:
    match = _TABLE_OF_KIDS.search(text.rest)
    if match and party.children is None:
        count = int(match["n"])
        ages = [_age(figure) for figure in re.findall(_AGE, match["ages"] or "")][:count]
        party.children = [*ages, *[None] * (count - len(ages))]
        party.children_quote = text.take(*match.span("kids"))


def _ages_of_short_form(text: Prepared, party: Party) -> None:
    """«2+2, дети 6 и 10»: the ages come after."""
    found = _next_kids(text)
    if found and party.children and len(found[0]) == len(party.children):
        party.children = found[0]


def _age(figure: str) -> int | None:
    return min(int(float(figure.replace(",", "."))), _GROWN)


def _children(text: Prepared, party: Party) -> None:
    if match := _NO_KIDS.search(text.rest):
        party.children, party.children_quote = [], text.take(match.start(), match.end())
        return
    if party.children is not None:
        _ages_of_short_form(text, party)
        return
    if match := _INVERTED_AGE.search(text.rest):
        party.children, party.children_quote = [_age(match["a"])], text.take(match.start(), match.end())
        return
    mentions: list[tuple[list[int | None], str, bool]] = []
    while match := _AGE_FIRST.search(text.rest):
        mentions.append(([0 if match["months"] else _age(match["a"])], text.take(match.start(), match.end()), False))
    while len(mentions) < 12 and (found := _next_kids(text)) is not None:
        mentions.append(found)
    while mentions and (match := _ANOTHER_AGE.search(text.rest)):
        mentions.append(([_age(match["a"])], text.take(match.start(), match.end()), False))
    quotes = ", ".join(quote for _, quote, _ in mentions)
    count = [0] if not mentions else mentions[0][0]
    one_by_one = sum(len(found) for found, _, _ in mentions[1:]) == len(count) > 0
    if one_by_one and mentions[0][2] and not any(age is not None for age in count):
        del mentions[0]  # «двое детей: мальчик 5 и девочка 8»
    ages = [age for found, _, _ in mentions for age in found]
    if ages:
        party.children, party.children_quote = ages, quotes


def _next_kids(text: Prepared) -> tuple[list[int | None], str, bool] | None:
    """One mention of children: «2 детей 5 и 9 лет», «сын 8 лет», «дочкой», «5-летний сын»; the ages, the words, and
    whether the word names no single child («дети», «ребёнок»).
    """
    counted = _KIDS_COUNT.search(text.rest)
    single = _ONE_KID.search(text.rest)
    match = counted if counted and (not single or counted.start() <= single.start()) else single
    if match is None:
        return None
    count = value(match["n"]) if match is counted else None
    word, start, end = match["kid"], match.start(), match.end()
    ages, end = _ages_near(text, start, end)
    plural = _MANY_KIDS.match(word)
    together = next((number for words, number in _SET_OF_KIDS if words.match(word)), None)
    if together:
        count = max(count or 0, together)
        ages = ages * together if len(ages) == 1 else ages
    if count is None:
        count = 1 if not plural else max(len(ages), 0)
    quote = text.take(start, end)
    if count == 0 and not ages:
        return ([], quote, True) if plural else None
    count = min(count, 20)
    generic = re.match(r"дет|реб|малыш|kid|child|бала", word) is not None
    return [*ages, *[None] * (count - len(ages))] if len(ages) < count else list(ages), quote, generic


def _ages_near(text: Prepared, start: int, end: int) -> tuple[list[int | None], int]:
    word = text.norm[max(0, start - 14) : end + 22]
    after = _AGES_AFTER.match(text.rest, end)
    if after:
        figures = re.findall(_AGE, after["ages"])
        if after["months"]:
            said = re.findall(rf"({_AGE})(\s*{_YEARS})?", after["ages"])
            return [
                _age(figure) if years else int(float(figure.replace(",", "."))) // 12 for figure, years in said
            ], after.end()
        almost = _ALMOST.search(text.norm[max(0, after.start("ages") - 8) : after.start("ages")])
        ages = [_age(f) for f in figures]
        return [a - 1 if almost and a else a for a in ages], after.end()
    for expression, age in _SPECIAL_AGE:
        if expression.search(word):
            return [age], end
    almost = re.match(r"\s*,?\s*почти\s+(\d{1,2})", text.rest[end:])
    if almost:
        return [int(almost[1]) - 1], end + almost.end()
    return [], end


def _adults(text: Prepared, party: Party) -> bool:
    """Sets adults; True when the number counts everybody, children included."""
    if match := _ADULTS.search(text.rest):
        _set(party, text, match, value(match[1] or match[2]))
        return False
    if match := _COUPLES.search(text.rest):
        count = value(match[1])
        _set(party, text, match, count * 2 if count else None)
        return False
    if match := _PARENTS.search(text.norm):
        _set(party, text, match, 2)
        return False
    if match := _FOR_ELDERS.search(text.rest):
        _set(party, text, match, 1 + bool(match[2]))
        return False
    if match := re.search(rf"нас\s+({SMALL})\s+и\s+{_COMPANION}", text.norm):
        count = value(match[1])
        _set(party, text, match, count + 1 if count else None)
        return False
    return _listed(text, party) or _numbered(text, party)


def _listed(text: Prepared, party: Party) -> bool:
    """«я с мужем», «с мамой и сестрой»: the writer counts. Answers False: children are never in it."""
    for expression in (_LISTED, _WITH, _WITH_KIDS_AND):
        match = expression.search(text.rest)
        if match:
            count = sum(1 for group in match.groups() if group)
            _set(party, text, match, count + 1)
            return False
    if match := _WITH_PARENTS.search(text.rest):
        _set(party, text, match, 3)
    return False


def _numbered(text: Prepared, party: Party) -> bool:
    if party.adults is not None:
        return False
    if re.search(r"вдвоем с|одна с|один с", text.norm) and party.children:
        match = re.search(r"вдвоем с|одна с|один с", text.norm)
        assert match is not None
        _set(party, text, match, 2 if len(party.children) > 1 and match.group().startswith("вдвоем") else 1)
        return False
    if party.children and (match := _SPOUSE_AND_KIDS.search(text.rest)) and not _THEY_GO.search(text.norm):
        _set(party, text, match, 2)
        return False
    if party.children and (match := _ELDERS.search(text.norm)):
        _set(party, text, match, 1 + bool(match[1]))
        return False
    for words, count in _WORDS_FOR:
        if match := re.search(rf"(?<!\w)(?:{words})(?!\w)", text.rest):
            _set(party, text, match, count)
            return True
    family = _FAMILY_OF.search(text.rest)
    if family:
        if party.children:
            _set(party, text, family, value(family[1] or family[2]))
            return True
        text.take(family.start(), family.end())
        return False
    if match := _HEAD_COUNT.search(text.rest):
        _set(party, text, match, value(match[1] or match[2] or match[3]))
        return True
    if party.children and _FIRST_PERSON.search(text.norm):
        party.adults, party.adults_quote, party.sure = 1, party.children_quote, 0.7
    return False


def _set(party: Party, text: Prepared, match: re.Match[str], count: int | None) -> None:
    if count and 1 <= count <= 50:
        party.adults, party.adults_quote = count, text.take(match.start(), match.end())
        party.adults_end = match.end()


def _bare_answer(text: Prepared, party: Party, asked: str | None) -> None:
    """«двое», «3», «5 и 9»: read with what our side asked for."""
    words = text.rest.strip(" .,!?")
    both = re.fullmatch(rf"[\s.,!]*({SMALL})\s*(?:и|,|/|and)\s*(\d)[\s.,!]*", text.rest)
    if both and asked == "adults" and party.adults is None and party.children is None:  # «2 и 1»: adults and children
        party.children, party.children_quote = [None] * int(both[2]), text.original.strip()
        _set(party, text, both, value(both[1]))
        return
    if asked == "adults" and party.adults is None:
        match = re.search(rf"(?<!\w){SMALL}(?!\w)", text.rest)
        later = [m for m in re.finditer(rf"(?<!\w){SMALL}(?!\w)", text.rest) if value(m.group())]
        if match and later:
            _set(party, text, later[-1], value(later[-1].group()))
    if asked == "children" and not party.children and party.children is None:
        figures = re.findall(r"(?<!\d)\d{1,2}(?!\d)", text.rest)
        figures = figures or [str(value(said)) for said in re.findall(rf"({SMALL})\s+{_YEARS}(?!\w)", text.rest)]
        if figures and len(figures) <= 6:
            party.children = [_age(figure) for figure in figures]
            party.children_quote = text.original.strip()
        elif re.fullmatch(r"(?:нет|без|no|none|жоқ)(?:\s\w+)?", words):
            party.children, party.children_quote = [], text.original.strip()
