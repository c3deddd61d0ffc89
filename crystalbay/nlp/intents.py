"""What the customer wants: the decision table of labels.md section 2, the first line that fits.

Each idea is a set of stems in Russian, English and some Kazakh; a line may also ask for what else the message holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from models import Intent


def _any(*ideas: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{idea})" for idea in ideas))


_SPAM = _any(
    r"кредит\w* (?:под|без|онлайн|налич)|займ\w*|без справок|казино|ставк\w+ на спорт|крипт\w+|биткоин\w*|bitcoin|crypto",
    r"заработ\w+ (?:от|в день|на дому|онлайн|без)|доход\w* от|пассивн\w+ доход|работа на дому|инвестици\w+|earn money|passive income",
    r"продвижени\w+ (?:вашего |сайт)|раскрут\w+|seo|в топ (?:яндекс|google)|накрут\w+|подписчик\w+ (?:недорого|в)|реклам\w+ вашего",
    r"вы выиграли|you (?:have )?won|congratulations,? you|приз\w* (?:ждет|ваш)|перейдите по ссылке|click (?:here|the link)|viagra",
)
_INJECTION = _any(
    r"ignore (?:all |any |the )?(?:previous|prior|above)|forget (?:your|all|previous)|system prompt|you are now|act as|jailbreak|dan mode",
    r"забудь (?:все |прежн|предыдущ|свои|инструкц)|игнорируй (?:все|предыдущ|инструкц)|представь,? что ты|ты теперь|отвечай только|пароль от|притворись",
    r"drop table|select \* from|<script|union select|\{\{.*\}\}",
)
_SUPPORT = _any(
    r"(?:номер|комнат\w+|отел\w+|room|hotel) (?:\w+ )?(?:ужас\w*|грязн\w+|отврат\w+|плохо\w*|is (?:dirty|awful|terrible))|плесен\w*|тарака\w+|клоп\w+|dirty|cockroach\w*|не работает (?:кондиц|душ|wi)",
    r"потеря\w+ (?:наш\w* |мо\w* |сво\w* |свой )?(?:багаж|чемодан|паспорт|документ)|багаж (?:не|потер|пропал)|чемодан\w* (?:не|пропал|потер)|lost (?:my|our) (?:bag|luggage|passport|suitcase)|luggage (?:is|was)? ?(?:lost|missing)",
    r"(?:никто|трансфер\w*|гид\w*)[^.!?]{0,25}не (?:встрет\w+|приехал\w*|пришел|пришла)|не встрет\w+|nobody (?:met|helps|came|picked)|no one (?:met|came)|transfer (?:did not|didn't|never)",
    r"рейс\w* (?:задерж\w+|отмен\w+|перенес\w+)|задерж\w+ рейс|вылет задерж\w+|flight (?:is |was |has been |got )?(?:delayed|cancel\w+)|missed (?:our|my|the) flight|опоздал\w* на (?:рейс|самолет)",
    r"сид(?:им|ю|ят) в аэропорт\w*|застря\w+|stuck (?:at|in)|не (?:за)?сел(?:яют|или)|не заселя\w+|отказ\w+ заселять|overbook\w*|овербук\w*",
    r"отравил\w+|в больниц\w+|врач\w* (?:нуж|вызв)|заболел\w* (?:на|в|здесь|тут)|ребенк\w+ температур\w+|hospital|need a doctor|food poisoning|ill (?:here|on)",
    r"пожалова\w+|жалоб\w+|претензи\w+|complain\w*|complaint|не соответств\w+ (?:описан|фото)|хам(?!\w|о)|хамств\w+|обманул\w*",
    r"(?:почему )?никто не (?:отвеча\w+|звон\w+|перезв\w+|реагир\w+|берет)|менеджер\w* (?:пропал|молчит|не отвеча\w+|игнор\w+)|не могу (?:до вас )?дозвонит\w+|nobody (?:answers|replies|responds)|no (?:reply|answer|response) (?:from|for)|manager (?:is silent|does not)",
    r"паспорт\w* (?:потер\w+|украл\w*|утер\w+)|украли|обокрал\w*|stolen|robbed|lost passport",
)
_CHANGE = _any(
    r"отмен\w+|аннулир\w+ (?:тур|брон|мо|наш|заявк)|откаж\w+ от (?:тур|брон|поезд)|отказ\w* от (?:тур|брон|поезд)|отказываемся от (?:тур|брон)|cancel\w*|call off",
    r"(?:перенес\w+|перенос\w*|сдвин\w+|изменит\w*|измени\w+|поменя\w+|замен\w+|исправ\w+|переделат\w*|move|change|reschedule|postpone|modify)[^.!?]{0,40}(?:брон\w*|заявк\w*|заказ\w*|тур\w*|поездк\w*|вылет\w*|рейс\w*|фамили\w+|имя|имени|турист\w*|билет\w*|booking|order|trip|reservation|flight|name)",
    r"(?:брон\w*|заявк\w*|заказ\w*|договор\w*|booking|order|reservation)[^.!?]{0,40}(?:перенес\w+|перенос\w*|изменит\w*|поменя\w+|замен\w+|исправ\w+|на друг\w+ (?:дат|числ)|change|move|reschedule)",
    r"(?:убер\w+|добав\w+|впиш\w+|вписать|включите|уберите|remove|add)[^.!?]{0,25}(?:из брон|в брон|в заявк|из заявк|в договор|в тур|турист\w*|to (?:my|our|the) booking|from (?:my|our|the) booking)|впиш\w+ (?:еще|ещё)",
    r"сколько (?:вернут|верн[её]те|удерж\w+|потеря\w+)[^.!?]{0,30}(?:отказ|отмен|откаж)|штраф\w* (?:за|при) (?:отмен|отказ)|cancellation (?:fee|policy|cost)|болдыр\w*",
    r"ошибк\w+ в (?:фамили\w+|имени|паспорт\w+|дат\w+)|вместо [^.!?]{0,25}(?:хотим|хочу|летим|нужно|поставьте)[^.!?]{0,20}(?:брон|заявк)",
)
_HUMAN = _any(
    r"(?:позов\w+|позвать|дайте|переведите|переключ\w+|соедин\w+|нужен|хочу|можно|свяж\w+|пригласи\w+|жду)[^.!?]{0,40}(?:менеджер\w*|человек\w*(?! \d)|оператор\w*|специалист\w*|консультант\w*|сотрудник\w*)(?! из)",
    r"(?:менеджер\w*|оператор\w*)[^.!?]{0,15}(?:позов\w+|дайте|пожалуйста|нужен|срочно)|жив\w+ (?:человек\w*|менеджер\w*|оператор\w*|общени\w+)|с человеком|реальн\w+ человек\w*",
    r"(?<!не )(?<!не надо )(?:перезвон\w+|позвон\w+ мне|наберите|свяжитесь|связать\w*|обратн\w+ звон\w+|звонок)|call (?:me|us)(?: back)?|callback|call back|ring me|phone me|give me a call",
    r"(?:talk|speak|chat|connect me|put me through) (?:to|with) (?:a |an |the |your |some)?(?:real |live )?(?:manager|human|person|agent|operator|someone|somebody|consultant|representative)|human (?:please|agent)|real (?:person|human)|live (?:agent|person)",
    r"(?:хватит|не хочу|надоел\w*|устал\w*)[^.!?]{0,25}(?:бот\w*|робот\w*)|не с ботом|(?:бот|robot|bot)[^.!?]{0,12}(?:не понима\w+|не помога\w+|does ?n.t understand)|no bots",
    r"адаммен сөйлес\w*|менеджер\w* (?:керек|қосыңыз)|қоңырау шал\w*|хабарласыңыз\w*",
)
_PAYMENT = _any(
    r"оплат\w*|заплат\w+|плат[ие]ж\w*|платить|плачу|доплат\w+|предоплат\w+|внести (?:деньги|сумм|аванс)|аванс\w*",
    r"рассрочк\w*|в кредит(?! под)|частями|instal?ments?|pay(?:ment|ing|able)?s?(?!\w)|paid|prepay\w*|deposit",
    r"чек(?:а|и|ом)?(?!\w)|квитанц\w+|счет(?! )\w*(?:на оплату)?|выстав\w+ счет|инвойс\w*|receipt|invoice",
    r"(?:когда|верн\w+|возврат\w*|жду)[^.!?]{0,25}(?:верн\w+ деньг\w*|деньг\w* верн\w+|возврат\w*|деньг\w+)|деньг\w+ (?:не (?:дошли|пришли|вернул)|списал\w*|за)|списал\w* (?:дважды|два раза|деньги)|refund\w*|charged (?:twice|two)|money back",
    r"промокод\w*|промо-код|promo ?code|скидк\w* (?:по|за|на оплат)|карт\w+ (?:мир|visa|виза|мастер)|по карте|картой|qr|сбп|наличн\w+|cash|credit card|төле\w*|төлем\w*",
    r"остаток(?: по)? (?:оплат|долг)|какой остаток|реквизит\w*|bank transfer",
)
_BOOK_VERB = _any(
    r"(?:за)?бронир\w+|забронь\w*|бронь(?! \d)|брониру\w+|оформ(?:ляй\w*|ите|им|ляем|лять|ить|ление)|заказ(?:ываем|ываю|ать|ывайте)|бер[уё]м?(?!\w)|беру|возьм[уе]м?|покупа\w+|купить|выкупа\w+",
    r"(?<!to )\bbook(?:ing)?\b(?! (?:number|is|was|status|\d))|reserve|i'?ll take|we'?ll take|take (?:it|this|the (?:first|second|third))|purchase|buy|го(?: |,)?(?:первый|второй)|останавлива\w+ на|выбира\w+|выбрал\w*|брондау|брондаңыз\w*|аламын|аламыз",
)
_OFFER = _any(
    r"(?:перв\w+|втор\w+|трет\w+|последн\w+|эт(?:от|у|и)|вот эт\w+|тот|ваш\w*|[123]-?(?:й|ый|ой)?)\s+(?:вариант\w*|тур\w*|отел\w*|предложени\w+|option)",
    r"(?:the )?(?:first|second|third|last|this|that) (?:one|option|tour|hotel|offer|variant)|option (?:one|two|three|[123])|вариант\w* (?:номер )?[123]|номер [123](?!\d)|№ ?[123](?!\d)|бірінші|екінші|үшінші|что (?:вы )?(?:вчера )?присла\w+",
)
_ONLY_CHOICE = re.compile(
    r"\W*(?:давайте |хочу |мне |пожалуйста )?(?:перв\w+|втор\w+|трет\w+|[123]|first|second|third|the (?:first|second|third)(?: one)?|вариант [123])(?: вариант\w*| отель\w*| тур\w*| пожалуйста| please| one)?\W*"
)
_STATUS = _any(
    r"статус\w*|status|подтвержд\w+|подтвердил\w*|confirm(?:ed|ation)|готов\w* ли|(?:документ\w*|ваучер\w*|билет\w*|виз\w+|путевк\w*|страховк\w*|авиабилет\w*|visa|voucher|tickets?|documents?)[^.!?]{0,25}(?:готов\w*|ready|скачать|прислали|пришл\w+|где|когда|выслали|отправ\w+)",
    r"(?:где|когда)[^.!?]{0,25}(?:документ\w*|ваучер\w*|билет\w*|мо\w+ (?:тур|брон|заказ))|when (?:will|do) (?:i|we) (?:get|receive)|where (?:are|is) (?:my|our)",
    r"(?:во сколько|время|когда)[^.!?]{0,25}(?:вылет\w*|рейс\w*|самолет\w*)[^.!?]{0,15}(?:мо\w+|наш\w*|тур\w*|брон\w*)|flight times? (?:of|for) (?:my|our)|по (?:моей|нашей|моему|нашему) (?:брон\w*|заявк\w*|заказ\w*|тур\w*)|что с (?:моей|нашей|моим|нашим|заявк|брон|заказ)|жду уже",
)
_GENERAL = _any(
    r"(?:нужн[аоы]\w*|need|какая|оформ\w+|получить|делать|керек)[^.!?]{0,20}(?:виз[аыуе]\w*|visa)|виз[аыуе]\w*(?: нуж| в | для|\?)|do i need|visto|безвиз\w+",
    r"погод\w*|градус\w*|температур\w+ (?:воды|моря|воздух)|тепло ли|жарко|дожд\w+|weather|how (?:hot|warm)|temperature|сезон дождей|ауа райы",
    r"багаж\w*|ручн\w+ клад\w*|luggage|baggage|норм\w+ провоз\w*|hand luggage",
    r"страхов\w+|insurance|прививк\w*|vaccin\w*|загранпаспорт\w* (?:нуж|дейст|срок)|срок действия|паспорт\w* (?:нуж|должен|какой)|(?:какие|нужн\w+) документ\w*|what documents|passport validity",
    r"соглас\w+ (?:отц\w+|мам\w+|родител\w+|на вывоз|втор)|на вывоз|доверенност\w+|consent",
    r"где вы (?:находит\w+|располож\w+|сидите)|адрес\w*|офис\w*|график работы|режим работы|до скольки (?:вы )?работа\w+|часы работы|как (?:вас найти|до вас добраться|проехать)|where (?:are you|is your office)|office|opening hours|working hours|мекенжай\w*",
    r"(?:это|ты|вы) (?:бот|робот|человек)|are you (?:a )?(?:bot|robot|human|real)|бот\?",
    r"сколько (?:лететь|длится перелет|часов лет|по времени)|долго (?:ли )?лететь|how long is the flight|разниц\w+ во времени|time difference|часовой пояс|какая валют\w+|валют\w+ (?:брать|лучше)|what currency|розетк\w+|язык\w* (?:там|говор)|безопасно ли|is it safe|safe to",
    r"что (?:лучше|посмотреть|взять)|куда лучше|какой (?:курорт|пляж|отель)[^.!?]{0,20}лучше|чем отлича\w+|отзыв\w*|what is (?:it|the .*) like|which (?:is|resort) (?:is )?better|расскажите (?:про|о|об)|посоветуйте что посмотреть",
    r"акци\w+|программ\w+ лояльности|бонус\w*|раннее бронирование(?! на)|есть ли скидк\w+|loyalty|promotions?|что входит|что включено|включен\w* ли|надежн\w+|лицензи\w+|туроператор\w* (?:какой|какие)|работаете ли вы|какие туроператор\w*",
)
_REFUSAL = _any(
    r"не (?:интерес\w+|нужно|надо|актуальн\w+|хочу(?! переплач)|подходит|подойдет|устраивает|будем|буду)(?!\w)|неинтересно|неактуальн\w+|передума\w+|не пиш\w+|перестаньте|отстаньте|отпишите|больше не пишите",
    r"(?:уже|в другом|у других|другом месте)[^.!?]{0,25}(?:взяли|купил\w*|забронир\w+|нашл\w+|выбрал\w*)|взяли (?:тур )?(?:у|в друг)|купили у|обойд\w+|спасибо,? не надо",
    r"слишком дорого|дороговат\w*|(?:^|\W)дорого\W*$|too (?:expensive|much|pricey)|not interested|no thanks?|no,? thank you|don't need|do not need|already (?:booked|bought|found)|stop (?:writing|messaging)|unsubscribe|керек емес|қымбат",
)
_BARE_NO = re.compile(
    r"\W*(?:нет|не|неа|no|nope|жоқ)(?:[,. ]+(?:спасибо|не (?:нужно|надо|хочу)|thanks?|рахмет|рақмет))?\W*"
)
_YES = re.compile(
    r"\W*(?:да|ага|угу|ок(?:ей)?|ok(?:ay)?|хорошо|ладно|отлично|супер|подходит|согласн\w*|договорились|верно|правильно|именно|конечно|давайте|давай|понятно|понял\w*|ясно|принято|устраивает|годится|идет|жду|все верно|yes|yeah|yep|sure|correct|agreed?|fine|right|great|perfect|sounds good|that works|deal|got it|understood|иә|жарайды|келісемін|дұрыс|of course|разумеется|все правильно)(?:[\s,.!)]+(?:да|конечно|верно|жду|подходит|хорошо|согласн\w*|спасибо|правильно|correct|please|thanks?|понял\w*|отлично|давайте|все|так|нас|меня|устраивает|good|it|is|works|for|me|us|пожалуйста|договорились|буду ждать))*\W*"
)
_THANKS = _any(
    r"спасиб\w*|благодар\w*|пасиб\w*|спс|thanks?|thank you|thx|рахмет|рақмет|до свидания|до встречи|всего (?:доброго|хорошего)|пока(?!\s*(?:просто|не|что|узна|смотр|дума|присм))(?!\w)|хорош\w+ (?:дня|вечера|выходн)|goodbye|bye|see you|have a (?:nice|good)|good night|с (?:праздник\w*|наступающ\w*|новым годом!)|сау бол\w*",
)
_GREETING = re.compile(
    r"\W*(?:/start\w*|здравствуй\w*|здрасьте|здрасте|привет\w*|приветству\w+|добр(?:ый|ое|ого|ой) (?:день|дня|вечер|вечера|утро|утра|времени суток|ночи)|доброго времени|хай|хелло|алло|ау|есть кто(?:-нибудь|-то)?(?: (?:на связи|живой|тут|здесь))?|кто-нибудь (?:тут|есть)|вы (?:тут|здесь|на связи)|hi|hello|hey|good (?:morning|afternoon|evening|day)|anybody (?:here|there)|anyone (?:here|there)|there|сәлем\w*|салем\w*|ассалау\w*|қайырлы (?:күн|таң|кеш)|всем|вам|менеджер|коллеги|день добрый|вечер добрый|доброе|privet|zdravstvuyte)(?:\W+(?:здравствуй\w*|привет\w*|добр\w+ \w+|всем|вам|hi|hello|there|еще раз|есть кто\w*(?: \w+)?|вы тут|anybody here|сіз\w*ге))*\W*"
)
_SEARCH = _any(
    r"тур(?:ы|а|ов|ик)?(?!\w)|путевк\w*|отдых\w*|отдохн\w+|поездк\w*|поехать|полететь|слетать|съездить|улететь|летаете|вылет\w*|рейс\w* (?:из|в)|отел\w*|гостиниц\w*|санатори\w*|море|моря|пляж\w*|горящ\w+|горяч\w+ тур|куда (?:можно|бы|поехать|слетать)|путешеств\w*",
    r"сколько (?:стои\w+|будет|выйдет|обойд\w+)|почем|по чем|цен[аыу]\w*|стоимост\w*|прайс\w*|посчита\w+|подбер\w+|подобрать|подбор\w*|предлож\w+|вариант\w*|есть (?:что|ли|места|туры|что-то)|наличи\w+|подскажите (?:цену|туры|варианты)|дешевле|подешевле|дороже|скидк\w*",
    r"tours?|trip|travel|vacation|holiday|hotel|resort|flights?|beach|deals?|price|cost|how much|looking for|go to|fly to|available|availability|packages?|options?|cheaper|skolko|tury?|билет\w* (?:в|на|до)|керек|барғымыз|барғым|демал\w+|саяхат\w*",
)
_CHAT = _any(r"ошиблась? (?:номером|чатом)|ошибся (?:номером|чатом)|не туда|wrong number|извините,? не вам|не вам")
_FILE_NAME = re.compile(r"\W*\S+\.(?:jpe?g|png|pdf|docx?|mp4|heic|webp)\W*")


@dataclass(frozen=True, slots=True)
class Decision:
    intent: Intent
    sure: float


def decide(norm: str, slots: Iterable[str], asked: str | None, *, passport: bool) -> Decision:
    """The first line of the table that fits. `slots`: what was found; `passport`: tourists' data were sent."""
    found = set(slots)
    trip = found - {"phone", "email", "customer_name", "booking_number", "hotel_name"}
    booking_number = "booking_number" in found
    if _FILE_NAME.fullmatch(norm):
        return Decision(Intent.OTHER, 0.95)
    if _SPAM.search(norm) or (_INJECTION.search(norm) and not trip):
        return Decision(Intent.SPAM, 0.9)
    if _SUPPORT.search(norm) and not _only_asks_change(norm):
        return Decision(Intent.SUPPORT_PROBLEM, 0.9)
    if _CHANGE.search(norm) and not _SEARCHING_ON.search(norm):
        return Decision(Intent.CHANGE_OR_CANCEL, 0.85)
    if _HUMAN.search(norm):
        return Decision(Intent.HUMAN_REQUEST, 0.9)
    if _PAYMENT.search(norm):
        return Decision(Intent.PAYMENT_QUESTION, 0.85)
    if _books(norm, found, asked, passport):
        return Decision(Intent.BOOKING_REQUEST, 0.85)
    if _STATUS.search(norm) or (booking_number and not trip):
        return Decision(Intent.BOOKING_STATUS, 0.85)
    return _softer(norm, found, trip, asked)


