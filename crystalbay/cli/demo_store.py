"""`make run STORE=…`: which database the demo runs on, and how the application is told of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from crystalbay.config import Settings
from crystalbay.errors import ConfigError

KINDS = ("embedded", "postgres", "supabase")
KEY = "sb_secret_test"
"""A key that the simulated Supabase takes."""


@dataclass(frozen=True)
class DemoStore:
    """One of KINDS on ports of its own; the embedded one needs no process and no settings."""

    kind: str
    folder: Path
    free_port: Callable[[], int]
    port: int = field(init=False)
    postgres_port: int = field(init=False)

    def __post_init__(self) -> None:
        for name in ("port", "postgres_port"):
            object.__setattr__(self, name, self.free_port())

    @property
    def embedded(self) -> bool:
        return self.kind == "embedded"

    @property
    def command(self) -> tuple[str, ...]:
        """The module that serves it, with its arguments."""
        ports = ("--port", str(self.port), "--postgres-port", str(self.postgres_port))
        return ("crystalbay.sandbox.database", self.kind, "--folder", str(self.folder), *ports)

    @property
    def environment(self) -> dict[str, str]:
        """What the application is given: no more than a user of the real thing gives it."""
        if self.kind == "postgres":
            return {"DATABASE_URL": f"postgresql://postgres@127.0.0.1:{self.postgres_port}/crystalbay"}
        if self.kind == "supabase":
            return {"SUPABASE_URL": f"http://127.0.0.1:{self.port}", "SUPABASE_KEY": KEY}
        return {}

    def check(self, settings: Settings) -> None:
        """Raise ConfigError when the settings name another database than this one."""
        ours = self.environment.get("DATABASE_URL") or f"supabase+{self.environment.get('SUPABASE_URL')}"
        if not self.embedded and settings.store_url != ours:
            raise ConfigError(
                f"STORE={self.kind} starts a database of its own: leave DATABASE_URL and SUPABASE_URL out,"
                " or leave STORE out to use them"
            )
