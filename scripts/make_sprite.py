"""Make static/icons.svg out of bootstrap-icons: only the icons that templates and scripts name; and those of cards as
masks in static/css/card-icons.css, for thousands of cards are drawn and each `<use>` is a tree of its own.

npm pack bootstrap-icons@1.13.2 && tar xzf bootstrap-icons-1.13.2.tgz
python scripts/make_sprite.py package/icons
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

_NAMES = """
airplane alarm archive arrow-clockwise arrow-counterclockwise arrow-down arrow-left arrow-left-right
arrow-repeat arrow-right arrow-up arrow-up-right arrows-angle-expand at bell bell-fill bell-slash bookmark
bookmark-fill box-arrow-right box-arrow-up-right braces calendar-event calendar3 camera-video card-checklist
chat-dots check-circle-fill check-lg check2 check2-all check2-square chevron-bar-up chevron-down chevron-left
chevron-right chevron-up circle circle-half clock clock-history cloud-slash command cone-striped copy
credit-card cup-hot door-closed dot download emoji-smile envelope exclamation-circle-fill exclamation-triangle
eye eye-slash file-earmark-text filter fire funnel gear geo-alt globe globe2 grid hand-index-thumb hash hourglass-split
image inbox info-circle instagram kanban kanban-fill key keyboard laptop layout-sidebar lightning link-45deg list
list-ul lock lock-fill magic mic moon paperclip pencil people person person-check person-circle person-plus
person-vcard person-x phone phone-fill plug plus-circle plus-lg question-circle reception-4 reply search send
shield-lock shuffle sliders2 sliders2-vertical sort-down star-fill stars sticky stopwatch sun tag tags telegram
telephone three-dots translate trash unlock upload volume-down volume-mute volume-up whatsapp wifi wifi-off x
x-circle x-lg
"""
_ON_CARDS = """
airplane alarm braces chat-dots check2 door-closed envelope exclamation-circle-fill fire globe instagram list-ul
person stopwatch telegram telephone three-dots whatsapp
"""
STATIC = Path(__file__).parent.parent / "static"
TARGET = STATIC / "icons.svg"
MASKS = STATIC / "css" / "card-icons.css"
_HEAD = """/* Icons of cards, as masks: made by scripts/make_sprite.py. */

.i {
  display: inline-block;
  flex: none;
  width: 1em;
  height: 1em;
  background: currentColor;
  mask: center / contain no-repeat;
}

@media (forced-colors: active) {
  .i {
    background: CanvasText;
    forced-color-adjust: none;
  }
}
"""


def symbol(source: Path) -> str:
    """One icon file as a `<symbol>` with the file's name as its id."""
    return f'<symbol id="{source.stem}" viewBox="0 0 16 16">{_drawing(source)}</symbol>'


def mask(source: Path) -> str:
    """One icon file as a rule whose mask has its shape."""
    drawing = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>{_drawing(source)}</svg>"
    data = drawing.replace('"', "'").replace("%", "%25").replace("#", "%23").replace("<", "%3C").replace(">", "%3E")
    return f'.i-{source.stem} {{ mask-image: url("data:image/svg+xml,{data}"); }}'


def _drawing(source: Path) -> str:
    found = re.search(r"<svg[^>]*>(.*)</svg>", source.read_text(), re.S)
    if found is None:
        raise SystemExit(f"{source} is no SVG drawing")
    return re.sub(r"\s*\n\s*", "", found.group(1))


def main(icons: Path) -> None:
    symbols = "\n".join(symbol(icons / f"{name}.svg") for name in _NAMES.split())
    TARGET.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n')
    rules = "\n".join(mask(icons / f"{name}.svg") for name in _ON_CARDS.split())
    MASKS.write_text(f"{_HEAD}\n{rules}\n")
    print(f"{TARGET}: {len(_NAMES.split())} icons, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
