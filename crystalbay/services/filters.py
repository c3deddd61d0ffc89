"""Which leads are meant: the filters that the board, lists, exports and bulk acts share, by the same names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, ValidationError, WithJsonSchema, model_validator

from crystalbay.services import tags
from crystalbay.services.context import Context
from crystalbay.services.viewers import Viewer, visible_leads
from crystalbay.store.board import ARCHIVED
from crystalbay.store.interface import Where
from crystalbay.store.text import search_words
from models import STATUS_OF, Day, Stage, Status

HOT = 70
"""The score from which a lead is called hot."""

LONGEST_WINDOW = 3650
MOST_VALUES = 50

Sort = Literal["manual", "waiting", "created", "updated", "value", "score", "next_action"]


@dataclass(frozen=True, slots=True)
class Order:
    """What rows are sorted by, besides their id, and the direction; leads without a value come last."""

    column: str
    desc: bool = False


ORDERS: dict[Sort, Order] = {
    "manual": Order("position"),
    "waiting": Order("waiting_since"),
    "created": Order("created_at", desc=True),
    "updated": Order("updated_at", desc=True),
    "value": Order("value_minor", desc=True),
    "score": Order("score", desc=True),
    "next_action": Order("next_action_at"),
}

_COMMA = re.compile(r"(?<!\\),")


def _split(given: object) -> list[str] | None:
    """«a,b» as its parts, a comma of a part's own being `\\,`. A list stays one."""
    if isinstance(given, str):
        given = [part.replace("\\,", ",") for part in _COMMA.split(given)]
    if not isinstance(given, list | tuple) or not all(isinstance(part, str) for part in given):
        raise ValueError("give names, separated by commas")
    parts = [part.strip() for part in given if part.strip()]
    if len(parts) > MOST_VALUES or any(len(part) > 200 or "\0" in part for part in parts):
        raise ValueError(f"at most {MOST_VALUES} values of 200 characters")
    return parts or None


def _one_of(allowed: Iterable[str]) -> BeforeValidator:
    names = list(allowed)

    def check(given: object) -> list[str] | None:
        parts = _split(given)
        wrong = [part for part in parts or () if part not in names]
        if wrong:
            raise ValueError(f"{wrong[0]} is not known; allowed are {', '.join(names)}")
        return parts

    return BeforeValidator(check)


def _listed(example: str, pattern: str = "") -> WithJsonSchema:
    schema: dict[str, Any] = {"type": "string", "examples": [example]}
    return WithJsonSchema(schema | ({"pattern": pattern} if pattern else {}))


def _names(allowed: Iterable[str]) -> str:
    one = "|".join(allowed)
    return f"^({one})(,({one}))*$"


def _plain_number(given: object) -> object:
    """«125 000» is a number too."""
    return re.sub(r"\s", "", given).replace(",", ".") if isinstance(given, str) else given


Statuses = Annotated[list[Status], _one_of(Status), _listed("new,in_progress", _names(Status))]
Stages = Annotated[list[Stage], _one_of(Stage), _listed("paid,accepted", _names(Stage))]
Names = Annotated[list[str], BeforeValidator(_split)]
Amount = Annotated[Decimal, BeforeValidator(_plain_number), Field(ge=0, le=Decimal(10**12))]
FilterDay = Annotated[Day, Field(ge=date(1970, 1, 1), le=date(9998, 12, 31))]


class LeadFilters(BaseModel):
    """Several values of one filter are separated by commas, and any of them fits; all filters given must fit."""

    status: Statuses | None = None
    stage: Stages | None = None
    channel: Annotated[Names, _listed("whatsapp,telegram")] | None = None
    assignee_id: Annotated[Names, _listed("me,none")] | None = Field(
        default=None, description="Ids of users, `me`, `none` for leads that are nobody's"
    )
    tag: Annotated[Names, _listed("семья")] | None = Field(default=None, description="A comma of a tag's own is `\\,`")
    q: str | None = Field(
        default=None, max_length=200, description="Words of the name, phone (also its last digits), e-mail or trip"
    )
    created_from: FilterDay | None = Field(default=None, description="The first day, by the office's clock")
    created_to: FilterDay | None = Field(default=None, description="The last day")
    trip_from: FilterDay | None = Field(default=None, description="The trip begins on this day or later")
    trip_to: FilterDay | None = Field(default=None, description="The trip begins on this day or earlier")
    value_from: Amount | None = None
    value_to: Amount | None = None
    hot: bool = Field(default=False, description=f"Open, with a score of {HOT} or more")
    unanswered: bool = Field(default=False, description="Open, and the customer waits for an answer")
    overdue: bool = Field(default=False, description="Open, and the next action is overdue")
    archived: bool = Field(default=False, description="The archived leads instead of the others")
    closed_days: int | None = Field(
        default=None,
        ge=1,
        le=LONGEST_WINDOW,
        description="Of closed leads those that were closed in so many days; without it the board and its columns have"
        " those of the office's settings, and other lists have all",
    )

    @model_validator(mode="before")
    @classmethod
    def _an_empty_field_is_none(cls, given: Any) -> Any:
        if isinstance(given, Mapping):
            return {name: value for name, value in given.items() if value not in ("", None)}
        return given

    @classmethod
    def of_address(cls, given: Mapping[str, str]) -> LeadFilters:
        """Of an address that people see and keep: what no longer fits is left out instead of refused."""
        known = {name: value for name, value in given.items() if name in LeadFilters.model_fields}
        try:
            return cls.model_validate(known)
        except ValidationError as error:
            wrong = {str(item["loc"][0]) for item in error.errors() if item["loc"]}
            return cls.model_validate({name: value for name, value in known.items() if name not in wrong})


