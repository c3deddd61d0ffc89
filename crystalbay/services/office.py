"""The office: its name, hours and promises; kept in the settings table, with defaults that work at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, time, timedelta

from crystalbay.store.interface import Store

_EVERY_DAY = {str(day): [["09:00", "21:00"]] for day in range(7)}


@dataclass(frozen=True)
class Office:
    """`hours`: weekday "0" (Monday) to "6" → intervals in the office's time zone."""

    name: str = "Crystal Bay"
    hours: Mapping[str, list[list[str]]] = field(default_factory=lambda: _EVERY_DAY)
    answer_within_min: int = 15
    default_assignee: str | None = None

    def answer_by(self, now: datetime) -> datetime:
        """When a person answers at the latest, if asked at `now` (office time): within the hours, in round minutes."""
        start = self._open_from(now)
        due = start + timedelta(minutes=self.answer_within_min)
        return due + timedelta(minutes=-due.minute % 5, seconds=-due.second, microseconds=-due.microsecond)

    def _open_from(self, now: datetime) -> datetime:
        """The first moment from `now` on at which somebody is there."""
        for days in range(8):
            day = now + timedelta(days=days)
            for opens, closes in self.hours.get(str(day.weekday()), []):
                begin, end = _at(day, opens), _at(day, closes)
                if now < end:
                    return max(now, begin)
        return now


def _at(day: datetime, clock: str) -> datetime:
    return datetime.combine(day.date(), time.fromisoformat(clock), tzinfo=day.tzinfo)


def read_office(store: Store) -> Office:
    """The office as configured."""
    rows = store.find("settings", [("id", "eq", "office")], limit=1)
    known = {f.name for f in fields(Office)}
    return Office(**{k: v for k, v in rows[0]["value"].items() if k in known}) if rows else Office()
