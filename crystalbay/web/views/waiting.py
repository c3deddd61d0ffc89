"""How long somebody has to wait, as a clock."""

from __future__ import annotations


def wait_clock(seconds: int) -> str:
    """Minutes and seconds: 75 is "1:15"."""
    return f"{seconds // 60}:{seconds % 60:02}"
