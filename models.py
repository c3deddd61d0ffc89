"""The domain's words: types, enums and invariants of DESIGN.md. Pure: no I/O, no framework but pydantic.

Everything that crosses a floor (channel → inbox → brain → tours → REST) is one of these types, so a
newcomer can read the product's vocabulary in one file. REST answers are made of the same types.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, Protocol

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    model_validator,
)

# --------------------------------------------------------------------------- the board


class Stage(StrEnum):
    """The nine steps of a sale, in order. `Stage` is the truth; `Status` is derived from it."""

    NEW_REQUEST = "new_request"
    CONSULTATION = "consultation"
    TOUR_SELECTION = "tour_selection"
    COMMERCIAL_OFFER = "commercial_offer"
    INTEGRATIONS = "integrations"
    PAID = "paid"
    ACCEPTED = "accepted"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"


class Status(StrEnum):
    """The five columns of the board, in order."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    PENDING = "pending"
    CONFIRMED = "confirmed"
    CLOSED = "closed"


STATUS_OF: dict[Stage, Status] = {
    Stage.NEW_REQUEST: Status.NEW,
    Stage.CONSULTATION: Status.IN_PROGRESS,
    Stage.TOUR_SELECTION: Status.IN_PROGRESS,
    Stage.COMMERCIAL_OFFER: Status.IN_PROGRESS,
    Stage.INTEGRATIONS: Status.PENDING,
    Stage.PAID: Status.PENDING,
    Stage.ACCEPTED: Status.CONFIRMED,
    Stage.CONFIRMED: Status.CONFIRMED,
    Stage.COMPLETED: Status.CLOSED,
}

FIRST_STAGE: dict[Status, Stage] = {}
for _stage, _status in STATUS_OF.items():
    FIRST_STAGE.setdefault(_status, _stage)


def stage_number(stage: Stage) -> int:
    """Position of a stage in the pipeline, 1 to 9."""
    return list(Stage).index(stage) + 1


def moved_forward(current: Stage, proposed: Stage) -> Stage:
    """The stage after the machine proposes one: it only ever moves a lead forward."""
    return proposed if stage_number(proposed) > stage_number(current) else current


class Outcome(StrEnum):
    WON = "won"
    LOST = "lost"


class Mode(StrEnum):
    """Who answers in a conversation."""

    BOT = "bot"
    HUMAN = "human"


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class Author(StrEnum):
    CUSTOMER = "customer"
    BOT = "bot"
    MANAGER = "manager"
    SYSTEM = "system"


class MessageState(StrEnum):
    """In: received → processed | failed. Out: scheduled → queued → sending → sent → delivered → read, or an end."""

    RECEIVED = "received"
    PROCESSED = "processed"
    FAILED = "failed"
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


_DELIVERY_ORDER = [
    MessageState.SCHEDULED,
    MessageState.QUEUED,
    MessageState.SENDING,
    MessageState.UNKNOWN,
    MessageState.SENT,
    MessageState.DELIVERED,
    MessageState.READ,
]


def delivery_advances(current: MessageState, reported: MessageState) -> bool:
    """May an outgoing message go from `current` to what the provider reports? Never a step back.

    A failure is final unless the provider later proves delivery; a `read` message cannot fail any more.
    """
    if reported is MessageState.FAILED:
        return current not in (MessageState.FAILED, MessageState.DELIVERED, MessageState.READ)
    if current in (MessageState.FAILED, MessageState.CANCELLED):
        return reported in (MessageState.DELIVERED, MessageState.READ)
    return _DELIVERY_ORDER.index(reported) > _DELIVERY_ORDER.index(current)


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    HEAD = "head"
    MANAGER = "manager"
    OBSERVER = "observer"


class JobState(StrEnum):
    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


# --------------------------------------------------------------------------- understanding (nlp/labels.md)


