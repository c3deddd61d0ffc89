"""The decision table of labels.md section 2 as rules: the first line that fits.

Every line of the table is a set of rules over ideas (rules.py tells the notation, ideas.py the words).
"""

from __future__ import annotations

import re

from crystalbay.nlp.clues import PLACE_SLOTS, STRONG_SLOTS, Clues, Decision
from crystalbay.nlp.ordinals import without_other_ordinals
from crystalbay.nlp.rules import Message, Rules
from models import Intent

_ADVERT = Rules("""
EARN EASY|LINK -TRIP
требоваться|нужны|hiring JOB SALARY
EARN от|per|до
EARN LINK|WRITING
BET
CRYPTO -PAY
LOAN LOAN_BAIT -TRIP -@trip
PROMOTE SITE|SELL
SELL SITE -QUESTION
SELL>услуга|база -QUESTION
your>site|website|business PROMOTE|SELL
PRIZE LINK
you|вы|вас>win|won|выиграть
LINK>LINK BLOCKED|CARD
BLOCKED LINK
click|кликнуть>here|link|ссылка
""")
_INJECTION = Rules("""
IGNORE>COMMANDS
IGNORE>все|all|your|any|the>COMMANDS
IGNORE>previous|prior|above|предыдущий|прежний
COMMANDS забыть|забудь
ты|you>теперь|now
ROLE ты|you|as|бот|bot
сказать|показать|вывести|раскрыть|выдать|print|show|reveal|tell|repeat|output>SECRET|COMMANDS
SECRET>SECRET
system|системный>prompt|промпт
отвечать>только
""")
_CODE = re.compile(
    r"drop\s+table|select\s+\*|union\s+select|insert\s+into|or\s+1\s*=\s*1|\{\{.*\}\}|\$\{.*\}|<script", re.DOTALL
)

