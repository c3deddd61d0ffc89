"""Words of a message with their dictionary forms, so that one entry of a table covers every inflection.

Russian forms come from pymorphy3 (all readings of a word: «стали» is both «стать» and «сталь»), English ones from
suffix rules and a list of irregular words. Kazakh words stay as they are: tables name their stems.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+|[?]")
_SENTENCE_END = re.compile(r"[.!?;\n]+(?=\s|$)|\n")
_CYRILLIC = re.compile(r"[а-яәғқңөұүһі]")
_SHORTENED = (("won't", "will not"), ("can't", "can not"), ("cannot", "can not"), ("n't", " not"))
_IRREGULAR = {
    form: lemma
    for lemma, forms in {
        "be": "is are am was were been being", "have": "has had having", "do": "does did done doing",
        "go": "went gone going", "pay": "paid", "lose": "lost losing", "steal": "stole stolen", "send": "sent",
        "come": "came", "get": "got gotten getting", "break": "broke broken", "take": "took taken",
        "buy": "bought", "find": "found", "leave": "left", "meet": "met", "speak": "spoke spoken", "fly": "flew flown",
        "choose": "chose chosen", "child": "children", "make": "made", "tell": "told", "fall": "fell",
    }.items()
    for form in forms.split()
}  # fmt: skip

ENGLISH = frozenset(
    [
        "the",
        "a",
        "an",
        "is",
        "are",
        "am",
        "was",
        "were",
        "be",
        "been",
        "will",
        "would",
        "can",
        "could",
        "should",
        "may",
        "might",
        "must",
        "do",
        "does",
        "did",
        "have",
        "has",
        "had",
        "i",
        "you",
        "he",
        "she",
        "it",
        "we",
        "they",
        "me",
        "us",
        "him",
        "her",
        "them",
        "my",
        "your",
        "his",
        "its",
        "our",
        "their",
        "mine",
        "yours",
        "this",
        "that",
        "these",
        "those",
        "there",
        "here",
        "what",
        "which",
        "who",
        "whom",
        "whose",
        "when",
        "where",
        "why",
        "how",
        "and",
        "or",
        "but",
        "if",
        "because",
        "so",
        "than",
        "then",
        "as",
        "of",
        "at",
        "by",
        "for",
        "with",
        "about",
        "against",
        "between",
        "into",
        "through",
        "during",
        "before",
        "after",
        "to",
        "from",
        "up",
        "down",
        "in",
        "out",
        "on",
        "off",
        "over",
        "under",
        "again",
        "once",
        "all",
        "any",
        "both",
        "each",
        "few",
        "more",
        "most",
        "other",
        "some",
        "such",
        "no",
        "nor",
        "not",
        "only",
        "own",
        "same",
        "too",
        "very",
        "just",
        "don",
        "now",
        "also",
        "please",
        "hello",
        "hi",
        "hey",
        "yes",
        "okay",
        "thanks",
        "thank",
        "sorry",
        "want",
        "need",
        "like",
        "get",
        "got",
        "go",
        "going",
        "looking",
        "make",
        "know",
        "think",
        "say",
        "tell",
        "see",
        "let",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "week",
        "weeks",
        "day",
        "days",
        "night",
        "nights",
        "month",
        "months",
        "year",
        "years",
        "next",
        "last",
        "first",
        "second",
        "adult",
        "adults",
        "kid",
        "kids",
        "child",
        "children",
        "people",
        "star",
        "stars",
        "price",
        "how",
        "much",
        "many",
        "still",
        "yet",
        "already",
        "never",
        "ever",
        "something",
        "anything",
        "someone",
        "somewhere",
        "cheap",
        "good",
        "great",
        "nice",
        "best",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "end",
        "start",
        "begin",
        "early",
        "late",
        "mid",
        "full",
        "half",
        "board",
        "total",
        "max",
        "min",
        "around",
        "without",
        "per",
        "person",
        "fortnight",
        "couple",
        "wife",
        "husband",
        "family",
        "friends",
        "morning",
        "evening",
        "afternoon",
        "tomorrow",
        "today",
        "sir",
        "dear",
    ]
)
"""The commonest English words: they tell English from Russian in Latin letters and from other languages."""


@lru_cache(maxsize=1)
def morphology() -> Any:
    """The Russian dictionary; 0.2 s to load, so it is loaded on first use."""
    import pymorphy3

    return pymorphy3.MorphAnalyzer(lang="ru")


@lru_cache(maxsize=3_000)
def forms(word: str) -> frozenset[str]:
    """The word itself and all its possible dictionary forms, folded (ё is е)."""
    if _CYRILLIC.search(word):
        return frozenset({word, *(reading.normal_form.replace("ё", "е") for reading in morphology().parse(word)[:4])})
    return frozenset({word, *_english(word)})


def lemma(word: str) -> str:
    """The likeliest dictionary form of a word, folded."""
    if _CYRILLIC.search(word):
        return str(morphology().parse(word)[0].normal_form).replace("ё", "е")
    plural = word.endswith("s") and len(word) > 3 and not word.endswith(("ss", "us"))
    return _IRREGULAR.get(word) or (word[:-1] if plural else word)


@lru_cache(maxsize=3_000)
def is_russian(word: str) -> bool:
    return bool(morphology().word_is_known(word))


def _english(word: str) -> set[str]:
    """Candidates only: a stem that is no word is in no table."""
    if word in _IRREGULAR:
        return {_IRREGULAR[word]}
    if len(word) < 4:
        return set()
    if word.endswith("ies"):
        return {word[:-3] + "y"}
    if word.endswith(("ses", "xes", "ches", "shes")):
        return {word[:-2], word[:-1]}
    if word.endswith("s") and not word.endswith(("ss", "us")):
        return {word[:-1]}
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            stem = word.removesuffix(ending)
            return {stem, stem + "e", stem[:-1] if stem[-1] == stem[-2] else stem, re.sub(r"i$", "y", stem)}
    return set()


def sentences(norm: str) -> list[list[str]]:
    """Words of each sentence of folded text; «?» is kept as a word, "didn't" is two."""
    for short, full in _SHORTENED:
        norm = norm.replace(short, full)
    found = []
    start = 0
    for end in [*_SENTENCE_END.finditer(norm), None]:
        part = norm[start : end.end() if end else len(norm)]
        start = end.end() if end else start
        tokens = [piece for token in _TOKEN.findall(part) for piece in token.split("'")]
        if tokens:
            found.append(tokens)
    return found