def on_board(ctx: Context, viewer: Viewer, filters: LeadFilters, closed_days: int) -> list[Where]:
    """The conditions upon a board whose columns say themselves where leads stand. `closed_days`: unless given."""
    days = None if filters.archived else filters.closed_days or closed_days
    return [*_asked(ctx, viewer, filters, days), *visible_leads(viewer)]


def on_leads(ctx: Context, viewer: Viewer, filters: LeadFilters, *, wherever: bool = False) -> list[Where]:
    """The conditions upon all leads; `wherever`: archived or not, unless the filters say it."""
    where = _asked(ctx, viewer, filters, filters.closed_days)
    if filters.archived:
        stages = [stage.value for stage in Stage if not filters.status or STATUS_OF[stage] in filters.status]
        where = [part for part in where if part[0] != "status"]
        where += [("status", "eq", ARCHIVED), *([("stage", "in", stages)] if filters.status else [])]  # type: ignore[list-item]
    elif not filters.status and not wherever:
        where.append(("status", "ne", ARCHIVED))
    return [*where, *visible_leads(viewer)]


def _asked(ctx: Context, viewer: Viewer, filters: LeadFilters, closed_days: int | None) -> list[Where]:
    where: list[Where] = []
    for name in ("status", "stage", "channel"):
        if values := getattr(filters, name):
            where.append((name, "in", [str(value) for value in values]))
    if filters.assignee_id:
        where.append(("assignee_id", "in", [_assignee(viewer, name) for name in filters.assignee_id]))
    if filters.tag:
        where.append(("tags", "holds", tags.spelled(ctx.store, filters.tag)))
    if filters.q and filters.q.strip():
        where.append(_found(needle(filters.q)))
    now = ctx.clock.now()
    if closed_days:
        where.append(("closed_at", "since", now - timedelta(days=closed_days)))
    return [*where, *_between(ctx, filters), *_flags(filters, now)]


def _found(words: str) -> Where:
    """What holds these words; signs that are in no search text («%») are found nowhere."""
    return ("search_text", "has", words) if search_words(words) else ("id", "eq", "")


def _assignee(viewer: Viewer, name: str) -> str | None:
    return {"me": viewer.id, "none": None}.get(name, name)


def _between(ctx: Context, filters: LeadFilters) -> Iterable[Where]:
    if filters.created_from:
        yield "created_at", "gte", _midnight(ctx, filters.created_from)
    if filters.created_to:
        yield "created_at", "lt", _midnight(ctx, filters.created_to + timedelta(days=1))
    if filters.trip_from:
        yield "trip_from", "gte", filters.trip_from.isoformat()
    if filters.trip_to:
        yield "trip_from", "lte", filters.trip_to.isoformat()
    if filters.value_from is not None:
        yield "value_minor", "gte", int(filters.value_from * 100)
    if filters.value_to is not None:
        yield "value_minor", "lte", int(filters.value_to * 100)


def _midnight(ctx: Context, day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=ctx.zone)


def _flags(filters: LeadFilters, now: datetime) -> Iterable[Where]:
    if filters.hot:
        yield "score", "gte", HOT
    if filters.unanswered:
        yield "waiting_since", "ne", None
    if filters.overdue:
        yield "next_action_at", "lt", now
    if filters.hot or filters.unanswered or filters.overdue:
        yield "closed_at", "eq", None


_FORMATTED = re.compile(r"[\d\s()+.–-]{4,}")


def needle(words: str) -> str:
    """What is looked for: a phone, however it is written, by the digits that it is kept with."""
    digits = re.sub(r"\D", "", words)
    if not _FORMATTED.fullmatch(words.strip()) or len(digits) < 4:
        return words
    return digits[1:] if len(digits) == 11 and digits[0] in "78" else digits
