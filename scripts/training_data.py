"""The messages that the model of intents is trained from, and their checksum, which the model carries."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PARAPHRASES = sorted((ROOT / "training").glob("*.jsonl"))
"""{"text", "intent", "language", "idea", "asked"?} a line: ways to say an idea, written for this."""

WORKED_ON = (ROOT / "tests/data/understanding/work.jsonl",)
"""Labelled messages with contexts, which the rules were worked on with as well."""

SOURCES = (*PARAPHRASES, *WORKED_ON)
NOW = datetime.fromisoformat("2026-05-12T12:00:00+03:00")
_A_SEARCH = {"destination_country": "Турция", "adults": 2}
"""What is known of a trip when the other side asks for something."""


@dataclass(frozen=True)
class Example:
    """`idea`: examples of one idea are never split between training and trying."""

    text: str
    intent: str
    idea: str
    context: dict[str, Any] | None
    now: datetime


def read() -> list[Example]:
    """All examples."""
    return [_example(json.loads(line), path) for path in SOURCES for line in path.read_text("utf-8").splitlines()]


def _example(row: dict[str, Any], path: Path) -> Example:
    asked = row.get("asked")
    context = row["context"] if "context" in row else (_A_SEARCH | {"_asked": asked} if asked else None)
    now = datetime.fromisoformat(row["now"]) if "now" in row else NOW
    return Example(row["text"], row["intent"], f"{row['intent']} {row.get('idea') or row['id']}", context, now)


def checksum() -> str:
    """Of all sources, in their order."""
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in SOURCES)).hexdigest()
