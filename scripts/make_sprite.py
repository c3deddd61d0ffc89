"""Make static/icons.svg out of bootstrap-icons: only the icons that templates and scripts name.

npm pack bootstrap-icons@1.13.2 && tar xzf bootstrap-icons-1.13.2.tgz
python scripts/make_sprite.py package/icons
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

_NAMES = """
airplane alarm arrow-counterclockwise arrow-down arrow-right arrow-up arrow-up-right arrows-angle-expand bell
box-arrow-right braces calendar3 camera-video chat-dots check2 check2-all chevron-bar-up chevron-down
chevron-left clock cone-striped cup-hot door-closed dot emoji-smile envelope exclamation-circle-fill eye
eye-slash fire geo-alt globe image inbox instagram kanban kanban-fill mic paperclip pencil person person-check
person-vcard phone phone-fill plug plus-circle reception-4 search send star-fill stars stopwatch telegram
telephone three-dots whatsapp wifi x-circle x-lg
"""
TARGET = Path(__file__).parent.parent / "static" / "icons.svg"


def symbol(source: Path) -> str:
    """One icon file as a `<symbol>` with the file's name as its id."""
    drawing = re.search(r"<svg[^>]*>(.*)</svg>", source.read_text(), re.S)
    if drawing is None:
        raise SystemExit(f"{source} is no SVG drawing")
    body = re.sub(r"\s*\n\s*", "", drawing.group(1))
    return f'<symbol id="{source.stem}" viewBox="0 0 16 16">{body}</symbol>'


def main(icons: Path) -> None:
    symbols = "\n".join(symbol(icons / f"{name}.svg") for name in _NAMES.split())
    TARGET.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n')
    print(f"{TARGET}: {len(_NAMES.split())} icons, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
