"""Ideas that customers express, each with its words in Russian, English and some Kazakh (dictionary forms).

`word*` also stands for longer words of that beginning («отмен*»: отмена, отменить, отменять). A word may carry several
ideas. A table entry is general vocabulary: a word goes here because of what it means, not because a message had it.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

IDEAS = """
NOT: не нет ни нельзя not no never nor жоқ емес
NOBODY: никто никого никому nobody noone ешкім
IF: если вдруг if
QUESTION: ? как какой какая какие сколько когда где куда откуда почему зачем кто что чем ли разве можно how what when where which who why can could may does қалай қашан қайда қанша қандай
NEED: нужен нужный нужно надо необходим* потребоваться требоваться понадобиться should must need required require керек қажет
WANT: хотеть хотеться хотелось мечтать желать планировать собираться думать интересовать интересоваться рассматривать искать want wish would like plan think consider look looking қалаймын келеді
MY: мой наш свой my our mine біздің менің
ME: я мы мне нам меня нас мной нами me us we i
YOU: ты вы вас вам тебя you your
HERE: здесь тут сейчас here now осында
HELP: помочь помощь помогать выручать help assist көмек*
EXPLAIN: рассказать расскажите подсказать подскажите узнать посоветовать описать сориентировать уточнить interested tell explain advise wonder

BOOKED: бронь брон бронирование заявка заказ договор путевка резервация booking reservation order ref reference contract voucher өтінім* тапсырыс* брон*
TRIP: тур поездка путешествие отпуск путевка отдых каникулы trip tour holiday vacation travel journey саяхат* демал* поехать билет экскурсия
FLIGHT: рейс вылет перелет самолет борт чартер flight plane departure boarding ұшақ* рейс*
DOCS: документ* ваучер* билет* авиабилет* путевка страховка полис виза посадочный voucher* ticket* document* paperwork itinerary visa құжат*
HOTEL: отель гостиница гостиничный санаторий пансионат апартаменты вилла база хостел hotel hostel villa resort apartment қонақүй* отель*
ROOM: номер комната апартаменты room suite нөмір*
AMENITY: кондиционер кондей душ вода унитаз туалет свет электричество вайфай wifi wi интернет лифт холодильник замок телевизор белье полотенце постель кровать окно балкон розетка сейф бассейн ac aircon conditioner conditioning shower toilet bed electricity internet sheets towels pool elevator fridge
FOOD: еда кормить питание завтрак обед ужин ресторан столовая food meal breakfast dinner buffet тамақ*
STAFF: персонал ресепшен* ресепшн рецепция администратор горничная экскурсовод аниматор сотрудник staff reception receptionist clerk
TRANSFER: трансфер автобус гид водитель встречающий микроавтобус такси transfer bus driver guide shuttle rep taxi pickup
LUGGAGE: багаж чемодан* сумка рюкзак luggage baggage suitcase bag жүк* шабадан*
PAPERS: паспорт загранпаспорт загран документ кошелек деньги телефон карта passport wallet purse phone money
PEOPLE: турист взрослый ребенок человек мама мать муж жена сын дочь бабушка пассажир теща свекровь брат сестра подруга друг tourist adult child mother father husband wife son daughter person passenger friend baby kid traveller traveler
NAME: фамилия имя отчество буква surname name spelling
DATE: дата число день срок date day
AIRPORT: аэропорт терминал посадка регистрация стойка airport terminal gate әуежай*

