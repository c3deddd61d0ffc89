"""Language, urgency and mood (labels.md section 10)."""

from __future__ import annotations

import re

from crystalbay.nlp.ideas import is_known
from crystalbay.nlp.rules import Message, Rules
from crystalbay.nlp.words import ENGLISH, morphology
from models import Intent, Language, Sentiment, Urgency

_CYRILLIC_WORD = re.compile(r"[а-яё]+")
_KAZAKH = re.compile(r"[әғқңөұүһі]")
_LATIN_WORD = re.compile(r"[a-z]{2,}")
_KAZAKH_WORDS = re.compile(r"(?<!\w)(?:керек|емес|салем|калай|рахмет|бар ма|жок|ма екен|\w{3,}(?:амыз|ймыз))(?!\w)")
_JUNK = re.compile(r"https?://\S+|\S+\.(?:jpe?g|png|pdf|docx?|mp4)\b|[\w.+-]+@[\w.-]+")

_HIGH = re.compile(
    r"срочн\w*|(?<!не )(?<!\w)горит(?!\w)|как можно (?:скорее|быстрее)|немедлен\w+|сейчас же|помогите|asap|urgent\w*|immediately|right now|help us|fix it now|fix it|шұғыл|тез арада|вылет (?:завтра|сегодня|послезавтра)|(?:лечу|летим|вылетаем|улетаем) (?:уже )?(?:завтра|сегодня|послезавтра)|сегодня (?:вечером|ночью|утром)"
)
_DEPARTS = r"(?:вылет\w*|вылета\w+|улета\w+|рейс\w*|самолет\w*|летим|лечу|посадк\w*|отъезд\w*|выезжа\w+|flight|depart\w*|leav\w+|fly\w*|board\w*)"
_IN_HOURS = r"(?:через|in)\s+(?:[\w,.]+\s+){0,2}(?:час\w*|минут\w*|полчаса|hours?|minutes?|an hour)"
_DEPARTS_IN_HOURS = re.compile(rf"{_DEPARTS}[^.!?]{{0,40}}?{_IN_HOURS}|(?<!\w){_IN_HOURS}[^.!?]{{0,40}}?{_DEPARTS}")
_LOW = re.compile(
    r"не горит|не срочн\w+|на будущее|пока (?:просто )?(?:присматрива\w+|узна\w+|смотр\w+|думаем)|просто (?:узна\w+|интересу\w+|спроси\w+)|без спешки|не тороп\w+|no (?:rush|hurry)|not urgent|just (?:looking|curious)|когда-нибудь"
)
_NOT_NOW = Rules("""
вернуться|вернулись|прилетели>домой|из|назад|home|от
came|got|back>back|home
прошлый|last>год|месяц|неделя|раз|year|month|week
NOT>ANSWER HUMAN|NOBODY|YOU|manager -TRANSFER -LUGGAGE -AIRPORT
NOBODY ANSWER -TRANSFER -LUGGAGE -AIRPORT
WAIT ANSWER|HUMAN -TRANSFER -LUGGAGE -AIRPORT
without>ANSWER|any
HUMAN SILENT
испортить|ruin TRIP
обмануть|scam|мошенник
""")
"""Trouble that is over, and silence of ours: no incident that goes on now."""
_PLEASED = Rules("""
THANKS
PRAISE -NOT>PRAISE
""")
_NEG = re.compile(
    r"ужас\w*|кошмар\w*|отврат\w+|хам(?!\w|о)|хамств\w+|обман\w*|плесен\w*|гряз\w+|безобраз\w*|возмут\w+|злюсь|злой|зла(?!\w)|жалоб\w*|пожалова\w+|недовол\w+|разочаров\w+|хватит|надоел\w*|достал\w*|терпеть|позор\w*|верните деньги|не соответств\w+|сколько можно|почему никто|never again|terrible|awful|horrible|disgust\w*|dirty|nobody helps|charged twice|scam|rude|angry|unacceptable|worst|disappoint\w*|complain\w*|голодн\w+|мошенник\w*|врете|издева\w+|бред(?!\w)|тупой|идиот\w*|дурак\w*|!!\s*fix"
)


def read_language(norm: str) -> Language:
    """`norm`: prepared text, in which Russian typed in Latin letters is Cyrillic already."""
    words = _JUNK.sub(" ", norm)
    if _KAZAKH.search(words) or _KAZAKH_WORDS.search(words):
        return Language.KK
    latin = _LATIN_WORD.findall(words)
    english = sum(word in ENGLISH or is_known(word) for word in latin)
    cyrillic = _CYRILLIC_WORD.findall(words)
    if cyrillic:
        names_only = english >= 4 and all(_is_name(word) for word in cyrillic)
        return Language.EN if names_only else Language.RU
    return Language.EN if english and english * 4 >= len(latin) else Language.OTHER


def _is_name(word: str) -> bool:
    """Is the word, written in Cyrillic, the name of a place or a person?"""
    return any({"Name", "Surn", "Geox"} & set(reading.tag.grammemes) for reading in morphology().parse(word)[:3])


def departs_in_hours(norm: str) -> bool:
    """«вылет через 3 часа»: on the way, or almost."""
    return bool(_DEPARTS_IN_HOURS.search(norm))


def read_urgency(norm: str, intent: Intent, *, starts_in_days: int | None) -> Urgency:
    """High: an incident going on now, a departure within 72 hours, or the customer says so."""
    if intent in (Intent.SPAM, Intent.THANKS_OR_BYE):
        return Urgency.LOW
    if _LOW.search(norm):
        return Urgency.LOW
    travels = intent in (Intent.TOUR_SEARCH, Intent.BOOKING_REQUEST, Intent.BOOKING_STATUS, Intent.CHANGE_OR_CANCEL)
    if starts_in_days is not None and starts_in_days <= 3 and travels:
        return Urgency.HIGH
    if departs_in_hours(norm) and intent is not Intent.GENERAL_QUESTION:
        return Urgency.HIGH
    if intent is Intent.SUPPORT_PROBLEM and not _NOT_NOW.match(Message(norm, ())):
        return Urgency.HIGH
    return Urgency.HIGH if _HIGH.search(norm) and intent is not Intent.OTHER else Urgency.NORMAL


def read_sentiment(norm: str, intent: Intent) -> Sentiment:
    if intent in (Intent.SPAM, Intent.GREETING, Intent.GENERAL_QUESTION, Intent.TOUR_SEARCH) and not re.search(
        r"ужас|хам(?!\w)|обман|кошмар|злюсь", norm
    ):
        return Sentiment.NEU
    if intent is Intent.SUPPORT_PROBLEM or _NEG.search(norm):
        return Sentiment.NEG
    if intent is Intent.THANKS_OR_BYE and _PLEASED.match(Message(norm, ())):
        return Sentiment.POS
    return Sentiment.NEU