class Intent(StrEnum):
    """Exactly one per message; the order is the order of precedence (labels.md section 2)."""

    SPAM = "spam"
    SUPPORT_PROBLEM = "support_problem"
    CHANGE_OR_CANCEL = "change_or_cancel"
    HUMAN_REQUEST = "human_request"
    PAYMENT_QUESTION = "payment_question"
    BOOKING_REQUEST = "booking_request"
    BOOKING_STATUS = "booking_status"
    TOUR_SEARCH = "tour_search"
    GENERAL_QUESTION = "general_question"
    REFUSAL = "refusal"
    CONSENT_OR_CONFIRM = "consent_or_confirm"
    THANKS_OR_BYE = "thanks_or_bye"
    GREETING = "greeting"
    OTHER = "other"


class Urgency(StrEnum):
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class Sentiment(StrEnum):
    NEG = "neg"
    NEU = "neu"
    POS = "pos"


class Language(StrEnum):
    RU = "ru"
    EN = "en"
    KK = "kk"
    OTHER = "other"


CONTACT_SLOTS = frozenset({"phone", "email", "customer_name", "booking_number"})
"""Slots that describe the writer, not the trip: they go to the customer and are never part of a TripRequest."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """What one customer message says (labels.md section 1).

    `slots` is a delta: only what this message states or changes; a `None` value withdraws what was known.
    `evidence` quotes the words each slot came from; `confidence` is 0..1 per slot, plus the key `intent`.
    """

    intent: Intent
    slots: dict[str, Any] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)
    confidence: dict[str, float] = field(default_factory=dict)
    urgency: Urgency = Urgency.NORMAL
    sentiment: Sentiment = Sentiment.NEU
    language: Language = Language.RU
    wishes: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


Currency = Literal["RUB", "USD", "EUR", "KZT"]
Meal = Literal["RO", "BB", "HB", "FB", "AI", "UAI"]
_TURNS = dict.fromkeys(map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))


def without_turns(text: str) -> str:
    """Text of one line without the controls that turn the direction of writing: after U+202E all that stands behind a
    name would be read from right to left. Letters of such scripts need none."""
    return text.translate(_TURNS)


no_turns = BeforeValidator(lambda given: without_turns(given) if isinstance(given, str) else given)
"""The last of a type's annotations, so that lengths are those of what is left."""


def _no_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not contain NUL characters")
    return text


no_nul = AfterValidator(_no_nul)
"""PostgreSQL keeps no text with NUL in it."""

ShortText = Annotated[str, Field(min_length=1, max_length=200), no_nul, no_turns]


def _written(value: object) -> object:
    """A day or a moment in words: a number alone would be read as seconds since 1970."""
    if isinstance(value, int | float) or (isinstance(value, str) and not re.match(r"\d{4}-\d\d-\d\d", value)):
        raise ValueError("write it as 2026-06-10, a time as 2026-06-10T14:00:00+03:00")
    return value


def _without_time(value: object) -> object:
    if isinstance(value, str) and len(value) > len("2026-06-10"):
        raise ValueError("a day has no time: write it as 2026-06-10")
    return value


Day = Annotated[date, BeforeValidator(_without_time), BeforeValidator(_written)]
Moment = Annotated[AwareDatetime, BeforeValidator(_written)]
"""A time with its zone."""