WORK: работать функционировать включаться работает work
MEET: встретить встречать встречаться ожидать meet greet wait pick
COME: приехать прилететь прийти прибыть появиться подать подъехать arrive come appear show turn
GIVE: дать давать выдать выдавать предоставить give provide
SETTLE: заселить заселять заселиться заселяться поселить разместить check
ANSWER: ответить отвечать ответ реагировать связаться откликнуться reply answer respond response
ARRIVED: прилететь приземлиться приехать заехать заселиться заселили поселить поселили разместили land arrive check checked put
STILL: еще уже пор still yet hour час already now теперь
SILENT: молчать пропасть игнорировать игнор тишина ignore silent silence disappear vanish ghost
WAIT: ждать ожидать жду wait күт*
LOSE: потерять потеряться терять утерять утеряться пропасть исчезнуть украсть вытащить вытянуть обокрасть ограбить стащить забыть lose steal rob misplace missing забыл жоғал*
STOLEN: украсть обокрасть ограбить вытащить стащить steal rob pickpocket ұрла*
DAMAGED: повредить сломать разбить порвать damage break
ILL: отравиться отравление температура тошнить рвота болеть заболеть заболевший травма перелом больница врач доктор скорая госпиталь аллергия sick ill hospital doctor poisoning injured fever ambulance vomiting ауыр*
BAD: ужас ужасный ужасно ужасен грязь грязный грязно отврат* плесен* таракан* клоп вонь вонять воняет вонючий сломать сломаться сломан сломанный протекать течь антисанитар* кошмар* невыносим* испорти* испорч* хам хамить хамство хамский наглый наглость безобраз* тухлый просроч* ржав* обшарпан* шум шуметь грохот разваливаться развалиться ободран* dirty filthy awful terrible horrible disgusting mold mould smelly smell cockroach* bug bedbug* broken leak* rude noisy rotten stink* worst unacceptable nightmare ruined лас нашар broke груб* несвеж* сарай сыро воровать несъедобн* ругань враньё вранье сломано grubby stale crap lousy unbearable disaster hell bad
COMPLAIN: жалоба пожаловаться жаловаться претензия недоволен недовольный недовольны возмущ* разочаров* обмануть обман обманывать обманули мошенник* развод complain complaint* disappoint* unhappy scam cheat deceive mislead шағым*
MATCH: соответствовать совпадать похожий обещать обещать match correspond
DESCRIBED: описание фото фотография сайт картинка реклама description photo picture advertised
STUCK: застрять застряли застревать stuck stranded
MISSED: опоздать пропустить miss
DELAYED: задержать задерживать задержка задерживаться перенесли отменили сдвинули отменен отменить delay delayed cancelled canceled postponed кешік*
CHECK_IN: регистрация зарегистрировать зарегистрироваться регистрировать регистрироваться регистрируют пускать пустить впускать впустить посадить сажать board boarding checked checkin
WRONG: проблема беда неприятность авария дтп чп сбой problem trouble issue accident emergency мәселе*
MOVE_ROOM: переселить переселите переехать сменить relocate

CANCEL: отмен* аннулир* аннуляц* расторг* cancel* бас
CANCELLED: отмененный аннулированный отменили аннулировали cancelled canceled
REFUSE: отказ отказаться отказываться откажусь refuse withdraw
FREE: бесплатный бесплатно бесплатная free
CHANGE: перенести переносить перенос сдвинуть сдвигать подвинуть изменить изменять изменение поменять менять сменить замена заменить исправить исправлять исправление переделать переоформить перебронировать переписать скорректировать move change reschedule postpone amend modify switch shift rebook swap өзгерт* ауыстыр*
ADD: добавить добавлять вписать дописать внести add include қос* включите впишите
REMOVE: убрать убирать исключить вычеркнуть удалить снять remove drop delete exclude
PENALTY: штраф удержать удержание неустойка удержат penalty fee fine айыппұл*
TYPO: ошибка опечатка неправильно неверно ошибиться mistake typo error misspelled wrong
ABLE: мочь смочь получаться получиться выходить удаваться can able make
TRAVEL: лететь полететь ехать поехать летать слетать съездить вылететь улететь вылетать отдохнуть отдыхать путешествовать поехали отправиться отправляться fly go travel visit ұш* бар*

HUMAN: менеджер оператор консультант специалист сотрудник турагент manager operator agent human consultant representative advisor маман* менеджер*
PERSON: человек персона person someone somebody кто-нибудь нибудь адам*
LIVE: живой реальный настоящий нормальный real live actual тірі
TALK: говорить поговорить пообщаться общаться беседовать обсудить голосом talk speak chat discuss сөйлес*
CONNECT: позвать дать давать перевести переведите переключить соединить связать связаться пригласить подключить connect transfer put reach get forward қосыңыз
CALL: перезвонить перезвон позвонить позванивать набрать наберите созвониться звонок звоните call callback ring phone қоңырау* хабарлас*
BACK: назад обратно back
BOT: бот робот чатбот автоответчик нейросеть ии bot robot chatbot machine ai
ENOUGH: хватит хватить надоесть достать устать enough tired sick stop

