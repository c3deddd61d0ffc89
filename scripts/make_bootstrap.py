"""Make static/css/bootstrap.css: the rules of the vendored Bootstrap whose classes our pages use.

python scripts/make_bootstrap.py          write it
python scripts/make_bootstrap.py --check  fail when it is not what would be written
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "static" / "vendor" / "bootstrap@5.3.9" / "bootstrap.min.css"
TARGET = ROOT / "static" / "css" / "bootstrap.css"

_HEAD = (
    "/* Bootstrap v5.3.9, MIT, (c) The Bootstrap Authors: the rules that our pages use (scripts/make_bootstrap.py) */\n"
)
_CLASS_OF_SELECTOR = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
_CLASS_ATTRIBUTE = re.compile(r'class="((?:[^"{]|\{\{.*?\}\}|\{%.*?%\})*)"', re.S)
_STRING = re.compile(r"""(["'`])((?:\\.|(?!\1).)*)\1""", re.S)
_WORD = re.compile(r"[A-Za-z][\w-]*")


def used_classes() -> set[str]:
    """Words that stand in class attributes of templates and in strings of scripts."""
    words: set[str] = set()
    for path in (ROOT / "templates").rglob("*.html"):
        for attribute in _CLASS_ATTRIBUTE.findall(path.read_text(encoding="utf-8")):
            words.update(_WORD.findall(attribute))
    for path in (ROOT / "static" / "js").rglob("*.js"):
        for _quote, text in _STRING.findall(path.read_text(encoding="utf-8")):
            words.update(_WORD.findall(text))
    return words


def rules(css: str) -> Iterator[tuple[str, str]]:
    """(what stands before a block, the block) at the top level."""
    start, depth, at = 0, 0, -1
    for place, sign in enumerate(css):
        if sign == "{":
            depth += 1
            if depth == 1:
                at = place
        elif sign == "}":
            depth -= 1
            if depth == 0:
                yield css[start:at].strip(), css[at + 1 : place]
                start = place + 1


def kept(css: str, used: set[str]) -> str:
    """The rules that can match something of ours."""
    parts = []
    for head, block in rules(css):
        if head.startswith(("@media", "@supports")):
            inner = kept(block, used)
            if inner:
                parts.append(f"{head}{{{inner}}}")
        elif head.startswith("@keyframes") or "[data-bs-theme=dark]" in head:
            continue  # no animation of Bootstrap's is used; the dark theme is ours (static/css/dark.css)
        else:
            selectors = [one for one in _selectors(head) if set(_CLASS_OF_SELECTOR.findall(one)) <= used]
            if selectors:
                parts.append(f"{','.join(selectors)}{{{block}}}")
    return "".join(parts)


def _selectors(head: str) -> list[str]:
    """Parted at commas outside of brackets."""
    return [one for one in re.split(r",(?![^(]*\))", head) if one]


def without_unread_variables(css: str) -> str:
    """Variables that nothing reads are left out, until none is left."""
    own = "".join(path.read_text(encoding="utf-8") for path in sorted(TARGET.parent.glob("*.css")) if path != TARGET)
    before = ""
    while before != css:
        before, read = css, set(re.findall(r"var\((--bs-[\w-]+)", css + own))
        for name in set(re.findall(r"(--bs-[\w-]+):", css)) - read:
            css = re.sub(rf"{name}:[^;{{}}]*(?:;|(?=\}}))", "", css)
        css = re.sub(r"[^{}]+\{\}", "", css)
    return css


def made() -> str:
    css = re.sub(r"/\*.*?\*/|@charset[^;]*;", "", SOURCE.read_text(encoding="utf-8"), flags=re.S)
    lines = without_unread_variables(kept(css, used_classes())).replace("}", "}\n").replace("}\n}", "}}")
    return _HEAD + lines


def main() -> int:
    css = made()
    if "--check" in sys.argv[1:]:
        return 0 if TARGET.exists() and TARGET.read_text(encoding="utf-8") == css else 1
    TARGET.write_text(css, encoding="utf-8")
    print(f"{TARGET.relative_to(ROOT)}: {len(css)} bytes of {SOURCE.stat().st_size}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
