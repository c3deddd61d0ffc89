"""The tables: one SQLAlchemy MetaData is the truth from which the migrations of every backend are rendered.

Ids are UUIDs as text, made by the caller. Times are UTC. Money is an integer of minor units beside its currency.
JSON columns hold plain data. `version` is raised by every Update of a row.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from models import Status


def time_text(moment: datetime) -> str:
    """UTC with six fraction digits and Z: text that sorts as time does. Raises ValueError without a time zone."""
    if moment.tzinfo is not UTC:
        if moment.tzinfo is None:
            raise ValueError(f"a time without its zone: {moment}")
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="microseconds")[:26] + "Z"


class Time(TypeDecorator[datetime]):
    """An aware UTC moment; fixed-width ISO text on SQLite, read by `from_text`, timestamptz on PostgreSQL."""

    impl = String(27)
    cache_ok = True
    from_text = staticmethod(datetime.fromisoformat)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return DateTime(timezone=True) if dialect.name == "postgresql" else self.impl_instance

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else time_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else self.from_text(value)


class Json(TypeDecorator[Any]):
    """Plain data; text on SQLite, read by `from_text`, jsonb on PostgreSQL.

    Dates, Decimals, enums inside are made plain by the caller.
    """

    impl = Text
    cache_ok = True
    from_text = staticmethod(orjson.loads)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return JSONB() if dialect.name == "postgresql" else self.impl_instance

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else orjson.dumps(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else self.from_text(value)


STATUSES = tuple(status.value for status in Status)
"""The columns of the board, in order."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


_Serial = BigInteger().with_variant(Integer(), "sqlite")
"""A number that the database gives; SQLite numbers only an INTEGER key by itself."""

ONLY_POSTGRES = "only on PostgreSQL"
"""Mark of the tables that the embedded store does not need: `embedded_tables` leaves them out."""


def embedded_tables() -> list[Table]:
    """The tables of the embedded store, parents before children."""
    return [table for table in metadata.sorted_tables if ONLY_POSTGRES not in table.info]


ONLY = "only on"
"""Mark of an index that one kind of database needs: its name. PostgreSQL combines small indexes by itself, and a wide
one would slow every change of a row there."""


def indexes_of(table: Table, dialect: str) -> list[Index]:
    """The indexes of a table that this kind of database has, by name."""
    found = [index for index in table.indexes if index.info.get(ONLY, dialect) == dialect]
    return sorted(found, key=lambda index: str(index.name))


def _id() -> Column[str]:
    return Column("id", String(64), primary_key=True)


def _version() -> Column[int]:
    return Column("version", Integer, nullable=False, server_default="1")


def _ref(name: str, table: str, *, null: bool = False, index: bool = True) -> Column[str]:
    """`index` False: another index of the table begins with this column."""
    return Column(name, String(64), ForeignKey(f"{table}.id"), nullable=null, index=index)


def _created() -> Column[datetime]:
    return Column("created_at", Time, nullable=False)