class Model(BaseModel):
    """Base of the domain's structured types: immutable, and an unknown field is an error that names it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TripRequest(Model):
    """What the customer wants: the trip slots of labels.md plus wishes and exclusions. Unset slots are None."""

    departure_city: ShortText | None = None
    destination_country: ShortText | None = None
    destination_resort: ShortText | None = None
    destination_alternatives: list[ShortText] | None = Field(default=None, max_length=20)
    hotel_name: ShortText | None = None
    date_from: Day | None = None
    date_to: Day | None = None
    nights_min: int | None = Field(default=None, ge=1, le=90)
    nights_max: int | None = Field(default=None, ge=1, le=90)
    adults: int | None = Field(default=None, ge=1, le=50)
    children: list[Annotated[int, Field(ge=0, le=17)] | None] | None = Field(default=None, max_length=30)
    budget_min: Decimal | None = Field(default=None, ge=0, le=Decimal("1000000000"))
    budget_max: Decimal | None = Field(default=None, ge=0, le=Decimal("1000000000"))
    budget_currency: Currency | None = None
    budget_per: Literal["total", "person"] | None = None
    stars_min: int | None = Field(default=None, ge=1, le=5)
    meal: Meal | None = None
    wishes: list[ShortText] = Field(default_factory=list, max_length=30)
    excluded: list[ShortText] = Field(default_factory=list, max_length=30)

    @model_validator(mode="after")
    def _ordered(self) -> TripRequest:
        for low, high in (("date_from", "date_to"), ("nights_min", "nights_max"), ("budget_min", "budget_max")):
            first, last = getattr(self, low), getattr(self, high)
            if first is not None and last is not None and first > last:
                raise ValueError(f"{low} must not be after {high}: {first} > {last}")
        return self


TRIP_SLOTS = tuple(name for name in TripRequest.model_fields if name not in ("wishes", "excluded"))

MoneyAmount = Annotated[
    Decimal,
    Field(ge=0, max_digits=15, decimal_places=2),
    PlainSerializer(lambda amount: f"{amount:.2f}", return_type=str, when_used="json"),
]


class Money(Model):
    """An amount with its currency; the amount is exact and written with two decimals: "250000.00"."""

    amount: MoneyAmount
    currency: Currency


# --------------------------------------------------------------------------- tours


class SearchQuery(Model):
    """One supplier search, fully resolved to names the dictionaries know. Its `key` is what two askers share.

    `passed_over`: hotels (their keys) that this customer has seen and wants others than; `cheapest`: by price alone.
    `country` is empty when only a hotel was named: the supplier's dictionary says where it is.
    """

    departure_city: str
    country: str
    resorts: tuple[str, ...] = ()
    hotel_name: str | None = None
    date_from: date
    date_to: date
    nights_min: int
    nights_max: int
    adults: int
    children: tuple[int, ...] = ()
    stars_min: int | None = None
    meal: Meal | None = None
    currency: Currency = "RUB"
    budget_max: Decimal | None = None
    passed_over: tuple[int, ...] = ()
    cheapest: bool = False


class OfferFacts(Model):
    """What everybody may know of one supplier price, with the time it was fetched.

    `price` is what SAMO's row converts to in the currency asked for; `native_price` is the tour's own money.
    """

    id: str
    hotel: str
    hotel_key: int
    stars: int | None
    resort: str
    country: str
    departure_city: str
    check_in: date
    check_out: date
    nights: int
    adults: int
    children: int
    room: str
    meal: str
    price: Money
    native_price: Money
    availability: Literal["available", "on_request", "none"]
    bookable: bool
    fetched_at: datetime


class Offer(OfferFacts):
    """An immutable snapshot of one supplier price. `claim` is the opaque CATCLAIM: it never leaves the server."""

    claim: str


# --------------------------------------------------------------------------- channels


@dataclass(frozen=True, slots=True)
class Chat:
    """Where a conversation lives. `provider` carries it (wazzup, telegram, …), `channel` is what the customer sees."""

    provider: str
    channel: str
    account: str
    chat_type: str
    chat_id: str

    @property
    def key(self) -> str:
        """One string that names the conversation for ever."""
        return ":".join((self.provider, self.account, self.chat_type, self.chat_id))


@dataclass(frozen=True, slots=True)
class Contact:
    name: str | None = None
    phone: str | None = None  # E.164, only when the channel proves it
    username: str | None = None


AttachmentKind = Literal["image", "audio", "video", "document", "sticker", "geo", "contact"]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file (or a place, or a contact card) that came with a message; `url` is where the provider keeps it."""

    kind: AttachmentKind
    url: str | None = None
    name: str | None = None


TapAct = Literal["answer", "day", "people", "want", "details", "more", "human", "back", "restart"]


