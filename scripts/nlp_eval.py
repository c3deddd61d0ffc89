"""Figures of the understanding engine by slot, intent and language: on the development set, or on the file named.

A slot counts as right when its value is equal (hotel names loosely: case and punctuation aside). `exact` is the share
of messages whose slots are all right and none too many.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from nlp_processor import understand

DATA = Path(__file__).parent.parent / "tests" / "data"
DEV = DATA / "nlp_dev.jsonl"
MORE = DATA / "nlp_more.jsonl"
"""Messages that we wrote and labelled ourselves, after the same rules."""


@dataclass
class Score:
    """Counts over messages; every figure is a share from 0 to 1."""

    messages: int = 0
    intents_right: int = 0
    exact: int = 0
    slots: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    intents: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def intent_accuracy(self) -> float:
        return self.intents_right / self.messages

    @property
    def exact_share(self) -> float:
        return self.exact / self.messages

    @property
    def slot_f1(self) -> float:
        total: Counter[str] = sum(self.slots.values(), Counter())
        return f1(total)


def f1(counts: Counter[str]) -> float:
    """Harmonic mean of precision and recall from counts tp, fp, fn."""
    denominator = 2 * counts["tp"] + counts["fp"] + counts["fn"]
    return 2 * counts["tp"] / denominator if denominator else 1.0


def read(path: Path = DEV) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def score(records: Iterable[dict[str, Any]]) -> Score:
    """Understand every record and compare it with its labels."""
    result = Score()
    for record in records:
        found = understand(record["text"], record["context"], now=datetime.fromisoformat(record["now"]))
        result.messages += 1
        result.intents_right += found.intent == record["intent"]
        result.intents[record["intent"]]["right" if found.intent == record["intent"] else "wrong"] += 1
        result.exact += _compare(record["slots"], found.slots, result.slots)
    return result


def _compare(gold: dict[str, Any], found: dict[str, Any], slots: dict[str, Counter[str]]) -> bool:
    exact = True
    for slot in gold.keys() | found.keys():
        right = slot in gold and slot in found and _same(slot, gold[slot], found[slot])
        if right:
            slots[slot]["tp"] += 1
            continue
        exact = False
        slots[slot]["fp"] += slot in found
        slots[slot]["fn"] += slot in gold
    return exact


def _same(slot: str, gold: Any, found: Any) -> bool:
    if slot in ("hotel_name", "customer_name"):
        return "".join(filter(str.isalnum, str(gold))).casefold() == "".join(filter(str.isalnum, str(found))).casefold()
    return bool(gold == found)


def main() -> int:
    records = read(Path(sys.argv[1]) if len(sys.argv) > 1 else DEV)
    whole = score(records)
    print(f"{'slot':26}{'F1':>7}{'tp':>6}{'fp':>5}{'fn':>5}")
    for slot, counts in sorted(whole.slots.items()):
        print(f"{slot:26}{f1(counts):7.3f}{counts['tp']:6}{counts['fp']:5}{counts['fn']:5}")
    print(f"\n{'intent':26}{'right':>7}{'of':>6}")
    for intent, counts in sorted(whole.intents.items()):
        print(f"{intent:26}{counts['right']:7}{counts.total():6}")
    print()
    for language in ("ru", "en", "kk", "other"):
        part = score(record for record in records if record["language"] == language)
        print(f"{language:8}{_line(part)}")
    print(f"{'all':8}{_line(whole)}")
    return 0


def _line(part: Score) -> str:
    return f"n={part.messages} intent={part.intent_accuracy:.3f} slots={part.slot_f1:.3f} exact={part.exact_share:.3f}"


if __name__ == "__main__":
    sys.exit(main())
