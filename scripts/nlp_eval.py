"""Figures of the understanding engine: by slot, intent, language and confidence.

    python scripts/nlp_eval.py                 # the development set, and the held-back sets as sums only
    python scripts/nlp_eval.py --note "what changed"   # the same, and a line in docs/eval.md
    python scripts/nlp_eval.py FILE            # one file of labelled messages

A slot counts as right when its value is equal (names of hotels and people loosely: case and punctuation aside). `exact`
is the share of messages whose slots are all right and none too many. Of the held-back sets no message is ever shown:
they were written by others before the rules were tuned, and are the figures to believe.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from nlp_processor import understand

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "data"
DEV = DATA / "nlp_dev.jsonl"
MORE = DATA / "nlp_more.jsonl"
"""Messages that we wrote and labelled ourselves, after the same rules."""

HELD = (DATA / "understanding" / "held_a.jsonl", DATA / "understanding" / "held_b.jsonl")
HISTORY = ROOT / "docs" / "eval.md"
BANDS = ((0.0, 0.8), (0.8, 0.9), (0.9, 1.01))
"""From the first confidence, up to the second."""


@dataclass
class Score:
    """Counts over messages; every figure is a share from 0 to 1."""

    messages: int = 0
    right: Counter[str] = field(default_factory=Counter)
    slots: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    intents: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    bands: dict[tuple[float, float], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def share(self, name: str) -> float:
        """Of messages whose intent, urgency, sentiment or language is right, or whose slots all are (`exact`)."""
        return self.right[name] / self.messages

    @property
    def slot_f1(self) -> float:
        return f1(sum(self.slots.values(), Counter()))

    def calibration(self, low: float) -> tuple[int, float]:
        """How many slots were given with a confidence of this band, and the share of them that is right."""
        counts = next(self.bands[band] for band in BANDS if band[0] == low)
        return counts.total(), counts["right"] / (counts.total() or 1)


def f1(counts: Counter[str]) -> float:
    """Harmonic mean of precision and recall from counts tp, fp, fn."""
    denominator = 2 * counts["tp"] + counts["fp"] + counts["fn"]
    return 2 * counts["tp"] / denominator if denominator else 1.0


def read(*paths: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


def score(records: Iterable[dict[str, Any]]) -> Score:
    """Understand every record and compare it with its labels."""
    result = Score()
    for record in records:
        found = understand(record["text"], record["context"], now=datetime.fromisoformat(record["now"]))
        result.messages += 1
        for name in ("intent", "urgency", "sentiment", "language"):
            result.right[name] += getattr(found, name) == record[name]
        result.intents[record["intent"]]["right" if found.intent == record["intent"] else "wrong"] += 1
        result.right["exact"] += _compare(record["slots"], found.slots, found.confidence, result)
    return result


def _compare(gold: dict[str, Any], found: dict[str, Any], sure: dict[str, float], result: Score) -> bool:
    exact = True
    for slot in gold.keys() | found.keys():
        right = slot in gold and slot in found and _same(slot, gold[slot], found[slot])
        if slot in found:
            band = next(band for band in BANDS if band[0] <= sure[slot] < band[1])
            result.bands[band]["right" if right else "wrong"] += 1
        if right:
            result.slots[slot]["tp"] += 1
            continue
        exact = False
        result.slots[slot]["fp"] += slot in found
        result.slots[slot]["fn"] += slot in gold
    return exact


def _same(slot: str, gold: Any, found: Any) -> bool:
    if slot in ("hotel_name", "customer_name"):
        return "".join(filter(str.isalnum, str(gold))).casefold() == "".join(filter(str.isalnum, str(found))).casefold()
    return bool(gold == found)


def table(records: list[dict[str, Any]]) -> None:
    """Print the figures of a set."""
    whole = score(records)
    print(f"{'slot':26}{'F1':>7}{'tp':>6}{'fp':>5}{'fn':>5}")
    for slot, counts in sorted(whole.slots.items()):
        print(f"{slot:26}{f1(counts):7.3f}{counts['tp']:6}{counts['fp']:5}{counts['fn']:5}")
    print(f"\n{'intent':26}{'right':>7}{'of':>6}")
    for intent, counts in sorted(whole.intents.items()):
        print(f"{intent:26}{counts['right']:7}{counts.total():6}")
    print()
    for language in ("ru", "en", "kk", "other"):
        part = [record for record in records if record["language"] == language]
        print(f"{language:8}{_line(score(part)) if part else 'none'}")
    print(f"{'all':8}{_line(whole)}")
    for low, high in BANDS:
        count, share = whole.calibration(low)
        print(f"confidence {low:.1f} to {min(high, 1.0):.1f}: {share:.3f} of {count} slots right")


def _line(part: Score) -> str:
    others = " ".join(f"{name}={part.share(name):.3f}" for name in ("urgency", "sentiment", "language"))
    shares = f"intent={part.share('intent'):.3f} slots={part.slot_f1:.3f} exact={part.share('exact'):.3f}"
    return f"n={part.messages} {shares} {others}"


def note(words: str) -> None:
    """A line of figures in docs/eval.md."""
    cells = [date.today().isoformat(), words]
    for records in (read(DEV), read(*HELD)):
        found = score(records)
        cells += [f"{found.share('intent'):.3f}", f"{found.slot_f1:.3f}", f"{found.share('exact'):.3f}"]
    with HISTORY.open("a", encoding="utf-8") as history:
        history.write(f"| {' | '.join(cells)} |\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, help="labelled messages; without it the two sets of the project")
    parser.add_argument("--note", metavar="WORDS", help="add a line of figures to docs/eval.md")
    given = parser.parse_args()
    for name, paths in {given.file.name: (given.file,)}.items() if given.file else _SETS.items():
        print(f"---- {name}")
        table(read(*paths))
    if given.note:
        note(given.note)
    return 0


_SETS = {"development set": (DEV,), "held back (sums only)": HELD}

if __name__ == "__main__":
    sys.exit(main())
