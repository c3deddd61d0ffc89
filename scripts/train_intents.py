"""Train the model of intents and write crystalbay/nlp/intents.model, or compare ways of deciding.

    make train                     # train from training/ and write the file
    make train ARGS=--compare      # rule table, model alone, both: on ideas that were held back, in five turns

Training needs scikit-learn (requirements-train.txt); running the model needs nothing.
"""

from __future__ import annotations

import argparse
import sys
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from crystalbay.nlp import model
from crystalbay.nlp.clues import Decision
from crystalbay.nlp.engine import listen
from crystalbay.nlp.features import bucket
from crystalbay.nlp.intent_rules import ruled
from crystalbay.nlp.intents import seen
from models import Intent
from scripts import training_data
from scripts.training_data import Example

BUCKETS = 1 << 15
STRENGTH = 30.0
"""Inverse of the regularisation; chosen by --compare."""

TURNS = 5
SEED = 7


def _seen(example: Example) -> tuple[list[str], Decision]:
    heard = listen(example.text, example.context, example.now)
    table = ruled(heard.text.norm, heard.clues)
    return seen(heard.text.norm, heard.clues, table), table


def _matrix(messages: Sequence[list[str]]) -> Any:
    """One row a message: each feature counts the same, all together 1."""
    rows = [row for row, found in enumerate(messages) for _ in found]
    columns = [bucket(feature, BUCKETS) for found in messages for feature in found]
    values = [1 / np.sqrt(len(found)) for found in messages for _ in found]
    return csr_matrix((values, (rows, columns)), shape=(len(messages), BUCKETS))


def _trained(features: Any, intents: Sequence[str]) -> Any:
    learner = LogisticRegression(C=STRENGTH, max_iter=400, random_state=SEED)
    return learner.fit(features, intents)


def train() -> model.Model:
    """The model of all examples, its weights in whole numbers."""
    examples = training_data.read()
    learner = _trained(_matrix([_seen(example)[0] for example in examples]), [one.intent for one in examples])
    scale = float(np.abs(learner.coef_).max()) / 127
    weights = array("b", np.rint(learner.coef_.T / scale).astype(np.int8).tobytes())
    return model.Model(
        labels=tuple(Intent(label) for label in learner.classes_),
        buckets=BUCKETS,
        scale=scale,
        bias=tuple(round(float(bias), 4) for bias in learner.intercept_),
        sources=training_data.checksum(),
        weights=weights,
    )


def compare() -> None:
    """Shares that are right, on ideas held back from training."""
    examples = training_data.read()
    looked = [_seen(example) for example in examples]
    intents = np.array([example.intent for example in examples])
    table = np.array([decision.intent.value for _, decision in looked])
    both = _matrix([found for found, _ in looked])
    alone = _matrix([[one for one in found if not one.startswith("table ")] for found, _ in looked])
    groups = [example.idea for example in examples]
    print(f"rule table   {np.mean(table == intents):.3f}")
    for name, features in (("model alone", alone), ("both", both)):
        right = np.zeros(len(examples), dtype=bool)
        for learn, held in GroupKFold(TURNS, shuffle=True, random_state=SEED).split(features, intents, groups):
            right[held] = _trained(features[learn], intents[learn]).predict(features[held]) == intents[held]
        print(f"{name:12} {np.mean(right):.3f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compare", action="store_true", help="figures only, nothing is written")
    if parser.parse_args().compare:
        compare()
        return 0
    made = train()
    model.PATH.write_bytes(made.written())
    print(f"{model.PATH.name}: {model.PATH.stat().st_size // 1024} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