@dataclass(frozen=True, slots=True)
class Tap:
    """A button under one of our messages that the customer pressed: what it does, the id of that message's row, and
    what was chosen (the number of a ready answer, a day, "2:5.9": two adults, children of 5 and 9)."""

    act: TapAct
    message_id: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press that the messenger shows as pending until it is answered: its id, and the message it is under."""

    id: str
    chat: Chat
    external_id: str


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A message from the customer, or (`echo`) one that left the agency's account by any way.

    `tap`: it is a button that he pressed; its words are those of the button. `album`: messages with the same one were
    sent together. `payload`: what the link carried by which he came. `sender`: the messenger's id of who wrote, which
    in a group is not that of the chat. `reply_to_us`: it answers a message of ours.
    """

    external_id: str
    chat: Chat
    sent_at: datetime
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    contact: Contact = Contact()
    echo: bool = False
    author_name: str | None = None  # of an echo, when a person wrote it
    note: str | None = None  # what a person should know: «пропущенный звонок», a comment's post …
    answerable: bool = True  # False in groups, comments and notices: stored and shown, never answered by the machine
    reply_to: str | None = None
    state: MessageState | None = None  # of an echo: how far it got
    error: str | None = None
    tap: Tap | None = None
    pressed: Pressed | None = None
    album: str | None = None
    payload: str = ""
    sender: str = ""
    reply_to_us: bool = False
    language: str | None = None  # the one that the messenger's app speaks: ru, en, pt-br


@dataclass(frozen=True, slots=True)
class KeyboardTurned:
    """The customer turned a page of the buttons under a message of ours: a month of the calendar, one person more.

    It is no message. `view`: which page, as the channel wrote it into the button.
    """

    pressed: Pressed
    message_id: str
    view: str


@dataclass(frozen=True, slots=True)
class StaffPressed:
    """Somebody of the office pressed a button under what the office was told. `data`: what the button holds."""

    pressed: Pressed
    sender: str
    data: str


@dataclass(frozen=True, slots=True)
class ChatBlocked:
    """The customer blocked us (or let us in again): nothing reaches him until then."""

    chat: Chat
    blocked: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class MessageEdited:
    external_id: str
    chat: Chat
    text: str


@dataclass(frozen=True, slots=True)
class MessageDeleted:
    external_id: str
    chat: Chat


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    external_id: str
    state: MessageState
    at: datetime
    error: str | None = None


@dataclass(frozen=True, slots=True)
class AccountChanged:
    """The provider says that one of our accounts (a WhatsApp number, …) changed its state."""

    account: str
    active: bool
    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Unreadable:
    """One element that could not be parsed. It is kept, shown, and can be run again."""

    reason: str
    raw: Any


