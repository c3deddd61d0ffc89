"""How the assistant tells what a search found: offers, what is not served, what is sold nearby; and compares offers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from crystalbay.chat import words
from crystalbay.chat.dialogue import Dialogue
from crystalbay.samo.hotels import HotelFacts
from crystalbay.samo.names import MEALS, meal_code
from crystalbay.services import hotels
from crystalbay.services.context import Context
from crystalbay.services.tours import Findings
from models import Card, Cards, Money, Offer, SearchQuery, TripRequest


def offers(ctx: Context, query: SearchQuery, found: Findings, dialogue: Dialogue) -> str:
    """The answer with the hotels that were found: what was looked for, each hotel, the time of the prices."""
    language = dialogue.language
    blocks = [_heading(query, found, dialogue), *_numbered(found.offers, language)]
    when = _when(ctx, found.offers, language)
    if language == "ru":
        blocks.append(
            f"Цены «от» на {when}; перед бронированием их ещё раз проверят."
            " Какой вариант ближе? Напишите номер или скажите, что поменять."
        )
    else:
        blocks.append(
            f"Prices “from” as of {when}; they are checked again before booking."
            " Which one do you like? Write its number or tell me what to change."
        )
    return "\n\n".join(blocks)


def cards(ctx: Context, query: SearchQuery, found: Findings, dialogue: Dialogue, offers: Sequence[Offer]) -> Cards:
    """The same answer for a channel with pictures: what was looked for, then a card for each hotel. `offers`: those of
    `found` under the ids that they were kept under."""
    language = dialogue.language
    before = f"{_heading(query, found, dialogue)}\n{_checked_again(ctx, offers, language)}"
    return Cards(before, _cards(ctx, offers, language))


def picked_cards(ctx: Context, offers: Sequence[Offer], said: str, language: str, *, more: bool) -> Cards:
    """Offers that lie before the customer already, or that a manager chose, as cards below these words."""
    before = "\n\n".join(filter(None, (said, _checked_again(ctx, offers, language))))
    return Cards(before, _cards(ctx, offers, language), more=more)


def _checked_again(ctx: Context, offers: Sequence[Offer], language: str) -> str:
    when = _when(ctx, offers, language)
    if language == "ru":
        return f"Цены «от» на {when}; перед бронированием их ещё раз проверят."
    return f"Prices “from” as of {when}; they are checked again before booking."


def _cards(ctx: Context, offers: Sequence[Offer], language: str) -> tuple[Card, ...]:
    known = hotels.known(ctx, [offer.hotel_key for offer in offers])
    return tuple(_card(offer, known.get(offer.hotel_key), language) for offer in offers)


def _card(offer: Offer, facts: HotelFacts | None, language: str, more: Sequence[str] = ()) -> Card:
    stay = f"{words.count(offer.nights, 'night', language)}, {words.meal(offer.meal, language)}"
    return Card(
        offer=offer,
        title=f"{words.hotel(offer.hotel)}{words.stars(offer.stars)}",
        lines=(words.place(offer.resort, language), f"{_days(offer, language)}, {stay}", *more),
        price=f"{'от' if language == 'ru' else 'from'} {words.money(offer.price, language)}",
        for_whom=words.for_whom(offer, language),
        photo=facts.photos[0] if facts and facts.photos else None,
    )


def _days(offer: Offer, language: str) -> str:
    return words.dates(offer.check_in, offer.check_out, language)


def details(ctx: Context, offer: Offer, facts: HotelFacts | None, language: str) -> Cards:
    """All that is known of an offer and its hotel, as one card; the supplier tells of hotels in Russian."""
    ru = language == "ru"
    country = f"{words.place(offer.country, language)}, {'вылет' if ru else 'from'} {_city(offer, language)}"
    more = [country, f"{'Номер' if ru else 'Room'}: {offer.room}"]
    if facts:
        more += [facts.about] if facts.about else []
        more += [f"{'В отеле' if ru else 'Amenities'}: {', '.join(facts.amenities)}"] if facts.amenities else []
        more += [f"{'Трансфер' if ru else 'Transfer'}: {facts.transfer}"] if facts.transfer else []
    more.append(_checked_again(ctx, [offer], language))
    return Cards("", (_card(offer, facts, language, more),), more=False, acts=("want", "human"))


def _city(offer: Offer, language: str) -> str:
    return words.place(offer.departure_city, language)


def picked(ctx: Context, offers: Sequence[Offer], said: str, language: str) -> str:
    """Offers that a manager chose: the manager's own words, each hotel, the time of the prices."""
    blocks = [said] if said else []
    blocks += _numbered(offers, language)
    return "\n\n".join([*blocks, _checked_again(ctx, offers, language)])


def _numbered(offers: Sequence[Offer], language: str) -> list[str]:
    return [_offer(number, offer, language) for number, offer in enumerate(offers, 1)]