PAY: оплат* оплач* платить заплат* доплат* предоплат* плате* рассчитаться расплатиться рассчитываться внести взнос аванс депозит pay payment* paid prepay* deposit төле*
PAY_PAPER: квитанция чек инвойс receipt invoice түбіртек*
PAY_HOW: рассрочка кредит частями поэтапно реквизит* сбп qr каспи kaspi наличные наличка нал cash installment* instalment* iban промокод* промик купон* promo coupon
BILL: счет
CARD: карта карточка visa виза мир mastercard мастеркард card
ACCEPT: принимать принять приниматься проходить пройти отклонить accept reject decline work
MONEY: деньги средства сумма money funds ақша перевод
RETURN: вернуть возврат возвращать вернуться возместить refund* return reimburse қайтар*
SENT: отправить перевести перечислить прийти дойти дошли списать списаться снять поступить зачислить send transfer charge debit receive withdraw
TWICE: дважды twice double
REST: остаток долг задолженность balance remaining
PART: часть доля part half month
ISSUE: выставить прислать скинуть отправить выслать дать link ссылка issue

BOOK: брон* заброн* оформ* заказать заказывать заказ купить покупать приобрести выкупить взять брать беру бронировать book reserve take purchase buy order аламын аламыз брондау брондаңыз*
CHOOSE: выбрать выбирать остановиться остановимся решить нравиться понравиться choose pick go prefer like love decide
ORDINAL: первый второй третий четвертый последний предпоследний 1 2 3 4 first second third fourth last бірінші екінші үшінші
OPTION: вариант тур отель предложение номер гостиница option one tour hotel offer variant choice нұсқа*
THIS: этот тот эта это его ее него такой вот this that it these тот осы
DEM: этот тот эта вот этот осы
LET: давать давайте пусть ладно окей хорошо тогда let

STATUS: статус состояние судьба status update news progress күйі
CONFIRM: подтвердить подтверждать подтверждение подтвердиться confirm* расталды
READY: готовый готов готово ready issue оформить выписать дайын*
SENDING: прислать выслать отправить прийти получить скачать скинуть забрать появиться receive get send download collect жібер*
CHECK: проверить посмотреть глянуть уточнить check look see verify
TIME: время час терминал расписание стойка time schedule what

FLY_SERVICE: летаете летать возить возите прямой рейсы fly direct
PRICE: цена стоимость почем прайс дешевый дешевле подешевле дорогой недорогой недорого стоить обойтись обойдется расценка price cost cheap* expensive afford much rate quote баға* тұрады
COUNT: посчитать рассчитать просчитать подсчитать прикинуть calculate estimate
SELECT: подобрать подбирать подбор предложить предлагать найти искать поискать показать покажите find suggest recommend show offer search propose
HAVE: есть имеется наличие остаться свободный доступный места available availability any бар
DEALS: горящий горячий акция скидка предложение вариант спецпредложение раннее deal* offer* discount option* package* last
SEA: море пляж побережье океан курорт горы лыжи sea beach ocean теңіз*
TOUR_WORD: тур путевка отдых туры отель гостиница санаторий поездка билет перелет круиз tour hotel holiday vacation flight package ticket trip getaway турлар турды турга демал*

VISA: visto visado visum виза визовый безвизовый безвиз шенген загранпаспорт загран паспорт въезд граница visa passport entry immigration border паспорт* виза*
WEATHER: погода градус температура тепло теплый жарко жаркий холодно холодный прохладный дождь дождливый сезон шторм ветер прохладно купаться солнечно медуза медузы вода климат прогноз weather temperature rain* warm hot cold climate swim humid monsoon hurricane ауа
BAGGAGE: багаж чемодан ручной кладь килограмм кг провоз провезти baggage luggage suitcase hand carry allowance kg bag* коляска лыжи
INSURANCE: страховка страхование страховой невыезд полис insurance insured сақтандыру*
HEALTH: прививка вакцина вакцинация аптечка малярия vaccine vaccination vaccin* jab
CONSENT: согласие доверенность вывоз нотариус нотариальный consent notary notarized permission
OFFICE: офис адрес находиться расположить график режим открытый открыт закрываться открываться сидеть добраться доехать парковка метро office address located location opening close hours мекен* кеңсе* орналас*
WORK_HOURS: работать работаете work open close closed
WHEN_WORK: воскресенье суббота выходной праздник час сегодня скольки до sunday saturday weekend hours late today
DURATION: часов лететь перелет долго длиться длительность длится long hour hours flight делаться оформляться занимать
ABROAD: валюта доллар розетка напряжение язык пояс разница безопасно безопасный опасно алкоголь чаевые обычай религия обменять обмен сим симка связь интернет currency safe safety danger* language plug socket timezone tip tipping sim alcohol dress exchange қауіпсіз*
PLACE_LIKE: лучше посмотреть отличаться отличие разница отзыв отзывы стоит посещение достопримечательность экскурсия экскурсии песок песчаный галька кораллы инфраструктура тусовка дискотека шумный красивый интересный взять одежда better best see visit review* sandy pebble sights attractions sightseeing nightlife difference worth pack wear like район жить
COMPANY: лицензия надежный гарантия туроператор оператор компания фирма реестр отзыв агентство license licence reliable legit trustworthy company operator
PROMO: бонус бонусы лояльность постоянный кешбэк программа акция сертификат розыгрыш loyalty bonus program programme promotion* gift certificate
INCLUDED: входить включить включено включен включать include* included inclusive

