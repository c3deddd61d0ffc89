"""One webhook body → channel events (contract section 7)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from crystalbay.wazzup.fields import BadField, a_moment, an_id, an_object, clean, failure_words
from crystalbay.wazzup.messages import OUTGOING_STATES, read_message
from models import AccountChanged, ChannelEvent, DeliveryReport, MessageState, Unreadable

_ACCOUNTS = "channelsUpdates"
_Reader = Callable[[Any, datetime], ChannelEvent | None]

# Known, and nothing for the inbox: the registration probe; and what is switched off at registration, because it
# would have to be answered with an entity (createContact, createDeal) or tells nothing about a customer.
_NO_EVENTS = ("test", "createContact", "createDeal", "templateStatus")


def read_body(body: bytes, now: datetime) -> list[ChannelEvent]:
    """All events of a body, in its order: messages, statuses, account changes.

    An element that cannot be read becomes `Unreadable` and costs its neighbours nothing.
    Raises ValueError when the body is no JSON object, or is nested beyond reason.
    """
    try:
        return _events(json.loads(body), now)
    except RecursionError:
        raise ValueError("the body is nested too deeply") from None


def _events(value: Any, now: datetime) -> list[ChannelEvent]:
    document = clean(value)
    if not isinstance(document, dict):
        raise ValueError("the body is not a JSON object")
    if document and not any(key in document for key in (*_READERS, *_NO_EVENTS)):
        return [Unreadable("no known kind of event", document)]
    if _ACCOUNTS in document:
        document[_ACCOUNTS] = _without_data_urls(document[_ACCOUNTS])
    return [event for key, reader in _READERS.items() for event in _read_list(key, document.get(key), reader, now)]


def _read_list(key: str, elements: Any, reader: _Reader, now: datetime) -> Iterator[ChannelEvent]:
    if elements is None:
        return
    if not isinstance(elements, list):
        yield Unreadable(f"{key} is not a list", elements)
        return
    for element in elements:
        try:
            event = reader(element, now)
        except BadField as error:
            yield Unreadable(f"{key}: {error}", element)
        else:
            if event is not None:
                yield event


def _without_data_urls(value: Any) -> Any:
    """Account updates without pictures: one of them may be the QR code under another name."""
    if isinstance(value, str):
        return "…" if value.lstrip().casefold().startswith("data:") else value
    if isinstance(value, list):
        return [_without_data_urls(item) for item in value]
    if isinstance(value, dict):
        return {key: _without_data_urls(item) for key, item in value.items()}
    return value


def _read_status(element: Any, now: datetime) -> DeliveryReport | None:
    status = an_object(element, "status")
    external_id = an_id(status, "messageId", 200)
    word = an_id(status, "status", 32).casefold()
    if word == "edited":
        return None  # carries no text: the edited message itself comes among `messages`
    if word not in OUTGOING_STATES:
        raise BadField("status is not one of sent, delivered, read, error, edited")
    state = OUTGOING_STATES[word]
    error = failure_words(status) if state is MessageState.FAILED else None
    return DeliveryReport(external_id, state, a_moment(status, "timestamp", now), error)


def _read_account(element: Any, now: datetime) -> AccountChanged:
    update = an_object(element, "channel update")
    state = an_id(update, "state", 32)
    return AccountChanged(
        account=an_id(update, "channelId", 100),
        active=state.casefold() == "active",
        state=state,
        at=a_moment(update, "timestamp", now),
    )


_READERS: dict[str, _Reader] = {"messages": read_message, "statuses": _read_status, _ACCOUNTS: _read_account}