def _when(ctx: Context, offers: Sequence[Offer], language: str) -> str:
    """The time of the oldest price: «14:07 мск»."""
    fetched = min(offer.fetched_at for offer in offers).astimezone(ctx.zone)
    return f"{fetched.hour}:{fetched.minute:02d} {words.zone(fetched, language)}"


def _heading(query: SearchQuery, found: Findings, dialogue: Dialogue) -> str:
    language = dialogue.language
    country = query.country or found.offers[0].country
    place = ", ".join(words.place(name, language) for name in (country, *query.resorts))
    city = words.place(query.departure_city, language)
    days = words.dates(query.date_from, query.date_to, language)
    if query.date_to.year != found.offers[0].fetched_at.year:
        days = f"{days} {query.date_to.year}"
    who = words.people(query.adults, len(query.children), language)
    stay = words.nights(query.nights_min, query.nights_max, language)
    if language == "ru":
        asked = f"{place}, вылет: {city}, {days}, {who}, {stay}."
        if found.over_budget and query.budget_max is not None:
            limit = words.money(Money(amount=query.budget_max, currency=query.currency), language)
            return f"{asked} В {limit} ничего не нашлось, вот ближайшие по цене:"
        return f"{asked} {_what_follows(query, dialogue)}"
    asked = f"{place}, from {city}, {days}, {who}, {stay}."
    if found.over_budget and query.budget_max is not None:
        limit = words.money(Money(amount=query.budget_max, currency=query.currency), language)
        return f"{asked} Nothing fits {limit}; these are the nearest in price:"
    return f"{asked} {_what_follows(query, dialogue)}"


def trip(wanted: TripRequest, language: str) -> str:
    """A trip as far as it is known: «Турция, вылет: Москва, 1–10 июня, 2 взрослых, 7 ночей»."""
    ru = language == "ru"
    places = (wanted.destination_country, wanted.destination_resort)
    said = [words.place(name, language) for name in places if name] or [wanted.hotel_name or ""]
    if wanted.departure_city:
        said.append(f"{'вылет:' if ru else 'from'} {words.place(wanted.departure_city, language)}")
    first, last = wanted.date_from or wanted.date_to, wanted.date_to or wanted.date_from
    if first and last:
        said.append(words.dates(first, last, language))
    if wanted.adults:
        said.append(words.people(wanted.adults, len(wanted.children or ()), language))
    low, high = wanted.nights_min or wanted.nights_max, wanted.nights_max or wanted.nights_min
    if low and high:
        said.append(words.nights(low, high, language))
    return ", ".join(filter(None, said))


def _what_follows(query: SearchQuery, dialogue: Dialogue) -> str:
    ru = dialogue.language == "ru"
    if query.passed_over:
        return "Вот ещё варианты:" if ru else "Here are some more:"
    if dialogue.near:
        return "Рядом по датам и ночам нашлось:" if ru else "Close to your dates and nights there is:"
    return "Вот что подошло:" if ru else "Here is what fits:"


def _offer(number: int, offer: Offer, language: str) -> str:
    return f"{number}. {in_full(offer, language)}"


def in_full(offer: Offer, language: str) -> str:
    """An offer in three lines: hotel and place, dates with nights and meal, price with for whom."""
    price = f"{'от' if language == 'ru' else 'from'} {words.money(offer.price, language)}"
    return (
        f"{words.hotel(offer.hotel)}{words.stars(offer.stars)}, {words.place(offer.resort, language)}\n"
        f"{words.dates(offer.check_in, offer.check_out, language)}, {words.count(offer.nights, 'night', language)},"
        f" {words.meal(offer.meal, language)}\n"
        f"{price} {words.for_whom(offer, language)}"
    )


# --------------------------------------------------------------------------- what there is not


_MOST_NAMES = 10


def unserved(query: SearchQuery, found: Findings, dialogue: Dialogue) -> str:
    """The supplier does not know a part of the request: said plainly, with what there is instead."""
    language = dialogue.language
    what = found.unserved or "country"
    readable = words.hotel if what == "hotel" else lambda name: words.place(name, language)
    names = ", ".join(readable(name) for name in found.alternatives[:_MOST_NAMES])
    city = words.place(query.departure_city, language)
    said = {
        "departure": city,
        "country": words.place(query.country, language),
        "resort": ", ".join(words.place(name, language) for name in query.resorts),
        "hotel": query.hotel_name or "",
    }[what]
    again = dialogue.unserved == what and bool(names)
    if language == "ru":
        told = {
            "departure": f"Вылетов из города {said} у нас сейчас нет.",
            "country": f"Туров в направлении «{said}» из города {city} сейчас нет.",
            "resort": f"Курорта «{said}» сейчас нет в продаже.",
            "hotel": f"Отеля «{said}» сейчас нет в продаже.",
        }[what]
        if again:
            which = "Какой из этих городов вам ближе" if what == "departure" else "Что из этого посмотреть"
            return f"{which}: {names}?"
        return f"{told} Есть: {names}. Что посмотреть?" if names else f"{told} Посмотреть что-то другое?"
    told = {
        "departure": f"We have no departures from {said} at the moment.",
        "country": f"There are no tours to {said} from {city} at the moment.",
        "resort": f"The resort {said} is not on sale at the moment.",
        "hotel": f"The hotel {said} is not on sale at the moment.",
    }[what]
    if again:
        which = "Which of these cities is closest to you" if what == "departure" else "Which of these should I check"
        return f"{which}: {names}?"
    return f"{told} There are: {names}. Which should I check?" if names else f"{told} Shall I check something else?"


