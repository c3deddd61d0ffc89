"""The style sheets: every colour is a token, so that a theme is one block."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "static" / "css"
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\((?!var)|\bhsla?\(|:\s*(?:white|black)\b")
TOKEN = re.compile(r"^\s*--[\w-]+:\s*(.+);$", re.M)
MASK = re.compile(r"mask-image:[^;]*;|color-mix\([^;]*#000\)")
"""Here black is a measure of how much is seen, or of how dark a colour becomes."""


def own_sheets() -> list[Path]:
    return sorted(path for path in FOLDER.glob("*.css") if path.name != "bootstrap.css")


@pytest.mark.parametrize("path", own_sheets(), ids=lambda path: path.name)
def test_colours_are_tokens(path: Path) -> None:
    css = MASK.sub("", TOKEN.sub("", path.read_text(encoding="utf-8")))
    assert COLOUR.findall(css) == []


def test_the_dark_theme_knows_every_colour_of_the_light_one() -> None:
    light, dark = ((FOLDER / name).read_text(encoding="utf-8") for name in ("theme.css", "dark.css"))
    root = light[light.index(":root") : light.index("}")]
    coloured = {name for name, value in re.findall(r"(--[\w-]+):\s*([^;]+);", root) if COLOUR.search(f": {value}")}
    told = set(re.findall(r"(--[\w-]+):", dark))
    shared = {"--on-accent", "--on-toast", "--toast-hover", "--toast-link"}  # the same in the dark
    assert coloured - told - shared == set()


@pytest.mark.parametrize(
    "where", [".card-name a", ".mini-name a", ".chip", ".bell-item a", ".user-name", ".view-link > span"]
)
def test_what_people_typed_turns_nothing_beside_it(where: str) -> None:
    css = (FOLDER / "theme.css").read_text(encoding="utf-8")
    isolating = re.findall(r"([^{}]+)\{[^{}]*unicode-bidi: isolate;", css)
    assert any(where in [one.strip() for one in re.sub(r"/\*.*?\*/", "", rule).split(",")] for rule in isolating)
