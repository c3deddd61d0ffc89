"""The floors of the root modules (DESIGN.md): imports go down only. import-linter watches those inside crystalbay/."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent

FLOORS: tuple[tuple[str, ...], ...] = (
    (
        "models",
        "crystalbay.config",
        "crystalbay.errors",
        "crystalbay.clock",
        "crystalbay.limits",
        "crystalbay.logs",
        "crystalbay.ids",
        "crystalbay.texts",
        "crystalbay.ending",
    ),
    (
        "crystalbay.store",
        "nlp_processor",
        "crystalbay.nlp",
        "api_integration",
        "crystalbay.samo",
        "wazzup_integration",
        "crystalbay.wazzup",
        "bot",
        "crystalbay.telegram",
    ),
    ("crystalbay.services",),
    ("inquiry_processor",),
    ("intelligent_chat_processor", "crystalbay.chat"),
    ("crystalbay.jobs",),
    ("app_api", "lead_import_api", "crystalbay.api", "crystalbay.web"),
    ("main", "crystalbay.cli"),
)
"""Bottom first. Modules of one floor may import each other where they are one part (a face and its inner parts)."""

SAME_FLOOR = (
    {"api_integration", "crystalbay.samo"},
    {"wazzup_integration", "crystalbay.wazzup"},
    {"bot", "crystalbay.telegram"},
    {"nlp_processor", "crystalbay.nlp"},
    {"intelligent_chat_processor", "crystalbay.chat"},
    {"app_api", "lead_import_api", "crystalbay.api", "crystalbay.web"},
    {"main", "crystalbay.cli"},
)


def part_of(module: str) -> tuple[int, str] | None:
    """The floor and the part that a module belongs to; None for what is not ours."""
    for floor, parts in enumerate(FLOORS):
        for part in parts:
            if module == part or module.startswith(part + "."):
                return floor, part
    return None


def imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


def wrong(path: Path) -> list[str]:
    """Imports of one file that go up, or sideways into another part of its floor."""
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    own = part_of(module)
    if own is None:
        return []
    problems = []
    for name in imports(path):
        other = part_of(name)
        if other is None or other[1] == own[1]:
            continue
        together = any({own[1], other[1]} <= group for group in SAME_FLOOR)
        low = other[0] == 0 and own[0] == 0
        if other[0] > own[0] or (other[0] == own[0] and not together and not low):
            problems.append(f"{module} (floor {own[0]}) imports {name} (floor {other[0]})")
        if name.startswith("crystalbay.sandbox"):
            problems.append(f"{module} imports the sandbox")
    return problems


def main() -> int:
    files = [*ROOT.glob("*.py"), *(ROOT / "crystalbay").rglob("*.py")]
    problems = sorted({problem for path in files for problem in wrong(path)})
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
