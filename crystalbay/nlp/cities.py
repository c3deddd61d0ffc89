"""Cities beside the label definition that customers fly from: Russian ones with airports or large, and the CIS.

Names of one word are declined by the dictionary when the gazetteer is built; the others are spelled out as in
gazetteer.py. A name that is also an everyday word («Мирный», «Орёл», «Киров», «Владимир») is not here: it is read only
behind «из» or as an answer to our question (departures.py).
"""

from __future__ import annotations

from crystalbay.nlp.words import morphology

DECLINED = """
Абакан Анадырь Ангарск Апатиты Армавир Балаково Березники Бийск Биробиджан Бодайбо Братск Брянск Бугульма Владикавказ
Вологда Волгодонск Воркута Дербент Инта Калуга Когалым Кострома Котлас Курган Курск Кызыл Ленск Липецк Магадан Майкоп
Надым Нальчик Нерюнгри Нижневартовск Новороссийск Норильск Ноябрьск Нягань Орск Певек Петрозаводск Печора Псков Рязань
Салехард Саранск Симферополь Смоленск Соликамск Ставрополь Сызрань Таганрог Тамбов Тверь Тобольск Тольятти Тула Усинск
Уссурийск Ухта Чебоксары Череповец Черкесск Элиста Ярославль
Брест Витебск Гомель Гродно Кишинёв Балхаш Жезказган Кокшетау Петропавловск Темиртау Туркестан Экибастуз Андижан Навои
Наманган Нукус Термез Ургенч Фергана Душанбе Худжанд Ашхабад Гюмри Гянджа Кутаиси
"""
SPELLED = """
Великий Новгород: велик*-новгород* veliky-novgorod
Великий Устюг: велик*-устюг* veliky-ustyug
Горно-Алтайск: горно-алтайск* gorno-altaysk gorno-altaisk
Йошкар-Ола: йошкар-ол* yoshkar-ola
Комсомольск-на-Амуре: комсомольск*-на-амуре komsomolsk-on-amur komsomolsk-na-amure
Магас: магас магаса магасе magas
Набережные Челны: набережн*-челн* челны челнов челнах челнам naberezhnye-chelny
Нарьян-Мар: нарьян-мар* naryan-mar
Нижний Тагил: нижн*-тагил* тагил* nizhny-tagil
Николаевск-на-Амуре: николаевск*-на-амуре
Новый Уренгой: нов*-уренго* уренго* novy-urengoy
Ноглики: ноглики ногликов ногликах
Петропавловск-Камчатский: петропавловск*-камчатск* petropavlovsk-kamchatsky
Советская Гавань: советск*-гаван* совгаван*
Старый Оскол: стар*-оскол* stary-oskol
Улан-Батор: улан-батор* ulaanbaatar ulan-bator
Усть-Илимск: усть-илимск* ust-ilimsk
Усть-Кут: усть-кут* ust-kut
Ханты-Мансийск: ханты-мансийск* khanty-mansiysk
Бохтар: бохтар* bokhtar
Жанаозен: жанаозен* жаңаөзен* zhanaozen
Карши: карши karshi qarshi
Кызылорда: кызылорд* қызылорда* kyzylorda
Куляб: куляб* kulob kulyab
Семей: семея семее semey
Талдыкорган: талдыкорган* талдықорған* taldykorgan
Тараз: тараз* taraz
"""
_CASES = ("nomn", "gent", "datv", "accs", "loct")
"""Without the instrumental: «братском» is mostly another word."""
_LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "y",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
}  # fmt: skip


def declined() -> list[tuple[str, list[str]]]:
    """(name, its case forms and its Latin spelling) of every city that the dictionary knows."""
    return [(name, [*case_forms(name), latin(name)]) for name in DECLINED.split()]


def case_forms(name: str) -> set[str]:
    """Case forms of a place's name, folded."""
    readings = [reading for reading in morphology().parse(name.lower()) if "Geox" in reading.tag]
    if not readings:
        return {name.lower().replace("ё", "е")}
    number = readings[0].tag.number or "sing"
    forms = {reading.inflect({case, number}) for reading in readings[:1] for case in _CASES}
    return {str(form.word).replace("ё", "е") for form in forms if form} | {name.lower().replace("ё", "е")}


def latin(name: str) -> str:
    """«Магадан» → magadan, as on an airport's board."""
    return "".join(_LATIN.get(letter, letter) for letter in name.lower())