_SEARCHING_ON = re.compile(r"(?:отмен\w+|cancel)[^.!?]{0,20}(?:не|без|бесплатн)|бесплатн\w+ отмен\w+|free cancel\w+")


def _only_asks_change(norm: str) -> bool:
    return bool(
        re.search(r"(?:перенес\w+|отмен\w+|cancel|change)[^.!?]{0,30}(?:брон|заявк|тур \d|order|booking)", norm)
    ) and not re.search(r"рейс|flight|багаж|никто", norm)


def _books(norm: str, found: set[str], asked: str | None, passport: bool) -> bool:
    """Something definite: a hotel or an offer with a booking verb, a choice after offers, tourists' data."""
    if passport or (asked == "confirm_booking" and found & {"phone", "email", "customer_name"}):
        return True
    verb = bool(_BOOK_VERB.search(norm))
    offer = bool(_OFFER.search(norm))
    if asked in ("offer", "confirm_booking") and (_ONLY_CHOICE.fullmatch(norm) or offer or (verb and not found)):
        return True
    return verb and ("hotel_name" in found or offer)


def _softer(norm: str, found: set[str], trip: set[str], asked: str | None) -> Decision:
    """The lower half of the table: searching, questions, yes and no, thanks, greetings."""
    if _CHAT.search(norm):
        return Decision(Intent.OTHER, 0.9)
    if _GENERAL.search(norm) and not _asks_price(norm) and len(trip - _PLACES_AND_DATES) == 0:
        return Decision(Intent.GENERAL_QUESTION, 0.85)
    if trip or (found and asked not in (None, "confirm_booking", "offer")):
        return Decision(Intent.TOUR_SEARCH, 0.95)
    if found & {"hotel_name"}:
        return Decision(Intent.TOUR_SEARCH, 0.8)
    if _GENERAL.search(norm):
        return Decision(Intent.GENERAL_QUESTION, 0.8)
    if _BARE_NO.fullmatch(norm) or _REFUSAL.search(norm):
        return Decision(Intent.REFUSAL, 0.85)
    if _GREETING.fullmatch(norm):
        return Decision(Intent.GREETING, 0.95)
    if _YES.fullmatch(norm) and not re.search(r"спасиб|thank|благодар|рахмет|рақмет|bye", norm):
        return Decision(Intent.CONSENT_OR_CONFIRM, 0.9)
    if _SEARCH.search(norm):
        return Decision(Intent.TOUR_SEARCH, 0.75)
    if _THANKS.search(norm):
        return Decision(Intent.THANKS_OR_BYE, 0.9)
    if _YES.match(norm) and len(norm.split()) <= 4:
        return Decision(Intent.CONSENT_OR_CONFIRM, 0.6)
    if found:
        return Decision(Intent.TOUR_SEARCH, 0.6)
    return Decision(Intent.OTHER, 0.5)


_PLACES_AND_DATES = {
    "destination_country", "destination_resort", "destination_alternatives", "date_from", "date_to", "departure_city",
    "children", "nights_min", "nights_max",
}  # fmt: skip


def _asks_price(norm: str) -> bool:
    return bool(
        re.search(
            r"сколько (?:стои|будет|выйдет)|почем|цен[аыу]|стоимост|how much|price|подбер|подобрать|хочу в|хотим в|нужен тур",
            norm,
        )
    )
