"""Watching Wazzup24: the honest 30-second job (its contract, section 9) and the registration of our webhook.

Messages cannot be polled. What can be done: finish what is stored but unprocessed, see that the registered address is
still ours and the accounts are alive, and compare the unanswered counters with our newest message: a loss detector.
"""

from __future__ import annotations

from datetime import timedelta

import structlog

from crystalbay.errors import PermanentError, ProviderError, TransientError
from crystalbay.services.context import Context
from crystalbay.services.handover import tell
from crystalbay.services.health import observe, observed
from crystalbay.services.outage import IMPORT
from crystalbay.services.work import new_job
from crystalbay.store.interface import Change
from wazzup_integration import WazzupClient

log = structlog.get_logger(__name__)

WEBHOOK, ACCOUNT, LOSS = "wazzup.webhook", "account:", "wazzup.loss"
OVERDUE = timedelta(seconds=60)
LOSS_MARGIN = timedelta(minutes=2)


def webhook_address(ctx: Context) -> str:
    """Where Wazzup24 should deliver; empty without PUBLIC_URL."""
    if not ctx.settings.public_url:
        return ""
    return f"{ctx.settings.public_url}/webhooks/wazzup/{ctx.settings.wazzup_api_secret.get_secret_value()}"


def register(ctx: Context) -> list[Change]:
    """Make our address the registered one. A job, for Wazzup24 calls us back before it answers."""
    client, address = ctx.wazzup, webhook_address(ctx)
    if client is None or not address:
        return []
    registered = client.webhook()
    if registered.address != address or not registered.messages_and_statuses:
        client.register_webhook(address)
        log.info("wazzup.registered")
    return observe(ctx, WEBHOOK, {"ok": True, "state": "registered"})


def not_registered(ctx: Context, error: str) -> list[Change]:
    """Registration was given up: said loudly, because nothing will arrive."""
    seen = {"state": "not_registered", "error": error}
    return [*observe(ctx, WEBHOOK, {"ok": False} | seen), tell("integration", **seen)]


def watch(ctx: Context, *, full: bool) -> list[Change]:
    """One tick. `full`: also ask Wazzup24 itself, which is done every few minutes only."""
    changes = _unprocessed(ctx)
    if ctx.wazzup is None or not full:
        return changes
    try:
        return [*changes, *_address(ctx, ctx.wazzup), *_accounts(ctx, ctx.wazzup), *_losses(ctx, ctx.wazzup)]
    except ProviderError as error:
        return [*changes, *observe(ctx, WEBHOOK, {"ok": False, "state": "no_answer", "error": str(error)})]


def _unprocessed(ctx: Context) -> list[Change]:
    """A raw row that nobody finished gets its job again, once an hour at most: the safety net after any accident."""
    now = ctx.clock.now()
    rows = ctx.store.find("inbox_events", [("state", "eq", "received"), ("created_at", "lt", now - OVERDUE)], limit=200)
    return [
        new_job(
            IMPORT if row["provider"] == IMPORT else "ingest",
            {"event_id": row["id"]},
            key=f"ingest:{row['provider']}",
            once=f"ingest:{row['id']}:{now:%m%d%H}",
        )
        for row in rows
    ]


def _address(ctx: Context, client: WazzupClient) -> list[Change]:
    """Another product may have taken the address over; it is not taken back unasked, but said loudly."""
    state, ours = client.webhook(), webhook_address(ctx)
    if not ours:
        seen = "no_address"
    elif state.address != ours:
        seen = "foreign_address"
    elif not state.messages_and_statuses:
        seen = "switched_off"
    else:
        return observe(ctx, WEBHOOK, {"ok": True, "state": "registered"})
    known = observed(ctx, WEBHOOK).get(WEBHOOK, {})
    told = [] if known.get("state") == seen else [tell("integration", state=seen)]
    return [*observe(ctx, WEBHOOK, {"ok": False, "state": seen}), *told]


def _accounts(ctx: Context, client: WazzupClient) -> list[Change]:
    """The state of each account; a person is told when one stops working."""
    before = observed(ctx, ACCOUNT)
    changes: list[Change] = []
    for account in client.channels():
        name = f"{ACCOUNT}{account.channel_id}"
        data = {"active": account.active, "state": account.state, "transport": account.transport}
        changes += observe(ctx, name, data)
        if not account.active and before.get(name, {}).get("active", True):
            said = {"account": f"{account.transport} {account.plain_id}", "account_state": account.state}
            changes.append(tell("integration", state="account", **said))
    return changes


def _losses(ctx: Context, client: WazzupClient) -> list[Change]:
    """A counter that knows a later message than we do: messages may be missing, and no API can fetch them."""
    try:
        latest = [client.unanswered(user.id).last_message_at for user in client.users()]
    except PermanentError as error:
        return observe(ctx, LOSS, {"ok": True, "state": "no_counters", "error": error.code or str(error)})
    except TransientError:
        return []
    theirs = max((moment for moment in latest if moment), default=None)
    newest = ctx.store.find("messages", [("direction", "eq", "in"), ("provider", "eq", "wazzup")], limit=1, desc=True)
    ours = newest[0]["sent_at"] or newest[0]["created_at"] if newest else None
    if theirs is None or (ours is not None and theirs <= ours + LOSS_MARGIN):
        return observe(ctx, LOSS, {"ok": True, "state": "complete"})
    seen = {"state": "loss", "at": theirs.isoformat()}
    known = observed(ctx, LOSS).get(LOSS, {})
    told = [] if known.items() >= seen.items() else [tell("integration", **seen)]
    return [*observe(ctx, LOSS, {"ok": False} | seen), *told]
