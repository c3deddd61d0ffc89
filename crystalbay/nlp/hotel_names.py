"""Hotels that travellers call by their brand, in Latin and in Russian letters; the supplier's own names come at run time."""

from __future__ import annotations

import re

from crystalbay.nlp.gazetteer import Gazetteer

BRANDS = """
rixos риксос; titanic титаник; delphin; orange-county орандж-каунти оранж-каунти; barut барут; calista калиста; regnum регнум;
maxx-royal макс-роял; voyage-belek вояж-белек; gloria-golf gloria-serenity gloria-verde; cornelia корнелия; limak лимак; susesi сусеси; nirvana нирвана;
mirage-park мираж-парк; amara амара; kirman кирман; concorde конкорд; papillon папийон папиллон; sueno суено; steigenberger штайгенбергер;
albatros pickalbatros альбатрос пикальбатрос; sunrise-crystal санрайз-кристал; hilton хилтон; marriott марриотт мариотт; sheraton шератон;
radisson рэдиссон радиссон; swissotel свиссотель; kempinski кемпински; movenpick мовенпик; novotel новотель; ibis ибис; atlantis атлантис;
jumeirah джумейра; rotana ротана; hyatt хаятт хаят; intercontinental интерконтиненталь; fairmont фэрмонт фейрмонт; four-seasons фор-сизонс;
ritz-carlton ритц-карлтон; anantara анантара; centara центара; dusit дусит; amari амари; vinpearl винперл; melia мелиа; iberostar иберостар;
riu риу; barcelo барсело; robinson-club робинзон-клуб; club-med клаб-мед; desert-rose дезерт-роуз; tropitel тропитель; king-tut кинг-тут;
serenity серенити; jaz-aquamarine джаз-аквамарин; royal-wings роял-вингс; granada-luxury гранада-лакшери; adam-eve адам-ева; mriya мрия;
orka-lotus орка-лотус; liberty-lara либерти-лара; ali-bey али-бей; crystal-sunset кристал-сансет; kaya-side kaya-belek кая-сиде кая-белек;
saturn-palace сатурн-палас; lara-barut лара-барут; sensitive-premium; vikingen викинген; long-beach лонг-бич; side-star сайд-стар; dana-beach дана-бич
"""
"""Brands, and names that are no everyday words; `-` stands for hyphen, space or «&»."""

_NAMED_WITH = """
beach бич resort резорт ризорт hotel palace палас пэлас garden gardens гарден park парк club клаб клуб view вью village виладж вилладж
suites сьютс сюитс spa спа royal роял grand гранд premium премиум deluxe делюкс imperial империал diva дива sunset сансет sunrise санрайз
aqua аква magic мэджик world ворлд ворлдс lagoon лагун coral корал sea си bay бей бэй family фэмили фемили luxury лакшери collection golf гольф
botanik ботаник dream дрим downtown даунтаун centre center city сити land legends легендс plaza плаза towers
"""
_OF_NAMES = frozenset(_NAMED_WITH.split())
"""Words that go on with a hotel's name."""

_BETWEEN = frozenset(("by", "the", "of", "de", "el", "al"))
"""Words that a name may go on behind, and does not end with."""


def _expression() -> re.Pattern[str]:
    spellings = [spelling for line in BRANDS.split(";") for spelling in line.split()]
    longest_first = sorted(spellings, key=len, reverse=True)
    patterns = (spelling.replace("-", r"[\s&-]{1,3}") for spelling in longest_first)
    return re.compile(rf"(?<![\w@.])(?:{'|'.join(patterns)})(?!\w)")


_BRAND = _expression()
_NEXT = re.compile(r"\s+([\w&'-]+)")


def branded(norm: str, book: Gazetteer) -> tuple[int, int] | None:
    """Where a hotel is called by its brand in a folded text: the brand, and the words of names and places behind it."""
    match = _BRAND.search(norm)
    if match is None:
        return None
    end = last = match.end()
    while following := _NEXT.match(norm, last):
        word = following[1]
        if word not in _OF_NAMES | _BETWEEN and not _is_place(word, book):
            break
        last = following.end()
        end = last if word not in _BETWEEN else end
    return match.start(), end


def _is_place(word: str, book: Gazetteer) -> bool:
    """A town as it is called, not in one of its cases: «риксос белек», but not «риксос белека»."""
    return any(word.isascii() or place.name.casefold() == word for *_, place in book.find(word))
