"""What a customer does in the dialogue, beside the slots of his message: asks for more, takes back, hesitates …

Rules over words, as in crystalbay/nlp/rules.py. What each of them means for the dialogue depends on its state: the
engine and its acts decide.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from crystalbay.nlp.details import read_meal
from crystalbay.nlp.rules import Message, Rules
from crystalbay.nlp.text import prepare

_MORE = Rules("""
= MORE FILL SELECT LET OPTION HAVE ANOTHER WANT ME QUESTION
MORE|ANOTHER SELECT|HAVE|OPTION|SOMETHING|WANT|LET|?
ANOTHER|MORE>OPTION
= ANOTHER FILL SELECT LET OPTION HAVE WANT ME QUESTION
""")
_CHEAPER = Rules("""
CHEAPER
EXPENSIVE
over>budget
большой|much>деньги|money
less>money
""")
_DISLIKED = Rules("""
NOT>нравиться|понравиться|подходить|подойти|устраивать|годиться|впечатлить|зайти|like|fit|suit|work
NOBODY|никакой|none>нравиться|понравиться|подходить|подойти|like|work|fit
NOT>то|это @short
= NO FILL NOT
""")
_WHAT_NEXT = Rules("""
что|чего|как|what|what's|whats|how>дальше|далее|next|proceed
дальше|далее>что|как
как|how>оформить|оформлять|забронировать|бронировать|book
""")
_DECLINED = Rules("""
CHANGED_MIND
STOP
уже|already>BOUGHT
BOUGHT>elsewhere|самостоятельно|сам
BOUGHT в|у|in|at>ELSEWHERE
ALREADY_BOUGHT CHEAPER|ELSEWHERE
NOT>WRITING|интересовать|интересный|актуальный|interested|буду|будем|ехать|поехать|лететь|going|travel
NOT>присылать|предлагать|показывать|беспокоить|звонить
NOT>NEED -OPTION
неинтересно|неактуально
никуда>NOT
сам|сами>справиться
NO>THANKS
THANKS>NO|NOT
отбой|отказываться|отказ|pass
""")
_RESTORE = Rules("""
вернуть|вернем|вернемся|верните|оставить|оставьте|отменить|return|go|get|keep|put>как|прежний|предыдущий|старый|раньше|обратно|назад|изменение|before|previous|original|back|was
как>было|раньше|прежде|изначально|сначала
прежний|предыдущий|первоначальный|previous|original>дата|вариант|отель|город|поездка|dates|date|option|hotel|trip
as>before|was
undo
""")
_THINKING = Rules("""
подумать|обдумать|посоветоваться|обсудить|помозговать|discuss|think|consult -SELECT -? -CHANGED_MIND
= решить FILL NEED ME вместе
решить|определиться>позже|потом|завтра|вечером|вместе
написать|ответить|вернуться>позже|потом|завтра|вечером|later|tomorrow
позже|потом|завтра|later>написать|ответить|вернуться|сообщить|write|reply
пауза
talk>with|to мой|my|husband|wife|family
""")
_ANYWHERE = Rules("""
INDIFFERENT
NOT>UNSURE
все>равно
без>разница
куда>угодно|нибудь|либо
хоть>куда
NOT>важно|принципиально|matter|care|mind
any|любой|ближайший>date|dates|time|day|дата|время|город|страна|city|country|place
no>preference|idea
посоветовать|порекомендовать|recommend|suggest|advise
ваш|your>вкус|усмотрение|choice|discretion
вы|you>выбрать|решить|choose|decide
somewhere|anywhere|wherever|anything
""")
_ANY_DATE = Rules("когда|дата|день|время|число|when|date|dates|time|day")
_ANY_LENGTH = Rules("сколько|ночь|длительность|how|night|nights|long")
_QUESTION = Rules("""
?
ли
сколько|какой|что|чем|как|где|how|what|which|does|is|are|do -LET -WANT
""")
_COMPARES = Rules("""
difference|different|differ|разница|отличаться|отличие|отличать|сравнить|сравнение|сравните|compare|comparison -FEATURE
лучше|better|best|выгодный ?|какой|which -FEATURE
самый|most|cheapest CHEAPER|EXPENSIVE ?|какой|which
""")
_OF_CHILDREN = Rules("""
ребенок|дети|детский|малыш|child|kid|baby FREE|PRICE|скидка|discount|?
""")
_OF_PRICE = Rules("PRICE")
_OF_OFFER = Rules("""
ночь|дата|курорт|звезда|город|вылет|когда|где|night|date|resort|star|when|where|town
подробный|подробнее|подробно|EXPLAIN
""")
_OF_MEAL = Rules("FOOD")
_SEEKS_OPTIONS = Rules("""
OPTION|SOMETHING HAVE|SELECT|WANT|LET
WANT|LET|SELECT
""")


@dataclass(frozen=True)
class Signals:
    """The words of a message, asked one question at a time."""

    message: Message
    text: str

    @classmethod
    def of(cls, text: str) -> Signals:
        norm = prepare(text).norm
        return cls(Message(norm, ["short"] if len(norm.split()) <= 4 else []), text)

    @property
    def more(self) -> bool:
        """«Покажите ещё»."""
        return _MORE.match(self.message)

    @property
    def cheaper(self) -> bool:
        """«Дороговато», «есть подешевле?»"""
        return _CHEAPER.match(self.message)

    @property
    def disliked(self) -> bool:
        """«Ничего не понравилось», «нет»."""
        return _DISLIKED.match(self.message)

    @property
    def declined(self) -> bool:
        """A no to the trip itself, or to us: «уже купили», «передумали», «нет, спасибо»."""
        return _DECLINED.match(self.message)

    @property
    def restore(self) -> bool:
        """«Верните как было»."""
        return _RESTORE.match(self.message)

    @property
    def what_next(self) -> bool:
        """«Второй подходит, что дальше?»: a question of somebody who has made up his mind."""
        return _WHAT_NEXT.match(self.message)

    @property
    def thinking(self) -> bool:
        """«Надо подумать с мужем»."""
        return _THINKING.match(self.message)

    @property
    def anywhere(self) -> bool:
        """«Куда-нибудь», «всё равно», «не знаю»: no preference."""
        return _ANYWHERE.match(self.message)

    @property
    def any_of(self) -> str | None:
        """What there is no preference of, when it is named: «всё равно когда»."""
        if _ANY_DATE.match(self.message):
            return "date_from"
        return "nights_min" if _ANY_LENGTH.match(self.message) else None

    @property
    def asks(self) -> bool:
        return _QUESTION.match(self.message)

    @property
    def compares(self) -> bool:
        """«Чем отличается первый от третьего?»"""
        return _COMPARES.match(self.message)

    @property
    def of_children(self) -> bool:
        """«А дети бесплатно?»"""
        return _OF_CHILDREN.match(self.message)

    @property
    def of_price(self) -> bool:
        return _OF_PRICE.match(self.message)

    @property
    def of_offer(self) -> bool:
        """Asks for what an offer says: dates, nights, resort, stars."""
        return _OF_OFFER.match(self.message)

    @property
    def meal_asked(self) -> str | None:
        """The board type that is asked about («завтрак входит?»); "" for meals at large; None: no question about it."""
        if _SEEKS_OPTIONS.match(self.message):
            return None
        text = prepare(self.text)
        meal = read_meal(text)  # takes its own words: «всё включено» alone asks nothing
        if not (self.asks or re.search(r"вход\w+|включен\w*|included?", text.rest)):
            return None
        return meal[0] if meal else "" if _OF_MEAL.match(self.message) else None