users = Table(
    "users",
    metadata,
    _id(),
    _version(),
    Column("email", String(254), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("password_hash", String(200)),  # none until an invitation is accepted
    Column("active", Boolean, nullable=False, server_default="1"),
    Column("presence", String(8), nullable=False, server_default="here"),
    Column("language", String(2)),
    Column("preferences", Json),
    Column("last_seen_at", Time),
    Column("notices_read_at", Time),  # «Прочитать все»: older notices are read
    _created(),
    Column("telegram_id", String(40)),  # of the chat in which the manager is told, linked by a code
)

sessions = Table(
    "sessions",
    metadata,
    _id(),  # SHA-256 of what the cookie holds
    _ref("user_id", "users"),
    Column("address", String(64), nullable=False, server_default=""),
    Column("agent", String(300), nullable=False, server_default=""),
    Column("last_seen_at", Time, nullable=False),
    _created(),
)

user_links = Table(
    "user_links",
    metadata,
    _id(),  # SHA-256 of the token in the link
    _ref("user_id", "users"),
    Column("kind", String(10), nullable=False),
    Column("made_by", String(64)),
    Column("expires_at", Time, nullable=False),
    _created(),
    comment="Links of invitations (invite) and of new passwords (reset); a used one is deleted",
)

throttles = Table(
    "throttles",
    metadata,
    _id(),
    _version(),
    Column("misses", Integer, nullable=False),
    Column("since", Time, nullable=False),  # the first of these misses
    Column("last_at", Time, nullable=False),
    Index("ix_throttles_last", "last_at", "id"),
    comment="Misses at signing in, by account, by place and by both; ids are hashes, so no address stands here",
)

api_keys = Table(
    "api_keys",
    metadata,
    _id(),
    _version(),
    Column("name", String(200), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    Column("hint", String(8), nullable=False),
    Column("scopes", Json, nullable=False),
    Column("revoked_at", Time),
    _created(),
)

settings = Table("settings", metadata, _id(), _version(), Column("value", Json, nullable=False), _created())

customers = Table(
    "customers",
    metadata,
    _id(),
    _version(),
    Column("name", String(200)),
    Column("phone", String(20)),
    Column("email", String(254)),
    Column("language", String(8)),
    Column("merged_into", String(64)),
    Column("changed", Json),  # name, phone, email: at which version each was last changed, by whom and when
    Column("erased_at", Time),
    Column("search_text", Text, nullable=False, server_default=""),
    _created(),
)

identities = Table(
    "identities",
    metadata,
    _id(),
    _ref("customer_id", "customers"),
    Column("kind", String(32), nullable=False),
    Column("value", String(254), nullable=False),
    _created(),
    UniqueConstraint("kind", "value"),
)

_CLOSED = text("closed_at IS NOT NULL")

LEAD_FILTERS = (
    "status", "position", "id", "stage", "channel", "assignee_id", "tags", "score", "value_minor", "value_currency",
    "waiting_since", "next_action_at", "created_at", "updated_at", "closed_at", "trip_from",
)  # fmt: skip
"""What leads are filtered and sorted by. On SQLite one index holds it all: whichever filter, it is read from end to end
in some 10 ms at 100,000 leads, and no lead's row is touched but those shown (docs/decisions/0011-board-filters.md)."""

leads = Table(
    "leads",
    metadata,
    _id(),
    _version(),
    Column("number", Integer, nullable=False, unique=True),
    _ref("customer_id", "customers"),
    Column("open_key", String(64), unique=True),
    Column("stage", String(20), nullable=False),
    Column("machine_stage", String(20)),  # the furthest that the machine has moved it
    Column("status", String(20), nullable=False),  # the board's column; `archived`: in none
    Column("position", Float, nullable=False),
    Column("outcome", String(8)),
    Column("lost_reason", String(500)),
    Column("closed_at", Time),  # set in the column of closed leads alone
    Column("title", String(500), nullable=False, server_default=""),
    Column("channel", String(32), nullable=False),
    Column("source", String(100), nullable=False),
    Column("external_id", String(200)),
    Column("trip", Json, nullable=False),
    Column("trip_from", String(10)),  # the trip's date_from, for filters
    Column("evidence", Json, nullable=False),
    Column("confirmed", Json, nullable=False, server_default="[]"),  # slots of the trip that a person confirmed
    Column("utm", Json),
    Column("tags", Json, nullable=False),
    Column("category", String(40)),
    Column("score", Integer, nullable=False, server_default="0"),
    Column("score_reasons", Json, nullable=False),
    Column("urgency", String(8), nullable=False, server_default="normal"),
    Column("mode", String(8), nullable=False, server_default="bot"),
    Column("needs_human", String(40)),
    _ref("assignee_id", "users", null=True, index=False),
    Column("value_minor", BigInteger),
    Column("value_currency", String(3)),
    Column("unread", Integer, nullable=False, server_default="0"),
    Column("waiting_since", Time),
    Column("next_action_at", Time),
    Column("last_message_at", Time),
    Column("search_text", Text, nullable=False, server_default=""),
    _created(),
    Column("updated_at", Time, nullable=False),
    UniqueConstraint("source", "external_id"),
    Index("ix_leads_board", *LEAD_FILTERS, info={ONLY: "sqlite"}),
    Index("ix_leads_column", "status", "position", "id", info={ONLY: "postgresql"}),
    Index("ix_leads_stage", "stage", "position", "id", info={ONLY: "postgresql"}),
    Index(
        "ix_leads_closed",
        *("status", "closed_at", "position", "id", "assignee_id", "value_minor", "value_currency"),
        sqlite_where=_CLOSED,
        postgresql_where=_CLOSED,
    ),
    Index("ix_leads_assignee", "assignee_id", "status", "position", "id"),
    Index("ix_leads_created", "created_at", "id"),
)

lead_counts = Table(
    "lead_counts",
    metadata,
    Column("status", String(20), primary_key=True),
    Column("stage", String(20), primary_key=True),
    Column("assignee_id", String(64), primary_key=True),
    Column("currency", String(3), primary_key=True),
    Column("n", Integer, nullable=False),
    Column("total", BigInteger, nullable=False),
)

lead_deltas = Table(
    "lead_deltas",
    metadata,
    Column("seq", _Serial, primary_key=True, autoincrement=True),
    Column("status", String(20), nullable=False),
    Column("stage", String(20), nullable=False),
    Column("assignee_id", String(64), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("n", Integer, nullable=False),
    Column("total", BigInteger, nullable=False),
    comment="What has changed since lead_counts was last added up: rows that many writers add without waiting",
    info={ONLY_POSTGRES: True},
)

schema_migrations = Table(
    "schema_migrations",
    metadata,
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String(200), nullable=False),
    Column("applied_at", Time, nullable=False),
    info={ONLY_POSTGRES: True},
)

conversations = Table(
    "conversations",
    metadata,
    _id(),
    _version(),
    _ref("customer_id", "customers"),
    _ref("lead_id", "leads"),
    Column("provider", String(32), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("account", String(100), nullable=False),
    Column("chat_type", String(32), nullable=False),
    Column("external_chat_id", String(254), nullable=False),
    Column("chat_key", String(500), nullable=False, unique=True),
    Column("answerable", Boolean, nullable=False, server_default="1"),
    Column("mode", String(8), nullable=False, server_default="bot"),
    Column("unread", Integer, nullable=False, server_default="0"),
    Column("inbound_no", Integer, nullable=False, server_default="0"),
    Column("waiting_for", String(64), index=True),
    Column("process_queued", Boolean, nullable=False, server_default="0"),
    Column("state", Json, nullable=False),
    Column("last_message_at", Time),
    _created(),
    Column("blocked_at", Time),  # since when the customer lets nothing through
    Index("ix_conversations_recent", "last_message_at", "id"),
)

messages = Table(
    "messages",
    metadata,
    _id(),
    _version(),
    _ref("conversation_id", "conversations", index=False),
    _ref("lead_id", "leads", index=False),
    Column("provider", String(32), nullable=False),
    Column("external_id", String(200)),
    Column("direction", String(3), nullable=False),
    Column("author", String(10), nullable=False),
    Column("author_id", String(64)),
    Column("author_name", String(200)),
    Column("text", Text, nullable=False, server_default=""),
    Column("note", String(500)),
    Column("attachments", Json, nullable=False),
    Column("choices", Json, nullable=False),
    Column("offers", Json, nullable=False),
    Column("answers", Json, nullable=False),
    Column("reply_to", String(200)),
    Column("state", String(10), nullable=False),
    Column("error", String(500)),
    Column("tried_at", Time),
    Column("withdrawn", Boolean, nullable=False, server_default="0"),  # a person took over while it was being sent
    Column("edited_at", Time),
    Column("deleted_at", Time),
    Column("sent_at", Time),
    _created(),
    Column("tap", Json),  # of the customer's: the button that he pressed, or the album that it belongs to
    Column("look", Json),  # of ours: how a channel with buttons and pictures shows it
    UniqueConstraint("provider", "external_id"),
    Index("ix_messages_thread", "conversation_id", "created_at", "id"),
    Index("ix_messages_lead", "lead_id", "created_at", "id"),
    Index("ix_messages_state", "conversation_id", "state"),
)

searches = Table(
    "searches",
    metadata,
    _id(),
    _version(),
    Column("query", Json, nullable=False),
    Column("state", String(10), nullable=False),
    Column("generation", Integer, nullable=False, server_default="1"),
    Column("result", Json),
    Column("error", String(500)),
    Column("fetched_at", Time),
    _created(),
)

offers = Table(
    "offers",
    metadata,
    _id(),
    _ref("lead_id", "leads"),
    _ref("conversation_id", "conversations"),
    _ref("message_id", "messages", null=True),
    Column("check_of", String(64)),  # the offer whose price was asked for again
    Column("data", Json, nullable=False),
    Column("fetched_at", Time, nullable=False),
    _created(),
)

activities = Table(
    "activities",
    metadata,
    Column("seq", _Serial, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("kind", String(40), nullable=False),
    Column("actor_kind", String(10), nullable=False),
    Column("actor_id", String(64)),
    Column("actor_name", String(200)),
    Column("lead_id", String(64)),
    Column("conversation_id", String(64)),
    Column("message_id", String(64)),
    Column("data", Json, nullable=False),
    _created(),
    Index("ix_activities_lead", "lead_id", "seq"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("seq", _Serial, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("kind", String(40), nullable=False),
    Column("key", String(200)),
    Column("idempotency_key", String(200), unique=True),
    Column("payload", Json, nullable=False),
    Column("state", String(10), nullable=False, server_default="ready"),
    Column("run_at", Time, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("owner", String(100)),
    Column("lease_until", Time),
    Column("last_error", String(1000)),
    Column("finished_at", Time),
    _created(),
    Index("ix_jobs_ready", "state", "run_at"),
    Index("ix_jobs_running", "state", "lease_until"),
    Index("ix_jobs_key", "key", "state", "seq"),
    Index("ix_jobs_finished", "state", "finished_at"),
)

leases = Table(
    "leases",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("owner", String(100), nullable=False),
    Column("term", Integer, nullable=False),
    Column("expires_at", Time, nullable=False),
)

inbox_events = Table(
    "inbox_events",
    metadata,
    _id(),
    Column("provider", String(32), nullable=False),
    Column("external_id", String(200), nullable=False),
    Column("body", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("error", String(1000)),
    _created(),
    UniqueConstraint("provider", "external_id"),
    Index("ix_inbox_events_state", "state", "created_at"),
)

notices = Table(
    "notices",
    metadata,
    _id(),
    _version(),
    Column("kind", String(40), nullable=False),
    Column("text", String(500), nullable=False),
    Column("data", Json),  # what the words are made of when somebody reads them
    Column("urgent", Boolean, nullable=False, server_default="0"),
    Column("lead_id", String(64)),
    Column("user_id", String(64)),
    _created(),
    Index("ix_notices_created", "created_at", "id"),
)

notes = Table(
    "notes",
    metadata,
    _id(),
    _version(),
    _ref("lead_id", "leads", index=False),
    Column("text", Text, nullable=False),
    Column("author_id", String(64)),
    Column("author_name", String(200)),
    Column("edited_at", Time),
    _created(),
    Index("ix_notes_lead", "lead_id", "created_at", "id"),
    comment="What colleagues tell each other beside a chat. They are no messages: nothing can send them to a customer",
)

staff_messages = Table(
    "staff_messages",
    metadata,
    _id(),
    _version(),
    Column("chat_id", String(40), nullable=False),  # of a manager, or the managers' group
    Column("external_id", String(40)),  # the messenger's number of it, once it was sent
    Column("user_id", String(64)),
    Column("kind", String(40), nullable=False),
    Column("lead_id", String(64), index=True),
    Column("conversation_id", String(64)),
    Column("reminder_id", String(64)),
    Column("text", Text, nullable=False, server_default=""),
    Column("note", String(500), nullable=False, server_default=""),  # who took it, until when it was put off
    Column("state", String(10), nullable=False, server_default="queued"),
    Column("error", String(500)),
    _created(),
    Index("ix_staff_messages_chat", "chat_id", "external_id"),
    comment="What managers are told in their messenger: a reply to one of these answers the lead's customer",
)

hotels = Table(
    "hotels",
    metadata,
    _id(),  # the supplier's key
    Column("data", Json, nullable=False),
    Column("fetched_at", Time, nullable=False),
    comment="What the supplier says of hotels beside prices: pictures, address, description",
)

reminders = Table(
    "reminders",
    metadata,
    _id(),
    _version(),
    _ref("lead_id", "leads", index=False),
    _ref("user_id", "users", index=False),
    Column("text", String(500), nullable=False, server_default=""),
    Column("due_at", Time, nullable=False),
    Column("source", String(10), nullable=False, server_default="manual"),
    Column("done_at", Time),
    Column("made_by", String(64)),
    _created(),
    Index("ix_reminders_lead", "lead_id", "due_at", "id"),
    Index("ix_reminders_user", "user_id", "done_at", "due_at", "id"),
)

suggestions = Table(
    "suggestions",
    metadata,
    _id(),
    _version(),
    _ref("conversation_id", "conversations", index=False),
    _ref("lead_id", "leads", index=False),
    Column("text", Text, nullable=False),
    Column("choices", Json, nullable=False),
    Column("offers", Json, nullable=False),
    Column("inbound_no", Integer, nullable=False),
    Column("dialogue", Json, nullable=False),  # the conversation's state once it is said
    Column("state", String(10), nullable=False, server_default="open"),
    _created(),
    Index("ix_suggestions_conversation", "conversation_id", "state", "created_at"),
    comment="What the machine would say while a person leads: open, then sent, taken (edited), refused or dropped",
)

canned_replies = Table(
    "canned_replies",
    metadata,
    _id(),
    _version(),
    Column("title", String(100), nullable=False),
    Column("text", Text, nullable=False),
    Column("user_id", String(64)),  # nobody: for all
    _created(),
)

views = Table(
    "views",
    metadata,
    _id(),
    _version(),
    _ref("user_id", "users"),
    Column("name", String(100), nullable=False),
    Column("query", String(1000), nullable=False),
    Column("shared", Boolean, nullable=False, server_default="0"),
    _created(),
    comment="Saved views of the board: its address after the question mark",
)

tags = Table(
    "tags",
    metadata,
    _id(),  # the name, case-folded
    Column("name", String(40), nullable=False),
    _created(),
)

merges = Table(
    "merges",
    metadata,
    _id(),
    _version(),
    Column("kept_id", String(64), nullable=False, index=True),
    Column("merged_id", String(64), nullable=False, index=True),
    Column("data", Json, nullable=False),  # what was moved and replaced, so that it can be undone
    Column("made_by", String(64)),
    Column("undone_at", Time),
    _created(),
)

bulk_acts = Table(
    "bulk_acts",
    metadata,
    _id(),
    _version(),
    Column("user_id", String(64), nullable=False),
    Column("data", Json, nullable=False),  # what each lead was before, so that it can be undone
    Column("undone_at", Time),
    _created(),
)

lookers = Table(
    "lookers",
    metadata,
    _id(),  # lead and user
    Column("lead_id", String(64), nullable=False, index=True),
    Column("user_id", String(64), nullable=False),
    Column("seen_at", Time, nullable=False),
    Column("typing_at", Time),
    comment="Who has a lead open just now",
)

notice_reads = Table(
    "notice_reads",
    metadata,
    _id(),  # notice and user
    Column("notice_id", String(64), nullable=False),
    Column("user_id", String(64), nullable=False),
    _created(),
    Index("ix_notice_reads_user", "user_id", "notice_id"),
)

uploads = Table(
    "uploads",
    metadata,
    _id(),  # random: who knows it may read the file
    Column("name", String(200), nullable=False),
    Column("type", String(100), nullable=False),
    Column("size", Integer, nullable=False),
    Column("path", String(300), nullable=False),
    Column("user_id", String(64)),
    Column("lead_id", String(64), index=True),  # to whose customer it was sent
    _created(),
    comment="Files that managers send; the messenger's provider fetches them by their address",
)

health = Table(
    "health",
    metadata,
    _id(),
    _version(),
    Column("data", Json, nullable=False),
    Column("at", Time, nullable=False),
)

answers = Table(
    "answers",
    metadata,
    _id(),
    Column("request_hash", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", Json, nullable=False),
    _created(),
    comment="What was answered under an Idempotency-Key, so that a repeat gets the same answer",
)

SQLITE_TRIGGERS = """
create trigger leads_counted_insert after insert on leads begin
  insert into lead_counts (status, stage, assignee_id, currency, n, total) values (
    new.status, new.stage, coalesce(new.assignee_id, ''), coalesce(new.value_currency, ''), 1,
    coalesce(new.value_minor, 0))
  on conflict (status, stage, assignee_id, currency) do update set n = n + 1, total = total + excluded.total;
end;
create trigger leads_counted_delete after delete on leads begin
  update lead_counts set n = n - 1, total = total - coalesce(old.value_minor, 0)
  where status = old.status and stage = old.stage and assignee_id = coalesce(old.assignee_id, '')
    and currency = coalesce(old.value_currency, '');
end;
create trigger leads_counted_update after update of status, stage, assignee_id, value_minor, value_currency on leads
when old.status is not new.status or old.stage is not new.stage or old.assignee_id is not new.assignee_id
  or old.value_minor is not new.value_minor or old.value_currency is not new.value_currency begin
  update lead_counts set n = n - 1, total = total - coalesce(old.value_minor, 0)
  where status = old.status and stage = old.stage and assignee_id = coalesce(old.assignee_id, '')
    and currency = coalesce(old.value_currency, '');
  insert into lead_counts (status, stage, assignee_id, currency, n, total) values (
    new.status, new.stage, coalesce(new.assignee_id, ''), coalesce(new.value_currency, ''), 1,
    coalesce(new.value_minor, 0))
  on conflict (status, stage, assignee_id, currency) do update set n = n + 1, total = total + excluded.total;
end;
"""
"""Keep the counts as leads come, move and go (store_spike section 5: about 12 % of an insert on SQLite)."""
