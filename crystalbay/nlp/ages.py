"""Ages of children in an answer to our question for them: «ему пять», «старшему 7, младшему 3», «полтора года»."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from crystalbay.nlp.numbers import WORDS
from crystalbay.nlp.text import Prepared

_TOKEN = re.compile(r"\d{1,2}[.,]5(?!\d)|\d+|[^\W\d_]+|,")
_BORN = re.compile(r"(?<!\d)(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>20\d\d)(?!\d)")
_YEAR = re.compile(r"год(?:а|у|ик\w*|иш\w*)?|годов\w+|лет\w*|г|л|y|yo|yr|yrs|years?|жас\w*|жыл\w*")
_ONE_YEAR = re.compile(r"год(?:ик)?|годовал\w+|year")
_MONTH = re.compile(r"мес|месяц\w*|месяч\w+|months?|mos?|mths?|ай\w{0,2}")
_BABY = re.compile(r"груднич\w+|грудн\w+|младен\w+|новорожд\w+|полгод\w*|полугод\w*|infants?|newborn|baby")
_HALVES = re.compile(r"полтор\w+")
_HALF = re.compile(r"половин\w+|half")
_ALMOST = re.compile(r"почти|almost|nearly")
_SCHOOL = re.compile(r"школьни\w+|подрост\w+|студент\w*|класс\w*|teen\w*|schoolchild\w*")
_SAME_AGE = re.compile(r"обоим|обеим|оба|обе|близнец\w*|близняш\w*|двойн\w*|both|twins")
_EACH = re.compile(r"всем|каждо\w+|all|each|every")
_KIDS = re.compile(r"дет(?:ей|и|ям|к\w+)|реб\w+|сын\w*|доч\w*|мальчи\w+|девоч\w+|внук\w*|внуч\w*|kids?|child\w*|sons?|girls?|boys?|daughters?")  # fmt: skip
_COUNTED = re.compile(
    r"дет(?:ей|ям|ок)|реб(?:енка|ят\w*)?|сына|сынов\w+|доч(?:ери|ки|ек)|мальчи(?:ка|ков)|девоч(?:ки|ек)|внук(?:а|ов)|внучк?и|kids?|child(?:ren)?|sons?|boys?|girls?|daughters?"
)
"""Behind a number these say how many: «2 детей», not «5 сыну»."""
_HOW_MANY = {"двое": 2, "двоих": 2, "двоим": 2, "трое": 3, "троих": 3, "четверо": 4, "four": 4}
_LABELS = frozenset(["один", "одна", "одному", "одной", "одного", "одну", "a", "an", "one"])
"""A count or «the one», unless «год» follows."""
_FILLER = re.compile(
    r"и|а|но|с|со|у|в|на|им|их|ему|его|ей|ее|он|она|они|мне|нам|нас|наш\w*|мо[йяеи]\w*|"
    r"будет|уже|сейчас|скоро|исполн\w+|тоже|примерно|около|где|то|это|вот|вс[её]|да|ну|так|возраст\w*|момент\w*|вылет\w*|поездк\w*|"
    r"одному|одной|одного|один|одна|старш\w+|младш\w+|средн\w+|перв\w+|втор\w+|трет\w+|друг\w+|полных|ровно|пожалуйста|спасибо|по|здравствуйте|"
    r"the|he|she|they|it|him|her|is|are|s|re|will|be|turns?|turning|and|a|an|of|old|age[ds]?|years|year|just|about|now|our|my|other|another|second|first|"
    r"older|oldest|elder|eldest|younger|youngest|middle"
)


_COUNTED_IN_MONTHS = 3


@dataclass
class _Ages:
    """Ages as they are read: `number` waits for its unit."""

    found: list[int | None] = field(default_factory=list)
    number: int | None = None
    label: bool = False
    almost: bool = False
    year_just_said: bool = False

    def add(self, years: int | None) -> None:
        if years is not None and self.almost and years > 0:
            years -= 1
        self.found.append(years if years is None or years < 18 else None)
        self.number, self.label, self.almost = None, False, False

    def close(self) -> None:
        """A number without a unit is years; «один» without one is no number at all."""
        if self.number is not None and not self.label:
            self.add(self.number)
        self.number, self.label = None, False

    def months(self) -> None:
        """«9 месяцев»; «2 года 3 месяца» is one child."""
        months = self.number
        if self.year_just_said or months is None:
            self.number = None
            return
        self.almost = False
        self.add(months // 12)


def read_ages(text: Prepared, expected: int, today: date) -> list[int | None] | None:
    """The ages, when the message says nothing but ages; None otherwise. `expected`: how many children are known."""
    born = [_age_of(match, today) for match in _BORN.finditer(text.norm)]
    if born and None not in born:
        return list(born)
    ages, count, shared = _Ages(), 0, 0
    tokens = _TOKEN.findall(text.norm)
    if re.search(r"\d{3}|\d\s*[-/+:]\s*\d", text.norm):
        return None
    for at, word in enumerate(tokens):
        following = tokens[at + 1] if at + 1 < len(tokens) else ""
        number = _number(word, expected)
        if word in _HOW_MANY and word != "four":
            count = _HOW_MANY[word]
        elif number:
            ages.close()
            ages.year_just_said = ages.year_just_said and word != ","
            if (_COUNTED.fullmatch(following) or (number == [1] and _KIDS.fullmatch(following))) and not (
                at and _YEAR.fullmatch(tokens[at - 1])
            ):
                count = number[0]
            else:
                for split in number[:-1]:
                    ages.add(split)
                ages.number, ages.label = number[-1], word in _LABELS
            continue
        elif _unit(ages, word, expected, at, tokens):
            continue
        elif _SAME_AGE.fullmatch(word):
            shared = max(2, expected)
        elif _EACH.fullmatch(word) or word == "по":
            shared = max(shared, expected)
        elif not (word == "," or _KIDS.fullmatch(word) or _FILLER.fullmatch(word)):
            return None
        if word != "с":
            ages.close()
            ages.year_just_said = False
    ages.close()
    return _put_together(ages.found, count, shared)


def _age_of(born: re.Match[str], today: date) -> int | None:
    """Full years of who was born on this day."""
    try:
        day = date(int(born["year"]), int(born["month"]), int(born["day"]))
    except ValueError:
        return None
    years = today.year - day.year - ((today.month, today.day) < (day.month, day.day))
    return years if 0 <= years < 18 else None


def _unit(ages: _Ages, word: str, expected: int, at: int, tokens: list[str]) -> bool:
    """Words that end or are an age. True when the word was one."""
    if _YEAR.fullmatch(word):
        if ages.number is not None:
            ages.label = False
            ages.close()
            ages.year_just_said = True
        elif _ONE_YEAR.fullmatch(word) and not _HALVES.fullmatch(tokens[at - 1] if at else ""):
            ages.add(1)
            ages.year_just_said = True
    elif _MONTH.fullmatch(word):
        ages.months()
    elif _BABY.fullmatch(word):
        ages.add(0)
    elif _HALVES.fullmatch(word):
        ages.add(1)
    elif _HALF.fullmatch(word):
        ages.label = False
    elif _SCHOOL.fullmatch(word):
        if not (ages.found and ages.found[-1] is None):
            ages.number = None
            ages.add(None)
    elif _ALMOST.fullmatch(word):
        ages.close()
        ages.almost = True
    elif (
        word in ("и", "and")
        and ages.year_just_said
        and (expected == len(ages.found) == 1 or _months_follow(ages, at, tokens))
    ):
        return True  # «1 год и 8 месяцев» of one child
    else:  # «one and a half», «два с половиной»
        beside_half = _HALF.search(" ".join(tokens[at + 1 : at + 3]))
        return bool(word in ("and", "a", "с") and ages.number is not None and beside_half)
    return True


def _months_follow(ages: _Ages, at: int, tokens: list[str]) -> bool:
    """«2 года и 11 месяцев»: of the same child, when it is as small as that months are counted."""
    small = ages.found and ages.found[-1] is not None and ages.found[-1] <= _COUNTED_IN_MONTHS
    return bool(small) and at + 2 < len(tokens) and bool(_MONTH.fullmatch(tokens[at + 2]))


def _number(word: str, expected: int) -> list[int]:
    if word.isdigit():
        return [int(word)]
    if word[0].isdigit():
        whole, half = re.split(r"[.,]", word)
        return [int(whole), int(half)] if expected == 2 and "," in word else [int(whole)]
    value = WORDS.get(word)
    return [value] if value is not None and value < 18 and word not in ("a", "an", "он") else []


def _put_together(found: list[int | None], count: int, shared: int) -> list[int | None] | None:
    if not found:
        return [None] * count or None
    if len(found) == 1 and max(shared, count) > 1 and shared:
        return found * max(shared, count)
    return found if len(found) <= 10 else None