_SUPPORT = Rules("""
COMPLAIN -WORRY
BAD ROOM|HOTEL|AMENITY|FOOD|STAFF|TRIP|TRANSFER -IF -tell
NOT>WORK AMENITY|ROOM -IF
AMENITY>NOT -QUESTION -WANT -@trip
SETTLE NOT -IF
NOT>GIVE ROOM|FOOD|AMENITY
ROOM|HOTEL>NOT>MATCH
NOT>MATCH DESCRIBED|TRIP|HOTEL
NOT>COME|MEET TRANSFER -WHEN_FUTURE -IF
NOT>COME|MEET LUGGAGE
LUGGAGE>COME NOT
TRANSFER>NOT AIRPORT -QUESTION
NOBODY|никто>MEET|HELP|COME|GREET|встречать
no>one MEET|HELP|COME
никто>NOT|не>MEET|ANSWER|HELP|COME|звонить
NOBODY>ANSWER
NOBODY NOT ANSWER
no>one ANSWER
NOT>MEET нас|us|меня|me -IF
NOT>ANSWER -IF -NEED
without|без>ANSWER|reply|ответ
ARRIVED NOT|BAD|instead|вместо STILL|нас|us|we|мы|me TRANSFER|ROOM|HOTEL|BOOKED|NOBODY|ANSWER|AMENITY|BAD -IF -TRAVEL
still>no|not TRANSFER|ROOM|ANSWER|LUGGAGE
SETTLE|поселить|put>нас|us|me другой|different|another|wrong|BAD|вместо|instead
вместо|instead SETTLE|поселить
HUMAN SILENT
не|cannot|not>дозвониться
WAIT ANSWER HUMAN|вы|ваш|день|неделя|неделю|days|hours|час
WAIT>ANSWER QUESTION -@short
TRANSFER|WAIT>час|hour|hours AIRPORT|TRANSFER|ROOM -QUESTION
LOSE LUGGAGE|PAPERS -IF
STOLEN PAPERS|LUGGAGE|ME|деньги -IF
LUGGAGE DAMAGED -IF
ILL HERE|HELP|HOTEL|AIRPORT -IF -CHANGE
ILL>в|на|in|at|on @place -IF -CHANGE
ILL мы>в|на @place
need|нужный|нужен|нужно|вызвать>врач|доктор|doctor|a|скорая|ambulance ILL
food>poisoning
STUCK
MISSED FLIGHT -IF
NOT>CHECK_IN FLIGHT|AIRPORT|HOTEL|ROOM -IF -VISA -CONSENT
FLIGHT>через|in>час|минута|hour|hours|minutes NOT|NOBODY|LOSE|где|where|HELP -IF -SELECT
NOT|NOBODY|где|where DOCS|TRANSFER|BOOKED @departs_in_hours -IF
срочно|urgent|urgently|HELP @departs_in_hours -@trip
DELAYED FLIGHT ME|нас|наш|our|AIRPORT|TRANSFER -IF -BOOK -want
рейс|вылет|самолет>перенесли|отменили|задержали|задерживать|задерживаться|задержать|задержка|сдвинули -IF
перенесли|отменили|задержали|задерживать>наш|рейс|вылет|самолет -IF
flight>DELAYED -IF
DELAYED>flight -IF
flight>be|get|have>DELAYED -IF
sit|сидеть|ночевать AIRPORT
держать ROOM|STAFF|AIRPORT
no|нет>BOOKED HOTEL|STAFF|our
HOTEL NOT>BOOKED|see|find|видеть|найти
испортить|испорченный|ruin|ruined TRIP|DATE
MOVE_ROOM HOTEL|ROOM -BOOKED -IF
вместо|instead DESCRIBED|AMENITY|SEA|HOTEL BAD|окно|стройка|construction
STAFF SILENT|ignore|BAD
HELP WRONG|LOSE|STUCK|DELAYED|MISSED|ILL
HELP urgently|срочно -@trip -PAY -CHANGE
WRONG ROOM|HOTEL|TRANSFER|FLIGHT -IF -QUESTION -TYPO
overbooked|overbooking|овербукинг|овербук
evacuate|evacuation|эвакуация|эвакуировать
""")
_CHANGE = Rules("""
CANCEL -FREE -CANCELLED -PAY
CANCEL BOOKED|@booking_number -FREE -CANCELLED
call>off
REMOVE>BOOKED
cancel -FREE -@searching -money -back
CHANGE BOOKED|@booking_number
CHANGE MY|our>TRIP|FLIGHT|DATE|HOTEL|билет|ticket -@searching
CHANGE TRIP|FLIGHT|билет|ticket -@searching -FLY_SERVICE -QUESTION_PRICE
CHANGE|исправить|correct|fix NAME|PEOPLE|passport BOOKED|билет|ticket|NAME|@booking_number
NAME>CHANGE
сменить|смена NAME|паспорт BOOKED|TRIP|жена
ADD|REMOVE PEOPLE|NAME|INSURANCE|LUGGAGE|TRANSFER|еще BOOKED|TRIP|@booking_number
REMOVE>из|from>BOOKED
вписать|впишите
TYPO NAME|passport|паспорт|BOOKED
PENALTY IF|REFUSE|CANCEL|TRIP|BOOKED -VISA
сколько|how>RETURN|удержать|потерять|lose REFUSE|CANCEL|IF
REFUSE TRIP|BOOKED|от|лететь -VISA -@asked:offer
NOT>ABLE>TRAVEL -@asked:offer
NOT>ABLE TRAVEL хотеть|нужно|TRIP|BOOKED
NOT>TRAVEL RETURN|TRIP|BOOKED -@searching
""")
_IS_BOT = Rules("""
am>TALK BOT|PERSON|HUMAN -CONNECT -NEED
are>you BOT|PERSON|HUMAN|real -CONNECT -NEED
это|ты|вы>BOT ? -CONNECT -NEED -NOT
я|мы>говорить|разговаривать|общаться|переписываться BOT|человек ? -CONNECT -NEED
это|ты|вы>человек|живой|настоящий ? -CONNECT -NEED
""")
_HUMAN = Rules("""
HUMAN CONNECT|TALK|HERE|HAVE|TRUE|WANT -CALLED -STAFF_ONLY -NOT>HUMAN
HUMAN NEED
CONNECT>PERSON|HUMAN
TALK PERSON|HUMAN|LIVE|YOU|phone|телефон -LANGUAGE
LIVE>HUMAN|PERSON|общение|собеседник -BOT_Q
real>person|human
HUMAN @short -@known -QUESTION
= HUMAN FILL LET CONNECT GREET HUMAN MY ME NEED WANT
CALL ME|BACK|можно|давать|@phone|нибудь|someone -NOT -BOOKED -to
CALL ME|BACK -NOT -can>ME
CALL @short -NOT -QUESTION
CALL PERSON|HUMAN|@phone -NOT
CALL после|after|завтра|вечером|сегодня|tomorrow -NOT -QUESTION
CONNECT>ME|мной|нами @phone
соединить|связать|переключить|подключить|connect>ME
связаться>я|мы|мной|нами
contact|reach>me|us
BOT NOT>WANT|HELP|понимать|understand
NOT>WANT|NEED|с|with>BOT
NOT>TALK BOT
ENOUGH|NOT>BOT -QUESTION
NOT>понимать|understand BOT
""")
_PAYMENT = Rules("""
PAY -@budget_max -@price_of_trip
PAY QUESTION|BOOKED|ISSUE|CARD
PAY_PAPER
PAY_HOW -LOAN_BAIT -@budget_max
PAY_HOW QUESTION
BILL ISSUE|PAY
CARD ACCEPT
CARD PAY|MONEY|NOT
ACCEPT PAY_HOW|CARD
MONEY RETURN|SENT|SENDING|TWICE|WAIT -BAD
RETURN MONEY|refund|CANCELLED|WHEN|когда|when
refund
SENT TWICE
SENT MONEY
SENT CARD
WAIT RETURN
money>back
REST PAY|внести|сколько|какой|how|what|до
discount|скидка CODE|code|код|PAY
PART PAY
charge TWICE|CARD|ME
""")
_OFFER_NAMED = Rules("""
ORDINAL>OPTION
OPTION>ORDINAL
ORDINAL>CHOOSE|BOOK
BOOK|CHOOSE>ORDINAL
LET>ORDINAL
THIS>OPTION
LET>THIS
BOOK>THIS
THIS BOOK|CHOOSE
который|что|where|где>прислать|показать|предложить|скинуть|send|sent|show
""")
_CHOICE = Rules("""
= ORDINAL FILL LET CHOOSE BOOK WANT OPTION THIS YES LETS THANKS MY ME
= CHOOSE ORDINAL OPTION FILL LET THIS YES WANT ME
= DEM FILL LET CHOOSE BOOK WANT YES LETS ME OPTION
= OPTION THIS FILL LET CHOOSE BOOK WANT ME
ORDINAL -? -NOT -@trip -PRICE
LET>THIS|ORDINAL|DEM -?
ORDINAL>CHOOSE -QUESTION -NOT
CHOOSE|LET ORDINAL>OPTION -QUESTION -NOT
THIS>OPTION CHOOSE|подходить -NOT -QUESTION
go|остановиться>ORDINAL|THIS|with|на
""")
_NUMBERS = re.compile(
    r"\W*(?:(?:номер|вариант|отель|option|number|no\.?)\s*)?\W*\d{1,2}(?:-?[йяею]|-?(?:ый|ой|ий|ая|ую))?(?:\W*(?:и|или|and|or|,|\s)\W*\d{1,2}(?:-?[йяею])?){0,4}"
    r"(?:\W+(?:вариант\w*|отел\w+|номер\w*|option|please|пожалуйста|спасибо))?\W*"
)
_NAMED_CHOICE = Rules("""
@hotel_name CHOOSE|LET|WANT|YES|THIS|понравиться|устраивать -? -NOT -PRICE -ANOTHER -CHEAPER -COUNT -EXPLAIN
@hotel_name @short -QUESTION -NOT -PRICE -EXPLAIN -HAVE
оба|обе|both @short -NOT -?
первые|first>два|три|two|three @short -?
no|нет|не>ORDINAL @short -не -not -?
пятый|шестой|fifth|sixth @short -NOT -?
""")
"""«Нравится Side Sunrise» after offers."""
_ABOUT_OFFER = Rules("""
ORDINAL|THIS|@hotel_name|там|них|нем|there FEATURE ASKING -HAVE>OPTION|с|со|with|на -PRICE -BOOK -SELECT -DATE -@date_from -ANOTHER>OPTION -SOMETHING
FEATURE ASKING -HAVE>OPTION|с|со|with|на -PRICE -BOOK -SELECT -DATE -@date_from -@strong -ANOTHER -CHEAPER -BETTER -SOMETHING
EXPLAIN ORDINAL|@hotel_name|THIS|OPTION|FEATURE|о|про|about -PRICE -BOOK
FEATURE ORDINAL|@hotel_name SELECT|можно|можете|send
лучше|better|best|посоветовать|советовать|порекомендовать|recommend|advise|выбрать ASKING -HAVE -PRICE -SELECT
ORDINAL>or|или ? -PRICE
difference|разница|отличаться
подробный|подробнее|подробно|details @short -BOOK
""")
"""A question about what was shown."""
_BOOKS = Rules("BOOK -NOT>BOOK -раннее")
_STATUS = Rules("""
STATUS BOOKED|@booking_number|TRIP|MY|DOCS
статус|status
CONFIRM QUESTION|BOOKED|TRIP|HOTEL|WAIT|COME -@asked:confirm_booking
подтвердить|подтверждать|confirmed BOOKED|HOTEL|TRIP
подтверждение
DOCS READY|SENDING -NEED -VISA_INFO
DOCS QUESTION>DOCS @booking_number
DOCS где|where|when|когда|уже|already|yet -NEED -PRICE -@place
CHECK BOOKED|@booking_number
news BOOKED|TRIP
что>с|по>MY|BOOKED|TRIP
BOOKED>пройти|состояться|оформить|прошло QUESTION
TIME MY|у>FLIGHT|нас|TRIP
TIME>FLIGHT MY|@booking_number|нас
FLIGHT|AIRPORT MY TIME|QUESTION -PRICE -LUGGAGE -TRAVEL
MY>BOOKED QUESTION
по>BOOKED
BOOKED @booking_number QUESTION
""")
_PRICE = Rules("""
PRICE -VISA -BAGGAGE -INSURANCE -EXCURSION
COUNT
SELECT TOUR_WORD|PRICE|SEA|@place|DEALS
how>much -VISA -BAGGAGE -INSURANCE -LUGGAGE
""")
_SEARCH = Rules("""
TOUR_WORD WANT|NEED|HAVE|SELECT|PRICE|COUNT|DEALS|QUESTION
TOUR_WORD @short
TRAVEL WANT|NEED|QUESTION|FLY_SERVICE
SEA WANT|TRAVEL|TOUR_WORD|HAVE|SELECT|на|to
DEALS HAVE|SELECT|QUESTION|TOUR_WORD|EXPLAIN -PROMO
PRICE|COUNT
SELECT
дешевый|дешевле|подешевле|cheaper
другой|еще|other|another|more>OPTION|вариант|отель|hotel
QUESTION HAVE @known
ORDINAL|OPTION|THIS DATE|HAVE|PRICE QUESTION
летаете|летать|fly
саяхат|тур|демалыс
""")
_GENERAL = Rules("""
VISA QUESTION|NEED|EXPLAIN -READY -MY>VISA -@tourists
visa|виза @short
пускать|впускать|пустить
WEATHER QUESTION|EXPLAIN|@date_from
BAGGAGE QUESTION|NEED
INSURANCE QUESTION|NEED|INCLUDED
HEALTH QUESTION|NEED
CONSENT
документ|document|бумага|справка NEED|QUESTION>документ
TRAVEL only|alone|without|без|один|одна can|можно|may|allowed|мочь|ли QUESTION
с>возраст|age QUESTION
OFFICE QUESTION|EXPLAIN
адрес|address
WHEN_WORK>WORK_HOURS QUESTION
WORK_HOURS>WHEN_WORK QUESTION
WORK_HOURS вы|you>WORK_HOURS QUESTION
до|what>скольки|time WORK_HOURS
BOT QUESTION -PAY
ты|вы|you|я|это>BOT|робот|человек|human|real QUESTION
DURATION>DURATION QUESTION|до
сколько|how>лететь|часов|long|длиться
time|часовой|разница>difference|пояс|время
ABROAD QUESTION|EXPLAIN|NEED
PLACE_LIKE QUESTION -@price -BOOK
PLACE_LIKE>PLACE_LIKE
EXPLAIN>о|про|об|about @place
COMPANY QUESTION
PROMO HAVE|QUESTION|YOU|EXPLAIN
INCLUDED QUESTION
can>travel QUESTION
CHECK_IN QUESTION
можно>TRAVEL|взять|брать|везти QUESTION -@strong
""")
_WRONG_CHAT = Rules("""
WRONG_CHAT>ADDRESSEE
ADDRESSEE>WRONG_CHAT
NOT>туда|вам @short
""")
_BOUGHT_ELSEWHERE = Rules("""
BOUGHT elsewhere|другой|другое|самостоятельно -? -CHANGE -PRICE -LET
уже|already|have>BOUGHT -? -@booking_number -THIS -OPTION
BOUGHT another>agency|company|place
ALREADY_BOUGHT CHEAPER|elsewhere -? -LET -ORDINAL
""")
_OTHER_WANTED = Rules("""
CHEAPER|ANOTHER|BETTER SELECT|HAVE|WANT|COUNT|LET|QUESTION|NEED -ALREADY_BOUGHT -CHANGED_MIND -STOP -NO_MORE -ORDINAL>ANOTHER|BETTER|CHEAPER
ANOTHER|MORE>OPTION -ALREADY_BOUGHT -STOP -NO_MORE
MORE SELECT|что|нибудь|something|anything -ALREADY_BOUGHT -STOP -NO_MORE
CHEAPER|ANOTHER @short -NOT -ALREADY_BOUGHT -STOP -NO_MORE
что-то|что|нибудь|something|anything>CHEAPER|BETTER|ANOTHER -ALREADY_BOUGHT -STOP -NO_MORE
HAVE>OPTION ? -ALREADY_BOUGHT -STOP
SOMETHING HAVE|QUESTION FEATURE -ALREADY_BOUGHT -STOP
less|менее|не>EXPENSIVE|дорогой ?|SELECT|WANT|NEED -ALREADY_BOUGHT -STOP
""")
"""«дороговато, есть подешевле?»: no refusal, the search goes on."""
_NO_PREFERENCE = Rules("""
= INDIFFERENT FILL NOT YES ME THIS INDIFFERENT когда где куда сколько какой какие какая что дата даты город отель бюджет есть
не>важно|важный|принципиально|критично|имеет -OPTION
угодно
любой|любое>время
@asked:adults PEOPLE|семья|родственник|компания|друзья|family|friends -QUESTION
хоть>куда|когда|сколько|откуда
без>разница
все>равно
как>получиться|выйти|удобно
NOT>UNSURE @short -@asked:offer
doesn't|not>matter|care|mind
no>preference|idea|limit
пока|еще|yet NOT>UNSURE -@asked:offer
""")
"""Answers to a question for a slot that tell no value."""
_REFUSAL = Rules("""
= NO NO_REST FILL NOT THANKS ME
NO>THANKS
NO @asked:offer -? -SELECT -PRICE -@trip -OPTION
over>budget
решить>NOT|никуда
= NOT NO_REST FILL THANKS ME NO WANT NEED INTEREST YES
NOT>INTEREST|подходить|подойти|устраивать|годиться|понравиться|нравиться|fit|suit
неинтересно|неактуально
NOT>NEED -TRAVEL -TOUR_WORD -VISA
NOT>хотеть|want -@trip
STOP>WRITING
STOP>WRITING|мне|me WRITING|номер
NOT>WRITING
EXPENSIVE
NOT>EXPENSIVE|afford|карман
CHANGED_MIND
NOT>буду|будем|станем|поедем|полетим|going -QUESTION
отбой|отказываться|отказ|pass
не|not>сейчас|now|надо|today @short
""")
_GREETING = Rules("= GREET GREET_REST FILL")
_YES = Rules("""
= YES FILL LETS THANKS YES LET ME ждать wait
= LETS FILL YES LET
меня|нас|мне|нам|все>устраивать|подходить|нравиться -NOT
YES>YES @short -NOT
""")
_THANKS = Rules("""
= THANKS FILL THANKS BYE WISHES PRAISE YES GREET_REST GREET
= BYE FILL THANKS BYE WISHES PRAISE YES GREET_REST LET LETS
= PRAISE FILL THANKS BYE WISHES PRAISE YES THIS YOU TRIP HOTEL TRANSFER STAFF MY
""")
_FAREWELL = Rules("""
see>you -? 
have|хорошего|доброго|приятного|удачного|всего|good|nice>WISHES|день|вечер|ночь|day|evening|weekend|night -TOUR_WORD -TRAVEL -QUESTION
с>новый|наступающий|праздник|рождество|день -TOUR_WORD -TRAVEL -?
happy|merry>new|christmas|birthday
поздравлять
""")
_THANKFUL = Rules("""
THANKS
PRAISE -QUESTION -NOT>PRAISE -WANT
до>BYE
""")
_FILE_NAME = re.compile(r"\W*\S+\.(?:jpe?g|png|pdf|docx?|xlsx?|mp[34]|heic|webp|ogg|gif)\W*")


