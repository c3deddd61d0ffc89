"""Language, urgency and mood (labels.md section 10)."""

from __future__ import annotations

import re

from models import Intent, Language, Sentiment, Urgency

_CYRILLIC = re.compile(r"[а-яё]")
_KAZAKH = re.compile(r"[әғқңөұүһі]")
_LATIN_WORD = re.compile(r"[a-z]{2,}")
_TRANSLIT = re.compile(
    r"(?<!\w)(?:privet|zdravstv\w+|hochu|hotim|skolko|nochey|nochi|iz|kuda|mozhno|nuzhen|nuzhno|dvoe|vzroslyh|na|spasibo|est|letim|budet|deti|rebenok|pozhaluysta|kak|tur|tury|dobriy|dobryy)(?!\w)"
)
_ENGLISH = re.compile(
    r"(?<!\w)(?:the|a|an|is|are|we|i|you|to|for|from|of|my|our|do|does|can|could|please|want|need|how|what|where|when|hello|hi|hey|thanks|thank|yes|no|not|any|book|two|adults|cancel|great|bye|about|with|and|in|it|make|that|good|ok|okay|correct|interested|sorry|ten|pay|order|wife|husband|looking|price|day|call|help|much|week|night|nights|tour|trip|august|july|june|september|morning|sure|agree)(?!\w)"
)
_OTHER_LATIN = re.compile(
    r"(?<!\w)(?:buongiorno|vorrei|bonjour|hola|guten|merhaba|por|sul|per|und|ich|wir|gracias|ciao|bitte|que|est-ce)(?!\w)"
)
_KEYBOARD = re.compile(r"^[a-z\[\];',.`\s!?-]+$")
_JUNK = re.compile(r"https?://\S+|\S+\.(?:jpe?g|png|pdf|docx?|mp4)\b|[\w.+-]+@[\w.-]+")

_HIGH = re.compile(
    r"срочн\w*|(?<!не )(?<!\w)горит(?!\w)|как можно (?:скорее|быстрее)|немедлен\w+|сейчас же|помогите|asap|urgent\w*|immediately|right now|help us|fix it now|fix it|шұғыл|тез арада|вылет (?:завтра|сегодня|послезавтра)|(?:лечу|летим|вылетаем|улетаем) (?:уже )?(?:завтра|сегодня|послезавтра)|сегодня (?:вечером|ночью|утром)|tomorrow|today"
)
_LOW = re.compile(
    r"не горит|не срочн\w+|на будущее|пока (?:просто )?(?:присматрива\w+|узна\w+|смотр\w+|думаем)|просто (?:узна\w+|интересу\w+|спроси\w+)|без спешки|не тороп\w+|no (?:rush|hurry)|not urgent|just (?:looking|curious)|когда-нибудь"
)
_TROUBLE_NOW = re.compile(
    r"(?:мы|сидим|стоим|находимся|сейчас)\s+(?:уже\s+)?(?:в|у|на)\s+|сидим|стоим|потеря\w+|опоздал\w*|не встрет\w+|нет трансфера|задержа\w+|перенесли|nobody helps|missed our flight|stuck|lost (?:my|our)|is dirty|не селят|заболел\w* (?:здесь|тут|на отдыхе)|stranded"
)
_NEG = re.compile(
    r"ужас\w*|кошмар\w*|отврат\w+|хам(?!\w|о)|хамств\w+|обман\w*|плесен\w*|гряз\w+|безобраз\w*|возмут\w+|злюсь|злой|зла(?!\w)|жалоб\w*|пожалова\w+|недовол\w+|разочаров\w+|хватит|надоел\w*|достал\w*|терпеть|позор\w*|верните деньги|не соответств\w+|сколько можно|почему никто|never again|terrible|awful|horrible|disgust\w*|dirty|nobody helps|charged twice|scam|rude|angry|unacceptable|worst|disappoint\w*|complain\w*|голодн\w+|мошенник\w*|врете|издева\w+|бред(?!\w)|тупой|идиот\w*|дурак\w*|!!\s*fix"
)
_POS = re.compile(
    r"спасибо (?:большое|огромн\w+|вам большое|за)|благодар\w+|(?:очень |все |всё )понрав\w+|супер|отличн\w+|восторг\w*|замечательн\w+|прекрасн\w+|лучши\w+|обожа\w+|рақмет|thank you so much|great|awesome|amazing|wonderful|perfect|love it|excellent"
)


def read_language(norm: str) -> Language:
    words = _JUNK.sub(" ", norm)
    if _KAZAKH.search(words):
        return Language.KK
    if re.search(r"(?<!\w)(?:керек|тур алу|салем|калай|рахмет)(?!\w)", words):
        return Language.KK
    if _CYRILLIC.search(words):
        latin = len(_ENGLISH.findall(words))
        cyrillic = re.findall(r"[а-яё]+", words)
        return Language.EN if latin >= 4 and len(cyrillic) <= 1 else Language.RU
    if not _LATIN_WORD.search(words):
        return Language.OTHER
    if _OTHER_LATIN.search(words):
        return Language.OTHER
    english, translit = len(_ENGLISH.findall(words)), len(_TRANSLIT.findall(words))
    if translit > english:
        return Language.RU
    return Language.EN if english else Language.OTHER


def read_urgency(norm: str, intent: Intent, *, starts_in_days: int | None) -> Urgency:
    """High: an incident going on now, a departure within 72 hours, or the customer says so."""
    if intent in (Intent.SPAM, Intent.THANKS_OR_BYE):
        return Urgency.LOW
    if _LOW.search(norm):
        return Urgency.LOW
    travels = intent in (Intent.TOUR_SEARCH, Intent.BOOKING_REQUEST, Intent.BOOKING_STATUS, Intent.CHANGE_OR_CANCEL)
    if starts_in_days is not None and starts_in_days <= 3 and travels:
        return Urgency.HIGH
    if intent is Intent.SUPPORT_PROBLEM and _TROUBLE_NOW.search(norm):
        return Urgency.HIGH
    return Urgency.HIGH if _HIGH.search(norm) and intent is not Intent.OTHER else Urgency.NORMAL


def read_sentiment(norm: str, intent: Intent) -> Sentiment:
    if intent in (Intent.SPAM, Intent.GREETING, Intent.GENERAL_QUESTION, Intent.TOUR_SEARCH) and not re.search(
        r"ужас|хам(?!\w)|обман|кошмар|злюсь", norm
    ):
        return Sentiment.NEU
    if intent is Intent.SUPPORT_PROBLEM or _NEG.search(norm):
        return Sentiment.NEG
    if _POS.search(norm) and intent in (Intent.THANKS_OR_BYE, Intent.OTHER):
        return Sentiment.POS
    return Sentiment.NEU
