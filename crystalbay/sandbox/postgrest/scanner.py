"""Reading a part of a query string from left to right: names, quotes, JSON paths."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crystalbay.sandbox.postgrest.errors import ApiError, malformed

_INDEX = re.compile(r"-?\d+(?=$|->|::|[.,)])")
_JSON_KEY = re.compile(r"[^(\-:.,>)]+")
_ARROW = re.compile(r"->>?")


@dataclass(frozen=True)
class Step:
    """One step into a JSON value: to a key or an index, as JSON or (`->>`) as text."""

    key: str | int
    as_text: bool


@dataclass(frozen=True)
class Field:
    """A column and the way into its JSON value."""

    name: str
    path: tuple[Step, ...] = ()

    @property
    def label(self) -> str:
        """What it is called in an answer: the last key of the path, else the column."""
        keys = [step.key for step in self.path if isinstance(step.key, str)]
        return keys[-1] if keys else self.name


class Scanner:
    """The text and how far it was read. It raises ApiError PGRST100 with the place where it could not go on."""

    def __init__(self, text: str, what: str) -> None:
        self.text, self.what, self.position = text, what, 0

    def failure(self, expecting: str) -> ApiError:
        """The refusal that this is not next."""
        return malformed(self.what, self.text, self.position, expecting)

    @property
    def done(self) -> bool:
        return self.position >= len(self.text)

    @property
    def rest(self) -> str:
        return self.text[self.position :]

    def at(self, word: str) -> bool:
        return self.text.startswith(word, self.position)

    def take(self, word: str) -> bool:
        """Read `word` if it is next."""
        if not self.at(word):
            return False
        self.position += len(word)
        return True

    def take_match(self, pattern: re.Pattern[str]) -> str | None:
        match = pattern.match(self.text, self.position)
        if match is None:
            return None
        self.position = match.end()
        return match.group()

    def expect(self, word: str) -> None:
        if not self.take(word):
            raise self.failure(f'"{word}"')

    def end(self) -> None:
        if not self.done:
            raise self.failure("end of input")

    def quoted(self) -> str:
        """The text between two double quotes; a backslash takes the next character as it is."""
        self.expect('"')
        letters = []
        while not self.take('"'):
            if self.take("\\") and self.done:
                break
            if self.done:
                raise self.failure("a closing double quote")
            letters.append(self.text[self.position])
            self.position += 1
        return "".join(letters)

    def name(self) -> str:
        """A name, quoted or made of letters, digits, `_`, `$`, spaces and inner hyphens."""
        if self.at('"'):
            return self.quoted()
        start = self.position
        while not self.done and self._belongs_to_name(self.text[self.position]):
            self.position += 1
        found = self.text[start : self.position].strip()
        if not found:
            raise self.failure("a field name (letter, digit, _ or $)")
        return found

    def _belongs_to_name(self, letter: str) -> bool:
        return letter.isalnum() or letter in "_ $" or (letter == "-" and not self.at("->"))

    def json_path(self) -> tuple[Step, ...]:
        """`->a->0->>b`, possibly empty."""
        steps = []
        while (arrow := self.take_match(_ARROW)) is not None:
            steps.append(Step(self._json_key(), arrow == "->>"))
        return tuple(steps)

    def _json_key(self) -> str | int:
        index = self.take_match(_INDEX)
        if index is not None:
            return int(index)
        if self.at('"'):
            return self.quoted()
        key = self.take_match(_JSON_KEY)
        if key is None:
            raise self.failure("a JSON key or index")
        return key

    def field(self) -> Field:
        name = self.name()
        return Field(name, self.json_path())