def is_injected(norm: str) -> bool:
    """Does the message try to steer the machine?"""
    return _INJECTION.match(Message(norm, ()))


def ruled(norm: str, clues: Clues) -> Decision:
    """The first line of the decision table that fits; `sure` says how plain it was (0..1)."""
    if _FILE_NAME.fullmatch(norm):
        return Decision(Intent.OTHER, 0.95)
    message = Message(without_other_ordinals(norm), clues.facts(len(norm.split())))
    return _upper(norm, message, clues) or _lower(message, clues)


def _upper(norm: str, message: Message, clues: Clues) -> Decision | None:
    """Lines 1-7: what wins whatever else the message holds."""
    if _ADVERT.match(message) or (not clues.trip and (_INJECTION.match(message) or _CODE.search(norm))):
        return Decision(Intent.SPAM, 0.9)
    if _SUPPORT.match(message):
        return Decision(Intent.SUPPORT_PROBLEM, 0.85)
    if _CHANGE.match(message):
        return Decision(Intent.CHANGE_OR_CANCEL, 0.85)
    if _IS_BOT.match(message):
        return Decision(Intent.GENERAL_QUESTION, 0.85)
    if _HUMAN.match(message):
        return Decision(Intent.HUMAN_REQUEST, 0.9)
    if _PAYMENT.match(message):
        return Decision(Intent.PAYMENT_QUESTION, 0.85)
    if _wants_to_book(norm, message, clues):
        return Decision(Intent.BOOKING_REQUEST, 0.85)
    if _STATUS.match(message) or ("booking_number" in clues.slots and not clues.trip):
        return Decision(Intent.BOOKING_STATUS, 0.85)
    return None


