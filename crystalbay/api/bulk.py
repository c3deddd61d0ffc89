"""REST of acts upon many leads, and of taking them back."""

from __future__ import annotations

from typing import Annotated, Any, Self

from flask import jsonify
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from crystalbay.api.blueprint import api
from crystalbay.api.guard import Answer, allowed, me
from crystalbay.api.idempotency import answered, claim, finish, key_of_request, new_key
from crystalbay.api.shapes import Given, Line, Reason, Tag
from crystalbay.services import board, bulk, tags
from crystalbay.services.bulk_plans import Action, Asked
from crystalbay.services.filters import LeadFilters
from crystalbay.web.sentences import to_reader
from crystalbay.web.wiring import context
from models import Moment, Outcome, Stage, Status, no_nul

_NEEDS: dict[str, tuple[str, ...]] = {
    "move": ("status", "stage", "outcome", "reason"),
    "assign": ("assignee_id",),
    "tags": ("add_tags", "remove_tags"),
    "remind": ("remind_at", "remind_text"),
    "archive": (),
    "restore": (),
}
_TAGS = Annotated[list[Tag], Field(max_length=tags.MOST)]


class Chosen(LeadFilters):
    """The leads that a board with these filters shows. An unknown filter is an error that names it."""

    model_config = ConfigDict(extra="forbid")


class BulkIn(Given):
    """Which leads, by `ids` or by `filters`, and what to do with them."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"filters": {"tag": "семья"}, "action": "move", "status": "in_progress"}]}
    )

    ids: list[Line] | None = Field(default=None, min_length=1, max_length=bulk.MOST)
    filters: Chosen | None = None
    action: Action
    status: Status | None = None
    stage: Stage | None = None
    outcome: Outcome | None = Field(default=None, description="Needed to close")
    reason: Reason | None = Field(default=None, description="Needed to close as lost")
    assignee_id: Line | None = Field(default=None, description="Null takes the leads from everybody")
    add_tags: _TAGS = Field(default_factory=list)
    remove_tags: _TAGS = Field(default_factory=list)
    remind_at: Moment | None = Field(default=None, examples=["2026-06-04T14:00:00+03:00"])
    remind_text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), no_nul] | None = None

    @model_validator(mode="after")
    def _means_something(self) -> Self:
        if (self.ids is None) is (self.filters is None):
            raise ValueError("give either ids or filters")
        given = {name for name in self.model_fields_set if name not in ("ids", "filters", "action")}
        known = _NEEDS[self.action]
        if strange := sorted(name for name in given if name not in known and getattr(self, name) not in (None, [])):
            raise ValueError(f"{self.action} knows no {strange[0]}; it knows {', '.join(known) or 'nothing more'}")
        if self.action == "move" and (self.status is None) is (self.stage is None):
            raise ValueError("move needs either status or stage")
        if self.action == "assign" and "assignee_id" not in given:
            raise ValueError("assign needs assignee_id, which may be null")
        if self.action == "tags" and not (self.add_tags or self.remove_tags):
            raise ValueError("tags needs add_tags or remove_tags")
        if self.action == "remind" and self.remind_at is None:
            raise ValueError("remind needs remind_at")
        return self


class FailureOut(BaseModel):
    """A lead that was left as it is."""

    id: str
    number: int | None
    name: str | None = Field(description="The customer's name or phone")
    reason: str = Field(description="Why, in words for a person")


class BulkOut(BaseModel):
    """`done`: how many leads are as asked now."""

    act_id: str = Field(description="For taking it back, within an hour")
    done: int
    failed: list[FailureOut]


@api.post("/leads/bulk")
@allowed("leads:write", "bulk", HTTP_200=BulkOut)
def bulk_act(json: BulkIn) -> Answer:
    """Do something with many leads

    At most 1,000: `move`, `assign`, `tags`, `remind`, `archive`, `restore`. What fails is named; the others are done.
    Under the same `Idempotency-Key` a request that was cut off goes on where it was."""
    ctx, viewer = context(), me()
    given = key_of_request(viewer)
    said = answered(ctx.store, given) if given else None
    if said is None:
        ids, asked = _ids(json), bulk.checked(ctx, _asked(json))  # what is refused claims no key
        said = claim(ctx.store, given) if given else None
    if said is None:
        answer = bulk.act(ctx, viewer, ids, asked, (given or new_key(viewer)).id_of(0))
        if given:
            finish(ctx.store, given, answer, 200)
        return jsonify(_shown(answer))
    return jsonify(_shown(said[0]))


def _ids(body: BulkIn) -> list[str]:
    if body.filters is None:
        return list(dict.fromkeys(body.ids or ()))
    ctx = context()
    return bulk.chosen(ctx, me(), body.filters, board.rules_of(ctx).closed_days)


def _asked(body: BulkIn) -> Asked:
    fields: dict[str, Any] = {name: getattr(body, name) for name in Asked.__dataclass_fields__}
    return Asked(**fields | {"remind_text": body.remind_text or ""})


@api.post("/leads/bulk/<act_id>/undo")
@allowed("leads:write", "bulk", HTTP_200=BulkOut)
def bulk_undo(act_id: str) -> Answer:
    """Take an act back

    Leads that somebody changed since, or that you do not see any more, stay as they are and are listed.
    Whoever did it may, and administrators, within an hour; asked again it is answered the same."""
    return jsonify(_shown(bulk.undo(context(), me(), act_id)))


def _shown(answer: dict[str, Any]) -> dict[str, Any]:
    """With the reasons in the reader's language."""
    return answer | {"failed": [one | {"reason": to_reader(one["reason"])} for one in answer["failed"]]}