ChannelEvent = (
    MessageReceived
    | MessageEdited
    | MessageDeleted
    | DeliveryReport
    | AccountChanged
    | KeyboardTurned
    | StaffPressed
    | ChatBlocked
    | Unreadable
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A ready answer that the customer may tap. Channels without buttons print it as text."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file that goes to the customer. `url`: where its provider fetches it, public while it is sent; `size` in bytes;
    `mime` by its content."""

    id: str
    url: str
    name: str
    mime: str
    size: int


@dataclass(frozen=True, slots=True)
class Card:
    """An offer as a channel with pictures shows it: a few lines, and the address of a photo when there is one."""

    offer: Offer
    title: str
    lines: tuple[str, ...]
    price: str
    for_whom: str
    photo: str | None = None

    @property
    def text(self) -> str:
        return "\n".join((self.title, *self.lines, f"{self.price} {self.for_whom}"))


@dataclass(frozen=True, slots=True)
class Cards:
    """Offers one below the other, with what is said before and after them. `more`: others may be asked for.

    `acts`: the buttons under each card.
    """

    before: str
    cards: tuple[Card, ...]
    after: str = ""
    more: bool = True
    acts: tuple[TapAct, ...] = ("want", "details")


Slot = Literal[
    "destination_country", "departure_city", "date_from", "nights_min", "adults", "children", "offer", "phone"
]


@dataclass(frozen=True, slots=True)
class Asks:
    """What a reply asks for, so that a channel with buttons can offer more than words: a calendar, steppers, the
    customer's own number. `adults` and `children`: what is known of the party. `back`: there is a step before it."""

    slot: Slot
    adults: int = 2
    children: tuple[int | None, ...] = ()
    back: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said: text, plus optional choices, offers and files. It knows no channel.

    `text` says all of it; `cards` is the same for a channel with pictures. Of a question that `asks` for a slot the
    choices are but shortcuts: its words can be answered without them. `replaces`: the id of a message of ours whose
    place it takes («ищу туры…»). `no_keyboard`: a keyboard that took the place of the letters goes away.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    offers: tuple[Offer, ...] = ()
    files: tuple[OutgoingFile, ...] = ()
    cards: Cards | None = None
    asks: Asks | None = None
    replaces: str | None = None
    no_keyboard: bool = False
    language: str = "ru"


@dataclass(frozen=True, slots=True)
class Part:
    """One outgoing message of a channel: a text, a file, or files with a caption where the messenger has those.

    `look`: how the channel shows it, plain data that is kept with the message's row and comes back when it is sent.
    """

    text: str = ""
    files: tuple[OutgoingFile, ...] = ()
    choices: tuple[Choice, ...] = ()
    offers: tuple[Offer, ...] = ()
    look: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class OutgoingPart:
    """A part on its way: `client_id` is the idempotency key that the provider may know.

    `replaces`: the provider's id of the message whose place it takes. `reply_to`: of the one that is quoted. `read`:
    the bytes of a file, by its id, for a provider that fetches nothing.
    """

    chat: Chat
    part: Part
    client_id: str
    by_machine: bool
    replaces: str | None = None
    reply_to: str | None = None
    read: Callable[[str], bytes] | None = None


class Channel(Protocol):
    """What every channel module implements. Pure: it knows its provider and these types, not Flask, not the store.

    `repeats_s`: how long a send may be repeated under its client id. `pace_s`: seconds between two messages of a chat.
    `buttons`: choices can be tapped, offers have pictures. `fetches`: it takes files by their public address. `edits`:
    what was sent can be changed and taken back.
    """

    name: str
    repeats_s: float
    pace_s: float
    buttons: bool
    fetches: bool
    edits: bool

    def verify(self, secret: str) -> bool:
        """Is this webhook call authentic? Constant-time."""

    def parse(self, body: bytes) -> list[ChannelEvent]:
        """All events of one webhook body. A bad element becomes `Unreadable`; no JSON at all raises ValueError."""

    def render(self, chat: Chat, reply: Reply) -> list[Part]:
        """The parts that say `reply` within this channel's limits: texts first, then a part for each file.

        Raises PermanentError, with words for a manager, for a file that the messenger does not take.
        """

    def wait(self) -> None:
        """Return when the provider's pace allows one more message. Raises TransientError instead of waiting long."""

    def send(self, outgoing: OutgoingPart) -> str | None:
        """Send one part; answers the provider's message id, or None when it was accepted earlier under this client id.

        Raises TransientError (`outcome_unknown` tells whether the provider may have accepted it) or PermanentError.
        """

    def file_url(self, source: str) -> str:
        """Where a file that came with a message can be fetched now. Raises PermanentError for one that may not be."""

    def typing(self, chat: Chat) -> None:
        """Show the customer that an answer is being written, where the messenger can. Returns at once, never raises."""


class EditingChannel(Channel, Protocol):
    """A channel with `edits`: what was sent can be changed and taken back. Both may be asked for again."""

    def edit(self, chat: Chat, external_id: str, message_id: str, part: Part) -> None:
        """Put `part` in the place of a message of ours, whose row is `message_id`.

        Raises TransientError, or PermanentError with words for a manager when the messenger does not let us.
        """

    def delete(self, chat: Chat, external_id: str) -> None:
        """Take a message of ours back; one that is gone already is no error. Raises like `edit`."""
