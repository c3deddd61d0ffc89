"""The model of intents: a linear one, trained by scripts/train_intents.py, in a small file of whole numbers.

The file: one line of JSON {"labels", "buckets", "scale", "bias", "sources"}, then the weights, one signed byte for each
bucket and label, compressed. `sources` is the checksum of what it was trained from.
"""

from __future__ import annotations

import json
import math
import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import add
from pathlib import Path

from crystalbay.nlp.features import bucket
from models import Intent

PATH = Path(__file__).with_name("intents.model")


@dataclass(frozen=True)
class Model:
    """`weights`: for each bucket one number for each label, to be multiplied by `scale`."""

    labels: tuple[Intent, ...]
    buckets: int
    scale: float
    bias: tuple[float, ...]
    sources: str
    weights: array[int]

    def chances(self, features: Sequence[str]) -> dict[Intent, float]:
        """How likely each intent is for a message with these features; they add up to 1."""
        size = len(self.labels)
        total = [0] * size
        for feature in features:
            at = bucket(feature, self.buckets) * size
            total = list(map(add, total, self.weights[at : at + size]))
        share = self.scale / math.sqrt(len(features) or 1)
        sums = [bias + share * number for bias, number in zip(self.bias, total, strict=True)]
        top = max(sums)
        powers = [math.exp(one - top) for one in sums]
        whole = sum(powers)
        return {label: power / whole for label, power in zip(self.labels, powers, strict=True)}

    def written(self) -> bytes:
        """The bytes of the file."""
        head = {"labels": self.labels, "buckets": self.buckets, "scale": self.scale, "bias": self.bias}
        return json.dumps(head | {"sources": self.sources}).encode() + b"\n" + zlib.compress(self.weights.tobytes(), 9)


@lru_cache(maxsize=1)
def model() -> Model:
    """The model that comes with the program."""
    head, packed = PATH.read_bytes().split(b"\n", 1)
    told = json.loads(head)
    return Model(
        labels=tuple(map(Intent, told["labels"])),
        buckets=told["buckets"],
        scale=told["scale"],
        bias=tuple(told["bias"]),
        sources=told["sources"],
        weights=array("b", zlib.decompress(packed)),
    )
