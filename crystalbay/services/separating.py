"""Merged customers are taken apart again.

- Back go the identities, chats and leads that the merge moved, as far as they are still where it put them. What the
  kept customer has got since stays with him.
- A chat and its lead stay together: a lead that began later, in chats that all go back, goes with them; a chat that
  has come to a lead of the kept customer's stays there; a chat of his own that has come to a lead which goes back
  gets the lead that catches for him, or a new one.
- Each of the two has one lead that catches what he begins anew: the one that caught before the merge, if it is open.
- A field is what it was before the merge, unless somebody has changed it since.

Like the merge it is one commit, may be asked for twice, and conflicts with what comes meanwhile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from crystalbay.errors import Conflict, NotFound, StoreError
from crystalbay.services import customer_cards, customers, leads
from crystalbay.services.activities import activity
from crystalbay.services.context import Context
from crystalbay.services.holdings import Holder, as_read, given, leads_of, told
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import Change, Insert, Row, Update, UpdateWhere, Where
from models import Stage


def unmerge(ctx: Context, viewer: Viewer, kept_id: str, merge_id: str) -> dict[str, Any]:
    """Undo a merge. Answers the customer who was kept, as he is now; also when it was done before.

    Raises NotFound; VersionConflict when the kept one was merged into somebody else, which is to be undone first.
    """
    viewer.require("leads:write")
    for _ in range(leads.RETRIES):
        kept = customer_cards.to_change(ctx, viewer, kept_id)
        merges = ctx.store.find("merges", [("id", "eq", merge_id), ("kept_id", "eq", kept_id)], limit=1)
        if not merges:
            raise NotFound("no such merge")
        if not merges[0]["undone_at"]:
            try:
                ctx.store.commit(_separated(ctx, viewer, Holder.read(ctx.store, kept), merges[0]))
            except Conflict:
                continue
        rows = ctx.store.find("customers", [("id", "eq", kept_id)], limit=1)
        return customer_cards.present(ctx, viewer, rows)[0]  # perhaps for the last time: his lead may have gone back
    raise StoreError("overtaken too often while customers were taken apart")


def _separated(ctx: Context, viewer: Viewer, held: Holder, merge: Row) -> list[Change]:
    data = merge["data"]
    other = ctx.store.find("customers", [("id", "eq", merge["merged_id"])], limit=1)[0]
    mine, back = _parted(held, other, data)
    kept, sets = _kept_now(ctx, viewer, mine, data)
    again = other | {"merged_into": None, "search_text": customers.searchable(other, back.identities)}
    kept_catches, back_catches = _catching(held, mine, data), _catching(held, back, data)
    strays = [chat for chat in mine.conversations if chat["lead_id"] in _ids(back.leads)]
    return [
        Update("customers", held.id, sets, expect=as_read(held.row)),
        Update("customers", other["id"], {n: again[n] for n in ("merged_into", "search_text")}, expect=as_read(other)),
        Update("merges", merge["id"], expect={"undone_at": None}, now={"undone_at": 0.0}),
        *(given("identities", row, other["id"]) for row in back.identities),
        *(given("conversations", row, other["id"]) for row in back.conversations),
        *leads_of(again, back.leads, back_catches),
        *leads_of(kept, mine.leads, kept_catches),
        *(_brought_home(ctx, viewer, kept, kept_catches, strays) if strays else []),
        *told("customer.unmerged", viewer, merge["id"], kept, other, held.leads),
    ]


def _ids(rows: Iterable[Row]) -> set[str]:
    return {row["id"] for row in rows}


def _parted(held: Holder, other: Row, data: Row) -> tuple[Holder, Holder]:
    """What stays and what goes back."""
    chats_in: dict[str, set[str]] = defaultdict(set)
    for chat in held.conversations:
        chats_in[chat["lead_id"]].add(chat["id"])
    moved = set(data["conversations"])
    leads_back = {
        lead["id"]
        for lead in held.leads
        if lead["id"] in data["leads"] or (chats_in[lead["id"]] and chats_in[lead["id"]] <= moved)
    }
    chats_back = {chat["id"] for chat in held.conversations if chat["id"] in moved and chat["lead_id"] in leads_back}
    identities_back = set(data["identities"])
    parts = ((held.identities, identities_back), (held.conversations, chats_back), (held.leads, leads_back))
    stays = [_split(rows, going, False) for rows, going in parts]
    goes = [_split(rows, going, True) for rows, going in parts]
    return Holder(held.row, *stays), Holder(other, *goes)


def _split(rows: list[Row], going: Collection[str], goes: bool) -> list[Row]:
    return [row for row in rows if (row["id"] in going) is goes]


def _kept_now(ctx: Context, viewer: Viewer, mine: Holder, data: Row) -> tuple[Row, Row]:
    """The kept customer after it, and the columns to set."""
    untouched = [name for name in data["before"] if mine.row[name] == data["after"][name]]
    fields = {name: data["before"][name] for name in untouched}
    sets = fields | {
        "search_text": customers.searchable(mine.row | fields, mine.identities),
        "changed": customers.changed(mine.row, fields, viewer.actor, ctx.clock.now()),
    }
    return mine.row | sets, sets


def _catching(held: Holder, part: Holder, data: Row) -> Row | None:
    """Which lead of a part catches: the one that does now, else the one that did before the merge, if it is open."""
    if held.catching in part.leads:
        return held.catching
    return next((lead for lead in part.leads if lead["id"] in data["catching"] and _open(lead)), None)


def _open(lead: Row) -> bool:
    return bool(lead["stage"] != Stage.COMPLETED and lead["status"] != "archived")


# --------------------------------------------------------------------------- chats that must not go along


def _brought_home(ctx: Context, viewer: Viewer, kept: Row, lead: Row | None, strays: list[Row]) -> list[Change]:
    """Chats of the kept customer in leads that go back: they go on in his own lead, with all that was said in them."""
    made: list[Change] = []
    if lead is None:
        lead = _new_lead(ctx, kept, strays[0])
        said = activity("lead.created", viewer.actor, lead_id=lead["id"], source=lead["source"], version=1)
        made = [Insert("leads", lead), said]
    for chat in strays:
        fresh: Row = {"lead_id": lead["id"], "state": {}, "waiting_for": None}
        guard = {name: chat[name] for name in ("lead_id", "unread")}
        there: tuple[Where, ...] = (("conversation_id", "eq", chat["id"]), ("lead_id", "eq", chat["lead_id"]))
        made.append(Update("conversations", chat["id"], fresh, expect=guard))
        made += [UpdateWhere(table, there, {"lead_id": lead["id"]}) for table in ("messages", "offers", "suggestions")]
        if chat["unread"]:
            made.append(Update("leads", chat["lead_id"], add={"unread": -chat["unread"]}))
            made.append(Update("leads", lead["id"], add={"unread": chat["unread"]}))
    return made


def _new_lead(ctx: Context, customer: Row, chat: Row) -> Row:
    return leads.lead_row(
        ctx.clock.now(),
        customer=customer,
        channel=chat["channel"],
        source=chat["provider"],
        mode=chat["mode"],
        last_message_at=chat["last_message_at"],
    )
