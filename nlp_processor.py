"""Understanding of customer messages: understand(text, …) → Understanding. Offline engine in crystalbay/nlp/.

    python nlp_processor.py --offline < messages.jsonl > predictions.jsonl

reads one message a line ({"id", "now", "text", "context"}) and writes one prediction a line
({"id", "intent", "slots", "urgency", "sentiment", "language"}), whatever the line holds.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from models import Intent, Language, Sentiment, Understanding, Urgency

if TYPE_CHECKING:
    from crystalbay.nlp.gazetteer import Places


def understand(
    text: str, context: dict[str, Any] | None = None, *, now: datetime, places: Places | None = None
) -> Understanding:
    """Understand one customer message. Reads its first 4,000 characters; never raises.

    `context`: slots known before, perhaps with `_asked`, the slot our side asked for last. `now`: aware; relative
    dates are resolved against its calendar day. `places`: names of the supplier's dictionaries beside our own.
    """
    from crystalbay.nlp.engine import read

    return read(text, context, now, places)


def warm_up() -> None:
    """Load what the first message would load: dictionaries and libraries."""
    understand("Хотим в Турцию вдвоём, +7 999 123-45-67", now=datetime.now(UTC))


def predict_lines(lines: Iterable[str]) -> Iterator[str]:
    """One prediction for each line; a line that is no message is `other`, with its id if it has one."""
    for line in lines:
        yield json.dumps(_predict(line), ensure_ascii=False)


def _predict(line: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
        now = datetime.fromisoformat(record["now"]) if record.get("now") else datetime.now(UTC)
        found = understand(str(record["text"]), record.get("context"), now=now)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        sys.stderr.write(f"unreadable line: {type(error).__name__}\n")
        return _line(_id_of(line), Understanding(Intent.OTHER, language=Language.OTHER))
    return _line(record.get("id"), found)


def _id_of(line: str) -> Any:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record.get("id") if isinstance(record, dict) else None


def _line(record_id: Any, found: Understanding) -> dict[str, Any]:
    return {
        "id": record_id,
        "intent": Intent(found.intent).value,
        "slots": found.slots,
        "urgency": Urgency(found.urgency).value,
        "sentiment": Sentiment(found.sentiment).value,
        "language": Language(found.language).value,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description="Understand customer messages, one JSON object a line.")
    parser.add_argument("--offline", action="store_true", help="use the offline engine (the only one in this version)")
    parser.parse_args()
    for prediction in predict_lines(sys.stdin):
        print(prediction)
    return 0


if __name__ == "__main__":
    sys.exit(main())
