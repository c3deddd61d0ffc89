"""Places: canonical Russian names with the spellings that customers use (labels.md section 11).

A spelling ending in `*` may carry up to four more letters (a case ending); `-` stands for hyphen, space or nothing.
Stems are written out because lemmatisers do not bring resort names back («Хургаде», «Кемере», «Сиде»).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from crystalbay.nlp.cities import SPELLED, declined
from crystalbay.nlp.words import morphology

COUNTRIES = """
Абхазия: абхаз* abkhazia
Австрия: австри* austria
Азербайджан: азербайджан* azerbaijan
Армения: армени* armenia
Бахрейн: бахрейн* bahrain
Беларусь: белорусси* беларус* belarus
Болгария: болгари* bulgaria
Бразилия: бразили* brazil
Венгрия: венгри* hungary
Вьетнам: вьетнам* вьет вьете вьетнамға vietnam v'etnam vetnam*
Германия: германи* germany
Греция: греци* греция greece grecia grecii greciyu
Грузия: грузи* georgia
Доминикана: доминикан* dominican*-republic dominicana dominican*
Египет: египет египта египте египту египтом мысыр* egypt egipet egipte egipta
Израиль: израил* israel
Индия: индия индии индию индией india
Индонезия: индонези* indonesia
Иордания: иордани* jordan
Испания: испани* spain ispania ispaniyu
Италия: итали* italy italia
Казахстан: казахстан* қазақстан* kazakhstan
Катар: катар катара катаре катару qatar
Кения: кения кении кению kenya
Кипр: кипр кипра кипре кипру кипром cyprus kipr kipre
Китай: китай китая китае китаю china kitai kitay
Куба: куба кубу кубе кубы кубой cuba
Малайзия: малайзи* malaysia
Мальдивы: мальдив* maldives мальдив
Марокко: марокко morocco
Маврикий: маврики* mauritius
Мексика: мексик* mexico
ОАЭ: оаэ oae эмират* uae emirates арабск*-эмират* әмірлік* united-arab-emirates
Оман: оман омана омане оману oman
Португалия: португали* portugal
Россия: россия россии россию russia
Саудовская Аравия: саудовск*-арави* saudi-arabia саудовк*
Сейшелы: сейшел* seychelles
Сербия: серби* serbia
Сингапур: сингапур* singapore
Таиланд: таиланд* тайланд* тай тае тая таю thailand tailand* thai
Танзания: танзани* tanzania
Тунис: тунис туниса тунисе тунису tunisia tunis
Турция: турци* турцыю турцыя түркия* turkey turkiye turcia turciya turciyu turcii turtsiya turtsiyu turziya
Узбекистан: узбекистан* өзбекстан* uzbekistan
Филиппины: филиппин* филипин* philippines
Франция: франци* france
Хорватия: хорвати* croatia
Черногория: черногори* montenegro
Чехия: чехи* czech*
Шри-Ланка: шри-ланк* ланка ланку ланке ланки sri-lanka
Южная Корея: южн*-коре* коре* south-korea korea
Япония: япони* japan
"""

RESORTS = """
Турция | Анталья: анталь* антали* анталя antalya antaliya antalia anталья
Турция | Аланья: алань* алани* alanya alania
Турция | Белек: белек белека белеке белеку belek
Турция | Бодрум: бодрум* bodrum
Турция | Даламан: даламан* dalaman
Турция | Каппадокия: каппадоки* кападоки* cappadocia
Турция | Кемер: кемер кемера кемере кемеру кемером kemer
Турция | Кушадасы: кушадас* kusadasi
Турция | Мармарис: мармарис* marmaris
Турция | Сиде: сиде сидэ side
Турция | Стамбул: стамбул* istanbul stambul ыстамбұл*
Турция | Фетхие: фетхие фетхий* fethiye
Египет | Айн-Сохна: айн-сохн* ain-sokhna
Египет | Дахаб: дахаб* dahab
Египет | Каир: каир каира каире cairo
Египет | Макади-Бей: макади-бе* макади makadi-bay makadi
Египет | Марса-Алам: марса-алам* marsa-alam
Египет | Сахль-Хашиш: сахль-хашиш* sahl-hasheesh
Египет | Сома-Бей: сома-бе* soma-bay
Египет | Хургада: хургад* hurghada hurgada
Египет | Шарм-эль-Шейх: шарм-эль-шейх* шарм-эл-шейх* шарм шарма шарме шарму sharm-el-sheikh sharm
Египет | Эль-Гуна: эль-гун* el-gouna
ОАЭ | Абу-Даби: абу-даби abu-dhabi
ОАЭ | Аджман: аджман* ajman
ОАЭ | Дубай: дубай дубая дубае дубаи дубаю dubai дубайға
ОАЭ | Рас-эль-Хайма: рас-эль-хайм* рас-аль-хайм* ras-al-khaimah
ОАЭ | Фуджейра: фуджейр* fujairah
ОАЭ | Шарджа: шардж* sharjah
Таиланд | Бангкок: бангкок* bangkok
Таиланд | Краби: краби krabi
Таиланд | Као-Лак: као-лак* khao-lak
Таиланд | Паттайя: паттай* патай* pattaya
Таиланд | Пхукет: пхукет* phuket puket*
Таиланд | Самуи: самуи koh-samui samui
Таиланд | Хуа-Хин: хуа-хин* hua-hin
Вьетнам | Дананг: дананг* da-nang
Вьетнам | Камрань: камран* cam-ranh
Вьетнам | Муйне: муйне муй-не mui-ne
Вьетнам | Нячанг: нячанг* nha-trang natrang* nhatrang
Вьетнам | Фантьет: фантьет* phan-thiet
Вьетнам | Фукуок: фукуок* phu-quoc fukuok
Вьетнам | Хошимин: хошимин* ho-chi-minh
Китай | Пекин: пекин* beijing
Китай | Санья: санья санью санье саньи sanya
Китай | Хайнань: хайнан* hainan
Китай | Шанхай: шанхай* shanghai
Индонезия | Бали: бали bali
Индия | Гоа: гоа goa
Индия | Керала: керал* kerala
Шри-Ланка | Бентота: бентот* bentota
Шри-Ланка | Галле: галле galle
Шри-Ланка | Коломбо: коломбо colombo
Шри-Ланка | Хиккадува: хиккадув* hikkaduwa
Танзания | Занзибар: занзибар* zanzibar
Куба | Варадеро: варадеро varadero
Куба | Гавана: гаван* havana
Доминикана | Пунта-Кана: пунта-кан* punta-cana
Мексика | Канкун: канкун* cancun
Кипр | Айя-Напа: айя-нап* айа-нап* ayia-napa
Кипр | Ларнака: ларнак* larnaca
Кипр | Лимассол: лимассол* лимасол* limassol
Кипр | Пафос: пафос пафоса пафосе paphos
Кипр | Протарас: протарас* protaras
Греция | Афины: афин* athens
Греция | Корфу: корфу corfu
Греция | Кос: о-кос остров-кос kos
Греция | Крит: крит крита крите криту crete krit krite
Греция | Родос: родос родоса родосе родосу rhodes rodos
Греция | Салоники: салоник* thessaloniki
Греция | Халкидики: халкидик* halkidiki
Испания | Барселона: барселон* barcelona
Испания | Коста-Брава: коста-брав* costa-brava
Испания | Майорка: майорк* мальорк* mallorca majorca
Испания | Тенерифе: тенериф* tenerife
Италия | Рим: рим рима риме риму rome
Италия | Сицилия: сицили* sicily
Италия | Римини: римини rimini
Тунис | Джерба: джерб* djerba
Тунис | Сусс: сусс суссе sousse
Тунис | Хаммамет: хаммамет* hammamet
Грузия | Батуми: батуми batumi
Грузия | Тбилиси: тбилиси tbilisi
Армения | Ереван: ереван* yerevan erevan
Азербайджан | Баку: баку baku
Абхазия | Гагра: гагр* gagra
Абхазия | Пицунда: пицунд* pitsunda
Абхазия | Сухум: сухум* sukhum*
Черногория | Будва: будв* budva
Черногория | Бечичи: бечичи becici
Болгария | Бургас: бургас* burgas
Болгария | Варна: варна варну варне варны varna
Болгария | Золотые Пески: золот*-песк* golden-sands
Болгария | Солнечный Берег: солнечн*-берег* sunny-beach
Оман | Маскат: маскат* muscat
Оман | Салала: салал* salalah
Катар | Доха: доха доху дохе дохи doha
Марокко | Агадир: агадир* agadir
Малайзия | Куала-Лумпур: куала-лумпур* kuala-lumpur
Малайзия | Лангкави: лангкави langkawi
Филиппины | Боракай: боракай boracay
Россия | Адлер: адлер* adler
Россия | Алтай: алтай алтая алтае altai
Россия | Анапа: анап* anapa
Россия | Архыз: архыз* arkhyz
Россия | Байкал: байкал* baikal
Россия | Геленджик: геленджик* gelendzhik
Россия | Дагестан: дагестан* dagestan
Россия | Домбай: домба* dombay
Россия | Ессентуки: ессентук* essentuki
Россия | Кавказские Минеральные Воды: кавказск*-минеральн*-вод* кавминвод*
Россия | Казань: казан* kazan
Россия | Калининград: калининград* kaliningrad
Россия | Камчатка: камчатк* kamchatka
Россия | Карелия: карели* karelia
Россия | Кисловодск: кисловодск* kislovodsk
Россия | Красная Поляна: красн*-полян* krasnaya-polyana
Россия | Крым: крым крыма крыму крымом crimea krym
Россия | Москва: москв* мск moscow moskva moskvy moskve мәскеу* внуково внукова шереметьев* домодедов* vnukovo sheremetyevo domodedovo
Россия | Роза Хутор: роз*-хутор* rosa-khutor
Россия | Санкт-Петербург: санкт-петербург* питер питера питере питеру петербург* спб saint-petersburg st-petersburg piter pitera spb пулково пулкова pulkovo
Россия | Сочи: сочи sochi
Россия | Шерегеш: шерегеш* sheregesh
Россия | Ялта: ялт* yalta
Казахстан | Акку: акку
Казахстан | Алаколь: алакол* alakol
Казахстан | Алматы: алматы алма-ат* almaty алматыдан
Казахстан | Боровое: боровое боровом боровому burabay бурабай*
Узбекистан | Самарканд: самарканд* samarkand
Узбекистан | Ташкент: ташкент* tashkent
Чехия | Прага: праг* prague
Чехия | Карловы Вары: карлов*-вар* karlovy-vary
"""

DEPARTURES = """
Екатеринбург: екатеринбург* кольцово екб екат екате ебург* yekaterinburg ekaterinburg* ekb
Новосибирск: новосибирск* толмачев* новосиб* нск novosibirsk*
Самара: самара курумоч* самары самаре самару samara samary
Уфа: уфа уфы уфе уфу ufa ufy
Пермь: пермь перми perm permi
Краснодар: краснодар* krasnodar*
Ростов-на-Дону: ростов-на-дону ростова-на-дону ростов ростова ростове rostov rostova
Нижний Новгород: нижн*-новгород* нижний нижнего нн nizhny-novgorod
Челябинск: челябинск* chelyabinsk*
Тюмень: тюмен* tyumen*
Омск: омск омска омске omsk omska
Красноярск: красноярск* krasnoyarsk*
Иркутск: иркутск* irkutsk*
Хабаровск: хабаровск* khabarovsk*
Владивосток: владивосток* vladivostok*
Волгоград: волгоград* volgograd*
Саратов: саратов* saratov*
Воронеж: воронеж* voronezh*
Минеральные Воды: минеральн*-вод* минвод* мрв mineralnye-vody
Сургут: сургут* surgut*
Оренбург: оренбург* orenburg*
Барнаул: барнаул* barnaul*
Кемерово: кемерово kemerovo
Томск: томск томска томске tomsk
Новокузнецк: новокузнецк* novokuznetsk
Нижнекамск: нижнекамск* nizhnekamsk
Мурманск: мурманск* murmansk*
Архангельск: архангельск* arkhangelsk
Сыктывкар: сыктывкар* syktyvkar
Ижевск: ижевск* izhevsk*
Ульяновск: ульяновск* ulyanovsk
Пенза: пенза пензы пензе пензу penza penzy
Астрахань: астрахан* astrakhan*
Махачкала: махачкал* makhachkala
Грозный: грозный грозного грозном grozny
Белгород: белгород* belgorod
Якутск: якутск* yakutsk
Чита: чита читы чите читу chita
Улан-Удэ: улан-удэ ulan-ude
Благовещенск: благовещенск* blagoveshchensk
Южно-Сахалинск: южно-сахалинск* yuzhno-sakhalinsk
Магнитогорск: магнитогорск* магнитка магнитки магнитку магнитке magnitogorsk
Стерлитамак: стерлитамак* sterlitamak
Минск: минск минска минске minsk
Астана: астан* нур-султан* astana
Шымкент: шымкент* shymkent
Караганда: караганд* қарағанды* karaganda
Актау: актау ақтау* aktau
Актобе: актобе ақтөбе* aktobe
Атырау: атырау* atyrau
Уральск: уральск* uralsk
Костанай: костанай* қостанай* kostanay
Павлодар: павлодар* pavlodar
Усть-Каменогорск: усть-каменогорск* ust-kamenogorsk
Бишкек: бишкек* bishkek
"""

ALSO_DEPARTURES = frozenset(
    ["Москва", "Санкт-Петербург", "Казань", "Сочи", "Калининград", "Алматы", "Ташкент", "Ереван", "Тбилиси", "Баку"]
)
"""Resorts of the table above that flights leave from."""

LARGE_CITIES = frozenset(["Москва", "Санкт-Петербург", "Казань", "Калининград", "Алматы", "Ташкент"])
"""Those of them that, named beside a destination abroad, are rather where one leaves from."""

OTHER_COUNTRIES = """
Австралия: австрали* australia
Великобритания: великобритани* англи* uk england united-kingdom great-britain
Исландия: исланди* iceland
Камбоджа: камбодж* cambodia
Канада: канад* canada
Кыргызстан: кыргызстан* киргизи* kyrgyzstan
Монголия: монголи* mongolia
Непал: непал* nepal
Нидерланды: нидерланд* голланди* netherlands holland
Норвегия: норвеги* norway
Перу: перу peru
Польша: польш* poland
США: сша америку америке америки usa united-states
Словения: словени* slovenia
Таджикистан: таджикистан* tajikistan
Финляндия: финлянди* finland
Швейцария: швейцари* switzerland
Эфиопия: эфиопи* ethiopia
ЮАР: юар south-africa
"""

OTHER_RESORTS = """
Турция | Лара: лара ларе лару lara
Турция | Текирова: текиров* tekirova
Турция | Бельдиби: бельдиби beldibi
Турция | Гейнюк: гейнюк* goynuk
Турция | Измир: измир* izmir
Турция | Анкара: анкар* ankara
Турция | Дидим: дидим* didim
Франция | Париж: париж* paris
Франция | Ницца: ницц* nice-france
Великобритания | Лондон: лондон* london
Италия | Венеция: венеци* venice
Италия | Милан: милан* milan
Италия | Неаполь: неапол* naples
Италия | Флоренция: флоренци* florence
Италия | Сардиния: сардини* sardinia
Испания | Мадрид: мадрид* madrid
Испания | Коста-Дорада: коста-дорад* costa-dorada
Испания | Ибица: ибиц* ibiza
Португалия | Лиссабон: лиссабон* lisbon
Португалия | Мадейра: мадейр* madeira
Нидерланды | Амстердам: амстердам* amsterdam
Германия | Берлин: берлин* berlin
Германия | Мюнхен: мюнхен* munich
Австрия | Вена: вену вене вена vienna
Венгрия | Будапешт: будапешт* budapest
Сербия | Белград: белград* belgrade
Черногория | Тиват: тиват* tivat
Черногория | Петровац: петровац* petrovac
Черногория | Котор: котор котора которе kotor
Хорватия | Дубровник: дубровник* dubrovnik
Греция | Санторини: санторини santorini
Греция | Миконос: миконос* mykonos
Греция | Закинф: закинф* zakynthos
Болгария | Несебр: несебр* nessebar
Южная Корея | Сеул: сеул* seoul
Япония | Токио: токио tokyo
Вьетнам | Ханой: ханой ханое ханоя hanoi
Таиланд | Пхи-Пхи: пхи-пхи phi-phi
Таиланд | Ко-Чанг: ко-чанг* koh-chang
Индонезия | Ломбок: ломбок* lombok
США | Нью-Йорк: нью-йорк* new-york
США | Майами: майами miami
Мексика | Плайя-дель-Кармен: плайя-дель-кармен playa-del-carmen
Тунис | Монастир: монастир* monastir
Марокко | Марракеш: марракеш* marrakech marrakesh
Грузия | Гудаури: гудаури gudauri
Грузия | Боржоми: боржоми borjomi
Армения | Джермук: джермук* jermuk
Абхазия | Новый Афон: нов*-афон* new-athos
Узбекистан | Бухара: бухар* bukhara
Узбекистан | Хива: хиву хиве хива khiva
Кыргызстан | Иссык-Куль: иссык-кул* issyk-kul
Россия | Туапсе: туапсе tuapse
Россия | Лазаревское: лазаревск* lazarevskoe
Россия | Евпатория: евпатори* yevpatoria evpatoria
Россия | Судак: судак судаке судака
Россия | Алушта: алушт* alushta
Россия | Феодосия: феодоси* feodosia
Россия | Севастополь: севастопол* sevastopol
Россия | Зеленоградск: зеленоградск* zelenogradsk
Россия | Светлогорск: светлогорск* svetlogorsk
Россия | Пятигорск: пятигорск* pyatigorsk
Россия | Железноводск: железноводск* zheleznovodsk
Россия | Суздаль: суздал* suzdal
Россия | Белокуриха: белокурих* belokurikha
Россия | Витязево: витязев* vityazevo
"""
"""Places beside the label definition that travellers name: their Russian nominative is their canonical name."""

NESTED = {
    "Санья": "Хайнань", "Ялта": "Крым", "Евпатория": "Крым", "Судак": "Крым", "Алушта": "Крым", "Феодосия": "Крым",
    "Севастополь": "Крым", "Адлер": "Сочи", "Красная Поляна": "Сочи", "Роза Хутор": "Сочи", "Лазаревское": "Сочи",
    "Витязево": "Анапа", "Белокуриха": "Алтай", "Кисловодск": "Кавказские Минеральные Воды",
    "Ессентуки": "Кавказские Минеральные Воды", "Пятигорск": "Кавказские Минеральные Воды",
    "Железноводск": "Кавказские Минеральные Воды",
}  # fmt: skip
"""Resorts inside of others: of two nested places the narrower counts."""


@dataclass(frozen=True, slots=True)
class Place:
    """`kind`: country, resort or departure; `country` of a resort; `flies`: flights leave from it."""

    name: str
    kind: str
    country: str | None = None
    flies: bool = False


@dataclass(frozen=True, eq=False)
class Places:
    """Names that the supplier's dictionaries add at run time. Compared by identity: keep one object, not many equal ones.

    `resorts`: resort → country; `hotels`: hotel → (resort or None, country).
    """

    departures: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    resorts: Mapping[str, str] = field(default_factory=dict)
    hotels: Mapping[str, tuple[str | None, str]] = field(default_factory=dict)


def _lines(table: str) -> list[tuple[str, list[str]]]:
    pairs = (line.split(":", 1) for line in table.splitlines() if line)
    return [(name.strip(), spellings.split()) for name, spellings in pairs]


def built_in() -> list[tuple[Place, list[str]]]:
    """All places of the tables with their spellings."""
    entries = [(Place(name, "country"), spellings) for name, spellings in _lines(COUNTRIES + OTHER_COUNTRIES)]
    for name, spellings in _lines(RESORTS + OTHER_RESORTS):
        country, resort = (part.strip() for part in name.split("|"))
        entries.append((Place(resort, "resort", country, resort in ALSO_DEPARTURES), spellings))
    cities = _lines(DEPARTURES + SPELLED) + declined()
    return entries + [(Place(name, "departure", None, True), spellings) for name, spellings in cities]


def _written_out(place: Place, spellings: list[str]) -> set[str]:
    """Case forms of a name of one word, and its Latin spellings: what a typing error is compared with."""
    latin = {spelling.rstrip("*") for spelling in spellings if spelling.isascii() and "-" not in spelling}
    name = place.name.casefold().replace("ё", "е")
    if not name.isalpha():
        return latin | {name}
    lexeme = morphology().parse(name)[0].lexeme
    return latin | {name} | {str(form.word).replace("ё", "е") for form in lexeme if len(form.word) >= 5}


def _pattern(spelling: str) -> str:
    """A spelling as a regular expression over folded text."""
    parts = [
        re.escape(part[:-1]) + r"\w{0,4}" if part.endswith("*") else re.escape(part) for part in spelling.split("-")
    ]
    return r"[\s-]?".join(parts)


_WORD = re.compile(r"\w+")


def _by_letter(spelled: list[tuple[str, Place]]) -> dict[str, tuple[re.Pattern[str], list[Place]]]:
    """First letter → an expression with a group for each spelling, and the places of the groups."""
    by_letter: dict[str, list[tuple[str, Place]]] = {}
    for spelling, place in sorted(spelled, key=lambda pair: -len(pair[0])):
        by_letter.setdefault(spelling[0], []).append((spelling, place))
    return {
        letter: (
            re.compile("(?:" + "|".join(f"({_pattern(spelling)})" for spelling, _ in pairs) + r")(?!\w)"),
            [place for _, place in pairs],
        )
        for letter, pairs in by_letter.items()
    }


class Gazetteer:
    """All known spellings: plain words in a table, the others, the longest first, in one expression for each first
    letter; and names for typos.
    """

    def __init__(self, extra: Places | None = None) -> None:
        entries = built_in()
        known = {place.name for place, _ in entries}
        entries += [(place, [place.name.casefold()]) for place in _extra(extra) if place.name not in known]
        self.hotels = dict(extra.hotels) if extra else {}
        self._places = [place for place, _ in entries]
        self._plain: dict[str, Place] = {}
        patterns: list[tuple[str, Place]] = []
        self.forms: dict[str, dict[str, Place]] = {}
        for place, spellings in entries:
            for spelling in spellings:
                if _WORD.fullmatch(spelling):
                    self._plain.setdefault(spelling, place)
                else:
                    patterns.append((spelling, place))
            for form in _written_out(place, spellings):
                self.forms.setdefault(form[0], {})[form] = place
        self._by_letter = _by_letter(patterns)

    def find(self, text: str) -> list[tuple[int, int, Place]]:
        """Every place named in folded text: (start, end, place), in order."""
        found: list[tuple[int, int, Place]] = []
        gone = 0
        for word in _WORD.finditer(text):
            start = word.start()
            if start < gone or (start and text[start - 1] == "-" and start - 1 != gone):
                continue  # «юго-восток»; but «Москва-Анталья» is two places
            place, end = self._plain.get(word.group()), word.end()
            expression, places = self._by_letter.get(text[start], (None, []))
            match = expression.match(text, start) if expression else None
            if match and (place is None or match.end() > end):
                place, end = places[(match.lastindex or 1) - 1], match.end()
            if place:
                found.append((start, end, place))
                gone = end
        return found

    def resort(self, name: str) -> Place | None:
        return next((place for place in self._places if place.name == name and place.kind == "resort"), None)

    def without_places(self, text: str) -> str:
        """Folded text with the names of places blanked out."""
        for start, end, _ in self.find(text):
            text = text[:start] + " " * (end - start) + text[end:]
        return text


@lru_cache(maxsize=2)
def gazetteer(extra: Places | None = None) -> Gazetteer:
    """The gazetteer with the supplier's names; built once for each `extra`."""
    return Gazetteer(extra)


def _extra(extra: Places | None) -> list[Place]:
    if extra is None:
        return []
    found = [Place(name, "country") for name in extra.countries]
    found += [Place(name, "resort", country) for name, country in extra.resorts.items()]
    return found + [Place(name, "departure", None, True) for name in extra.departures]