GREET: здравствуй* здраств* здрасьте здрасте привет* приветик приветств* добрый доброго доброе хай хелло хеллоу алло ало ау салют дарова hi hello hey heya greetings morning afternoon evening сәлем* салем* ассалау* қайырлы салам*  /start start
GREET_REST: день дня утро утра вечер вечера ночь ночи время времени сутки суток good day there всем вам все тут здесь кто есть нибудь кто-нибудь то живой связь на вы отвечать отвечает anybody anyone somebody here online бе бар ма күн таң кеш сіз* ли еще раз менеджер коллега уважаемый друзья алейкум team everyone dear место офис
THANKS: спасибо спасибочки благодар* пасиб* спс мерси сенкс thank* thx ty cheers рахмет* рақмет* appreciate* grateful
BYE: свидание встреча пока прощайте всего бывай bye goodbye cu later care farewell қош сау связь
WISHES: хорошего доброго доброй удача праздник рождество наступающий новый год счастливо приятный поздравл* nice great lovely good day evening weekend merry christmas happy new year see you luck құтты мереке* отличного приятного
PRAISE: супер класс классный классно отлично отличный прекрасно прекрасный замечательн* восторг восхи* чудо чудесн* идеально идеальный понравиться нравиться лучший обожать великолепн* шикарн* здорово молодец умница крутой круто довольный доволен довольны порадовать волшебный сказка wonderful awesome amazing excellent perfect fantastic great helpful love best brilliant lovely superb керемет*
YES: да ага угу ок окей окэй ok okay хорошо ладно согласный согласен согласна согласны согласиться договориться верно правильно именно конечно понятно понять понял поняла ясно принять принято устраивать подходить подойти годиться идти пойдет разумеется подтверждать подтверждаю точно безусловно естественно жду ждать yes yeah yep yup sure correct agree* agreed fine right alright deal understood absolutely certainly exactly confirm confirmed good great perfect suits works иә жарайды келісемін келістік дұрыс жақсы түсінікті
LETS: давайте давать давай пусть так go ahead sounds got
FILL: и а но ну же вот это всё все так то очень большой огромный большое вам вас вы мы мне нам меня нас я на с за до в у уже тогда пожалуйста пожалуйста плиз pls please very much so the a an it is that this was be to for of and with your you we i me us my our all just well oh ох ой просто прямо прям еще раз от наш мой good way too have been then дело хорошо сізге сіздерге үлкен көп ждать ответ быть буду будем скоро works works for not at чтобы который тоже also again have has would will by any там куда сюда нею кто чего that's кстати только можно
NO: нет неа не no nope nah жоқ
NO_REST: спасибо надо нужно хотеть нужный буду thanks thank not need want благодарю пока рахмет рақмет нам мне вам пожалуйста уже сейчас
INTEREST: интересный интересно интересовать актуальный актуально неинтересно неактуально interested relevant interesting қызық*
CHEAPER: дешевле подешевле дешевый недорогой недорого подороже бюджетный бюджетнее экономичный экономный экономнее доступнее попроще cheaper cheap cheapest affordable lower budget арзан*
ANOTHER: другой другие другое других другого другую иной альтернатива another other others else different alternative* басқа
MORE: еще ещё more тағы
BETTER: получше лучше поинтереснее поближе ближе посимпатичнее поприличнее повыше выше better nicer closer
ALREADY_BOUGHT: купили купил купила взяли взял взяла нашли нашел нашла забронировали забронировал забронировала оформили оформил оформила выбрали bought booked found purchased
FEATURE: вылет рейс перелет авиакомпания багаж flight airline линия берег пляж море песок песчаный галька бассейн аквапарк горка горки анимация аниматор кухня питание еда завтрак ужин территория ремонт далеко близко рядом расположить расположен находиться центр аэропорт трансфер номер вид спа сауна тренажерный зал бар ресторан интернет вайфай wifi парковка детский клуб няня собака животное отзыв рейтинг фото фотография видео описание подробный подробнее включить входить beach line far close near pool aquapark slides kids club animation food breakfast room rooms view spa gym bar restaurant parking pets reviews rating photo photos picture pictures video location located distance
NO_MORE: присылать предлагать показывать скидывать слать звонить писать беспокоить раз вопрос подумать думать time question think
SOMETHING: нибудь something anything что-нибудь какой-нибудь
ASKING: ? ли какой сколько what how which does
INDIFFERENT: неважно безразлично фиолетово любой любые любая любое любого anything whatever whichever anywhere anytime flexible
UNSURE: знать определиться решить выбрать sure know decide decided idea
STOP: перестать отписать отписаться прекратить отстать удалить отвалить stop unsubscribe quit leave remove
WRITING: писать присылать слать беспокоить рассылка сообщение звонить спам text texting message write contact spam messaging bother
EXPENSIVE: дорого дорогой дороговато дороговатый дороже карман expensive pricey overpriced dear қымбат* тянуть потянуть большие
ELSEWHERE: другой другие сами самостоятельно elsewhere another other already already басқа сам
BOUGHT: купить взять забронировать найти выбрать приобрести оформить заказать брать book buy find purchase get
CHANGED_MIND: передумать расхотеть отложить changed передумали