def nothing_found(query: SearchQuery, found: Findings, dialogue: Dialogue) -> str:
    """The search was fine and there is nothing: said plainly, with what is sold nearby and what can be changed."""
    language = dialogue.language
    days = words.dates(query.date_from, query.date_to, language)
    stay = words.nights(query.nights_min, query.nights_max, language)
    place = words.place(query.country, language) if query.country else query.hotel_name or ""
    sold = _sold_nearby(query, found, language)
    city = words.place(query.departure_city, language)
    if language == "ru":
        asked = "Посмотреть близкие даты и число ночей?" if not dialogue.near else "Что поменяем: даты, ночи или место?"
        return f"{place}, вылет: {city}, {days}, {stay}: сейчас ничего нет.{sold} {asked}"
    asked = "Shall I check near dates and lengths?" if not dialogue.near else "What shall we change: dates or place?"
    return f"{place} from {city}, {days}, {stay}: nothing is on sale right now.{sold} {asked}"


def _sold_nearby(query: SearchQuery, found: Findings, language: str) -> str:
    """« В продаже 7, 10 и 14 ночей, ближайшие вылеты: 8 июня, 12 июня.»"""
    if not found.nights_sold:
        return ""
    stay = words.lengths(found.nights_sold, language)
    others = [day for day in found.days_sold if not query.date_from <= day <= query.date_to]
    near = sorted(others, key=lambda day: (_away(day, query), day))[:3]
    days = ", ".join(words.dates(day, day, language) for day in sorted(near))
    if language == "ru":
        return f" В продаже {stay}" + (f", ближайшие вылеты: {days}." if days else ".")
    return f" On sale: {stay}" + (f", nearest departures: {days}." if days else ".")


def _away(day: date, query: SearchQuery) -> int:
    return max((query.date_from - day).days, (day - query.date_to).days, 0)


# --------------------------------------------------------------------------- answers from the offers shown


def facts(offers: Sequence[tuple[int, Offer]], dialogue: Dialogue) -> str:
    """What is known of the offers with these numbers, one below the other."""
    return "\n\n".join(_offer(number, offer, dialogue.language) for number, offer in offers)


def comparison(offers: Sequence[tuple[int, Offer]], dialogue: Dialogue) -> str:
    """The offers beside each other, and which is cheaper by how much."""
    language = dialogue.language
    told = facts(offers, dialogue)
    by_price = sorted(offers, key=lambda one: one[1].price.amount)
    (cheap, low), (dear, high) = by_price[0], by_price[-1]
    if low.price == high.price or low.price.currency != high.price.currency:
        return told
    more = words.money(Money(amount=high.price.amount - low.price.amount, currency=low.price.currency), language)
    if language == "ru":
        return f"{told}\n\nВариант {cheap} дешевле варианта {dear} на {more}."
    return f"{told}\n\nOption {cheap} is {more} cheaper than option {dear}."


def meals(offers: Sequence[tuple[int, Offer]], asked: str, dialogue: Dialogue) -> str:
    """Is a meal included? By each offer's own board type; "" asks for none in particular."""
    language = dialogue.language
    lines = [f"{number}. {words.hotel(offer.hotel)}: {words.meal(offer.meal, language)}" for number, offer in offers]
    answers: set[bool | None] = {_includes(offer.meal, asked) if asked else None for _, offer in offers}
    return "\n".join([_verdict(answers, ru=language == "ru"), *lines])


def _verdict(answers: set[bool | None], *, ru: bool) -> str:
    if None in answers:
        return "Питание в вариантах:" if ru else "Meals of the options:"
    if answers == {True}:
        return "Да, входит." if ru else "Yes, it is included."
    if answers == {False}:
        return "Нет, не входит." if ru else "No, it is not included."
    return "Зависит от отеля." if ru else "It depends on the hotel."


def _includes(offered: str, asked: str) -> bool | None:
    code = meal_code(offered)
    return None if code is None else MEALS.index(code) >= MEALS.index(asked)