def _wants_to_book(norm: str, message: Message, clues: Clues) -> bool:
    """Something definite: a hotel or an offer with a booking verb, a choice after offers, tourists' data."""
    if clues.tourists or (clues.asked == "confirm_booking" and set(clues.slots) & {"phone", "email", "customer_name"}):
        return True
    if _BOUGHT_ELSEWHERE.match(message):
        return False
    verb = _BOOKS.match(message)
    if clues.answers_offer and not verb and (_OTHER_WANTED.match(message) or _ABOUT_OFFER.match(message)):
        return False
    if clues.answers_offer and (
        _CHOICE.match(message) or _NUMBERS.fullmatch(norm) or (verb and not clues.trip) or _NAMED_CHOICE.match(message)
    ):
        return True
    return verb and ("hotel_name" in clues.slots or _OFFER_NAMED.match(message))


def _lower(message: Message, clues: Clues) -> Decision:
    """Lines 8-14: searching, questions, no and yes, thanks, greetings."""
    if _WRONG_CHAT.match(message):
        return Decision(Intent.OTHER, 0.85)
    if clues.trip and clues.asked and not clues.answers_offer:
        return Decision(Intent.TOUR_SEARCH, 0.95)
    if clues.answers_offer and not clues.trip & STRONG_SLOTS and _ABOUT_OFFER.match(message):
        return Decision(Intent.GENERAL_QUESTION, 0.85)
    if not clues.trip & STRONG_SLOTS and not _PRICE.match(message) and _GENERAL.match(message):
        return Decision(Intent.GENERAL_QUESTION, 0.85)
    if _GREETING.match(message):
        return Decision(Intent.GREETING, 0.95)
    if _THANKS.match(message) and not (clues.asked and _YES.match(message)):
        return Decision(Intent.THANKS_OR_BYE, 0.9)
    if _FAREWELL.match(message) and not clues.trip & (STRONG_SLOTS | PLACE_SLOTS):
        return Decision(Intent.THANKS_OR_BYE, 0.8)
    if clues.trip:
        return Decision(Intent.TOUR_SEARCH, 0.95)
    if _OTHER_WANTED.match(message):
        return Decision(Intent.TOUR_SEARCH, 0.85)
    if clues.asks_for_slot and _NO_PREFERENCE.match(message):
        return Decision(Intent.TOUR_SEARCH, 0.8)
    if _YES.match(message):
        return Decision(Intent.CONSENT_OR_CONFIRM, 0.9)
    if _REFUSAL.match(message) or _BOUGHT_ELSEWHERE.match(message):
        return Decision(Intent.REFUSAL, 0.85)
    if "hotel_name" in clues.slots or _SEARCH.match(message) or (clues.slots and clues.asked):
        return Decision(Intent.TOUR_SEARCH, 0.8)
    if _THANKFUL.match(message):
        return Decision(Intent.THANKS_OR_BYE, 0.8)
    if clues.slots:
        return Decision(Intent.TOUR_SEARCH, 0.6)
    return Decision(Intent.OTHER, 0.5)
