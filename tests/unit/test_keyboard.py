"""The other layout of the keyboard."""

from __future__ import annotations

import pytest

from crystalbay.services.keyboard import other_layout


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bdfyjd", "иванов"),
        ("Bdfyjd Gtnh", "Иванов Петр"),
        (",jhbc", "борис"),
        ("<jhbc", "Борис"),
        ("`krby", "ёлкин"),
        ("фттф@gmail", None),
        ("фттф", "anna"),
        ("ЭЯ", '"Z'),
        ("12", None),
        ("", None),
        ("иvan", None),
        ("ü", None),
    ],
)
def test_what_was_meant(typed: str, meant: str | None) -> None:
    assert other_layout(typed) == meant


def test_there_and_back_is_the_same() -> None:
    for text in ("съешь же ещё этих мягких французских булок", "the quick brown fox"):
        assert other_layout(other_layout(text) or "") == text
