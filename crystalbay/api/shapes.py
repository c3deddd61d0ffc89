"""The shapes of the REST API (DESIGN.md, "REST"), made of the domain's types; OpenAPI is made from them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from crystalbay.api.contacts import email_address, phone_number
from crystalbay.services.filters import Sort
from models import Money, Outcome, Stage, Status, TripRequest, no_nul, no_turns

Item = TypeVar("Item")


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), no_nul, no_turns]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40), no_nul, no_turns]
Words = Annotated[str, StringConstraints(min_length=1, max_length=10_000), no_nul]
Version = Annotated[int, Field(ge=1, strict=True)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), no_nul, no_turns]
Phone = Annotated[str, StringConstraints(max_length=40), AfterValidator(phone_number)]
Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(email_address)]


class Given(BaseModel):
    """A body: an unknown field is an error that names it."""

    model_config = ConfigDict(extra="forbid")


# --------------------------------------------------------------------------- answers


class Person(BaseModel):
    id: str
    name: str | None
    phone: str | None
    email: str | None


class Staff(BaseModel):
    id: str
    name: str


class LeadOut(BaseModel):
    """A lead as every list, board and event shows it."""

    id: str
    number: int
    version: int
    stage: Stage
    status: Status = Field(description="Follows from the stage")
    archived: bool = Field(description="It stands in no column")
    outcome: Outcome | None
    lost_reason: str | None
    title: str
    customer: Person
    channel: str
    source: str
    external_id: str | None
    trip: dict[str, Any] = Field(description="What is known of the trip: slots of TripRequest, wishes, excluded")
    tags: list[str]
    score: int
    urgency: Literal["high", "normal", "low"]
    assignee: Staff | None
    value: Money | None
    unread: int
    next_action_at: datetime | None
    created_at: datetime
    updated_at: datetime
    position: float
    mode: Literal["bot", "human"]
    needs_human: str | None
    waiting_since: datetime | None
    last_message_at: datetime | None
    score_reasons: list[str]
    evidence: dict[str, str] = Field(
        description="Where each slot of the trip is from: the customer's words, or the name of who corrected it"
    )
    confirmed: list[str] = Field(description="Slots of the trip that a person corrected or confirmed")
    category: str | None


class MadeFor(Person):
    """The customer of a new lead; if you did not see him before, only what you sent of him."""

    id: str | None = Field(description="Null when you may not see the lead")  # type: ignore[assignment]


class MadeLeadOut(LeadOut):
    """A new lead."""

    customer: MadeFor


class Page(BaseModel, Generic[Item]):
    """A page of a list; `next_cursor` is null on the last one."""

    items: list[Item]
    next_cursor: str | None


class LeadPage(Page[LeadOut]):
    pass


class CustomerRef(BaseModel):
    id: str


class ConversationOut(BaseModel):
    id: str
    customer: CustomerRef
    lead_id: str
    channel: str
    external_chat_id: str
    mode: Literal["bot", "human"]
    unread: int
    last_message_at: datetime | None
    answerable: bool
    blocked_at: datetime | None = Field(description="Since when the customer lets nothing through; null: he does")


class ConversationPage(Page[ConversationOut]):
    pass


class MessageOut(BaseModel):
    id: str
    conversation_id: str
    lead_id: str
    direction: Literal["in", "out"]
    author: Literal["customer", "bot", "manager", "system"]
    author_name: str | None
    text: str
    note: str | None
    attachments: list[dict[str, Any]]
    choices: list[dict[str, Any]]
    offers: list[dict[str, Any]]
    state: str
    error: str | None
    external_id: str | None
    reply_to: str | None
    edited_at: datetime | None
    deleted_at: datetime | None
    created_at: datetime
    version: int
    tap: dict[str, Any] | None = Field(
        description="Of the customer's: the button that was pressed (`act`), or the `album` that it belongs to"
    )
    buttons: list[str] = Field(description="What else the customer could tap under it, beside `choices`")
    replaced: bool = Field(description="A later message stands in its place in the customer's chat")


class MessagePage(Page[MessageOut]):
    """Messages from old to new; the cursor leads to older ones."""


class FieldError(BaseModel):
    field: str
    message: str


class ChangedMeanwhile(BaseModel):
    """What somebody else changed of that which you wanted to change."""

    by: str | None = Field(description="Who it was, if a person, a key or the machine did it")
    at: datetime
    fields: list[str]


class Other(BaseModel):
    id: str
    name: str | None


class ProblemOut(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    request_id: str | None
    detail: str | None = None
    code: str | None = Field(default=None, description="400: `csrf` when the page's token is not of this session")
    errors: list[FieldError] | None = Field(default=None, description="422: what is wrong with which field")
    current: dict[str, Any] | None = Field(default=None, description="409: what it is now")
    changed: ChangedMeanwhile | None = Field(default=None, description="409: what was changed after your version")
    other: Other | None = Field(
        default=None, description="422: the customer who has this phone or e-mail already; null: you may not know"
    )


class ImportedRow(BaseModel):
    row: int = Field(description="Position in the list, from 0")
    result: Literal["created", "duplicate", "invalid"]
    external_id: str | None
    id: str | None
    number: int | None
    errors: list[FieldError]


class ImportOut(BaseModel):
    created: int
    duplicate: int
    invalid: int
    rows: list[ImportedRow]


class AcceptedOut(BaseModel):
    """A request that is kept and will be done when the store is back."""

    status: Literal["accepted", "waiting"]
    url: str = Field(description="Ask here how it went: waiting, then the answer row by row, for two days")


# --------------------------------------------------------------------------- bodies


class Inquiry(Given):
    """Who asks for what. A phone or e-mail that is known joins it to that customer."""

    source: Line = Field(default="api", description="Where it comes from; unique together with external_id")
    external_id: Line | None = None
    name: Line | None = None
    phone: Phone | None = Field(default=None, examples=["+7 999 123-45-67"])
    email: Email | None = Field(default=None, examples=["anna@example.com"])
    message: Words | None = Field(default=None, description="What the customer wrote, understood into the trip")
    trip: TripRequest | None = None
    tags: list[Tag] = Field(default_factory=list, max_length=50)
    utm: dict[Line, Line] | None = Field(default=None, max_length=20)

    @model_validator(mode="after")
    def _about_somebody(self) -> Self:
        if not (self.name or self.phone or self.email or self.message or self.external_id or self.trip):
            raise ValueError("give at least one of name, phone, email, message, trip, external_id")
        return self


class LeadIn(Inquiry):
    """A new lead."""

    channel: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,32}$")] = "api"
    value: Money | None = None
    assignee_id: Line | None = None


class ImportIn(Inquiry):
    """A lead of an outside system."""

    source: Line = Field(default="import", description="The system; unique together with external_id")


MOST_ROWS = 1000
ImportBody = ImportIn | Annotated[list[ImportIn], Field(max_length=MOST_ROWS)]


class LeadPatch(Given):
    """Fields to set; `version` is the one you saw. Newer changes of other fields do not hinder."""

    version: Version
    trip: TripRequest | None = Field(default=None, description="The whole trip; what differs counts as confirmed")
    confirmed: list[Literal[*TripRequest.model_fields]] | None = Field(  # type: ignore[valid-type]
        default=None,
        max_length=len(TripRequest.model_fields),
        description="All slots that a person stands for: the machine leaves them until the customer says otherwise",
    )
    tags: list[Tag] | None = Field(default=None, max_length=50)
    assignee_id: Line | None = None
    value: Money | None = None
    urgency: Literal["high", "normal", "low"] | None = None


class MoveIn(Given):
    """Where to: a column or a stage, on top, or beside a card that stands there."""

    version: Version
    status: Status | None = None
    stage: Stage | None = None
    before_id: Line | None = Field(default=None, description="The card that will stand below")
    after_id: Line | None = Field(default=None, description="The card that will stand above")
    sort: Sort = Field(default="manual", description="How the board is sorted: unless by hand, places stay as they are")
    outcome: Outcome | None = None
    reason: Reason | None = None


class MessageIn(Given):
    """A manager's answer to the customer."""

    text: Annotated[str, StringConstraints(max_length=10_000), no_nul] = Field(
        default="", description="May be empty beside files", examples=["Добрый день! Подобрала три варианта"]
    )
    reply_to: Line | None = Field(default=None, description="The provider's id of the message that is quoted")
    attachments: list[Line] = Field(
        default_factory=list, max_length=10, description="Ids of uploads; each goes out as a message of its own"
    )


class MessagePatch(Given):
    """A message of ours in other words."""

    text: Annotated[str, StringConstraints(max_length=10_000), no_nul] = Field(
        description="May be empty under a file", examples=["Вылет в 9:40, а не в 9:20"]
    )


# --------------------------------------------------------------------------- queries


class PageQuery(BaseModel):
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=500)


class ConversationQuery(PageQuery):
    lead_id: str | None = Field(default=None, max_length=64)
