"""The API's English sentences in the language of a dashboard's user: catalogue `errors`, values stay as they are."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from babel.support import Translations
from flask import g

from crystalbay.web.i18n import FOLDER, locale, of_table

_VALUE = re.compile(r"%\((\w+)\)s")


def for_reader(body: dict[str, Any]) -> dict[str, Any]:
    """A problem document for who asks: machines get it as it is, people in their language."""
    shown: dict[str, Any] = {name: to_reader(value) for name, value in body.items() if name in ("title", "detail")}
    if isinstance(body.get("errors"), list):
        shown["errors"] = [item | {"message": to_reader(item["message"])} for item in body["errors"]]
    return body | shown


def to_reader(sentence: str) -> str:
    """One sentence for who asks."""
    viewer = g.get("viewer")
    return sentence if viewer is None or viewer.role is None else said(sentence, locale().language)


def why(reason: str) -> str:
    """The reason that something did not reach a customer: a sentence of ours, of a table, or a provider's own."""
    return of_table(said(reason, locale().language))


def said(sentence: str, language: str) -> str:
    """The sentence in this language; as it is when the catalogue does not have it."""
    whole, parts = _sentences(language)
    if sentence in whole:
        return whole[sentence]
    for pattern, translation in parts:
        found = pattern.fullmatch(sentence)
        if found:
            return translation % {name[1:]: _written(value, language) for name, value in found.groupdict().items()}
    return sentence


def _written(value: str, language: str) -> str:
    """A day or a large number as people write it; anything else as it is."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return format_date(date.fromisoformat(value), "d MMMM y", locale=language).replace(" ", "\u00a0")
    return format_decimal(value, locale=language) if re.fullmatch(r"\d{5,}", value) else value


@cache
def _sentences(language: str) -> tuple[dict[str, str], list[tuple[re.Pattern[str], str]]]:
    """Sentences without values, and patterns of those with some: the most particular first."""
    catalogue: dict[Any, Any] = getattr(Translations.load(FOLDER, [language], "errors"), "_catalog", {})
    known = {key: text for key, text in catalogue.items() if isinstance(key, str) and key and text}
    whole = {key: text for key, text in known.items() if not _VALUE.search(key)}
    with_values = sorted((key for key in known if key not in whole), key=lambda key: -len(_VALUE.sub("", key)))
    return whole, [(_pattern(key), known[key]) for key in with_values]


def _pattern(key: str) -> re.Pattern[str]:
    literal = _VALUE.split(key)  # text, name, text, name, …, text
    parts = [f"(?P<_{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(literal)]
    return re.compile("".join(parts), re.S)