EARN: доход* подработ* прибыл* вакансия вакансии пассивный earn* income profit* salary hiring табыс* зараб*
SALARY: смена зарплата оплата ежедневно оклад рубль salary shift paid
JOB: курьер* водитель продавец упаковщик сотрудник менеджер оператор работник courier driver staff worker
EASY: удаленн* удаленно онлайн дом гарантированный гарантия вложение лс личка день ежедневно guarantee* remote home daily easy online week
BET: казино ставка букмекер* покер слот casino betting bet jackpot слоты
CRYPTO: крипт* биткоин* форекс трейд* инвестиц* инвестировать bitcoin crypto* forex trading invest* nft токен*
LOAN: кредит* займ* заем ссуда ипотека микрозайм* loan* credit
LOAN_BAIT: справка отказ одобр* залог минута онлайн процент % проверка наличные approval approved instant без
SELL: предлагать предлагаем продавать продаем продам услуга услуги сотрудничество доставка опт скидка оптом производство offer sell service* provide boost increase grow база
PROMOTE: продвижение раскрутка раскрутить настройка контекст* таргет* seo сео реклама рекламный накрутка подписчик* лид трафик разработка аудитория promote* promotion marketing advertis* followers traffic leads ranking backlinks
SITE: сайт бизнес аккаунт яндекс гугл google инстаграм* instagram телеграм* директ топ компания агентство турагентство канал site website business account
PRIZE: выиграть приз розыгрыш подарок лотерея победитель win won prize lottery winner gift
LINK: ссылка кликнуть жать нажать перейти click link http https
BLOCKED: заблокир* блокир* подозрительн* взлом* верифик* blocked suspended suspicious verify locked
IGNORE: забыть игнорировать проигнорировать отменить сбросить ignore forget disregard bypass override
COMMANDS: инструкция правило указание промпт ограничение настройка команда instructions instruction rules prompt prompts guidelines restrictions содержимое
ROLE: притвори* вообрази* представь роль act pretend roleplay jailbreak dan
SECRET: пароль промпт ключ токен база password prompt secret key system
WRONG_CHAT: ошибиться ошиблась ошибся перепутать wrong mistaken
ADDRESSEE: номер чат адрес number chat person window
""".strip()


def _table() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    exact: dict[str, set[str]] = defaultdict(set)
    begins: dict[str, set[str]] = defaultdict(set)
    for line in IDEAS.splitlines():
        if line:
            idea, words = line.split(": ", 1)
            for word in words.split():
                (begins if word.endswith("*") else exact)[word.rstrip("*")].add(idea)
    return dict(exact), dict(begins)


_EXACT, _BEGINS = _table()
_SHORTEST = min(map(len, _BEGINS))


@lru_cache(maxsize=3_000)
def ideas_of(form: str) -> frozenset[str]:
    """Ideas that a dictionary form stands for."""
    found = set(_EXACT.get(form, ()))
    for length in range(_SHORTEST, len(form) + 1):
        found |= _BEGINS.get(form[:length], set())
    return frozenset(found)


def is_known(word: str) -> bool:
    """Is the word in the table as it stands? For telling English from other languages in Latin letters."""
    return bool(ideas_of(word))
