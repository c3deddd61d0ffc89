"""REST of the settings: how the office works with its board."""

from __future__ import annotations

from typing import Annotated

from flask import jsonify
from pydantic import Field

from crystalbay.api.blueprint import api
from crystalbay.api.guard import Answer, allowed, me
from crystalbay.api.shapes import Given, Line
from crystalbay.errors import Invalid
from crystalbay.services import settings
from crystalbay.services.settings import Limit, Visibility, Workplace
from crystalbay.web.wiring import context
from models import Stage, Status


class SettingsOut(Workplace):
    """How the office works with its board."""


class SettingsPatch(Given):
    """What to set; a list or table is replaced as a whole."""

    visibility: Visibility | None = Field(
        default=None, description="Which leads a manager sees; administrators, heads and observers see all"
    )
    limits: dict[Status, Limit] | None = Field(
        default=None, description="How many leads a column should hold at most", examples=[{"in_progress": 12}]
    )
    stage_limits: dict[Stage, Limit] | None = Field(
        default=None, description="The same of the nine stages", examples=[{"tour_selection": 8}]
    )
    loss_reasons: list[Annotated[Line, Field(max_length=100)]] | None = Field(
        default=None, min_length=1, max_length=50, description="What may be chosen when a lead is lost"
    )
    closed_days: Annotated[int, Field(ge=1, le=3650, strict=True)] | None = Field(
        default=None, description="How many days of closed leads the board shows"
    )


@api.get("/settings")
@allowed("leads:read", "settings", HTTP_200=SettingsOut)
def show_settings() -> Answer:
    """The settings of the board

    With defaults for what was never set."""
    return jsonify(settings.read(context().store).model_dump(mode="json"))


@api.patch("/settings")
@allowed("settings", "settings", HTTP_200=SettingsOut)
def change_settings(json: SettingsPatch) -> Answer:
    """Change settings of the board

    Administrators and heads only. What is not named stays."""
    sets = {name: getattr(json, name) for name in json.model_fields_set}
    for name, value in sets.items():
        if value is None:
            raise Invalid(name, "cannot be null")
    if not sets:
        raise Invalid("body", "name at least one setting to change")
    return jsonify(settings.change(context().store, me(), sets).model_dump(mode="json"))
