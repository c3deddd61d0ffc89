"""Texts with parse_mode HTML, read as Telegram's own server reads them, with its error texts and byte offsets."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from crystalbay.sandbox.telegram_request import Refusal, bad_request

_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
_NAMED = {"&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"'}
_ENTITY = re.compile(r"&(?:(?:lt|gt|amp|quot)(?![A-Za-z])|#\d{1,7}|#x[0-9a-fA-F]{1,6});?")
_ATTRIBUTE = re.compile(
    r"""\s*(?P<name>[^\s=>]+)(?:\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[\w.-]+)))?"""
)
_COMMAND = re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,32}(?:@\w{3,32})?")


@dataclass
class Text:
    """A text as it is shown, its entities, and the same as safe HTML."""

    plain: str = ""
    html: str = field(default="", compare=False)
    entities: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class _Open:
    tag: str
    start: int
    values: dict[str, str]


def utf16(text: str) -> int:
    """A length as Telegram counts offsets."""
    return len(text.encode("utf-16-le")) // 2


def written_by_user(text: str) -> Text:
    """What a person types: only commands become entities."""
    return Text(text, html.escape(text, quote=False), [_at(text, found) for found in _COMMAND.finditer(text)])


def _at(text: str, command: re.Match[str]) -> dict[str, Any]:
    return {"type": "bot_command", "offset": utf16(text[: command.start()]), "length": utf16(command.group())}


def read(text: str, parse_mode: str) -> Text:
    """A text of the bot. Raises Refusal."""
    if not parse_mode:
        plain = text.rstrip()
        return Text(plain, html.escape(plain, quote=False))
    if parse_mode.casefold() != "html":
        raise bad_request("unsupported parse_mode")
    return _Reader(text).read()


class _Reader:
    def __init__(self, source: str) -> None:
        self._source = source
        self._place = 0
        self._plain = self._html = ""
        self._open: list[_Open] = []
        self._entities: list[dict[str, Any]] = []

    def read(self) -> Text:
        source = self._source
        while self._place < len(source):
            if source[self._place] == "<":
                self._end_tag() if source[self._place + 1 : self._place + 2] == "/" else self._start_tag()
            else:
                self._character()
        if self._open:
            raise _refused(f'Can\'t find end tag corresponding to start tag "{self._open[-1].tag}"')
        plain = self._plain.rstrip()
        entities = sorted(self._entities, key=lambda entity: (entity["offset"], -entity["length"]))
        return Text(plain, self._html.rstrip(), [entity for entity in entities if entity["offset"] < utf16(plain)])

    def _character(self) -> None:
        found = _ENTITY.match(self._source, self._place)
        piece = found.group() if found else self._source[self._place]
        self._plain += _decoded(piece) if found else piece
        self._html += piece if found else html.escape(piece, quote=False)
        self._place += len(piece)

    def _start_tag(self) -> None:
        begin, close = self._place, self._source.find(">", self._place)
        if close < 0:
            raise self._refused_at("Unclosed start tag", begin)
        inside = self._source[begin + 1 : close]
        tag = re.split(r"\s", inside, maxsplit=1)[0].lower()
        if tag not in _KINDS:
            raise self._refused_at(f'Unsupported start tag "{tag}"', begin)
        values = self._attributes(inside[len(tag) :], tag, begin)
        if tag == "span" and values.get("class") != "tg-spoiler":
            raise self._refused_at('Tag "span" must have class "tg-spoiler"', begin)
        self._open.append(_Open(tag, len(self._plain), values))
        self._html += _rebuilt(tag, values)
        self._place = close + 1

    def _attributes(self, text: str, tag: str, begin: int) -> dict[str, str]:
        values = {}
        for found in _ATTRIBUTE.finditer(text):
            given = next((found[kind] for kind in ("double", "single", "bare") if found[kind] is not None), None)
            if given is None and (tag, found["name"]) != ("blockquote", "expandable"):
                raise self._refused_at(f'Expected equal sign in declaration of an attribute of the tag "{tag}"', begin)
            values[found["name"].lower()] = _ENTITY.sub(lambda entity: _decoded(entity.group()), given or "")
        return values

    def _end_tag(self) -> None:
        begin, close = self._place, self._source.find(">", self._place)
        if not self._open:
            raise self._refused_at("Unexpected end tag", begin)
        if close < 0:
            raise self._refused_at("Unclosed end tag", begin)
        found, opened = self._source[begin + 2 : close].strip().lower(), self._open[-1]
        if found and found != opened.tag:
            where = self._offset(begin)
            raise _refused(f'Unmatched end tag at byte offset {where}, expected "</{opened.tag}>", found "</{found}>"')
        self._open.pop()
        self._html += f"</{opened.tag}>"
        self._close(opened)
        self._place = close + 1

    def _close(self, opened: _Open) -> None:
        inside = self._plain[opened.start :]
        entity: dict[str, Any] = {"type": _KINDS[opened.tag], "offset": utf16(self._plain[: opened.start])}
        entity["length"] = utf16(inside)
        if opened.tag == "a":
            entity["url"] = opened.values.get("href") or inside
            if not is_web_link(entity["url"]):
                return  # as in life: the text stays, the link is lost
        if opened.tag == "blockquote" and "expandable" in opened.values:
            entity["type"] = "expandable_blockquote"
        if inside:
            self._entities.append(entity)

    def _refused_at(self, what: str, begin: int) -> Refusal:
        return _refused(f"{what} at byte offset {self._offset(begin)}")

    def _offset(self, place: int) -> int:
        return len(self._source[:place].encode())


def _refused(what: str) -> Refusal:
    return bad_request(f"can't parse entities: {what}")


def _decoded(entity: str) -> str:
    known = _NAMED.get(entity if entity.endswith(";") else entity + ";")
    return known if known is not None else html.unescape(entity)


def _rebuilt(tag: str, values: dict[str, str]) -> str:
    """A start tag with nothing but the attributes that mean something, because pages show it as it is."""
    if tag == "a" and is_web_link(values.get("href", "")):
        return f'<a href="{html.escape(values["href"])}">'
    if tag == "blockquote" and "expandable" in values:
        return "<blockquote expandable>"
    if tag in ("span", "code") and "class" in values:
        return f'<{tag} class="{html.escape(values["class"])}">'
    return f"<{tag}>"


def is_web_link(address: str) -> bool:
    """A link Telegram takes for a button or a text: a host has a dot, so `localhost` is none."""
    if address.startswith(("tg://", "ton://", "mailto:", "tel:")):
        return True
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
    except ValueError:
        return False
    host = parts.hostname or ""
    return parts.scheme in ("http", "https") and ("." in host or ":" in host) and " " not in host
