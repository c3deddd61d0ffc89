"""The understanding engine: time a message, start, memory, each with where it goes. Medians of five runs.

python -m benchmarks.bench_nlp [--runs 5]
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import statistics
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from nlp_processor import understand
from scripts.nlp_eval import DEV, HELD, read

ROOT = Path(__file__).parent.parent
CEILINGS = {"message_ms": 5.0, "start_s": 1.5, "memory_mb": 150.0}

_FRESH = """
import json, resource, sys, time
def memory():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmRSS")).split()[1]) / 1024
began, before, stages = time.perf_counter(), memory(), {}
def stage(name):
    stages[name] = [round(time.perf_counter() - began, 3), round(memory() - before, 1)]
import models; stage("models (pydantic)")
from crystalbay.nlp.words import morphology; morphology(); stage("pymorphy3 with its dictionary")
import phonenumbers, rapidfuzz; stage("phonenumbers, rapidfuzz")
from crystalbay.nlp.model import model; model(); stage("the model of intents")
import crystalbay.nlp.engine; stage("tables and rules, compiled")
from crystalbay.nlp.gazetteer import gazetteer; gazetteer(); stage("the gazetteer")
from nlp_processor import warm_up; warm_up(); stage("a first message")
print(json.dumps(stages))
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    records = read(DEV, *HELD)
    fresh = [_fresh() for _ in range(given.runs)]
    last = "a first message"
    report: dict[str, Any] = {
        "message_ms": _per_message(records, given.runs),
        "start_s": statistics.median(stages[last][0] for stages in fresh),
        "memory_mb": statistics.median(stages[last][1] for stages in fresh),
    }
    report = {name: {"median": value, "ceiling": CEILINGS[name]} for name, value in report.items()}
    report["message_goes_to"] = _shares(records)
    report["start_goes_to"] = {name: _step(fresh, name) for name in fresh[0]}
    print(json.dumps(report, indent=2, ensure_ascii=False))
    return 0


def _fresh() -> dict[str, list[float]]:
    """Seconds and MB since the start of a new process, after each stage."""
    done = subprocess.run([sys.executable, "-c", _FRESH], cwd=ROOT, capture_output=True, check=True, text=True)
    found: dict[str, list[float]] = json.loads(done.stdout)
    return found


def _step(fresh: list[dict[str, list[float]]], name: str) -> dict[str, float]:
    """What a stage adds to the one before."""
    names = list(fresh[0])
    before = names[names.index(name) - 1] if names.index(name) else None
    added = [
        [now - was for now, was in zip(one[name], one[before] if before else (0, 0), strict=True)] for one in fresh
    ]
    seconds, megabytes = (statistics.median(values) for values in zip(*added, strict=True))
    return {"s": round(seconds, 3), "mb": round(megabytes, 1)}


def _read_all(records: list[dict[str, Any]]) -> None:
    for record in records:
        understand(record["text"], record["context"], now=datetime.fromisoformat(record["now"]))


def _per_message(records: list[dict[str, Any]], runs: int) -> float:
    """Milliseconds, once warm: the median over messages, and of that over the runs."""
    _read_all(records)
    medians = []
    for _ in range(runs):
        took = []
        for record in records:
            began = time.perf_counter()
            _read_all([record])
            took.append(time.perf_counter() - began)
        medians.append(statistics.median(took) * 1000)
    return round(statistics.median(medians), 2)


def _shares(records: list[dict[str, Any]]) -> dict[str, float]:
    """Which part of the engine the time is spent in, itself and what it calls of libraries; the first is the most."""
    profile = cProfile.Profile()
    profile.runcall(_read_all, records)
    stats: Any = pstats.Stats(profile)
    spent: Counter[str] = Counter()
    for (file, _line, _name), (_, _, own, _, callers) in stats.stats.items():
        if "crystalbay" in file:
            spent[Path(file).stem] += own
        else:
            for (caller, _, _), (_, _, part, _) in callers.items():
                spent[Path(caller).stem if "crystalbay" in caller else "inside libraries"] += part
    total = sum(spent.values())
    return {name: round(seconds / total, 2) for name, seconds in spent.most_common(9)}


if __name__ == "__main__":
    sys.exit(main())
